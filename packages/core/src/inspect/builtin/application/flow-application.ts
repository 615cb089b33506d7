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
  /** By direction: rules saw a packet after the application was known. */
  #isShownToServer = false
  #isShownToClient = false

  /** True once in each direction: at the first packet after the application was decided. */
  isFirstAfterDetection(direction: Direction): boolean {
    if (this.name === undefined) return false
    const isShown = direction === 0 ? this.#isShownToServer : this.#isShownToClient
    if (direction === 0) this.#isShownToServer = true
    else this.#isShownToClient = true
    return !isShown
  }
}
