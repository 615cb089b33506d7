import type { StateStore } from './state-store.ts'

/** A plain value that JSON carries unchanged. Values are replaced, never changed in place. */
export type StateValue =
  | string
  | number
  | boolean
  | null
  | readonly StateValue[]
  | { readonly [name: string]: StateValue | undefined }

/** Rows of one kind by their keys, in the order in which they were first put; changed within a transaction of its store alone. */
export class Table<Row extends object> {
  readonly name: string
  readonly #store: StateStore
  #rows: Map<string, Row>
  /** Numbers by which the rows stand in the order of their first `put`. */
  readonly #places = new Map<string, number>()
  #nextPlace = 0

  /** Made by {@link StateStore.table}. */
  constructor(name: string, store: StateStore, rows: Map<string, Row>) {
    this.name = name
    this.#store = store
    this.#rows = rows
    for (const key of rows.keys()) this.#places.set(key, this.#nextPlace++)
  }

  get size(): number {
    return this.#rows.size
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  /** The rows, oldest first. */
  values(): IterableIterator<Row> {
    return this.#rows.values()
  }

  entries(): IterableIterator<[string, Row]> {
    return this.#rows.entries()
  }

  /** Adds a row, or replaces the one with the key. @throws Error outside a transaction. */
  put(key: string, row: Row): void {
    this.#store.noteChange(this.name, key, this.#rows.get(key), this.#places.get(key))
    this.#rows.set(key, row)
    if (!this.#places.has(key)) this.#places.set(key, this.#nextPlace++)
  }

  /** Whether there was one. @throws Error outside a transaction. */
  delete(key: string): boolean {
    const row = this.#rows.get(key)
    if (row === undefined) return false
    this.#store.noteChange(this.name, key, row, this.#places.get(key))
    this.#rows.delete(key)
    this.#places.delete(key)
    return true
  }

  /** For the store alone: rows as they were before a transaction, at their places. */
  undo(changed: ReadonlyMap<string, RowBefore>): void {
    let isOrdered = true
    for (const [key, { row, place }] of changed) {
      if (row === undefined || place === undefined) {
        this.#rows.delete(key)
        this.#places.delete(key)
        continue
      }
      isOrdered &&= this.#rows.has(key) && this.#places.get(key) === place
      this.#rows.set(key, row as Row)
      this.#places.set(key, place)
    }
    if (isOrdered) return
    const places = this.#places
    const sorted = [...this.#rows].sort(([one], [other]) => (places.get(one) ?? 0) - (places.get(other) ?? 0))
    this.#rows = new Map(sorted)
  }
}

/** A row before a transaction changed it, and its place; both undefined where there was none. */
export interface RowBefore {
  readonly row: object | undefined
  readonly place: number | undefined
}
