"""The packets of mirror-case.mjs wrapped into VXLAN by scapy (PyPI): `scapy-mirror-case.py CASE PACKETS SOURCE_MAC ROUTER_MAC`. Prints one
line of JSON. The filter is a comparison of the port; sessions are not chosen."""

import hashlib
import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Raw

DISTINCT = 10_000
PAYLOAD_BYTES = 598
DATA_BYTES = 1 << 17

name, packet_count, source_mac, router_mac = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


def pseudo_random_bytes(length):
    state = 1
    data = bytearray(length)
    for at in range(length):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
        data[at] = state >> 24
    return bytes(data)


def packet(index, data):
    offset = (index * 131) % (DATA_BYTES - PAYLOAD_BYTES)
    return (
        Ether(src=source_mac, dst=router_mac)
        / IP(src="10.0.1.10", dst=f"203.0.113.{index % 256}", id=index & 0xFFFF, flags="DF")
        / TCP(
            sport=32_768 + index % 28_000,
            dport=443,
            flags="A",
            seq=index * PAYLOAD_BYTES,
            ack=1,
            window=501,
            options=[("NOP", None), ("NOP", None), ("Timestamp", (1, 2))],
        )
        / Raw(data[offset : offset + PAYLOAD_BYTES])
    )


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


data = pseudo_random_bytes(DATA_BYTES)
packets = [packet(index, data) for index in range(min(DISTINCT, packet_count))]
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
