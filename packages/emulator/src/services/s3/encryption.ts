import type { BucketStore } from './bucket-store.ts'
import { invalidArgument } from './s3-errors.ts'
import type { BucketRow, ObjectEncryption } from './s3-rows.ts'

/** Kind of a bucket's default encryption. */
export const ENCRYPTION = 'encryption'

/** What a bucket's objects are encrypted with where nobody says. Source: S3 user guide, "Setting default server-side encryption": SSE-S3. */
export const DEFAULT_ENCRYPTION = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
} as const

const ALGORITHMS: ReadonlySet<string> = new Set(['AES256', 'aws:kms', 'aws:kms:dsse'])

interface EncryptionInput {
  readonly ServerSideEncryption?: string | undefined
  readonly SSEKMSKeyId?: string | undefined
  readonly BucketKeyEnabled?: boolean | undefined
}

interface StoredEncryption {
  readonly Rules?: readonly {
    readonly ApplyServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string }
    readonly BucketKeyEnabled?: boolean
  }[]
}

/** How a request has its object encrypted, or else the bucket. @throws ServiceError InvalidArgument. */
export function requestedEncryption(
  { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled }: EncryptionInput,
  bucket: BucketRow,
  buckets: BucketStore,
): ObjectEncryption {
  if (ServerSideEncryption !== undefined && !ALGORITHMS.has(ServerSideEncryption)) {
    throw invalidArgument(
      'The encryption method specified is not supported',
      'x-amz-server-side-encryption',
      ServerSideEncryption,
    )
  }
  const isKms = ServerSideEncryption?.startsWith('aws:kms') === true
  if (SSEKMSKeyId !== undefined && !isKms) {
    const name = 'x-amz-server-side-encryption-aws-kms-key-id'
    const message =
      ServerSideEncryption === undefined
        ? 'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms'
        : 'The header x-amz-server-side-encryption-aws-kms-key-id is not applicable.'
    throw invalidArgument(message, name, SSEKMSKeyId)
  }
  const [rule] = (buckets.configuration<StoredEncryption>(bucket.name, ENCRYPTION) ?? DEFAULT_ENCRYPTION).Rules ?? []
  const standard: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string } =
    rule?.ApplyServerSideEncryptionByDefault ?? {}
  const algorithm = ServerSideEncryption ?? standard.SSEAlgorithm ?? 'AES256'
  if (!algorithm.startsWith('aws:kms')) return { algorithm }
  const isStandard = ServerSideEncryption === undefined || ServerSideEncryption === standard.SSEAlgorithm
  const key = SSEKMSKeyId ?? (isStandard ? standard.KMSMasterKeyID : undefined) ?? 'alias/aws/s3'
  const bucketKeyEnabled = BucketKeyEnabled ?? rule?.BucketKeyEnabled
  return {
    algorithm,
    kmsKeyId: keyArn(key, bucket.region, buckets.accountId),
    ...(bucketKeyEnabled && { bucketKeyEnabled }),
  }
}

/** A key as S3 tells it: by its ARN. */
function keyArn(key: string, region: string, accountId: string): string {
  if (key.startsWith('arn:')) return key
  return `arn:aws:kms:${region}:${accountId}:${key.startsWith('alias/') ? key : `key/${key}`}`
}
