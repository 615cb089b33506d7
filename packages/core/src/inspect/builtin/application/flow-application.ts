import type { Direction } from '../flow/flow.ts'
import type { StreamParser } from './stream-parser.ts'

/** What is known of a flow's application layer. */
export class FlowApplication {
  /** Suricata's name, `failed` where nothing fits; undefined while unknown. */
  name: string | undefined = undefined
  parser: StreamParser | undefined = undefined
  /** By direction: nothing fits what was sent. */
  isFailedToServer = false
  isFailedToClient = false
  /** The parser could not go on. */
  isBroken = false
  /** By direction: what was sent was looked at, and the application is decided for it. */
  isKnownToServer = false
  isKnownToClient = false
  /** The packet at hand is the first of its direction after the application was decided for that. */
  isFirstAfterDetection = false
  /** By direction: there was such a packet. */
  #isShownToServer = false
  #isShownToClient = false

  /** A TCP packet comes: rules on the application alone are asked at the first one after what went before it decided. */
  beginPacket(direction: Direction): void {
    const isKnown = direction === 0 ? this.isKnownToServer : this.isKnownToClient
    if (!isKnown) {
      this.isFirstAfterDetection = false
      return
    }
    this.isFirstAfterDetection = !(direction === 0 ? this.#isShownToServer : this.#isShownToClient)
    if (direction === 0) this.#isShownToServer = true
    else this.#isShownToClient = true
  }

  /** The name, once it is decided for a direction. */
  nameOf(direction: Direction): string | undefined {
    return (direction === 0 ? this.isKnownToServer : this.isKnownToClient) ? this.name : undefined
  }

  setKnown(direction: Direction): void {
    if (direction === 0) this.isKnownToServer = true
    else this.isKnownToClient = true
  }
}
