import type { Zlib } from 'node:zlib'
import type { Bytes, EmitBlock, LineAssembler, NewLineAssembler } from './line-assembler.ts'

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
  /** Stored bytes that are inflated at a time where an object is not inflated in one go. */
  readonly sliceBytes: number
  /** What an object may hold ready while one before it is still being read. */
  readonly aheadBytes: number
}

export const TEXT_READER_LIMITS: TextReaderLimits = {
  concurrency: 4,
  wholeObjectBytes: 2 * 1024 * 1024,
  // Source: Amazon Athena User Guide, "Service Quotas": a line of a text file is at most 200 MB.
  lineBytes: 200 * 1024 * 1024,
  sliceBytes: 64 * 1024,
  aheadBytes: 32 * 1024 * 1024,
}

/** Takes a message; what it gives back resolves when there is room for the next one. If it fails, the reading ends. */
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
export function createTextReader(
  { fs, zlib, buffer }: NodeModules,
  limits: TextReaderLimits,
  newLineAssembler: NewLineAssembler,
): TextReader {
  const PLAIN_CHUNK = 1024 * 1024
  /** Of a slice, about: flow logs shrink to a quarter or less. */
  const OUTPUT_PER_INPUT = 16
  const MOST_INFLATED_AT_ONCE = 64 * 1024 * 1024

  type File = import('node:fs/promises').FileHandle
  type Compression = 'gzip' | 'deflate' | 'zstd'

  /** An opened object. */
  interface Stored {
    readonly file: File
    /** Its first bytes, all of them if `isWhole`. */
    readonly start: Buffer
    readonly isWhole: boolean
  }

  function newDecoder(compression: Compression, chunkSize: number): Zlib & import('node:stream').Transform {
    if (compression === 'gzip') return zlib.createGunzip({ chunkSize }) as never
    if (compression === 'deflate') return zlib.createInflate({ chunkSize }) as never
    // Since Node 22.15; where it is missing the scan is refused before it starts.
    return (zlib as unknown as { createZstdDecompress(options: object): never }).createZstdDecompress({ chunkSize })
  }

  /** Feeds a decoder by slices; says where it failed. Everything from the slices before was passed on by then. */
  async function decode(
    stored: Stored,
    compression: Compression,
    sliceAt: (offset: number) => number,
    onBytes: (bytes: Bytes) => Promise<void>,
  ): Promise<{ readonly offset: number; readonly error: NodeJS.ErrnoException } | undefined> {
    const decoder = newDecoder(compression, OUTPUT_PER_INPUT * limits.sliceBytes)
    const ready: Bytes[] = []
    decoder.on('data', (bytes: Bytes) => ready.push(bytes))
    decoder.on('error', () => undefined)
    let offset = 0
    try {
      for (;;) {
        const slice = await readSlice(stored, offset, sliceAt(offset))
        if (slice.length === 0) break
        // A decoder that fails does not answer the write, it only reports the error.
        await new Promise<void>((resolve, reject) => {
          decoder.once('error', reject)
          decoder.write(slice, () => {
            decoder.off('error', reject)
            resolve()
          })
        })
        offset += slice.length
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
    }
  }

  async function readSlice({ file, start, isWhole }: Stored, offset: number, length: number): Promise<Buffer> {
    if (offset < start.length || isWhole) return start.subarray(offset, offset + length)
    const slice = buffer.Buffer.allocUnsafe(length)
    const { bytesRead } = await file.read(slice, 0, length, offset)
    return slice.subarray(0, bytesRead)
  }

  /**
   * A decoder that fails keeps what it made of the last slice to itself. So the object is decoded again with smaller slices
   * around the fault, down to one byte, and all output up to the fault is had.
   */
  async function decodeUpToFault(
    stored: Stored,
    compression: Compression,
    onBytes: (bytes: Bytes) => Promise<void>,
  ): Promise<NodeJS.ErrnoException | undefined> {
    const fineFrom: number[] = []
    const sizes = [limits.sliceBytes, 256, 1]
    let delivered = 0
    for (;;) {
      let passed = 0
      const sliceAt = (offset: number): number => {
        let level = 0
        while (level < fineFrom.length && offset >= (fineFrom[level] as number)) level += 1
        return sizes[level] as number
      }
      const failure = await decode(stored, compression, sliceAt, async (bytes) => {
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
    const most = stored.length * OUTPUT_PER_INPUT + limits.sliceBytes
    const chunkSize = Math.min(Math.max(length + 1, limits.sliceBytes), most, MOST_INFLATED_AT_ONCE)
    const options = { chunkSize, maxOutputLength: 32 * limits.wholeObjectBytes }
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, result: Buffer): void => (error ? reject(error) : resolve(result))
      if (compression === 'gzip') zlib.gunzip(stored, options, done)
      else zlib.inflate(stored, options, done)
    })
  }

  async function readPlain(stored: Stored, lines: LineAssembler): Promise<void> {
    let offset = 0
    for (;;) {
      const slice = await readSlice(stored, offset, PLAIN_CHUNK)
      if (slice.length === 0) break
      offset += slice.length
      await lines.push({ bytes: slice, isOwn: offset > stored.start.length })
    }
    await lines.end()
  }

  async function readCompressed(
    stored: Stored,
    compression: Compression,
    newAssembler: (isFaultless: boolean) => LineAssembler,
  ): Promise<readonly TextFault[]> {
    if (stored.start.length === 0) return []
    if (stored.isWhole && compression !== 'zstd') {
      const text = await inflateWhole(stored.start, compression).catch(() => undefined)
      if (text !== undefined) {
        const lines = newAssembler(text.length <= limits.lineBytes)
        await lines.push({ bytes: text, isOwn: true })
        await lines.end()
        return lines.faults
      }
    }
    const lines = newAssembler(false)
    const error = await decodeUpToFault(stored, compression, (bytes) => lines.push({ bytes, isOwn: false }))
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

  async function read(object: TextObject, emit: EmitBlock): Promise<readonly TextFault[]> {
    let lines: LineAssembler | undefined
    let isRefused = false
    const emitOrRefuse: EmitBlock = async (block) => {
      try {
        await emit(block)
      } catch (error) {
        isRefused = true
        throw error
      }
    }
    const newAssembler = (isFaultless: boolean): LineAssembler => {
      lines = newLineAssembler(object.headerLines, emitOrRefuse, isFaultless)
      return lines
    }
    let file: File | undefined
    try {
      file = await fs.promises.open(object.path, 'r')
      const stored = await readStart(file, object.size)
      const compression = compressionOf(object, stored.start)
      if (compression === undefined) return [{ code: 'invalid-gzip', message: 'Not in GZIP format', line: 1 }]
      if (compression !== 'none') return await readCompressed(stored, compression, newAssembler)
      const assembler = newAssembler(false)
      await readPlain(stored, assembler)
      return assembler.faults
    } catch (error) {
      if (isRefused) throw error
      const message = `The object cannot be read (${error instanceof Error ? error.message : String(error)})`
      return [...(lines?.faults ?? []), { code: 'unreadable-file', message, line: (lines?.lines ?? 0) + 1 }]
    } finally {
      await file?.close()
    }
  }

  /** All of a small object, the first slice of a larger one, or of one that has grown since it was listed. */
  async function readStart(file: File, size: number): Promise<Stored> {
    const isSmall = size <= limits.wholeObjectBytes
    const start = buffer.Buffer.allocUnsafe(isSmall ? size + 1 : limits.sliceBytes)
    let length = 0
    while (length < start.length) {
      const { bytesRead } = await file.read(start, length, start.length - length, length)
      length += bytesRead
      if (bytesRead === 0 || length === size) break
    }
    return { file, start: start.subarray(0, length), isWhole: isSmall && length <= size }
  }

  /** Undefined for what should be gzip and is not. */
  function compressionOf({ compression }: TextObject, start: Bytes): Compression | 'none' | undefined {
    const isGzip = start[0] === 0x1f && start[1] === 0x8b
    if (compression === 'detect') return isGzip ? 'gzip' : 'none'
    return compression === 'gzip' && !isGzip && start.length > 0 ? undefined : compression
  }

  /** Reads several objects at the same time and gives them one after another. */
  async function readAll(objects: readonly TextObject[], receive: TextReceiver): Promise<void> {
    let turn = 0
    let next = 0
    let failure: { readonly error: unknown } | undefined
    const waiting = new Map<number, () => void>()
    async function turnOf(index: number): Promise<void> {
      if (turn !== index && failure === undefined) await new Promise<void>((resolve) => waiting.set(index, resolve))
      if (failure) throw failure.error
    }

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
      try {
        while (next < objects.length && failure === undefined) await readOne(next++)
      } catch (error) {
        failure ??= { error }
        for (const wake of waiting.values()) wake()
        throw error
      }
    }
    await Promise.all(Array.from({ length: Math.min(limits.concurrency, objects.length) }, readNext))
  }

  return { readAll }
}
