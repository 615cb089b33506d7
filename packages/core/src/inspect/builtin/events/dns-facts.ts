import { dnsTypeName } from '../../../packet/dns/dns-numbers.ts'
import type { DnsRecord } from '../../../packet/dns/dns-record.ts'
import type { EveDnsAnswer, EveDnsQuery, EveDnsRecord } from '../../eve-event.ts'
import { type DnsTransaction, dnsNameText } from '../application/dns/dns-parser.ts'
import { eveAddress } from '../decode/inspected-packet.ts'

/** IANA, "DNS RCODEs", as Suricata names them. */
const RESPONSE_CODES: readonly string[] = [
  ...['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH'],
  'NOTZONE',
]

/** Types whose answers are also shown by type, in the order of their groups. */
const GROUPED_TYPES: readonly string[] = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'SSHFP', 'TXT']

function typeText(type: number): string {
  return dnsTypeName(type).replace(/^TYPE/, '')
}

/** The questions of a query, one event each. */
export function dnsQueries({ message, id }: DnsTransaction): readonly EveDnsQuery[] {
  return message.questions.map((question) => ({
    type: 'query',
    id: message.id,
    rrname: dnsNameText(question.name),
    rrtype: typeText(question.type),
    tx_id: id,
    opcode: message.opcode,
  }))
}

/** A response. */
export function dnsAnswer({ message, flags }: DnsTransaction): EveDnsAnswer {
  const [question] = message.questions
  const answers = message.answers.flatMap(recordFacts)
  const authorities = message.authorities.flatMap(recordFacts)
  const grouped: Record<string, unknown[]> = {}
  for (const type of GROUPED_TYPES) {
    const values = answers
      .filter((record) => record.rrtype === type)
      .map((record) => record.rdata ?? record.soa ?? record.srv ?? record.sshfp)
      .filter((value) => value !== undefined)
    if (values.length > 0) grouped[type] = values
  }
  return {
    type: 'answer',
    id: message.id,
    flags: flags.toString(16),
    qr: message.isResponse,
    ...(message.isAuthoritative && { aa: true }),
    ...(message.isTruncated && { tc: true }),
    ...(message.recursionDesired && { rd: true }),
    ...(message.recursionAvailable && { ra: true }),
    ...((flags & 0x40) !== 0 && { z: true }),
    opcode: message.opcode,
    ...(question && { rrname: dnsNameText(question.name), rrtype: typeText(question.type) }),
    rcode: RESPONSE_CODES[message.responseCode] ?? String(message.responseCode),
    ...(answers.length > 0 && { answers }),
    ...(Object.keys(grouped).length > 0 && { grouped }),
    ...(authorities.length > 0 && { authorities }),
  }
}

/** One entry per record; TXT has one per string. */
function recordFacts(record: DnsRecord): EveDnsRecord[] {
  const facts = { rrname: dnsNameText(record.name), rrtype: typeText(record.type), ttl: record.ttl }
  const { data } = record
  switch (data.kind) {
    case 'address':
      return [{ ...facts, rdata: eveAddress(data.address) }]
    case 'name':
      return [{ ...facts, rdata: dnsNameText(data.name) }]
    case 'mx':
      return [{ ...facts, rdata: dnsNameText(data.exchange) }]
    case 'txt':
      return data.strings.map((text) => ({ ...facts, rdata: text }))
    case 'soa':
      return [
        {
          ...facts,
          soa: {
            mname: dnsNameText(data.primaryServer),
            rname: dnsNameText(data.mailbox),
            serial: data.serial,
            refresh: data.refresh,
            retry: data.retry,
            expire: data.expire,
            minimum: data.minimum,
          },
        },
      ]
    case 'srv':
      return [
        {
          ...facts,
          srv: { priority: data.priority, weight: data.weight, port: data.port, name: dnsNameText(data.target) },
        },
      ]
    case 'sshfp': {
      const fingerprint = Array.from(data.fingerprint, (byte) => byte.toString(16).padStart(2, '0')).join(':')
      return [{ ...facts, sshfp: { fingerprint, algo: data.algorithm, type: data.fingerprintType } }]
    }
    default:
      return [facts]
  }
}
