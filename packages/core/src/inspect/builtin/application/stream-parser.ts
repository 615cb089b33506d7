import type { Direction } from '../flow/flow.ts'
import type { Transaction } from './transaction.ts'

/** What a parser gives back instead of a number of bytes: it cannot go on with this flow. */
export const PARSE_FAILED: number = -1

/** Takes an application protocol apart, bytes of both directions as they come in order. */
export interface StreamParser {
  /** Suricata's name of the protocol. */
  readonly name: string
  /** Those that are not forgotten yet, in order. */
  readonly transactions: Transaction[]
  /** Suricata's names of what is wrong with the flow as such; taken, and emptied, by the caller. */
  readonly anomalies: string[]
  /** Behind this point everything is encrypted: neither parser nor rules can see it. */
  readonly isEncrypted: boolean
  /**
   * Takes bytes[start] to bytes[end - 1]; returns how many it needs no more, or {@link PARSE_FAILED}. What it leaves comes again, with more
   * behind it. It keeps no view of the bytes.
   */
  parse(direction: Direction, bytes: Uint8Array, start: number, end: number): number
  /** Bytes that were not captured. False where it cannot go on behind them. */
  skip(direction: Direction, length: number): boolean
  /** The direction, or the flow, is over. */
  finish(direction: Direction): void
}
