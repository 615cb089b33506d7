import { FileError } from '../files/file-error.ts'
import type { ShellBudget } from '../shell-limits.ts'
import { Condition, type Task } from '../task.ts'
import { joinBytes } from './bytes.ts'
import { OpenFile } from './open-file.ts'

/** Takes all that is written until every writer has closed it: the output of a command substitution. */
export class Collector extends OpenFile {
  readonly #budget: ShellBudget
  readonly #chunks: Uint8Array[] = []
  readonly #closed: Condition = new Condition()
  #length = 0
  #isClosed = false

  constructor(budget: ShellBudget) {
    super()
    this.#budget = budget
  }

  // biome-ignore lint/correctness/useYield: refused at once
  override *read(): Task<Uint8Array> {
    throw new FileError('EBADF')
  }

  // biome-ignore lint/correctness/useYield: memory never waits
  override *write(bytes: Uint8Array): Task<boolean> {
    this.#length += bytes.length
    this.#budget.string(this.#length)
    this.#chunks.push(bytes)
    return true
  }

  /** All bytes, once nobody can write any more. */
  *all(): Task<Uint8Array> {
    while (!this.#isClosed) yield* this.#closed.wait()
    return joinBytes(this.#chunks)
  }

  protected override close(): void {
    this.#isClosed = true
    this.#closed.notify()
  }
}
