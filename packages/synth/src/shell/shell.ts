import { BashExecutor } from './bash/bash-executor.ts'
import { ProgramLauncher } from './bash/launch.ts'
import { InstanceFileSystem } from './files/instance-file-system.ts'
import { layOutFiles } from './instance-files.ts'
import { toBytes } from './kernel/bytes.ts'
import { InputBytes } from './kernel/file-handle.ts'
import { FileTable } from './kernel/file-table.ts'
import { Kernel } from './kernel/kernel.ts'
import type { ExitStatus, Process, ProcessUser } from './kernel/process.ts'
import { type ShellOutput, TerminalOutput } from './kernel/terminal.ts'
import { runScript, startShellState } from './programs/bash.ts'
import { missingReason } from './programs/not-simulated.ts'
import { programTable } from './programs/table.ts'
import { TextPrograms } from './programs/text-programs.ts'
import type { ShellHost } from './shell-host.ts'
import { DEFAULT_SHELL_LIMITS, ShellBudget, ShellLimitError, type ShellLimits } from './shell-limits.ts'
import type { ShellScheduler } from './shell-scheduler.ts'
import type { Task } from './task.ts'

/** PATH of a login on Ubuntu. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** The account of a Session Manager session. */
const SESSION_USER: ProcessUser = { name: 'ssm-user', id: 1001, home: '/home/ssm-user' }
const ROOT: ProcessUser = { name: 'root', id: 0, home: '/root' }

/** How a shell is made. */
export interface ShellOptions {
  /** Shared by all shells of a simulation. */
  readonly scheduler: ShellScheduler
  /** Called with each piece of output as it is printed. */
  readonly onOutput?: (output: ShellOutput) => void
  readonly limits?: Partial<ShellLimits>
  /** `ssm-user` unless given: the account of Session Manager. */
  readonly user?: string
  /** Beside PATH, HOME, USER and their like. */
  readonly environment?: Readonly<Record<string, string>>
  /** Files to begin with, by absolute path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Whether programs are to print as on a terminal; true unless given. */
  readonly isTerminal?: boolean
}

/** How a script is run. */
export interface RunOptions {
  /** Standard input; empty unless given. */
  readonly stdin?: string | Uint8Array
  /** `$1` and following. */
  readonly args?: readonly string[]
}

/** How a run ended. */
export interface ShellResult {
  /** As `$?` shows it: 128 and the signal's number where a signal ended the script. */
  readonly exitCode: number
  /** The limit that the shell met; it and all its processes were ended. */
  readonly limit: ShellLimitError | undefined
}

/** A shell on a simulated instance. */
export interface Shell {
  /** The instance's files, as long as the shell is there. */
  readonly fileSystem: InstanceFileSystem
  /**
   * Runs a script as `bash -c` does, in simulated time: the promise resolves when the simulation has come to its end. Background jobs go
   * on after it. Each run has its own variables; files stay.
   */
  run(script: string, options?: RunOptions): Promise<ShellResult>
  /** Runs one command without a shell, as `flowtap exec INSTANCE -- COMMAND ARGUMENT …` does. */
  execute(command: readonly string[], options?: RunOptions): Promise<ShellResult>
  /** Ctrl-C: the foreground processes get SIGINT. */
  interrupt(): void
  /** Resolves when no process of this shell is left. */
  settled(): Promise<void>
  /** Ends all processes. */
  close(): void
}

/** Makes a shell on a host of the simulation. Throws a RangeError for a limit that is no natural number. */
export function createShell(host: ShellHost, options: ShellOptions): Shell {
  return new InstanceShell(host, options)
}

class InstanceShell implements Shell {
  readonly fileSystem: InstanceFileSystem
  readonly #kernel: Kernel
  readonly #executor: BashExecutor
  readonly #launcher: ProgramLauncher
  readonly #options: ShellOptions
  readonly #user: ProcessUser
  readonly #budget: ShellBudget
  readonly #runs = new Set<{ fail(error: unknown): void }>()
  readonly #settledWaiters: (() => void)[] = []
  #fatal: unknown

  constructor(host: ShellHost, options: ShellOptions) {
    this.#options = options
    const limits = { ...DEFAULT_SHELL_LIMITS, ...options.limits }
    for (const [name, value] of Object.entries(limits)) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(`the shell's limit ${name} must be a natural number, not ${value}`)
      }
    }
    this.#budget = new ShellBudget(limits, () => host.nowMicroseconds)
    this.#user = userOf(options.user)
    this.fileSystem = new InstanceFileSystem(() => host.clockMicroseconds, limits.fileSystemBytes)
    this.#kernel = new Kernel({
      host,
      scheduler: options.scheduler,
      fileSystem: this.fileSystem,
      budget: this.#budget,
      onFatal: (error) => this.#fail(error),
      onIdle: () => {
        const waiters = this.#settledWaiters.splice(0)
        for (const resolve of waiters) resolve()
        if (waiters.length > 0) options.scheduler.holdForContinuations()
      },
    })
    const texts = new TextPrograms(this.fileSystem, options.scheduler)
    const programs = programTable(() => this.#executor, texts)
    this.#launcher = new ProgramLauncher(layOutFiles(this.fileSystem, programs, host.identity, this.#user))
    this.#executor = new BashExecutor(this.#launcher, (_, text, pattern) => texts.matchRegex(text, pattern))
    for (const [path, content] of Object.entries(options.files ?? {})) {
      const directory = path.slice(0, path.lastIndexOf('/'))
      if (directory !== '') this.fileSystem.makeDirectory(directory, { recursive: true })
      this.fileSystem.write(path, typeof content === 'string' ? toBytes(content) : content.slice())
    }
  }

  async run(script: string, options: RunOptions = {}): Promise<ShellResult> {
    return await this.#start('bash', 'bash', options, (process) => {
      const shell = startShellState(this.#executor, process, this.#environment(), 'bash')
      shell.positional = [...(options.args ?? [])]
      return runScript(this.#executor, shell, script, '-c')
    })
  }

  async execute(command: readonly string[], options: RunOptions = {}): Promise<ShellResult> {
    const launcher = this.#launcher
    const environment = this.#environment()
    const name = command[0] ?? ''
    return await this.#start(name, command.join(' '), options, function* (process): Task<number> {
      const status = yield* launcher.execute(process, command, environment)
      if (typeof status === 'number') return status
      yield* process.write(
        2,
        `${name}: ${status === 'not-found' ? missingReason(name, 'command not found') : 'Permission denied'}\n`,
      )
      return status === 'not-found' ? 127 : 126
    })
  }

  interrupt(): void {
    for (const process of [...this.#kernel.processes.values()]) {
      if (!process.isBackground) this.#kernel.signal(process, 'INT')
    }
  }

  async settled(): Promise<void> {
    if (this.#kernel.processes.size > 0) await new Promise<void>((resolve) => this.#settledWaiters.push(resolve))
  }

  close(): void {
    this.#kernel.stopAll()
  }

  #start(
    name: string,
    commandLine: string,
    options: RunOptions,
    body: (process: Process) => Task<number>,
  ): Promise<ShellResult> {
    this.#fatal = undefined
    const files = new FileTable()
    const stdin = options.stdin ?? ''
    files.set(0, new InputBytes(typeof stdin === 'string' ? toBytes(stdin) : stdin))
    files.set(1, this.#output('stdout'))
    files.set(2, this.#output('stderr'))
    return new Promise<ShellResult>((resolve, reject) => {
      const run = { fail: reject }
      this.#runs.add(run)
      const process = this.#kernel.spawn(
        undefined,
        { name, commandLine, files, directory: this.#user.home, user: this.#user },
        body,
      )
      process.exit.onSettled((status: ExitStatus) => {
        this.#runs.delete(run)
        const limit = this.#fatal instanceof ShellLimitError ? this.#fatal : undefined
        resolve({ exitCode: status.code, limit })
        this.#options.scheduler.holdForContinuations()
      })
    })
  }

  #output(stream: ShellOutput['stream']): TerminalOutput {
    return new TerminalOutput({
      stream,
      isTerminal: this.#options.isTerminal ?? true,
      onOutput: this.#options.onOutput ?? (() => {}),
      nowMicroseconds: () => this.#kernel.host.nowMicroseconds,
      budget: this.#budget,
    })
  }

  #environment(): Map<string, string> {
    return new Map([
      ['SHELL', '/bin/bash'],
      ['USER', this.#user.name],
      ['LOGNAME', this.#user.name],
      ['HOME', this.#user.home],
      ['PATH', PATH],
      ['LANG', 'C.UTF-8'],
      ...((this.#options.isTerminal ?? true) ? [['TERM', 'xterm-256color'] as [string, string]] : []),
      ...Object.entries(this.#options.environment ?? {}),
    ])
  }

  #fail(error: unknown): void {
    if (this.#fatal === undefined) {
      this.#fatal = error
      if (error instanceof ShellLimitError) {
        this.#options.onOutput?.({
          stream: 'stderr',
          text: `${error.message}\n`,
          timeMicroseconds: this.#kernel.host.nowMicroseconds,
        })
      } else for (const run of this.#runs) run.fail(error)
    }
    this.#kernel.stopAll()
  }
}

function userOf(name: string | undefined): ProcessUser {
  if (name === undefined || name === SESSION_USER.name) return SESSION_USER
  return name === 'root' ? ROOT : { name, id: 1000, home: `/home/${name}` }
}
