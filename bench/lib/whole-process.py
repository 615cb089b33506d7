"""Runs a command to its end: `whole-process.py COMMAND ...`. Prints one line of JSON: wall time, processor time and peak memory."""

import json
import os
import sys
import time

start = time.perf_counter()
silent = os.open(os.devnull, os.O_RDWR)
actions = [(os.POSIX_SPAWN_DUP2, silent, 0), (os.POSIX_SPAWN_DUP2, silent, 1)]
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - start
if status != 0:
    sys.exit(f"{' '.join(sys.argv[1:])} ended with status {status}")
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"seconds": seconds, "cpuSeconds": usage.ru_utime + usage.ru_stime, "peakBytes": peak}))
