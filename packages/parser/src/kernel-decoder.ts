import {
  BATCH_TEXT_BYTES,
  type BatchDecoder,
  type DecoderLimits,
  type DecoderStop,
  WINDOW_BYTES,
} from './batch-decoder.ts'
import { absentColumn, ColumnBatch, type FlowLogColumn, TextDictionary } from './column-batch.ts'
import { type ColumnLayout, type ColumnPlan, LARGEST_VALUE } from './column-layout.ts'
import { type FieldDecoder, FLOW_LOG_FIELDS, flowLogField } from './fields.ts'
import { HEADER_KEY_BYTES, headerKey } from './header-line.ts'
import { KERNEL_BASE64 } from './kernel.generated.ts'

/** What assembly/kernel.ts exports. Numbers are 32-bit addresses, offsets and counts. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  configure(
    windowBytes: number,
    maxLineBytes: number,
    batchRows: number,
    fields: number,
    columns: number,
    textBytes: number,
  ): number
  takeCarriageReturns(): void
  addHeader(key: bigint): void
  addColumn(kind: number, source: number, largest: bigint): void
  decode(from: number, to: number): number
  decodedUpTo(): number
  decodedLines(): number
  decodeLine(from: number, to: number): number
  rowCount(): number
  columnValues(index: number): number
  columnValidity(index: number): number
  columnNulls(index: number): number
  columnTextCount(index: number): number
  columnTextBytes(index: number): number
  columnTexts(index: number): number
  nextBatch(): void
}

const STOPS: readonly DecoderStop[] = ['done', 'batch-full', 'odd-line']

/** The kernel's number for a kind of column, and the largest value that it takes. */
const KINDS: Readonly<Record<FieldDecoder, readonly [kind: number, largest: bigint]>> = {
  int32: [0, LARGEST_VALUE.int32],
  int64: [1, LARGEST_VALUE.int64],
  seconds: [1, LARGEST_VALUE.seconds],
  string: [2, 0n],
  address: [3, 0n],
}

/** A released decoder with more memory than this is not kept. */
const LARGEST_IDLE_BYTES = 32 * 1024 * 1024
const MOST_IDLE_DECODERS = 2
const idle: KernelDecoder[] = []

/** What is used of the global; Node's types do not have it. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

const KNOWN_HEADER_WORDS: readonly bigint[] = [...new Set(FLOW_LOG_FIELDS.map((field) => headerWord(field.name)))]

let compiled: object | undefined

/** Decodes with the WebAssembly kernel in assembly/. */
export class KernelDecoder implements BatchDecoder {
  position = 0
  lineCount = 0
  readonly #kernel: KernelExports
  #columns: readonly ColumnPlan[] = []
  #window: Uint8Array = new Uint8Array(0)
  #windowStart = 0
  #windowBytes = 0

  /** A decoder that another parser has released, or a new one. Throws where there is no WebAssembly with SIMD. */
  static open(): KernelDecoder {
    return idle.pop() ?? new KernelDecoder()
  }

  private constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'))
    const abort = (): never => {
      throw new Error('The kernel has run into its own error')
    }
    const { exports } = new WebAssembly.Instance(compiled, { env: { abort } })
    this.#kernel = exports as unknown as KernelExports
  }

  get window(): Uint8Array {
    const { buffer } = this.#kernel.memory
    // Growing the memory takes the old buffer away.
    if (this.#window.buffer !== buffer) this.#window = new Uint8Array(buffer, this.#windowStart, this.#windowBytes)
    return this.#window
  }

  get rowCount(): number {
    return this.#kernel.rowCount()
  }

  configure(layout: ColumnLayout, limits: DecoderLimits): void {
    const { maxLineBytes, batchRows } = limits
    const kernel = this.#kernel
    const fields = layout.format.fields.length
    this.#columns = layout.columns
    this.#windowBytes = WINDOW_BYTES + maxLineBytes
    const present = layout.columns.filter((plan) => plan.source >= 0)
    this.#windowStart = kernel.configure(
      this.#windowBytes,
      maxLineBytes,
      batchRows,
      fields,
      present.length,
      BATCH_TEXT_BYTES,
    )
    this.#window = new Uint8Array(0)
    for (const word of KNOWN_HEADER_WORDS) kernel.addHeader(word)
    for (const name of layout.format.fields) {
      if (flowLogField(name) === undefined) kernel.addHeader(headerWord(name))
    }
    for (const plan of present) {
      const [kind, largest] = KINDS[plan.decoder]
      kernel.addColumn(kind, plan.source, largest)
    }
  }

  takeCarriageReturns(): void {
    this.#kernel.takeCarriageReturns()
  }

  decode(start: number, end: number): DecoderStop {
    const stop = STOPS[this.#kernel.decode(start, end)]
    this.position = this.#kernel.decodedUpTo()
    this.lineCount = this.#kernel.decodedLines()
    if (stop === undefined) throw new Error('The kernel stopped without a reason')
    return stop
  }

  decodeLine(start: number, end: number): boolean {
    const taken = this.#kernel.decodeLine(start, end)
    if (taken === 2) throw new Error('The kernel and the TypeScript rules disagree on a line; please report this line')
    return taken === 1
  }

  takeBatch(): ColumnBatch {
    const rowCount = this.#kernel.rowCount()
    let index = 0
    const columns = this.#columns.map((plan) => {
      if (plan.source < 0) return absentColumn(plan, rowCount)
      const column = this.#takeColumn(plan, index, rowCount)
      index += 1
      return column
    })
    this.#kernel.nextBatch()
    return new ColumnBatch(rowCount, columns)
  }

  release(): void {
    const isSmall = this.#kernel.memory.buffer.byteLength <= LARGEST_IDLE_BYTES
    if (isSmall && idle.length < MOST_IDLE_DECODERS) idle.push(this)
  }

  #takeColumn(plan: ColumnPlan, index: number, rowCount: number): FlowLogColumn {
    const { name, decoder } = plan
    const { buffer } = this.#kernel.memory
    const values = this.#kernel.columnValues(index)
    const validity = this.#takeValidity(index, rowCount)
    switch (decoder) {
      case 'int32':
        return { kind: decoder, name, values: new Int32Array(buffer, values, rowCount).slice(), ...validity }
      case 'int64':
      case 'seconds':
        return { kind: decoder, name, values: new BigInt64Array(buffer, values, rowCount).slice(), ...validity }
      case 'string':
      case 'address': {
        const indices = new Int32Array(buffer, values, rowCount).slice()
        return { kind: decoder, name, values: indices, dictionary: this.#takeDictionary(index), ...validity }
      }
    }
  }

  #takeValidity(index: number, rowCount: number): { validity: Uint8Array | undefined; nullCount: number } {
    const nullCount = this.#kernel.columnNulls(index)
    if (nullCount === 0) return { validity: undefined, nullCount }
    const { buffer } = this.#kernel.memory
    const validity = new Uint8Array(buffer, this.#kernel.columnValidity(index), (rowCount + 7) >> 3).slice()
    if ((rowCount & 7) !== 0) validity[rowCount >> 3] = (validity[rowCount >> 3] ?? 0) & ((1 << (rowCount & 7)) - 1)
    return { validity, nullCount }
  }

  #takeDictionary(index: number): TextDictionary {
    const size = this.#kernel.columnTextCount(index)
    const textBytes = this.#kernel.columnTextBytes(index)
    const start = this.#kernel.columnTexts(index)
    const { buffer } = this.#kernel.memory
    const offsets = new Int32Array(buffer, start, size + 1).slice()
    return new TextDictionary(offsets, new Uint8Array(buffer, start + offsets.byteLength, textBytes).slice())
  }
}

/** The start of a header line as the kernel compares it: eight bytes in memory order. */
function headerWord(name: string): bigint {
  const word = Buffer.alloc(HEADER_KEY_BYTES)
  word.write(headerKey(name), 'utf8')
  return word.readBigUInt64LE()
}
