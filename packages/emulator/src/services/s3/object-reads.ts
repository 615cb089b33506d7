import type {
  GetObjectAttributesOutput,
  GetObjectAttributesRequest,
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
} from '@aws-sdk/client-s3'
import type { Call, Operation, ServiceOperations } from '../../operation/operation.ts'
import type { ByteSpan } from '../../state/blob-store.ts'
import { ServiceError } from '../../wire/service-error.ts'
import type { BucketStore } from './bucket-store.ts'
import { parseRange } from './byte-range.ts'
import { attributeMembers, requireKey, requireReadable } from './object-attributes.ts'
import { checkReadConditions } from './preconditions.ts'
import { readBody } from './read-body.ts'
import { checksumMembers } from './receive-body.ts'
import { invalidArgument, invalidRequest, methodNotAllowed, noSuchKey, noSuchVersion } from './s3-errors.ts'
import type { BucketRow, ObjectRow } from './s3-rows.ts'

/** Members by which a read is told, besides its conditions. */
const READ_MEMBERS = [
  'Bucket',
  'Key',
  'VersionId',
  'ExpectedBucketOwner',
  'IfMatch',
  'IfNoneMatch',
  'IfModifiedSince',
  'IfUnmodifiedSince',
  'Range',
  'PartNumber',
  'ChecksumMode',
  'ResponseCacheControl',
  'ResponseContentDisposition',
  'ResponseContentEncoding',
  'ResponseContentLanguage',
  'ResponseContentType',
  'ResponseExpires',
] as const

/** Objects read. */
export function objectReads(buckets: BucketStore): ServiceOperations {
  const getObject: Operation<GetObjectRequest, GetObjectOutput> = {
    acts: [...READ_MEMBERS],
    ignores: ['RequestPayer'],
    handleAsync: async (input, call) => {
      const { row, span, members } = find(buckets, input, call)
      requireReadable(row)
      const Body = await readBody(buckets.blobs, buckets.references, row.body, span)
      return { ...members, Body: Body as never }
    },
  }
  const headObject: Operation<HeadObjectRequest, HeadObjectOutput> = {
    acts: [...READ_MEMBERS],
    ignores: ['RequestPayer'],
    handle: (input, call) => find(buckets, input, call).members,
  }
  const getObjectAttributes: Operation<GetObjectAttributesRequest, GetObjectAttributesOutput> = {
    acts: ['Bucket', 'Key', 'VersionId', 'ObjectAttributes', 'MaxParts', 'PartNumberMarker', 'ExpectedBucketOwner'],
    ignores: ['RequestPayer'],
    handle: (input) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const row = requireVersion(buckets, bucket, input, 'GET')
      const wanted = new Set<string>(input.ObjectAttributes)
      const { checksum } = row
      return {
        LastModified: new Date(row.modifiedMilliseconds),
        ...(bucket.versioning && { VersionId: row.versionId }),
        ...(wanted.has('ETag') && { ETag: row.etag }),
        ...(wanted.has('Checksum') && checksum && { Checksum: checksumMembers(checksum) }),
        ...(wanted.has('ObjectParts') && row.parts && { ObjectParts: partMembers(row, input) }),
        ...(wanted.has('StorageClass') && { StorageClass: (row.storageClass ?? 'STANDARD') as never }),
        ...(wanted.has('ObjectSize') && { ObjectSize: row.size }),
      }
    },
  }
  return { GetObject: getObject, HeadObject: headObject, GetObjectAttributes: getObjectAttributes }
}

/** What names a version of an object. */
export interface VersionAddress {
  readonly Key?: string | undefined
  readonly VersionId?: string | undefined
}

/**
 * The version that a request is for: the latest, or the one with its id.
 * @throws ServiceError NoSuchKey, NoSuchVersion, and what S3 answers for delete markers: NoSuchKey, or MethodNotAllowed where it is named.
 */
export function requireVersion(
  buckets: BucketStore,
  { name }: Pick<BucketRow, 'name'>,
  { Key, VersionId }: VersionAddress,
  method: string,
): ObjectRow {
  const key = requireKey(Key)
  if (VersionId !== undefined) {
    const version = buckets.version(name, key, VersionId)
    if (!version) throw noSuchVersion(key, VersionId)
    if (!version.isDeleteMarker) return version
    throw methodNotAllowed(method, {
      allow: 'DELETE',
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': version.versionId,
      'last-modified': new Date(version.modifiedMilliseconds).toUTCString(),
    })
  }
  const latest = buckets.objects(name).versions(key)[0]
  if (!latest) throw noSuchKey(key)
  if (!latest.isDeleteMarker) return latest
  throw noSuchKey(key, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': latest.versionId })
}

interface Found {
  readonly row: ObjectRow
  readonly span: ByteSpan
  readonly members: HeadObjectOutput
}

function find(buckets: BucketStore, input: HeadObjectRequest, call: Call): Found {
  const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
  const row = requireVersion(buckets, bucket, input, 'GET')
  checkReadConditions(row, {
    ifMatch: input.IfMatch,
    ifNoneMatch: input.IfNoneMatch,
    ifModifiedSince: input.IfModifiedSince,
    ifUnmodifiedSince: input.IfUnmodifiedSince,
  })
  const overrides = overridesOf(input)
  if (Object.keys(overrides).length > 0 && call.accessKeyId === undefined) {
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.')
  }
  const span = spanOf(input, row)
  const { start, end } = span ?? { start: 0, end: row.size }
  const isWhole = span === undefined
  const members = {
    ...attributeMembers(row),
    AcceptRanges: 'bytes',
    ETag: `"${row.etag}"`,
    LastModified: new Date(row.modifiedMilliseconds),
    ContentLength: end - start,
    ...(bucket.versioning && { VersionId: row.versionId }),
    ...(!isWhole && { ContentRange: `bytes ${start}-${end - 1}/${row.size}` }),
    ...(input.PartNumber !== undefined && row.parts && { PartsCount: row.parts.length }),
    ...(input.ChecksumMode === 'ENABLED' && isWhole && checksumMembers(row.checksum)),
    ...overrides,
  }
  return { row, span: { start, end }, members: members as HeadObjectOutput }
}

/** The bytes that are asked for by range or part; undefined for all. */
function spanOf({ Range, PartNumber }: HeadObjectRequest, row: ObjectRow): ByteSpan | undefined {
  if (PartNumber === undefined) return Range === undefined ? undefined : parseRange(Range, row.size)
  if (Range !== undefined) throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
  if (!Number.isInteger(PartNumber) || PartNumber < 1 || PartNumber > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', PartNumber)
  }
  // An object that was not uploaded in parts is its only one.
  const sizes = row.parts?.map(({ size }) => size) ?? [row.size]
  const size = sizes[PartNumber - 1]
  if (size === undefined) {
    throw new ServiceError('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      status: 416,
      details: { PartNumberRequested: PartNumber, ActualPartCount: sizes.length },
    })
  }
  const start = sizes.slice(0, PartNumber - 1).reduce((sum, each) => sum + each, 0)
  return row.size === 0 ? undefined : { start, end: start + size }
}

function overridesOf(input: HeadObjectRequest): Readonly<Record<string, unknown>> {
  const overrides = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: input.ResponseExpires,
  }
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
}

function partMembers(
  { parts = [], checksum }: ObjectRow,
  { MaxParts = 1000, PartNumberMarker = '0' }: GetObjectAttributesRequest,
): Required<GetObjectAttributesOutput>['ObjectParts'] {
  const after = Number(PartNumberMarker)
  const rest = parts.filter(({ number }) => number > after)
  const page = rest.slice(0, Math.min(MaxParts, 1000))
  const isTruncated = page.length < rest.length
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker,
    MaxParts,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextPartNumberMarker: String(page.at(-1)?.number ?? after) }),
    // Parts are told where they have checksums of their own.
    ...(checksum?.type === 'COMPOSITE' && {
      Parts: page.map((part) => ({
        PartNumber: part.number,
        Size: part.size,
        ...(part.checksum && { [`Checksum${part.checksum.algorithm}`]: part.checksum.value }),
      })),
    }),
  }
}
