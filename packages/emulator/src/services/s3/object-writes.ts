import type {
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  PutObjectOutput,
  PutObjectRequest,
} from '@aws-sdk/client-s3'
import type { Call, Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { type BucketStore, type Deletion, requireVersionId } from './bucket-store.ts'
import { encryptionMembers, KEPT_ATTRIBUTES, requestedAttributes, requireKey } from './object-attributes.ts'
import type { EventOrigin } from './object-event.ts'
import { checkWriteConditions, isMatch } from './preconditions.ts'
import { CLAIMS, checksumMembers, receiveBody, uploadBody } from './receive-body.ts'
import { malformedXml, preconditionFailed } from './s3-errors.ts'
import type { BucketRow, ObjectRow } from './s3-rows.ts'

/** Source: S3 API reference, DeleteObjects. */
const MOST_DELETED_AT_ONCE = 1000

/** Objects put and deleted. */
export function objectWrites(buckets: BucketStore): ServiceOperations {
  const putObject: Operation<PutObjectRequest, PutObjectOutput> = {
    acts: ['Bucket', 'Key', 'Body', 'ContentLength', 'ExpectedBucketOwner', 'IfMatch', 'IfNoneMatch', ...CLAIMS],
    keeps: [...KEPT_ATTRIBUTES],
    ignores: ['RequestPayer'],
    handleAsync: async (input, call) => {
      const key = requireKey(input.Key)
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const attributes = requestedAttributes(input, bucket, buckets)
      const { piece, md5, checksum } = await receiveBody(buckets.blobs, uploadBody(input.Body), input)
      return await keeping(buckets, piece.blob, () => {
        const { name, versioning } = buckets.requireBucket(input.Bucket)
        checkWriteConditions(buckets.objects(name).current(key), key, input.IfMatch, input.IfNoneMatch)
        const row = buckets.put(
          { bucket: name, key, size: piece.size, etag: md5, body: [piece], checksum, attributes },
          originOf(call, 'PutObject'),
        )
        return {
          ETag: `"${row.etag}"`,
          ...checksumMembers(row.checksum),
          ...encryptionMembers(row),
          ...(versioning && { VersionId: row.versionId }),
        }
      })
    },
  }
  const deleteObject: Operation<DeleteObjectRequest, DeleteObjectOutput> = {
    acts: ['Bucket', 'Key', 'VersionId', 'ExpectedBucketOwner', 'IfMatch', 'IfMatchLastModifiedTime', 'IfMatchSize'],
    ignores: ['RequestPayer', 'MFA', 'BypassGovernanceRetention'],
    handle: (input, call) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const key = requireKey(input.Key)
      const { IfMatch: etag, IfMatchLastModifiedTime: modified, IfMatchSize: size, VersionId: versionId } = input
      checkDeleteConditions(buckets, bucket, { key, versionId, etag, modified, size })
      const deletion = buckets.delete(bucket, key, versionId, originOf(call, 'DeleteObject'))
      return {
        ...(deletion.versionId !== undefined && { VersionId: deletion.versionId }),
        ...(deletion.isDeleteMarker && { DeleteMarker: true }),
      }
    },
  }
  const deleteObjects: Operation<DeleteObjectsRequest, DeleteObjectsOutput> = {
    acts: ['Bucket', 'Delete', 'ExpectedBucketOwner'],
    ignores: ['RequestPayer', 'MFA', 'BypassGovernanceRetention', 'ChecksumAlgorithm'],
    // Each object is deleted, or is not, for itself.
    handleAsync: async ({ Bucket, Delete, ExpectedBucketOwner }, call) => {
      buckets.requireBucket(Bucket, ExpectedBucketOwner)
      const objects = Delete?.Objects ?? []
      if (objects.length === 0 || objects.length > MOST_DELETED_AT_ONCE) throw malformedXml()
      const Deleted: Required<DeleteObjectsOutput>['Deleted'] = []
      const Errors: Required<DeleteObjectsOutput>['Errors'] = []
      for (const { Key, VersionId, ETag, LastModifiedTime, Size } of objects) {
        const named = { Key: Key ?? '', ...(VersionId !== undefined && { VersionId }) }
        try {
          const key = requireKey(Key)
          const deletion = buckets.store.transact(() => {
            const bucket = buckets.requireBucket(Bucket)
            const conditions = { key, versionId: VersionId, etag: ETag, modified: LastModifiedTime, size: Size }
            checkDeleteConditions(buckets, bucket, conditions)
            return buckets.delete(bucket, key, VersionId, originOf(call, 'DeleteObject'))
          })
          if (!Delete?.Quiet) Deleted.push({ ...named, ...markerMembers(deletion, VersionId) })
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error
          Errors.push({ ...named, Code: error.code, Message: error.message })
        }
      }
      return { ...(Deleted.length > 0 && { Deleted }), ...(Errors.length > 0 && { Errors }) }
    },
  }
  return { PutObject: putObject, DeleteObject: deleteObject, DeleteObjects: deleteObjects }
}

/** Who makes an event by a call. */
export function originOf({ requestId, accountId, nowMilliseconds }: Call, reason?: string): EventOrigin {
  return { requestId, requester: accountId, nowMilliseconds, ...(reason !== undefined && { reason }) }
}

/** Commits what makes use of a blob that was just written; where that is refused, the blob is forgotten. */
export async function keeping<Result>(buckets: BucketStore, blob: string, commit: () => Result): Promise<Result> {
  try {
    return buckets.store.transact(commit)
  } catch (error) {
    await buckets.references.discard(blob)
    throw error
  }
}

interface DeleteConditions {
  readonly key: string
  readonly versionId: string | undefined
  readonly etag: string | undefined
  readonly modified: Date | undefined
  readonly size: number | undefined
}

/** Source: S3 user guide, "Conditional deletes". @throws ServiceError PreconditionFailed. */
function checkDeleteConditions(
  buckets: BucketStore,
  { name }: BucketRow,
  { key, versionId, etag, modified, size }: DeleteConditions,
): void {
  if (versionId !== undefined) requireVersionId(versionId)
  if (etag === undefined && modified === undefined && size === undefined) return
  const version = versionId === undefined ? buckets.objects(name).current(key) : buckets.version(name, key, versionId)
  const object: ObjectRow | undefined = version?.isDeleteMarker ? undefined : version
  if (!object) {
    if (etag !== undefined) throw preconditionFailed('If-Match')
    return
  }
  if (etag !== undefined && !isMatch(etag, object.etag)) throw preconditionFailed('If-Match')
  if (modified && Math.floor(modified.getTime() / 1000) * 1000 !== object.modifiedMilliseconds) {
    throw preconditionFailed('x-amz-if-match-last-modified-time')
  }
  if (size !== undefined && size !== object.size) throw preconditionFailed('x-amz-if-match-size')
}

function markerMembers(
  { versionId, isDeleteMarker }: Deletion,
  asked: string | undefined,
): { readonly DeleteMarker?: boolean; readonly DeleteMarkerVersionId?: string } {
  if (!isDeleteMarker || versionId === undefined) return {}
  return { DeleteMarker: true, DeleteMarkerVersionId: asked ?? versionId }
}
