import type { DeliveryFault, DeliveryFaults, Packet, PlannedDelivery } from '@flowtap/core'

/** Faults that a scenario puts into the network and into the delivery of its logs. Times count from the start of the simulation. */
export interface Faults {
  /**
   * Loses packets at random: on their last way to a host, after the last ENI has seen them; with `hosts` also those that hosts on the
   * internet among them send, before the first ENI; with `between` on the way from one ENI to another, where only the first has seen them.
   * Which ones is a function of the seed and of the packet alone. Throws a RangeError for a probability outside of 0 to 1, times that are
   * no natural numbers, an unknown name, and for `hosts` beside `between`.
   */
  losePackets(loss: PacketLoss): void
  /**
   * Loses the packets of an ENI to its flow logs for a time, as AWS does when it is short of capacity: SKIPDATA records (VPC user guide,
   * "Flow log records", log-status). Throws a RangeError for an unknown name and for times that are no natural numbers.
   */
  skipData(skip: SkippedData): void
  /**
   * Makes deliveries of log files and log events go wrong: late, twice, not at all, refused. Of several disturbances the first that fits a
   * delivery acts. Throws a RangeError for an unknown flow log, a probability outside of 0 to 1, and times that are no natural numbers.
   */
  disturbDeliveries(disturbance: DeliveryDisturbance | DeliveryFaults): void
  /** Puts a host's own clock off; events keep their times. */
  skewClock(skew: ClockSkew): void
  /**
   * Puts the clock off by which AWS times an ENI's records: `start` and `end` of all its records are so much later, and its aggregation
   * intervals begin as much later. AWS says of both times that they may be up to 60 seconds after the packet was seen (VPC user guide,
   * "Flow log records", start and end); more than that, or less than nothing, is what a broken clock does. Throws a RangeError for a part
   * of a second and for an unknown name.
   */
  skewRecordClock(skew: RecordClockSkew): void
}

/** Random loss of packets. */
export interface PacketLoss {
  /** 0 to 1, for each packet. */
  readonly probability: number
  /** Only packets to these hosts and, where they are on the internet, from them; all unless given. */
  readonly hosts?: readonly string[]
  /**
   * Only packets that come straight from one of these to the other, in both directions: names or ids of ENIs, or hosts for all of their
   * ENIs. What goes through a gateway goes by the gateway's ENI: `['demo', 'nat-a/nat-gateway']`.
   */
  readonly between?: readonly [string, string]
  /** The whole time unless given. */
  readonly afterMicroseconds?: number
  readonly untilMicroseconds?: number
}

/** A time in which an ENI's packets are lost to its flow logs. */
export interface SkippedData {
  /** Name or id of an ENI, or of an instance whose ENIs are all meant. */
  readonly networkInterface: string
  readonly afterMicroseconds: number
  readonly untilMicroseconds: number
}

/** Deliveries that go wrong. */
export interface DeliveryDisturbance {
  /** What becomes of them. A refused one is lost, and `Simulation.deliveryStatus` then says why as DescribeFlowLogs does. */
  readonly fault: DeliveryFault
  /** Names or ids of flow logs; all unless given. */
  readonly flowLogs?: readonly string[]
  /** 0 to 1, for each delivery; 1 unless given. Which ones is a function of the seed and of the delivery alone. */
  readonly probability?: number
  /** Only log files of five minutes, or events of an aggregation interval, in this time; all unless given. */
  readonly afterMicroseconds?: number
  readonly untilMicroseconds?: number
}

/** A clock that is wrong. */
export interface ClockSkew {
  readonly host: string
  /** How far it is ahead; negative where it is behind. */
  readonly byMicroseconds: number
}

/** A clock of AWS's that is wrong: the one that times an ENI's records. */
export interface RecordClockSkew {
  /** Name or id of an ENI, or of an instance whose ENIs are all meant. */
  readonly networkInterface: string
  /** How far it is ahead, in whole seconds; negative where it is behind. */
  readonly bySeconds: number
}

/** A delivery disturbance with what it refers to. */
export interface PlannedDisturbance {
  readonly disturbance: DeliveryDisturbance
  readonly flowLogIds: ReadonlySet<string> | undefined
  readonly startMicroseconds: number
  readonly seed: number
}

/** What a disturbance does to a delivery. */
export function disturb(planned: PlannedDisturbance, delivery: PlannedDelivery): DeliveryFault | undefined {
  const { disturbance, flowLogIds, startMicroseconds, seed } = planned
  const { afterMicroseconds = 0, untilMicroseconds = Number.POSITIVE_INFINITY, probability = 1, fault } = disturbance
  const { flowLogId, windowSeconds, sequence } = delivery
  if (flowLogIds && !flowLogIds.has(flowLogId)) return undefined
  const time = windowSeconds * 1_000_000 - startMicroseconds
  if (time < afterMicroseconds || time >= untilMicroseconds) return undefined
  let hash = Math.imul(seed ^ windowSeconds, 0x9e3779b1) ^ Math.imul(sequence, 0x85ebca6b)
  for (let place = 0; place < flowLogId.length; place += 1) {
    hash = Math.imul(hash ^ flowLogId.charCodeAt(place), 0x01000193)
  }
  return part(hash) < probability ? fault : undefined
}

/** Throws a RangeError for a probability or a time that a fault cannot have. */
export function checkFault(
  what: string,
  {
    probability = 0,
    afterMicroseconds = 0,
    untilMicroseconds = Number.POSITIVE_INFINITY,
  }: Readonly<Partial<Record<'probability' | 'afterMicroseconds' | 'untilMicroseconds', number>>>,
): void {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`a probability of ${what} is a number from 0 to 1, not ${probability}`)
  }
  for (const [name, value] of Object.entries({ afterMicroseconds, untilMicroseconds })) {
    if (value !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(value) && value >= 0)) {
      throw new RangeError(`${name} of ${what} is a natural number of microseconds since the start, not ${value}`)
    }
  }
  if (untilMicroseconds < afterMicroseconds) {
    throw new RangeError(`${what} ends at ${untilMicroseconds}, before it begins at ${afterMicroseconds} microseconds`)
  }
}

/** A loss with its times as the clock has them. */
interface PlannedLoss {
  readonly probability: number
  readonly hosts: ReadonlySet<string> | undefined
  readonly between: InterfacePair | undefined
  readonly fromMicroseconds: number
  readonly untilMicroseconds: number
  readonly seed: number
}

/** Ids of the ENIs at both ends. */
export type InterfacePair = readonly [ReadonlySet<string>, ReadonlySet<string>]

/** Decides which packets are lost. */
export class PacketLosses {
  readonly #atHosts: PlannedLoss[] = []
  readonly #betweenInterfaces: PlannedLoss[] = []

  /** Whether nothing is lost on the last way to hosts and on the first from them. */
  get isEmpty(): boolean {
    return this.#atHosts.length === 0
  }

  /** Adds a loss; `between` are the ENIs that it names. Throws a RangeError for a probability or times out of their range. */
  add(loss: PacketLoss, startMicroseconds: number, seed: number, between?: InterfacePair): void {
    const { probability, hosts, afterMicroseconds = 0, untilMicroseconds = Number.POSITIVE_INFINITY } = loss
    checkFault('loss', loss)
    if (hosts && loss.between) throw new RangeError('a loss has hosts or between, not both: add two losses')
    const planned: PlannedLoss = {
      probability,
      hosts: hosts && new Set(hosts),
      between,
      fromMicroseconds: startMicroseconds + afterMicroseconds,
      untilMicroseconds: startMicroseconds + untilMicroseconds,
      seed: seed + this.#atHosts.length + this.#betweenInterfaces.length,
    }
    if (between) this.#betweenInterfaces.push(planned)
    else this.#atHosts.push(planned)
  }

  /** Whether a packet to a host is lost, or with `isSent` one from it. */
  loses(host: string, packet: Packet, timeMicroseconds: number, isSent = false): boolean {
    for (const loss of this.#atHosts) {
      if (loss.hosts ? !loss.hosts.has(host) : isSent) continue
      if (isHit(loss, packet, timeMicroseconds)) return true
    }
    return false
  }

  /** Whether a packet is lost on its way from one ENI to another, by their ids. */
  losesBetween(receiver: string, sender: string | undefined, packet: Packet, timeMicroseconds: number): boolean {
    if (sender === undefined) return false
    for (const loss of this.#betweenInterfaces) {
      const [one, other] = loss.between ?? []
      const isMeant = (one?.has(sender) && other?.has(receiver)) || (other?.has(sender) && one?.has(receiver))
      if (isMeant && isHit(loss, packet, timeMicroseconds)) return true
    }
    return false
  }
}

function isHit(loss: PlannedLoss, packet: Packet, timeMicroseconds: number): boolean {
  if (timeMicroseconds < loss.fromMicroseconds || timeMicroseconds >= loss.untilMicroseconds) return false
  return chanceOf(packet, timeMicroseconds, loss.seed) < loss.probability
}

/** A number from 0 to 1 that a packet and a moment have, as good as random. */
function chanceOf(packet: Packet, timeMicroseconds: number, seed: number): number {
  let hash = Math.imul(seed ^ (timeMicroseconds | 0), 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15) ^ packet.source.hash, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13) ^ packet.destination.hash, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16) ^ ((packet.sourcePort << 16) | packet.destinationPort), 0x27d4eb2f)
  hash = Math.imul(hash ^ (hash >>> 15) ^ (packet.tcpSequence ^ (packet.icmpSequence << 8)), 0x165667b1)
  hash = Math.imul(hash ^ (hash >>> 13) ^ (packet.identification ^ (packet.fragmentOffset << 16)), 0x85ebca6b)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** A number from 0 to 1, of all bits of a hash. */
function part(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}
