"""The packets of mirror-case.mjs wrapped into VXLAN by scapy (PyPI): `scapy-mirror-case.py CASE PACKETS SOURCE_MAC ROUTER_MAC`. Prints one
line of JSON. The filter is a comparison of the port; sessions are not chosen."""

import hashlib
import json
import sys
import time

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy_segments import segment

DISTINCT = 10_000
PAYLOAD_BYTES = 598

name, packet_count, source_mac, router_mac = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


def mirrored(inner):
    if inner[TCP].dport in (22, 25, 80, 8080):
        return None
    return (
        Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
        / IP(src="10.0.1.10", dst="10.0.1.99", id=0, ttl=255)
        / UDP(sport=0, dport=4789, chksum=0)
        / VXLAN(vni=102, flags="Instance")
        / inner
    )


packets = [
    segment(index, PAYLOAD_BYTES, (source_mac, router_mac), "10.0.1.10", f"203.0.113.{index % 256}", 32_768 + index % 28_000)
    for index in range(min(DISTINCT, packet_count))
]
digest = hashlib.sha256()
total = 0
used = time.process_time()
for index in range(packet_count):
    frame = bytes(mirrored(packets[index % DISTINCT]))
    total += len(frame)
    if name == "digest":
        digest.update(frame)
cpu_seconds = time.process_time() - used

if name == "digest":
    print(json.dumps({"digest": digest.hexdigest()}))
else:
    print(json.dumps({"packets": packet_count, "bytes": total, "cpuSeconds": cpu_seconds}))
