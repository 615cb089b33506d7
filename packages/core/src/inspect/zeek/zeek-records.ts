import { createHash } from 'node:crypto'
import type { CidrBlock } from '../../net/cidr-block.ts'
import { IpAddress } from '../../net/ip-address.ts'
import { dnsTypeNumber } from '../../packet/dns/dns-numbers.ts'
import type {
  EveDnsAnswer,
  EveDnsEvent,
  EveDnsQuery,
  EveFlowEvent,
  EveHeader,
  EveHttpEvent,
  EveTlsEvent,
} from '../eve-event.ts'
import { cipherName } from './cipher-name.ts'
import { connectionCourse } from './connection-state.ts'
import { microsecondsOf } from './eve-microseconds.ts'
import type { ZeekRecord } from './zeek-log-fields.ts'

/** What EVE does not say of a capture. */
export interface ZeekOptions {
  /** Networks at home, for `local_orig` and `local_resp`, which are unset without. */
  readonly localNetworks?: readonly CidrBlock[]
  /** Bytes before the IP header, which EVE counts and Zeek does not; Ethernet's 14 unless given. */
  readonly linkHeaderBytes?: number
}

const TRANSPORTS: Readonly<Record<string, { readonly name: string; readonly number: number }>> = {
  TCP: { name: 'tcp', number: 6 },
  UDP: { name: 'udp', number: 17 },
  ICMP: { name: 'icmp', number: 1 },
  'IPv6-ICMP': { name: 'icmp', number: 58 },
}

/** Zeek's names of services that it calls otherwise than Suricata. */
const SERVICES: Readonly<Record<string, string>> = { tls: 'ssl' }

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A connection's uid: `C` and 17 letters and digits, the same for the same flow id. */
export function zeekUid(flowId: number | undefined): string {
  const digest = createHash('sha256').update(String(flowId)).digest()
  return `C${Array.from(digest.subarray(0, 17), (byte) => LETTERS[byte % 62]).join('')}`
}

function connection(event: EveHeader, microseconds: number): ZeekRecord {
  return {
    ts: microseconds,
    uid: zeekUid(event.flow_id),
    'id.orig_h': event.src_ip,
    'id.orig_p': event.src_port ?? event.icmp_type ?? 0,
    'id.resp_h': event.dest_ip,
    'id.resp_p': event.dest_port ?? event.icmp_code ?? 0,
  }
}

function transport({ proto }: EveHeader): string {
  return TRANSPORTS[proto]?.name ?? 'unknown_transport'
}

/** A line of conn.log. Payload bytes and the uids of tunnels are not in EVE and stay unset. */
export function connRecord(event: EveFlowEvent, { localNetworks, linkHeaderBytes = 14 }: ZeekOptions): ZeekRecord {
  const { flow, tcp, app_proto: application } = event
  const start = microsecondsOf(flow.start)
  const duration = microsecondsOf(flow.end) - start
  const tagBytes = 4 * (event.vlan?.length ?? 0)
  const ipBytes = (bytes: number, packets: number): number =>
    Math.max(0, bytes - packets * (linkHeaderBytes + (linkHeaderBytes > 0 ? tagBytes : 0)))
  const isLocal = (text: string): boolean | undefined => {
    const address = IpAddress.parse(text)
    return localNetworks && address && localNetworks.some((block) => block.contains(address))
  }
  const { state, history } = connectionCourse(event)
  const hasService = application !== undefined && application !== 'failed'
  return {
    ...connection(event, start),
    proto: transport(event),
    service: hasService ? (SERVICES[application] ?? application) : undefined,
    duration: duration > 0 ? duration : undefined,
    conn_state: state,
    local_orig: isLocal(event.src_ip),
    local_resp: isLocal(event.dest_ip),
    missed_bytes: tcp?.ts_gap || tcp?.tc_gap ? undefined : 0,
    history: history === '' ? undefined : history,
    orig_pkts: flow.pkts_toserver,
    orig_ip_bytes: ipBytes(flow.bytes_toserver, flow.pkts_toserver),
    resp_pkts: flow.pkts_toclient,
    resp_ip_bytes: ipBytes(flow.bytes_toclient, flow.pkts_toclient),
    ip_proto: TRANSPORTS[event.proto]?.number ?? (/^\d+$/.test(event.proto) ? Number(event.proto) : undefined),
  }
}

/** IANA, "DNS RCODEs", by the names that EVE has. */
const RESPONSE_CODES: readonly string[] = [
  ...['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH'],
  'NOTZONE',
]

/**
 * A line of dns.log of a question, its answer, or both. EVE has no class, and of a question no flags. `rejected` follows Zeek: an error
 * without a question.
 */
export function dnsRecord(query: EveDnsEvent | undefined, answer: EveDnsEvent | undefined): ZeekRecord | undefined {
  const first = query ?? answer
  if (!first) return undefined
  const asked = query?.dns as EveDnsQuery | undefined
  const answered = answer?.dns as EveDnsAnswer | undefined
  const name = asked?.rrname ?? answered?.rrname
  const type = asked?.rrtype ?? answered?.rrtype
  const start = microsecondsOf(first.timestamp)
  const records = answered?.answers ?? []
  const roundTrip = query && answer && records.length > 0 ? microsecondsOf(answer.timestamp) - start : 0
  const shown = records.flatMap((record) => {
    const { rdata, soa, srv, rrtype } = record
    const text = rrtype === 'TXT' && rdata !== undefined ? `TXT ${rdata.length} ${rdata}` : rdata
    const data = text ?? soa?.mname ?? srv?.name
    return data === undefined ? [] : [{ data: String(data), ttl: record.ttl }]
  })
  return {
    ...connection(first, start),
    proto: transport(first),
    trans_id: first.dns.id,
    rtt: roundTrip > 0 ? roundTrip : undefined,
    query: name,
    qtype: type === undefined ? undefined : (dnsTypeNumber(type) ?? dnsTypeNumber(`TYPE${type}`)),
    qtype_name: type,
    rcode: answered && responseCode(answered.rcode),
    rcode_name: answered?.rcode,
    AA: answered ? answered.aa === true : undefined,
    TC: answered ? answered.tc === true : undefined,
    RD: answered ? answered.rd === true : undefined,
    RA: answered ? answered.ra === true : undefined,
    Z: answered ? (answered.z ? 1 : 0) : undefined,
    answers: shown.length > 0 ? shown.map(({ data }) => data) : undefined,
    TTLs: shown.length > 0 ? shown.map(({ ttl }) => ttl * 1e6) : undefined,
    rejected: answered !== undefined && answered.rcode !== 'NOERROR' && answered.rrname === undefined,
  }
}

function responseCode(name: string): number | undefined {
  const code = RESPONSE_CODES.indexOf(name)
  if (code >= 0) return code
  return /^\d+$/.test(name) ? Number(name) : undefined
}

/**
 * A line of http.log. EVE has the time at which the transaction was logged and the request's version, and neither the length of the
 * request's body, the status's text, nor what was sent of names and files.
 */
export function httpRecord(event: EveHttpEvent): ZeekRecord {
  const { http } = event
  const { hostname, http_port: port } = http
  return {
    ...connection(event, microsecondsOf(event.timestamp)),
    trans_depth: (event.tx_id ?? 0) + 1,
    method: http.http_method,
    host: hostname === undefined || port === undefined ? hostname : `${hostname}:${port}`,
    uri: http.url,
    referrer: http.http_refer,
    version: /^HTTP\/(.+)$/.exec(http.protocol ?? '')?.[1],
    user_agent: http.http_user_agent,
    response_body_len: http.length,
    status_code: http.status,
    tags: [],
  }
}

const TLS_VERSIONS: Readonly<Record<string, string>> = {
  SSLv2: 'SSLv2',
  SSLv3: 'SSLv3',
  TLSv1: 'TLSv10',
  'TLS 1.0': 'TLSv10',
  'TLS 1.1': 'TLSv11',
  'TLS 1.2': 'TLSv12',
  'TLS 1.3': 'TLSv13',
}

/**
 * A line of ssl.log. The cipher suite is that of JA3S; EVE has neither curve, alerts, the next protocol nor the handshake's course, and of
 * the certificate SHA-1 where Zeek has SHA-256.
 */
export function sslRecord(event: EveTlsEvent): ZeekRecord {
  const { tls } = event
  const suite = Number(tls.ja3s?.string.split(',')[1] ?? Number.NaN)
  return {
    ...connection(event, microsecondsOf(event.timestamp)),
    version: tls.version === undefined ? undefined : TLS_VERSIONS[tls.version],
    cipher: Number.isInteger(suite) ? cipherName(suite) : undefined,
    server_name: tls.sni,
    resumed: tls.session_resumed === true,
  }
}
