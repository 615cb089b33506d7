import type {
  AccessControlPolicy,
  GetBucketAclOutput,
  GetBucketAclRequest,
  GetObjectAclOutput,
  GetObjectAclRequest,
  PutBucketAclRequest,
  PutObjectAclRequest,
} from '@aws-sdk/client-s3'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import type { StateValue } from '../../state/table.ts'
import { grantsOf, ownerOf, requestedAcl, requireAcls } from './access-control.ts'
import type { BucketStore } from './bucket-store.ts'
import { requireVersion } from './object-reads.ts'
import { originOf } from './object-writes.ts'
import { invalidRequest, malformedXml } from './s3-errors.ts'
import type { AclRow, BucketRow } from './s3-rows.ts'

/** Access control lists: kept and told again; whoever calls is the owner, and may everything. */
export function aclOperations(buckets: BucketStore): ServiceOperations {
  const Owner = ownerOf(buckets.accountId)
  const putBucketAcl: Operation<PutBucketAclRequest, object> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    keeps: ['ACL', 'AccessControlPolicy'],
    ignores: ['ContentMD5', 'ChecksumAlgorithm'],
    handle: (input) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const acl = aclOf(input, bucket)
      buckets.tables.buckets.put(bucket.name, { ...bucket, acl })
      return {}
    },
  }
  const getBucketAcl: Operation<GetBucketAclRequest, GetBucketAclOutput> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    handle: (input) => {
      const { acl } = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      return { Owner, Grants: grantsOf(acl, buckets.accountId) as never }
    },
  }
  const putObjectAcl: Operation<PutObjectAclRequest, object> = {
    acts: ['Bucket', 'Key', 'VersionId', 'ExpectedBucketOwner'],
    keeps: ['ACL', 'AccessControlPolicy'],
    ignores: ['ContentMD5', 'ChecksumAlgorithm', 'RequestPayer'],
    handle: (input, call) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const row = requireVersion(buckets, bucket, input, 'PUT')
      buckets.replace({ ...row, acl: aclOf(input, bucket) })
      const object = { key: row.key, etag: row.etag, versionId: row.versionId }
      buckets.emit('Object ACL Updated', bucket, object, originOf(call))
      return {}
    },
  }
  const getObjectAcl: Operation<GetObjectAclRequest, GetObjectAclOutput> = {
    acts: ['Bucket', 'Key', 'VersionId', 'ExpectedBucketOwner'],
    ignores: ['RequestPayer'],
    handle: (input) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const { acl } = requireVersion(buckets, bucket, input, 'GET')
      return { Owner, Grants: grantsOf(acl, buckets.accountId) as never }
    },
  }
  return {
    PutBucketAcl: putBucketAcl,
    GetBucketAcl: getBucketAcl,
    PutObjectAcl: putObjectAcl,
    GetObjectAcl: getObjectAcl,
  }
}

interface AclInput {
  readonly ACL?: string | undefined
  readonly AccessControlPolicy?: AccessControlPolicy | undefined
}

function aclOf({ ACL, AccessControlPolicy: policy }: AclInput, bucket: BucketRow): AclRow {
  if (ACL !== undefined && policy) throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed')
  if (!policy) {
    if (ACL === undefined) {
      throw invalidRequest(
        'Your request was missing a required header: x-amz-acl, or an access control policy in the body',
      )
    }
    return requestedAcl(ACL, bucket)
  }
  if (!policy.Grants) throw malformedXml()
  requireAcls(bucket, false)
  return { grants: JSON.parse(JSON.stringify(policy.Grants)) as StateValue[] }
}
