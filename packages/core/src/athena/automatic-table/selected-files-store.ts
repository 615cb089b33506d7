import { fileURLToPath } from 'node:url'
import type { ObjectStore, StoredObject } from '../storage/object-store.ts'

/** Where the tables that flowtap makes by itself have their files; no real bucket can be called so. */
export const SELECTION_SCHEME = 'flowtap-logs://'

/** A file under the place that the automatic table gives it; its own URI stays what `"$path"` shows. */
export interface SelectedFile {
  /** `flowtap-logs://table/aws_region=…/day=…/` */
  readonly location: string
  readonly object: StoredObject
}

/**
 * Files that the user named, arranged by table and partition without being moved. Everything outside of
 * {@link SELECTION_SCHEME} goes to the store behind it.
 */
export class SelectedFilesStore implements ObjectStore {
  readonly #byLocation: ReadonlyMap<string, readonly StoredObject[]>
  readonly #locations: readonly string[]
  readonly #behind: ObjectStore | undefined
  readonly readableDirectories: readonly string[]

  constructor(files: readonly SelectedFile[], directories: readonly string[], behind?: ObjectStore) {
    const byLocation = new Map<string, StoredObject[]>()
    for (const { location, object } of files) {
      const known = byLocation.get(location)
      if (known) known.push(object)
      else byLocation.set(location, [object])
    }
    this.#byLocation = byLocation
    this.#locations = [...byLocation.keys()].sort()
    this.#behind = behind
    this.readableDirectories = [...directories, ...(behind?.readableDirectories ?? [])]
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    if (!prefix.startsWith(SELECTION_SCHEME)) {
      if (this.#behind) yield* this.#behind.list(prefix)
      return
    }
    for (const location of this.#locations) {
      if (location.startsWith(prefix)) yield* this.#byLocation.get(location) ?? []
    }
  }

  async *listPrefixes(prefix: string): AsyncIterable<string> {
    if (!prefix.startsWith(SELECTION_SCHEME)) {
      if (this.#behind) yield* this.#behind.listPrefixes(prefix)
      return
    }
    const children = this.#locations
      .filter((location) => location.startsWith(prefix) && location.length > prefix.length)
      .map((location) => location.slice(0, location.indexOf('/', prefix.length) + 1))
    yield* new Set(children)
  }

  async localPath(object: StoredObject, directory: string, signal?: AbortSignal): Promise<string> {
    if (object.uri.startsWith('file:')) return fileURLToPath(object.uri)
    if (this.#behind) return this.#behind.localPath(object, directory, signal)
    throw new Error(`no store was given that holds ${object.uri}`)
  }

  async put(uri: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    if (this.#behind === undefined || uri.startsWith(SELECTION_SCHEME)) {
      throw new Error(`cannot write ${uri}: the selected flow logs are read only`)
    }
    await this.#behind.put(uri, content)
  }
}
