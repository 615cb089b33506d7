/** Thrown by `break` and `continue` to the loop that they are for. */
export class LoopJump {
  readonly kind: 'break' | 'continue'
  /** Loops still to be left, counting the one it is for. */
  levels: number

  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind
    this.levels = levels
  }
}

/** Thrown by `return` to its function or sourced file. */
export class FunctionReturn {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** Thrown by `exit`, and where bash ends a script, to the outermost level of the shell. */
export class ShellExit {
  readonly status: number
  /** An expansion failed and nothing asked for an end: an EXIT trap that meets this leaves the shell's status as it was. */
  readonly isAbandoned: boolean

  constructor(status: number, isAbandoned = false) {
    this.status = status
    this.isAbandoned = isAbandoned
  }
}

/**
 * Thrown where an expansion fails: the command is not run, nor what stands behind it on its line. `isFatal` ends a shell that runs a
 * script.
 */
export class ExpansionFailure {
  readonly message: string
  readonly status: number
  readonly isFatal: boolean
  /** Its message has been printed. */
  isTold = false

  constructor(message: string, options: { readonly status?: number; readonly isFatal?: boolean } = {}) {
    this.message = message
    this.status = options.status ?? 1
    this.isFatal = options.isFatal ?? false
  }
}
