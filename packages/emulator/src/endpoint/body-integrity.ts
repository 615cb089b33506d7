import { createHash } from 'node:crypto'
import { base64, CHECKSUM_ALGORITHMS, isBase64, isChecksumText, startChecksum } from '../services/s3/checksum.ts'
import { ServiceError } from '../wire/service-error.ts'

/** Operations of S3 that want a digest of their body. Source: S3 API reference, DeleteObjects, PutObjectLockConfiguration. */
const NEED_DIGEST: ReadonlySet<string> = new Set(['DeleteObjects'])

/**
 * Checks the digests that a request to S3 gives of a body that was read whole, in its headers or after the body.
 * @throws ServiceError InvalidDigest, BadDigest, and InvalidRequest where an operation wants one and there is none.
 */
export function checkBodyDigests(
  operation: string,
  headers: Readonly<Record<string, string | undefined>>,
  trailers: ReadonlyMap<string, string>,
  bytes: Uint8Array,
): void {
  const md5 = headers['content-md5']
  if (md5 !== undefined) {
    if (!isBase64(md5) || Buffer.from(md5, 'base64').length !== 16) {
      throw new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
        details: { 'Content-MD5': md5 },
      })
    }
    const digest = createHash('md5').update(bytes).digest('base64')
    if (digest !== md5) throw badContentMd5(md5, digest)
  }
  let hasDigest = md5 !== undefined
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`
    const wanted = headers[name] ?? trailers.get(name)
    if (wanted === undefined) continue
    hasDigest = true
    if (!isChecksumText(algorithm, wanted)) throw invalidChecksum(algorithm)
    const checksum = startChecksum(algorithm)
    checksum.update(bytes)
    if (base64(checksum.digest()) !== wanted) throw badChecksum(algorithm)
  }
  if (!hasDigest && NEED_DIGEST.has(operation)) {
    throw new ServiceError('InvalidRequest', 'Missing required header for this request: Content-MD5')
  }
}

/** The bytes are not those of the Content-MD5. */
export function badContentMd5(expected: string, calculated: string): ServiceError {
  return new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    details: { ExpectedDigest: expected, CalculatedDigest: calculated },
  })
}

/** The bytes are not those of a checksum. */
export function badChecksum(algorithm: string): ServiceError {
  return new ServiceError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)
}

/** A text that cannot be a checksum. */
export function invalidChecksum(algorithm: string): ServiceError {
  return new ServiceError('InvalidRequest', `Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`)
}
