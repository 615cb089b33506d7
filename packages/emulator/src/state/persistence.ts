/** A row's change: undefined where it was deleted. */
export interface RowChange {
  readonly table: string
  readonly key: string
  readonly row: object | undefined
}

/** Where a state outlives its process. */
export interface Persistence {
  /** All rows, those of a table in the order in which they were first written. Called once, first. */
  load(): Iterable<readonly [table: string, key: string, row: object]>
  /** Writes all of the changes or none; resolves when they would survive the process's, and the machine's, end. */
  write(changes: readonly RowChange[]): Promise<void>
  close(): Promise<void>
}
