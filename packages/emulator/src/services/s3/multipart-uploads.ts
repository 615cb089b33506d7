import type {
  AbortMultipartUploadOutput,
  AbortMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { type BucketStore, LARGEST_PART_NUMBER } from './bucket-store.ts'
import { canBeFullObject, DEFAULT_CHECKSUM } from './checksum.ts'
import { COPY_SOURCE, copiedSpan, requireCopySource } from './copy-source.ts'
import { encryptionMembers, KEPT_ATTRIBUTES, requestedAttributes, requireKey } from './object-attributes.ts'
import { keeping } from './object-writes.ts'
import { streamBody } from './read-body.ts'
import {
  CLAIMS,
  checksumMembers,
  namedAlgorithm,
  type ReceivedBody,
  receiveBody,
  uploadBody,
  type WantedChecksum,
} from './receive-body.ts'
import { invalidArgument, invalidRequest, noSuchUpload, preconditionFailed } from './s3-errors.ts'
import { partRowKey, type UploadRow } from './s3-rows.ts'

/** Uploads in parts: begun, their parts uploaded or copied, given up. */
export function multipartUploads(buckets: BucketStore): ServiceOperations {
  const createMultipartUpload: Operation<CreateMultipartUploadRequest, CreateMultipartUploadOutput> = {
    acts: ['Bucket', 'Key', 'ExpectedBucketOwner', 'ChecksumAlgorithm', 'ChecksumType'],
    keeps: [...KEPT_ATTRIBUTES],
    ignores: ['RequestPayer'],
    handle: (input, call) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const key = requireKey(input.Key)
      const checksum = uploadChecksum(input)
      const uploadId = buckets.ids.hex('s3-upload', 64)
      const row: UploadRow = {
        uploadId,
        bucket: bucket.name,
        key,
        initiatedMilliseconds: Math.floor(call.nowMilliseconds / 1000) * 1000,
        attributes: requestedAttributes(input, bucket, buckets),
        ...checksum,
      }
      buckets.tables.uploads.put(uploadId, row)
      return {
        Bucket: bucket.name,
        Key: key,
        UploadId: uploadId,
        ...encryptionMembers(row.attributes),
        ...(row.checksumAlgorithm && { ChecksumAlgorithm: row.checksumAlgorithm, ChecksumType: row.checksumType }),
      }
    },
  }
  const uploadPart: Operation<UploadPartRequest, UploadPartOutput> = {
    acts: ['Bucket', 'Key', 'PartNumber', 'UploadId', 'Body', 'ContentLength', 'ExpectedBucketOwner', ...CLAIMS],
    ignores: ['RequestPayer'],
    handleAsync: async (input, call) => {
      requirePartNumber(input.PartNumber)
      const upload = requireUpload(buckets, input)
      const received = await receiveBody(buckets.blobs, uploadBody(input.Body), input, wantedOf(upload))
      await keepPart(buckets, input, received, call.nowMilliseconds)
      const { [`Checksum${received.checksum.algorithm}`]: value } = checksumMembers(received.checksum)
      return {
        ETag: `"${received.md5}"`,
        [`Checksum${received.checksum.algorithm}`]: value,
        ...encryptionMembers(upload.attributes),
      }
    },
  }
  const uploadPartCopy: Operation<UploadPartCopyRequest, UploadPartCopyOutput> = {
    acts: ['Bucket', 'Key', 'PartNumber', 'UploadId', 'CopySourceRange', 'ExpectedBucketOwner', ...COPY_SOURCE],
    ignores: ['RequestPayer'],
    handleAsync: async (input, call) => {
      requirePartNumber(input.PartNumber)
      const upload = requireUpload(buckets, input)
      const source = requireCopySource(buckets, input)
      const span = copiedSpan(source, input.CopySourceRange)
      const content = streamBody(buckets.blobs, buckets.references, source.row.body, span)
      const received = await receiveBody(buckets.blobs, content, {}, wantedOf(upload))
      const modified = await keepPart(buckets, input, received, call.nowMilliseconds)
      return {
        CopyPartResult: {
          ETag: `"${received.md5}"`,
          LastModified: new Date(modified),
          [`Checksum${received.checksum.algorithm}`]: received.checksum.value,
        },
        ...(source.bucket.versioning && { CopySourceVersionId: source.row.versionId }),
        ...encryptionMembers(upload.attributes),
      }
    },
  }
  const abortMultipartUpload: Operation<AbortMultipartUploadRequest, AbortMultipartUploadOutput> = {
    acts: ['Bucket', 'Key', 'UploadId', 'ExpectedBucketOwner', 'IfMatchInitiatedTime'],
    ignores: ['RequestPayer'],
    handle: (input) => {
      const upload = requireUpload(buckets, input)
      const { IfMatchInitiatedTime: initiated } = input
      if (initiated && Math.floor(initiated.getTime() / 1000) * 1000 !== upload.initiatedMilliseconds) {
        throw preconditionFailed('x-amz-if-match-initiated-time')
      }
      buckets.deleteUpload(upload.uploadId)
      return {}
    },
  }
  return {
    CreateMultipartUpload: createMultipartUpload,
    UploadPart: uploadPart,
    UploadPartCopy: uploadPartCopy,
    AbortMultipartUpload: abortMultipartUpload,
  }
}

/** What names an upload. */
export interface UploadAddress {
  readonly Bucket: string | undefined
  readonly Key: string | undefined
  readonly UploadId: string | undefined
  readonly ExpectedBucketOwner?: string | undefined
}

/** The upload that a request is for. @throws ServiceError NoSuchUpload. */
export function requireUpload(
  buckets: BucketStore,
  { Bucket, Key, UploadId = '', ExpectedBucketOwner }: UploadAddress,
): UploadRow {
  buckets.requireBucket(Bucket, ExpectedBucketOwner)
  const upload = buckets.tables.uploads.get(UploadId)
  if (!upload || upload.bucket !== Bucket || upload.key !== Key) throw noSuchUpload(UploadId)
  return upload
}

/** The time of the part. */
async function keepPart(
  buckets: BucketStore,
  input: UploadAddress & { readonly PartNumber: number | undefined },
  { piece, md5, checksum }: ReceivedBody,
  nowMilliseconds: number,
): Promise<number> {
  const number = input.PartNumber ?? 0
  const modifiedMilliseconds = Math.floor(nowMilliseconds / 1000) * 1000
  await keeping(buckets, piece.blob, () => {
    // It may have been completed or given up while the bytes came.
    const { uploadId } = requireUpload(buckets, input)
    const row = { uploadId, number, piece, etag: md5, modifiedMilliseconds, checksum }
    buckets.tables.parts.put(partRowKey(uploadId, number), row)
  })
  return modifiedMilliseconds
}

/** Of an upload without an algorithm, S3 keeps its own checksum, whatever comes with the parts. */
function wantedOf({ checksumAlgorithm }: UploadRow): WantedChecksum {
  return checksumAlgorithm ? { only: checksumAlgorithm } : { kept: DEFAULT_CHECKSUM }
}

function requirePartNumber(number: number | undefined): void {
  if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= LARGEST_PART_NUMBER) return
  const message = `Part number must be an integer between 1 and ${LARGEST_PART_NUMBER}, inclusive`
  throw invalidArgument(message, 'partNumber', number)
}

/** Source: S3 user guide, "Checking object integrity for data uploads", full object and composite checksums. */
function uploadChecksum({
  ChecksumAlgorithm,
  ChecksumType,
}: CreateMultipartUploadRequest): Pick<UploadRow, 'checksumAlgorithm' | 'checksumType'> {
  const algorithm = namedAlgorithm(ChecksumAlgorithm)
  if (!algorithm) {
    if (ChecksumType === undefined) return { checksumType: 'FULL_OBJECT' }
    throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
  }
  const type = ChecksumType ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  if (type !== 'FULL_OBJECT' && type !== 'COMPOSITE') {
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.')
  }
  const isPossible = type === 'FULL_OBJECT' ? canBeFullObject(algorithm) : algorithm !== 'CRC64NVME'
  if (!isPossible) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  }
  return { checksumAlgorithm: algorithm, checksumType: type }
}
