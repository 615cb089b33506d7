import { ByteReader } from '../byte-reader.ts'
import { ByteWriter } from '../byte-writer.ts'
import type { PacketIssue } from '../packet-issue.ts'
import { DnsNameWriter, readDnsName } from './dns-name.ts'
import { dnsTypeName } from './dns-numbers.ts'
import type { DnsQuestion, DnsRecord } from './dns-record.ts'
import { decodeDnsRecordData, encodeDnsRecordData } from './dns-record-data.ts'

//  Domain Name System (RFC 1035 section 4.1, RFC 4035 section 3 for AD and CD):
//
//    0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  |                      ID                       |
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  |          Number of questions                  |
//  |          Number of answers                    |
//  |          Number of authority records          |
//  |          Number of additional records         |
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  |  Questions, then records                      |
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+

/** A DNS query or response. */
export interface DnsMessage {
  readonly kind: 'dns'
  readonly id: number
  readonly isResponse: boolean
  /** 0 query, 4 notify, 5 update. */
  readonly opcode: number
  readonly isAuthoritative: boolean
  readonly isTruncated: boolean
  readonly recursionDesired: boolean
  readonly recursionAvailable: boolean
  readonly authenticData: boolean
  readonly checkingDisabled: boolean
  /** 4 bits; `readEdns` has the upper 8. */
  readonly responseCode: number
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
}

/** What a message is made from; everything but the id has a default: a query with recursion desired. */
export type DnsMessageFields = Pick<DnsMessage, 'id'> & Partial<Omit<DnsMessage, 'kind' | 'id'>>

const HEADER_LENGTH = 12
const FLAG = { isResponse: 0x8000, aa: 0x400, tc: 0x200, rd: 0x100, ra: 0x80, ad: 0x20, cd: 0x10 } as const

/** A message with defaults filled in. */
export function dnsMessage(fields: DnsMessageFields): DnsMessage {
  return {
    kind: 'dns',
    isResponse: false,
    opcode: 0,
    isAuthoritative: false,
    isTruncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    responseCode: 0,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
    ...fields,
  }
}

/** The message in `bytes[start]` to `bytes[end - 1]`, as it stands in a UDP datagram; bytes behind its last record are ignored. */
export function decodeDnsMessage(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): DnsMessage | PacketIssue {
  const reader = new ByteReader(bytes, start, end, 'dns')
  const id = reader.uint16('the message id')
  const flags = reader.uint16('the flags')
  const counts = ['questions', 'answers', 'authority records', 'additional records'].map((what) =>
    reader.uint16(`the number of ${what}`),
  )
  const [questionCount = 0, answerCount = 0, authorityCount = 0, additionalCount = 0] = counts
  const questions: DnsQuestion[] = []
  for (let count = 0; count < questionCount && !reader.issue; count += 1) {
    questions.push({
      name: readDnsName(reader, start, `the name of question ${count + 1}`),
      type: reader.uint16('the type of a question'),
      class: reader.uint16('the class of a question'),
    })
  }
  const answers = readRecords(reader, start, answerCount)
  const authorities = readRecords(reader, start, authorityCount)
  const additionals = readRecords(reader, start, additionalCount)
  if (reader.issue) return reader.issue
  return {
    kind: 'dns',
    id,
    isResponse: (flags & FLAG.isResponse) !== 0,
    opcode: (flags >>> 11) & 15,
    isAuthoritative: (flags & FLAG.aa) !== 0,
    isTruncated: (flags & FLAG.tc) !== 0,
    recursionDesired: (flags & FLAG.rd) !== 0,
    recursionAvailable: (flags & FLAG.ra) !== 0,
    authenticData: (flags & FLAG.ad) !== 0,
    checkingDisabled: (flags & FLAG.cd) !== 0,
    responseCode: flags & 15,
    questions,
    answers,
    authorities,
    additionals,
  }
}

/**
 * The bytes of a message, names compressed unless told otherwise. RangeError where a name, a string or a record's data cannot be
 * written, or the message is longer than 65,535 bytes.
 */
export function encodeDnsMessage(message: DnsMessage, { compress = true }: { compress?: boolean } = {}): Uint8Array {
  const writer = new ByteWriter(512)
  const names = new DnsNameWriter(writer, compress)
  const { questions, answers, authorities, additionals } = message
  writer.uint16(message.id)
  writer.uint16(
    (message.isResponse ? FLAG.isResponse : 0) |
      ((message.opcode & 15) << 11) |
      (message.isAuthoritative ? FLAG.aa : 0) |
      (message.isTruncated ? FLAG.tc : 0) |
      (message.recursionDesired ? FLAG.rd : 0) |
      (message.recursionAvailable ? FLAG.ra : 0) |
      (message.authenticData ? FLAG.ad : 0) |
      (message.checkingDisabled ? FLAG.cd : 0) |
      (message.responseCode & 15),
  )
  for (const { length } of [questions, answers, authorities, additionals]) writer.uint16(length)
  for (const question of questions) {
    names.write(question.name)
    writer.uint16(question.type).uint16(question.class)
  }
  for (const records of [answers, authorities, additionals]) {
    for (const record of records) writeRecord(record, writer, names)
  }
  if (writer.length > 0xffff) throw new RangeError(`a DNS message has at most 65,535 bytes, not ${writer.length}`)
  return writer.finish()
}

/** The message behind its two-byte length, as DNS goes over TCP (RFC 1035 section 4.2.2). */
export function encodeDnsOverTcp(message: DnsMessage, options: { compress?: boolean } = {}): Uint8Array {
  const bytes = encodeDnsMessage(message, options)
  return new ByteWriter(bytes.length + 2).uint16(bytes.length).bytes(bytes).finish()
}

/** Whether bytes start like DNS over TCP: a length, and at least a header's length of it. */
export function dnsOverTcpLength(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < HEADER_LENGTH + 2) return undefined
  const length = ((bytes[start] as number) << 8) | (bytes[start + 1] as number)
  return length >= HEADER_LENGTH ? length : undefined
}

function readRecords(reader: ByteReader, messageStart: number, count: number): readonly DnsRecord[] {
  const records: DnsRecord[] = []
  while (records.length < count && !reader.issue) {
    const name = readDnsName(reader, messageStart, `the name of record ${records.length + 1}`)
    const type = reader.uint16('the type of a record')
    const recordClass = reader.uint16('the class of a record')
    const ttl = reader.uint32('the TTL of a record')
    const data = reader.part(
      reader.uint16('the data length of a record'),
      `the data of a record of type ${dnsTypeName(type)}`,
    )
    if (reader.issue) break
    records.push({ name, type, class: recordClass, ttl, data: decodeDnsRecordData(data, messageStart, type) })
  }
  return records
}

function writeRecord(record: DnsRecord, writer: ByteWriter, names: DnsNameWriter): void {
  names.write(record.name)
  writer.uint16(record.type).uint16(record.class).uint32(record.ttl)
  writer.counted(2, `the data of ${record.name}`, () => {
    encodeDnsRecordData(record.data, record.type, writer, names)
  })
}
