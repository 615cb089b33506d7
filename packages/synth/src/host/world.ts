import type { PacketLosses } from '../faults.ts'
import type { ActivityLog } from '../labels.ts'
import type { Random } from '../random.ts'
import type { SimClock } from '../sim-clock.ts'
import type { Content } from './content.ts'
import type { Conversations } from './conversation.ts'
import type { NameDirectory } from './name-directory.ts'

/** What a port without an application of its own answers to one datagram: found by the datagram's own bytes, which are copied for it. */
export interface DatagramScript {
  readonly answers: readonly Content[]
  readonly delayMicroseconds: number
}

/** What all hosts of a simulation share. */
export interface World {
  readonly clock: SimClock
  /** The root stream of the simulation. */
  readonly random: Random
  readonly conversations: Conversations
  readonly datagramScripts: WeakMap<Uint8Array, DatagramScript>
  readonly names: NameDirectory
  readonly activities: ActivityLog
  readonly losses: PacketLosses
}
