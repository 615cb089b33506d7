"""Captures that scapy makes, and by hand the records that they should give: python3 make_captures.py FOLDER.

Prints a JSON object: for each capture the arguments of `flowtap flows` and the expected records. What is accepted is said here packet by
packet, as the rules of design.json read; packets and bytes are counted by scapy's own lengths.
"""

import json
import sys
from pathlib import Path

from scapy.all import (  # type: ignore
    ARP,
    ICMP,
    IP,
    TCP,
    UDP,
    VXLAN,
    Dot1Q,
    Ether,
    ICMPv6EchoRequest,
    IPv6,
    PcapNgWriter,
    PcapWriter,
    Raw,
    RawPcapWriter,
    fragment,
)

FOLDER = Path(sys.argv[1])
# A full minute, so that what is within a minute is within an aggregation interval.
START = 1_750_000_020

WEB, WEB6, DB = "172.31.16.139", "2001:db8:1:1::139", "172.31.32.10"
STRANGER, STRANGER6 = "203.0.113.12", "2001:db8:ffff::12"
ROUTER_MAC, HOST_MAC = "02:00:00:00:00:01", "02:00:00:00:00:99"

captures = {}


class Flows:
    """Expected records, from packets whose fate is told by hand."""

    def __init__(self):
        self.records = {}

    def count(self, at, direction, packet, action, time, ports=None, sizes=None):
        layer = packet[IPv6] if IPv6 in packet else packet[IP]
        is_v6 = IPv6 in packet
        protocol = layer.nh if is_v6 else layer.proto
        if ports is None:
            transport = layer.payload
            ports = (transport.sport, transport.dport) if isinstance(transport, (TCP, UDP)) else (0, 0)
        key = (at, direction, layer.src, layer.dst, *ports, protocol, action)
        found = self.records.setdefault(key, {"packets": 0, "bytes": 0, "start": int(time), "end": 0, "flags": 0})
        sizes = sizes or [len(bytes(layer))]
        found["packets"] += len(sizes)
        found["bytes"] += sum(sizes)
        found["end"] = int(time)
        if isinstance(layer.payload, TCP):
            bits = int(packet[TCP].flags)
            # FIN, SYN, RST as they are; ACK only with SYN (VPC user guide, tcp-flags).
            found["flags"] |= bits & 7 | (bits & 16 if bits & 2 else 0)

    def lines(self):
        return sorted(
            " ".join(str(word) for word in (*key, f["packets"], f["bytes"], f["start"], f["end"], f["flags"]))
            for key, f in self.records.items()
        )


def ether(packet, outwards=False):
    """A frame with addresses that the design does not know: then IP addresses tell the direction."""
    source, destination = (HOST_MAC, ROUTER_MAC) if outwards else (ROUTER_MAC, HOST_MAC)
    return Ether(src=source, dst=destination) / packet


def write(name, frames, flows, arguments=("--interface", "web"), writer=PcapWriter, **options):
    path = FOLDER / name
    with writer(str(path), **options) as out:
        for time, frame in frames:
            frame.time = START + time
            out.write(frame)
    captures[name] = {"arguments": [name, *arguments], "expected": flows.lines()}


def web_connection():
    """A connection of the stranger to the web server: client, server, client …"""
    out = dict(src=STRANGER, dst=WEB)
    back = dict(src=WEB, dst=STRANGER)
    client = dict(sport=40000, dport=80)
    server = dict(sport=80, dport=40000)
    options = [("MSS", 1460)]
    return [
        (0.0, IP(**out) / TCP(**client, flags="S", seq=100, options=options), False),
        (0.1, IP(**back) / TCP(**server, flags="SA", seq=500, ack=101, options=options), True),
        (0.2, IP(**out) / TCP(**client, flags="A", seq=101, ack=501), False),
        (0.3, IP(**out) / TCP(**client, flags="PA", seq=101, ack=501) / Raw(b"GET / HTTP/1.0\r\n\r\n"), False),
        (1.4, IP(**back) / TCP(**server, flags="PA", seq=501, ack=119) / Raw(b"x" * 1200), True),
        (1.5, IP(**back) / TCP(**server, flags="FA", seq=1701, ack=119), True),
        (2.6, IP(**out) / TCP(**client, flags="FA", seq=119, ack=1702), False),
        (2.7, IP(**back) / TCP(**server, flags="A", seq=1702, ack=120), True),
    ]


def tcp(name, wrap=ether, **how):
    flows = Flows()
    frames = []
    for time, packet, outwards in web_connection():
        flows.count("web", "egress" if outwards else "ingress", packet, "ACCEPT", START + time)
        frames.append((time, wrap(packet, outwards)))
    write(name, frames, flows, **how)


# The ping of AWS's documentation: the group lets it in and the answer out by state, the ACL stops the answer.
flows, frames = Flows(), []
for number in range(4):
    request = IP(src=STRANGER, dst=WEB) / ICMP(type=8, id=7, seq=number) / Raw(bytes(56))
    reply = IP(src=WEB, dst=STRANGER) / ICMP(type=0, id=7, seq=number) / Raw(bytes(56))
    flows.count("web", "ingress", request, "ACCEPT", START + number)
    flows.count("web", "egress", reply, "REJECT", START + number + 0.5)
    frames += [(number, ether(request)), (number + 0.5, ether(reply, True))]
write("ping.pcap", frames, flows)

# One connection in every kind of file.
tcp("tcp.pcap")
tcp("by-address.pcap", arguments=())
tcp("nanoseconds.pcap", nano=True)
tcp("big-endian.pcap", endianness=">")
tcp("big-endian-nanoseconds.pcap", endianness=">", nano=True)
tcp("compressed.pcap.gz", gz=True)
tcp("blocks.pcapng", writer=PcapNgWriter)
tcp("raw-ip.pcap", wrap=lambda packet, outwards: packet, linktype=101)
tcp("vlan.pcap", wrap=lambda packet, outwards: Ether(src=HOST_MAC, dst=ROUTER_MAC) / Dot1Q(vlan=7) / packet)

# Groups refuse a SYN to another port, and UDP from where no rule lets it in.
flows, frames = Flows(), []
for time, packet, action in [
    (0, IP(src=STRANGER, dst=WEB) / TCP(sport=40001, dport=22, flags="S"), "REJECT"),
    (1, IP(src=STRANGER, dst=WEB) / TCP(sport=40001, dport=22, flags="S"), "REJECT"),
    (2, IP(src=DB, dst=WEB) / UDP(sport=4000, dport=5000) / Raw(b"hello"), "ACCEPT"),
    (3, IP(src=STRANGER, dst=WEB) / UDP(sport=4000, dport=5000) / Raw(b"hello"), "REJECT"),
    (4, IP(src=STRANGER, dst=WEB) / IP(src="10.9.9.9", dst="10.8.8.8", proto=59), "REJECT"),
]:
    flows.count("web", "ingress", packet, action, START + time)
    frames.append((time, ether(packet)))
write("refused.pcap", frames, flows)

# From one interface to another, by addresses: the packet leaves one and comes to the other, unless the first one's group keeps it.
flows, frames = Flows(), []
allowed = IP(src=WEB, dst=DB) / TCP(sport=50000, dport=5432, flags="S")
answer = IP(src=DB, dst=WEB) / TCP(sport=5432, dport=50000, flags="SA")
kept = IP(src=DB, dst=WEB) / TCP(sport=50001, dport=80, flags="S")
denied = IP(src=WEB, dst=DB) / TCP(sport=50002, dport=22, flags="S")
for at, direction, packet, action, time in [
    ("web", "egress", allowed, "ACCEPT", 0),
    ("db", "ingress", allowed, "ACCEPT", 0),
    ("db", "egress", answer, "ACCEPT", 1),
    ("web", "ingress", answer, "ACCEPT", 1),
    ("db", "egress", kept, "REJECT", 2),
    ("web", "egress", denied, "ACCEPT", 3),
    ("db", "ingress", denied, "REJECT", 3),
]:
    flows.count(at, direction, packet, action, START + time)
frames = [(0, ether(allowed)), (1, ether(answer)), (2, ether(kept)), (3, ether(denied))]
write("between.pcap", frames, flows, arguments=())

# IPv6.
flows, frames = Flows(), []
for time, packet, direction, action in [
    (0, IPv6(src=STRANGER6, dst=WEB6) / TCP(sport=40000, dport=80, flags="S"), "ingress", "ACCEPT"),
    (1, IPv6(src=WEB6, dst=STRANGER6) / TCP(sport=80, dport=40000, flags="SA"), "egress", "ACCEPT"),
    (2, IPv6(src=STRANGER6, dst=WEB6) / ICMPv6EchoRequest(data=b"y" * 32), "ingress", "REJECT"),
]:
    flows.count("web", direction, packet, action, START + time)
    frames.append((time, ether(packet, direction == "egress")))
write("ipv6.pcap", frames, flows)

# A datagram in fragments: later ones have no ports and count into the first one's flow.
flows, frames = Flows(), []
datagram = IP(src=DB, dst=WEB, id=77) / UDP(sport=4000, dport=5000) / Raw(b"f" * 4000)
pieces = fragment(datagram, fragsize=1480)
assert len(pieces) == 3
for number, piece in enumerate(pieces):
    time = number / 10
    flows.count("web", "ingress", piece, "ACCEPT", START + time, ports=(4000, 5000))
    frames.append((time, ether(piece)))
write("fragments.pcap", frames, flows)

# Copies of a mirror session of the database's interface, as its target gets them: the inner packets are the database's, the outer ones
# the target's own traffic. A copy is cut after 100 bytes. Another network's identifier with addresses of the design is taken by these;
# one between addresses that nobody has is ordinary UDP.
flows, frames = Flows(), []
query = IP(src=WEB, dst=DB) / TCP(sport=50000, dport=5432, flags="S")
result = IP(src=DB, dst=WEB) / TCP(sport=5432, dport=50000, flags="PA") / Raw(b"r" * 400)
TARGET = "172.31.16.200"


def mirrored(inner, vni=4242, cut=None):
    content = Raw(bytes(inner)[:cut]) if cut else inner
    return IP(src=DB, dst=TARGET, id=0) / UDP(sport=65408, dport=4789, chksum=0) / VXLAN(vni=vni) / content


for time, inner, direction in [(0, query, "ingress"), (1, result, "egress")]:
    outer = mirrored(ether(inner, direction == "egress"), cut=100)
    flows.count("db", direction, inner, "ACCEPT", START + time)
    flows.count("target", "ingress", outer, "ACCEPT", START + time, ports=(65408, 4789), sizes=[len(bytes(outer))])
    frames.append((time, ether(outer)))
overlay = mirrored(ether(IP(src="10.244.0.1", dst="10.244.0.2") / ICMP()), vni=5)
flows.count("target", "ingress", overlay, "ACCEPT", START + 2, ports=(65408, 4789), sizes=[len(bytes(overlay))])
frames.append((2, ether(overlay)))
write("mirrored.pcap", frames, flows, arguments=("--interface", "target"))

# Large packets of the network card's offloading: 14,480 bytes are ten segments of the size that the handshake agreed on. The second one
# has no length in its header.
flows, frames = Flows(), []
for time, packet, outwards in web_connection()[:3]:
    flows.count("web", "egress" if outwards else "ingress", packet, "ACCEPT", START + time)
    frames.append((time, ether(packet, outwards)))
for time, length in [(1, None), (2, 0)]:
    large = IP(src=WEB, dst=STRANGER) / TCP(sport=80, dport=40000, flags="A") / Raw(b"l" * 14600)
    flows.count("web", "egress", large, "ACCEPT", START + time, sizes=[40 + 1460] * 10)
    large.len = length
    frames.append((time, ether(large, True)))
write("offloaded.pcap", frames, flows)

# Captured 60 bytes of each frame: lengths are those of the headers.
flows, frames = Flows(), []
path = FOLDER / "cut.pcap"
with RawPcapWriter(str(path), linktype=1) as out:
    for time, packet, outwards in web_connection():
        flows.count("web", "egress" if outwards else "ingress", packet, "ACCEPT", START + time)
        frame = bytes(ether(packet, outwards))
        if not out.header_present:
            out.write_header(frame)
        seconds = START + time
        out.write_packet(
            frame[:60], sec=int(seconds), usec=round(seconds % 1 * 1e6), caplen=min(60, len(frame)), wirelen=len(frame)
        )
captures["cut.pcap"] = {"arguments": ["cut.pcap", "--interface", "web"], "expected": flows.lines()}

# What is no use, among packets that are.
flows, frames = Flows(), []
good = IP(src=STRANGER, dst=WEB) / TCP(sport=40000, dport=80, flags="S")
flows.count("web", "ingress", good, "ACCEPT", START + 5)
broken = bytearray(bytes(ether(good)))
broken[14] = 0x42  # a header of 8 bytes
frames = [
    (0, ARP(psrc=WEB, pdst="172.31.16.1")),
    (1, Ether(src=HOST_MAC, dst="01:80:c2:00:00:0e", type=0x88CC) / Raw(bytes(46))),
    (2, Ether(bytes(ether(good))[:30])),
    (3, Raw(bytes(broken))),
    (4, ether(IP(src="192.0.2.1", dst="192.0.2.9") / UDP(sport=1, dport=2))),
    (5, ether(good)),
    (6, ether(IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67), True)),
]
frames[0] = (0, Ether(src=HOST_MAC, dst="ff:ff:ff:ff:ff:ff") / frames[0][1])
write("faulty.pcap", frames, flows, arguments=(), linktype=1)

# The second file has what came before the first one's end.
flows, first, second = Flows(), [], []
for number, (time, packet, outwards) in enumerate(web_connection()):
    flows.count("web", "egress" if outwards else "ingress", packet, "ACCEPT", START + time)
    (first if number % 2 else second).append((time, ether(packet, outwards)))
write("merged-1.pcap", first, Flows())
write("merged-2.pcap", second, Flows())
del captures["merged-1.pcap"], captures["merged-2.pcap"]
captures["merged"] = {
    "arguments": ["--capture", "web=merged-1.pcap", "--capture", "web/eth0=merged-2.pcap"],
    "expected": flows.lines(),
}

print(json.dumps(captures))
