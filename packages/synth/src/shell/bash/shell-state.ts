import type { Process } from '../kernel/process.ts'
import type { Task } from '../task.ts'
import type { BashRandom } from './bash-random.ts'
import type { Executor } from './executor.ts'
import type { Job } from './job.ts'
import { type SetOption, SHOPT_DEFAULTS, type ShoptOption } from './shell-options.ts'
import type { FunctionNode } from './syntax.ts'
import { Variables } from './variables.ts'

/** Jobs whose status is kept after they have ended, and jobs that are listed before ended ones are let go. */
const ENDED_JOBS = 256
const LISTED_JOBS = 100

/** A trap: the commands for a signal or for EXIT, ERR, RETURN and DEBUG; empty text ignores the signal. */
export type TrapName = string

/** The state of one bash: of the shell itself, or of a subshell. */
export class ShellState {
  readonly executor: Executor
  readonly process: Process
  variables: Variables = new Variables()
  functions: Map<string, FunctionNode> = new Map()
  /** `$1` and following. */
  positional: string[] = []
  /** `$0`, also the beginning of error messages. */
  name = 'bash'
  readonly options: Set<SetOption> = new Set()
  readonly shopt: Record<ShoptOption, boolean> = { ...SHOPT_DEFAULTS }
  aliases: Map<string, string> = new Map()
  /** `$?` */
  status = 0
  /** `PIPESTATUS` */
  pipeStatuses: readonly number[] = [0]
  /** Status of the last command substitution, which is that of a command that is nothing but assignments. */
  substitutionStatus = 0
  /** `$$`, the process id of the outermost shell. */
  shellId: number
  /** Whether it runs the text of `-c`: an expansion that ends it then ends it with a status of its own. */
  isCommandString = false
  /** `BASH_SUBSHELL`: 0 in the shell itself. */
  subshellDepth = 0
  /** `PPID`, the parent of the outermost shell. */
  parentId: number
  /** `$!` */
  lastBackgroundId: number | undefined
  /** `$_` */
  lastArgument = ''
  line = 1
  /** Text of the statement that runs, where it is a single pipeline. */
  statementText: string | undefined
  jobs: Job[] = []
  /** Jobs that have been waited for, whose status `wait` still gives. */
  readonly endedJobs: Map<number, Job> = new Map()
  traps: Map<TrapName, string> = new Map()
  /** Signals that came and have a trap. */
  readonly pendingSignals: string[] = []
  isRunningTrap = false
  /** Gives signals without a trap back to what a shell does with them. */
  restoreSignals: () => void = () => {}
  /** A foreground command runs: it decides what Ctrl-C does. */
  isWaitingForCommand = false
  wasInterrupted = false
  /** Called when a signal with a trap comes while the shell waits. */
  onTrappedSignal: (() => void) | undefined
  /** Names of the functions that run, the innermost first, and the lines from which they were called. */
  functionCalls: { readonly name: string; readonly line: number }[] = []
  sourceDepth = 0
  callDepth = 0
  loopDepth = 0
  /** Above 0 where a failing command does not end a shell with `set -e`. */
  conditionDepth = 0
  directoryStack: string[] = []
  umask = 0o022
  random: BashRandom | undefined
  /** What `SECONDS` counts from, microseconds since 1970, and adds. */
  secondsFrom: number
  secondsOffset = 0
  /** Place inside the option word that `getopts` reads. */
  optionPlace = 0
  lastOptionIndex = 1
  /** Descriptors of process substitutions of the present command. */
  substitutionDescriptors: number[] = []

  constructor(executor: Executor, process: Process) {
    this.executor = executor
    this.process = process
    this.shellId = process.id
    this.parentId = process.parentId
    this.secondsFrom = process.kernel.host.clockMicroseconds
  }

  /** The state of a subshell in a process of its own: a copy, without traps and jobs. */
  subshell(process: Process): ShellState {
    const child = new ShellState(this.executor, process)
    child.variables = this.variables.clone()
    child.functions = new Map(this.functions)
    child.positional = [...this.positional]
    child.name = this.name
    for (const option of this.options) child.options.add(option)
    Object.assign(child.shopt, this.shopt)
    child.aliases = new Map(this.aliases)
    child.status = this.status
    child.pipeStatuses = this.pipeStatuses
    child.shellId = this.shellId
    child.subshellDepth = this.subshellDepth + 1
    child.parentId = this.parentId
    child.lastBackgroundId = this.lastBackgroundId
    child.lastArgument = this.lastArgument
    child.line = this.line
    for (const [name, commands] of this.traps) {
      if (commands === '' || (name === 'ERR' && this.options.has('errtrace'))) child.traps.set(name, commands)
    }
    child.functionCalls = [...this.functionCalls]
    child.callDepth = this.callDepth
    child.loopDepth = this.loopDepth
    child.conditionDepth = this.conditionDepth
    child.sourceDepth = this.sourceDepth
    child.directoryStack = [...this.directoryStack]
    child.umask = this.umask
    child.secondsFrom = this.secondsFrom
    child.secondsOffset = this.secondsOffset
    child.optionPlace = this.optionPlace
    return child
  }

  /** Keeps a job's status for `wait`; of many jobs the oldest are forgotten. */
  rememberEnded(job: Job): void {
    this.endedJobs.set(job.process.id, job)
    if (this.endedJobs.size <= ENDED_JOBS) return
    for (const id of this.endedJobs.keys()) {
      this.endedJobs.delete(id)
      break
    }
  }

  /** Adds a background job. Ended ones that nobody asked for leave the list when it grows long. */
  addJob(process: Process, text: string): void {
    if (this.jobs.length >= LISTED_JOBS) {
      for (const job of this.jobs) if (job.process.exit.isSettled) this.rememberEnded(job)
      this.jobs = this.jobs.filter((job) => !job.process.exit.isSettled)
    }
    const number = Math.max(0, ...this.jobs.map((job) => job.number)) + 1
    this.jobs.push({ number, process, text, isReported: false, status: undefined })
  }

  /** The beginning of an error message: `bash: line 3: `. */
  get prefix(): string {
    return `${this.name}: line ${this.line}: `
  }

  /** Prints an error message of the shell itself. */
  *complain(message: string): Task {
    yield* this.process.write(2, `${this.prefix}${message}\n`)
  }
}
