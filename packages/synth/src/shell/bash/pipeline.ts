import type { PipelineNode, StatementNode } from 'just-bash'
import { openPipe } from '../kernel/pipe.ts'
import type { Process } from '../kernel/process.ts'
import type { Task } from '../task.ts'
import { ShellExit } from './flow.ts'
import type { ShellState } from './shell-state.ts'
import { spawnSubshell, startBackground, waitForCommands } from './subshell.ts'

/** Commands whose failing ends a shell with `set -e`; inside of the others it has been looked at already. */
const CHECKED: ReadonlySet<string> = new Set(['SimpleCommand', 'Subshell', 'ArithmeticCommand', 'ConditionalCommand'])

/** Runs a statement: pipelines joined by `&&` and `||`, or in the background. */
export function* runStatement(shell: ShellState, statement: StatementNode): Task<number> {
  if (statement.background) {
    startBackground(shell, statement)
    shell.status = 0
    return 0
  }
  const { pipelines, operators } = statement
  shell.statementText = pipelines.length === 1 ? statement.sourceText : undefined
  for (const [i, pipeline] of pipelines.entries()) {
    const operator = operators[i - 1]
    if (operator === '&&' && shell.status !== 0) continue
    if (operator === '||' && shell.status === 0) continue
    const isGuarded = i < pipelines.length - 1 || pipeline.negated
    // A trap counts that was there when the command began.
    const trap = shell.traps.get('ERR')
    if (isGuarded) shell.conditionDepth += 1
    try {
      shell.status = yield* runPipeline(shell, pipeline)
    } finally {
      if (isGuarded) shell.conditionDepth -= 1
    }
    if (!isGuarded && shell.status !== 0)
      yield* checkFailure(shell, pipeline, trap === undefined ? undefined : shell.traps.get('ERR'))
  }
  return shell.status
}

/** Runs the ERR trap and ends the shell where a failure asks for it. */
function* checkFailure(shell: ShellState, pipeline: PipelineNode, trap: string | undefined): Task {
  const [command] = pipeline.commands
  if (shell.conditionDepth > 0 || (pipeline.commands.length === 1 && !CHECKED.has(command?.type ?? ''))) return
  const isInherited = shell.functionCalls.length === 0 || shell.options.has('errtrace')
  if (trap && isInherited && !shell.isRunningTrap) {
    const { status } = shell
    shell.isRunningTrap = true
    yield* shell.executor.text(shell, trap, shell.line)
    shell.isRunningTrap = false
    shell.status = status
  }
  if (shell.options.has('errexit')) throw new ShellExit(shell.status)
}

function* runPipeline(shell: ShellState, pipeline: PipelineNode): Task<number> {
  const startMicroseconds = shell.process.kernel.host.nowMicroseconds
  const [only] = pipeline.commands
  let status: number
  if (pipeline.commands.length === 1 && only) {
    status = yield* shell.executor.command(shell, only)
    shell.pipeStatuses = [status]
  } else status = yield* runStages(shell, pipeline)
  if (pipeline.timed) yield* tellTime(shell, pipeline, shell.process.kernel.host.nowMicroseconds - startMicroseconds)
  return pipeline.negated ? Number(status === 0) : status
}

function* runStages(shell: ShellState, pipeline: PipelineNode): Task<number> {
  const processes: Process[] = []
  let input = shell.process.files.get(0)?.retain()
  const runsLastHere = shell.shopt.lastpipe
  let lastStatus: number | undefined
  for (const [i, command] of pipeline.commands.entries()) {
    const isLast = i === pipeline.commands.length - 1
    const pipe = isLast ? undefined : openPipe()
    const files = shell.process.files.clone()
    if (input) files.set(0, input)
    input?.release()
    if (pipe) {
      files.set(1, pipe.writer)
      if (pipeline.pipeStderr?.[i]) files.set(2, pipe.writer)
    }
    input = pipe?.reader.retain()
    if (isLast && runsLastHere) {
      const before = shell.process.files.get(0)?.retain()
      const given = files.get(0)
      if (given) shell.process.files.set(0, given)
      files.closeAll()
      lastStatus = yield* shell.executor.command(shell, command)
      if (before) {
        shell.process.files.set(0, before)
        before.release()
      }
    } else processes.push(spawnSubshell(shell, files, (child) => child.executor.lastCommand(child, command)))
  }
  const statuses = yield* waitForCommands(shell, processes)
  if (lastStatus !== undefined) statuses.push(lastStatus)
  shell.pipeStatuses = statuses
  const failed = shell.options.has('pipefail') ? statuses.findLast((status) => status !== 0) : undefined
  return failed ?? statuses.at(-1) ?? 0
}

/** What the word `time` prints; commands take no processor time in the simulation. */
function* tellTime(shell: ShellState, pipeline: PipelineNode, microseconds: number): Task {
  const format = shell.variables.find('TIMEFORMAT')?.value
  if (pipeline.timePosix) yield* shell.process.write(2, timeText('real %2R\nuser %2U\nsys %2S', microseconds))
  else if (format !== '')
    yield* shell.process.write(2, timeText(format ?? '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS', microseconds))
}

/** Text after TIMEFORMAT: `%[digits][l]R`, `U`, `S`, `%P` and `%%`. */
function timeText(format: string, microseconds: number): string {
  const text = format.replace(/%(?:(%)|(P)|([0-9]?)(l?)([RUS]))/g, (_, percent, share, digits, isLong, kind) => {
    if (percent) return '%'
    if (share) return '0.00'
    return timeValue(kind === 'R' ? microseconds : 0, Math.min(3, Number(digits === '' ? 3 : digits)), isLong !== '')
  })
  return `${text}\n`
}

/** Seconds with digits cut off behind them, as bash gives them. */
function timeValue(microseconds: number, digits: number, isLong: boolean): string {
  const unit = 10 ** digits
  const seconds = Math.floor((microseconds * unit) / 1_000_000) / unit
  if (!isLong) return seconds.toFixed(digits)
  const minutes = Math.floor(seconds / 60)
  return `${minutes}m${(seconds - minutes * 60).toFixed(digits)}s`
}
