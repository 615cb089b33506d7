import type { IpAddress } from '../../net/ip-address.ts'
import type { BufferDirection, BufferName } from './buffer-names.ts'
import type { ApplicationProtocol, Signature } from './signature.ts'

/**
 * The headers of the packet at hand, decoded. A field that the packet does not have is undefined: a test on it does not match. One
 * object may be used again for each packet.
 */
export interface PacketView {
  readonly source: IpAddress
  readonly destination: IpAddress
  /** IANA number of the transport: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6. Of a fragment that was reassembled: of the whole datagram. */
  readonly protocol: number
  /** TCP and UDP (and SCTP): otherwise 0. */
  readonly sourcePort: number
  readonly destinationPort: number
  /** TTL of IPv4, hop limit of IPv6. */
  readonly ttl: number
  /** Identification of IPv4; undefined for IPv6. */
  readonly ipId: number | undefined
  /** The whole TOS byte of IPv4; undefined for IPv6. */
  readonly tos: number | undefined
  /** RB 4, DF 2, MF 1 as in the three bits of IPv4's flags; for IPv6 with a fragment header only MF. */
  readonly fragmentBits: number
  /** In units of 8 bytes. */
  readonly fragmentOffset: number
  /** The eight bits from CWR (0x80) to FIN (0x01); undefined unless TCP. */
  readonly tcpFlags: number | undefined
  readonly tcpSequence: number | undefined
  readonly tcpAcknowledgment: number | undefined
  readonly tcpWindow: number | undefined
  readonly icmpType: number | undefined
  readonly icmpCode: number | undefined
  /** Undefined for ICMP messages without identifier and sequence number. */
  readonly icmpId: number | undefined
  readonly icmpSequence: number | undefined
  /** Bytes after the transport header; an empty array where there are none, or none to look at (then contents never match). */
  readonly payload: Uint8Array
  /** Bytes after the transport header, looked at or not. */
  readonly payloadLength: number
}

/** What the rules ask of a packet's flow. The inspector keeps one object per flow and lets the rules keep their memory in it. */
export interface FlowView {
  /** TCP: the handshake is complete; UDP and others: packets were seen in both directions. */
  readonly isEstablished: boolean
  /** The application layer, once detected: `http`, `dns`, `tls`, `ssh`, `ntp` …, `failed` where none fits; undefined while unknown. */
  readonly application: string | undefined
  /** Written by the rules: the flowbits that are set, by name; undefined while there are none. Goes to EVE's `metadata.flowbits`. */
  flowbits: Set<string> | undefined
  /** Written by the rules: what a rule decided for all of the flow, of which nothing more is asked then; undefined while none did. */
  action: 'pass' | 'drop' | undefined
}

/** What the rules remember of one transaction: a signature alerts once per transaction. The inspector makes one per transaction. */
export class TransactionMemory {
  /** Orders of signatures that matched already in a direction (doubled, plus 1 for toclient), and are not asked again. */
  readonly matched: number[] = []
  /** The same, of those whose tests on the stream matched, but not yet all of their buffers. */
  readonly streamMatched: number[] = []
}

/** The transaction at hand, with the buffers that are complete so far. */
export interface TransactionView {
  readonly application: ApplicationProtocol
  readonly memory: TransactionMemory
  /** `dns.opcode`; undefined for other protocols. */
  readonly dnsOpcode: number | undefined
  /** `tls.version`: the version of the connection as in its records, 0x0303 for TLS 1.2; undefined for other protocols. */
  readonly tlsVersion: number | undefined
  /**
   * The `index`-th buffer of that name sent in that direction, as a view without copying; undefined past the last one, or while
   * the buffer is not complete. Most have one; `dns.query` has one per question, `file.data` one per file.
   * With direction both (`http.header`) it is that of `direction`.
   */
  buffer(name: BufferName, direction: BufferDirection, index: number): Uint8Array | undefined
}

/**
 * What the inspector shows of the packet at hand. It calls, once for every packet that is inspected and in this order:
 *
 * 1. `matchPacket(context, hits)`: rules without buffers of an application layer, on the packet's payload and, where `stream` is set,
 *    on the bytes of the stream that this packet made ready for inspection (Suricata looks at a stream rule there first, and at the
 *    packet's own payload where the packet was not added to the stream or where the rule asks for offset or depth).
 * 2. `matchTransaction(context, transaction, hits)` for each transaction of the flow that is not finished or has changed.
 * 3. `finishAlerts(hits, context, thresholds)`: order, pass rules, noalert and thresholds; what is left becomes alert events.
 */
export interface MatchContext {
  readonly packet: PacketView
  /** Of the packet within its flow; of a packet without flow: `toserver`. */
  readonly direction: BufferDirection
  readonly flow: FlowView | undefined
  /** The packet is the first of its flow in this direction: rules on addresses alone are asked only then. True without a flow. */
  readonly isFirstInDirection: boolean
  /** Reassembled bytes of this direction to inspect now, with what went before as far as it is kept; undefined where there are none. */
  readonly stream: Uint8Array | undefined
  /** The packet belongs to encrypted traffic: rules that contents announce are not asked. */
  readonly isPayloadHidden: boolean
  /** The packet's payload became part of the reassembled stream. */
  readonly isAddedToStream: boolean
  /** A packet that only ends the stream at the flow's end: tests on headers do not match it. */
  readonly isPseudo: boolean
  /** The packet was put together from fragments. */
  readonly isReassembled: boolean
  /** The first packet of this direction after the flow's application layer was decided for it (detected, or given up). */
  readonly isDetectionDone: boolean
  /** What the flow's application layer was decided to be for this direction; undefined before. */
  readonly detectedApplication: string | undefined
  /** Time of the packet, in microseconds since 1970; thresholds count by it. */
  readonly timeMicroseconds: number
}

/** A signature that matched: what an alert event is made of. */
export interface RuleHit {
  readonly signature: Signature
  /** Place among all signatures, in the order in which they are asked. */
  readonly order: number
  readonly from: 'packet' | 'stream' | 'transaction'
  readonly transaction: TransactionView | undefined
}
