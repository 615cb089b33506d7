/** What a shell may use. Each is reached only by scripts that would not end, or would fill memory. */
export interface ShellLimits {
  /**
   * Commands, loop rounds, reads and writes at one moment of simulated time. Commands take no simulated time unless they wait for
   * something, so a loop that never waits would go on for ever.
   */
  readonly operationsPerMoment: number
  /** Bytes written to the terminal at one moment. */
  readonly outputBytesPerMoment: number
  /** Processes that exist at the same time: background jobs, parts of pipelines, subshells, programs. */
  readonly processes: number
  /** Functions, `eval` and `source` inside of each other. */
  readonly callDepth: number
  /** Bytes of one variable's value, one command substitution, one word. */
  readonly stringBytes: number
  /** Words that one expansion may make, e.g. `{1..100000}`. */
  readonly expandedWords: number
  /** Bytes of all files of the instance's file system together. */
  readonly fileSystemBytes: number
}

/** The limits that hold unless others are given. */
export const DEFAULT_SHELL_LIMITS: ShellLimits = {
  operationsPerMoment: 250_000,
  outputBytesPerMoment: 16 * 1024 * 1024,
  processes: 256,
  callDepth: 200,
  stringBytes: 16 * 1024 * 1024,
  expandedWords: 100_000,
  fileSystemBytes: 256 * 1024 * 1024,
}

const REASONS: Readonly<Record<keyof ShellLimits, string>> = {
  operationsPerMoment:
    'it ran %n commands, reads and writes without letting simulated time pass; a loop needs a command that waits, such as sleep',
  outputBytesPerMoment: 'it printed %n bytes without letting simulated time pass',
  processes: 'it had %n processes at the same time',
  callDepth: 'functions, eval and source were nested %n deep',
  stringBytes: 'a value grew beyond %n bytes',
  expandedWords: 'an expansion made more than %n words',
  fileSystemBytes: 'its files grew beyond %n bytes',
}

/** A shell used more than it may. The shell and all its processes are ended. */
export class ShellLimitError extends Error {
  override readonly name: 'ShellLimitError' = 'ShellLimitError'
  readonly limit: keyof ShellLimits
  readonly value: number

  constructor(limit: keyof ShellLimits, value: number) {
    super(`shell stopped: ${REASONS[limit].replace('%n', value.toLocaleString('en-US'))} (limit ${limit} = ${value})`)
    this.limit = limit
    this.value = value
  }
}

/** Counts what a shell uses at one moment of simulated time. */
export class ShellBudget {
  readonly limits: ShellLimits
  readonly #now: () => number
  #moment = -1
  #operations = 0
  #outputBytes = 0

  constructor(limits: ShellLimits, nowMicroseconds: () => number) {
    this.limits = limits
    this.#now = nowMicroseconds
  }

  /** One command, loop round, read or write. Throws a {@link ShellLimitError}. */
  operation(): void {
    this.#startMoment()
    this.#operations += 1
    if (this.#operations > this.limits.operationsPerMoment) {
      throw new ShellLimitError('operationsPerMoment', this.limits.operationsPerMoment)
    }
  }

  /** Bytes for the terminal. Throws a {@link ShellLimitError}. */
  output(bytes: number): void {
    this.#startMoment()
    this.#outputBytes += bytes
    if (this.#outputBytes > this.limits.outputBytesPerMoment) {
      throw new ShellLimitError('outputBytesPerMoment', this.limits.outputBytesPerMoment)
    }
  }

  /** A value of that many characters. Throws a {@link ShellLimitError}. */
  string(length: number): void {
    if (length > this.limits.stringBytes) throw new ShellLimitError('stringBytes', this.limits.stringBytes)
  }

  #startMoment(): void {
    const now = this.#now()
    if (now === this.#moment) return
    this.#moment = now
    this.#operations = 0
    this.#outputBytes = 0
  }
}
