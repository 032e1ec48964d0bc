# Runs the emulator and ends it, its Lambdas and its files when the test that started it is gone, however that ended:
# the pipe on standard input closes even after kill -9.
import os
import shutil
import signal
import sys
import threading


def end_with_parent(state_folder):
    sys.stdin.buffer.read()
    shutil.rmtree(state_folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_parent, args=[sys.argv.pop()], daemon=True).start()

from ministack.app import main  # noqa: E402 (it reads the environment when loaded)

main()
