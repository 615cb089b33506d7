import { AthenaError } from '../errors.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'

/** The store of an engine that was given none: every access says so. */
export class NoStore implements ObjectStore {
  readonly readableDirectories: readonly string[] = []

  // biome-ignore lint/correctness/useYield: there is nothing to give.
  async *list(prefix: string): AsyncGenerator<StoredObject> {
    throw noStore(prefix)
  }

  // biome-ignore lint/correctness/useYield: there is nothing to give.
  async *listPrefixes(prefix: string): AsyncGenerator<string> {
    throw noStore(prefix)
  }

  async localPath(object: StoredObject): Promise<string> {
    throw noStore(object.uri)
  }

  async put(uri: string): Promise<void> {
    throw noStore(uri)
  }
}

function noStore(uri: string): AthenaError {
  return new AthenaError('HIVE_CANNOT_OPEN_SPLIT', `Error opening Hive split ${uri}: no object store is configured`, {
    remedy: 'Give the engine a store: new EmbeddedEngine({ store: new FolderStore({ root }) }).',
  })
}
