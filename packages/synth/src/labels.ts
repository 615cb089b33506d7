import type { FlowDirection, NetworkInterface, Packet } from '@flowtap/core'

/** What an activity is, in the ground truth that a scenario writes beside its traffic. */
export interface ActivityLabel {
  /** The activity's kind, e.g. `port-scan`, `web-session`. */
  readonly kind: string
  readonly intent: 'benign' | 'malicious'
  /** One line for people. */
  readonly description?: string
  /** MITRE ATT&CK technique, e.g. `T1046`. */
  readonly technique?: string
  /** The finding type that GuardDuty is expected to raise, e.g. `Recon:EC2/Portscan`. */
  readonly findingType?: string
}

/**
 * The ground truth of an activity: who did what, when, and the packets that belong to it, answers, retransmissions and ICMP errors
 * included. Long activities come in parts: a part has the flows since the last one.
 */
export interface ActivityRecord {
  /** Number of the activity in its simulation, from 1 on. */
  readonly activity: number
  readonly label: ActivityLabel
  /** Design name of the host that did it, and the process's name. */
  readonly host: string
  readonly process: string
  readonly startMicroseconds: number
  /** undefined in the parts before the end, and where the simulation ended first. */
  readonly endMicroseconds: number | undefined
  /** From 0 on. */
  readonly part: number
  readonly isLastPart: boolean
  readonly flows: readonly LabelledFlow[]
}

/** The packets of an activity at one ENI, in one direction, of one 5-tuple; as they are on the wire there. */
export interface LabelledFlow {
  readonly interfaceId: string
  readonly direction: FlowDirection
  /** IANA number. */
  readonly protocol: number
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
  readonly packets: number
  readonly bytes: number
  readonly firstMicroseconds: number
  readonly lastMicroseconds: number
}

/** Flows of an activity that are kept before they are given out as a part. */
const FLOWS_OF_A_PART = 10_000

interface FlowCount {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly packet: Packet
  packets: number
  bytes: number
  readonly firstMicroseconds: number
  lastMicroseconds: number
  readonly next: FlowCount | undefined
}

interface Activity {
  readonly number: number
  readonly label: ActivityLabel
  readonly host: string
  readonly process: string
  readonly startMicroseconds: number
  endMicroseconds: number | undefined
  part: number
  flows: Map<number, FlowCount>
  flowCount: number
}

/** Keeps the activities of a simulation and counts their packets. */
export class ActivityLog {
  /** Called with each record; without it nothing is counted. */
  onRecord: ((record: ActivityRecord) => void) | undefined
  readonly #activities = new Map<number, Activity>()
  #lastNumber = 0

  /** An activity begins; gives its number. */
  begin(label: ActivityLabel, host: string, process: string, nowMicroseconds: number): number {
    this.#lastNumber += 1
    if (this.onRecord) {
      this.#activities.set(this.#lastNumber, {
        number: this.#lastNumber,
        label,
        host,
        process,
        startMicroseconds: nowMicroseconds,
        endMicroseconds: undefined,
        part: 0,
        flows: new Map(),
        flowCount: 0,
      })
    }
    return this.#lastNumber
  }

  /** The activity has ended; packets that it caused may still come until it is {@link ActivityLog.close closed}. */
  end(number: number, nowMicroseconds: number): void {
    const activity = this.#activities.get(number)
    if (activity) activity.endMicroseconds = nowMicroseconds
  }

  /** Gives out what is left of an activity and forgets it. */
  close(number: number): void {
    const activity = this.#activities.get(number)
    if (!activity) return
    this.#activities.delete(number)
    this.#give(activity, true)
  }

  /** Gives out all that is left. */
  closeAll(): void {
    for (const number of [...this.#activities.keys()]) this.close(number)
  }

  /** Counts a packet that passes an ENI. */
  count(
    number: number,
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
  ): void {
    const activity = this.#activities.get(number)
    if (!activity) return
    const hash = hashOf(networkInterface, direction, packet)
    const first = activity.flows.get(hash)
    for (let flow = first; flow; flow = flow.next) {
      if (!isSameFlow(flow, networkInterface, direction, packet)) continue
      flow.packets += 1
      flow.bytes += packet.length
      flow.lastMicroseconds = timeMicroseconds
      return
    }
    activity.flows.set(hash, {
      networkInterface,
      direction,
      packet,
      packets: 1,
      bytes: packet.length,
      firstMicroseconds: timeMicroseconds,
      lastMicroseconds: timeMicroseconds,
      next: first,
    })
    activity.flowCount += 1
    if (activity.flowCount >= FLOWS_OF_A_PART) this.#give(activity, false)
  }

  #give(activity: Activity, isLastPart: boolean): void {
    const flows: LabelledFlow[] = []
    for (const first of activity.flows.values()) {
      for (let flow: FlowCount | undefined = first; flow; flow = flow.next) flows.push(describe(flow))
    }
    flows.sort((a, b) => a.firstMicroseconds - b.firstMicroseconds)
    activity.flows = new Map()
    activity.flowCount = 0
    const { number, label, host, process, startMicroseconds, endMicroseconds, part } = activity
    activity.part += 1
    this.onRecord?.({
      activity: number,
      label,
      host,
      process,
      startMicroseconds,
      endMicroseconds,
      part,
      isLastPart,
      flows,
    })
  }
}

function describe(flow: FlowCount): LabelledFlow {
  const { networkInterface, direction, packet, packets, bytes, firstMicroseconds, lastMicroseconds } = flow
  return {
    interfaceId: networkInterface.id,
    direction,
    protocol: packet.protocol,
    source: packet.source.toString(),
    sourcePort: packet.sourcePort,
    destination: packet.destination.toString(),
    destinationPort: packet.destinationPort,
    packets,
    bytes,
    firstMicroseconds,
    lastMicroseconds,
  }
}

function hashOf(networkInterface: NetworkInterface, direction: FlowDirection, packet: Packet): number {
  let hash = Math.imul(networkInterface.index * 2 + (direction === 'ingress' ? 1 : 0), 0x9e3779b1) ^ packet.protocol
  hash = Math.imul(hash ^ packet.source.hash, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15) ^ packet.destination.hash, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 13) ^ ((packet.sourcePort << 16) | packet.destinationPort), 0x27d4eb2f)
  return hash ^ (hash >>> 15)
}

function isSameFlow(
  flow: FlowCount,
  networkInterface: NetworkInterface,
  direction: FlowDirection,
  packet: Packet,
): boolean {
  const other = flow.packet
  return (
    flow.direction === direction &&
    flow.networkInterface.id === networkInterface.id &&
    other.sourcePort === packet.sourcePort &&
    other.destinationPort === packet.destinationPort &&
    other.protocol === packet.protocol &&
    other.source.equals(packet.source) &&
    other.destination.equals(packet.destination)
  )
}
