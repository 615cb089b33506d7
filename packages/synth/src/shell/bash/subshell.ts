import type { CommandNode, ScriptNode, StatementNode, WordNode } from 'just-bash'
import { FileError } from '../files/file-error.ts'
import { toText } from '../kernel/bytes.ts'
import { Collector } from '../kernel/collector.ts'
import { DeviceHandle } from '../kernel/file-handle.ts'
import type { FileTable } from '../kernel/file-table.ts'
import { readAll } from '../kernel/open-path.ts'
import { openPipe } from '../kernel/pipe.ts'
import type { Process } from '../kernel/process.ts'
import { SIGNAL_DESCRIPTIONS, type SignalName } from '../kernel/signal.ts'
import type { Task } from '../task.ts'
import { expandToText } from './expand-word.ts'
import { endBySignal, runShellProcess } from './shell-process.ts'
import type { ShellState } from './shell-state.ts'
import type { Statements, WordPart } from './syntax.ts'

/** The first descriptor that a process substitution takes; the next ones are below. */
const SUBSTITUTION_DESCRIPTOR = 63

/** Starts a process with a copy of the shell's state. The table of descriptors is the child's from here on. */
export function spawnSubshell(
  shell: ShellState,
  files: FileTable,
  body: (child: ShellState) => Task<number>,
  options: { readonly isBackground?: boolean; readonly text?: string } = {},
): Process {
  let child: ShellState | undefined
  const process = shell.process.kernel.spawn(
    shell.process,
    {
      name: shell.process.name,
      commandLine: options.text ?? shell.process.commandLine,
      files,
      ...(options.isBackground === undefined ? {} : { isBackground: options.isBackground }),
    },
    function* (spawned) {
      child ??= shell.subshell(spawned)
      if (options.isBackground) {
        // Without job control background commands do not listen to the keyboard.
        spawned.signalActions.set('INT', 'ignore')
        spawned.signalActions.set('QUIT', 'ignore')
      }
      return yield* runShellProcess(child, body(child))
    },
  )
  // The state of this moment: the process runs when its turn comes, and the shell may have gone on by then.
  child ??= shell.subshell(process)
  return process
}

/** Runs `( … )` and waits for it. */
export function* runSubshell(shell: ShellState, body: Statements, files: FileTable): Task<number> {
  const process = spawnSubshell(shell, files, (child) => child.executor.statements(child, body))
  const [status] = yield* waitForCommands(shell, [process])
  return status ?? 0
}

/**
 * Waits for foreground processes and gives their statuses. If Ctrl-C ended the last, the shell ends too; other signals are told on
 * standard error.
 */
export function* waitForCommands(shell: ShellState, processes: readonly Process[]): Task<number[]> {
  const statuses: number[] = []
  let last: SignalName | undefined
  const text = shell.statementText
  shell.isWaitingForCommand = true
  for (const process of processes) {
    const { code, signal } = yield* shell.process.kernel.waitFor(process)
    statuses.push(code)
    last = signal
  }
  shell.isWaitingForCommand = false
  const wasInterrupted = shell.wasInterrupted
  shell.wasInterrupted = false
  if (wasInterrupted && last === 'INT') yield* endBySignal(shell, 'INT')
  if (last) yield* tellSignal(shell, processes.at(-1) as Process, last, text)
  return statuses
}

/** Tells which signal ended a process. Ctrl-C and broken pipes are what was meant, and of SIGTERM only a foreground command is told. */
export function* tellSignal(shell: ShellState, process: Process, signal: SignalName, text: string | undefined): Task {
  if (signal === 'INT' || signal === 'PIPE') return
  const description = SIGNAL_DESCRIPTIONS[signal] ?? signal
  if (signal === 'TERM') yield* shell.process.write(2, `${description}\n`)
  else
    yield* shell.complain(`${String(process.id).padStart(5)} ${description.padEnd(23)} ${text ?? process.commandLine}`)
}

/** Starts a statement as a background job. */
export function startBackground(shell: ShellState, statement: StatementNode): void {
  const files = shell.process.files.clone()
  files.set(0, new DeviceHandle('null', () => 0))
  const text = statement.sourceText?.replace(/\s*&\s*$/, '') ?? ''
  const foreground: StatementNode = { ...statement, background: false }
  const process = spawnSubshell(shell, files, (child) => runAlone(child, foreground), { isBackground: true, text })
  shell.lastBackgroundId = process.id
  shell.addJob(process, text)
}

/** Runs the only statement of a subshell: a single program takes the place of the shell. */
function* runAlone(child: ShellState, statement: StatementNode): Task<number> {
  const command = onlyCommand(statement)
  return command
    ? yield* child.executor.lastCommand(child, command)
    : yield* child.executor.statements(child, [statement])
}

function onlyCommand(statement: StatementNode): CommandNode | undefined {
  const pipeline = statement.pipelines[0]
  if (statement.pipelines.length !== 1 || !pipeline || pipeline.negated || pipeline.timed) return undefined
  return pipeline.commands.length === 1 ? pipeline.commands[0] : undefined
}

/** Runs `$( … )` and gives its output without the line ends behind it. */
export function* substitute(shell: ShellState, script: ScriptNode): Task<string> {
  const path = fileOnly(script)
  if (path) {
    const content = yield* expandToText(shell, path)
    try {
      return withoutLineEnds(yield* readAll(shell.process, content))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* shell.complain(`${content}: ${error.message}`)
      shell.substitutionStatus = 1
      return ''
    }
  }
  const collector = new Collector(shell.process.kernel.budget)
  const files = shell.process.files.clone()
  files.set(1, collector)
  const process = spawnSubshell(shell, files, (child) => {
    child.options.delete('errexit')
    return child.executor.statements(child, script.statements)
  })
  const status = yield* shell.process.kernel.waitFor(process)
  const output = yield* collector.all()
  shell.substitutionStatus = status.code
  shell.status = status.code
  return withoutLineEnds(output)
}

function withoutLineEnds(output: Uint8Array): string {
  return toText(output).replaceAll('\0', '').replace(/\n+$/, '')
}

/** The file of `$(< file)`. */
function fileOnly(script: ScriptNode): WordNode | undefined {
  const statement = script.statements[0]
  const command = statement && onlyCommand(statement)
  if (
    script.statements.length !== 1 ||
    command?.type !== 'SimpleCommand' ||
    command.name ||
    command.assignments.length > 0
  ) {
    return undefined
  }
  const [redirection] = command.redirections
  if (command.redirections.length !== 1 || redirection?.operator !== '<' || redirection.target.type !== 'Word')
    return undefined
  return redirection.target
}

/** Starts `<( … )` or `>( … )` and gives the path of the pipe to it. */
export function processSubstitution(
  shell: ShellState,
  part: Extract<WordPart, { type: 'ProcessSubstitution' }>,
): string {
  const { reader, writer } = openPipe()
  const files = shell.process.files.clone()
  const isInput = part.direction === 'input'
  files.set(isInput ? 1 : 0, isInput ? writer : reader)
  let descriptor = SUBSTITUTION_DESCRIPTOR
  while (shell.process.files.get(descriptor)) descriptor -= 1
  shell.process.files.set(descriptor, isInput ? reader : writer)
  shell.substitutionDescriptors.push(descriptor)
  const process = spawnSubshell(shell, files, (child) => child.executor.statements(child, part.body.statements))
  shell.lastBackgroundId = process.id
  return `/dev/fd/${descriptor}`
}
