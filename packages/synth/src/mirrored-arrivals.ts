import type { MirroredPacket } from './simulation-observer.ts'

/**
 * Copies of mirror sessions that are on their way to a sensor, to be told in the order in which they arrive: behind balancers that is not
 * the order in which they were made. Memory follows the copies that are under way.
 */
export class MirroredArrivals {
  readonly #tell: (mirrored: MirroredPacket) => void
  /** In order of time; those of one moment in the order in which they were made. */
  readonly #underWay: MirroredPacket[] = []
  /** When the next one arrives. */
  nextMicroseconds: number = Number.POSITIVE_INFINITY

  constructor(tell: (mirrored: MirroredPacket) => void) {
    this.#tell = tell
  }

  add(mirrored: MirroredPacket): void {
    const underWay = this.#underWay
    let at = underWay.length
    while (at > 0 && (underWay[at - 1] as MirroredPacket).timeMicroseconds > mirrored.timeMicroseconds) at -= 1
    underWay.splice(at, 0, mirrored)
    if (at === 0) this.nextMicroseconds = mirrored.timeMicroseconds
  }

  /** Tells of those that have arrived by a time. */
  advance(timeMicroseconds: number): void {
    const underWay = this.#underWay
    let count = 0
    while (count < underWay.length && (underWay[count] as MirroredPacket).timeMicroseconds <= timeMicroseconds) {
      this.#tell(underWay[count] as MirroredPacket)
      count += 1
    }
    underWay.splice(0, count)
    this.nextMicroseconds = underWay[0]?.timeMicroseconds ?? Number.POSITIVE_INFINITY
  }
}
