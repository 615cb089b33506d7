import type { DeliveryFaults, Packet } from '@flowtap/core'

/** Faults that a scenario puts into the network and into the delivery of its logs. Times count from the start of the simulation. */
export interface Faults {
  /**
   * Loses packets at random on their last way to a host, after the last ENI has seen them; with `hosts` also those that hosts on the
   * internet among them send, before the first ENI. Which ones is a function of the seed and of the packet alone.
   */
  losePackets(loss: PacketLoss): void
  /** Loses the packets of an ENI to its flow logs for a time, as AWS does when it is short of capacity: SKIPDATA records. */
  skipData(skip: SkippedData): void
  /** Chooses what goes wrong with deliveries of log files and log events: late, twice, not at all, refused. */
  disturbDeliveries(faults: DeliveryFaults): void
  /** Puts a host's own clock off; events keep their times. */
  skewClock(skew: ClockSkew): void
}

/** Random loss of packets. */
export interface PacketLoss {
  /** 0 to 1, for each packet. */
  readonly probability: number
  /** Only packets to these hosts and, where they are on the internet, from them; all unless given. */
  readonly hosts?: readonly string[]
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

/** A clock that is wrong. */
export interface ClockSkew {
  readonly host: string
  /** How far it is ahead; negative where it is behind. */
  readonly byMicroseconds: number
}

/** A loss with its times as the clock has them. */
interface PlannedLoss {
  readonly probability: number
  readonly hosts: ReadonlySet<string> | undefined
  readonly fromMicroseconds: number
  readonly untilMicroseconds: number
  readonly seed: number
}

/** Decides which packets are lost. */
export class PacketLosses {
  readonly #losses: PlannedLoss[] = []

  get isEmpty(): boolean {
    return this.#losses.length === 0
  }

  /** Adds a loss. Throws a RangeError for a probability out of its range. */
  add(loss: PacketLoss, startMicroseconds: number, seed: number): void {
    const { probability, hosts, afterMicroseconds = 0, untilMicroseconds = Number.POSITIVE_INFINITY } = loss
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`a probability of loss is a number from 0 to 1, not ${probability}`)
    }
    this.#losses.push({
      probability,
      hosts: hosts && new Set(hosts),
      fromMicroseconds: startMicroseconds + afterMicroseconds,
      untilMicroseconds: startMicroseconds + untilMicroseconds,
      seed: seed + this.#losses.length,
    })
  }

  /** Whether a packet to a host is lost, or with `isSent` one from it. */
  loses(host: string, packet: Packet, timeMicroseconds: number, isSent = false): boolean {
    for (const loss of this.#losses) {
      if (timeMicroseconds < loss.fromMicroseconds || timeMicroseconds >= loss.untilMicroseconds) continue
      if (loss.hosts ? !loss.hosts.has(host) : isSent) continue
      if (chanceOf(packet, timeMicroseconds, loss.seed) < loss.probability) return true
    }
    return false
  }
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
