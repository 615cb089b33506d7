import {
  ADDRESS,
  allocateColumns,
  appendColumn,
  Column,
  columnAt,
  columnCount,
  INT32,
  INT64,
  markAbsent,
  STRING,
  unmarkAbsent,
} from './columns'
import {
  addHeaderKey,
  allocateLines,
  fieldCount,
  fieldEnd,
  fieldStart,
  firstField,
  lineStart,
  linesEnd,
  scanStrip,
  stoppedAtOddLine,
  takeLines,
  takeCarriageReturns,
  takeSingleLine,
} from './lines'
import { allocate, resetMemory } from './memory'
import { NO_NUMBER, parseDigits } from './numbers'
import { allocateTexts, allocateTextTable, gatherTexts, internText, NO_TEXT, nextTextBatch, textRoom } from './texts'

// The kernel decodes whole lines of the window into typed columns. It only takes lines that are certainly records, and
// hands every other line back to the host, where src/line-problem.ts judges it.

const DASH: u32 = 0x2d

const DONE: u32 = 0
const BATCH_FULL: u32 = 1
const ODD_LINE: u32 = 2

const FIRST_STRIP_BYTES: u32 = 2048
const LARGEST_STRIP_BYTES: u32 = 32768
/** SIMD reads may go this far beyond the window and before it. */
const WINDOW_SLACK: usize = 64

let window: usize = 0
let rows: u32 = 0
let rowLimit: u32 = 0
let stripBytes: u32 = 0
let stripLimit: u32 = 0
let position: usize = 0
let lineCount: u32 = 0

/** Lays out the memory; columns and header keys are added afterwards. Returns where the window is. */
export function configure(
  windowBytes: u32,
  maxLineBytes: u32,
  batchRows: u32,
  fields: u32,
  columns: u32,
  textBytes: u32,
): usize {
  resetMemory()
  window = allocate(<usize>windowBytes + 2 * WINDOW_SLACK) + WINDOW_SLACK
  stripLimit = max(LARGEST_STRIP_BYTES, maxLineBytes + 2)
  stripBytes = FIRST_STRIP_BYTES
  rowLimit = batchRows
  rows = 0
  allocateLines(stripLimit, batchRows, fields, maxLineBytes)
  allocateColumns(columns)
  allocateTexts(textBytes, batchRows)
  nextTextBatch()
  return window
}

export { takeCarriageReturns }

export function addHeader(key: u64): void {
  addHeaderKey(key)
}

export function addColumn(kind: u32, source: u32, largest: u64): void {
  const column = appendColumn()
  column.kind = kind
  column.source = source
  column.largest = largest
  column.values = allocate((<usize>rowLimit) << (kind === INT64 ? 3 : 2))
  column.validity = allocate(<usize>(rowLimit + 7) >> 3)
  memory.fill(column.validity, 0xff, <usize>(rowLimit + 7) >> 3)
  column.textCount = 0
  column.textBytes = 0
  if (kind === STRING || kind === ADDRESS) allocateTextTable(column, rowLimit)
}

/** Decodes the lines of `window[from, to)`, which ends with a newline. Returns why it stopped. */
export function decode(from: u32, to: u32): u32 {
  const end = window + to
  position = window + from
  lineCount = 0
  while (position < end) {
    if (rows === rowLimit) return BATCH_FULL
    const stripEnd = min(position + stripBytes, end)
    scanStrip(position, stripEnd)
    let lines = takeLines(position, stripEnd, rowLimit - rows)
    const isOdd = stoppedAtOddLine
    if (lines === 0 && !isOdd) {
      // No whole line in the strip. One that is longer than the largest strip is too long.
      if (stripBytes >= stripLimit) return ODD_LINE
      stripBytes = min(stripBytes << 1, stripLimit)
      continue
    }
    if (linesEnd - position > textRoom() && rows > 0) return BATCH_FULL
    const next = linesEnd
    const taken = decodeColumns(lines)
    position = taken === lines ? next : lineStart(taken)
    rows += taken
    lineCount += taken
    if (taken < lines || isOdd) {
      // Lines after an odd one are scanned again, so only a few are taken next time.
      stripBytes = FIRST_STRIP_BYTES
      return ODD_LINE
    }
    stripBytes = min(stripBytes << 1, stripLimit)
  }
  return DONE
}

/** Where `decode` stopped, as an offset in the window. */
export function decodedUpTo(): u32 {
  return <u32>(position - window)
}

export function decodedLines(): u32 {
  return lineCount
}

/** Decodes the one line `window[from, to)`. Returns 1 when it is taken, 0 for want of room, 2 when it is no record. */
export function decodeLine(from: u32, to: u32): u32 {
  if (rows === rowLimit || (<usize>(to - from) > textRoom() && rows > 0)) return 0
  takeSingleLine(window + from, window + to)
  if (decodeColumns(1) === 0) return 2
  rows += 1
  return 1
}

/** Decodes all columns of the lines taken; returns how many lines are before the first that is no record. */
function decodeColumns(lines: u32): u32 {
  let good = lines
  for (let index: u32 = 0; index < columnCount; index += 1) {
    const column = columnAt(index)
    if (column.kind === INT32) good = decodeInt32(column, good)
    else if (column.kind === INT64) good = decodeInt64(column, good)
    else good = decodeTexts(column, good)
  }
  if (good < lines) forgetRows(rows + good, rows + lines)
  return good
}

/** The rows may have been marked absent in some columns before another column was bad. */
function forgetRows(from: u32, to: u32): void {
  for (let index: u32 = 0; index < columnCount; index += 1) {
    const column = columnAt(index)
    for (let row = from; row < to; row += 1) unmarkAbsent(column, row)
  }
}

function decodeInt32(column: Column, lines: u32): u32 {
  const source = column.source
  const largest = column.largest
  let into = column.values + ((<usize>rows) << 2)
  for (let line: u32 = 0; line < lines; line += 1) {
    const field = firstField(line) + source
    const start = fieldStart(field)
    const length = <u32>(fieldEnd(field) - start)
    let value = parseDigits(start, length)
    if (value > largest) {
      if (length !== 1 || load<u8>(start) !== DASH) return line
      markAbsent(column, rows + line)
      value = 0
    }
    store<u32>(into, <u32>value)
    into += 4
  }
  return lines
}

function decodeInt64(column: Column, lines: u32): u32 {
  const source = column.source
  const largest = column.largest
  let into = column.values + ((<usize>rows) << 3)
  for (let line: u32 = 0; line < lines; line += 1) {
    const field = firstField(line) + source
    const start = fieldStart(field)
    const length = <u32>(fieldEnd(field) - start)
    let value = parseDigits(start, length)
    if (value > largest) {
      if (length !== 1 || load<u8>(start) !== DASH) return line
      markAbsent(column, rows + line)
      value = 0
    }
    store<u64>(into, value)
    into += 8
  }
  return lines
}

function decodeTexts(column: Column, lines: u32): u32 {
  const source = column.source
  let into = column.values + ((<usize>rows) << 2)
  for (let line: u32 = 0; line < lines; line += 1) {
    const field = firstField(line) + source
    const start = fieldStart(field)
    const length = <u32>(fieldEnd(field) - start)
    let index: u32 = 0
    if (length <= 1 && (length === 0 || load<u8>(start) === DASH)) {
      if (length === 0) return line
      markAbsent(column, rows + line)
    } else {
      index = internText(column, start, length)
      if (index === NO_TEXT) return line
    }
    store<u32>(into, index)
    into += 4
  }
  return lines
}

export function rowCount(): u32 {
  return rows
}

export function columnValues(index: u32): usize {
  return columnAt(index).values
}

export function columnValidity(index: u32): usize {
  return columnAt(index).validity
}

/** Rows of the batch that have no value in this column. */
export function columnNulls(index: u32): u32 {
  const validity = columnAt(index).validity
  const words = rows >> 5
  let valid: u32 = 0
  for (let word: u32 = 0; word < words; word += 1) valid += popcnt(load<u32>(validity + ((<usize>word) << 2)))
  for (let row = words << 5; row < rows; row += 1) valid += (load<u8>(validity + (row >> 3)) >> <u8>(row & 7)) & 1
  return rows - valid
}

export function columnTextCount(index: u32): u32 {
  return columnAt(index).textCount
}

export function columnTextBytes(index: u32): u32 {
  return columnAt(index).textBytes
}

/** Where the column's texts are: offsets of all and of the end, then the bytes. Valid until the next call. */
export function columnTexts(index: u32): usize {
  return gatherTexts(columnAt(index))
}

/** Empties the batch. */
export function nextBatch(): void {
  for (let index: u32 = 0; index < columnCount; index += 1) {
    const column = columnAt(index)
    memory.fill(column.validity, 0xff, (<usize>rows + 7) >> 3)
    column.textCount = 0
    column.textBytes = 0
  }
  rows = 0
  nextTextBatch()
}
