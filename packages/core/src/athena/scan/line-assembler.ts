import type { LineFilter } from './line-filter.ts'
import type { TextFault } from './text-reader.ts'

export type Bytes = Uint8Array<ArrayBufferLike>

/** Takes a block of whole lines, each with its `\n`. */
export type EmitBlock = (block: Uint8Array<ArrayBuffer>) => Promise<void>

/** Bytes of an object's text. `isOwn`: nothing else uses their memory. */
export interface Chunk {
  readonly bytes: Bytes
  readonly isOwn: boolean
}

/** Makes lines of the text of one object, which comes in chunks. */
export interface LineAssembler {
  readonly faults: TextFault[]
  /** Lines that were complete so far. */
  readonly lines: number
  push(chunk: Chunk): Promise<void>
  /** The last line needs no line end. */
  end(): Promise<void>
}

/** `isFaultless`: nobody will ask how many lines there were. */
export type NewLineAssembler = (headerLines: number, emit: EmitBlock, isFaultless: boolean) => LineAssembler

/**
 * Lines end as for Hadoop's LineRecordReader: with `\n`, `\r\n` or `\r`. A byte order mark at the start is left out, and
 * so are header lines, lines beyond `lineBytes`, with a fault, and those that `keep` leaves out. Bytes that are not UTF-8
 * become U+FFFD.
 *
 * Like `createTextReader` the function uses nothing but its arguments: its own text is what the worker runs.
 */
export function lineAssemblers(
  { Buffer: bytesOf, isUtf8 }: Pick<typeof import('node:buffer'), 'Buffer' | 'isUtf8'>,
  lineBytes: number,
  keep?: LineFilter,
): NewLineAssembler {
  const NEWLINE = 10
  const CARRIAGE_RETURN = 13

  class Assembler implements LineAssembler {
    readonly faults: TextFault[] = []
    readonly #emit: EmitBlock
    #carry: Bytes[] = []
    #carryBytes = 0
    #isCarryOwn = false
    #headerLines: number
    #isAtStart = true
    #lastWasReturn = false
    #isSkippingLine = false
    #lines = 0
    readonly #isFaultless: boolean

    constructor(headerLines: number, emit: EmitBlock, isFaultless: boolean) {
      this.#headerLines = headerLines
      this.#emit = emit
      this.#isFaultless = isFaultless
    }

    get lines(): number {
      return this.#lines
    }

    async push(chunk: Chunk): Promise<void> {
      let { bytes, isOwn } = this.#unifyLineEnds(chunk)
      if (bytes.length === 0) return
      if (this.#isSkippingLine) {
        const end = bytes.indexOf(NEWLINE)
        if (end === -1) return
        this.#isSkippingLine = false
        this.#lines += 1
        bytes = bytes.subarray(end + 1)
      }
      const cut = bytes.lastIndexOf(NEWLINE) + 1
      if (cut > 0) {
        const rest = isOwn ? new Uint8Array(bytes.subarray(cut)) : bytes.subarray(cut)
        this.#carry.push(bytes.subarray(0, cut))
        this.#isCarryOwn = isOwn
        bytes = rest
        await this.#emitBlock(this.#takeCarry())
      }
      if (bytes.length > 0) {
        this.#carry.push(bytes)
        this.#carryBytes += bytes.length
        this.#isCarryOwn = isOwn
        if (this.#carryBytes > lineBytes) this.#refuseLine()
      }
    }

    async end(): Promise<void> {
      if (this.#carryBytes === 0) return
      // A byte order mark alone is no line.
      if (this.#isAtStart && this.#carryBytes === 3 && startsWithMark(bytesOf.concat(this.#carry))) return
      this.#carry.push(new Uint8Array([NEWLINE]))
      await this.#emitBlock(this.#takeCarry())
    }

    #refuseLine(): void {
      this.faults.push({
        code: 'line-too-long',
        message: `A line is longer than ${lineBytes} bytes; it is left out`,
        line: this.#lines + 1,
      })
      this.#carry = []
      this.#carryBytes = 0
      this.#isSkippingLine = true
    }

    #takeCarry(): Chunk {
      const isJoined = this.#carry.length > 1
      const bytes = isJoined ? bytesOf.concat(this.#carry) : (this.#carry[0] as Bytes)
      this.#carry = []
      this.#carryBytes = 0
      return { bytes, isOwn: isJoined || this.#isCarryOwn }
    }

    /** `\r\n` and `\r` to `\n`, also where a chunk ends between the two. */
    #unifyLineEnds(chunk: Chunk): Chunk {
      let { bytes } = chunk
      if (this.#lastWasReturn && bytes[0] === NEWLINE) bytes = bytes.subarray(1)
      if (bytes.length > 0) this.#lastWasReturn = bytes[bytes.length - 1] === CARRIAGE_RETURN
      if (!bytes.includes(CARRIAGE_RETURN)) return { bytes, isOwn: chunk.isOwn }
      const unified = new Uint8Array(bytes.length)
      let length = 0
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at] as number
        if (byte === NEWLINE && at > 0 && bytes[at - 1] === CARRIAGE_RETURN) continue
        unified[length++] = byte === CARRIAGE_RETURN ? NEWLINE : byte
      }
      return { bytes: unified.subarray(0, length), isOwn: true }
    }

    async #emitBlock({ bytes, isOwn }: Chunk): Promise<void> {
      let block = bytes
      if (this.#isAtStart) {
        this.#isAtStart = false
        if (startsWithMark(block)) block = block.subarray(3)
      }
      for (; this.#headerLines > 0 && block.length > 0; this.#headerLines--) {
        block = block.subarray(block.indexOf(NEWLINE) + 1)
        this.#lines += 1
      }
      if (block.length === 0) return
      if (!this.#isFaultless) this.#lines += countLines(block)
      const owned = ownedBlock(block, isOwn)
      const wanted = keep ? keep(owned) : owned
      if (wanted.length > 0) await this.#emit(wanted)
    }
  }

  function startsWithMark(bytes: Bytes): boolean {
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  }

  function countLines(block: Bytes): number {
    let lines = 0
    for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) lines += 1
    return lines
  }

  /**
   * Valid UTF-8 in memory that nothing else uses, so that it can be handed over, and not in a much larger one than it needs:
   * so a part of the memory that Node shares among small buffers is copied in any case.
   */
  function ownedBlock(block: Bytes, isOwn: boolean): Uint8Array<ArrayBuffer> {
    if (!isUtf8(block)) {
      const text = bytesOf.from(block.buffer, block.byteOffset, block.length).toString('utf8')
      return new Uint8Array(bytesOf.from(text, 'utf8'))
    }
    return isOwn && block.buffer instanceof ArrayBuffer && 2 * block.length > block.buffer.byteLength
      ? new Uint8Array(block.buffer, block.byteOffset, block.length)
      : new Uint8Array(block)
  }

  return (headerLines, emit, isFaultless) => new Assembler(headerLines, emit, isFaultless)
}
