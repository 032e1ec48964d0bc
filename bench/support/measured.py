"""Runs a command and writes what it took, with all its children, as JSON to the file named first."""

import json
import os
import resource
import sys
import time

began = time.monotonic()
child = os.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
_, status = os.waitpid(child, 0)
wall = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as out:
    json.dump(
        {
            "code": os.waitstatus_to_exitcode(status),
            "wall": wall,
            "cpu": used.ru_utime + used.ru_stime,
            "maxRssBytes": used.ru_maxrss * 1024,
        },
        out,
    )
