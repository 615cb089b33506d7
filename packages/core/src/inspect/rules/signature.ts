import type { AddressRange } from './address-set.ts'
import type { BufferDirection, BufferName } from './buffer-names.ts'
import type { PcreProgram } from './pcre/program.ts'

/** What a rule asks for. The inspector only watches: `drop` and the `reject` family raise an alert whose action is "allowed". */
export type RuleAction = 'alert' | 'pass' | 'drop' | 'reject' | 'rejectsrc' | 'rejectdst' | 'rejectboth'

/** The protocols of a rule's header that the inspector can decide. */
export type RuleProtocol =
  | 'ip'
  | 'tcp'
  | 'tcp-pkt'
  | 'tcp-stream'
  | 'udp'
  | 'icmp'
  | 'icmpv4'
  | 'icmpv6'
  | 'sctp'
  | 'ipv4'
  | 'ipv6'
  | 'pkthdr'
  | ApplicationProtocol

/** The application layers that a rule's header, or its sticky buffers, may bind it to. */
export type ApplicationProtocol = 'http' | 'dns' | 'tls' | 'ssh' | 'ntp'

/** Where a rule stands: for errors and for the reader. */
export interface RuleLocation {
  readonly file: string
  /** Counted from 1: the first line of the rule, also where it runs over several. */
  readonly line: number
}

/** A rule that could not be understood or that contradicts itself. The text names the value received and what is allowed. */
export interface RuleError extends RuleLocation {
  /** Counted from 1, in characters of the rule, its lines joined. */
  readonly column: number
  /** `unsupported`: Suricata knows it, the inspector does not; `invalid`: the rule is wrong. */
  readonly code: 'invalid' | 'unsupported'
  readonly message: string
  /** The rule as it stands in the file, its lines joined. */
  readonly rule: string
  /** The signature id, where it was read before the fault. */
  readonly sid: number | undefined
}

/** Ports from `low` to `high`, both included. */
export interface PortRange {
  readonly low: number
  readonly high: number
}

/** One side of a rule's header, resolved: sorted, disjoint ranges. `undefined` is `any`. */
export interface RuleEndpoint {
  readonly addresses: readonly AddressRange[] | undefined
  readonly ports: readonly PortRange[] | undefined
}

/** `flow`: what is asked of the packet's place in its flow. */
export interface FlowRequirement {
  readonly direction: BufferDirection | undefined
  readonly state: 'established' | 'not_established' | 'stateless' | undefined
  readonly stream: 'only' | 'none' | undefined
  readonly fragments: 'only' | 'none' | undefined
}

export type FlowbitAction = 'set' | 'unset' | 'toggle' | 'isset' | 'isnotset'

export interface FlowbitCommand {
  readonly action: FlowbitAction
  /** Several names are alternatives: `a|b`. */
  readonly names: readonly string[]
}

export type TrackBy = 'by_src' | 'by_dst' | 'by_both' | 'by_rule' | 'by_flow'

/** `threshold`, or an event filter of threshold.config. `rate` is `detection_filter`. */
export interface Threshold {
  readonly type: 'limit' | 'threshold' | 'both' | 'rate'
  readonly track: TrackBy
  readonly count: number
  readonly seconds: number
}

/** A comparison of a whole number, as in `dsize:>10`, `ttl:1-5`, `itype:8`. `-` bounds are as each keyword defines them, resolved. */
export interface NumberTest {
  /** Both included. */
  readonly low: number
  readonly high: number
  readonly isNegated: boolean
}

/** `+` all of the bits, `*` any, `!` not exactly them, or exactly them. */
export type BitMode = 'all' | 'any' | 'not' | 'exactly'

/** What is asked of a packet's headers, not of its bytes. */
export type PacketTest =
  | { readonly kind: 'flags'; readonly value: number; readonly ignored: number; readonly mode: BitMode }
  | { readonly kind: 'ttl'; readonly test: NumberTest }
  | { readonly kind: 'dsize'; readonly test: NumberTest }
  | { readonly kind: 'itype'; readonly test: NumberTest }
  | { readonly kind: 'icode'; readonly test: NumberTest }
  | { readonly kind: 'icmp_id'; readonly value: number }
  | { readonly kind: 'icmp_seq'; readonly value: number }
  | { readonly kind: 'seq'; readonly value: number }
  | { readonly kind: 'ack'; readonly value: number }
  | { readonly kind: 'window'; readonly value: number; readonly isNegated: boolean }
  | { readonly kind: 'id'; readonly value: number }
  | { readonly kind: 'tos'; readonly value: number; readonly isNegated: boolean }
  | { readonly kind: 'fragbits'; readonly value: number; readonly mode: BitMode }
  | { readonly kind: 'fragoffset'; readonly low: number; readonly high: number }
  | { readonly kind: 'ip_proto'; readonly comparison: '=' | '<' | '>' | '!'; readonly value: number }
  | { readonly kind: 'sameip' }
  | { readonly kind: 'app-layer-protocol'; readonly protocol: string; readonly isNegated: boolean }

/** What is asked of a transaction besides the bytes of its buffers. */
export type TransactionTest =
  | { readonly kind: 'dns.opcode'; readonly value: number; readonly isNegated: boolean }
  | { readonly kind: 'tls.version'; readonly value: number }

/**
 * When a signature is asked. `addresses`: once per flow and direction, nothing but the header counts; `detection`: when the application
 * layer of a direction became known; `packet`: for each packet; `transaction`: for transactions of its application layer.
 */
export type InspectionKind = 'addresses' | 'detection' | 'packet' | 'transaction'

/** Where payload tests look: only at packets, only at the stream, at the stream and then at packets, or at packets outside of streams. */
export type PayloadSource = 'packet' | 'stream' | 'stream-and-packet' | 'stream-or-packet'

/** A number written in the rule, or the variable of a `byte_extract` of the same buffer. */
export type NumberSource = number | { readonly variable: number }

export interface ContentTest {
  readonly kind: 'content'
  /** The bytes looked for, as written; with `isNocase` letters of either case match. */
  readonly bytes: Uint8Array
  readonly isNocase: boolean
  readonly isNegated: boolean
  readonly offset: NumberSource | undefined
  readonly depth: NumberSource | undefined
  readonly distance: NumberSource | undefined
  readonly within: NumberSource | undefined
  readonly isStartsWith: boolean
  readonly isEndsWith: boolean
  /** `fast_pattern`, with the part of the bytes that the prefilter looks for. */
  readonly fastPattern: { readonly offset: number; readonly length: number; readonly isOnly: boolean } | undefined
}

export interface PcreTest {
  readonly kind: 'pcre'
  /** The expression between its delimiters. */
  readonly pattern: string
  readonly flags: string
  readonly isNegated: boolean
  /** `R`: it starts where the previous match ended. */
  readonly isRelative: boolean
  readonly program: PcreProgram
}

export interface IsDataAtTest {
  readonly kind: 'isdataat'
  readonly at: NumberSource
  readonly isRelative: boolean
  readonly isNegated: boolean
}

export interface BsizeTest {
  readonly kind: 'bsize'
  readonly test: NumberTest
}

/** How a number is read from the bytes: from the binary form, or from text of a base. */
export interface ByteNumber {
  readonly count: NumberSource
  readonly offset: NumberSource
  readonly isRelative: boolean
  readonly isLittleEndian: boolean
  readonly base: 'binary' | 'hex' | 'dec' | 'oct' | 'any'
}

export interface ByteTest {
  readonly kind: 'byte_test'
  readonly number: ByteNumber
  readonly operator: '<' | '>' | '<=' | '>=' | '=' | '&' | '^'
  readonly isNegated: boolean
  readonly value: bigint | { readonly variable: number }
  readonly bitmask: number | undefined
}

export interface ByteJump {
  readonly kind: 'byte_jump'
  readonly number: ByteNumber
  readonly multiplier: number
  readonly isAligned: boolean
  readonly from: 'here' | 'beginning' | 'end'
  readonly postOffset: number
  readonly bitmask: number | undefined
}

export interface ByteExtract {
  readonly kind: 'byte_extract'
  readonly number: ByteNumber
  readonly variable: number
  readonly multiplier: number
  readonly align: number
}

/** One test on the bytes of a buffer. `urilen` is a `bsize` of the URI's buffer. */
export type BufferTest = ContentTest | PcreTest | IsDataAtTest | BsizeTest | ByteTest | ByteJump | ByteExtract

export type Transformation =
  | 'to_lowercase'
  | 'to_uppercase'
  | 'strip_whitespace'
  | 'compress_whitespace'
  | 'to_md5'
  | 'to_sha1'
  | 'to_sha256'
  | 'url_decode'
  | 'dotprefix'
  | { readonly kind: 'xor'; readonly key: Uint8Array }

/** The tests on one buffer, in the rule's order: later ones may be relative to earlier ones. */
export interface BufferMatch {
  readonly buffer: BufferName
  readonly transformations: readonly Transformation[]
  readonly tests: readonly BufferTest[]
}

/** One rule, resolved: variables replaced, classification looked up, defaults filled in. Plain data. */
export interface Signature extends RuleLocation {
  /** The order of loading, from 0. */
  readonly index: number
  readonly action: RuleAction
  readonly protocol: RuleProtocol
  /** The application layer that the header or a sticky buffer binds the rule to. */
  readonly application: ApplicationProtocol | undefined
  readonly source: RuleEndpoint
  readonly destination: RuleEndpoint
  readonly isBidirectional: boolean
  readonly gid: number
  readonly sid: number
  readonly rev: number
  readonly msg: string
  /** The description of the classtype, as EVE's `alert.category`; empty where the rule has none. */
  readonly category: string
  readonly classtype: string | undefined
  /** 1 (highest) to 255; 3 where neither `priority` nor `classtype` is given. EVE's `alert.severity`. */
  readonly priority: number
  readonly references: readonly { readonly system: string; readonly id: string }[]
  readonly metadata: readonly { readonly key: string; readonly value: string }[]
  readonly target: 'src_ip' | 'dest_ip' | undefined
  readonly flow: FlowRequirement | undefined
  readonly flowbits: readonly FlowbitCommand[]
  readonly threshold: Threshold | undefined
  readonly detectionFilter: Threshold | undefined
  readonly isNoalert: boolean
  readonly packetTests: readonly PacketTest[]
  readonly transactionTests: readonly TransactionTest[]
  readonly kind: InspectionKind
  readonly payloadSource: PayloadSource
  /** The directions of packets or transactions in which the signature can match. */
  readonly directions: readonly BufferDirection[]
  /** Buffers in the order of the rule; the packet's payload and the stream are the buffer `payload`. */
  readonly buffers: readonly BufferMatch[]
  /** How many variables `byte_extract` fills. */
  readonly variableCount: number
  /** The rule's text, its lines joined. */
  readonly text: string
}
