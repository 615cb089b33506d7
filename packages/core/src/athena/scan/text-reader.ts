import type { Zlib } from 'node:zlib'

/** How an object is compressed; Hive decides by the ending of its name. `detect`: by its first bytes. */
export type TextCompression = 'none' | 'gzip' | 'deflate' | 'zstd' | 'detect'

/** A text object to read, as plain data: it travels to the worker. */
export interface TextObject {
  readonly path: string
  readonly size: number
  readonly compression: TextCompression
  /** Lines to leave out at the start: `skip.header.line.count`. */
  readonly headerLines: number
}

/** What kept an object from being read whole. */
export interface TextFault {
  readonly code: 'truncated-gzip' | 'invalid-gzip' | 'line-too-long' | 'unreadable-file'
  readonly message: string
  /** The first line that is not in the result, counted from 1. */
  readonly line: number
}

/**
 * Objects in order, each as blocks of whole lines and then its end. A block is UTF-8, every line of it ends with `\n`.
 * Blocks of an object are never empty.
 */
export type TextMessage =
  | { readonly kind: 'block'; readonly object: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end'; readonly object: number; readonly faults: readonly TextFault[] }

export interface TextReaderLimits {
  /** Objects that are read at the same time. */
  readonly concurrency: number
  /** Objects of at most this size are inflated in one go. */
  readonly wholeObjectBytes: number
  readonly lineBytes: number
  /** What an object may hold ready while one before it is still being read. */
  readonly aheadBytes: number
}

export const TEXT_READER_LIMITS: TextReaderLimits = {
  concurrency: 4,
  wholeObjectBytes: 2 * 1024 * 1024,
  // Source: Amazon Athena User Guide, "Service Quotas": a line of a text file is at most 200 MB.
  lineBytes: 200 * 1024 * 1024,
  aheadBytes: 32 * 1024 * 1024,
}

/** Takes a message; what it gives back resolves when there is room for the next one. */
export type TextReceiver = (message: TextMessage) => Promise<void>

export interface TextReader {
  readAll(objects: readonly TextObject[], receive: TextReceiver): Promise<void>
}

interface NodeModules {
  readonly fs: typeof import('node:fs')
  readonly zlib: typeof import('node:zlib')
  readonly buffer: typeof import('node:buffer')
}

/**
 * Reads text objects as Hadoop's LineRecordReader does: a line ends with `\n`, `\r\n` or `\r`, the last one with the object
 * too; a byte order mark at the start is left out; blank lines are lines; bytes that are not UTF-8 become U+FFFD.
 * Measured against Trino 476. Checksums are verified; a damaged object gives the whole lines before the damage and a fault.
 *
 * The function uses nothing but its arguments: its own text is what the worker runs (`text-worker.ts`).
 */
export function createTextReader({ fs, zlib, buffer }: NodeModules, limits: TextReaderLimits): TextReader {
  const NEWLINE = 10
  const CARRIAGE_RETURN = 13
  const OUTPUT_CHUNK = 1024 * 1024
  const INPUT_SLICE = 64 * 1024

  type Bytes = Uint8Array<ArrayBufferLike>
  type Emit = (block: Uint8Array<ArrayBuffer>) => Promise<void>

  function newDecoder(
    compression: 'gzip' | 'deflate' | 'zstd',
    chunkSize: number,
  ): Zlib & import('node:stream').Transform {
    if (compression === 'gzip') return zlib.createGunzip({ chunkSize }) as never
    if (compression === 'deflate') return zlib.createInflate({ chunkSize }) as never
    // Since Node 22.15; where it is missing the scan is refused before it starts.
    return (zlib as unknown as { createZstdDecompress(options: object): never }).createZstdDecompress({ chunkSize })
  }

  /** Makes lines of decompressed bytes. */
  class LineAssembler {
    readonly faults: TextFault[] = []
    readonly #emit: Emit
    #carry: Bytes[] = []
    #carryBytes = 0
    #headerLines: number
    #isAtStart = true
    #lastWasReturn = false
    #isSkippingLine = false
    #lines = 0

    constructor(headerLines: number, emit: Emit) {
      this.#headerLines = headerLines
      this.#emit = emit
    }

    /** Lines that were complete so far. */
    get lines(): number {
      return this.#lines
    }

    async push(chunk: Bytes): Promise<void> {
      let bytes = this.#unifyLineEnds(chunk)
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
        this.#carry.push(bytes.subarray(0, cut))
        const block = this.#takeCarry()
        await this.#emitBlock(block)
      }
      if (cut < bytes.length) {
        this.#carry.push(bytes.subarray(cut))
        this.#carryBytes += bytes.length - cut
        if (this.#carryBytes > limits.lineBytes) this.#refuseLine()
      }
    }

    /** The last line needs no line end. */
    async end(): Promise<void> {
      if (this.#carryBytes === 0) return
      // A byte order mark alone is no line.
      if (this.#isAtStart && this.#carryBytes === 3 && startsWithMark(buffer.Buffer.concat(this.#carry))) return
      this.#carry.push(new Uint8Array([NEWLINE]))
      await this.#emitBlock(this.#takeCarry())
    }

    #refuseLine(): void {
      this.faults.push({
        code: 'line-too-long',
        message: `A line is longer than ${limits.lineBytes} bytes; it is left out`,
        line: this.#lines + 1,
      })
      this.#carry = []
      this.#carryBytes = 0
      this.#isSkippingLine = true
    }

    #takeCarry(): Bytes {
      const block = this.#carry.length === 1 ? (this.#carry[0] as Bytes) : buffer.Buffer.concat(this.#carry)
      this.#carry = []
      this.#carryBytes = 0
      return block
    }

    /** `\r\n` and `\r` to `\n`, also where a chunk ends between the two. */
    #unifyLineEnds(chunk: Bytes): Bytes {
      let bytes = chunk
      if (this.#lastWasReturn && bytes[0] === NEWLINE) bytes = bytes.subarray(1)
      if (bytes.length > 0) this.#lastWasReturn = bytes[bytes.length - 1] === CARRIAGE_RETURN
      if (!bytes.includes(CARRIAGE_RETURN)) return bytes
      const unified = new Uint8Array(bytes.length)
      let length = 0
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at] as number
        if (byte === NEWLINE && at > 0 && bytes[at - 1] === CARRIAGE_RETURN) continue
        unified[length++] = byte === CARRIAGE_RETURN ? NEWLINE : byte
      }
      return unified.subarray(0, length)
    }

    async #emitBlock(lines: Bytes): Promise<void> {
      let block = lines
      if (this.#isAtStart) {
        this.#isAtStart = false
        if (startsWithMark(block)) block = block.subarray(3)
      }
      for (; this.#headerLines > 0 && block.length > 0; this.#headerLines--) {
        block = block.subarray(block.indexOf(NEWLINE) + 1)
        this.#lines += 1
      }
      if (block.length === 0) return
      this.#lines += countLines(block)
      await this.#emit(ownedBlock(block))
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

  /** Valid UTF-8 in memory that nothing else uses, so that it can be handed over. */
  function ownedBlock(block: Bytes): Uint8Array<ArrayBuffer> {
    if (!buffer.isUtf8(block)) {
      const text = buffer.Buffer.from(block.buffer, block.byteOffset, block.length).toString('utf8')
      return new Uint8Array(buffer.Buffer.from(text, 'utf8'))
    }
    return new Uint8Array(block)
  }

  /** Feeds a decoder by slices; says where it failed. Everything from the slices before was passed on by then. */
  async function decode(
    object: TextObject,
    compression: 'gzip' | 'deflate' | 'zstd',
    sliceAt: (offset: number) => number,
    onBytes: (bytes: Bytes) => Promise<void>,
  ): Promise<{ readonly offset: number; readonly error: NodeJS.ErrnoException } | undefined> {
    const decoder = newDecoder(compression, OUTPUT_CHUNK)
    const file = await fs.promises.open(object.path, 'r')
    const ready: Bytes[] = []
    decoder.on('data', (bytes: Bytes) => ready.push(bytes))
    decoder.on('error', () => undefined)
    let offset = 0
    try {
      for (;;) {
        const slice = buffer.Buffer.allocUnsafe(sliceAt(offset))
        const { bytesRead } = await file.read(slice, 0, slice.length, offset)
        if (bytesRead === 0) break
        // A decoder that fails does not answer the write, it only reports the error.
        await new Promise<void>((resolve, reject) => {
          decoder.once('error', reject)
          decoder.write(slice.subarray(0, bytesRead), () => {
            decoder.off('error', reject)
            resolve()
          })
        })
        offset += bytesRead
        for (const bytes of ready.splice(0)) await onBytes(bytes)
      }
      await new Promise<void>((resolve, reject) => {
        decoder.once('error', reject)
        decoder.once('end', resolve)
        decoder.end()
      })
      for (const bytes of ready.splice(0)) await onBytes(bytes)
      return undefined
    } catch (error) {
      if (!decoder.errored) throw error
      for (const bytes of ready.splice(0)) await onBytes(bytes)
      return { offset, error: decoder.errored as NodeJS.ErrnoException }
    } finally {
      decoder.destroy()
      await file.close()
    }
  }

  /**
   * A decoder that fails keeps what it made of the last slice to itself. So the object is decoded again with smaller slices
   * around the fault, down to one byte, and all output up to the fault is had.
   */
  async function decodeUpToFault(
    object: TextObject,
    compression: 'gzip' | 'deflate' | 'zstd',
    onBytes: (bytes: Bytes) => Promise<void>,
  ): Promise<NodeJS.ErrnoException | undefined> {
    const fineFrom: number[] = []
    const sizes = [INPUT_SLICE, 256, 1]
    let delivered = 0
    for (;;) {
      let passed = 0
      const sliceAt = (offset: number): number => {
        let level = 0
        while (level < fineFrom.length && offset >= (fineFrom[level] as number)) level += 1
        return sizes[level] as number
      }
      const failure = await decode(object, compression, sliceAt, async (bytes) => {
        const known = Math.min(bytes.length, Math.max(0, delivered - passed))
        passed += bytes.length
        if (known === bytes.length) return
        delivered = passed
        await onBytes(bytes.subarray(known))
      })
      if (failure === undefined) return undefined
      // Java's GZIPInputStream, and with it Hive and Trino, ignores what follows a member and is none.
      if (compression === 'gzip' && delivered > 0 && failure.error.message === 'incorrect header check')
        return undefined
      if (failure.error.code === 'Z_BUF_ERROR' || fineFrom.length === sizes.length - 1) return failure.error
      fineFrom.push(failure.offset)
    }
  }

  function inflateWhole(stored: Buffer, compression: 'gzip' | 'deflate'): Promise<Buffer> {
    const length = stored.length >= 4 ? stored.readUInt32LE(stored.length - 4) : 0
    // The trailer of a gzip member says its length; a wild value is not believed.
    const chunkSize = Math.min(Math.max(length + 1, INPUT_SLICE), stored.length * 16 + INPUT_SLICE, 64 * OUTPUT_CHUNK)
    const options = { chunkSize, maxOutputLength: 32 * limits.wholeObjectBytes }
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, result: Buffer): void => (error ? reject(error) : resolve(result))
      if (compression === 'gzip') zlib.gunzip(stored, options, done)
      else zlib.inflate(stored, options, done)
    })
  }

  async function readPlain(object: TextObject, lines: LineAssembler): Promise<void> {
    const file = await fs.promises.open(object.path, 'r')
    try {
      for (;;) {
        const chunk = buffer.Buffer.allocUnsafe(OUTPUT_CHUNK)
        const { bytesRead } = await file.read(chunk, 0, chunk.length, null)
        if (bytesRead === 0) break
        await lines.push(chunk.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
    await lines.end()
  }

  async function firstBytes(object: TextObject): Promise<Bytes> {
    const file = await fs.promises.open(object.path, 'r')
    try {
      const head = buffer.Buffer.alloc(2)
      const { bytesRead } = await file.read(head, 0, 2, 0)
      return head.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  }

  async function readCompressed(
    object: TextObject,
    compression: 'gzip' | 'deflate' | 'zstd',
    newAssembler: () => LineAssembler,
  ): Promise<readonly TextFault[]> {
    if (object.size === 0) return []
    if (object.size <= limits.wholeObjectBytes && compression !== 'zstd') {
      const text = await fs.promises
        .readFile(object.path)
        .then((stored) => inflateWhole(stored, compression))
        .catch((error: NodeJS.ErrnoException) => {
          if (error.syscall !== undefined) throw error
          return undefined
        })
      if (text !== undefined) {
        const lines = newAssembler()
        await lines.push(text)
        await lines.end()
        return lines.faults
      }
    }
    const lines = newAssembler()
    const error = await decodeUpToFault(object, compression, (bytes) => lines.push(bytes))
    if (error === undefined) {
      await lines.end()
      return lines.faults
    }
    const isTruncated = error.code === 'Z_BUF_ERROR'
    return [
      ...lines.faults,
      {
        code: isTruncated ? 'truncated-gzip' : 'invalid-gzip',
        message: isTruncated
          ? 'The object ends within its compressed data; the whole lines before the end were read'
          : `The compressed data is damaged (${error.message}); the whole lines before the damage were read`,
        line: lines.lines + 1,
      },
    ]
  }

  async function read(object: TextObject, emit: Emit): Promise<readonly TextFault[]> {
    let lines: LineAssembler | undefined
    const newAssembler = (): LineAssembler => {
      lines = new LineAssembler(object.headerLines, emit)
      return lines
    }
    try {
      let { compression } = object
      if (compression === 'detect' || compression === 'gzip') {
        const head = await firstBytes(object)
        const isGzip = head[0] === 0x1f && head[1] === 0x8b
        if (compression === 'gzip' && !isGzip && head.length > 0) {
          return [{ code: 'invalid-gzip', message: 'Not in GZIP format', line: 1 }]
        }
        if (compression === 'detect') compression = isGzip ? 'gzip' : 'none'
      }
      if (compression !== 'none') return await readCompressed(object, compression, newAssembler)
      const assembler = newAssembler()
      await readPlain(object, assembler)
      return assembler.faults
    } catch (error) {
      const message = `The object cannot be read (${error instanceof Error ? error.message : String(error)})`
      return [...(lines?.faults ?? []), { code: 'unreadable-file', message, line: (lines?.lines ?? 0) + 1 }]
    }
  }

  /** Reads several objects at the same time and gives them one after another. */
  async function readAll(objects: readonly TextObject[], receive: TextReceiver): Promise<void> {
    let turn = 0
    let next = 0
    const waiting = new Map<number, () => void>()
    const turnOf = (index: number): Promise<void> | undefined =>
      turn === index ? undefined : new Promise((resolve) => waiting.set(index, resolve))

    async function readOne(index: number): Promise<void> {
      const ahead: Uint8Array<ArrayBuffer>[] = []
      let aheadBytes = 0
      const flush = async (): Promise<void> => {
        await turnOf(index)
        for (const bytes of ahead.splice(0)) await receive({ kind: 'block', object: index, bytes })
        aheadBytes = 0
      }
      const faults = await read(objects[index] as TextObject, async (bytes) => {
        ahead.push(bytes)
        aheadBytes += bytes.length
        if (turn === index || aheadBytes > limits.aheadBytes) await flush()
      })
      await flush()
      await receive({ kind: 'end', object: index, faults })
      turn += 1
      waiting.get(turn)?.()
      waiting.delete(turn)
    }

    async function readNext(): Promise<void> {
      while (next < objects.length) await readOne(next++)
    }
    await Promise.all(Array.from({ length: Math.min(limits.concurrency, objects.length) }, readNext))
  }

  return { readAll }
}
