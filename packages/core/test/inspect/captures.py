"""Captures of small conversations, made by scapy: `captures.py FOLDER` writes one pcap file per function named capture_*."""

import gzip
import os
import random
import ssl
import struct
import subprocess
import sys
import tempfile

from scapy.all import (
    DNS,
    DNSQR,
    DNSRR,
    DNSRRMX,
    DNSRRSOA,
    DNSRRSRV,
    ICMP,
    IP,
    TCP,
    UDP,
    VXLAN,
    Dot1Q,
    Ether,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    IPv6,
    IPv6ExtHdrFragment,
    Raw,
    fragment,
    fragment6,
    wrpcap,
)

CLIENT, SERVER = "10.0.1.10", "10.0.2.20"
CLIENT6, SERVER6 = "2001:db8::10", "2001:db8:1::20"
START = 1_700_000_000


class Capture:
    """Frames with times that go on by a millisecond each."""

    def __init__(self):
        self.frames = []
        self.now = START

    def add(self, packet, wait=0.001):
        frame = packet if isinstance(packet, Ether) else Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / packet
        frame = Ether(bytes(frame))
        self.now += wait
        frame.time = self.now
        self.frames.append(frame)


class Tcp:
    """One TCP connection in a capture."""

    def __init__(self, capture, sport=40000, dport=80, client=CLIENT, server=SERVER, isn=(1000, 5000)):
        self.capture, self.sport, self.dport = capture, sport, dport
        self.client, self.server = client, server
        self.seq = {"c": isn[0], "s": isn[1]}
        self.sides = "cs"

    def ip(self, side):
        kind = IPv6 if ":" in self.client else IP
        source, target = (self.client, self.server) if side == "c" else (self.server, self.client)
        return kind(src=source, dst=target)

    def segment(self, side, flags, data=b"", seq=None, ack=None):
        other = "s" if side == "c" else "c"
        sport, dport = (self.sport, self.dport) if side == "c" else (self.dport, self.sport)
        header = TCP(
            sport=sport,
            dport=dport,
            flags=flags,
            seq=(self.seq[side] if seq is None else seq) & 0xFFFFFFFF,
            ack=((self.seq[other] if ack is None else ack) & 0xFFFFFFFF) if "A" in flags else 0,
            window=65535,
        )
        return self.ip(side) / header / Raw(data) if data else self.ip(side) / header

    def put(self, side, flags, data=b"", **fields):
        if side in self.sides:
            self.capture.add(self.segment(side, flags, data, **fields))
        if "seq" not in fields:
            self.seq[side] += len(data) + (1 if "S" in flags or "F" in flags else 0)

    def open(self):
        self.put("c", "S")
        self.put("s", "SA")
        self.put("c", "A")
        return self

    def send(self, side, data, size=1400, ack=True):
        for at in range(0, len(data), size):
            self.put(side, "PA", data[at : at + size])
            if ack:
                self.put("s" if side == "c" else "c", "A")
        return self

    def close(self):
        self.put("c", "FA")
        self.put("s", "FA")
        self.put("c", "A")
        return self

    def reset(self):
        self.put("c", "RA")
        return self


def request(path="/", host="www.example.com", method="GET", headers="", body=b""):
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n{headers}\r\n".encode() + body


def response(body=b"<html>hello</html>", status="200 OK", headers="Content-Type: text/html\r\n", length=True):
    size = f"Content-Length: {len(body)}\r\n" if length else ""
    return f"HTTP/1.1 {status}\r\nServer: nginx\r\n{headers}{size}\r\n".encode() + body


def chunked(body, size=10):
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def capture_http_simple(c):
    Tcp(c).open().send("c", request("/index.html?a=1")).send("s", response()).close()


def capture_http_pipelined(c):
    t = Tcp(c).open()
    t.send("c", request("/one") + request("/two") + request("/three", method="HEAD"))
    t.send("s", response(b"first") + response(b"second", "404 Not Found") + response(b"", headers="Content-Length: 77\r\n", length=False))
    t.close()


def capture_http_chunked_gzip(c):
    body = gzip.compress(b"the quick brown fox " * 100, mtime=0)
    head = "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"
    Tcp(c).open().send("c", request("/fox.txt")).send("s", response(chunked(body), headers=head, length=False), 50).close()


def capture_http_post_other_port(c):
    body = b"user=admin&password=secret"
    head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nReferer: http://a.example/\r\n"
    Tcp(c, dport=8888).open().send("c", request("/login", method="POST", headers=head, body=body), 70).send(
        "s", response(b"", "302 Found", "Location: /home\r\n")
    ).close()


def capture_http_large_download(c):
    body = bytes(random.Random(7).randbytes(60_000))
    head = 'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="data.bin"\r\n'
    Tcp(c).open().send("c", request("/download")).send("s", response(body, headers=head)).close()


def capture_http_reordered(c):
    t = Tcp(c).open()
    data = request("/reordered", headers="X-Filler: " + "x" * 300 + "\r\n")
    start = t.seq["c"]
    pieces = [(at, data[at : at + 100]) for at in range(0, len(data), 100)]
    for at, piece in [pieces[1], pieces[0], pieces[0], *reversed(pieces[2:])]:
        t.put("c", "PA", piece, seq=start + at)
    t.seq["c"] += len(data)
    t.put("s", "A")
    t.send("s", response()).close()


def capture_http_ipv6(c):
    Tcp(c, client=CLIENT6, server=SERVER6).open().send("c", request("/v6")).send("s", response()).close()


def capture_http_until_close(c):
    t = Tcp(c).open().send("c", request("/endless"))
    t.send("s", response(b"until the end", length=False))
    t.put("s", "FA")
    t.put("c", "FA")
    t.put("s", "A")


def capture_http_egress_only(c):
    t = Tcp(c)
    t.sides = "s"
    t.open().send("c", request("/unseen")).send("s", response()).close()


def capture_http_midstream(c):
    Tcp(c).send("c", request("/middle")).send("s", response()).close()


def capture_tcp_reset(c):
    Tcp(c, dport=22).put("c", "S")
    Tcp(c, dport=23).put("c", "S")
    t = Tcp(c, dport=9999).open()
    t.send("c", b"some bytes of no protocol\n")
    t.reset()


def capture_tcp_refused(c):
    t = Tcp(c, dport=4444)
    t.put("c", "S")
    t.put("s", "RA")


def capture_dns_udp(c):
    def ask(name, kind, number, answers, rcode=0):
        query = DNS(id=number, rd=1, qd=DNSQR(qname=name, qtype=kind))
        c.add(IP(src=CLIENT, dst="10.0.0.2") / UDP(sport=50000 + number, dport=53) / query)
        reply = DNS(id=number, qr=1, rd=1, ra=1, rcode=rcode, qd=DNSQR(qname=name, qtype=kind), an=answers)
        c.add(IP(src="10.0.0.2", dst=CLIENT) / UDP(sport=53, dport=50000 + number) / reply)

    two = DNSRR(rrname="www.example.com", ttl=60, rdata="192.0.2.1") / DNSRR(rrname="www.example.com", ttl=60, rdata="192.0.2.2")
    ask("www.example.com", "A", 1, two)
    ask("www.example.com", "AAAA", 2, DNSRR(rrname="www.example.com", type="AAAA", ttl=30, rdata="2001:db8::1"))
    chain = DNSRR(rrname="a.example.com", type="CNAME", ttl=5, rdata="b.example.com") / DNSRR(rrname="b.example.com", ttl=5, rdata="192.0.2.9")
    ask("a.example.com", "A", 3, chain)
    ask("nothing.example.com", "A", 4, None, 3)
    ask("text.example.com", "TXT", 5, DNSRR(rrname="text.example.com", type="TXT", ttl=5, rdata=[b"v=spf1 -all"]))


def capture_dns_tcp(c):
    query = bytes(DNS(id=9, rd=1, qd=DNSQR(qname="tcp.example.com")))
    reply = bytes(DNS(id=9, qr=1, rd=1, ra=1, qd=DNSQR(qname="tcp.example.com"), an=DNSRR(rrname="tcp.example.com", rdata="192.0.2.3")))
    t = Tcp(c, dport=53).open()
    t.send("c", struct.pack("!H", len(query)) + query)
    t.send("s", struct.pack("!H", len(reply)) + reply)
    t.close()


def tls_bytes(version, name="tls.example.com"):
    """The flights of a real TLS handshake, by turns: client first."""
    with tempfile.TemporaryDirectory() as folder:
        key, cert = os.path.join(folder, "k"), os.path.join(folder, "c")
        subject = "/C=DE/O=Example, Inc./CN=tls.example.com"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "30", "-subj", subject],
            check=True,
            capture_output=True,
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(cert, key)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    for context in (client, server):
        context.minimum_version = context.maximum_version = version
    buffers = [ssl.MemoryBIO() for _ in range(4)]
    a = client.wrap_bio(buffers[0], buffers[1], server_hostname=name)
    b = server.wrap_bio(buffers[2], buffers[3], server_side=True)
    flights = []

    def step(side, action):
        try:
            action()
        except ssl.SSLWantReadError:
            pass
        out = buffers[1 if side == "c" else 3].read()
        if out:
            flights.append((side, out))
            buffers[2 if side == "c" else 0].write(out)

    for _ in range(3):
        step("c", a.do_handshake)
        step("s", b.do_handshake)
    step("c", lambda: a.write(b"GET / HTTP/1.0\r\n\r\n"))
    step("s", lambda: (b.read(100), b.write(b"HTTP/1.0 200 OK\r\n\r\nhello")))
    return flights


def tls(c, version, port=443, size=1400):
    t = Tcp(c, dport=port).open()
    for side, data in tls_bytes(version):
        t.send(side, data, size)
    t.close()


def capture_tls12(c):
    tls(c, ssl.TLSVersion.TLSv1_2)


def capture_tls12_small_segments(c):
    tls(c, ssl.TLSVersion.TLSv1_2, 8443, 100)


def capture_tls13(c):
    tls(c, ssl.TLSVersion.TLSv1_3)


def capture_ssh(c):
    t = Tcp(c, dport=22).open()
    t.send("s", b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    t.send("c", b"SSH-2.0-paramiko_3.0.0\r\n")
    t.send("c", struct.pack("!IBB", 20, 4, 20) + b"\0" * 18)
    t.send("s", struct.pack("!IBB", 20, 4, 20) + b"\0" * 18)
    t.close()


def capture_icmp(c):
    for number in range(3):
        c.add(IP(src=CLIENT, dst=SERVER) / ICMP(type=8, id=7, seq=number) / Raw(b"abcdefgh" * 4))
        c.add(IP(src=SERVER, dst=CLIENT) / ICMP(type=0, id=7, seq=number) / Raw(b"abcdefgh" * 4))
    c.add(IPv6(src=CLIENT6, dst=SERVER6) / ICMPv6EchoRequest(id=3, seq=1, data=b"six"))
    c.add(IPv6(src=SERVER6, dst=CLIENT6) / ICMPv6EchoReply(id=3, seq=1, data=b"six"))


def capture_fragments(c):
    query = IP(src=CLIENT, dst="10.0.0.2", id=77) / UDP(sport=5353, dport=53) / DNS(id=5, rd=1, qd=DNSQR(qname="frag.example.com"))
    for piece in fragment(query, 24):
        c.add(piece)
    reply = DNS(id=5, qr=1, qd=DNSQR(qname="frag.example.com"), an=DNSRR(rrname="frag.example.com", rdata="192.0.2.4"))
    pieces = fragment(IP(src="10.0.0.2", dst=CLIENT, id=78) / UDP(sport=53, dport=5353) / reply, 32)
    for piece in [pieces[-1], *pieces[:-1]]:
        c.add(piece)
    six = IPv6(src=CLIENT6, dst=SERVER6) / IPv6ExtHdrFragment(id=9) / UDP(sport=1234, dport=9) / Raw(b"x" * 3000)
    for piece in fragment6(six, 1280):
        c.add(piece)


def capture_vxlan(c):
    inner = Capture()
    Tcp(inner).open().send("c", request("/mirrored")).send("s", response()).close()
    for frame in inner.frames:
        c.add(IP(src="10.0.1.101", dst="10.0.2.101") / UDP(sport=65500, dport=4789, chksum=0) / VXLAN(vni=4242, flags=8) / Ether(bytes(frame)))


def capture_geneve(c):
    inner = IP(src=CLIENT, dst="10.0.0.2") / UDP(sport=50001, dport=53) / DNS(id=1, rd=1, qd=DNSQR(qname="geneve.example.com"))
    header = struct.pack("!BBHI", 0, 0, 0x0800, 5151 << 8)
    c.add(IP(src="10.0.1.1", dst="10.0.2.1") / UDP(sport=60000, dport=6081, chksum=0) / Raw(header + bytes(inner)))


def capture_vlan(c):
    query = IP(src=CLIENT, dst="10.0.0.2") / UDP(sport=5000, dport=53) / DNS(id=5, rd=1, qd=DNSQR(qname="vlan.example.com"))
    c.add(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / Dot1Q(vlan=42) / query)


def capture_ntp(c):
    c.add(IP(src=CLIENT, dst="169.254.169.123") / UDP(sport=123, dport=123) / Raw(b"\x23" + b"\0" * 47))
    c.add(IP(src="169.254.169.123", dst=CLIENT) / UDP(sport=123, dport=123) / Raw(b"\x24" + b"\0" * 47))


def capture_http_odd_heads(c):
    t = Tcp(c).open()
    t.send("c", b"get  /lower?x=%41#part HTTP/1.1\r\nHOST: Www.Example.COM:8080\r\nUser-Agent:  two  spaces \r\n\r\n")
    t.send("s", b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nok")
    t.send("c", b"GET http://proxy.example:3128/a/../b//c%20d HTTP/1.0\r\nHost: other.example\r\n\r\n")
    t.send("s", b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
    t.send("c", b"DELETE /folded HTTP/1.1\r\nHost: f.example\r\nX-Long: one\r\n two\r\n\r\n")
    t.send("s", b"HTTP/1.1 204 No Content\r\n\r\n")
    t.close()


def capture_http_continue(c):
    t = Tcp(c).open()
    t.send("c", request("/upload", method="PUT", headers="Expect: 100-continue\r\nContent-Length: 5\r\n"))
    t.send("s", b"HTTP/1.1 100 Continue\r\n\r\n")
    t.send("c", b"12345")
    t.send("s", response(b"", "201 Created"))
    t.send("c", request("/chunked", method="POST", headers="Transfer-Encoding: chunked\r\n", body=chunked(b"some chunked body of a request")))
    t.send("s", response(b"done"))
    t.close()


def capture_http_keepalive_reset(c):
    t = Tcp(c).open()
    for number in range(5):
        t.send("c", request(f"/page{number}")).send("s", response(b"x" * (number * 100)))
    t.send("c", request("/never-answered"))
    t.put("s", "RA")


def capture_http_gap(c):
    t = Tcp(c).open()
    t.send("c", request("/gap"))
    data = response(b"z" * 5000)
    for at in range(0, len(data), 1000):
        if at != 2000:
            t.put("s", "PA", data[at : at + 1000])
        else:
            t.seq["s"] += 1000
        t.put("c", "A")
    t.send("c", request("/after-gap")).send("s", response(b"fine")).close()


def capture_tcp_overlap(c):
    t = Tcp(c).open()
    data = request("/overlap", headers="X-A: 1\r\n")
    start = t.seq["c"]
    t.put("c", "PA", data[:20], seq=start)
    t.put("c", "PA", b"#" * 10 + data[20:40], seq=start + 10)
    t.put("c", "PA", data[60:], seq=start + 60)
    t.put("c", "PA", data[40:60] + b"!" * 10, seq=start + 40)
    t.seq["c"] += len(data)
    t.put("s", "A")
    t.send("s", response()).close()


def capture_tcp_reuse(c):
    for number in range(2):
        Tcp(c, isn=(1000 + number * 100_000, 5000)).open().send("c", request(f"/use{number}")).send("s", response()).close()


def capture_tcp_out_of_window(c):
    t = Tcp(c).open()
    t.put("c", "PA", b"far away", seq=t.seq["c"] + 1_000_000)
    t.send("c", request("/window")).send("s", response()).close()


def capture_tcp_refused_no_window(c):
    t = Tcp(c, dport=4444)
    t.put("c", "S")
    answer = t.segment("s", "RA")
    answer[TCP].window = 0
    c.add(answer)


def capture_tls_client_only(c):
    t = Tcp(c, dport=443).open()
    t.send("c", tls_bytes(ssl.TLSVersion.TLSv1_2)[0][1])
    t.close()


def capture_ssh_one_banner(c):
    Tcp(c, dport=2222).open().send("s", b"SSH-2.0-dropbear_2022.83\r\n").close()


def capture_unknown_protocol(c):
    t = Tcp(c, dport=7777).open()
    t.send("c", bytes(range(200, 250)) * 4).send("s", bytes(range(150, 200)) * 4).close()
    c.add(IP(src=CLIENT, dst=SERVER) / UDP(sport=999, dport=1000) / Raw(b"datagram of nothing"))


def capture_dns_records(c):
    def answer(number, name, kind, answers, authority=None, rcode=0, aa=0):
        c.add(IP(src=CLIENT, dst="10.0.0.2") / UDP(sport=51000 + number, dport=53) / DNS(id=number, rd=1, qd=DNSQR(qname=name, qtype=kind)))
        reply = DNS(id=number, qr=1, rd=1, ra=1, aa=aa, rcode=rcode, qd=DNSQR(qname=name, qtype=kind), an=answers, ns=authority)
        c.add(IP(src="10.0.0.2", dst=CLIENT) / UDP(sport=53, dport=51000 + number) / reply)

    soa = DNSRRSOA(rrname="example.com", ttl=9, mname="ns.example.com", rname="admin.example.com", serial=5, refresh=6, retry=7, expire=8, minimum=9)
    answer(1, "missing.example.com", "A", None, soa, 3, 1)
    answer(2, "example.com", "MX", DNSRRMX(rrname="example.com", ttl=3, preference=10, exchange="mail.example.com"))
    answer(3, "example.com", "NS", DNSRR(rrname="example.com", type="NS", ttl=3, rdata="ns.example.com"))
    answer(4, "_x._tcp.example.com", "SRV", DNSRRSRV(rrname="_x._tcp.example.com", ttl=3, priority=1, weight=2, port=3, target="s.example.com"))
    answer(5, "9.2.0.192.in-addr.arpa", "PTR", DNSRR(rrname="9.2.0.192.in-addr.arpa", type="PTR", ttl=3, rdata="h.example.com"))
    answer(6, "two.example.com", "TXT", DNSRR(rrname="two.example.com", type="TXT", ttl=5, rdata=[b"one", b"two"]))
    answer(7, "svc.example.com", 65, None)
    answer(8, "any.example.com", "ANY", None, None, 5)
    answer(9, "UPPER.Example.COM", "A", DNSRR(rrname="UPPER.Example.COM", ttl=1, rdata="192.0.2.7"))


def capture_dns_response_first(c):
    reply = DNS(id=5, qr=1, ra=1, qd=DNSQR(qname="late.example.com"), an=DNSRR(rrname="late.example.com", rdata="192.0.2.4"))
    c.add(IP(src="10.0.0.2", dst=CLIENT) / UDP(sport=53, dport=5000) / reply)


def capture_dns_malformed(c):
    good = bytes(DNS(id=7, rd=1, qd=DNSQR(qname="bad.example.com")))
    loop = good[:12] + b"\xc0\x0c" + good[-4:]
    for number, data in enumerate([loop, good[:20], b"\xff" * 40, good + b"extra"]):
        c.add(IP(src=CLIENT, dst="10.0.0.2") / UDP(sport=5100 + number, dport=53) / Raw(data))


def capture_icmp_errors(c):
    query = IP(src=CLIENT, dst=SERVER) / UDP(sport=4000, dport=33434) / Raw(b"probe")
    c.add(query)
    c.add(IP(src="10.0.9.9", dst=CLIENT) / ICMP(type=11, code=0) / Raw(bytes(query)[:28]))
    c.add(IP(src=SERVER, dst=CLIENT) / ICMP(type=3, code=3) / Raw(bytes(query)[:28]))
    c.add(IP(src=SERVER, dst=CLIENT) / ICMP(type=3, code=1) / Raw(b"\x45" + b"\0" * 27))
    c.add(IP(src=CLIENT, dst=SERVER) / ICMP(type=13, id=1, seq=1))
    c.add(IP(src=SERVER, dst=CLIENT) / ICMP(type=14, id=1, seq=1))


def capture_fragments_overlapping(c):
    query = bytes(UDP(sport=5353, dport=53) / DNS(id=6, rd=1, qd=DNSQR(qname="overlap.example.com")))
    head = dict(src=CLIENT, dst="10.0.0.2", proto=17, id=99)
    c.add(IP(**head, flags="MF", frag=0) / Raw(query[:24]))
    c.add(IP(**head, flags="MF", frag=2) / Raw(b"#" * 8 + query[24:32]))
    c.add(IP(**head, frag=4) / Raw(query[32:]))


def capture_vxlan_nested(c):
    packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=CLIENT, dst=SERVER) / UDP(sport=1, dport=2) / Raw(b"inner")
    for level in range(10):
        outer = IP(src=f"10.1.{level}.1", dst=f"10.1.{level}.2") / UDP(sport=6000, dport=4789, chksum=0) / VXLAN(vni=level, flags=8) / packet
        packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / outer
    c.add(packet)


def capture_vxlan_noise(c):
    for number in range(20):
        c.add(IP(src=CLIENT, dst=SERVER) / UDP(sport=7000 + number, dport=4789) / Raw(random.Random(number).randbytes(5 * number)))


def capture_decode_errors(c):
    good = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=CLIENT, dst=SERVER) / TCP(sport=1, dport=2))
    for cut in (10, 20, 40, 50):
        frame = Ether(good[:cut]) if cut >= 14 else Raw(good[:cut])
        c.now += 0.001
        frame.time = c.now
        c.frames.append(frame)
    broken = bytearray(good)
    broken[46] = 0x10
    c.add(Ether(bytes(broken)))
    c.add(IP(src=CLIENT, dst=SERVER) / UDP(sport=1, dport=2, len=100) / Raw(b"short"))
    c.add(IP(src=CLIENT, dst=SERVER, proto=47) / Raw(b"x" * 30))


def capture_http_browser(c):
    head = "Accept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\nCookie: session=abc; id=7\r\nConnection: keep-alive\r\n"
    cookie = "Content-Type: text/html\r\nSet-Cookie: theme=dark; Path=/\r\nConnection: Keep-Alive\r\n"
    t = Tcp(c).open().send("c", request("/login?next=%2Fhome", headers=head)).send("s", response(headers=cookie))
    t.send("c", b"GET /bare HTTP/1.0\r\n\r\n").send("s", b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n").close()


def capture_odd_headers(c):
    c.add(IP(src=CLIENT, dst=CLIENT, tos=16) / UDP(sport=6, dport=7) / Raw(b"to itself"))
    c.add(IP(src=CLIENT, dst=SERVER, ttl=1, tos=184, flags="DF") / TCP(sport=5, dport=6, flags="SEC", window=1000))
    c.add(IP(src=CLIENT, dst=SERVER, proto=50) / Raw(b"z" * 40))
    c.add(IP(src=CLIENT, dst=SERVER) / TCP(sport=5, dport=7, flags="FPU", window=0))
    c.add(IP(src=CLIENT, dst=SERVER) / TCP(sport=5, dport=8, flags=0))
    c.add(IP(src=CLIENT, dst="10.0.0.2") / UDP(sport=5900, dport=53) / DNS(id=3, opcode=4, qd=DNSQR(qname="notify.example.com", qtype="SOA")))


def capture_timeouts(c):
    for number in range(3):
        c.add(IP(src=CLIENT, dst=SERVER) / UDP(sport=3000, dport=3001) / Raw(b"tick"), wait=100)


def main():
    folder = sys.argv[1]
    wanted = sys.argv[2:]
    for name, make in list(globals().items()):
        if name.startswith("capture_") and (not wanted or name[8:] in wanted):
            capture = Capture()
            make(capture)
            wrpcap(os.path.join(folder, name[8:].replace("_", "-") + ".pcap"), capture.frames)


if __name__ == "__main__":
    main()
