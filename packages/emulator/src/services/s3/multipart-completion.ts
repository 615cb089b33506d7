import type { CompletedPart, CompleteMultipartUploadOutput, CompleteMultipartUploadRequest } from '@aws-sdk/client-s3'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import type { BucketStore } from './bucket-store.ts'
import {
  type Checksum,
  type ChecksumAlgorithm,
  compositeChecksum,
  DEFAULT_CHECKSUM,
  fullObjectChecksum,
  multipartEtag,
} from './checksum.ts'
import { requireUpload } from './multipart-uploads.ts'
import { encryptionMembers } from './object-attributes.ts'
import { originOf } from './object-writes.ts'
import { checkWriteConditions } from './preconditions.ts'
import { CLAIMS, checksumMembers } from './receive-body.ts'
import { invalidRequest, malformedXml } from './s3-errors.ts'
import { type PartRow, partRowKey, type UploadRow } from './s3-rows.ts'

/** Bytes of each part but the last, at the least. Source: S3 user guide, "Amazon S3 multipart upload limits". */
const SMALLEST_PART = 5 * 1024 ** 2

/** The end of an upload in parts: the object whose bytes are theirs. */
export function multipartCompletion(buckets: BucketStore): ServiceOperations {
  const completeMultipartUpload: Operation<CompleteMultipartUploadRequest, CompleteMultipartUploadOutput> = {
    acts: [
      'Bucket',
      'Key',
      'UploadId',
      'MultipartUpload',
      'ExpectedBucketOwner',
      'IfMatch',
      'IfNoneMatch',
      'MpuObjectSize',
      'ChecksumType',
      ...CLAIMS.filter((name) => name !== 'ContentMD5' && name !== 'ChecksumAlgorithm'),
    ],
    ignores: ['RequestPayer'],
    handle: (input, call) => {
      const upload = requireUpload(buckets, input)
      const named = input.MultipartUpload?.Parts ?? []
      if (named.length === 0) throw malformedXml()
      const parts = namedParts(buckets, upload, named)
      const size = parts.reduce((sum, { piece }) => sum + piece.size, 0)
      if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
        throw invalidRequest(
          `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
        )
      }
      const checksum = objectChecksum(upload, parts)
      checkClaim(input, checksum)
      const { name, versioning } = buckets.requireBucket(upload.bucket)
      const { key, attributes } = upload
      checkWriteConditions(buckets.objects(name).current(key), key, input.IfMatch, input.IfNoneMatch)
      const row = buckets.put(
        {
          bucket: name,
          key,
          size,
          etag: multipartEtag(parts.map(({ etag }) => etag)),
          body: parts.map(({ piece }) => piece),
          parts: parts.map(({ number, piece, checksum: own }) => ({ number, size: piece.size, checksum: own })),
          checksum,
          attributes,
        },
        originOf(call, 'CompleteMultipartUpload'),
      )
      buckets.deleteUpload(upload.uploadId)
      return {
        Location: `${call.endpoint}/${name}/${encodeURIComponent(key).replaceAll('%2F', '/')}`,
        Bucket: name,
        Key: key,
        ETag: `"${row.etag}"`,
        ...checksumMembers(checksum),
        ...encryptionMembers(row),
        ...(versioning && { VersionId: row.versionId }),
      }
    },
  }
  return { CompleteMultipartUpload: completeMultipartUpload }
}

/** The parts that a request names. @throws ServiceError InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest. */
function namedParts(buckets: BucketStore, upload: UploadRow, named: readonly CompletedPart[]): readonly PartRow[] {
  let last = 0
  for (const { PartNumber = 0 } of named) {
    if (PartNumber <= last) {
      throw new ServiceError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        { details: { UploadId: upload.uploadId } },
      )
    }
    last = PartNumber
  }
  const parts = named.map((each) => {
    const part = buckets.tables.parts.get(partRowKey(upload.uploadId, each.PartNumber ?? 0))
    if (!part || each.ETag?.replaceAll('"', '') !== part.etag) throw invalidPart(upload, each)
    checkPartChecksum(upload, each, part)
    return part
  })
  for (const { piece, number, etag } of parts.slice(0, -1)) {
    if (piece.size >= SMALLEST_PART) continue
    throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      details: { ProposedSize: piece.size, MinSizeAllowed: SMALLEST_PART, PartNumber: number, ETag: etag },
    })
  }
  return parts
}

function checkPartChecksum(upload: UploadRow, named: CompletedPart, { number, checksum }: PartRow): void {
  const { checksumAlgorithm: algorithm } = upload
  if (!algorithm) return
  const claimed = named[`Checksum${algorithm}`]
  if (claimed === undefined && upload.checksumType === 'COMPOSITE') {
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
    )
  }
  if (claimed !== undefined && claimed !== checksum.value) throw invalidPart(upload, named)
}

function objectChecksum({ checksumAlgorithm, checksumType }: UploadRow, parts: readonly PartRow[]): Checksum {
  const algorithm: ChecksumAlgorithm = checksumAlgorithm ?? DEFAULT_CHECKSUM
  const values = parts.map(({ piece, checksum }) => ({ size: piece.size, value: checksum.value }))
  return checksumType === 'FULL_OBJECT'
    ? { algorithm, type: checksumType, value: fullObjectChecksum(algorithm, values) }
    : {
        algorithm,
        type: checksumType,
        value: compositeChecksum(
          algorithm,
          values.map(({ value }) => value),
        ),
      }
}

/** What the request says of the whole object. @throws ServiceError BadDigest, InvalidRequest. */
function checkClaim(input: CompleteMultipartUploadRequest, checksum: Checksum): void {
  if (input.ChecksumType !== undefined && input.ChecksumType !== checksum.type) {
    throw invalidRequest(
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    )
  }
  const claimed = input[`Checksum${checksum.algorithm}`]
  if (claimed === undefined) return
  // A composite checksum may be given without the number of its parts.
  if (claimed === checksum.value || (checksum.type === 'COMPOSITE' && claimed === checksum.value.split('-')[0])) return
  throw new ServiceError(
    'BadDigest',
    `The ${checksum.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  )
}

function invalidPart({ uploadId }: UploadRow, { PartNumber, ETag }: CompletedPart): ServiceError {
  return new ServiceError(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { details: { UploadId: uploadId, PartNumber: PartNumber ?? '', ETag: ETag?.replaceAll('"', '') ?? '' } },
  )
}
