import type {
  _Object,
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
} from '@aws-sdk/client-s3'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ownerOf } from './access-control.ts'
import type { BucketStore } from './bucket-store.ts'
import { keyEncoder, type ListingEntry, type ListingRange, listEntries, pageSize } from './key-listing.ts'
import type { ObjectIndex, Version } from './object-index.ts'
import { invalidArgument } from './s3-errors.ts'
import type { ObjectRow } from './s3-rows.ts'

/** Objects and their versions listed. */
export function objectListings(buckets: BucketStore): ServiceOperations {
  const owner = ownerOf(buckets.accountId)
  const listObjects: Operation<ListObjectsRequest, ListObjectsOutput> = {
    acts: ['Bucket', 'Delimiter', 'EncodingType', 'Marker', 'MaxKeys', 'Prefix', 'ExpectedBucketOwner'],
    ignores: ['RequestPayer', 'OptionalObjectAttributes'],
    handle: ({ Bucket, ExpectedBucketOwner, EncodingType, Marker = '', Prefix = '', Delimiter = '', MaxKeys }) => {
      const { name } = buckets.requireBucket(Bucket, ExpectedBucketOwner)
      const encode = keyEncoder(EncodingType)
      const max = pageSize(MaxKeys, 'max-keys')
      const index = buckets.objects(name)
      const page = pageOf(index, { prefix: Prefix, delimiter: Delimiter, after: Marker }, max)
      return {
        Name: name,
        Prefix: encode(Prefix),
        Marker: encode(Marker),
        MaxKeys: max,
        IsTruncated: page.isTruncated,
        ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
        // Without a delimiter, the last key is the marker, and S3 says none.
        ...(page.isTruncated && Delimiter !== '' && { NextMarker: encode(page.last) }),
        ...(EncodingType && { EncodingType }),
        ...contents(page.entries, index, encode, owner),
      }
    },
  }
  const listObjectsV2: Operation<ListObjectsV2Request, ListObjectsV2Output> = {
    acts: [
      'Bucket',
      'Delimiter',
      'EncodingType',
      'MaxKeys',
      'Prefix',
      'ContinuationToken',
      'FetchOwner',
      'StartAfter',
      'ExpectedBucketOwner',
    ],
    ignores: ['RequestPayer', 'OptionalObjectAttributes'],
    handle: (input) => {
      const { name } = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const { EncodingType, ContinuationToken, StartAfter = '', Prefix = '', Delimiter = '', FetchOwner } = input
      const encode = keyEncoder(EncodingType)
      const max = pageSize(input.MaxKeys, 'max-keys')
      const index = buckets.objects(name)
      const after = ContinuationToken === undefined ? StartAfter : keyOfToken(ContinuationToken)
      const page = pageOf(index, { prefix: Prefix, delimiter: Delimiter, after }, max)
      return {
        Name: name,
        Prefix: encode(Prefix),
        MaxKeys: max,
        KeyCount: page.entries.length,
        IsTruncated: page.isTruncated,
        ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
        ...(StartAfter !== '' && { StartAfter: encode(StartAfter) }),
        ...(ContinuationToken !== undefined && { ContinuationToken }),
        ...(page.isTruncated && { NextContinuationToken: tokenOfKey(page.last) }),
        ...(EncodingType && { EncodingType }),
        ...contents(page.entries, index, encode, FetchOwner ? owner : undefined),
      }
    },
  }
  const listObjectVersions: Operation<ListObjectVersionsRequest, ListObjectVersionsOutput> = {
    acts: [
      'Bucket',
      'Delimiter',
      'EncodingType',
      'KeyMarker',
      'MaxKeys',
      'Prefix',
      'VersionIdMarker',
      'ExpectedBucketOwner',
    ],
    ignores: ['RequestPayer', 'OptionalObjectAttributes'],
    handle: (input) => {
      const { name } = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const { EncodingType, KeyMarker = '', VersionIdMarker = '', Prefix = '', Delimiter = '' } = input
      if (VersionIdMarker !== '' && KeyMarker === '') {
        const message = 'A version-id marker cannot be specified without a key marker.'
        throw invalidArgument(message, 'version-id-marker', VersionIdMarker)
      }
      const encode = keyEncoder(EncodingType)
      const max = pageSize(input.MaxKeys, 'max-keys')
      const index = buckets.objects(name)
      const range = { prefix: Prefix, delimiter: Delimiter, after: KeyMarker, isInclusive: VersionIdMarker !== '' }
      const { versions, prefixes, next } = versionPage(index, range, VersionIdMarker, max)
      return {
        Name: name,
        Prefix: encode(Prefix),
        KeyMarker: encode(KeyMarker),
        VersionIdMarker,
        MaxKeys: max,
        IsTruncated: next !== undefined,
        ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
        ...(next && {
          NextKeyMarker: encode(next.key),
          ...(next.versionId && { NextVersionIdMarker: next.versionId }),
        }),
        ...(EncodingType && { EncodingType }),
        Versions: versions.flatMap(({ version, isLatest }) =>
          version.isDeleteMarker
            ? []
            : [
                {
                  ...objectMembers(version, encode, owner),
                  StorageClass: (version.storageClass ?? 'STANDARD') as never,
                  VersionId: version.versionId,
                  IsLatest: isLatest,
                },
              ],
        ),
        DeleteMarkers: versions.flatMap(({ version, isLatest }) =>
          version.isDeleteMarker
            ? [
                {
                  Key: encode(version.key),
                  VersionId: version.versionId,
                  IsLatest: isLatest,
                  LastModified: new Date(version.modifiedMilliseconds),
                  Owner: owner,
                },
              ]
            : [],
        ),
        CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      }
    },
  }
  return { ListObjects: listObjects, ListObjectsV2: listObjectsV2, ListObjectVersions: listObjectVersions }
}

interface Page {
  readonly entries: readonly ListingEntry[]
  readonly isTruncated: boolean
  /** The last key or prefix. */
  readonly last: string
}

function pageOf(index: ObjectIndex, range: ListingRange, max: number): Page {
  const entries: ListingEntry[] = []
  let last = ''
  if (max === 0) return { entries, isTruncated: false, last }
  for (const entry of listEntries(index.keys, range, (key) => index.current(key) !== undefined)) {
    if (entries.length === max) return { entries, isTruncated: true, last }
    entries.push(entry)
    last = entry.kind === 'key' ? entry.key : entry.prefix
  }
  return { entries, isTruncated: false, last }
}

function contents(
  entries: readonly ListingEntry[],
  index: ObjectIndex,
  encode: (key: string) => string,
  owner: ReturnType<typeof ownerOf> | undefined,
): Pick<ListObjectsV2Output, 'Contents' | 'CommonPrefixes'> {
  const objects = entries.flatMap((entry) => {
    const row = entry.kind === 'key' ? index.current(entry.key) : undefined
    return row ? [objectMembers(row, encode, owner)] : []
  })
  const prefixes = entries.flatMap((entry) => (entry.kind === 'prefix' ? [{ Prefix: encode(entry.prefix) }] : []))
  return { ...(objects.length > 0 && { Contents: objects }), ...(prefixes.length > 0 && { CommonPrefixes: prefixes }) }
}

function objectMembers(
  { key, modifiedMilliseconds, etag, size, storageClass, checksum }: ObjectRow,
  encode: (key: string) => string,
  owner: ReturnType<typeof ownerOf> | undefined,
): _Object {
  return {
    Key: encode(key),
    LastModified: new Date(modifiedMilliseconds),
    ETag: `"${etag}"`,
    ...(checksum && { ChecksumAlgorithm: [checksum.algorithm as never], ChecksumType: checksum.type }),
    Size: size,
    StorageClass: (storageClass ?? 'STANDARD') as never,
    ...(owner && { Owner: owner }),
  }
}

interface VersionItem {
  readonly version: Version
  readonly isLatest: boolean
}

interface VersionPage {
  readonly versions: readonly VersionItem[]
  readonly prefixes: readonly string[]
  /** Where the next page begins after; undefined on the last one. */
  readonly next: { readonly key: string; readonly versionId?: string } | undefined
}

function versionPage(index: ObjectIndex, range: ListingRange, versionMarker: string, max: number): VersionPage {
  const versions: VersionItem[] = []
  const prefixes: string[] = []
  let last: VersionPage['next']
  if (max === 0) return { versions, prefixes, next: undefined }
  const isFull = (): boolean => versions.length + prefixes.length === max
  for (const entry of listEntries(index.keys, range, () => true)) {
    if (entry.kind === 'prefix') {
      if (isFull()) return { versions, prefixes, next: last }
      prefixes.push(entry.prefix)
      last = { key: entry.prefix }
      continue
    }
    const all = index.versions(entry.key)
    const isResumed = range.isInclusive === true && entry.key === range.after
    const from = isResumed ? all.findIndex(({ versionId }) => versionId === versionMarker) + 1 : 0
    for (const [place, version] of all.entries()) {
      if (place < from) continue
      if (isFull()) return { versions, prefixes, next: last }
      versions.push({ version, isLatest: place === 0 })
      last = { key: entry.key, versionId: version.versionId }
    }
  }
  return { versions, prefixes, next: undefined }
}

function tokenOfKey(key: string): string {
  return `1${Buffer.from(key).toString('base64')}`
}

function keyOfToken(token: string): string {
  if (/^1[A-Za-z0-9+/]+={0,2}$/.test(token)) return Buffer.from(token.slice(1), 'base64').toString()
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
}
