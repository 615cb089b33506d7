import type { InstanceFileSystem } from '../files/instance-file-system.ts'
import type { ShellHost } from '../shell-host.ts'
import { type ShellBudget, ShellLimitError } from '../shell-limits.ts'
import type { FiberEnd, RedirectableFiber, ShellScheduler } from '../shell-scheduler.ts'
import type { Task } from '../task.ts'
import type { FileTable } from './file-table.ts'
import { EndedBySignal, type ExitStatus, Process, type ProcessUser, signalStatus } from './process.ts'
import { defaultAction, type SignalName } from './signal.ts'

/** Number of a shell's first process: an instance has a few hundred when somebody logs in. */
const FIRST_PROCESS_ID = 1201
/** Process ids begin again after this one (proc(5), pid_max). */
const LAST_PROCESS_ID = 4_194_303

/** How a process is started. */
export interface SpawnOptions {
  readonly name: string
  readonly commandLine: string
  /** Its descriptors; they are closed when it ends. */
  readonly files: FileTable
  readonly directory?: string
  readonly user?: ProcessUser
  /** It leads a group of its own. */
  readonly newGroup?: boolean
  readonly isBackground?: boolean
}

/** The processes of one shell, and what they share. */
export class Kernel {
  readonly host: ShellHost
  readonly scheduler: ShellScheduler
  readonly fileSystem: InstanceFileSystem
  readonly budget: ShellBudget
  readonly processes: Map<number, Process> = new Map()
  readonly #fibers = new Map<Process, RedirectableFiber<number>>()
  readonly #onFatal: (error: unknown) => void
  readonly #onIdle: () => void
  #nextId = FIRST_PROCESS_ID

  constructor(options: {
    readonly host: ShellHost
    readonly scheduler: ShellScheduler
    readonly fileSystem: InstanceFileSystem
    readonly budget: ShellBudget
    /** Called when a process met a limit of the shell, or a mistake of the simulation itself. */
    readonly onFatal: (error: unknown) => void
    /** Called when the last process has ended. */
    readonly onIdle: () => void
  }) {
    this.host = options.host
    this.scheduler = options.scheduler
    this.fileSystem = options.fileSystem
    this.budget = options.budget
    this.#onFatal = options.onFatal
    this.#onIdle = options.onIdle
  }

  /**
   * Starts a process. It inherits from its parent what fork(2) and execve(2) leave: directory, user and ignored signals. Throws a
   * ShellLimitError when there are too many.
   */
  spawn(parent: Process | undefined, options: SpawnOptions, body: (process: Process) => Task<number>): Process {
    if (this.processes.size >= this.budget.limits.processes) {
      options.files.closeAll()
      throw new ShellLimitError('processes', this.budget.limits.processes)
    }
    const id = this.#takeId()
    const process = new Process({
      kernel: this,
      id,
      parentId: parent?.id ?? 1,
      groupId: options.newGroup || !parent ? id : parent.groupId,
      name: options.name,
      commandLine: options.commandLine,
      files: options.files,
      directory: options.directory ?? parent?.directory ?? '/',
      user: options.user ?? parent?.user ?? { name: 'root', id: 0, home: '/root' },
      isBackground: options.isBackground ?? parent?.isBackground ?? false,
    })
    for (const [signal, action] of parent?.signalActions ?? []) {
      if (action === 'ignore') process.signalActions.set(signal, 'ignore')
    }
    this.processes.set(id, process)
    const fiber = this.scheduler.spawn(body(process), (end) => this.#finish(process, end))
    this.#fibers.set(process, fiber)
    return process
  }

  /** Waits for a process to end. */
  *waitFor(process: Process): Task<ExitStatus> {
    return yield* process.exit.wait()
  }

  /** Sends a signal. The process that is running itself is ended at its next {@link Process.checkpoint} or wait. */
  signal(process: Process, signal: SignalName): void {
    if (process.exit.isSettled) return
    const action = signal === 'KILL' || signal === 'STOP' ? undefined : process.signalActions.get(signal)
    if (action === 'ignore') return
    if (action) {
      action()
      return
    }
    if (defaultAction(signal) !== 'terminate') return
    process.fatalSignal ??= signal
    this.#fibers.get(process)?.stop()
  }

  /** Sends a signal to all processes of a group. */
  signalGroup(groupId: number, signal: SignalName): void {
    for (const process of [...this.processes.values()]) if (process.groupId === groupId) this.signal(process, signal)
  }

  /** Has a process leave what it does where it waits and go on with something else. */
  redirect(process: Process, task: Task<number>): void {
    this.#fibers.get(process)?.redirect(task)
  }

  /** Ends all processes at once. */
  stopAll(): void {
    for (const process of [...this.processes.values()]) {
      process.fatalSignal = 'KILL'
      this.#fibers.get(process)?.stop()
    }
  }

  #finish(process: Process, end: FiberEnd<number>): void {
    this.processes.delete(process.id)
    this.#fibers.delete(process)
    process.files.closeAll()
    for (const child of this.processes.values()) if (child.parentId === process.id) child.parentId = 1
    if (end.kind === 'returned') process.exit.settle({ code: end.result & 255, signal: undefined })
    else {
      if (end.kind === 'threw' && !(end.error instanceof EndedBySignal)) this.#onFatal(end.error)
      process.exit.settle(signalStatus(process.fatalSignal ?? 'KILL'))
    }
    if (this.processes.size === 0) this.#onIdle()
  }

  #takeId(): number {
    let id = this.#nextId
    while (this.processes.has(id)) id = id === LAST_PROCESS_ID ? FIRST_PROCESS_ID : id + 1
    this.#nextId = id === LAST_PROCESS_ID ? FIRST_PROCESS_ID : id + 1
    return id
  }
}
