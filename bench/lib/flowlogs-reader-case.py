"""Reads a flow-log file with flowlogs-reader (PyPI) and prints how long it took, as one line of JSON."""

import csv
import json
import sys
import time
import warnings

from flowlogs_reader import FlowRecord

warnings.simplefilter("ignore")

with open(sys.argv[1], newline="") as file:
    start = time.perf_counter()
    used = time.process_time()
    # As its own reader of S3 objects does: the header's names with underscores, then a csv.DictReader.
    names = [name.replace("-", "_") for name in file.readline().split()]
    records = 0
    for row in csv.DictReader(file, fieldnames=names, delimiter=" "):
        FlowRecord(row)
        records += 1
    seconds = time.perf_counter() - start
    cpu_seconds = time.process_time() - used

print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "records": records}))
