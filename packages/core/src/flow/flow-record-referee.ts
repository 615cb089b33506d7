import type { FlowLogRecord } from '@flowtap/parser'
import type { NetworkObserver } from '../dataplane/network-observer.ts'
import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import type { IpAddress } from '../net/ip-address.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, FlowLog, NetworkInterface, Topology } from '../topology/topology.ts'
import {
  CHECKED_FIELDS,
  type CheckedPacket,
  FLOW_RECORD_CHECKERS,
  type FlowLogRecords,
  type FlowLogTimes,
  type FlowRecordExemptions,
} from './flow-record-checkers.ts'

/** What was put wrong on purpose, so that the referee allows it. */
export type KnownFaults = Pick<FlowRecordExemptions, 'skippedData' | 'recordClockSeconds'>

/** All packets that are alike for records, in one second. */
interface Group extends CheckedPacket {
  packets: number
  bytes: number
}

/** First fragments whose later ones are still awaited. */
interface Ports {
  readonly source: number
  readonly destination: number
  readonly untilMicroseconds: number
}

const TCP = 6
const UDP = 17
const ICMPV6 = 58
/** Linux gives up reassembly after 30 seconds. */
const REASSEMBLY_MICROSECONDS = 30_000_000
/** RFC 3927, RFC 4291 (2.5.6), and the IPv6 addresses of the same services (EC2 user guide, "Instance metadata"). */
const LINK_LOCAL: readonly CidrBlock[] = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32'].map((text) =>
  CidrBlock.of(text),
)

/**
 * Watches a network and the records that are made of it, and says where they do not agree. It counts packets by itself and shares no code
 * with the flow table, so a test of one's own scenario can rely on it:
 *
 * ```ts
 * const referee = new FlowRecordReferee(topology)
 * simulate(topology, scenario, { observers: [referee] }).runSync({ onRecord: (record, flowLog) => referee.record(record, flowLog) })
 * expect(referee.problems()).toEqual([])
 * ```
 *
 * Every flow log of the topology needs the fields of {@link CHECKED_FIELDS}; those of transit gateways are not looked at. Of packets that
 * are alike in the same second it keeps one sum, so memory grows with flows and not with packets.
 */
export class FlowRecordReferee implements Pick<NetworkObserver, 'capture'> {
  readonly #faults: KnownFaults
  readonly #groups = new Map<string, Group>()
  readonly #texts = new WeakMap<IpAddress, string>()
  readonly #fragments = new Map<string, Ports>()
  readonly #logs = new Map<string, { flowLog: FlowLog; records: FlowLogRecord[] }>()
  readonly #times = new Map<string, FlowLogTimes>()
  #last: { key: string; group: Group } | undefined

  constructor(topology: Topology, faults: KnownFaults = {}) {
    this.#faults = faults
    for (const flowLog of topology.flowLogs) this.#add(flowLog)
  }

  /** Packets alike in the same second, with their sums. */
  get packets(): readonly CheckedPacket[] {
    return [...this.#groups.values()]
  }

  /** The flow logs with what was recorded so far. */
  get logs(): readonly FlowLogRecords[] {
    return [...this.#logs.values()]
  }

  /** When flow logs came and went, and the faults that are known. */
  get exemptions(): FlowRecordExemptions {
    return { ...this.#faults, flowLogTimes: this.#times }
  }

  /** A packet passes an ENI or is refused there; the parameters are those of `NetworkObserver`. */
  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    nextHop: NextHop,
  ): void {
    const source = this.#textOf(packet.source)
    const destination = this.#textOf(packet.destination)
    const [sourcePort, destinationPort] = this.#portsOf(networkInterface, direction, packet, timeMicroseconds)
    const { protocol, length } = packet
    const isBlockedPublicAccess = verdict.reason.kind === 'block-public-access'
    const isUnlogged = isLeftOut(networkInterface, direction, packet, verdict, nextHop)
    const second = Math.floor(timeMicroseconds / 1e6)
    const key =
      `${networkInterface.id} ${direction} ${source} ${destination} ${sourcePort} ${destinationPort} ${protocol} ` +
      `${verdict.action} ${isBlockedPublicAccess} ${isUnlogged} ${second} ${this.#spanOf(networkInterface, timeMicroseconds)}`
    let group = this.#last?.key === key ? this.#last.group : this.#groups.get(key)
    if (!group) {
      group = {
        ...{ networkInterface, direction, source, destination, sourcePort, destinationPort, protocol },
        ...{ packets: 0, bytes: 0, timeMicroseconds, action: verdict.action, isBlockedPublicAccess, isUnlogged },
      }
      this.#groups.set(key, group)
    }
    this.#last = { key, group }
    group.packets += 1
    group.bytes += length
  }

  /** The design changes: flow logs are made and deleted. A simulation calls it for its observers. */
  update(topology: Topology, timeMicroseconds: number): void {
    const present = new Set(topology.flowLogs.map(({ id }) => id))
    for (const id of this.#logs.keys()) {
      const times = this.#times.get(id)
      if (present.has(id) || times?.deletedMicroseconds !== undefined) continue
      this.#times.set(id, { ...times, deletedMicroseconds: timeMicroseconds })
    }
    for (const flowLog of topology.flowLogs) {
      if (this.#logs.has(flowLog.id)) continue
      this.#add(flowLog)
      this.#times.set(flowLog.id, { createdMicroseconds: timeMicroseconds })
    }
  }

  /** A record of a flow log. Throws a RangeError for a flow log that neither the topology nor an update has. */
  record(record: FlowLogRecord, flowLog: FlowLog): void {
    if (flowLog.resource.kind.startsWith('transit-gateway')) return
    const log = this.#logs.get(flowLog.id)
    if (!log)
      throw new RangeError(`the flow log ${flowLog.name} (${flowLog.id}) is in no topology that the referee knows`)
    log.records.push(record)
  }

  /** What is wrong, each with the checker that found it; empty where records and packets agree. */
  problems(): string[] {
    const incomplete = this.logs.flatMap(({ flowLog }) => {
      const missing = CHECKED_FIELDS.filter((field) => !flowLog.logFormat.includes(field))
      return missing.length === 0
        ? []
        : [`${flowLog.id}: it cannot be checked, its format lacks ${missing.join(', ')}: add these fields`]
    })
    if (incomplete.length > 0) return incomplete
    const { packets, logs, exemptions } = this
    return Object.entries(FLOW_RECORD_CHECKERS).flatMap(([name, check]) =>
      check(packets, logs, exemptions).map((problem) => `${name}: ${problem}`),
    )
  }

  #add(flowLog: FlowLog): void {
    if (!flowLog.resource.kind.startsWith('transit-gateway')) this.#logs.set(flowLog.id, { flowLog, records: [] })
  }

  #textOf(address: IpAddress): string {
    let text = this.#texts.get(address)
    if (text === undefined) {
      text = address.toString()
      this.#texts.set(address, text)
    }
    return text
  }

  /** Tells the times in and out of a skipped span apart, which may change within a second. */
  #spanOf({ id }: NetworkInterface, timeMicroseconds: number): number {
    return (this.#faults.skippedData ?? []).findIndex(
      (span) =>
        span.networkInterfaceId === id &&
        timeMicroseconds >= span.fromMicroseconds &&
        timeMicroseconds < span.untilMicroseconds,
    )
  }

  /** Ports as a record has them: none but those of TCP and UDP; later fragments have the first one's where that was seen. */
  #portsOf(
    { id }: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
  ): readonly [number, number] {
    if (packet.protocol !== TCP && packet.protocol !== UDP) return [0, 0]
    const { sourcePort, destinationPort, fragmentOffset, moreFragments, identification } = packet
    if (fragmentOffset === 0 && !moreFragments) return [sourcePort, destinationPort]
    const datagram = `${id} ${direction} ${packet.source} ${packet.destination} ${packet.protocol} ${identification}`
    if (fragmentOffset === 0) {
      const untilMicroseconds = timeMicroseconds + REASSEMBLY_MICROSECONDS
      this.#fragments.set(datagram, { source: sourcePort, destination: destinationPort, untilMicroseconds })
      return [sourcePort, destinationPort]
    }
    const known = this.#fragments.get(datagram)
    return known && timeMicroseconds <= known.untilMicroseconds ? [known.source, known.destination] : [0, 0]
  }
}

/** What the VPC user guide lists under "Flow log limitations". */
function isLeftOut(
  { vpc, subnet, attachment }: NetworkInterface,
  direction: FlowDirection,
  packet: Packet,
  verdict: Verdict,
  nextHop: NextHop,
): boolean {
  if (verdict.reason.kind === 'mirrored-traffic' && direction === 'egress') return true
  const peer = direction === 'egress' ? packet.destination : packet.source
  if (LINK_LOCAL.some((block) => block.contains(peer))) return true
  const resolver = vpc.cidrBlocks[0]?.network.plus(2)
  if ([resolver, subnet.routerAddress, subnet.routerIpv6Address].some((one) => one?.equals(peer))) return true
  const ends = [attachment.kind, nextHop.networkInterface?.attachment.kind]
  if (ends.includes('interface-endpoint') && ends.includes('load-balancer')) return true
  // Router solicitation to redirect (RFC 4861), and DHCP (RFC 2131, RFC 8415).
  if (packet.protocol === ICMPV6) return packet.icmpType >= 133 && packet.icmpType <= 137
  const ports = [packet.sourcePort, packet.destinationPort].sort((one, other) => one - other).join()
  return packet.protocol === UDP && ports === (packet.source.version === 4 ? '67,68' : '546,547')
}
