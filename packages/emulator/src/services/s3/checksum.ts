import { createHash, type Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { CRC32, CRC32C, CRC64NVME, Crc, type CrcKind, combineCrc } from './crc.ts'

/** Source: S3 user guide, "Checking object integrity for data uploads". */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256' | 'SHA512' | 'MD5'

/** Whether a checksum of an object in parts is that of its bytes, or of the parts' checksums. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** A checksum, in base64; with `-` and the number of parts where it is composite. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly value: string
  readonly type: ChecksumType
}

/** A checksum that is reckoned as bytes come. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void
  /** Called once. */
  digest(): Uint8Array
}

/** What S3 reckons where a client names nothing. Source: S3 user guide, "Checking object integrity", default CRC-64/NVME. */
export const DEFAULT_CHECKSUM: ChecksumAlgorithm = 'CRC64NVME'

interface AlgorithmFacts {
  readonly start: () => RunningChecksum
  readonly bytes: number
  /** Of those that can be put together from their parts'. */
  readonly crc?: CrcKind
}

const ALGORITHMS: Readonly<Record<ChecksumAlgorithm, AlgorithmFacts>> = {
  CRC32: { start: () => new NativeCrc32(), bytes: 4, crc: CRC32 },
  CRC32C: { start: () => new Crc(CRC32C), bytes: 4, crc: CRC32C },
  CRC64NVME: { start: () => new Crc(CRC64NVME), bytes: 8, crc: CRC64NVME },
  SHA1: { start: () => createHash('sha1'), bytes: 20 },
  SHA256: { start: () => createHash('sha256'), bytes: 32 },
  SHA512: { start: () => createHash('sha512'), bytes: 64 },
  MD5: { start: () => createHash('md5'), bytes: 16 },
}

/** Every algorithm that is reckoned here. */
export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = Object.keys(ALGORITHMS) as ChecksumAlgorithm[]

/** Begins a checksum. */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  return ALGORITHMS[algorithm].start()
}

/** The algorithm of a name, in upper or lower case; undefined for what is none, or not reckoned here. */
export function checksumAlgorithm(name: string): ChecksumAlgorithm | undefined {
  const upper = name.toUpperCase()
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === upper)
}

/** Whether a text can be a checksum of an algorithm: base64 of the right length. */
export function isChecksumText(algorithm: ChecksumAlgorithm, text: string): boolean {
  return isBase64(text) && Buffer.from(text, 'base64').length === ALGORITHMS[algorithm].bytes
}

/** Whether S3 puts an object's checksum together from its parts' without looking at its bytes. */
export function canBeFullObject(algorithm: ChecksumAlgorithm): boolean {
  return ALGORITHMS[algorithm].crc !== undefined
}

/** The checksum of bytes in parts, as one; of algorithms that {@link canBeFullObject} alone. */
export function fullObjectChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly { readonly size: number; readonly value: string }[],
): string {
  const { crc, bytes } = ALGORITHMS[algorithm]
  if (!crc) throw new Error(`${algorithm} cannot be put together from parts`)
  let whole = 0n
  for (const { size, value } of parts) {
    const part = BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`)
    whole = combineCrc(crc, whole, part, size)
  }
  return Buffer.from(whole.toString(16).padStart(bytes * 2, '0'), 'hex').toString('base64')
}

/** The checksum of the parts' checksums, with their number. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, values: readonly string[]): string {
  const checksum = startChecksum(algorithm)
  for (const value of values) checksum.update(Buffer.from(value, 'base64'))
  return `${base64(checksum.digest())}-${values.length}`
}

/** The ETag of an object in parts. Source: S3 API reference, "Object", ETag: the digest of the parts' digests, and their number. */
export function multipartEtag(partEtags: readonly string[]): string {
  const hash: Hash = createHash('md5')
  for (const etag of partEtags) hash.update(Buffer.from(etag, 'hex'))
  return `${hash.digest('hex')}-${partEtags.length}`
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}

class NativeCrc32 implements RunningChecksum {
  #value = 0

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value)
  }

  digest(): Uint8Array {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(this.#value)
    return bytes
  }
}
