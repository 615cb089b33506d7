import type { ColumnPlan } from './column-layout.ts'
import type { FlowLogRecord, FlowLogValue } from './record.ts'

/** The distinct texts of a column in one batch, laid out as Arrow's Utf8: text `i` is `bytes[offsets[i], offsets[i+1])`. */
export class TextDictionary {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
  readonly #texts: (string | undefined)[] = []

  constructor(offsets: Int32Array, bytes: Uint8Array) {
    this.offsets = offsets
    this.bytes = bytes
  }

  get size(): number {
    return this.offsets.length - 1
  }

  /** Text `index`, decoded when it is first asked for. */
  text(index: number): string {
    let text = this.#texts[index]
    if (text === undefined) {
      text = utf8.decode(this.bytes.subarray(this.offsets[index], this.offsets[index + 1]))
      this.#texts[index] = text
    }
    return text
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

interface ColumnOf<Kind, Values> {
  readonly kind: Kind
  readonly name: string
  readonly values: Values
  /** Bit `row` (least significant first, as in Arrow) is 1 where there is a value; undefined where no value is absent. */
  readonly validity: Uint8Array | undefined
  readonly nullCount: number
}

/** Whole numbers of up to 32 bits: ports, flags, versions. */
export type Int32Column = ColumnOf<'int32', Int32Array>
/** Counters, and times in Unix seconds. */
export type Int64Column = ColumnOf<'int64' | 'seconds', BigInt64Array>

/** Text or addresses: `values` are indices into the dictionary. The dictionary may hold texts that no row uses. */
export interface TextColumn extends ColumnOf<'string' | 'address', Int32Array> {
  readonly dictionary: TextDictionary
}

/** A field of all records of a batch; `kind` is the field's decoder. */
export type FlowLogColumn = Int32Column | Int64Column | TextColumn

/** Records as typed columns. Every batch stands for itself: its dictionaries are its own, and its memory is not reused. */
export class ColumnBatch {
  readonly rowCount: number
  readonly columns: readonly FlowLogColumn[]

  constructor(rowCount: number, columns: readonly FlowLogColumn[]) {
    this.rowCount = rowCount
    this.columns = columns
  }

  /** The column of a field, or undefined for a field that the format or the projection does not have. */
  column(name: string): FlowLogColumn | undefined {
    return this.columns.find((column) => column.name === name)
  }

  /** The rows as records, made one by one as they are asked for. */
  *records(): Generator<FlowLogRecord, void, undefined> {
    const { columns, rowCount } = this
    for (let row = 0; row < rowCount; row += 1) {
      const record: Record<string, FlowLogValue> = {}
      for (const column of columns) record[column.name] = valueAt(column, row)
      yield record
    }
  }
}

/** The value of one row of a column, as a record has it. */
export function valueAt(column: FlowLogColumn, row: number): FlowLogValue {
  if (column.validity !== undefined && ((column.validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0) return undefined
  switch (column.kind) {
    case 'int32':
      return column.values[row]
    case 'int64':
      return column.values[row]
    case 'seconds':
      return Number(column.values[row])
    case 'string':
    case 'address':
      return column.dictionary.text(column.values[row] ?? 0)
  }
}

/** How many rows have each text of a column, such as OK, NODATA and SKIPDATA of `log-status`. */
export function countTexts(batch: ColumnBatch, name: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const column = batch.column(name)
  if (column === undefined || (column.kind !== 'string' && column.kind !== 'address')) return counts
  const perIndex = new Uint32Array(column.dictionary.size)
  for (let row = 0; row < batch.rowCount; row += 1) {
    if (column.validity === undefined || ((column.validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0) {
      const index = column.values[row] ?? 0
      perIndex[index] = (perIndex[index] ?? 0) + 1
    }
  }
  perIndex.forEach((count, index) => {
    if (count > 0) counts.set(column.dictionary.text(index), count)
  })
  return counts
}

/** The column of a wanted field that the format does not have. */
export function absentColumn(plan: ColumnPlan, rowCount: number): FlowLogColumn {
  const absent = { name: plan.name, validity: new Uint8Array((rowCount + 7) >> 3), nullCount: rowCount }
  switch (plan.decoder) {
    case 'int32':
      return { ...absent, kind: plan.decoder, values: new Int32Array(rowCount) }
    case 'int64':
    case 'seconds':
      return { ...absent, kind: plan.decoder, values: new BigInt64Array(rowCount) }
    case 'string':
    case 'address':
      return {
        ...absent,
        kind: plan.decoder,
        values: new Int32Array(rowCount),
        dictionary: new TextDictionary(new Int32Array(1), new Uint8Array(0)),
      }
  }
}
