import type { BlobPiece } from '../../state/blob-store.ts'
import type { StateStore } from '../../state/state-store.ts'
import type { StateValue, Table } from '../../state/table.ts'
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum.ts'

/** A bucket. */
export interface BucketRow {
  readonly name: string
  readonly region: string
  readonly createdMilliseconds: number
  /** Absent where versioning was never enabled. */
  readonly versioning?: 'Enabled' | 'Suspended'
  readonly objectOwnership: string
  readonly acl: AclRow
}

/** Who may do what, as it is told again; nobody is kept from anything by it. */
export type AclRow = { readonly canned: string } | { readonly grants: readonly StateValue[] }

/** What is kept of a bucket and told again: policies, rules and the like, as clients have them, times as milliseconds. */
export interface BucketConfigurationRow {
  readonly configuration: StateValue
}

/** What a client says of an object, besides its bytes; S3 tells it again. */
export interface ObjectAttributes {
  readonly contentType?: string
  readonly cacheControl?: string
  readonly contentDisposition?: string
  readonly contentEncoding?: string
  readonly contentLanguage?: string
  readonly expiresMilliseconds?: number
  readonly websiteRedirectLocation?: string
  /** Absent for STANDARD. */
  readonly storageClass?: string
  readonly metadata: Readonly<Record<string, string>>
  readonly tags: readonly (readonly [key: string, value: string])[]
  readonly encryption: ObjectEncryption
  readonly acl: AclRow
}

/** How an object is said to be encrypted; its bytes here are not. */
export interface ObjectEncryption {
  readonly algorithm: string
  readonly kmsKeyId?: string
  readonly bucketKeyEnabled?: boolean
}

/** A part that an object was uploaded in. */
export interface ObjectPartRow {
  readonly number: number
  readonly size: number
  readonly checksum?: Checksum
}

/** What all versions of an object have. */
interface VersionRow {
  readonly bucket: string
  readonly key: string
  /** `null` for objects from before versioning, or while it is suspended. */
  readonly versionId: string
  /** Later versions of a key have larger ones. */
  readonly sequence: number
  /** Whole seconds. */
  readonly modifiedMilliseconds: number
}

/** A version of an object. */
export interface ObjectRow extends VersionRow, ObjectAttributes {
  readonly isDeleteMarker?: never
  readonly size: number
  /** Without its quotes. */
  readonly etag: string
  /** Its bytes, in this order. */
  readonly body: readonly BlobPiece[]
  /** Where it was uploaded in parts. */
  readonly parts?: readonly ObjectPartRow[]
  readonly checksum?: Checksum
}

/** A version that says that there is no object. */
export interface DeleteMarkerRow extends VersionRow {
  readonly isDeleteMarker: true
}

/** A multipart upload that is under way. */
export interface UploadRow {
  readonly uploadId: string
  readonly bucket: string
  readonly key: string
  readonly initiatedMilliseconds: number
  readonly attributes: ObjectAttributes
  /** Absent where the client named none. */
  readonly checksumAlgorithm?: ChecksumAlgorithm
  readonly checksumType: ChecksumType
}

/** A part of a multipart upload that is under way. */
export interface PartRow {
  readonly uploadId: string
  readonly number: number
  readonly piece: BlobPiece
  readonly etag: string
  readonly modifiedMilliseconds: number
  readonly checksum: Checksum
}

/** S3's tables. */
export class S3Tables {
  readonly buckets: Table<BucketRow>
  readonly configurations: Table<BucketConfigurationRow>
  readonly versions: Table<ObjectRow | DeleteMarkerRow>
  readonly uploads: Table<UploadRow>
  readonly parts: Table<PartRow>

  constructor(store: StateStore) {
    this.buckets = store.table('s3-buckets')
    this.configurations = store.table('s3-bucket-configurations')
    this.versions = store.table(VERSIONS_TABLE)
    this.uploads = store.table('s3-uploads')
    this.parts = store.table('s3-parts')
  }
}

/** Whose changes the index of objects follows. */
export const VERSIONS_TABLE = 's3-object-versions'

/** The key of a version's row: neither buckets nor version ids have a `/` in them. */
export function versionRowKey(bucket: string, versionId: string, key: string): string {
  return `${bucket}/${versionId}/${key}`
}

/** The key of a part's row. */
export function partRowKey(uploadId: string, number: number): string {
  return `${uploadId}/${number}`
}

/** The key of a configuration's row. */
export function configurationRowKey(bucket: string, kind: string): string {
  return `${bucket}/${kind}`
}
