import type { CommandNode, ScriptNode } from 'just-bash'
import type { ProgramSystem } from '../program.ts'
import type { Task } from '../task.ts'
import { COMPOUND_COMMANDS } from './compound-commands.ts'
import type { Executor, WordsOptions } from './executor.ts'
import { ExpansionFailure, ShellExit } from './flow.ts'
import { parseRunnable, statementLines } from './parse-script.ts'
import { runStatement } from './pipeline.ts'
import { RedirectionUndo } from './redirect.ts'
import type { ShellState } from './shell-state.ts'
import { runSimpleCommand, runWords, tryRedirect } from './simple-command.ts'
import { processSubstitution, substitute } from './subshell.ts'
import type { CommandOf, CompoundNode, Statements, WordPart } from './syntax.ts'

/** Matches an extended regular expression; undefined without a match. */
export type RegexMatcher = (
  shell: ShellState,
  text: string,
  pattern: string,
) => Task<readonly string[] | undefined | 'invalid'>

/**
 * Runs bash scripts in simulated time, from the syntax trees of just-bash's parser. Processes, pipes, jobs, traps and time are those of
 * the simulated instance.
 */
export class BashExecutor implements Executor {
  readonly system: ProgramSystem
  readonly #matchRegex: RegexMatcher

  constructor(system: ProgramSystem, matchRegex: RegexMatcher) {
    this.system = system
    this.#matchRegex = matchRegex
  }

  *statements(shell: ShellState, statements: Statements): Task<number> {
    for (const statement of statements) yield* runStatement(shell, statement)
    return shell.status
  }

  *command(shell: ShellState, node: CommandNode): Task<number> {
    yield* this.#beforeCommand(shell, node)
    const status = yield* this.#run(shell, node, false)
    if (shell.pendingSignals.length > 0) yield* this.#runTraps(shell)
    return status
  }

  *lastCommand(shell: ShellState, node: CommandNode): Task<number> {
    yield* this.#beforeCommand(shell, node)
    // A shell with an EXIT trap has to be there when the program ends.
    const status = yield* this.#run(shell, node, !shell.traps.has('EXIT'))
    if (status !== 0 && shell.options.has('errexit') && node.type !== 'SimpleCommand') throw new ShellExit(status)
    return status
  }

  *text(shell: ShellState, text: string, firstLine = 1): Task<number> {
    const { script, error } = parseRunnable(text)
    if (script.statements.length === 0) shell.status = 0
    else yield* this.statements(shell, script.statements)
    if (!error) return shell.status
    shell.line = firstLine + error.line - 1
    yield* shell.complain(error.message)
    if (/near unexpected token/.test(error.message)) {
      yield* shell.complain(`\`${text.split('\n')[error.line - 1] ?? ''}'`)
    }
    shell.status = 2
    return 2
  }

  /** Runs a whole script: an expansion that fails ends its line, not the script. */
  *script(shell: ShellState, script: ScriptNode, text: string): Task<number> {
    const places = statementLines(script, text)
    let failedLine = 0
    for (const [i, statement] of script.statements.entries()) {
      const { first, last } = places[i] ?? { first: 0, last: 0 }
      if (first <= failedLine) {
        failedLine = last
        continue
      }
      try {
        yield* runStatement(shell, statement)
      } catch (failure) {
        if (!(failure instanceof ExpansionFailure)) throw failure
        shell.status = failure.status
        failedLine = last
      }
    }
    return shell.status
  }

  *words(shell: ShellState, words: readonly string[], options: WordsOptions = {}): Task<number> {
    return yield* runWords(shell, words, options)
  }

  *substitute(shell: ShellState, script: ScriptNode): Task<string> {
    return yield* substitute(shell, script)
  }

  // biome-ignore lint/correctness/useYield: starting a process takes no time
  *processSubstitution(shell: ShellState, part: Extract<WordPart, { type: 'ProcessSubstitution' }>): Task<string> {
    return processSubstitution(shell, part)
  }

  *matchRegex(shell: ShellState, text: string, pattern: string): Task<readonly string[] | undefined | 'invalid'> {
    return yield* this.#matchRegex(shell, text, pattern)
  }

  *#beforeCommand(shell: ShellState, node: CommandNode): Task {
    shell.process.kernel.budget.operation()
    shell.process.checkpoint()
    if (shell.pendingSignals.length > 0) yield* this.#runTraps(shell)
    if (node.line) shell.line = node.line
  }

  *#run(shell: ShellState, node: CommandNode, replace: boolean): Task<number> {
    try {
      if (node.type === 'SimpleCommand') return yield* runSimpleCommand(shell, node, { replace })
      if (node.type === 'FunctionDef') {
        shell.functions.set(node.name, node)
        return 0
      }
      return yield* this.#compound(shell, node)
    } catch (failure) {
      if (!(failure instanceof ExpansionFailure) || failure.isTold) throw failure
      yield* shell.complain(failure.message)
      if (failure.isFatal) {
        const isChecked = shell.options.has('errexit')
        throw new ShellExit(shell.isCommandString && !isChecked ? failure.status : 1, !isChecked)
      }
      failure.isTold = true
      throw failure
    }
  }

  *#compound(shell: ShellState, node: CompoundNode): Task<number> {
    const run = COMPOUND_COMMANDS[node.type] as (
      shell: ShellState,
      node: CommandOf<CompoundNode['type']>,
    ) => Task<number>
    if (node.redirections.length === 0) return yield* run(shell, node)
    const undo = new RedirectionUndo(shell.process.files)
    try {
      const failure = yield* tryRedirect(shell, node.redirections, shell.process.files, undo)
      return failure ?? (yield* run(shell, node))
    } finally {
      undo.undo()
    }
  }

  /** Runs the traps of the signals that have come. */
  *#runTraps(shell: ShellState): Task {
    while (shell.pendingSignals.length > 0 && !shell.isRunningTrap) {
      const signal = shell.pendingSignals.shift() as string
      const commands = shell.traps.get(signal)
      if (!commands) continue
      const { status } = shell
      shell.isRunningTrap = true
      try {
        yield* this.text(shell, commands, shell.line)
      } finally {
        shell.isRunningTrap = false
      }
      shell.status = status
    }
  }
}
