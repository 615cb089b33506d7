import { isUtf8 } from 'node:buffer'
import { type ColumnLayout, type ColumnPlan, LARGEST_VALUE } from './column-layout.ts'
import { decodeBigInt, isAbsent, isAddress, isDigits } from './field-decoders.ts'
import { cutRawText, type ParseIssueCode } from './parse-issue.ts'

/** Why a line is not a record. */
export interface LineProblem {
  readonly code: ParseIssueCode
  readonly message: string
  /** Index in the bytes where the problem stands. */
  readonly at: number
  readonly field?: string
}

const SPACE = 0x20
const CARRIAGE_RETURN = 0x0d

/** The end of a line's text: without the carriage return of CRLF and without trailing spaces. */
export function lineTextEnd(bytes: Uint8Array, start: number, newline: number): number {
  let end = newline
  if (end > start && bytes[end - 1] === CARRIAGE_RETURN) end -= 1
  while (end > start && bytes[end - 1] === SPACE) end -= 1
  return end
}

/**
 * The first problem of the line `bytes[start, end)`, or undefined where it is a record. This is the rule of what a record
 * is; the batch decoders only have to agree with it.
 *
 * - Fields are separated by one space each; two spaces make an empty field. {@link lineTextEnd} has cut trailing spaces.
 * - The line is valid UTF-8 without control characters, and has as many fields as its format.
 * - Numbers are digits within the range of their decoder; addresses are IPv4 or IPv6. Every field may be `-`.
 * - Words such as an action that AWS has not documented are values like others.
 * - Only the wanted fields are looked into.
 */
export function findLineProblem(
  bytes: Uint8Array,
  start: number,
  end: number,
  layout: ColumnLayout,
): LineProblem | undefined {
  return textProblem(bytes, start, end) ?? fieldProblem(bytes, start, end, layout)
}

function textProblem(bytes: Uint8Array, start: number, end: number): LineProblem | undefined {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte < SPACE) {
      const hex = byte.toString(16).padStart(2, '0')
      return { code: 'control-character', message: `The line holds the control character 0x${hex}.`, at }
    }
  }
  if (isUtf8(bytes.subarray(start, end))) return undefined
  return { code: 'invalid-utf8', message: 'The line is not valid UTF-8.', at: invalidUtf8At(bytes, start, end) }
}

/** Where the first character that is none begins. */
function invalidUtf8At(bytes: Uint8Array, start: number, end: number): number {
  // The longest prefix that could go on as UTF-8, found by halving; at most three bytes of a cut character end it.
  let possible = start
  let impossible = end + 1
  while (impossible - possible > 1) {
    const middle = (possible + impossible) >> 1
    if (couldGoOn(bytes.subarray(start, middle))) possible = middle
    else impossible = middle
  }
  while (!isUtf8(bytes.subarray(start, possible))) possible -= 1
  return possible
}

function couldGoOn(prefix: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(prefix, { stream: true })
    return true
  } catch {
    return false
  }
}

function fieldProblem(bytes: Uint8Array, start: number, end: number, layout: ColumnLayout): LineProblem | undefined {
  const ends = fieldEnds(bytes, start, end)
  const expected = layout.format.fields.length
  if (ends.length !== expected) return countProblem(start, end, ends, expected)
  let first: LineProblem | undefined
  for (const plan of layout.columns) {
    if (plan.source < 0) continue
    const fieldStart = plan.source === 0 ? start : (ends[plan.source - 1] ?? start) + 1
    const problem = valueProblem(bytes, fieldStart, ends[plan.source] ?? end, plan)
    if (problem !== undefined && (first === undefined || problem.at < first.at)) first = problem
  }
  return first
}

function fieldEnds(bytes: Uint8Array, start: number, end: number): number[] {
  const ends: number[] = []
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === SPACE) ends.push(at)
  }
  ends.push(end)
  return ends
}

function countProblem(start: number, end: number, ends: readonly number[], expected: number): LineProblem {
  const empty = ends.findIndex((fieldEnd, index) => fieldEnd === (ends[index - 1] ?? start - 1) + 1)
  if (empty !== -1) {
    const message = `Field ${empty + 1} is empty: one space separates fields, and an absent value is written "-".`
    return { code: 'empty-field', message, at: ends[empty] ?? end }
  }
  const counts = `The line has ${ends.length} field${ends.length === 1 ? '' : 's'}, its format has ${expected}.`
  return ends.length < expected
    ? { code: 'too-few-columns', message: counts, at: end }
    : { code: 'too-many-columns', message: counts, at: (ends[expected - 1] ?? start) + 1 }
}

function valueProblem(bytes: Uint8Array, start: number, end: number, plan: ColumnPlan): LineProblem | undefined {
  const { name, decoder } = plan
  if (start === end) {
    return { code: 'empty-field', message: `${name} is empty; an absent value is written "-".`, at: start, field: name }
  }
  if (isAbsent(bytes, start, end)) return undefined
  switch (decoder) {
    case 'string':
      return undefined
    case 'address':
      if (isAddress(bytes, start, end)) return undefined
      return {
        code: 'invalid-address',
        message: `${name} is ${quoted(bytes, start, end)}, which is neither an IPv4 nor an IPv6 address nor "-".`,
        at: start,
        field: name,
      }
    case 'int32':
    case 'int64':
    case 'seconds': {
      if (!isDigits(bytes, start, end)) {
        const message = `${name} is ${quoted(bytes, start, end)}, which is neither a whole number nor "-".`
        return { code: 'invalid-number', message, at: start, field: name }
      }
      const value = decodeBigInt(bytes, start, end)
      const largest = LARGEST_VALUE[decoder]
      if (value !== undefined && value <= largest) return undefined
      const message = `${name} is ${quoted(bytes, start, end)}, which is not between 0 and ${largest}.`
      return { code: 'number-out-of-range', message, at: start, field: name }
    }
  }
}

function quoted(bytes: Uint8Array, start: number, end: number): string {
  const text = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 60)))
  return `"${cutRawText(text)}${end - start > 60 ? '…' : ''}"`
}
