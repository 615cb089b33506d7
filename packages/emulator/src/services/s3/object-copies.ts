import { createHash } from 'node:crypto'
import type { CopyObjectOutput, CopyObjectRequest } from '@aws-sdk/client-s3'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import type { BucketStore } from './bucket-store.ts'
import { base64, type Checksum, type ChecksumAlgorithm, DEFAULT_CHECKSUM, startChecksum } from './checksum.ts'
import { COPY_SOURCE, type CopySource, copiedSpan, requireCopySource } from './copy-source.ts'
import { encryptionMembers, KEPT_ATTRIBUTES, requestedAttributes, requireKey } from './object-attributes.ts'
import { originOf } from './object-writes.ts'
import { checkWriteConditions } from './preconditions.ts'
import { streamBody } from './read-body.ts'
import { checksumMembers, namedAlgorithm } from './receive-body.ts'
import { invalidArgument, invalidRequest } from './s3-errors.ts'
import type { BucketRow, ObjectAttributes, ObjectRow } from './s3-rows.ts'

/** Objects copied: the bytes stay where they are, and are those of both. */
export function objectCopies(buckets: BucketStore): ServiceOperations {
  const copyObject: Operation<CopyObjectRequest, CopyObjectOutput> = {
    acts: [
      'Bucket',
      'Key',
      'ExpectedBucketOwner',
      'MetadataDirective',
      'TaggingDirective',
      'ChecksumAlgorithm',
      'IfMatch',
      'IfNoneMatch',
      ...COPY_SOURCE,
    ],
    keeps: [...KEPT_ATTRIBUTES],
    ignores: ['RequestPayer'],
    handleAsync: async (input, call) => {
      const key = requireKey(input.Key)
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      requireDirective('x-amz-metadata-directive', input.MetadataDirective)
      requireDirective('x-amz-tagging-directive', input.TaggingDirective)
      const source = requireCopySource(buckets, input)
      copiedSpan(source, undefined)
      refuseCopyToItself(source, input, bucket, key)
      const attributes = copiedAttributes(source.row, input, requestedAttributes(input, bucket, buckets))
      const algorithm = namedAlgorithm(input.ChecksumAlgorithm)
      const release = buckets.references.hold(source.row.body.map(({ blob }) => blob))
      try {
        const { etag, checksum } = await digestsOf(buckets, source.row, algorithm)
        const { body, size } = source.row
        return buckets.store.transact(() => {
          const { name, versioning } = buckets.requireBucket(input.Bucket)
          checkWriteConditions(buckets.objects(name).current(key), key, input.IfMatch, input.IfNoneMatch)
          const copy = { bucket: name, key, size, etag, body, checksum, attributes }
          const row = buckets.put(copy, originOf(call, 'CopyObject'))
          return {
            CopyObjectResult: {
              ETag: `"${row.etag}"`,
              LastModified: new Date(row.modifiedMilliseconds),
              ...checksumMembers(row.checksum),
            },
            ...encryptionMembers(row),
            ...(versioning && { VersionId: row.versionId }),
            ...(source.bucket.versioning && { CopySourceVersionId: source.row.versionId }),
          }
        })
      } finally {
        release()
      }
    },
  }
  return { CopyObject: copyObject }
}

/** The digests that a copy has: those of all bytes, also where the source's are of its parts. */
async function digestsOf(
  buckets: BucketStore,
  { body, size, parts, etag, checksum }: ObjectRow,
  wanted: ChecksumAlgorithm | undefined,
): Promise<{ readonly etag: string; readonly checksum: Checksum }> {
  const algorithm = wanted ?? checksum?.algorithm ?? DEFAULT_CHECKSUM
  if (!parts && checksum?.algorithm === algorithm && checksum.type === 'FULL_OBJECT') return { etag, checksum }
  const md5 = createHash('md5')
  const running = startChecksum(algorithm)
  for await (const bytes of streamBody(buckets.blobs, buckets.references, body, { start: 0, end: size })) {
    md5.update(bytes)
    running.update(bytes)
  }
  return { etag: md5.digest('hex'), checksum: { algorithm, value: base64(running.digest()), type: 'FULL_OBJECT' } }
}

/** What of a source its copy has: what it is, unless replaced; never how it is stored, or who may read it. */
function copiedAttributes(source: ObjectRow, input: CopyObjectRequest, requested: ObjectAttributes): ObjectAttributes {
  const { storageClass, websiteRedirectLocation, encryption, acl } = requested
  const isReplaced = input.MetadataDirective === 'REPLACE'
  const described = isReplaced ? requested : source
  const { contentType, cacheControl, contentDisposition, contentEncoding, contentLanguage, expiresMilliseconds } =
    described
  return {
    ...(contentType !== undefined && { contentType }),
    ...(cacheControl !== undefined && { cacheControl }),
    ...(contentDisposition !== undefined && { contentDisposition }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(contentLanguage !== undefined && { contentLanguage }),
    ...(expiresMilliseconds !== undefined && { expiresMilliseconds }),
    ...(storageClass !== undefined && { storageClass }),
    ...(websiteRedirectLocation !== undefined && { websiteRedirectLocation }),
    metadata: described.metadata,
    tags: input.TaggingDirective === 'REPLACE' ? requested.tags : source.tags,
    encryption,
    acl,
  }
}

/** Source: S3 API reference, CopyObject, and S3's answer. @throws ServiceError InvalidRequest. */
function refuseCopyToItself(source: CopySource, input: CopyObjectRequest, bucket: BucketRow, key: string): void {
  const { MetadataDirective, StorageClass, ServerSideEncryption, WebsiteRedirectLocation } = input
  if (source.row.bucket !== bucket.name || source.row.key !== key) return
  if (source.versionId !== undefined || MetadataDirective === 'REPLACE') return
  if (ServerSideEncryption !== undefined || WebsiteRedirectLocation !== undefined) return
  if (StorageClass !== undefined && StorageClass !== (source.row.storageClass ?? 'STANDARD')) return
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )
}

function requireDirective(header: string, directive: string | undefined): void {
  if (directive === undefined || directive === 'COPY' || directive === 'REPLACE') return
  throw invalidArgument(`Unknown ${header.includes('metadata') ? 'metadata' : 'tagging'} directive.`, header, directive)
}
