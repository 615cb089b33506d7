import { gzipSync } from 'node:zlib'
import { IpAddress } from '../../src/net/ip-address.ts'
import { fragmentPacket } from '../../src/packet/fragment-packet.ts'
import { Packet } from '../../src/packet/packet.ts'
import { opensslClientHello, opensslServerHello } from '../../src/packet/tls/openssl-hello.ts'
import { encodeTlsRecords, tlsHandshakeRecords } from '../../src/packet/tls/tls-record.ts'
import { bytesOf, ipBytes } from './conversation.ts'
import { chance, type Draw, pick, word, words } from './draw.ts'
import { connection, type Sides, type Turn } from './pair-connection.ts'

// Random conversations as IP packets, each with what is said in it, so that rules can be made that match.

/** What rules may look for, by the name of the buffer; `payload` is what goes over the wire. */
export type Said = Readonly<Record<string, readonly string[]>>

/** One conversation: packets as bytes of raw IP, in order. */
export interface Conversation {
  readonly application: 'http' | 'dns' | 'tls' | 'ssh' | 'none'
  readonly transport: 'tcp' | 'udp' | 'icmp'
  readonly serverPort: number
  readonly packets: readonly Uint8Array[]
  readonly said: Said
  /** Where `http.header` rules alert twice in Suricata. */
  readonly isChunked: boolean
  /** Bytes of it were never captured. */
  readonly isLossy: boolean
}

function chunks(draw: Draw, body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const size = 1 + draw(60)
    const piece = body.subarray(at, at + size)
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
    at += size
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

function http(draw: Draw, sides: Sides): Omit<Conversation, 'packets' | 'isLossy'> & { turns: readonly Turn[] } {
  const said: Record<string, string[]> = {}
  const say = (buffer: string, text: string): string => {
    said[buffer] ??= []
    said[buffer]?.push(text)
    return text
  }
  const turns: Turn[] = []
  let isChunked = false
  const exchanges = 1 + draw(2)
  const isPipelined = exchanges > 1 && chance(draw, 20)
  const requests: Buffer[] = []
  const responses: Buffer[] = []
  for (let count = 0; count < exchanges; count += 1) {
    const method = say('http.method', pick(draw, ['GET', 'GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS']))
    const target = say('http.uri', `/${words(draw, 3, '/')}${chance(draw, 40) ? `?${word(draw)}=${word(draw)}` : ''}`)
    const host = say('http.host', `${word(draw)}.example.com`)
    const fields = [`Host: ${host}`]
    if (chance(draw, 70)) fields.push(`User-Agent: ${say('http.user_agent', `${word(draw)}/1.${draw(9)}`)}`)
    if (chance(draw, 40))
      fields.push(`Accept: ${say('http.accept', pick(draw, ['*/*', 'text/html', 'application/json']))}`)
    if (chance(draw, 30)) fields.push(`Referer: ${say('http.referer', `http://${word(draw)}.test/${word(draw)}`)}`)
    if (chance(draw, 30)) fields.push(`Cookie: ${say('http.cookie', `${word(draw)}=${word(draw)}`)}`)
    if (chance(draw, 20))
      fields.push(`Accept-Language: ${say('http.accept_lang', pick(draw, ['en', 'de-CH', 'fr;q=0.5']))}`)
    if (chance(draw, 20)) fields.push(`Accept-Encoding: ${say('http.accept_enc', 'gzip, deflate')}`)
    if (chance(draw, 30)) fields.push(`X-${word(draw)}: ${words(draw, 4, ' ')}`)
    const hasBody = method === 'POST' || method === 'PUT'
    let body: Buffer = Buffer.alloc(0)
    if (hasBody) {
      body = Buffer.from(say('http.request_body', words(draw, 12, '&')))
      fields.push('Content-Type: application/x-www-form-urlencoded')
      if (chance(draw, 25)) {
        fields.push('Transfer-Encoding: chunked')
        body = chunks(draw, body)
        isChunked = true
      } else fields.push(`Content-Length: ${body.length}`)
    }
    say('http.request_line', `${method} ${target} HTTP/1.1`)
    say('http.header', fields.filter((field) => !field.startsWith('Cookie')).join('\r\n'))
    requests.push(Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`), body]))

    const status = pick(draw, [
      '200 OK',
      '200 OK',
      '404 Not Found',
      '302 Found',
      '500 Internal Server Error',
      '204 No Content',
    ])
    say('http.stat_code', status.slice(0, 3))
    say('http.stat_msg', status.slice(4))
    say('http.response_line', `HTTP/1.1 ${status}`)
    const answers = [`Server: ${say('http.server', pick(draw, ['nginx', 'Apache/2.4', 'envoy']))}`]
    if (status.startsWith('302')) answers.push(`Location: ${say('http.location', `/${word(draw)}`)}`)
    if (chance(draw, 30)) answers.push(`Set-Cookie: ${say('http.cookie', `${word(draw)}=${word(draw)}; Path=/`)}`)
    let content: Buffer = Buffer.alloc(0)
    if (!status.startsWith('204') && method !== 'HEAD' && chance(draw, 85)) {
      const text = words(draw, pick(draw, [3, 40, 400]), ' ')
      say('file.data', text)
      say('http.response_body', text)
      content = Buffer.from(text)
      answers.push(`Content-Type: ${say('http.content_type', pick(draw, ['text/html', 'text/plain; charset=utf-8']))}`)
      if (chance(draw, 25)) {
        content = gzipSync(content)
        answers.push('Content-Encoding: gzip')
      }
    }
    if (content.length > 0 && chance(draw, 30)) {
      answers.push('Transfer-Encoding: chunked')
      content = chunks(draw, content)
      isChunked = true
    } else if (!status.startsWith('204') && method !== 'HEAD') answers.push(`Content-Length: ${content.length}`)
    responses.push(Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${answers.join('\r\n')}\r\n\r\n`), content]))
  }
  if (isPipelined) {
    turns.push({ side: 0, bytes: Buffer.concat(requests) }, { side: 1, bytes: Buffer.concat(responses) })
  } else {
    requests.forEach((bytes, index) => {
      turns.push({ side: 0, bytes }, { side: 1, bytes: responses[index] ?? new Uint8Array(0) })
    })
    // The last request may stay without an answer.
    if (chance(draw, 10)) turns.pop()
  }
  said.payload = [...requests, ...responses].map((bytes) => bytes.toString('latin1').split('\r\n\r\n')[0] ?? '')
  return { application: 'http', transport: 'tcp', serverPort: sides.serverPort, said, isChunked, turns }
}

const DNS_TYPES: Readonly<Record<string, number>> = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 }

function dnsName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}

function dnsMessages(draw: Draw, said: Record<string, string[]>): readonly [Buffer, Buffer] {
  const name = `${words(draw, 3, '.')}.example.${pick(draw, ['com', 'org'])}`
  said['dns.query'] = [...(said['dns.query'] ?? []), name]
  said.payload = [...(said.payload ?? []), ...name.split('.')]
  const type = pick(draw, Object.keys(DNS_TYPES))
  const header = (flags: number, answers: number): Buffer =>
    Buffer.from([id >>> 8, id & 255, flags >>> 8, flags & 255, 0, 1, 0, answers, 0, 0, 0, 0])
  const id = draw(0xffff)
  const question = Buffer.concat([dnsName(name), Buffer.from([0, DNS_TYPES[type] ?? 1, 0, 1])])
  const record = (): Buffer => {
    let data: Buffer
    if (type === 'A') data = Buffer.from([192, 0, 2, draw(255)])
    else if (type === 'AAAA') data = Buffer.from([0x20, 1, 0x0d, 0xb8, ...Array.from({ length: 12 }, () => draw(255))])
    else if (type === 'TXT') data = Buffer.concat([Buffer.from([5]), Buffer.from('v=one')])
    else if (type === 'MX') data = Buffer.concat([Buffer.from([0, 10]), dnsName(`mail.${word(draw)}.test`)])
    else data = dnsName(`${word(draw)}.test`)
    const head = Buffer.from([
      0xc0,
      12,
      0,
      DNS_TYPES[type] ?? 1,
      0,
      1,
      0,
      0,
      0,
      60,
      data.length >>> 8,
      data.length & 255,
    ])
    return Buffer.concat([head, data])
  }
  const isMissing = chance(draw, 25)
  const records = isMissing ? [] : Array.from({ length: 1 + draw(2) }, record)
  return [
    Buffer.concat([header(0x0100, 0), question]),
    Buffer.concat([header(isMissing ? 0x8183 : 0x8180, records.length), question, ...records]),
  ]
}

function tls(draw: Draw): { turns: readonly Turn[]; said: Said } {
  const name = `${words(draw, 2, '.')}.example.com`
  const fill = (length: number): Uint8Array => Uint8Array.from({ length }, () => draw(255))
  const client = opensslClientHello({ server: name, random: fill(32), sessionId: fill(32), publicKey: fill(32) })
  const server = opensslServerHello(client, { random: fill(32), publicKey: fill(32) })
  const data = (length: number): { contentType: number; version: number; fragment: Uint8Array } => ({
    contentType: 23,
    version: 0x0303,
    fragment: fill(length),
  })
  const change = { contentType: 20, version: 0x0303, fragment: Uint8Array.of(1) }
  const turns: Turn[] = [
    { side: 0, bytes: encodeTlsRecords(tlsHandshakeRecords([client])) },
    { side: 1, bytes: encodeTlsRecords([...tlsHandshakeRecords([server]), change, data(30), data(40 + draw(900))]) },
    { side: 0, bytes: encodeTlsRecords([change, data(53), data(20 + draw(200))]) },
    { side: 1, bytes: encodeTlsRecords([data(20 + draw(500))]) },
  ]
  // A server may not answer.
  if (chance(draw, 15)) turns.length = 1
  return { turns, said: { 'tls.sni': [name], payload: [name] } }
}

function ssh(draw: Draw): { turns: readonly Turn[]; said: Said } {
  const client = `${word(draw)}_${draw(9)}.${draw(9)}`
  const server = `OpenSSH_${draw(9)}.${draw(9)}p1${chance(draw, 50) ? ' Debian-2' : ''}`
  const packet = Uint8Array.from([0, 0, 0, 20, 4, 20, ...new Array<number>(18).fill(0)])
  const turns: Turn[] = [
    { side: 1, bytes: bytesOf(`SSH-2.0-${server}\r\n`) },
    { side: 0, bytes: bytesOf(`SSH-2.0-${client}\r\n`) },
    { side: 0, bytes: packet },
    { side: 1, bytes: packet },
  ]
  return { turns, said: { 'ssh.software': [client, server], 'ssh.proto': ['2.0'], payload: [client, server] } }
}

function datagram(sides: Sides, side: 0 | 1, payload: Uint8Array): Packet {
  return new Packet({
    source: side === 0 ? sides.client : sides.server,
    destination: side === 0 ? sides.server : sides.client,
    protocol: 17,
    sourcePort: side === 0 ? sides.clientPort : sides.serverPort,
    destinationPort: side === 0 ? sides.serverPort : sides.clientPort,
    identification: sides.clientPort & 0xffff,
    payload,
  })
}

/** Its packets within VXLAN, as a mirror session sends them. */
function mirrored(packets: readonly Uint8Array[], place: number): readonly Uint8Array[] {
  return packets.map((bytes) => {
    const payload = new Uint8Array(22 + bytes.length)
    payload.set([8, 0, 0, 0, 0, 16, 146, 0], 0)
    payload.set((bytes[0] as number) >>> 4 === 4 ? [8, 0] : [0x86, 0xdd], 20)
    payload.set(bytes, 22)
    const [source, destination] = ['10.3', '10.4'].map((net) => IpAddress.of(`${net}.${place >> 8}.${place & 255}`))
    if (!source || !destination) throw new Error('two addresses')
    return ipBytes(
      new Packet({ source, destination, protocol: 17, sourcePort: 50_000, destinationPort: 4789, payload }),
    )
  })
}

/** A random conversation; `place`, up to 65,535, keeps the addresses of several apart. */
export function randomConversation(draw: Draw, place: number): Conversation {
  const isSix = chance(draw, 15)
  const kind = draw(19)
  const serverPort =
    kind < 9 ? pick(draw, [80, 80, 8080, 8443]) : kind < 13 ? 53 : kind < 15 ? 443 : kind < 17 ? 22 : 7000
  const sides: Sides = {
    client: IpAddress.of(isSix ? `2001:db8::1:${place.toString(16)}` : `10.1.${place >> 8}.${place & 255}`),
    server: IpAddress.of(isSix ? `2001:db8::2:${place.toString(16)}` : `10.2.${place >> 8}.${place & 255}`),
    clientPort: 20_000 + draw(30_000),
    serverPort,
  }
  const none = { isChunked: false, isLossy: false }
  const wrap = (packets: readonly Packet[], others: Omit<Conversation, 'packets'>): Conversation => {
    const bytes = packets.map((packet) => ipBytes(packet))
    return { ...others, packets: chance(draw, 12) ? mirrored(bytes, place) : bytes }
  }
  if (kind < 9) {
    const { turns, ...facts } = http(draw, sides)
    const { packets, isLossy } = connection(draw, sides, turns)
    return wrap(packets, { ...facts, isLossy })
  }
  if (kind < 13) {
    const said: Record<string, string[]> = {}
    const pairs = Array.from({ length: 1 + draw(2) }, () => dnsMessages(draw, said))
    if (kind === 12) {
      const framed = (bytes: Buffer): Buffer =>
        Buffer.concat([Buffer.from([bytes.length >>> 8, bytes.length & 255]), bytes])
      const turns = pairs.flatMap(([query, answer]): Turn[] => [
        { side: 0, bytes: framed(query) },
        { side: 1, bytes: framed(answer) },
      ])
      const { packets, isLossy } = connection(draw, sides, turns)
      return wrap(packets, { application: 'dns', transport: 'tcp', serverPort, said, ...none, isLossy })
    }
    const packets = pairs.flatMap(([query, answer]) => [datagram(sides, 0, query), datagram(sides, 1, answer)])
    const pieces = chance(draw, 20) ? packets.flatMap((packet) => fragmentPacket(packet, isSix ? 1280 : 68)) : packets
    return wrap(pieces, { application: 'dns', transport: 'udp', serverPort, said, ...none })
  }
  if (kind < 17) {
    const { turns, said } = kind < 15 ? tls(draw) : ssh(draw)
    const { packets, isLossy } = connection(draw, sides, turns)
    return wrap(packets, {
      application: kind < 15 ? 'tls' : 'ssh',
      transport: 'tcp',
      serverPort,
      said,
      ...none,
      isLossy,
    })
  }
  const text = words(draw, 10, ' ')
  if (kind === 17) {
    const packets = Array.from({ length: 1 + draw(3) }, (_, index) =>
      datagram(sides, (index % 2) as 0 | 1, bytesOf(`${text} ${index}`)),
    )
    return wrap(packets, { application: 'none', transport: 'udp', serverPort, said: { payload: [text] }, ...none })
  }
  if (kind === 18) {
    const packets = Array.from({ length: 1 + draw(3) }, (_, index) => {
      const isAnswer = index % 2 === 1
      return new Packet({
        source: isAnswer ? sides.server : sides.client,
        destination: isAnswer ? sides.client : sides.server,
        protocol: isSix ? 58 : 1,
        icmpType: isSix ? (isAnswer ? 129 : 128) : isAnswer ? 0 : 8,
        icmpIdentifier: 7,
        icmpSequence: index >> 1,
        payload: bytesOf(text),
      })
    })
    return wrap(packets, { application: 'none', transport: 'icmp', serverPort: 0, said: { payload: [text] }, ...none })
  }
  const turns: Turn[] = [
    // So long that every configuration of Suricata has seen enough to know that it is none of its applications.
    { side: 0, bytes: bytesOf(`#${text}${' '.repeat(40)}`) },
    { side: 1, bytes: bytesOf(`*${words(draw, 200, ' ')}${' '.repeat(40)}`) },
  ]
  const { packets, isLossy } = connection(draw, sides, turns)
  return wrap(packets, {
    application: 'none',
    transport: 'tcp',
    serverPort,
    said: { payload: [text] },
    ...none,
    isLossy,
  })
}
