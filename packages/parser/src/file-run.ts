import type { FlowLogFile } from './adapters/flow-log-file.ts'
import { ColumnBatch, countTexts } from './column-batch.ts'
import { type ContentLimits, type ContentPiece, DEFAULT_CONTENT_LIMITS } from './content-piece.ts'
import { readContent } from './content-reader.ts'
import { FlowLogParser, type FlowLogParserLimits } from './flow-log-parser.ts'
import type { LogFormat } from './log-format.ts'
import { FlowLogParseError, type ParseIssue, type ParseIssueCode } from './parse-issue.ts'

export interface FileRunOptions {
  readonly format?: LogFormat | undefined
  readonly fields?: readonly string[] | undefined
  readonly onIssue?: ((issue: ParseIssue) => void) | undefined
  readonly strict?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly limits?: (Partial<ContentLimits> & FlowLogParserLimits) | undefined
  /** Hand over what each piece of input gives at once, and not only full batches. */
  readonly isPrompt: boolean
}

/** Counts that go on from file to file. */
export interface RunCounts {
  bytesRead: number
  textBytes: number
  records: number
  nodata: number
  skipdata: number
  issues: number
}

const STATUS_FIELD = 'log-status'
const ONCE_PER_FILE: ReadonlySet<ParseIssueCode> = new Set(['byte-order-mark', 'carriage-return'])

/** One file on its way through the parser. */
export class FileRun {
  readonly #file: FlowLogFile
  readonly #options: FileRunOptions
  readonly #counts: RunCounts
  readonly #batches: ColumnBatch[] = []
  #format: LogFormat | undefined
  #fields: readonly string[] | undefined
  #parser: FlowLogParser | undefined
  /** Lines that earlier parsers of this file have seen. */
  #linesBefore = 0
  #hasContent = false
  readonly #reportedOnce = new Set<ParseIssueCode>()

  constructor(file: FlowLogFile, options: FileRunOptions, counts: RunCounts) {
    this.#file = file
    this.#options = options
    this.#counts = counts
    this.#format = options.format
    this.#fields = options.fields
  }

  /** The records of the file. With `strict`, the records before the first issue come before it is thrown. */
  async *batches(): AsyncGenerator<ColumnBatch, void> {
    const { format, fields, signal, limits } = this.#options
    const pieces = readContent(this.#file, {
      format,
      fields,
      signal,
      limits: { ...DEFAULT_CONTENT_LIMITS, ...limits },
      onBytesRead: (count) => {
        this.#counts.bytesRead += count
      },
    })
    try {
      for await (const piece of pieces) {
        this.#take(piece)
        yield* this.#batches.splice(0)
        signal?.throwIfAborted()
      }
      this.#finish(false)
      if (!this.#hasContent) this.#report({ code: 'empty-file', message: 'The input is empty.' })
    } catch (error) {
      yield* this.#batches.splice(0)
      throw error
    }
    yield* this.#batches.splice(0)
  }

  #take(piece: ContentPiece): void {
    this.#hasContent = true
    switch (piece.kind) {
      case 'format':
        this.#format = piece.format
        this.#fields = piece.fields ?? this.#fields
        break
      case 'text':
        this.#push(piece.bytes)
        break
      case 'problem': {
        const { code, message, isCut, raw, cause } = piece
        this.#finish(isCut)
        const place = piece.place ?? this.#place()
        this.#report({ code, message, ...place, ...(raw === undefined ? {} : { raw }) }, cause)
        break
      }
      case 'understood':
        break
    }
  }

  #push(bytes: Uint8Array): void {
    this.#counts.textBytes += bytes.length
    this.#parser ??= this.#openParser()
    this.#guard(this.#parser, (parser) => {
      parser.push(bytes)
      if (this.#options.isPrompt) parser.flush()
    })
  }

  /** Ends the text so far; what follows is parsed anew, with the same format. */
  #finish(isCut: boolean): void {
    const parser = this.#parser
    if (parser === undefined) return
    this.#parser = undefined
    this.#guard(parser, () => parser.end({ truncated: isCut }))
    this.#format = parser.format
    this.#linesBefore += parser.counts.lines
  }

  /** Counts the issue that the parser throws with `strict`. */
  #guard(parser: FlowLogParser, work: (parser: FlowLogParser) => void): void {
    try {
      work(parser)
    } catch (error) {
      if (error instanceof FlowLogParseError) this.#counts.issues += 1
      throw error
    }
  }

  #openParser(): FlowLogParser {
    const { strict = false, limits } = this.#options
    const fields = this.#fields
    const linesBefore = this.#linesBefore
    return new FlowLogParser({
      ...(this.#format === undefined ? {} : { format: this.#format }),
      ...(fields === undefined ? {} : { fields: [...fields, STATUS_FIELD] }),
      ...(this.#file.name === undefined ? {} : { file: this.#file.name }),
      ...(limits === undefined ? {} : { limits }),
      strict,
      onBatch: (batch) => this.#batches.push(this.#counted(batch)),
      onIssue: (issue) => {
        if (this.#isKnown(issue.code)) return
        this.#counts.issues += 1
        this.#options.onIssue?.(issue.line === undefined ? issue : { ...issue, line: issue.line + linesBefore })
      },
    })
  }

  /** True for what is said once per file and was said by an earlier parser of it. */
  #isKnown(code: ParseIssueCode): boolean {
    if (!ONCE_PER_FILE.has(code)) return false
    const isKnown = this.#reportedOnce.has(code)
    this.#reportedOnce.add(code)
    return isKnown
  }

  /** Counts the records of a batch, and leaves out the column that is there for that only. */
  #counted(batch: ColumnBatch): ColumnBatch {
    const statuses = countTexts(batch, STATUS_FIELD)
    this.#counts.records += batch.rowCount
    this.#counts.nodata += statuses.get('NODATA') ?? 0
    this.#counts.skipdata += statuses.get('SKIPDATA') ?? 0
    const fields = this.#fields
    if (fields === undefined || fields.includes(STATUS_FIELD)) return batch
    return new ColumnBatch(
      batch.rowCount,
      batch.columns.filter(({ name }) => name !== STATUS_FIELD),
    )
  }

  /** Where a problem of the file stands: after the lines that were read. */
  #place(): { readonly line?: number } {
    return this.#linesBefore === 0 ? {} : { line: this.#linesBefore }
  }

  #report(found: ParseIssue, cause?: unknown): void {
    const { name } = this.#file
    const issue: ParseIssue = name === undefined ? found : { ...found, file: name }
    this.#counts.issues += 1
    if (this.#options.strict === true) throw new FlowLogParseError(issue, cause === undefined ? undefined : { cause })
    this.#options.onIssue?.(issue)
  }
}
