import {
  BATCH_TEXT_BYTES,
  type BatchDecoder,
  type DecoderLimits,
  type DecoderStop,
  WINDOW_BYTES,
} from './batch-decoder.ts'
import { absentColumn, ColumnBatch, type FlowLogColumn } from './column-batch.ts'
import { type ColumnLayout, type ColumnPlan, LARGEST_VALUE } from './column-layout.ts'
import { decodeBigInt, decodeNumber, isAbsent, isAddress } from './field-decoders.ts'
import { HEADER_KEY_BYTES, headerKeys } from './header-line.ts'
import { TextInterner } from './text-interner.ts'

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20

/** The plain decoder, for where the kernel cannot be loaded. It decides on every line as the kernel does. */
export class TypescriptDecoder implements BatchDecoder {
  window: Uint8Array = new Uint8Array(0)
  rowCount = 0
  position = 0
  lineCount = 0
  #builders: readonly ColumnBuilder[] = []
  #fieldCount = 0
  #fieldEnds: Int32Array = new Int32Array(0)
  #headerKeys: ReadonlySet<string> = new Set()
  /** Bytes of text that certainly fit into this batch. */
  #textRoom = BATCH_TEXT_BYTES
  #limits: DecoderLimits = { maxLineBytes: 0, batchRows: 0 }
  #takesCarriageReturns = false

  configure(layout: ColumnLayout, limits: DecoderLimits): void {
    const windowBytes = WINDOW_BYTES + limits.maxLineBytes
    if (this.window.length !== windowBytes) this.window = Buffer.allocUnsafeSlow(windowBytes)
    this.#limits = limits
    this.#takesCarriageReturns = false
    this.#fieldCount = layout.format.fields.length
    this.#fieldEnds = new Int32Array(this.#fieldCount)
    this.#headerKeys = headerKeys(layout.format)
    this.#builders = layout.columns.map((plan) => columnBuilder(plan, limits.batchRows))
  }

  takeCarriageReturns(): void {
    this.#takesCarriageReturns = true
  }

  decode(start: number, end: number): DecoderStop {
    this.lineCount = 0
    this.position = start
    while (this.position < end) {
      const newline = this.window.indexOf(NEWLINE, this.position)
      const isCrLf = newline > this.position && this.window[newline - 1] === CARRIAGE_RETURN
      const textEnd = isCrLf && this.#takesCarriageReturns ? newline - 1 : newline
      const lineBytes = newline - this.position
      if (lineBytes > this.#limits.maxLineBytes || !this.#isPlainLine(this.position, textEnd)) return 'odd-line'
      if (!this.#hasRoom(lineBytes)) return 'batch-full'
      if (!this.#decodeFields(this.position)) return 'odd-line'
      this.position = newline + 1
      this.lineCount += 1
    }
    return 'done'
  }

  decodeLine(start: number, end: number): boolean {
    if (!this.#hasRoom(end - start)) return false
    let field = 0
    for (let at = start; at <= end; at += 1) {
      if (at === end || this.window[at] === SPACE) {
        this.#fieldEnds[field] = at
        field += 1
      }
    }
    if (field !== this.#fieldCount || !this.#decodeFields(start)) throw new Error('decodeLine needs a valid record')
    return true
  }

  takeBatch(): ColumnBatch {
    const { rowCount } = this
    this.rowCount = 0
    this.#textRoom = BATCH_TEXT_BYTES
    return new ColumnBatch(
      rowCount,
      this.#builders.map((builder) => builder.take(rowCount)),
    )
  }

  release(): void {}

  #hasRoom(lineBytes: number): boolean {
    if (this.rowCount >= this.#limits.batchRows) return false
    this.#textRoom -= lineBytes
    if (this.#textRoom >= 0 || this.rowCount === 0) return true
    // Not every byte became a new text: count what did.
    this.#textRoom = BATCH_TEXT_BYTES - lineBytes
    for (const builder of this.#builders) this.#textRoom -= builder.textBytes
    return this.#textRoom >= 0
  }

  /** Finds the fields; false for a line that needs judging. */
  #isPlainLine(start: number, end: number): boolean {
    const { window } = this
    let field = 0
    for (let at = start; at < end; at += 1) {
      const byte = window[at] ?? 0
      if (byte > SPACE && byte < 0x80) continue
      if (byte !== SPACE || field >= this.#fieldCount - 1) return false
      this.#fieldEnds[field] = at
      field += 1
    }
    if (field !== this.#fieldCount - 1 || end === start || window[end - 1] === SPACE) return false
    this.#fieldEnds[field] = end
    const first = window[start] ?? 0
    return first < 0x61 || first > 0x7a || !this.#mayBeHeader(start)
  }

  #mayBeHeader(start: number): boolean {
    const end = Math.min(this.#fieldEnds[0] ?? start, start + HEADER_KEY_BYTES)
    return this.#headerKeys.has(String.fromCharCode(...this.window.subarray(start, end)))
  }

  #decodeFields(start: number): boolean {
    for (const builder of this.#builders) {
      const { source } = builder
      if (source < 0) continue
      const fieldStart = source === 0 ? start : (this.#fieldEnds[source - 1] ?? 0) + 1
      const fieldEnd = this.#fieldEnds[source] ?? 0
      if (fieldStart === fieldEnd || !builder.set(this.rowCount, this.window, fieldStart, fieldEnd)) return false
    }
    this.rowCount += 1
    return true
  }
}

/** The values of one column while its batch fills. A row may be set again, when a later field of the line was bad. */
interface ColumnBuilder {
  readonly source: number
  readonly textBytes: number
  /** Decodes a field into a row; false where the text is not a value. */
  set(row: number, bytes: Uint8Array, start: number, end: number): boolean
  take(rowCount: number): FlowLogColumn
}

function columnBuilder(plan: ColumnPlan, rows: number): ColumnBuilder {
  if (plan.source < 0) return new AbsentBuilder(plan)
  switch (plan.decoder) {
    case 'int32':
      return new Int32Builder(plan, rows)
    case 'int64':
      return new Int64Builder(plan, plan.decoder, rows)
    case 'seconds':
      return new Int64Builder(plan, plan.decoder, rows)
    case 'string':
      return new TextBuilder(plan, plan.decoder, rows)
    case 'address':
      return new TextBuilder(plan, plan.decoder, rows)
  }
}

class AbsentBuilder implements ColumnBuilder {
  readonly source = -1
  readonly textBytes = 0
  readonly #plan: ColumnPlan

  constructor(plan: ColumnPlan) {
    this.#plan = plan
  }

  set(): boolean {
    return true
  }

  take(rowCount: number): FlowLogColumn {
    return absentColumn(this.#plan, rowCount)
  }
}

/** Which rows have a value. */
class Validity {
  readonly #bits: Uint8Array

  constructor(rows: number) {
    this.#bits = new Uint8Array((rows + 7) >> 3)
  }

  set(row: number, isValid: boolean): void {
    const bits = this.#bits[row >> 3] ?? 0
    this.#bits[row >> 3] = isValid ? bits | (1 << (row & 7)) : bits & ~(1 << (row & 7))
  }

  take(rowCount: number): { validity: Uint8Array | undefined; nullCount: number } {
    const validity = this.#bits.slice(0, (rowCount + 7) >> 3)
    if ((rowCount & 7) !== 0) validity[rowCount >> 3] = (validity[rowCount >> 3] ?? 0) & ((1 << (rowCount & 7)) - 1)
    let nullCount = rowCount
    for (let bits of validity) {
      for (; bits !== 0; bits &= bits - 1) nullCount -= 1
    }
    return { validity: nullCount === 0 ? undefined : validity, nullCount }
  }
}

class Int32Builder implements ColumnBuilder {
  readonly source: number
  readonly textBytes = 0
  readonly #name: string
  readonly #values: Int32Array
  readonly #validity: Validity

  constructor(plan: ColumnPlan, rows: number) {
    this.source = plan.source
    this.#name = plan.name
    this.#values = new Int32Array(rows)
    this.#validity = new Validity(rows)
  }

  set(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const isValue = !isAbsent(bytes, start, end)
    this.#validity.set(row, isValue)
    this.#values[row] = 0
    if (!isValue) return true
    let value = decodeNumber(bytes, start, end)
    if (value < 0) value = Number(decodeBigInt(bytes, start, end) ?? -1)
    if (value < 0 || value > LARGEST_INT32) return false
    this.#values[row] = value
    return true
  }

  take(rowCount: number): FlowLogColumn {
    const values = this.#values.slice(0, rowCount)
    return { kind: 'int32', name: this.#name, values, ...this.#validity.take(rowCount) }
  }
}

const LARGEST_INT32 = Number(LARGEST_VALUE.int32)

class Int64Builder implements ColumnBuilder {
  readonly source: number
  readonly textBytes = 0
  readonly #name: string
  readonly #kind: 'int64' | 'seconds'
  readonly #values: BigInt64Array
  readonly #words: Uint32Array
  readonly #validity: Validity

  constructor(plan: ColumnPlan, kind: 'int64' | 'seconds', rows: number) {
    this.source = plan.source
    this.#name = plan.name
    this.#kind = kind
    this.#values = new BigInt64Array(rows)
    this.#words = new Uint32Array(this.#values.buffer)
    this.#validity = new Validity(rows)
  }

  set(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const isValue = !isAbsent(bytes, start, end)
    this.#validity.set(row, isValue)
    const value = isValue ? decodeNumber(bytes, start, end) : 0
    if (value >= 0) {
      // Two words instead of a bigint, which would be an object per value.
      this.#words[2 * row + LOW_WORD] = value >>> 0
      this.#words[2 * row + 1 - LOW_WORD] = Math.floor(value / 2 ** 32)
      return true
    }
    const exact = decodeBigInt(bytes, start, end)
    if (exact === undefined || exact > LARGEST_VALUE[this.#kind]) return false
    this.#values[row] = exact
    return true
  }

  take(rowCount: number): FlowLogColumn {
    const values = this.#values.slice(0, rowCount)
    return { kind: this.#kind, name: this.#name, values, ...this.#validity.take(rowCount) }
  }
}

/** Which half of a 64-bit integer comes first in this machine's memory. */
const LOW_WORD = new Uint32Array(BigInt64Array.of(1n).buffer)[0] === 1 ? 0 : 1

class TextBuilder implements ColumnBuilder {
  readonly source: number
  readonly #name: string
  readonly #kind: 'string' | 'address'
  readonly #values: Int32Array
  readonly #validity: Validity
  readonly #interner = new TextInterner()

  constructor(plan: ColumnPlan, kind: 'string' | 'address', rows: number) {
    this.source = plan.source
    this.#name = plan.name
    this.#kind = kind
    this.#values = new Int32Array(rows)
    this.#validity = new Validity(rows)
  }

  get textBytes(): number {
    return this.#interner.textBytes
  }

  set(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const isValue = !isAbsent(bytes, start, end)
    this.#validity.set(row, isValue)
    this.#values[row] = 0
    if (!isValue) return true
    let index = this.#interner.find(bytes, start, end)
    if (index < 0) {
      // An address is checked once, when it is new.
      if (this.#kind === 'address' && !isAddress(bytes, start, end)) return false
      index = this.#interner.add(bytes, start, end)
    }
    this.#values[row] = index
    return true
  }

  take(rowCount: number): FlowLogColumn {
    const values = this.#values.slice(0, rowCount)
    const dictionary = this.#interner.take()
    return { kind: this.#kind, name: this.#name, values, dictionary, ...this.#validity.take(rowCount) }
  }
}
