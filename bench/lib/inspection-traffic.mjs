// Captures and rules for bench/inspection.mjs, the same bytes on every machine. Clients in 10.0.0.0/8 talk to servers on the internet over
// connections that are open side by side; segments have 1,448 bytes, and every second one is acknowledged.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  DNS_CLASS,
  DNS_TYPE,
  dnsMessage,
  encodeDnsMessage,
  encodeTlsRecords,
  IpAddress,
  MacAddress,
  opensslClientHello,
  opensslServerHello,
  Packet,
  PcapWriter,
  tlsHandshakeRecords,
} from '@flowtap/core'

const FOLDER = fileURLToPath(new URL('../.cache/', import.meta.url))
/** Part of the files' names: another one where what they hold changes. */
const VERSION = 3
const START_MICROSECONDS = 1_700_000_000_000_000
const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const SEGMENT = 1448
const SYN = 2
const FIN = 1
const ACK = 16
const PSH = 8
const HOSTS = 200
/** Of a hundred conversations; TCP is a protocol that no parser knows. */
const MIXES = {
  mixed: { http: 36, tls: 28, dns: 20, tcp: 16 },
  http: { http: 100 },
  tcp: { tcp: 100 },
}

/** What a mix is, in words. */
export function mixInWords(mix) {
  return Object.entries(MIXES[mix])
    .map(([kind, share]) => `${share} % ${kind}`)
    .join(', ')
}

/**
 * A capture's path, its packets, the mean of their payloads and the connections that are open at a time at the most; made where it is not
 * there. It has `bytes` or `packets`, and ends with connections open.
 */
export function capture({ mix, bytes = Number.POSITIVE_INFINITY, packets = Number.POSITIVE_INFINITY, open = 400 }) {
  const size = Number.isFinite(bytes) ? `${bytes / 1e6}MB` : `${packets}`
  const path = `${FOLDER}inspection-${VERSION}-${mix}-${size}-${open}.pcap`
  const facts = `${path}.json`
  if (existsSync(path) && existsSync(facts)) return { path, facts }
  mkdirSync(FOLDER, { recursive: true })
  const file = openSync(`${path}.part`, 'w')
  const writer = new PcapWriter({ reuseBuffer: true, onBytes: (piece) => writeSync(file, piece) })
  const made = { packets: 0, payloadBytes: 0, bytes: 24 }
  const random = generator(bytes === Number.POSITIVE_INFINITY ? packets : bytes)
  const content = new Content(random)
  const places = Array.from({ length: open }, () => conversation(content, random, mix))
  for (let turn = 0; made.bytes < bytes && made.packets < packets; turn += 1) {
    // Every connection begins before any goes on, so that all are open.
    const place = turn < open ? turn : random(open)
    const packet = places[place].next()
    if (packet === undefined) {
      places[place] = conversation(content, random, mix)
      continue
    }
    writer.writePacket(packet, START_MICROSECONDS + made.packets * 20, MACS)
    made.packets += 1
    made.payloadBytes += packet.payloadLength
    made.bytes += 16 + 14 + packet.length
  }
  writer.flush()
  closeSync(file)
  writeFileSync(facts, JSON.stringify({ ...made, meanPayload: made.payloadBytes / made.packets, open }))
  renameSync(`${path}.part`, path)
  return { path, facts }
}

/** `count` connections that are all open at the end: each has had a request and its answer. */
export function openFlows(count) {
  const path = `${FOLDER}inspection-${VERSION}-open-${count}.pcap`
  if (existsSync(path)) return { path }
  mkdirSync(FOLDER, { recursive: true })
  const file = openSync(`${path}.part`, 'w')
  const writer = new PcapWriter({ reuseBuffer: true, onBytes: (piece) => writeSync(file, piece) })
  const random = generator(count)
  const content = new Content(random)
  const kinds = ['http', 'tls', 'tcp']
  const conversations = Array.from({ length: count }, (_, place) => {
    const kind = kinds[place % kinds.length]
    return new Conversation(steps(content, random, kind, true), kind, {
      client: IpAddress.fromIpv4Bits(0x0a000000 + (place % 50_000)),
      clientPort: 1024 + (place % 60_000),
      server: IpAddress.fromIpv4Bits(0x34000000 + (place % 1000)),
    })
  })
  // All are opened, then each says the next thing, and so on.
  for (let packets = 0, left = conversations; left.length > 0; ) {
    left = left.filter((each) => {
      const packet = each.next()
      if (packet === undefined) return false
      writer.writePacket(packet, START_MICROSECONDS + packets * 20, MACS)
      packets += 1
      return true
    })
  }
  writer.flush()
  closeSync(file)
  renameSync(`${path}.part`, path)
  return { path }
}

/** A file of a hundred rules: what they look for is mostly not there, as on a real network. */
export function ruleFile() {
  const path = `${FOLDER}inspection-${VERSION}.rules`
  const random = generator(5)
  const name = () => word(random, 6 + random(10))
  const kinds = [
    [
      14,
      () =>
        `http $HOME_NET any -> $EXTERNAL_NET any|flow:established,to_server; http.uri; content:"/${name()}.php?"; nocase;`,
    ],
    [
      6,
      () =>
        `http $HOME_NET any -> $EXTERNAL_NET any|flow:established,to_server; http.host; content:"${name()}.example"; endswith;`,
    ],
    [
      6,
      () =>
        `http $HOME_NET any -> $EXTERNAL_NET any|flow:established,to_server; http.user_agent; content:"${name()}/"; startswith;`,
    ],
    [
      4,
      () =>
        `http $HOME_NET any -> $EXTERNAL_NET any|flow:established,to_server; http.method; content:"POST"; http.uri; content:"/${name()}"; pcre:"/id=[0-9]{4,}/U";`,
    ],
    [
      4,
      () =>
        `http $EXTERNAL_NET any -> $HOME_NET any|flow:established,to_client; http.stat_code; content:"200"; file.data; content:"${name()} ${name()}";`,
    ],
    [10, () => `dns $HOME_NET any -> any any|dns.query; content:"${name()}.example"; nocase;`],
    [
      12,
      () =>
        `tls $HOME_NET any -> $EXTERNAL_NET any|flow:established,to_server; tls.sni; content:"${name()}.example"; endswith;`,
    ],
    [2, () => `tls $HOME_NET any -> $EXTERNAL_NET any|ja3.hash; content:"${hex(random, 32)}";`],
    [10, () => `tcp $HOME_NET any -> $EXTERNAL_NET any|flow:established,to_server; content:"${name()}";`],
    [
      6,
      () =>
        `tcp $EXTERNAL_NET any -> $HOME_NET any|flow:established,to_client; content:"|4d 5a|"; depth:2; content:"${name()}"; distance:20;`,
    ],
    [6, () => `tcp any any -> any [1024:]|flow:established; content:"${name()}"; nocase; pcre:"/${name()}[0-9]+/R";`],
    [
      4,
      () =>
        `tcp $EXTERNAL_NET any -> $HOME_NET any|flow:established; content:"|${hex(random, 8).replace(/../g, '$& ').trim()}|"; byte_test:2,>,1000,4,relative;`,
    ],
    [6, () => `udp $HOME_NET any -> any !53|content:"${name()}"; offset:4;`],
    [3, () => `icmp any any -> $HOME_NET any|itype:8; content:"${name()}";`],
    [1, () => 'tcp $EXTERNAL_NET any -> $HOME_NET 22|flags:S; threshold:type both, track by_src, count 5, seconds 60;'],
    [1, () => `http any any -> any any|flow:established,to_server; http.uri; content:"${FOUND.uri}";`],
    [1, () => `http any any -> any any|flow:established,to_server; http.user_agent; content:"${FOUND.agent}";`],
    [1, () => `tls any any -> any any|flow:established,to_server; tls.sni; content:"${FOUND.server}";`],
    [1, () => `dns any any -> any any|dns.query; content:"${FOUND.query}";`],
    [2, () => `tcp any any -> any ${RAW_PORT}|flow:established,to_server; content:"${FOUND.text}"; dsize:>10;`],
  ]
  const rules = kinds.flatMap(([count, make]) => Array.from({ length: count }, make))
  if (rules.length !== 100) throw new Error(`${rules.length} rules`)
  const lines = rules.map((rule, index) => {
    const [header, options] = splitOnce(rule)
    return `alert ${header} (msg:"rule ${index + 1}"; ${options} sid:${index + 1}; rev:1;)`
  })
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

function splitOnce(rule) {
  const at = rule.indexOf('|')
  return [rule.slice(0, at), rule.slice(at + 1)]
}

/** What some rules look for, and one conversation of fifty has. */
const FOUND = {
  uri: '/cgi-bin/probe.cgi',
  agent: 'unwanted-scanner/1.0',
  server: 'unwanted.example',
  query: 'beacon.example',
  text: 'JOIN #unwanted',
}
const RAW_PORT = 6667
const FOUND_SHARE = 50

function conversation(content, random, mix) {
  let at = random(100)
  for (const [kind, share] of Object.entries(MIXES[mix])) {
    at -= share
    if (at < 0) {
      return new Conversation(steps(content, random, kind), kind, {
        client: IpAddress.fromIpv4Bits(0x0a000000 + random(HOSTS)),
        clientPort: 1024 + random(64_000),
        server: IpAddress.fromIpv4Bits(0x34000000 + random(HOSTS)),
      })
    }
  }
  throw new Error(`the shares of ${mix} are not a hundred`)
}

/** What both sides send, as segments in order. Where it is `brief`, one small exchange, and no end. */
function steps(content, random, kind, brief = false) {
  const isFound = random(FOUND_SHARE) === 0
  if (kind === 'dns') return content.lookup(isFound)
  const exchanges = content[kind](isFound, brief)
  return [
    { isClient: true, flags: SYN },
    { isClient: false, flags: SYN | ACK },
    { isClient: true, flags: ACK },
    ...exchanges.flatMap(({ isClient, bytes }) => segments(isClient, bytes)),
    ...(brief ? [] : CLOSING),
  ]
}

const CLOSING = [
  { isClient: false, flags: FIN | ACK },
  { isClient: true, flags: FIN | ACK },
  { isClient: false, flags: ACK },
]

function segments(isClient, bytes) {
  const all = []
  for (let at = 0, count = 1; at < bytes.length; at += SEGMENT, count += 1) {
    const isLast = at + SEGMENT >= bytes.length
    all.push({ isClient, flags: isLast ? PSH | ACK : ACK, payload: bytes.subarray(at, at + SEGMENT) })
    if (isLast || count % 2 === 0) all.push({ isClient: !isClient, flags: ACK })
  }
  return all
}

class Conversation {
  #at = 0
  #sequences

  constructor(parts, kind, ends) {
    this.parts = parts
    this.kind = kind
    this.ends = ends
    this.#sequences = { true: 1000, false: 500_000 }
  }

  /** The next packet; undefined where there is none any more. */
  next() {
    const part = this.parts[this.#at]
    if (part === undefined) return undefined
    this.#at += 1
    const { isClient, flags = 0, payload } = part
    const { client, clientPort, server } = this.ends
    const port = { http: 80, tls: 443, dns: 53, tcp: RAW_PORT }[this.kind]
    const length = payload?.length ?? 0
    const sequence = this.#sequences[isClient]
    this.#sequences[isClient] += length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0)
    return new Packet({
      source: isClient ? client : server,
      destination: isClient ? server : client,
      protocol: this.kind === 'dns' ? 17 : 6,
      sourcePort: isClient ? clientPort : port,
      destinationPort: isClient ? port : clientPort,
      identification: this.#at,
      dontFragment: true,
      tcpFlags: flags,
      tcpSequence: sequence,
      tcpAcknowledgment: (flags & ACK) === 0 ? 0 : this.#sequences[!isClient],
      tcpWindow: 65_000,
      ...(payload !== undefined && { payload, payloadLength: length }),
    })
  }
}

/** Makes what is sent. */
class Content {
  #random
  #noise
  #text

  constructor(random) {
    this.#random = random
    this.#noise = Uint8Array.from({ length: 1 << 20 }, () => random(256))
    const words = Array.from({ length: 2000 }, () => word(random, 2 + random(9)))
    let text = ''
    while (text.length < 1 << 20) text += `${words[random(words.length)]} `
    this.#text = Buffer.from(text)
  }

  http(isFound, brief) {
    const random = this.#random
    return Array.from({ length: brief ? 1 : 1 + random(3) }, (_, index) => {
      const uri =
        isFound && index === 0
          ? `${FOUND.uri}?a=1`
          : `/${word(random, 8)}/${word(random, 12)}.html?id=${random(99_999)}`
      const agent = isFound ? FOUND.agent : 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
      const request =
        `GET ${uri} HTTP/1.1\r\nHost: ${word(random, 8)}.example.com\r\nUser-Agent: ${agent}\r\nAccept: text/html,application/xhtml+xml\r\n` +
        `Accept-Language: en-GB,en;q=0.5\r\nCookie: session=${hex(random, 32)}\r\nConnection: keep-alive\r\n\r\n`
      const body = this.#piece(this.#text, brief ? 1_000 : 2_000 + random(19_000))
      const head =
        'HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Type: text/html; charset=utf-8\r\n' +
        `Content-Length: ${body.length}\r\nCache-Control: no-cache\r\n\r\n`
      return [
        { isClient: true, bytes: Buffer.from(request) },
        { isClient: false, bytes: Buffer.concat([Buffer.from(head), body]) },
      ]
    }).flat()
  }

  tls(isFound, brief) {
    const random = this.#random
    const own = (length) => Uint8Array.from(this.#piece(this.#noise, length))
    const hello = opensslClientHello({
      server: isFound ? FOUND.server : `${word(random, 10)}.example.com`,
      protocols: ['h2', 'http/1.1'],
      random: own(32),
      sessionId: own(32),
      publicKey: own(32),
    })
    const answer = opensslServerHello(hello, { random: own(32), publicKey: own(32) })
    const change = Uint8Array.of(20, 3, 3, 0, 1, 1)
    return [
      { isClient: true, bytes: encodeTlsRecords(tlsHandshakeRecords([hello])) },
      {
        isClient: false,
        bytes: Buffer.concat([encodeTlsRecords(tlsHandshakeRecords([answer])), change, this.#records(3_100)]),
      },
      { isClient: true, bytes: Buffer.concat([change, this.#records(74)]) },
      { isClient: true, bytes: this.#records(300 + random(500)) },
      { isClient: false, bytes: this.#records(brief ? 1_000 : 4_000 + random(52_000)) },
    ]
  }

  /** Lines of a protocol that no parser knows, and blocks of bytes. */
  tcp(isFound, brief) {
    const random = this.#random
    return Array.from({ length: brief ? 1 : 2 + random(4) }, (_, index) => [
      {
        isClient: true,
        bytes: Buffer.from(`${isFound && index === 0 ? FOUND.text : `GIVE #${word(random, 8)}`} ${word(random, 30)}\n`),
      },
      {
        isClient: false,
        bytes: this.#piece(random(2) === 0 ? this.#noise : this.#text, brief ? 1_000 : 1_000 + random(17_000)),
      },
    ]).flat()
  }

  lookup(isFound) {
    const random = this.#random
    const name = isFound ? FOUND.query : `${word(random, 8)}.example.com`
    const question = { name, type: DNS_TYPE.a, class: DNS_CLASS.internet }
    const fields = { id: random(65_536), questions: [question] }
    const address = IpAddress.fromIpv4Bits(0x34000000 + random(HOSTS))
    const answers = [{ name, type: DNS_TYPE.a, class: DNS_CLASS.internet, ttl: 60, data: { kind: 'address', address } }]
    return [
      { isClient: true, payload: encodeDnsMessage(dnsMessage(fields)) },
      {
        isClient: false,
        payload: encodeDnsMessage(dnsMessage({ ...fields, isResponse: true, recursionAvailable: true, answers })),
      },
    ]
  }

  #records(length) {
    const parts = []
    for (let left = length; left > 0; left -= 16_384) {
      const size = Math.min(left, 16_384)
      parts.push(Uint8Array.of(23, 3, 3, size >>> 8, size & 0xff), this.#piece(this.#noise, size))
    }
    return Buffer.concat(parts)
  }

  #piece(bytes, length) {
    const start = this.#random(bytes.length - length)
    return bytes.subarray(start, start + length)
  }
}

function word(random, length) {
  return Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz'[random(26)]).join('')
}

function hex(random, length) {
  return Array.from({ length }, () => '0123456789abcdef'[random(16)]).join('')
}

/** Numbers below a limit; a counter whose bits are mixed as in MurmurHash3. */
function generator(seed) {
  let state = seed | 0
  return (limit) => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000) * limit)
  }
}
