import { LineBuffer } from '../flow/line-buffer.ts'
import { GzipWriter } from './gzip-writer.ts'

/** Text that is compressed at once. */
const PIECE_BYTES = 256 * 1024

/**
 * A log file that is being written: lines are compressed as they come, so that little of a file is in memory. It tells when a line no
 * longer fits.
 */
export class LogFileWriter {
  /** Start of the five minutes in which its records end, Unix seconds. */
  readonly windowStartSeconds: number
  /** Lines that are not compressed yet. Append to it, then call {@link LogFileWriter.lineAdded}. */
  readonly pending: LineBuffer
  recordCount = 0
  /** End of the latest aggregation interval among its records, Unix seconds. */
  lastIntervalEndSeconds = 0
  readonly #gzip: GzipWriter
  readonly #largestBytes: number
  /** Length of `pending` from which on a line has to be looked at. */
  #looksFrom = 0

  constructor(windowStartSeconds: number, header: string, level: number, largestBytes: number) {
    this.windowStartSeconds = windowStartSeconds
    this.pending = new LineBuffer()
    this.pending.append(Buffer.from(`${header}\n`))
    this.#gzip = new GzipWriter(level)
    this.#largestBytes = largestBytes
    this.#setLimit()
  }

  /**
   * Counts a line that was appended at `lineStart` of the pending text.
   *
   * @returns The line, taken out again, where the file is full; undefined where it is in the file.
   */
  lineAdded(lineStart: number): Uint8Array | undefined {
    this.recordCount += 1
    if (this.pending.length < this.#looksFrom) return undefined
    const line = this.pending.written().slice(lineStart)
    this.pending.length = lineStart
    this.#compress()
    if (this.recordCount > 1 && this.#gzip.length + GzipWriter.largestPiece(line.length) > this.#largestBytes) {
      this.recordCount -= 1
      return line
    }
    this.pending.append(line)
    this.#setLimit()
    return undefined
  }

  /** The compressed file. */
  end(): Uint8Array {
    this.#compress()
    return this.#gzip.end()
  }

  #compress(): void {
    this.#gzip.write(this.pending.written())
    this.pending.length = 0
  }

  #setLimit(): void {
    const room = this.#largestBytes - this.#gzip.length
    const overhead = GzipWriter.largestPiece(room) - room
    this.#looksFrom = Math.min(PIECE_BYTES, room - overhead)
  }
}
