import { DEFAULT_DECOMPRESSION_LIMITS, type DecompressionLimits } from './adapters/decompression-budget.ts'
import { DEFAULT_MAX_PAYLOAD_BYTES } from './cloudwatch-logs.ts'
import type { LogFormat } from './log-format.ts'
import type { ParseIssueCode } from './parse-issue.ts'

/** What a file holds, as text for the parser. */
export type ContentPiece =
  /** The lines from here on have this format and these fields, in place of the caller's; before the first text only. */
  | { readonly kind: 'format'; readonly format: LogFormat; readonly fields?: readonly string[] }
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  /** `isCut`: the text before may have lost its end. */
  | {
      readonly kind: 'problem'
      readonly code: ParseIssueCode
      readonly message: string
      readonly isCut: boolean
      /** Unless given, it stands after the lines that were read. */
      readonly place?: { readonly line: number; readonly column: number }
      readonly raw?: string
      readonly cause?: unknown
    }
  /** The file is well, and may have no lines. */
  | { readonly kind: 'understood' }

/** What keeps hostile files from taking time and memory. */
export interface ContentLimits extends DecompressionLimits {
  /** Characters of one payload of CloudWatch Logs. Default 64 MiB. */
  readonly maxPayloadBytes: number
  /** Bytes of a Parquet file that comes as a stream, and so has to be held in memory. Default 256 MiB. */
  readonly maxBufferedParquetBytes: number
}

/** The limits unless the caller gives others. */
export const DEFAULT_CONTENT_LIMITS: ContentLimits = {
  ...DEFAULT_DECOMPRESSION_LIMITS,
  maxPayloadBytes: DEFAULT_MAX_PAYLOAD_BYTES,
  maxBufferedParquetBytes: 256 * 1024 * 1024,
}

export interface ContentOptions {
  readonly format?: LogFormat | undefined
  readonly fields?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
  readonly limits: ContentLimits
  /** Told of every piece that comes from the file, before decompression. */
  readonly onBytesRead: (count: number) => void
}

/** What is read of a file, in its order. */
export type ContentPieces = AsyncGenerator<ContentPiece, void>

/** A fault of the content, not of its source. */
export class ContentError extends Error {
  readonly code: ParseIssueCode

  constructor(code: ParseIssueCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
