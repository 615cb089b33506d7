import {
  DNS_RESPONSE_CODE,
  DNS_TYPE,
  type DnsMessage,
  decodeDnsMessage,
  dnsMessage,
  ednsRecord,
  encodeDnsMessage,
  type Packet,
  readEdns,
  type Vpc,
} from '@flowtap/core'
import type { NameDirectory, NameRecord } from './name-directory.ts'

/** Largest UDP answer to a question without EDNS (RFC 1035, 4.2.1). */
const PLAIN_UDP_BYTES = 512
/** Largest UDP answer that a server gives whatever is asked for. */
const OWN_UDP_BYTES = 4096
const WANTED_QUERY = 0

/** What a name server knows, and how it answers. */
export interface NameServer {
  readonly names: NameDirectory
  /** Whose names are seen; undefined on the internet. */
  readonly vpc: Vpc | undefined
}

/** The bytes of the answer to a datagram; undefined where it is no question. */
export function answerDatagram(server: NameServer, packet: Packet, nowMicroseconds: number): Uint8Array | undefined {
  const { payload, payloadOffset, payloadLength } = packet
  if (!payload) return undefined
  const query = decodeDnsMessage(payload, payloadOffset, payloadOffset + payloadLength)
  if (query.kind === 'issue' || query.isResponse) return undefined
  const answer = answerQuery(server, query, nowMicroseconds)
  const limit = Math.min(readEdns(query)?.udpPayloadSize ?? PLAIN_UDP_BYTES, OWN_UDP_BYTES)
  const bytes = encodeDnsMessage(answer)
  if (bytes.length <= limit) return bytes
  return encodeDnsMessage({ ...answer, isTruncated: true, answers: [], authorities: [] })
}

/** The answer of a recursive server to a question. */
export function answerQuery(server: NameServer, query: DnsMessage, nowMicroseconds: number): DnsMessage {
  const question = query.questions[0]
  const edns = readEdns(query)
  const base = {
    id: query.id,
    isResponse: true,
    opcode: query.opcode,
    recursionDesired: query.recursionDesired,
    recursionAvailable: true,
    questions: query.questions,
    additionals: edns ? [ednsRecord({ udpPayloadSize: OWN_UDP_BYTES })] : [],
  }
  if (query.opcode !== WANTED_QUERY) return dnsMessage({ ...base, responseCode: DNS_RESPONSE_CODE.notImplemented })
  if (!question || query.questions.length > 1) {
    return dnsMessage({ ...base, responseCode: DNS_RESPONSE_CODE.formatError })
  }
  if (question.type === DNS_TYPE.axfr || question.type === DNS_TYPE.ixfr) {
    return dnsMessage({ ...base, responseCode: DNS_RESPONSE_CODE.refused })
  }
  const { exists, records, authority } = server.names.answer(question.name, question.type, server.vpc)
  return dnsMessage({
    ...base,
    responseCode: exists ? DNS_RESPONSE_CODE.noError : DNS_RESPONSE_CODE.nameError,
    answers: records.map((record) => aged(record, nowMicroseconds)),
    authorities: records.length === 0 ? [aged(authority, nowMicroseconds)] : [],
  })
}

/** The record as a cache gives it, whose time to live runs down and begins again. */
function aged(record: NameRecord, nowMicroseconds: number): NameRecord {
  const age = Math.floor(nowMicroseconds / 1_000_000) % Math.max(1, record.ttl)
  return { ...record, ttl: record.ttl - age }
}
