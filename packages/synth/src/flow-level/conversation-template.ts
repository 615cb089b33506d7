import type { FlowRow, NetworkInterface, Packet, TransitGatewayAttachment } from '@flowtap/core'

/** Whose port stands in a row: always the same one, the conversation's client's, or the one that a NAT gateway gave. */
export type PortRole = 'fixed' | 'client' | 'nat'

/** Flags that make a row's `tcp-flags` incomputable; above all others. */
const NOT_COMPUTABLE = 128

/**
 * What one conversation does to one flow at one ENI, packet by packet, times from the conversation's start on. Other conversations of the
 * same template do the same at other times and with other ports.
 */
export class TemplateFlow {
  readonly kind = 'flow'
  /** Holds what is the same in all rows. */
  readonly row: FlowRow
  readonly sourcePortRole: PortRole
  readonly destinationPortRole: PortRole
  /** Whether no flow of another conversation can have the same key in its interval. */
  readonly isUnique: boolean
  readonly intervalMicroseconds: number
  /** Microseconds when each packet was captured, and when what sent it happened. */
  readonly times: Float64Array
  readonly causes: Float64Array
  /** Bytes before each packet, and of all. */
  readonly bytes: Float64Array
  /** What each packet adds to `tcp-flags`. */
  readonly flags: Uint8Array
  readonly allFlags: number

  constructor(
    row: FlowRow,
    roles: { readonly source: PortRole; readonly destination: PortRole },
    hasUniquePorts: boolean,
    intervalSeconds: number,
    packets: readonly TemplatePacket[],
  ) {
    this.row = row
    this.sourcePortRole = roles.source
    this.destinationPortRole = roles.destination
    this.isUnique = hasUniquePorts && (roles.source !== 'fixed' || roles.destination !== 'fixed')
    this.intervalMicroseconds = intervalSeconds * 1_000_000
    this.times = Float64Array.from(packets, ({ time }) => time)
    this.causes = Float64Array.from(packets, ({ cause }) => cause)
    this.bytes = new Float64Array(packets.length + 1)
    packets.forEach(({ bytes }, index) => {
      this.bytes[index + 1] = (this.bytes[index] as number) + bytes
    })
    this.flags = Uint8Array.from(packets, ({ flags }) => (flags < 0 ? NOT_COMPUTABLE : flags))
    this.allFlags = this.flagsOf(0, packets.length)
  }

  /** `tcp-flags` of some of the packets; -1 where it cannot be computed. */
  flagsOf(from: number, to: number): number {
    let flags = 0
    for (let place = from; place < to; place += 1) flags |= this.flags[place] as number
    return flags >= NOT_COMPUTABLE ? -1 : flags
  }
}

/** A packet of a flow. Times from the conversation's start on; `flags` is -1 where `tcp-flags` cannot be computed. */
export interface TemplatePacket {
  readonly time: number
  readonly cause: number
  readonly bytes: number
  readonly flags: number
}

/** What of a conversation passes a transit gateway by one way: replayed packet by packet, since its flow table counts packets alone. */
export class TemplatePassage {
  readonly kind = 'passage'
  readonly intervalMicroseconds = 60_000_000
  readonly packets: readonly PassingPacket[]
  readonly times: Float64Array
  readonly causes: Float64Array
  readonly sourcePortRole: PortRole
  readonly destinationPortRole: PortRole

  constructor(packets: readonly PassingPacket[], roles: { readonly source: PortRole; readonly destination: PortRole }) {
    this.packets = packets
    this.times = Float64Array.from(packets, ({ time }) => time)
    this.causes = Float64Array.from(packets, ({ cause }) => cause)
    this.sourcePortRole = roles.source
    this.destinationPortRole = roles.destination
  }
}

/** A packet at a transit gateway. Times from the conversation's start on. */
export interface PassingPacket {
  readonly time: number
  readonly cause: number
  readonly source: TransitGatewayAttachment
  readonly sourceInterface: NetworkInterface
  readonly out: TransitGatewayAttachment | undefined
  readonly outInterface: NetworkInterface | undefined
  readonly packet: Packet
  readonly loss: 'none' | 'no-route' | 'blackhole' | 'mtu-exceeded' | 'ttl-expired'
}

/** What a conversation leaves in flow logs. */
export interface ConversationTemplate {
  readonly flows: readonly (TemplateFlow | TemplatePassage)[]
  /** When the last packet was caused, microseconds from the start on; what ends before it is cut. */
  readonly lastCause: number
  /**
   * The port that a NAT gateway gave the conversation, whose class then belongs to what the template holds for; undefined where none did.
   */
  readonly natPort: number | undefined
  /**
   * Whether other conversations may be replayed from it. Not so where the way depends on more than classes of ports (balancers spread by
   * the 5-tuple), or where hosts have learned something (a path's MTU) that changes the next conversation.
   */
  readonly isReusable: boolean
  /** Whether hosts have learned something in it, so that templates of before do not hold any more. */
  readonly hasTaught: boolean
  /** Packets at all ENIs and gateways: what it takes in memory. */
  readonly packetCount: number
}

/** What makes flows one: everything that a flow table's key has, in one text. */
export function flowKey(row: FlowRow): string {
  const { source, destination } = row
  return [
    row.networkInterface.index,
    row.direction,
    row.action,
    row.rejectReason,
    row.protocol,
    source.version,
    source.word0,
    source.word1,
    source.word2,
    source.word3,
    destination.word0,
    destination.word1,
    destination.word2,
    destination.word3,
    row.sourcePort,
    row.destinationPort,
  ].join(' ')
}
