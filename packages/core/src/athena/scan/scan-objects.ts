import { fileURLToPath } from 'node:url'
import type { ScanRequest } from '../generate/scan-request.ts'
import { mapInOrder } from './map-in-order.ts'
import type { ScanObject } from './object-column.ts'
import type { ScanContext } from './scan-context.ts'
import { countTableObjects, tableObjects, tableUris } from './table-objects.ts'
import type { ScanStatistics } from './table-scan.ts'

const DOWNLOADS_AT_ONCE = 8

/** The objects of a scan, and how many the table has in all. */
export class ScanObjects {
  readonly #request: ScanRequest
  readonly #context: ScanContext
  /** The query does not wait for it until its rows have been read. */
  #counting: Promise<number> | undefined
  #objects: ScanObject[] = []
  #objectsTotal = 0
  #isFound = false

  constructor(request: ScanRequest, context: ScanContext) {
    this.#request = request
    this.#context = context
  }

  /** With `namesAreEnough` the other things are asked of an object when it is located. */
  async find(namesAreEnough: boolean): Promise<void> {
    const { table, partitionPredicate } = this.#request
    const named = namesAreEnough ? await tableUris(this.#context, table, partitionPredicate) : undefined
    if (named) {
      this.#objects = [...named.objects]
      this.#objectsTotal = named.objectsTotal
      this.#isFound = true
      return
    }
    const finding = tableObjects(this.#context, table, partitionPredicate)
    if (partitionPredicate !== undefined) {
      this.#counting = countTableObjects(this.#context.store, table)
      // A failure shows where the count is asked for.
      this.#counting.catch(() => undefined)
    }
    this.#objects = [...(await finding)]
    this.#objectsTotal = this.#objects.length
    this.#isFound = true
  }

  get all(): readonly ScanObject[] {
    return this.#objects
  }

  /** Undefined as long as the objects are not found, or not all of their sizes are known. */
  get storedBytes(): number | undefined {
    const isKnown = this.#isFound && this.#objects.every(({ object }) => object.size !== undefined)
    return isKnown ? bytesOf(this.#objects) : undefined
  }

  /** Brings objects, given by their places, to the local file system, and learns what is not known of them yet. */
  locate(places: readonly number[]): Promise<readonly LocatedObject[]> {
    return mapInOrder(places, DOWNLOADS_AT_ONCE, (place) => this.#locate(place))
  }

  async #locate(place: number): Promise<LocatedObject> {
    const { store, downloadDirectory, signal } = this.#context
    signal?.throwIfAborted()
    const found = this.#objects[place] as ScanObject
    const { uri } = found.object
    const { size, path, ...rest } =
      found.object.size === undefined ? ((await store.head?.(uri)) ?? found.object) : found.object
    const located = { ...rest, uri, size: size ?? 0 }
    this.#objects[place] = { ...found, object: located }
    return { size: located.size, path: path ?? (await store.localPath(located, downloadDirectory, signal)) }
  }

  /** Completes the count. Partitions may lie elsewhere than the table. */
  async finish(): Promise<void> {
    if (this.#counting) this.#objectsTotal = Math.max(this.#objects.length, await this.#counting)
  }

  statistics(objectsOpened: number): ScanStatistics {
    const opened = this.#objects.slice(0, objectsOpened)
    return {
      bytesScanned: bytesOf(opened),
      objectsOpened: opened.length,
      objectsTotal: this.#objectsTotal,
    }
  }
}

/** An object in the local file system. */
export interface LocatedObject {
  readonly path: string
  readonly size: number
}

function bytesOf(objects: readonly ScanObject[]): number {
  return objects.reduce((sum, { object }) => sum + (object.size ?? 0), 0)
}

/** Files that were named by their path are called so. */
export function displayName(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : uri
}
