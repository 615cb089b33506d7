import type { Catalog } from '../catalog/catalog.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { TextWorkers } from './text-workers.ts'

/** What a scan needs beside its table. */
export interface ScanContext {
  readonly catalog: Catalog
  readonly store: ObjectStore
  readonly nowMillis: number
  /** Where objects of a remote store are kept. */
  readonly downloadDirectory: string
  readonly threads: number
  readonly textWorkers: TextWorkers
  /** An object that cannot be read whole fails the query, as on Athena, instead of giving an issue. */
  readonly strict: boolean
  readonly signal: AbortSignal | undefined
}
