import type { IdSource } from '../../identity/id-source.ts'
import type { BlobReferences } from '../../state/blob-references.ts'
import type { BlobPiece, BlobStore } from '../../state/blob-store.ts'
import type { StateStore } from '../../state/state-store.ts'
import { ServiceError } from '../../wire/service-error.ts'
import type { Checksum } from './checksum.ts'
import {
  type EventObject,
  type EventOrigin,
  eventDetail,
  type ObjectEvent,
  type ObjectEventListener,
} from './object-event.ts'
import { type ObjectIndex, ObjectIndexes, type Version } from './object-index.ts'
import { accessDenied, invalidArgument, noSuchBucket } from './s3-errors.ts'
import {
  type BucketRow,
  configurationRowKey,
  type DeleteMarkerRow,
  type ObjectAttributes,
  type ObjectPartRow,
  type ObjectRow,
  S3Tables,
  VERSIONS_TABLE,
  versionRowKey,
} from './s3-rows.ts'

/** What buckets stand on. */
export interface BucketStoreOptions {
  readonly store: StateStore
  readonly ids: IdSource
  readonly blobs: BlobStore
  readonly references: BlobReferences
  readonly accountId: string
  readonly onObjectEvent?: ObjectEventListener
}

/** An object that is to be: all of it but its version. */
export interface NewObject {
  readonly bucket: string
  readonly key: string
  readonly size: number
  readonly etag: string
  readonly body: readonly BlobPiece[]
  readonly parts?: readonly ObjectPartRow[]
  readonly checksum?: Checksum
  readonly attributes: ObjectAttributes
}

/** What has become of a deletion. */
export interface Deletion {
  /** The version that was deleted, or the delete marker that was made; undefined without versioning. */
  readonly versionId: string | undefined
  readonly isDeleteMarker: boolean
}

/** Kind of the configuration that turns events on. */
export const NOTIFICATION = 'notification'

/** Buckets and the versions of their objects. Whoever changes them does so within a transaction of the state's. */
export class BucketStore {
  readonly store: StateStore
  readonly ids: IdSource
  readonly blobs: BlobStore
  readonly references: BlobReferences
  readonly accountId: string
  readonly tables: S3Tables
  readonly #indexes: ObjectIndexes
  readonly #onObjectEvent: ObjectEventListener | undefined

  constructor({ store, ids, blobs, references, accountId, onObjectEvent }: BucketStoreOptions) {
    this.store = store
    this.ids = ids
    this.blobs = blobs
    this.references = references
    this.accountId = accountId
    this.tables = new S3Tables(store)
    this.#indexes = new ObjectIndexes(this.tables)
    this.#onObjectEvent = onObjectEvent
    references.watch(VERSIONS_TABLE, (row: Version) => (row.isDeleteMarker ? [] : row.body.map(({ blob }) => blob)))
    references.watch('s3-parts', ({ piece }: { readonly piece: BlobPiece }) => [piece.blob])
    store.onCommit((changes) => {
      for (const { table, key, row } of changes) {
        if (table !== VERSIONS_TABLE) continue
        if (row) this.#indexes.put(row as Version)
        else this.#indexes.removeRow(key)
      }
    })
  }

  /**
   * A bucket that is called for. @throws ServiceError NoSuchBucket, and AccessDenied where the caller expects another account to own it.
   */
  requireBucket(name: string | undefined, expectedOwner?: string): BucketRow {
    const bucket = this.tables.buckets.get(name ?? '')
    if (!bucket) throw noSuchBucket(name ?? '')
    if (expectedOwner !== undefined && expectedOwner !== this.accountId) throw accessDenied()
    return bucket
  }

  /** The objects of a bucket, as they were before the transaction under way. */
  objects(bucket: string): ObjectIndex {
    return this.#indexes.of(bucket)
  }

  /** A version by its id. @throws ServiceError InvalidArgument for what cannot be one. */
  version(bucket: string, key: string, versionId: string): Version | undefined {
    requireVersionId(versionId)
    return this.tables.versions.get(versionRowKey(bucket, versionId, key))
  }

  /** What was configured of a bucket. */
  configuration<Value>(bucket: string, kind: string): Value | undefined {
    return this.tables.configurations.get(configurationRowKey(bucket, kind))?.configuration as Value | undefined
  }

  /** Puts an object into its bucket, in place of the one with its key, or as its latest version. */
  put(object: NewObject, origin: EventOrigin): ObjectRow {
    const { attributes, ...rest } = object
    const bucket = this.requireBucket(object.bucket)
    const row: ObjectRow = { ...rest, ...attributes, ...this.#newVersion(bucket, origin) }
    this.tables.versions.put(versionRowKey(row.bucket, row.versionId, row.key), row)
    this.emit('Object Created', bucket, row, origin)
    return row
  }

  /** Another state of a version that there is, such as one with other tags. */
  replace(row: ObjectRow): void {
    this.tables.versions.put(versionRowKey(row.bucket, row.versionId, row.key), row)
  }

  /** Deletes an object, or the version of that id; whatever is not there is as good as deleted. */
  delete(bucket: BucketRow, key: string, versionId: string | undefined, origin: EventOrigin): Deletion {
    const { versions } = this.tables
    if (versionId !== undefined) {
      const row = this.version(bucket.name, key, versionId)
      if (row) {
        versions.delete(versionRowKey(bucket.name, versionId, key))
        const more = { 'deletion-type': 'Permanently Deleted' }
        this.emit('Object Deleted', bucket, { key, versionId, sequence: this.#indexes.nextSequence() }, origin, more)
      }
      return { versionId, isDeleteMarker: row?.isDeleteMarker === true }
    }
    if (bucket.versioning === undefined) {
      if (versions.delete(versionRowKey(bucket.name, 'null', key))) {
        const more = { 'deletion-type': 'Permanently Deleted' }
        this.emit('Object Deleted', bucket, { key, sequence: this.#indexes.nextSequence() }, origin, more)
      }
      return { versionId: undefined, isDeleteMarker: false }
    }
    const marker: DeleteMarkerRow = {
      bucket: bucket.name,
      key,
      isDeleteMarker: true,
      ...this.#newVersion(bucket, origin),
    }
    versions.put(versionRowKey(bucket.name, marker.versionId, key), marker)
    this.emit('Object Deleted', bucket, marker, origin, { 'deletion-type': 'Delete Marker Created' })
    return { versionId: marker.versionId, isDeleteMarker: true }
  }

  /** Deletes a bucket and what was configured of it. @throws ServiceError BucketNotEmpty. */
  deleteBucket(name: string): void {
    if (!this.objects(name).keys.isEmpty) {
      const message = 'The bucket you tried to delete is not empty'
      const isVersioned = this.tables.buckets.get(name)?.versioning !== undefined
      throw new ServiceError(
        'BucketNotEmpty',
        isVersioned ? `${message}. You must delete all versions in the bucket.` : message,
        { status: 409, details: { BucketName: name } },
      )
    }
    const { configurations, uploads } = this.tables
    for (const [key] of [...configurations.entries()]) if (key.startsWith(`${name}/`)) configurations.delete(key)
    for (const upload of [...uploads.values()]) if (upload.bucket === name) this.deleteUpload(upload.uploadId)
    this.tables.buckets.delete(name)
  }

  /** Forgets an upload and its parts, all but those whose bytes an object has taken over. */
  deleteUpload(uploadId: string): void {
    this.tables.uploads.delete(uploadId)
    const { parts } = this.tables
    for (let number = 1; number <= LARGEST_PART_NUMBER; number += 1) parts.delete(`${uploadId}/${number}`)
  }

  /** Tells of what happened to an object, where its bucket sends events. */
  emit(
    detailType: ObjectEvent['detailType'],
    bucket: BucketRow,
    object: EventObject,
    origin: EventOrigin,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    if (!this.#onObjectEvent) return
    const configuration = this.configuration<{ readonly EventBridgeConfiguration?: object }>(bucket.name, NOTIFICATION)
    if (!configuration?.EventBridgeConfiguration) return
    this.#onObjectEvent({
      detailType,
      bucket: bucket.name,
      region: bucket.region,
      timeMilliseconds: origin.nowMilliseconds,
      detail: eventDetail(bucket.name, object, origin, more),
    })
  }

  #newVersion(
    { versioning }: BucketRow,
    { nowMilliseconds }: EventOrigin,
  ): Pick<ObjectRow, 'versionId' | 'sequence' | 'modifiedMilliseconds'> {
    return {
      versionId: versioning === 'Enabled' ? this.ids.hex('s3-version', 32) : 'null',
      sequence: this.#indexes.nextSequence(),
      // S3 knows whole seconds alone.
      modifiedMilliseconds: Math.floor(nowMilliseconds / 1000) * 1000,
    }
  }
}

/** Source: S3 user guide, "Amazon S3 multipart upload limits". */
export const LARGEST_PART_NUMBER = 10_000

/** @throws ServiceError InvalidArgument for a text that cannot be a version's id. */
export function requireVersionId(versionId: string): void {
  if (versionId === 'null' || /^[0-9a-f]{32}$/.test(versionId)) return
  throw invalidArgument('Invalid version id specified', 'versionId', versionId)
}
