import { createHash } from 'node:crypto'
import type { BlobPiece, BlobStore } from '../../state/blob-store.ts'
import type { RequestStream } from '../../wire/request-stream.ts'
import { ServiceError } from '../../wire/service-error.ts'
import {
  base64,
  CHECKSUM_ALGORITHMS,
  type Checksum,
  type ChecksumAlgorithm,
  checksumAlgorithm,
  DEFAULT_CHECKSUM,
  isBase64,
  isChecksumText,
  startChecksum,
} from './checksum.ts'
import { invalidRequest } from './s3-errors.ts'

/** Bytes of a single upload at the most. Source: S3 user guide, "Uploading objects". */
const LARGEST_UPLOAD = 5 * 1024 ** 3

/** What a request says of the bytes that it sends. */
export interface UploadClaims {
  readonly ContentMD5?: string | undefined
  readonly ChecksumAlgorithm?: string | undefined
  readonly ChecksumCRC32?: string | undefined
  readonly ChecksumCRC32C?: string | undefined
  readonly ChecksumCRC64NVME?: string | undefined
  readonly ChecksumSHA1?: string | undefined
  readonly ChecksumSHA256?: string | undefined
  readonly ChecksumSHA512?: string | undefined
  readonly ChecksumMD5?: string | undefined
}

/** The members of {@link UploadClaims}, for operations that act on them. */
export const CLAIMS = [
  'ContentMD5',
  'ChecksumAlgorithm',
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumCRC64NVME',
  'ChecksumSHA1',
  'ChecksumSHA256',
  'ChecksumSHA512',
  'ChecksumMD5',
] as const

/** Bytes that were received, checked and kept. */
export interface ReceivedBody {
  readonly piece: BlobPiece
  /** In hexadecimal digits. */
  readonly md5: string
  readonly checksum: Checksum
}

/** Which checksum is wanted of an upload. */
export interface WantedChecksum {
  /** What is told of the upload, whatever the request says; unless given, what the request says, else S3's default. */
  readonly kept?: ChecksumAlgorithm
  /** The only algorithm that the request may name. */
  readonly only?: ChecksumAlgorithm
}

/** Bytes that come, and what comes after them where they come in a request. */
export type UploadContent = AsyncIterable<Uint8Array> & Partial<Pick<RequestStream, 'trailers' | 'announced'>>

/** The body of a request that is streamed. @throws ServiceError MissingContentLength, EntityTooLarge. */
export function uploadBody(body: unknown): RequestStream | undefined {
  const stream = body as RequestStream | undefined
  if (!stream) return undefined
  if (stream.length === undefined) {
    throw new ServiceError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 })
  }
  if (stream.length > LARGEST_UPLOAD) throw entityTooLarge(stream.length)
  return stream
}

/**
 * Keeps the bytes of an upload, and checks them against what the request says of them, before or after they come.
 * @throws ServiceError BadDigest, InvalidDigest, InvalidRequest; then nothing is kept.
 */
export async function receiveBody(
  blobs: BlobStore,
  body: UploadContent | undefined,
  claims: UploadClaims,
  { kept, only }: WantedChecksum = {},
): Promise<ReceivedBody> {
  const claimed = claimedChecksum(claims, body)
  if (only !== undefined && claimed && claimed.algorithm !== only) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${only.toLowerCase()}, actual checksum Type: ${claimed.algorithm.toLowerCase()}`,
    )
  }
  const algorithm = kept ?? claimed?.algorithm ?? only ?? DEFAULT_CHECKSUM
  const wantedMd5 = claims.ContentMD5
  if (wantedMd5 !== undefined && (!isBase64(wantedMd5) || Buffer.from(wantedMd5, 'base64').length !== 16)) {
    throw new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
      details: { 'Content-MD5': wantedMd5 },
    })
  }
  const md5 = createHash('md5')
  const checksum = startChecksum(algorithm)
  const other = claimed && claimed.algorithm !== algorithm ? startChecksum(claimed.algorithm) : undefined
  let md5Digest = Buffer.alloc(0)
  let value = ''
  const piece = await blobs.write(
    (async function* () {
      if (body) {
        for await (const bytes of body) {
          md5.update(bytes)
          checksum.update(bytes)
          other?.update(bytes)
          yield bytes
        }
      }
      md5Digest = md5.digest()
      value = base64(checksum.digest())
      if (wantedMd5 !== undefined && md5Digest.toString('base64') !== wantedMd5) {
        throw new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
          details: { ExpectedDigest: wantedMd5, CalculatedDigest: md5Digest.toString('base64') },
        })
      }
      if (!claimed) return
      const header = headerOf(claimed.algorithm)
      const expected = claimed.value ?? body?.trailers?.get(header) ?? ''
      if (!isChecksumText(claimed.algorithm, expected)) {
        throw invalidRequest(`Value for ${header} trailing header is invalid.`)
      }
      if (expected !== (other ? base64(other.digest()) : value)) {
        throw new ServiceError(
          'BadDigest',
          `The ${claimed.algorithm} you specified did not match the calculated checksum.`,
        )
      }
    })(),
  )
  return { piece, md5: md5Digest.toString('hex'), checksum: { algorithm, value, type: 'FULL_OBJECT' } }
}

/** What an operation's output says of a checksum, such as `ChecksumCRC32`. */
export function checksumMembers(checksum: Checksum | undefined): Readonly<Record<string, string>> {
  return checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } : {}
}

/** The algorithm that a request names. @throws ServiceError InvalidRequest for one that S3 or flowtap does not have. */
export function namedAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined
  const algorithm = checksumAlgorithm(name)
  if (algorithm) return algorithm
  throw invalidRequest(
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(', ')}]`,
  )
}

/** The checksum that comes with an upload; without its value where that comes after the bytes. */
function claimedChecksum(
  claims: UploadClaims,
  body: UploadContent | undefined,
): { readonly algorithm: ChecksumAlgorithm; readonly value?: string } | undefined {
  const given = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = claims[`Checksum${algorithm}`]
    return value === undefined ? [] : [{ algorithm, value }]
  })
  const announced = (body?.announced ?? []).flatMap((name) => {
    const algorithm = name.startsWith('x-amz-checksum-')
      ? namedAlgorithm(name.slice('x-amz-checksum-'.length))
      : undefined
    return algorithm ? [{ algorithm }] : []
  })
  const [first, ...others] = [...given, ...announced]
  if (others.length > 0)
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  const named = namedAlgorithm(claims.ChecksumAlgorithm)
  if (!first) {
    if (named === undefined) return undefined
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  if (named !== undefined && named !== first.algorithm) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.')
  }
  if ('value' in first && !isChecksumText(first.algorithm, first.value)) {
    throw invalidRequest(`Value for ${headerOf(first.algorithm)} header is invalid.`)
  }
  return first
}

function headerOf(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`
}

function entityTooLarge(size: number): ServiceError {
  return new ServiceError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    details: { ProposedSize: size, MaxSizeAllowed: LARGEST_UPLOAD },
  })
}
