import type { StreamParser } from '../stream-parser.ts'
import type { Transaction } from '../transaction.ts'

/** NTP is recognised; it has no events and no buffers of its own. */
export class NtpParser implements StreamParser {
  readonly name = 'ntp'
  readonly transactions: Transaction[] = []
  readonly anomalies: string[] = []
  readonly isEncrypted = false

  parse(_direction: unknown, _bytes: Uint8Array, start: number, end: number): number {
    return end - start
  }

  skip(): boolean {
    return true
  }

  finish(): void {
    // Nothing is open.
  }
}
