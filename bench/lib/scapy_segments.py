"""What scapy's cases have in common: the payloads of the JavaScript cases (pseudo-random-bytes.mjs) in TCP segments as these make them."""

import warnings

warnings.simplefilter("ignore")

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

DATA_BYTES = 1 << 17


def pseudo_random_bytes(length):
    state = 1
    data = bytearray(length)
    for at in range(length):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
        data[at] = state >> 24
    return bytes(data)


DATA = pseudo_random_bytes(DATA_BYTES)


def segment(index, payload_bytes, macs, source, destination, source_port):
    """The segment of that number in its Ethernet frame."""
    offset = (index * 131) % (DATA_BYTES - payload_bytes)
    return (
        Ether(src=macs[0], dst=macs[1])
        / IP(src=source, dst=destination, id=index & 0xFFFF, flags="DF")
        / TCP(
            sport=source_port,
            dport=443,
            flags="A",
            seq=index * payload_bytes,
            ack=1,
            window=501,
            options=[("NOP", None), ("NOP", None), ("Timestamp", (1, 2))],
        )
        / Raw(DATA[offset : offset + payload_bytes])
    )
