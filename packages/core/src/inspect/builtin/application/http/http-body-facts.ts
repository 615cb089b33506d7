import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import type { EveFile } from '../../../eve-event.ts'
import { INSPECTION_LIMITS } from '../../inspection-limits.ts'
import type { BytePool, Slab } from '../../stream/byte-pool.ts'
import { FileDigest, type FileHash } from '../extracted-file.ts'

const FIRST_ROOM = 256

/** A body as it comes: the part that rules see, its length, and its digests. Compressed bodies are opened at their end. */
export class HttpBody {
  /** As sent, with the headers of chunks: what EVE's `http.length` counts. */
  length = 0
  /** Without them. */
  #contentLength = 0
  isComplete = false
  /** Of a compressed body, what could not be opened: its bytes stand as they were sent. */
  isDamaged = false
  readonly #encoding: string | undefined
  readonly #announced: number
  readonly #pool: BytePool
  readonly #hashes: readonly FileHash[]
  /** Holds what is kept, from a place of its own on. */
  #slab: Slab | undefined
  #keptStart = 0
  #keptLength = 0
  #digest: FileDigest | undefined
  #hasGap = false
  #isCut = false

  /** `announced`: the length that the head tells, if it does. */
  constructor(
    contentEncoding: string | undefined,
    announced: number | undefined,
    pool: BytePool,
    hashes: readonly FileHash[],
  ) {
    // A length that is no number announces nothing.
    this.#announced = announced !== undefined && announced > 0 ? Math.min(announced, INSPECTION_LIMITS.httpBody) : 0
    this.#encoding = decoderOf(contentEncoding)
    this.#pool = pool
    this.#hashes = hashes
  }

  /** What rules see: the first bytes, decompressed once the body is complete. Undefined before the end, or before enough is there. */
  get inspected(): Uint8Array | undefined {
    if (this.#contentLength === 0) return undefined
    const isEnough = this.#encoding === undefined && this.#keptLength >= INSPECTION_LIMITS.httpBody
    if (!this.isComplete && !isEnough) return undefined
    return this.#kept(INSPECTION_LIMITS.httpBody)
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    this.length += end - start
    this.#contentLength += end - start
    const limit = this.#encoding ? INSPECTION_LIMITS.httpCompressedBody : INSPECTION_LIMITS.httpBody
    const taken = Math.min(end - start, limit - this.#keptLength)
    if (taken > 0 && !this.#isCut) this.#keep(bytes, start, start + taken)
    if (taken === end - start || this.#isCut) return
    if (this.#encoding) {
      this.#isCut = true
      return
    }
    // What rules do not see is still part of the file.
    if (!this.#digest) {
      this.#digest = new FileDigest(this.#hashes)
      this.#digest.add(this.#kept())
    }
    this.#digest.add(bytes.subarray(start + taken, end))
  }

  /** Bytes of a chunk's header, or behind it. */
  addFraming(length: number): void {
    this.length += length
  }

  addGap(length: number): void {
    this.length += length
    this.#contentLength += length
    this.#hasGap = true
  }

  /** The body is over; `isWhole` says whether all of it came. */
  finish(isWhole: boolean): void {
    if (this.isComplete) return
    this.isComplete = true
    if (!isWhole) this.#isCut = true
    if (this.#encoding && this.#keptLength > 0) this.#decompress(this.#encoding)
  }

  /** The facts of the body as a file; undefined for an empty one. */
  file(filename: string, transactionId: number): EveFile | undefined {
    if (this.#contentLength === 0) return undefined
    let digest = this.#digest
    if (!digest) {
      digest = new FileDigest(this.#hashes)
      digest.addWhole(this.#kept())
    }
    digest.hasGaps = this.#hasGap
    // A file's size counts what was not captured of it.
    if (this.#hasGap && this.#encoding === undefined) digest.size = this.#contentLength
    digest.isTruncated = this.#isCut
    return digest.facts(filename, transactionId)
  }

  /** Its bytes are not asked for any more. */
  release(): void {
    if (this.#slab) this.#pool.give(this.#slab, this.#keptStart)
    this.#slab = undefined
    this.#keptLength = 0
  }

  #kept(limit = this.#keptLength): Uint8Array {
    if (!this.#slab) return NOTHING
    return this.#slab.bytes.subarray(this.#keptStart, this.#keptStart + Math.min(this.#keptLength, limit))
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#keptLength + end - start
    const capacity = this.#slab?.capacity ?? 0
    if (needed > capacity) {
      // What is announced may never come: it counts up to a few times what is here.
      const hoped = Math.min(this.#announced, needed * 32)
      if (!this.#move(Math.max(hoped, FIRST_ROOM, needed, capacity * 2), this.#kept())) {
        this.#isCut = true
        return
      }
    }
    this.#slab?.bytes.set(bytes.subarray(start, end), this.#keptStart + this.#keptLength)
    this.#keptLength = needed
  }

  /** Takes room of its own for bytes, in place of what there was; false where all bodies together would hold too much. */
  #move(room: number, bytes: Uint8Array): boolean {
    const slab = this.#pool.take(room)
    if (!slab) return false
    const { start } = this.#pool
    slab.bytes.set(bytes, start)
    this.release()
    this.#slab = slab
    this.#keptStart = start
    this.#keptLength = bytes.length
    return true
  }

  #decompress(encoding: string): void {
    const opened = decompress(this.#kept(), encoding)
    if (!opened) {
      this.isDamaged = true
      return
    }
    // Rules see its beginning, the digests all of it.
    this.#digest = new FileDigest(this.#hashes)
    this.#digest.addWhole(opened)
    this.release()
    const seen = opened.subarray(0, INSPECTION_LIMITS.httpBody)
    if (seen.length > 0) this.#move(seen.length, seen)
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)

function decoderOf(contentEncoding: string | undefined): string | undefined {
  const name = contentEncoding?.trim().toLowerCase()
  return name === 'gzip' || name === 'x-gzip' || name === 'deflate' || name === 'br' ? name : undefined
}

function decompress(bytes: Uint8Array, encoding: string): Uint8Array | undefined {
  // A cut body gives what can be read of it; one that grows beyond the bound gives nothing.
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: INSPECTION_LIMITS.httpDecompressedBody }
  try {
    if (encoding === 'br') {
      return brotliDecompressSync(bytes, { maxOutputLength: INSPECTION_LIMITS.httpDecompressedBody })
    }
    if (encoding !== 'deflate') return gunzipSync(bytes, options)
    // Servers send deflate with and without its wrapper (RFC 9110 section 8.4.1.2).
    return (bytes[0] as number) % 16 === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options)
  } catch {
    return undefined
  }
}
