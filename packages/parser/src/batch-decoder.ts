import type { ColumnBatch } from './column-batch.ts'
import type { ColumnLayout } from './column-layout.ts'

/**
 * Why a decoder stopped: every line is taken; the batch is full and must be taken before more lines; or a line needs
 * judging, because it is a header, blank, too long, no record, ends with the first CRLF, or holds text outside ASCII.
 */
export type DecoderStop = 'done' | 'batch-full' | 'odd-line'

/** Turns lines into typed columns. There are two: the WebAssembly kernel, and one in TypeScript with the same results. */
export interface BatchDecoder {
  /** Where the caller puts the bytes. Calls may replace it, with the same content. */
  readonly window: Uint8Array
  /** Rows decoded since the last batch was taken. */
  readonly rowCount: number
  /** After {@link decode}: where it stopped, always the start of a line. */
  readonly position: number
  /** After {@link decode}: how many lines it took. */
  readonly lineCount: number

  /** Prepares for lines of this layout. The batch must be empty. */
  configure(layout: ColumnLayout, limits: DecoderLimits): void
  /** Takes lines that end with CRLF from here on, until it is configured again. Before, each of them needs judging. */
  takeCarriageReturns(): void
  /** Takes the lines of `window[start, end)`, which ends with a newline. */
  decode(start: number, end: number): DecoderStop
  /**
   * Takes one line whose text is `window[start, end)`, and which was judged to be a record. False when the batch has no
   * room for it.
   */
  decodeLine(start: number, end: number): boolean
  /** The rows so far, as a batch of their own. */
  takeBatch(): ColumnBatch
  /** The decoder will not be used again, and may be given to another parser. */
  release(): void
}

export interface DecoderLimits {
  readonly maxLineBytes: number
  readonly batchRows: number
}

/** Bytes that a line may have at most, unless the caller says otherwise: far beyond what all fields together need. */
export const DEFAULT_MAX_LINE_BYTES = 65_536
/** What the caller may raise it to. */
export const LARGEST_MAX_LINE_BYTES = 1_048_576

/** Rows of a batch, unless the caller says otherwise: its columns stay in a processor's second-level cache. */
export const DEFAULT_BATCH_ROWS = 8_192
export const LARGEST_BATCH_ROWS = 1_048_576

/** Bytes of distinct texts at which a batch is full before its rows are. */
export const BATCH_TEXT_BYTES = 2_097_152

/** Bytes that are decoded at a time. */
export const WINDOW_BYTES = 262_144
