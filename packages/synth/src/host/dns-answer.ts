import type { IpAddress } from '@flowtap/core'

/** Record types that can be asked for. */
export type DnsQuestionType = 'A' | 'AAAA' | 'ANY' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT'

/** What a name server answered. */
export interface DnsAnswer {
  readonly name: string
  readonly type: DnsQuestionType
  readonly status: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'NOTIMP' | 'FORMERR'
  readonly records: readonly DnsRecord[]
  /** The authority section: the SOA of a negative answer. */
  readonly authority: readonly DnsRecord[]
  /** Message id, for what `dig` prints. */
  readonly id: number
  readonly authoritative: boolean
  readonly recursionAvailable: boolean
  readonly server: IpAddress
  readonly serverPort: number
  readonly roundTripMicroseconds: number
  /** Bytes of the answer's message. */
  readonly messageBytes: number
  readonly transport: 'udp' | 'tcp'
}

/** One resource record. */
export interface DnsRecord {
  readonly name: string
  readonly type: Exclude<DnsQuestionType, 'ANY'>
  readonly ttlSeconds: number
  /** Its data as zone files write it: `142.250.69.206`, `10 mail.example.com.`, `"v=spf1 -all"`. */
  readonly data: string
}
