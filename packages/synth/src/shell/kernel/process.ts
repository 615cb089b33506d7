import { FileError } from '../files/file-error.ts'
import { Settlement, type Task } from '../task.ts'
import { toBytes } from './bytes.ts'
import type { FileTable } from './file-table.ts'
import type { Kernel } from './kernel.ts'
import { SIGNAL_NUMBERS, type SignalName } from './signal.ts'

/** How a process ended; `code` is what `$?` shows, 128 and its number after a signal. */
export interface ExitStatus {
  readonly code: number
  readonly signal: SignalName | undefined
}

/** Thrown through a process's task when a signal ends it. */
export class EndedBySignal {
  readonly signal: SignalName

  constructor(signal: SignalName) {
    this.signal = signal
  }
}

/** Who a process runs as. */
export interface ProcessUser {
  readonly name: string
  readonly id: number
  readonly home: string
}

/** A process of a simulated instance. */
export class Process {
  readonly kernel: Kernel
  readonly id: number
  parentId: number
  /** Processes of one group get signals together, as `timeout` sends them. */
  readonly groupId: number
  /** The program's name, and with its arguments, as `ps` shows them. */
  name: string
  commandLine: string
  readonly startMicroseconds: number
  readonly files: FileTable
  /** Working directory, an absolute path. */
  directory: string
  user: ProcessUser
  readonly exit: Settlement<ExitStatus> = new Settlement<ExitStatus>()
  /** Signals that it ignores or handles itself; the others do what they do by default. */
  readonly signalActions: Map<SignalName, 'ignore' | (() => void)> = new Map()
  /** The signal that is ending it. */
  fatalSignal: SignalName | undefined
  /** Processes beside the first of a shell's run that Ctrl-C does not reach: background jobs. */
  readonly isBackground: boolean

  constructor(options: {
    readonly kernel: Kernel
    readonly id: number
    readonly parentId: number
    readonly groupId: number
    readonly name: string
    readonly commandLine: string
    readonly files: FileTable
    readonly directory: string
    readonly user: ProcessUser
    readonly isBackground: boolean
  }) {
    this.kernel = options.kernel
    this.id = options.id
    this.parentId = options.parentId
    this.groupId = options.groupId
    this.name = options.name
    this.commandLine = options.commandLine
    this.startMicroseconds = options.kernel.host.clockMicroseconds
    this.files = options.files
    this.directory = options.directory
    this.user = options.user
    this.isBackground = options.isBackground
  }

  /** Throws where a signal is ending this process: called between the steps of long work. */
  checkpoint(): void {
    if (this.fatalSignal) throw new EndedBySignal(this.fatalSignal)
  }

  /** Reads from a descriptor as read(2) does. Throws a FileError. */
  *read(descriptor: number, maximumBytes = 65_536, delimiter?: number): Task<Uint8Array> {
    this.kernel.budget.operation()
    return yield* this.files.require(descriptor).read(maximumBytes, delimiter)
  }

  /**
   * Writes to a descriptor. A pipe that nobody reads ends the process by SIGPIPE, unless it ignores that signal; then, and where the
   * descriptor is not open, it throws a FileError.
   */
  *write(descriptor: number, content: string | Uint8Array): Task {
    if (content.length === 0) return
    this.kernel.budget.operation()
    const bytes = typeof content === 'string' ? toBytes(content) : content
    const wasWritten = yield* this.files.require(descriptor).write(bytes)
    if (wasWritten) return
    if (!this.signalActions.has('PIPE')) {
      this.fatalSignal = 'PIPE'
      throw new EndedBySignal('PIPE')
    }
    this.kernel.signal(this, 'PIPE')
    throw new FileError('EPIPE')
  }
}

/** The status of a process that a signal ended. */
export function signalStatus(signal: SignalName): ExitStatus {
  return { code: 128 + SIGNAL_NUMBERS[signal], signal }
}
