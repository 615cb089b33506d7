import type { Persistence, RowChange } from './persistence.ts'
import { type RowBefore, Table } from './table.ts'

/** All rows by table and key, as JSON carries them. */
export type StateSnapshot = Readonly<Record<string, readonly (readonly [key: string, row: object])[]>>

/** Told of the changes of each transaction, in order, when it is done. */
export type CommitListener = (changes: readonly RowChange[]) => void

/**
 * What the emulated account has: tables of rows in memory, changed in transactions, and, where there is a place for it, written there
 * before a change is acknowledged. Transactions are synchronous, so that one never sees half of another.
 */
export class StateStore {
  readonly #tables = new Map<string, Table<object>>()
  readonly #persistence: Persistence | undefined
  /** Rows of tables that nobody has asked for yet. */
  readonly #loaded = new Map<string, Map<string, object>>()
  readonly #listeners: CommitListener[] = []
  /** What the transaction under way has changed: the rows before, by table and key. */
  #before: Map<string, Map<string, RowBefore>> | undefined
  #written: Promise<void> = Promise.resolve()
  #failure: Error | undefined

  constructor(persistence?: Persistence) {
    this.#persistence = persistence
    for (const [table, key, row] of persistence?.load() ?? []) {
      const rows = this.#loaded.get(table)
      if (rows) rows.set(key, row)
      else this.#loaded.set(table, new Map([[key, row]]))
    }
  }

  /** The table of that name; made when it is first asked for. Its rows are of one type, which its users agree on. */
  table<Row extends object>(name: string): Table<Row> {
    let table = this.#tables.get(name)
    if (!table) {
      table = new Table<object>(name, this, this.#loaded.get(name) ?? new Map())
      this.#loaded.delete(name)
      this.#tables.set(name, table)
    }
    return table as unknown as Table<Row>
  }

  /**
   * Does work that changes rows; where it throws, everything is as it was before. Within a transaction, it is part of that one. Async work
   * comes before or after, not within.
   */
  transact<Result>(work: () => Result): Result {
    if (this.#before) return work()
    if (this.#failure) throw this.#failure
    const before = new Map<string, Map<string, RowBefore>>()
    this.#before = before
    try {
      const result = work()
      this.#before = undefined
      this.#commit(before)
      return result
    } catch (error) {
      this.#before = undefined
      for (const [name, rows] of before) this.#tables.get(name)?.undo(rows)
      throw error
    }
  }

  /** Does work and undoes it: what would come of it. */
  rehearse<Result>(work: () => Result): Result {
    const undone = new Error('undone')
    let result: { readonly value: Result } | undefined
    try {
      this.transact(() => {
        result = { value: work() }
        throw undone
      })
    } catch (error) {
      if (error !== undone) throw error
    }
    return (result as { readonly value: Result }).value
  }

  /** Calls a listener after each transaction that changed something. */
  onCommit(listener: CommitListener): void {
    this.#listeners.push(listener)
  }

  /** Resolves when all that has been done would survive the end of the process. @throws what the writing failed with. */
  async durable(): Promise<void> {
    await this.#written
    if (this.#failure) throw this.#failure
  }

  /** All there is, to be kept or sent; rows are shared, as they never change. */
  snapshot(): StateSnapshot {
    const snapshot: Record<string, readonly (readonly [string, object])[]> = {}
    for (const [name, rows] of this.#loaded) snapshot[name] = [...rows]
    for (const [name, table] of this.#tables) snapshot[name] = [...table.entries()]
    return snapshot
  }

  /** Puts everything back as it was at a snapshot, in one transaction. */
  restore(snapshot: StateSnapshot): void {
    this.transact(() => {
      for (const name of this.#loaded.keys()) this.table(name)
      for (const [name, table] of this.#tables) {
        const kept = new Set((snapshot[name] ?? []).map(([key]) => key))
        for (const [key] of [...table.entries()]) if (!kept.has(key)) table.delete(key)
      }
      for (const [name, rows] of Object.entries(snapshot)) for (const [key, row] of rows) this.table(name).put(key, row)
    })
  }

  /** Waits for what is being written, and leaves the place where it is kept. */
  async close(): Promise<void> {
    await this.#written.catch(() => undefined)
    await this.#persistence?.close()
  }

  /** For tables alone. @throws Error outside a transaction. */
  noteChange(table: string, key: string, row: object | undefined, place: number | undefined): void {
    if (!this.#before) throw new Error(`the table ${table} is changed outside a transaction`)
    let rows = this.#before.get(table)
    if (!rows) {
      rows = new Map()
      this.#before.set(table, rows)
    }
    if (!rows.has(key)) rows.set(key, { row, place })
  }

  #commit(before: ReadonlyMap<string, ReadonlyMap<string, RowBefore>>): void {
    const changes: RowChange[] = []
    for (const [name, rows] of before) {
      const table = this.#tables.get(name)
      for (const key of rows.keys()) changes.push({ table: name, key, row: table?.get(key) })
    }
    if (changes.length === 0) return
    if (this.#persistence) {
      const written = Promise.all([this.#written, this.#persistence.write(changes)])
      this.#written = written.then(
        () => undefined,
        (error: Error) => {
          // What is in memory is no longer what would be there after a restart: nothing more is taken.
          this.#failure ??= error
        },
      )
    }
    for (const listener of this.#listeners) listener(changes)
  }
}
