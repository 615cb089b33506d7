"""The packets of packet-encoding-case.mjs written by scapy (PyPI): `scapy-case.py CASE PACKETS`. Prints one line of JSON."""

import hashlib
import io
import json
import sys
import time

from scapy_segments import segment
from scapy.utils import PcapWriter

DISTINCT = 1000
PAYLOAD_BYTES = 1448
START_SECONDS = 1_700_000_000

name, packet_count = sys.argv[1], int(sys.argv[2])


class Sink(io.RawIOBase):
    """Takes bytes, counts and hashes them."""

    def __init__(self):
        self.bytes = 0
        self.hash = hashlib.sha256() if name == "digest" else None

    def writable(self):
        return True

    def write(self, piece):
        self.bytes += len(piece)
        if self.hash is not None:
            self.hash.update(piece)
        return len(piece)


MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02")
packets = [
    segment(index, PAYLOAD_BYTES, MACS, f"10.0.1.{index % 256}", "93.184.216.34", 32_768 + index)
    for index in range(min(DISTINCT, packet_count))
]
sink = Sink()
writer = PcapWriter(sink, linktype=1, endianness="<", sync=False)
writer.write_header(packets[0])
start = time.perf_counter()
used = time.process_time()
for index in range(packet_count):
    # The file's times are whole microseconds.
    writer.write_packet(packets[index % DISTINCT], sec=START_SECONDS, usec=index)
writer.flush()
seconds = time.perf_counter() - start
cpu_seconds = time.process_time() - used

if sink.hash is not None:
    print(json.dumps({"digest": sink.hash.hexdigest()}))
else:
    print(json.dumps({"packets": packet_count, "bytes": sink.bytes, "seconds": seconds, "cpuSeconds": cpu_seconds}))
