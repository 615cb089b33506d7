/** An object under a prefix, as ListObjectsV2 gives it. */
export interface StoredObject {
  /** `s3://bucket/key`, or `file:///path` for files named directly. */
  readonly uri: string
  readonly size: number
  readonly etag?: string | undefined
  readonly lastModifiedMillis?: number | undefined
  /** What `localPath` would answer, where the listing knows it already. */
  readonly path?: string | undefined
}

/**
 * Where a table's objects are: a folder, real S3 or an emulator, behind one interface.
 * Listing is by prefix and gives keys in UTF-8 binary order, as S3 does.
 */
export interface ObjectStore {
  /** All objects whose URI starts with `prefix`. A prefix with nothing under it gives nothing; it is no error. */
  list(prefix: string): AsyncIterable<StoredObject>
  /** The URIs of the same objects alone, in pages, from a store that can give them for less than `list` costs. */
  listUris?(prefix: string): AsyncIterable<readonly string[]>
  /** The object of a URI that `listUris` gave; undefined where it is gone. Stores have both or none of them. */
  head?(uri: string): Promise<StoredObject | undefined>
  /** Prefixes one level below `prefix`, each with its final `/` (ListObjectsV2 with Delimiter). */
  listPrefixes(prefix: string): AsyncIterable<string>
  /**
   * A path in the local file system that holds the object's bytes, for the embedded engine to open. A folder store gives
   * the file itself; a remote store downloads it into `directory` first.
   */
  localPath(object: StoredObject, directory: string, signal?: AbortSignal): Promise<string>
  /** Writes an object (results, CTAS, INSERT). */
  put(uri: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>
  /** Folders that `localPath` may answer from without a download, for the sandbox's list. */
  readonly readableDirectories: readonly string[]
}
