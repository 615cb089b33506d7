import { createHash } from 'node:crypto'
import type { StateStore } from '../state/state-store.ts'
import type { Table } from '../state/table.ts'

/** Ids of resources, as AWS's look: made of a seed and of how many were made before, so that the same calls give the same ids. */
export class IdSource {
  readonly #seed: number
  readonly #counts: Table<{ readonly count: number }>

  constructor(seed: number, store: StateStore) {
    this.#seed = seed
    this.#counts = store.table('id-counts')
  }

  /** `prefix-0` and 16 hexadecimal digits; within a transaction. */
  next(prefix: string): string {
    return `${prefix}-0${this.hex(prefix, 16)}`
  }

  /** That many hexadecimal digits, other ones at each call; within a transaction. */
  hex(purpose: string, digits: number): string {
    const count = this.#counts.get(purpose)?.count ?? 0
    this.#counts.put(purpose, { count: count + 1 })
    return createHash('sha256').update(`${this.#seed}/${purpose}/${count}`).digest('hex').slice(0, digits)
  }

  /** An UUID; within a transaction. */
  uuid(purpose: string): string {
    const hex = this.hex(purpose, 32)
    const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }
}
