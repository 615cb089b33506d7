/**
 * What can be wrong with the input.
 *
 * The first group is found by the parser itself, one issue at most per line. So is the second, once per input and at the
 * first place: nothing is lost by it, but AWS writes no such files, so something has been at them. The third group is found
 * by the adapters that feed the parser.
 */
export type ParseIssueCode =
  // A line
  | 'too-few-columns'
  | 'too-many-columns'
  | 'empty-field'
  | 'invalid-number'
  | 'number-out-of-range'
  | 'invalid-address'
  | 'control-character'
  | 'invalid-utf8'
  | 'line-too-long'
  | 'truncated-line'
  // How the text is stored
  | 'byte-order-mark'
  | 'carriage-return'
  // A file or payload
  | 'empty-file'
  | 'invalid-gzip'
  | 'truncated-gzip'
  | 'decompression-limit'
  | 'invalid-parquet'
  | 'invalid-payload'
  | 'unreadable-file'

/** Something in the input that is not a record, and where it stands. */
export interface ParseIssue {
  readonly code: ParseIssueCode
  /** What went wrong, the value received and what is allowed, in one sentence or two. */
  readonly message: string
  /** The file's name, when the parser was given one. */
  readonly file?: string
  /** Counted from 1. */
  readonly line?: number
  /** Byte within the line, counted from 1. */
  readonly column?: number
  /** The field that was being read. */
  readonly field?: string
  /** The line, or the payload, cut to {@link RAW_TEXT_LIMIT} characters. */
  readonly raw?: string
}

/** How many characters of the input an issue quotes at most. */
export const RAW_TEXT_LIMIT = 200

/** Text cut to {@link RAW_TEXT_LIMIT} characters, with a mark where something was cut. */
export function cutRawText(text: string): string {
  if (text.length <= RAW_TEXT_LIMIT) return text
  // A surrogate pair is not split.
  const last = text.charCodeAt(RAW_TEXT_LIMIT - 2)
  const end = last >= 0xd800 && last <= 0xdbff ? RAW_TEXT_LIMIT - 2 : RAW_TEXT_LIMIT - 1
  return `${text.slice(0, end)}…`
}

/** `file:line:column: message`, as compilers write it. */
export function formatParseIssue(issue: ParseIssue): string {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== undefined).join(':')
  return place === '' ? issue.message : `${place}: ${issue.message}`
}

/** The first issue of an input that is parsed with `strict`. */
export class FlowLogParseError extends Error {
  override readonly name = 'FlowLogParseError'
  readonly code: ParseIssueCode
  readonly issue: ParseIssue

  constructor(issue: ParseIssue, options?: ErrorOptions) {
    super(formatParseIssue(issue), options)
    this.code = issue.code
    this.issue = issue
  }
}
