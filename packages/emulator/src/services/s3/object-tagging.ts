import type {
  DeleteObjectTaggingOutput,
  DeleteObjectTaggingRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectTaggingOutput,
  PutObjectTaggingRequest,
} from '@aws-sdk/client-s3'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import type { BucketStore } from './bucket-store.ts'
import { requireVersion } from './object-reads.ts'
import { originOf } from './object-writes.ts'
import { objectTags, tagMembers } from './tag-set.ts'

/** Tags of objects. */
export function objectTagging(buckets: BucketStore): ServiceOperations {
  const putObjectTagging: Operation<PutObjectTaggingRequest, PutObjectTaggingOutput> = {
    acts: ['Bucket', 'Key', 'VersionId', 'Tagging', 'ExpectedBucketOwner'],
    ignores: ['ContentMD5', 'ChecksumAlgorithm', 'RequestPayer'],
    handle: (input, call) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const row = requireVersion(buckets, bucket, input, 'PUT')
      buckets.replace({ ...row, tags: objectTags(input.Tagging?.TagSet ?? []) })
      buckets.emit(
        'Object Tags Added',
        bucket,
        { key: row.key, etag: row.etag, versionId: row.versionId },
        originOf(call),
      )
      return bucket.versioning ? { VersionId: row.versionId } : {}
    },
  }
  const getObjectTagging: Operation<GetObjectTaggingRequest, GetObjectTaggingOutput> = {
    acts: ['Bucket', 'Key', 'VersionId', 'ExpectedBucketOwner'],
    ignores: ['RequestPayer'],
    handle: (input) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const row = requireVersion(buckets, bucket, input, 'GET')
      return { TagSet: tagMembers(row.tags), ...(bucket.versioning && { VersionId: row.versionId }) }
    },
  }
  const deleteObjectTagging: Operation<DeleteObjectTaggingRequest, DeleteObjectTaggingOutput> = {
    acts: ['Bucket', 'Key', 'VersionId', 'ExpectedBucketOwner'],
    handle: (input, call) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const row = requireVersion(buckets, bucket, input, 'DELETE')
      buckets.replace({ ...row, tags: [] })
      const object = { key: row.key, etag: row.etag, versionId: row.versionId }
      buckets.emit('Object Tags Deleted', bucket, object, originOf(call))
      return bucket.versioning ? { VersionId: row.versionId } : {}
    },
  }
  return {
    PutObjectTagging: putObjectTagging,
    GetObjectTagging: getObjectTagging,
    DeleteObjectTagging: deleteObjectTagging,
  }
}
