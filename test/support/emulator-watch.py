# Runs the emulator and ends it, its Lambdas and its files when the test that started it is gone, however that ended:
# the pipe on standard input closes even after kill -9.
import os
import shutil
import signal
import sys

folder = sys.argv.pop()
emulator = os.getpid()

if os.fork() == 0:
    # In a session of its own, so that it outlives the group it ends.
    os.setsid()
    sys.stdin.buffer.read()
    try:
        os.killpg(emulator, signal.SIGKILL)
    except ProcessLookupError:
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)

os.close(0)
os.open(os.devnull, os.O_RDONLY)

from ministack.app import main  # noqa: E402 (it reads the environment when loaded)

main()
