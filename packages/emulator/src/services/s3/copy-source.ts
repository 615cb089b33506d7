import type { ByteSpan } from '../../state/blob-store.ts'
import { ServiceError } from '../../wire/service-error.ts'
import type { BucketStore } from './bucket-store.ts'
import { parseCopyRange } from './byte-range.ts'
import { requireReadable } from './object-attributes.ts'
import { requireVersion } from './object-reads.ts'
import { checkCopyConditions } from './preconditions.ts'
import { invalidArgument, invalidRequest, noSuchKey } from './s3-errors.ts'
import type { BucketRow, ObjectRow } from './s3-rows.ts'

/** Bytes of an object that is copied at once, at the most. Source: S3 API reference, CopyObject. */
const LARGEST_COPY = 5 * 1024 ** 3

/** What a request says of the object that it copies. */
export interface CopySourceInput {
  readonly CopySource?: string | undefined
  readonly CopySourceIfMatch?: string | undefined
  readonly CopySourceIfNoneMatch?: string | undefined
  readonly CopySourceIfModifiedSince?: Date | undefined
  readonly CopySourceIfUnmodifiedSince?: Date | undefined
  readonly ExpectedSourceBucketOwner?: string | undefined
}

/** The members of {@link CopySourceInput}. */
export const COPY_SOURCE = [
  'CopySource',
  'CopySourceIfMatch',
  'CopySourceIfNoneMatch',
  'CopySourceIfModifiedSince',
  'CopySourceIfUnmodifiedSince',
  'ExpectedSourceBucketOwner',
] as const

/** A version that is copied. */
export interface CopySource {
  readonly bucket: BucketRow
  readonly row: ObjectRow
  /** As the request names it. */
  readonly versionId: string | undefined
}

/** The version that a request copies, when it is as the request demands. @throws ServiceError as S3 does. */
export function requireCopySource(buckets: BucketStore, input: CopySourceInput): CopySource {
  const { bucketName, key, versionId } = parseCopySource(input.CopySource ?? '')
  const bucket = buckets.requireBucket(bucketName, input.ExpectedSourceBucketOwner)
  const row = requireSourceVersion(buckets, bucket, key, versionId)
  checkCopyConditions(row, {
    ifMatch: input.CopySourceIfMatch,
    ifNoneMatch: input.CopySourceIfNoneMatch,
    ifModifiedSince: input.CopySourceIfModifiedSince,
    ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  })
  requireReadable(row)
  return { bucket, row, versionId }
}

/** The bytes of a source that are copied. @throws ServiceError InvalidRequest for more than are copied at once. */
export function copiedSpan({ row }: CopySource, range: string | undefined): ByteSpan {
  const span = range === undefined ? { start: 0, end: row.size } : parseCopyRange(range, row.size)
  if (span.end - span.start <= LARGEST_COPY) return span
  throw invalidRequest(
    `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_COPY}`,
  )
}

function requireSourceVersion(
  buckets: BucketStore,
  bucket: BucketRow,
  key: string,
  versionId: string | undefined,
): ObjectRow {
  if (versionId !== undefined && buckets.version(bucket.name, key, versionId)?.isDeleteMarker) {
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.')
  }
  try {
    return requireVersion(buckets, bucket, { Key: key, VersionId: versionId }, 'GET')
  } catch (error) {
    // The marker's headers are those of a read.
    if (error instanceof ServiceError && error.code === 'NoSuchKey') throw noSuchKey(key)
    throw error
  }
}

function parseCopySource(source: string): {
  readonly bucketName: string
  readonly key: string
  readonly versionId: string | undefined
} {
  const mark = source.lastIndexOf('?versionId=')
  const versionId = mark < 0 ? undefined : source.slice(mark + '?versionId='.length)
  const path = decoded(mark < 0 ? source : source.slice(0, mark), source).replace(/^\//, '')
  const slash = path.indexOf('/')
  if (slash < 1 || slash === path.length - 1 || path.startsWith('arn:')) throw invalidSource(source)
  return { bucketName: path.slice(0, slash), key: path.slice(slash + 1), versionId }
}

function decoded(text: string, source: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidSource(source)
  }
}

function invalidSource(source: string): ServiceError {
  const message = 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey'
  return invalidArgument(message, 'x-amz-copy-source', source)
}
