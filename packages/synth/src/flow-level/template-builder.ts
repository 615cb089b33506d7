import {
  FlowLogPipeline,
  FlowRow,
  IP_PROTOCOL,
  type NetworkInterface,
  type NetworkObserver,
  type Packet,
  type Topology,
} from '@flowtap/core'
import {
  type ConversationTemplate,
  flowKey,
  type PassingPacket,
  type PortRole,
  TemplateFlow,
  type TemplatePacket,
  TemplatePassage,
} from './conversation-template.ts'
import type { RecordedCapture } from './conversation-walk.ts'

/** The interval that an ENI's flows are counted over, in seconds; undefined where no flow log has them. */
export type IntervalOf = (networkInterface: NetworkInterface) => number | undefined

/** What is known of a walked conversation besides its packets. */
export interface WalkedConversation {
  readonly clientPort: number
  /** undefined where no NAT gateway was on the way. */
  readonly natPort: number | undefined
  readonly hasUniquePorts: boolean
  readonly isReusable: boolean
  readonly hasTaught: boolean
}

const MINUTE = 60_000_000
/** A packet is put in the middle of its minute. */
const WITHIN = 30_000_000

/**
 * Makes templates of captured packets. Whether and how a packet is logged is the flow table's to say: each one is given to a table in a
 * minute of its own, whose flow is then that packet alone.
 */
export class TemplateBuilder {
  readonly #table: FlowLogPipeline
  readonly #intervalOf: IntervalOf
  #minute = 0
  #rows: ((row: FlowRow) => void) | undefined

  constructor(topology: Topology, intervalOf: IntervalOf) {
    this.#intervalOf = intervalOf
    this.#table = new FlowLogPipeline(topology, {
      startMicroseconds: 0,
      intervalPhaseSeconds: 0,
      onFlow: (row) => this.#rows?.(row),
    })
  }

  build(
    captures: readonly RecordedCapture[],
    passages: readonly PassingPacket[],
    conversation: WalkedConversation,
  ): ConversationTemplate {
    const flows = [...this.#flowsOf(captures, conversation), ...passagesOf(passages, conversation)]
    let lastCause = 0
    let packetCount = 0
    for (const { causes } of flows) {
      for (const cause of causes) lastCause = Math.max(lastCause, cause)
      packetCount += causes.length
    }
    const { natPort, isReusable, hasTaught } = conversation
    return { flows, lastCause, packetCount, natPort, isReusable, hasTaught }
  }

  #flowsOf(captures: readonly RecordedCapture[], conversation: WalkedConversation): TemplateFlow[] {
    const found = new Map<string, FoundFlow>()
    const firstFragments = new FirstFragments()
    const heads = captures.map(({ capture }) => firstFragments.of(capture))
    const first = this.#minute
    this.#rows = (row) => {
      const place = Math.floor(row.startSeconds / 60) - first
      const recorded = captures[place]
      if (recorded) add(found, row, recorded, heads[place]?.length ?? 0)
    }
    for (const [place, { capture }] of captures.entries()) {
      const [networkInterface, direction, packet, , verdict, nextHop] = capture
      const time = this.#minute * MINUTE + WITHIN
      // A later fragment belongs to the flow of the first one, which the table must have seen shortly before.
      const head = heads[place]
      if (head) this.#table.capture(networkInterface, direction, head, time, verdict, nextHop)
      this.#table.capture(networkInterface, direction, packet, time, verdict, nextHop)
      this.#minute += 1
    }
    // Without sinks nothing is delivered, and there is nothing to wait for.
    void this.#table.advance(this.#minute * MINUTE + WITHIN)
    this.#rows = undefined
    this.#minute += 1
    return [...found.values()].flatMap(({ row, packets }) => {
      const interval = this.#intervalOf(row.networkInterface)
      if (interval === undefined) return []
      packets.sort((a, b) => a.time - b.time)
      const roles = rolesOf(row, conversation)
      const { hasUniquePorts, isReusable } = conversation
      return [new TemplateFlow(row, roles, hasUniquePorts && isReusable, interval, packets)]
    })
  }
}

interface FoundFlow {
  readonly row: FlowRow
  readonly packets: TemplatePacket[]
}

/** Counts a packet into its flow; `otherBytes` are of a packet that the row counts besides. */
function add(found: Map<string, FoundFlow>, row: FlowRow, { time, cause }: RecordedCapture, otherBytes: number): void {
  const key = flowKey(row)
  let flow = found.get(key)
  if (!flow) {
    flow = { row: copyOf(row), packets: [] }
    found.set(key, flow)
  }
  flow.packets.push({ time, cause, bytes: row.bytes - otherBytes, flags: row.tcpFlags })
}

/** The first fragments of fragmented datagrams, by where they were captured. */
class FirstFragments {
  readonly #packets = new Map<string, Packet>()

  /** The first fragment that a later one was captured behind; undefined for all other packets. */
  of([networkInterface, direction, packet]: Parameters<NetworkObserver['capture']>): Packet | undefined {
    if (!packet.moreFragments && packet.fragmentOffset === 0) return undefined
    const { source, destination, protocol, identification } = packet
    const key = [networkInterface.index, direction, source, destination, protocol, identification].join(' ')
    if (packet.fragmentOffset > 0) return this.#packets.get(key)
    this.#packets.set(key, packet)
    return undefined
  }
}

function copyOf(row: FlowRow): FlowRow {
  const copy = new FlowRow(row.networkInterface)
  copy.direction = row.direction
  copy.action = row.action
  copy.rejectReason = row.rejectReason
  copy.nextHop = row.nextHop
  copy.source.set(row.source)
  copy.destination.set(row.destination)
  copy.sourcePort = row.sourcePort
  copy.destinationPort = row.destinationPort
  copy.protocol = row.protocol
  return copy
}

interface Ports {
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
}

function rolesOf(
  { protocol, sourcePort, destinationPort }: Ports,
  { clientPort, natPort }: WalkedConversation,
): { readonly source: PortRole; readonly destination: PortRole } {
  if (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp) return { source: 'fixed', destination: 'fixed' }
  const roleOf = (port: number): PortRole => {
    if (port === clientPort) return 'client'
    return port === natPort ? 'nat' : 'fixed'
  }
  return { source: roleOf(sourcePort), destination: roleOf(destinationPort) }
}

/** Packets at transit gateways by the roles of their ports. */
function passagesOf(packets: readonly PassingPacket[], conversation: WalkedConversation): TemplatePassage[] {
  const found = new Map<string, PassingPacket[]>()
  for (const passing of packets) {
    const { source, destination } = rolesOf(passing.packet, conversation)
    const key = `${source} ${destination}`
    const same = found.get(key)
    if (same) same.push(passing)
    else found.set(key, [passing])
  }
  return [...found.values()].map((same) => {
    const [first] = same
    const roles = first
      ? rolesOf(first.packet, conversation)
      : { source: 'fixed' as const, destination: 'fixed' as const }
    return new TemplatePassage(
      same.toSorted((a, b) => a.time - b.time),
      roles,
    )
  })
}
