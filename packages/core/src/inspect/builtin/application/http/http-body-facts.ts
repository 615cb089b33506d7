import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import type { EveFile } from '../../../eve-event.ts'
import { INSPECTION_LIMITS } from '../../inspection-limits.ts'
import { FileDigest, type FileHash } from '../extracted-file.ts'

/** Bytes of bodies that all flows of an inspector hold together. */
export class BodyMemory {
  #used = 0

  take(bytes: number): boolean {
    if (this.#used + bytes > INSPECTION_LIMITS.streamBytes / 2) return false
    this.#used += bytes
    return true
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}

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
  readonly #memory: BodyMemory
  readonly #hashes: readonly FileHash[]
  #kept = new Uint8Array(0)
  #keptLength = 0
  #digest: FileDigest | undefined
  #hasGap = false
  #isCut = false

  /** `announced`: the length that the head tells, if it does. */
  constructor(
    contentEncoding: string | undefined,
    announced: number | undefined,
    memory: BodyMemory,
    hashes: readonly FileHash[],
  ) {
    // A length that is no number announces nothing.
    this.#announced = announced !== undefined && announced > 0 ? Math.min(announced, INSPECTION_LIMITS.httpBody) : 0
    this.#encoding = decoderOf(contentEncoding)
    this.#memory = memory
    this.#hashes = hashes
  }

  /** What rules see: the first bytes, decompressed once the body is complete. Undefined before the end, or before enough is there. */
  get inspected(): Uint8Array | undefined {
    if (this.#contentLength === 0) return undefined
    const isEnough = this.#encoding === undefined && this.#keptLength >= INSPECTION_LIMITS.httpBody
    if (!this.isComplete && !isEnough) return undefined
    return this.#kept.subarray(0, Math.min(this.#keptLength, INSPECTION_LIMITS.httpBody))
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
      this.#digest.add(this.#kept.subarray(0, this.#keptLength))
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
      digest.add(this.#kept.subarray(0, this.#keptLength))
    }
    digest.hasGaps = this.#hasGap
    // A file's size counts what was not captured of it.
    if (this.#hasGap && this.#encoding === undefined) digest.size = this.#contentLength
    digest.isTruncated = this.#isCut
    return digest.facts(filename, transactionId)
  }

  /** Its bytes are not asked for any more. */
  release(): void {
    this.#memory.give(this.#kept.length)
    this.#kept = new Uint8Array(0)
    this.#keptLength = 0
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#keptLength + end - start
    if (needed > this.#kept.length) {
      // What is announced may never come: it counts up to a few times what is here.
      const hoped = Math.min(this.#announced, needed * 32)
      const room = Math.max(hoped, FIRST_ROOM, needed, this.#kept.length * 2)
      if (!this.#memory.take(room - this.#kept.length)) {
        this.#isCut = true
        return
      }
      const larger = new Uint8Array(room)
      larger.set(this.#kept.subarray(0, this.#keptLength))
      this.#kept = larger
    }
    this.#kept.set(bytes.subarray(start, end), this.#keptLength)
    this.#keptLength = needed
  }

  #decompress(encoding: string): void {
    const packed = this.#kept.subarray(0, this.#keptLength)
    const opened = decompress(packed, encoding)
    if (!opened) {
      this.isDamaged = true
      return
    }
    // Rules see its beginning, the digests all of it.
    this.#digest = new FileDigest(this.#hashes)
    this.#digest.add(opened)
    const seen = opened.subarray(0, INSPECTION_LIMITS.httpBody)
    this.#memory.give(this.#kept.length)
    this.#kept = this.#memory.take(seen.length) ? Uint8Array.from(seen) : new Uint8Array(0)
    this.#keptLength = this.#kept.length
  }
}

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
