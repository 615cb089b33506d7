import { FileError } from '../files/file-error.ts'
import type { ShellBudget } from '../shell-limits.ts'
import type { Task } from '../task.ts'
import { OpenFile } from './open-file.ts'

/** A piece of a shell's output. */
export interface ShellOutput {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  /** Simulated time at which it was printed, microseconds since 1970. */
  readonly timeMicroseconds: number
}

/** Where a shell's output goes: handed on as it is printed, with its time. */
export class TerminalOutput extends OpenFile {
  override readonly isTerminal: boolean
  readonly #stream: ShellOutput['stream']
  readonly #onOutput: (output: ShellOutput) => void
  readonly #now: () => number
  readonly #budget: ShellBudget
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  constructor(options: {
    readonly stream: ShellOutput['stream']
    readonly isTerminal: boolean
    readonly onOutput: (output: ShellOutput) => void
    readonly nowMicroseconds: () => number
    readonly budget: ShellBudget
  }) {
    super()
    this.isTerminal = options.isTerminal
    this.#stream = options.stream
    this.#onOutput = options.onOutput
    this.#now = options.nowMicroseconds
    this.#budget = options.budget
  }

  // biome-ignore lint/correctness/useYield: refused at once
  override *read(): Task<Uint8Array> {
    throw new FileError('EBADF')
  }

  // biome-ignore lint/correctness/useYield: the terminal never makes a program wait
  override *write(bytes: Uint8Array): Task<boolean> {
    this.#budget.output(bytes.length)
    // A character whose bytes come in two writes is handed on with the second.
    const text = this.#decoder.decode(bytes, { stream: true })
    if (text !== '') this.#onOutput({ stream: this.#stream, text, timeMicroseconds: this.#now() })
    return true
  }
}
