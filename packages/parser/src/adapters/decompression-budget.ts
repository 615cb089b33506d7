/** What keeps a decompression bomb from taking the machine's time and memory. */
export interface DecompressionLimits {
  /** Decompressed bytes of one file. Default 8 GiB; AWS's own files hold at most 75 MB. */
  readonly maxDecompressedBytes: number
  /**
   * Decompressed bytes per compressed byte, looked at after the first 16 MiB. Default 500: DEFLATE packs one line of more
   * than 16 bytes, again and again, at most about 410 to 1, so what packs better is no flow log.
   */
  readonly maxCompressionRatio: number
}

/** The limits unless the caller gives others. */
export const DEFAULT_DECOMPRESSION_LIMITS: DecompressionLimits = {
  maxDecompressedBytes: 8 * 1024 ** 3,
  maxCompressionRatio: 500,
}

/** Decompressed bytes before the ratio means anything. */
const RATIO_GRACE_BYTES = 16 * 1024 * 1024

/** Counts what one file decompresses to. */
export class DecompressionBudget {
  readonly #limits: DecompressionLimits
  #decompressed = 0
  #exceeded: string | undefined

  constructor(limits: Partial<DecompressionLimits> = {}) {
    this.#limits = { ...DEFAULT_DECOMPRESSION_LIMITS, ...limits }
  }

  /** Says which limit was passed; undefined as long as none was. */
  get exceeded(): string | undefined {
    return this.#exceeded
  }

  /** The part of a chunk that is within the limits. */
  spend(chunk: Uint8Array, compressedBytes: number): Uint8Array {
    const { maxDecompressedBytes, maxCompressionRatio } = this.#limits
    const left = maxDecompressedBytes - this.#decompressed
    this.#decompressed += chunk.length
    if (chunk.length > left) {
      this.#exceeded = `It decompresses to more than ${maxDecompressedBytes} bytes; limits.maxDecompressedBytes allows no more.`
      return chunk.subarray(0, Math.max(left, 0))
    }
    if (this.#decompressed > RATIO_GRACE_BYTES && this.#decompressed > maxCompressionRatio * compressedBytes) {
      this.#exceeded =
        `${compressedBytes} bytes of it decompress to ${this.#decompressed}, more than ${maxCompressionRatio} to 1, ` +
        'as a decompression bomb does; limits.maxCompressionRatio allows no more.'
    }
    return chunk
  }
}
