import type { DnsMessage } from './dns-message.ts'
import { DNS_TYPE } from './dns-numbers.ts'
import type { DnsRecord, EdnsOption } from './dns-record.ts'

//  EDNS(0) (RFC 6891 section 6.1.3): the OPT record's class is a size, its TTL is three fields:
//
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  |     Upper bits of RCODE   |      Version      |
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  |DO|                   Zero                     |
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+

/** What the OPT record of a message says. */
export interface Edns {
  /** The largest response in UDP that the sender takes. */
  readonly udpPayloadSize: number
  /** 12 bits: the message's four below the record's eight. */
  readonly responseCode: number
  readonly version: number
  /** The sender wants DNSSEC records. */
  readonly dnssecOk: boolean
  readonly options: readonly EdnsOption[]
}

/** An OPT record for `additionals`. The low four bits of `responseCode` belong into the message itself. */
export function ednsRecord(fields: Partial<Edns> = {}): DnsRecord {
  const { udpPayloadSize = 1232, responseCode = 0, version = 0, dnssecOk = false, options = [] } = fields
  return {
    name: '.',
    type: DNS_TYPE.opt,
    class: udpPayloadSize,
    ttl: (((responseCode >>> 4) << 24) | (version << 16) | (dnssecOk ? 0x8000 : 0)) >>> 0,
    data: { kind: 'edns', options },
  }
}

/** The message's EDNS part, `undefined` without one. */
export function readEdns(message: DnsMessage): Edns | undefined {
  const record = message.additionals.find(({ type }) => type === DNS_TYPE.opt)
  if (record?.data.kind !== 'edns') return undefined
  return {
    udpPayloadSize: record.class,
    responseCode: ((record.ttl >>> 24) << 4) | message.responseCode,
    version: (record.ttl >>> 16) & 0xff,
    dnssecOk: (record.ttl & 0x8000) !== 0,
    options: record.data.options,
  }
}
