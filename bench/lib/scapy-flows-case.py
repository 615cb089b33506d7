"""Packets of a capture file, dissected by scapy (PyPI) and summed by flow: `scapy-flows-case.py FILE`. Prints one line of JSON."""

import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

from scapy.layers.inet import IP, TCP
from scapy.utils import PcapReader

start = time.process_time()
flows = {}
packets = 0
total = 0
for packet in PcapReader(sys.argv[1]):
    ip = packet[IP]
    tcp = packet[TCP]
    key = (ip.src, tcp.sport, ip.dst, tcp.dport)
    flow = flows.get(key)
    if flow is None:
        flow = flows[key] = [0, 0, float(packet.time), 0.0, 0]
    flow[0] += 1
    flow[1] += ip.len
    flow[3] = float(packet.time)
    flow[4] |= int(tcp.flags)
    packets += 1
    total += ip.len
cpu_seconds = time.process_time() - start
print(json.dumps({"packets": packets, "flows": len(flows), "bytes": total, "cpuSeconds": cpu_seconds}))
