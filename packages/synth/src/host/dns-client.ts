import {
  DNS_CLASS,
  DNS_RESPONSE_CODE,
  DNS_TYPE,
  type DnsMessage,
  type DnsRecordData,
  decodeDnsMessage,
  dnsMessage,
  dnsTypeName,
  ednsRecord,
  encodeDnsMessage,
  IpAddress,
  type IpVersion,
} from '@flowtap/core'
import { seconds } from '../duration.ts'
import type { Random } from '../random.ts'
import type { DnsAnswer, DnsQuestionType, DnsRecord } from './dns-answer.ts'
import type { Host, ResolveOptions } from './host.ts'
import { reverseName } from './name-directory.ts'
import { NetworkError, type Process } from './process.ts'
import type { Datagram, UdpSocket } from './udp.ts'

const TYPE_NUMBER: Readonly<Record<DnsQuestionType, number>> = {
  A: DNS_TYPE.a,
  AAAA: DNS_TYPE.aaaa,
  ANY: DNS_TYPE.any,
  CNAME: DNS_TYPE.cname,
  MX: DNS_TYPE.mx,
  NS: DNS_TYPE.ns,
  PTR: DNS_TYPE.ptr,
  SOA: DNS_TYPE.soa,
  SRV: DNS_TYPE.srv,
  TXT: DNS_TYPE.txt,
}
const STATUS: readonly DnsAnswer['status'][] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']
const DEFAULT_TIMEOUT_MICROSECONDS = seconds(5)

/** Asks a name server one question; see {@link Host.resolve}. */
export function* resolveName(
  host: Host,
  random: Random,
  resolver: IpAddress,
  name: string,
  options: ResolveOptions,
): Process<DnsAnswer> {
  const { type = 'A', port = 53, timeoutMicroseconds = DEFAULT_TIMEOUT_MICROSECONDS, attempts = 2 } = options
  const address = type === 'PTR' ? IpAddress.parse(name) : undefined
  const asked = address ? reverseName(address) : name
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const query = makeQuery(random, asked, type, options)
    const sentMicroseconds = host.nowMicroseconds
    let transport: 'udp' | 'tcp' = options.transport ?? 'udp'
    let reply =
      transport === 'udp'
        ? yield* askByUdp(host, resolver, port, query, timeoutMicroseconds)
        : yield* askByTcp(host, resolver, port, query, timeoutMicroseconds)
    if (reply?.message.isTruncated && transport === 'udp') {
      transport = 'tcp'
      reply = yield* askByTcp(host, resolver, port, query, timeoutMicroseconds)
    }
    if (reply) return describe(reply, asked, type, resolver, port, host.nowMicroseconds - sentMicroseconds, transport)
  }
  throw new NetworkError('ETIMEDOUT', `the name server ${resolver} does not answer for '${name}'`)
}

/** Looks a name up; see {@link Host.lookup}. */
export function* lookupName(
  host: Host,
  random: Random,
  resolver: IpAddress | undefined,
  versions: readonly IpVersion[],
  name: string,
): Process<readonly IpAddress[]> {
  if (!resolver) throw new NetworkError('EAI_AGAIN', `the host has no name server to ask for '${name}'`)
  const socket = host.openUdp()
  try {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const replies = yield* askForAddresses(host, random, socket, resolver, versions, name)
      if (replies.length === 0) continue
      const addresses = replies.flatMap(({ answers }) =>
        answers.flatMap(({ data }) => (data.kind === 'address' ? [data.address] : [])),
      )
      if (addresses.length > 0) return addresses.sort((a, b) => a.version - b.version)
      if (replies.every(({ responseCode }) => responseCode === DNS_RESPONSE_CODE.serverFailure)) break
      throw new NetworkError('ENOTFOUND', `the name '${name}' has no address`)
    }
  } finally {
    socket.close()
  }
  throw new NetworkError('EAI_AGAIN', `no name server answered for '${name}'`)
}

/** Asks for the addresses of all families at once from one socket, as the C library does; gives the answers that came in time. */
function* askForAddresses(
  host: Host,
  random: Random,
  socket: UdpSocket,
  resolver: IpAddress,
  versions: readonly IpVersion[],
  name: string,
): Process<readonly DnsMessage[]> {
  const queries = versions.map((version) => makeQuery(random, name, version === 4 ? 'A' : 'AAAA', { ednsBytes: 0 }))
  for (const query of queries) socket.send(resolver, 53, encodeDnsMessage(query))
  const until = host.nowMicroseconds + DEFAULT_TIMEOUT_MICROSECONDS
  const replies = new Map<number, DnsMessage>()
  while (replies.size < queries.length) {
    let datagram: Datagram | undefined
    try {
      datagram = yield* socket.receive({ timeoutMicroseconds: Math.max(0, until - host.nowMicroseconds) })
    } catch (error) {
      if (error instanceof NetworkError) break
      throw error
    }
    if (!datagram) break
    const message = decodeDnsMessage(datagram.payload)
    if (message.kind === 'dns' && message.isResponse && queries.some(({ id }) => id === message.id)) {
      replies.set(message.id, message)
    }
  }
  return [...replies.values()]
}

function makeQuery(random: Random, name: string, type: DnsQuestionType, options: ResolveOptions): DnsMessage {
  const { ednsBytes = 1232, recursionDesired = true } = options
  return dnsMessage({
    id: random.integer(0, 65_535),
    recursionDesired,
    questions: [{ name, type: TYPE_NUMBER[type], class: DNS_CLASS.internet }],
    additionals: ednsBytes > 0 ? [ednsRecord({ udpPayloadSize: ednsBytes })] : [],
  })
}

interface Reply {
  readonly message: DnsMessage
  readonly bytes: number
}

function* askByUdp(
  host: Host,
  server: IpAddress,
  port: number,
  query: DnsMessage,
  timeoutMicroseconds: number,
): Process<Reply | undefined> {
  const socket = host.openUdp()
  const until = host.nowMicroseconds + timeoutMicroseconds
  try {
    socket.send(server, port, encodeDnsMessage(query))
    for (;;) {
      const datagram = yield* socket.receive({ timeoutMicroseconds: Math.max(0, until - host.nowMicroseconds) })
      if (!datagram) return undefined
      const message = decodeDnsMessage(datagram.payload)
      if (message.kind !== 'issue' && message.isResponse && message.id === query.id) {
        return { message, bytes: datagram.length }
      }
    }
  } finally {
    socket.close()
  }
}

function* askByTcp(
  host: Host,
  server: IpAddress,
  port: number,
  query: DnsMessage,
  timeoutMicroseconds: number,
): Process<Reply | undefined> {
  const connection = yield* host.connect({ to: server, port, timeoutMicroseconds, peer: 'service' })
  const message = encodeDnsMessage(query)
  connection.send(Uint8Array.of(message.length >>> 8, message.length & 255))
  connection.send(message)
  let received = new Uint8Array(0)
  for (;;) {
    const bytes = yield* connection.read({ timeoutMicroseconds })
    if (!bytes) break
    const joined = new Uint8Array(received.length + bytes.length)
    joined.set(received)
    joined.set(bytes, received.length)
    received = joined
    const length = ((received[0] ?? 0) << 8) | (received[1] ?? 0)
    if (received.length >= 2 && received.length >= length + 2) {
      const reply = decodeDnsMessage(received, 2, length + 2)
      yield* connection.close()
      return reply.kind === 'issue' ? undefined : { message: reply, bytes: length }
    }
  }
  yield* connection.close()
  return undefined
}

function describe(
  reply: Reply,
  name: string,
  type: DnsQuestionType,
  server: IpAddress,
  serverPort: number,
  roundTripMicroseconds: number,
  transport: 'udp' | 'tcp',
): DnsAnswer {
  const { message } = reply
  return {
    name,
    type,
    status: STATUS[message.responseCode] ?? 'SERVFAIL',
    records: message.answers.map(describeRecord),
    authority: message.authorities.map(describeRecord),
    id: message.id,
    authoritative: message.isAuthoritative,
    recursionAvailable: message.recursionAvailable,
    server,
    serverPort,
    roundTripMicroseconds,
    messageBytes: reply.bytes,
    transport,
  }
}

function describeRecord(record: DnsMessage['answers'][number]): DnsRecord {
  return {
    name: record.name,
    type: dnsTypeName(record.type) as DnsRecord['type'],
    ttlSeconds: record.ttl,
    data: dataText(record.data),
  }
}

/** Data as zone files write it (RFC 1035, 5). */
function dataText(data: DnsRecordData): string {
  switch (data.kind) {
    case 'address':
      return data.address.toString()
    case 'name':
      return dotted(data.name)
    case 'mx':
      return `${data.preference} ${dotted(data.exchange)}`
    case 'txt':
      return data.strings.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(' ')
    case 'soa':
      return [
        dotted(data.primaryServer),
        dotted(data.mailbox),
        data.serial,
        data.refresh,
        data.retry,
        data.expire,
        data.minimum,
      ].join(' ')
    case 'srv':
      return `${data.priority} ${data.weight} ${data.port} ${dotted(data.target)}`
    case 'hinfo':
      return `"${data.cpu}" "${data.operatingSystem}"`
    default:
      return '\\# 0'
  }
}

function dotted(name: string): string {
  return name === '.' ? name : `${name}.`
}
