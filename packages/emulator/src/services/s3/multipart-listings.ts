import type {
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
} from '@aws-sdk/client-s3'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ownerOf } from './access-control.ts'
import { type BucketStore, LARGEST_PART_NUMBER } from './bucket-store.ts'
import { keyEncoder, listEntries, pageSize } from './key-listing.ts'
import { requireUpload } from './multipart-uploads.ts'
import { invalidArgument } from './s3-errors.ts'
import { type PartRow, partRowKey, type UploadRow } from './s3-rows.ts'
import { SortedKeys } from './sorted-keys.ts'

/** Uploads under way, and their parts, listed. */
export function multipartListings(buckets: BucketStore): ServiceOperations {
  const owner = ownerOf(buckets.accountId)
  const listParts: Operation<ListPartsRequest, ListPartsOutput> = {
    acts: ['Bucket', 'Key', 'UploadId', 'MaxParts', 'PartNumberMarker', 'ExpectedBucketOwner'],
    ignores: ['RequestPayer'],
    handle: (input) => {
      const upload = requireUpload(buckets, input)
      const max = pageSize(input.MaxParts, 'max-parts')
      const after = Number(input.PartNumberMarker ?? 0)
      if (!Number.isInteger(after) || after < 0) {
        const message = 'Argument part-number-marker must be an integer between 0 and 2147483647'
        throw invalidArgument(message, 'part-number-marker', input.PartNumberMarker)
      }
      const found: PartRow[] = []
      for (let number = after + 1; number <= LARGEST_PART_NUMBER && found.length <= max; number += 1) {
        const part = buckets.tables.parts.get(partRowKey(upload.uploadId, number))
        if (part) found.push(part)
      }
      const parts = found.slice(0, max)
      const isTruncated = found.length > max && max > 0
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        PartNumberMarker: String(after),
        NextPartNumberMarker: String(parts.at(-1)?.number ?? 0),
        MaxParts: max,
        IsTruncated: isTruncated,
        ...checksumMembers(upload),
        Parts: parts.map(({ number, piece, etag, modifiedMilliseconds, checksum }) => ({
          PartNumber: number,
          LastModified: new Date(modifiedMilliseconds),
          ETag: `"${etag}"`,
          Size: piece.size,
          [`Checksum${checksum.algorithm}`]: checksum.value,
        })),
        Initiator: owner,
        Owner: owner,
        StorageClass: (upload.attributes.storageClass ?? 'STANDARD') as never,
      }
    },
  }
  const listMultipartUploads: Operation<ListMultipartUploadsRequest, ListMultipartUploadsOutput> = {
    acts: [
      'Bucket',
      'Delimiter',
      'EncodingType',
      'KeyMarker',
      'MaxUploads',
      'Prefix',
      'UploadIdMarker',
      'ExpectedBucketOwner',
    ],
    ignores: ['RequestPayer'],
    handle: (input) => {
      const { name } = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const { EncodingType, KeyMarker = '', Prefix = '', Delimiter = '' } = input
      // Without a key, S3 passes over the upload's marker.
      const UploadIdMarker = KeyMarker === '' ? '' : (input.UploadIdMarker ?? '')
      const encode = keyEncoder(EncodingType)
      const max = pageSize(input.MaxUploads, 'max-uploads')
      const { keys, byKey } = uploadsOf(buckets, name)
      const uploads: UploadRow[] = []
      const prefixes: string[] = []
      let last: { readonly key: string; readonly uploadId: string } | undefined
      let isTruncated = false
      const range = { prefix: Prefix, delimiter: Delimiter, after: KeyMarker, isInclusive: UploadIdMarker !== '' }
      for (const entry of max === 0 ? [] : listEntries(keys, range, () => true)) {
        const own = entry.kind === 'key' ? (byKey.get(entry.key) ?? []) : [undefined]
        const isResumed = entry.kind === 'key' && entry.key === KeyMarker
        const from = isResumed ? own.findIndex((upload) => upload?.uploadId === UploadIdMarker) + 1 : 0
        for (const upload of own.slice(from)) {
          isTruncated = uploads.length + prefixes.length === max
          if (isTruncated) break
          if (upload) uploads.push(upload)
          else if (entry.kind === 'prefix') prefixes.push(entry.prefix)
          last = { key: upload?.key ?? (entry.kind === 'prefix' ? entry.prefix : ''), uploadId: upload?.uploadId ?? '' }
        }
        if (isTruncated) break
      }
      return {
        Bucket: name,
        Prefix: encode(Prefix),
        KeyMarker: encode(KeyMarker),
        UploadIdMarker,
        MaxUploads: max,
        IsTruncated: isTruncated,
        ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
        ...(isTruncated && last && { NextKeyMarker: encode(last.key), NextUploadIdMarker: last.uploadId }),
        ...(EncodingType && { EncodingType }),
        Uploads: uploads.map((upload) => ({
          UploadId: upload.uploadId,
          Key: encode(upload.key),
          Initiated: new Date(upload.initiatedMilliseconds),
          StorageClass: (upload.attributes.storageClass ?? 'STANDARD') as never,
          Owner: owner,
          Initiator: owner,
          ...checksumMembers(upload),
        })),
        CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      }
    },
  }
  return { ListParts: listParts, ListMultipartUploads: listMultipartUploads }
}

/** A bucket's uploads by their keys, those of a key in the order in which they began. */
function uploadsOf(
  buckets: BucketStore,
  bucket: string,
): { readonly keys: SortedKeys; readonly byKey: ReadonlyMap<string, readonly UploadRow[]> } {
  const keys = new SortedKeys()
  const byKey = new Map<string, UploadRow[]>()
  for (const upload of buckets.tables.uploads.values()) {
    if (upload.bucket !== bucket) continue
    const own = byKey.get(upload.key)
    if (own) own.push(upload)
    else {
      keys.add(upload.key)
      byKey.set(upload.key, [upload])
    }
  }
  for (const own of byKey.values()) own.sort((one, other) => one.initiatedMilliseconds - other.initiatedMilliseconds)
  return { keys, byKey }
}

function checksumMembers({ checksumAlgorithm, checksumType }: UploadRow): object {
  return checksumAlgorithm ? { ChecksumAlgorithm: checksumAlgorithm, ChecksumType: checksumType } : {}
}
