import type { NetworkObserver } from '../dataplane/network-observer.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowLog, NetworkInterface, Topology, TransitGatewayAttachment } from '../topology/topology.ts'
import { OpenIntervals } from './aggregation-interval.ts'
import { flowHash } from './flow-hash.ts'
import { type FlowLogSubscription, FlowLogSubscriptions } from './flow-log-subscription.ts'
import { type FlowRowReceiver, LOSSES, TransitGatewayRow } from './flow-row.ts'
import type { FlowTableOptions } from './flow-table.ts'
import { readCounts } from './read-flow.ts'
import { INTERVAL_PHASE_SECONDS, LOST_PACKETS_ARE_COUNTED } from './record-assumptions.ts'
import { tcpFlagsOf } from './tcp-flags.ts'

const MICROSECONDS = 1_000_000

type Loss = Parameters<NetworkObserver['captureAtTransitGateway']>[6]

/** One interface of an attachment, with a number for keys and the flow logs that record what passes there. */
interface AttachmentPort {
  readonly number: number
  attachment: TransitGatewayAttachment
  networkInterface: NetworkInterface
  subscriptions: readonly FlowLogSubscription<TransitGatewayRow>[]
}

/**
 * Aggregates the packets that pass transit gateways into flows per minute: by the ENIs of the attachments they come in and go out by, and
 * by 5-tuple. Each flow gives a record of direction ingress at the attachment it comes from, and one of direction egress at the one it goes
 * to; packets that the gateway loses have the first alone, in a record of their own. A flow log of the gateway has the records of all its
 * attachments. Source: Transit Gateway guide, "Transit Gateway Flow Logs"; the interval is always 60 seconds (EC2 API, CreateFlowLogs).
 */
export class TransitGatewayFlowTable {
  readonly #subscriptions: FlowLogSubscriptions<TransitGatewayRow>
  readonly #intervals: OpenIntervals
  readonly #ports: AttachmentPort[] = []
  readonly #portsById = new Map<string, AttachmentPort>()
  readonly #portsByInterface = new Map<NetworkInterface, AttachmentPort>()
  #row: TransitGatewayRow | undefined
  #now: number
  #hasEnded = false

  /** @param openReceiver Who gets the rows of a flow log, asked once for each of a transit gateway or an attachment. */
  constructor(
    topology: Topology,
    openReceiver: (flowLog: FlowLog) => FlowRowReceiver<TransitGatewayRow> | undefined,
    {
      startMicroseconds = 0,
      intervalPhaseSeconds = INTERVAL_PHASE_SECONDS,
    }: Pick<FlowTableOptions, 'startMicroseconds' | 'intervalPhaseSeconds'> = {},
  ) {
    this.#now = startMicroseconds
    this.#subscriptions = new FlowLogSubscriptions(isTransitGatewayFlowLog, openReceiver)
    this.#intervals = new OpenIntervals(60, startMicroseconds, intervalPhaseSeconds, LOSSES.length)
    this.#takeOver(topology, Number.NEGATIVE_INFINITY)
  }

  /** Counts a packet; the parameters are those of NetworkObserver. */
  captureAtTransitGateway(
    source: TransitGatewayAttachment,
    sourceInterface: NetworkInterface,
    out: TransitGatewayAttachment | undefined,
    outInterface: NetworkInterface | undefined,
    packet: Packet,
    timeMicroseconds: number,
    loss: Loss,
  ): void {
    if (this.#subscriptions.all.length === 0) return
    const from = this.#portOf(source, sourceInterface)
    const to = loss === 'none' && out && outInterface ? this.#portOf(out, outInterface) : undefined
    if (from.subscriptions.length === 0 && (to === undefined || to.subscriptions.length === 0)) return
    this.advance(timeMicroseconds)
    const isNext = timeMicroseconds >= this.#intervals.end
    const { flows } = isNext ? this.#intervals.next : this.#intervals.current
    const offset = Math.max(0, timeMicroseconds - (isNext ? this.#intervals.end : this.#intervals.start))
    const aspect = to === undefined ? 0 : to.number + 1
    const { protocol } = packet
    const hasPorts = (protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp) && packet.fragmentOffset === 0
    const ports = hasPorts ? (packet.sourcePort << 16) | packet.destinationPort : 0
    const hash = flowHash(from.number, aspect, packet.source, packet.destination, ports, protocol)
    let slot = flows.find(hash, from.number, aspect, packet.source, packet.destination, ports, protocol)
    if (slot < 0) {
      slot = flows.insert(hash, from.number, aspect, packet.source, packet.destination, ports, protocol, undefined)
    }
    const isCounted = loss === 'none' || LOST_PACKETS_ARE_COUNTED
    flows.add(slot, isCounted ? 1 : 0, isCounted ? packet.length : 0, offset, offset, tcpFlagsOf(packet))
    if (loss !== 'none') flows.addExtra(slot, LOSSES.indexOf(loss), 1)
  }

  /** Writes out the intervals that are over at a time. */
  advance(timeMicroseconds: number): void {
    if (timeMicroseconds > this.#now) this.#now = timeMicroseconds
    if (timeMicroseconds < this.#intervals.closesAt) return
    if (this.#hasEnded) throw new Error('the flow table has ended: it takes no packets after end()')
    while (timeMicroseconds >= this.#intervals.closesAt) {
      if (this.#intervals.isEmpty) {
        this.#intervals.skipTo(timeMicroseconds)
        this.#tellClosed()
      } else {
        this.#closeCurrent()
      }
    }
  }

  /** Writes out everything, the interval that is not over too, and closes the receivers. */
  end(timeMicroseconds: number): void {
    this.advance(timeMicroseconds)
    while (!this.#intervals.isEmpty) this.#closeCurrent()
    this.#hasEnded = true
    this.#intervals.closesAt = Number.NEGATIVE_INFINITY
    this.#subscriptions.close()
  }

  /** Goes on with another state of the design; resources are the same where their ids are. The time is that of the latest packet. */
  update(topology: Topology, timeMicroseconds: number = this.#now): void {
    this.advance(timeMicroseconds)
    this.#takeOver(topology, timeMicroseconds / MICROSECONDS)
  }

  #takeOver(topology: Topology, nowSeconds: number): void {
    this.#subscriptions.update(topology.flowLogs, nowSeconds)
    this.#portsByInterface.clear()
    for (const { attachments } of topology.transitGateways) {
      for (const attachment of attachments) {
        for (const networkInterface of attachment.interfaces) {
          const port = this.#portsById.get(networkInterface.id)
          if (port) Object.assign(port, { attachment, networkInterface })
        }
      }
    }
    for (const port of this.#ports) port.subscriptions = this.#subscriptionsOf(port.attachment)
  }

  #portOf(attachment: TransitGatewayAttachment, networkInterface: NetworkInterface): AttachmentPort {
    let port = this.#portsByInterface.get(networkInterface)
    if (port) return port
    port = this.#portsById.get(networkInterface.id)
    if (!port) {
      const subscriptions = this.#subscriptionsOf(attachment)
      port = { number: this.#ports.length, attachment, networkInterface, subscriptions }
      this.#ports.push(port)
      this.#portsById.set(networkInterface.id, port)
    }
    this.#portsByInterface.set(networkInterface, port)
    return port
  }

  #subscriptionsOf(attachment: TransitGatewayAttachment): readonly FlowLogSubscription<TransitGatewayRow>[] {
    return this.#subscriptions.all.filter(({ flowLog: { resource } }) => {
      if (resource.kind === 'transit-gateway') return resource.transitGateway.id === attachment.transitGateway.id
      return resource.kind === 'transit-gateway-attachment' && resource.attachment.id === attachment.id
    })
  }

  #closeCurrent(): void {
    const { flows } = this.#intervals.current
    for (let slot = 0; slot < flows.count; slot += 1) {
      const from = this.#ports[flows.observer(slot)] as AttachmentPort
      const to = this.#ports[flows.aspect(slot) - 1]
      this.#row ??= new TransitGatewayRow(from.attachment, from.networkInterface)
      const row = this.#row
      row.sourceAttachment = from.attachment
      row.sourceInterface = from.networkInterface
      row.outAttachment = to?.attachment
      row.outInterface = to?.networkInterface
      row.intervalStartSeconds = this.#intervals.startSeconds
      row.intervalSeconds = this.#intervals.seconds
      readCounts(flows, slot, this.#intervals.start, row)
      for (let loss = 0; loss < LOSSES.length; loss += 1) row.lost[loss] = flows.extra(slot, loss)
      this.#give(row, 'ingress', from)
      if (to) this.#give(row, 'egress', to)
    }
    this.#intervals.advance()
    this.#tellClosed()
  }

  #give(row: TransitGatewayRow, direction: TransitGatewayRow['direction'], { subscriptions }: AttachmentPort): void {
    row.direction = direction
    for (const subscription of subscriptions) {
      if (subscription.records(row.intervalStartSeconds)) subscription.receiver.row(row)
    }
  }

  #tellClosed(): void {
    const { startSeconds } = this.#intervals
    for (const { receiver } of this.#subscriptions.all) receiver.intervalClosed(startSeconds, startSeconds)
    if (!this.#subscriptions.closeDeleted(() => startSeconds)) return
    for (const port of this.#ports) port.subscriptions = this.#subscriptionsOf(port.attachment)
  }
}

function isTransitGatewayFlowLog({ resource }: FlowLog): boolean {
  return resource.kind === 'transit-gateway' || resource.kind === 'transit-gateway-attachment'
}
