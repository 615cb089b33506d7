import type { ExitStatus, Process } from '../kernel/process.ts'

/** A background job of a shell. */
export interface Job {
  /** As in `%1`. */
  readonly number: number
  readonly process: Process
  /** Its text, for `jobs`. */
  readonly text: string
  /** Set by `wait` or `jobs` when its end has been told. */
  isReported: boolean
  status: ExitStatus | undefined
}
