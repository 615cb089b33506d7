import {
  type BatchDecoder,
  DEFAULT_BATCH_ROWS,
  DEFAULT_MAX_LINE_BYTES,
  LARGEST_BATCH_ROWS,
  LARGEST_MAX_LINE_BYTES,
} from './batch-decoder.ts'
import type { ColumnBatch } from './column-batch.ts'
import { type ColumnLayout, resolveColumnLayout } from './column-layout.ts'
import { type DecoderChoice, openDecoder } from './decoder-choice.ts'
import { laterHeader } from './header-line.ts'
import { findLineProblem, type LineProblem, lineTextEnd } from './line-problem.ts'
import { DEFAULT_LOG_FORMAT, type LogFormat, logFormatFromHeader } from './log-format.ts'
import { cutRawText, FlowLogParseError, type ParseIssue, type ParseIssueCode, RAW_TEXT_LIMIT } from './parse-issue.ts'
import type { FlowLogRecord } from './record.ts'

/** Bounds on what one input may make the parser hold. */
export interface FlowLogParserLimits {
  /** Bytes that a line may have; a longer one is an issue and is skipped. 65,536 unless given, at most 1,048,576. */
  readonly maxLineBytes?: number
  /** Rows of a batch at most. 8,192 unless given, at most 1,048,576. */
  readonly batchRows?: number
}

/** How a {@link FlowLogParser} reads, and where its records and issues go. */
export interface FlowLogParserOptions {
  /** The fields of the lines until a header line says otherwise. AWS's default format unless given. */
  readonly format?: LogFormat
  /** The fields that are wanted, in the order that batches shall have; the others are not looked into. All unless given. */
  readonly fields?: readonly string[]
  /** The file's name, for issues. */
  readonly file?: string
  /** Throws the first issue as a {@link FlowLogParseError}. */
  readonly strict?: boolean
  /** Called with every record, at the latest when `push` or `end` returns. */
  readonly onRecord?: (record: FlowLogRecord) => void
  /** Called with every full batch, with the rest at `end` or {@link FlowLogParser.flush}, and before the format changes. */
  readonly onBatch?: (batch: ColumnBatch) => void
  /** Called with every issue when it is found, so perhaps before the records of the lines above it. */
  readonly onIssue?: (issue: ParseIssue) => void
  readonly limits?: FlowLogParserLimits
  /** Which decoder works: the WebAssembly kernel where it can be loaded (`auto`), or one of the two for certain. */
  readonly decoder?: DecoderChoice
}

/** What a parser has seen so far. `lines` is the sum of the other four counts of lines. */
export interface ParseCounts {
  readonly bytes: number
  readonly lines: number
  readonly records: number
  readonly headerLines: number
  readonly blankLines: number
  /** Lines that are none of these, and gave an issue. */
  readonly issueLines: number
}

/** Why a parser takes no more calls. */
const UNUSABLE = {
  working: 'a call of it has not returned yet',
  failed: 'an earlier call threw',
  ended: 'end() was called',
} as const

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const

/** What is read all the same, and said once per input. */
const STORED_OTHERWISE = {
  'byte-order-mark':
    'The line begins with a byte order mark (EF BB BF), which is left out. AWS writes none: the file was saved again, as "UTF-8 with BOM".',
  'carriage-return':
    'The line ends with CRLF, and its carriage return is left out. AWS writes LF alone: the file was saved or copied as text on Windows. Said once, for this line and those below it.',
} as const satisfies Partial<Record<ParseIssueCode, string>>

/**
 * Parses flow-log text that arrives in pieces: `push` each piece, cut anywhere, then `end`.
 *
 * - The format comes from a header line where there is one, anywhere in the input, else from `format`.
 * - `-` is an absent value. NODATA and SKIPDATA lines are records. Unknown fields and unknown words are kept.
 * - A line that is no record gives one issue, and the lines around it are still read. `records`, `headerLines`,
 *   `blankLines` and `issueLines` of {@link counts} account for every line.
 * - Line ends are LF; the last line needs none. Blank lines and spaces at a line's end are ignored. CRLF and a byte order
 *   mark are read too, and give one issue each per input, at the first line that has them; the line itself counts as what it
 *   else is.
 * - Memory does not grow with the input: it holds one window of bytes and one batch.
 *
 * @throws FlowLogParseError from `push` and `end`, with `strict` only. After a throw, its own or one of a callback, the
 * parser cannot go on.
 */
export class FlowLogParser {
  readonly #options: FlowLogParserOptions
  readonly #limits: Required<FlowLogParserLimits>
  readonly #decoder: BatchDecoder
  #layout: ColumnLayout
  #state: 'open' | keyof typeof UNUSABLE = 'open'
  /** The bytes of the window that are not decoded yet. */
  #start = 0
  #end = 0
  /** Inside a line that is too long: everything to the next newline is dropped. */
  #isSkipping = false
  /** What was said of this input, and is not said again. */
  readonly #reportedOnce = new Set<ParseIssueCode>()
  #bytes = 0
  #records = 0
  #headerLines = 0
  #blankLines = 0
  #issueLines = 0

  constructor(options: FlowLogParserOptions = {}) {
    this.#options = options
    this.#limits = {
      maxLineBytes: limit('maxLineBytes', options.limits?.maxLineBytes, DEFAULT_MAX_LINE_BYTES, LARGEST_MAX_LINE_BYTES),
      batchRows: limit('batchRows', options.limits?.batchRows, DEFAULT_BATCH_ROWS, LARGEST_BATCH_ROWS),
    }
    this.#layout = resolveColumnLayout(options.format ?? DEFAULT_LOG_FORMAT, options.fields)
    this.#decoder = openDecoder(options.decoder ?? 'auto')
    this.#decoder.configure(this.#layout, this.#limits)
  }

  get counts(): ParseCounts {
    return {
      bytes: this.#bytes,
      lines: this.#lines,
      records: this.#records,
      headerLines: this.#headerLines,
      blankLines: this.#blankLines,
      issueLines: this.#issueLines,
    }
  }

  /** The format of the lines now: that of the last header, or the one that was given. */
  get format(): LogFormat {
    return this.#layout.format
  }

  /** Parses the next bytes. The caller may reuse the chunk afterwards. */
  push(chunk: Uint8Array): void {
    this.#work('push', () => {
      this.#bytes += chunk.length
      for (let at = 0; at < chunk.length; ) at += this.#fill(chunk, at)
      // Records are wanted one by one, so they do not wait for a full batch.
      if (this.#options.onRecord !== undefined) this.#takeBatch()
    })
  }

  /** Hands over the rows that are waiting for a full batch. */
  flush(): void {
    this.#work('flush', () => this.#takeBatch())
  }

  /**
   * Parses what is left. Where the input broke off (a truncated gzip file), `truncated` says so: then a last line without
   * a newline is an issue, because its last field may be cut.
   */
  end(options: { readonly truncated?: boolean } = {}): void {
    this.#work('end', () => {
      this.#lastLine(options.truncated ?? false)
      if (this.#bytes === 0) this.#report({ code: 'empty-file', message: 'The input is empty.' })
      this.#takeBatch()
    })
    this.#state = 'ended'
    this.#decoder.release()
  }

  get #lines(): number {
    return this.#records + this.#headerLines + this.#blankLines + this.#issueLines
  }

  #work(method: string, work: () => void): void {
    if (this.#state !== 'open') {
      throw new Error(
        `FlowLogParser.${method}() cannot be called: ${UNUSABLE[this.#state]}. Use a new parser for each input.`,
      )
    }
    this.#state = 'working'
    try {
      work()
      this.#state = 'open'
    } catch (error) {
      this.#state = 'failed'
      this.#decoder.release()
      throw error
    }
  }

  /** Takes bytes from `chunk[at…]` into the window and decodes the whole lines; returns how many bytes it took. */
  #fill(chunk: Uint8Array, at: number): number {
    if (this.#isSkipping) {
      const newline = chunk.indexOf(NEWLINE, at)
      this.#isSkipping = newline === -1
      return (newline === -1 ? chunk.length : newline + 1) - at
    }
    const { window } = this.#decoder
    // One byte is left for the newline that the last line may lack.
    const taken = Math.min(chunk.length - at, window.length - 1 - this.#end)
    window.set(chunk.subarray(at, at + taken), this.#end)
    const newline = window.subarray(this.#end, this.#end + taken).lastIndexOf(NEWLINE)
    const linesEnd = this.#end + newline + 1
    this.#end += taken
    if (newline !== -1) this.#decodeLines(linesEnd)
    this.#keepTail()
    return taken
  }

  /** Moves the unfinished line to the front of the window, or gives it up when it is too long. */
  #keepTail(): void {
    const tail = this.#end - this.#start
    const start = afterByteOrderMark(this.#decoder.window, this.#start)
    if (this.#end - start > this.#limits.maxLineBytes) {
      this.#tooLong(start)
      this.#isSkipping = true
      this.#start = this.#end = 0
    } else if (this.#start > 0) {
      this.#decoder.window.copyWithin(0, this.#start, this.#end)
      this.#start = 0
      this.#end = tail
    }
  }

  #lastLine(isTruncated: boolean): void {
    if (this.#end === this.#start) return
    if (isTruncated) {
      const message = 'The input broke off within this line.'
      this.#lineIssue({ code: 'truncated-line', message, at: this.#end }, this.#start, this.#end)
      return
    }
    this.#decoder.window[this.#end] = NEWLINE
    this.#end += 1
    this.#decodeLines(this.#end)
  }

  #decodeLines(end: number): void {
    if (this.#lines === 0) this.#oddLine()
    while (this.#start < end) {
      const stop = this.#decoder.decode(this.#start, end)
      this.#start = this.#decoder.position
      this.#records += this.#decoder.lineCount
      switch (stop) {
        case 'done':
          break
        case 'batch-full':
          this.#takeBatch()
          break
        case 'odd-line':
          this.#oddLine()
          break
      }
    }
  }

  /** Judges the line at the start of the window, and goes on to the next. */
  #oddLine(): void {
    const { window } = this.#decoder
    const newline = window.indexOf(NEWLINE, this.#start)
    const lineStart = this.#start
    const start = afterByteOrderMark(window, lineStart)
    const end = lineTextEnd(window, start, newline)
    this.#start = newline + 1
    if (newline - start > this.#limits.maxLineBytes) {
      this.#tooLong(start)
      return
    }
    if (start > lineStart) this.#reportOnce('byte-order-mark', start, start, end)
    if (newline > start && window[newline - 1] === CARRIAGE_RETURN) {
      this.#reportOnce('carriage-return', newline - 1, start, end)
      this.#decoder.takeCarriageReturns()
    }
    if (end === start) this.#blankLines += 1
    else this.#headerOrRecord(start, end)
  }

  #headerOrRecord(start: number, end: number): void {
    const header = this.#headerFormat(start, end)
    if (header !== undefined) {
      this.#changeFormat(header)
      return
    }
    const problem = findLineProblem(this.#decoder.window, start, end, this.#layout)
    if (problem !== undefined) {
      this.#lineIssue(problem, start, end)
      return
    }
    if (!this.#decoder.decodeLine(start, end)) {
      this.#takeBatch()
      this.#decoder.decodeLine(start, end)
    }
    this.#records += 1
  }

  #headerFormat(start: number, end: number): LogFormat | undefined {
    const { window } = this.#decoder
    const first = window[start] ?? 0
    // A field's name begins with a lower-case letter.
    if (first < 0x61 || first > 0x7a) return undefined
    const line = new TextDecoder().decode(window.subarray(start, end))
    return this.#lines === this.#blankLines ? logFormatFromHeader(line) : laterHeader(line, this.#layout.format)
  }

  #changeFormat(format: LogFormat): void {
    this.#headerLines += 1
    if (format.fields.join(' ') === this.#layout.format.fields.join(' ')) return
    this.#takeBatch()
    // The decoder's window may move with its new layout.
    const rest = this.#decoder.window.slice(this.#start, this.#end)
    this.#layout = resolveColumnLayout(format, this.#options.fields)
    this.#decoder.configure(this.#layout, this.#limits)
    if (this.#reportedOnce.has('carriage-return')) this.#decoder.takeCarriageReturns()
    this.#decoder.window.set(rest, this.#start)
  }

  #takeBatch(): void {
    if (this.#decoder.rowCount === 0) return
    const batch = this.#decoder.takeBatch()
    this.#options.onBatch?.(batch)
    const { onRecord } = this.#options
    if (onRecord === undefined) return
    for (const record of batch.records()) onRecord(record)
  }

  #tooLong(start: number): void {
    const { maxLineBytes } = this.#limits
    const end = start + maxLineBytes
    const message = `The line is longer than ${maxLineBytes} bytes (limits.maxLineBytes) and is skipped.`
    this.#lineIssue({ code: 'line-too-long', message, at: end }, start, end)
  }

  /** Says once of an input how it is stored, at the first line where that shows. The line itself may be well. */
  #reportOnce(code: keyof typeof STORED_OTHERWISE, at: number, start: number, end: number): void {
    if (this.#reportedOnce.has(code)) return
    this.#reportedOnce.add(code)
    this.#report(this.#located({ code, message: STORED_OTHERWISE[code], at }, start, end))
  }

  #lineIssue(problem: LineProblem, start: number, end: number): void {
    const issue = this.#located(problem, start, end)
    this.#issueLines += 1
    this.#report(issue)
  }

  /** A problem of the line that is judged. */
  #located({ code, message, at, field }: LineProblem, start: number, end: number): ParseIssue {
    // A character has at most four bytes, so more than these are never shown.
    const raw = this.#decoder.window.subarray(start, Math.min(end, start + 4 * (RAW_TEXT_LIMIT + 1)))
    return {
      code,
      message,
      line: this.#lines + 1,
      column: at - start + 1,
      ...(field === undefined ? {} : { field }),
      raw: cutRawText(new TextDecoder().decode(raw)),
    }
  }

  #report(found: ParseIssue): void {
    const { file, strict, onIssue } = this.#options
    const issue = file === undefined ? found : { ...found, file }
    if (strict) {
      this.#takeBatch()
      throw new FlowLogParseError(issue)
    }
    onIssue?.(issue)
  }
}

function afterByteOrderMark(bytes: Uint8Array, start: number): number {
  return BYTE_ORDER_MARK.every((byte, index) => bytes[start + index] === byte) ? start + 3 : start
}

function limit(name: string, value: number | undefined, standard: number, largest: number): number {
  if (value === undefined) return standard
  if (Number.isSafeInteger(value) && value >= 1 && value <= largest) return value
  throw new RangeError(`limits.${name} is ${value}; it must be a whole number from 1 to ${largest}.`)
}
