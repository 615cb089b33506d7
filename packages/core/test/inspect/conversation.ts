import { IpAddress } from '../../src/net/ip-address.ts'
import { dnsMessage, encodeDnsMessage } from '../../src/packet/dns/dns-message.ts'
import { encodeIpPacket } from '../../src/packet/encode-packet.ts'
import { fragmentPacket } from '../../src/packet/fragment-packet.ts'
import { Packet } from '../../src/packet/packet.ts'
import { opensslClientHello } from '../../src/packet/tls/openssl-hello.ts'
import { encodeTlsRecords, tlsHandshakeRecords } from '../../src/packet/tls/tls-record.ts'

// Conversations as IP packets, made by core's own encoder.

const CLIENT = IpAddress.of('10.0.1.10')
const SERVER = IpAddress.of('10.0.2.20')
const FIN = 1
const SYN = 2
const PSH = 8
const ACK = 16

/** A whole TCP connection in which the two sides say these things by turns, the client first; each is acknowledged. */
export function tcpConversation(
  clientPort: number,
  serverPort: number,
  turns: readonly Uint8Array[],
  segment = 1400,
): readonly Packet[] {
  const packets: Packet[] = []
  const next = [1000, 5000]
  const put = (side: 0 | 1, flags: number, payload?: Uint8Array): void => {
    const other = side === 0 ? 1 : 0
    packets.push(
      new Packet({
        source: side === 0 ? CLIENT : SERVER,
        destination: side === 0 ? SERVER : CLIENT,
        protocol: 6,
        sourcePort: side === 0 ? clientPort : serverPort,
        destinationPort: side === 0 ? serverPort : clientPort,
        tcpFlags: flags,
        tcpSequence: (next[side] ?? 0) >>> 0,
        tcpAcknowledgment: (flags & ACK) === 0 ? 0 : (next[other] ?? 0) >>> 0,
        tcpWindow: 65_535,
        payload,
      }),
    )
    next[side] = (next[side] ?? 0) + (payload?.length ?? 0) + ((flags & (SYN | FIN)) === 0 ? 0 : 1)
  }
  put(0, SYN)
  put(1, SYN | ACK)
  put(0, ACK)
  turns.forEach((bytes, index) => {
    const side = (index % 2) as 0 | 1
    for (let at = 0; at < bytes.length; at += segment) {
      put(side, PSH | ACK, bytes.subarray(at, at + segment))
      put(side === 0 ? 1 : 0, ACK)
    }
  })
  put(0, FIN | ACK)
  put(1, FIN | ACK)
  put(0, ACK)
  return packets
}

/** A packet as raw IP. */
export function ipBytes(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(packet.length)
  encodeIpPacket(packet, bytes, 0)
  return bytes
}

/** Text with one character per byte as bytes. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** Packets of every kind that the inspector takes apart, as bytes of raw IP. */
export function packetsOfEveryKind(): readonly Uint8Array[] {
  const query = encodeDnsMessage(dnsMessage({ id: 7, questions: [{ name: 'www.example.com', type: 1, class: 1 }] }))
  const hello = opensslClientHello({
    server: 'tls.example.com',
    random: new Uint8Array(32),
    sessionId: new Uint8Array(32),
    publicKey: new Uint8Array(32),
  })
  const http = [
    bytesOf('POST /form HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nuser=root'),
    bytesOf('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n5\r\nabcde\r\n0\r\n\r\n'),
  ]
  const udp = (payload: Uint8Array, destinationPort: number): Packet =>
    new Packet({ source: CLIENT, destination: SERVER, protocol: 17, sourcePort: 40_000, destinationPort, payload })
  const inner = tcpConversation(1111, 80, http).map((packet) => ipBytes(packet))
  const vxlan = inner.map((bytes) => {
    const payload = new Uint8Array(22 + bytes.length)
    payload.set([8, 0, 0, 0, 0, 16, 146, 0], 0)
    payload.set([8, 0], 20)
    payload.set(bytes, 22)
    return udp(payload, 4789)
  })
  const six = new Packet({
    source: IpAddress.of('2001:db8::1'),
    destination: IpAddress.of('2001:db8::2'),
    protocol: 17,
    sourcePort: 5353,
    destinationPort: 53,
    payload: query,
  })
  const large = udp(new Uint8Array(4000), 9)
  return [
    ...tcpConversation(40_000, 80, http),
    ...tcpConversation(40_001, 443, [encodeTlsRecords(tlsHandshakeRecords([hello]))]),
    ...tcpConversation(40_002, 22, [bytesOf('SSH-2.0-a\r\n'), bytesOf('SSH-2.0-b c\r\n')]),
    udp(query, 53),
    six,
    ...fragmentPacket(large.with({ identification: 5 }), 600),
    ...vxlan,
    new Packet({ source: CLIENT, destination: SERVER, protocol: 1, icmpType: 8, payload: new Uint8Array(32) }),
  ].map((packet) => ipBytes(packet))
}
