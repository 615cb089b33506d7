import type { CommandNode, ScriptNode } from 'just-bash'
import type { Process } from '../kernel/process.ts'
import type { ProgramSystem } from '../program.ts'
import type { Task } from '../task.ts'
import type { ShellState } from './shell-state.ts'
import type { Statements, WordPart } from './syntax.ts'

/** Runs the parts of a script. The modules of this folder call each other through it. */
export interface Executor {
  readonly system: ProgramSystem
  /** Runs statements one after the other; gives the status of the last. */
  statements(shell: ShellState, statements: Statements): Task<number>
  /** Runs one command of any kind. */
  command(shell: ShellState, node: CommandNode): Task<number>
  /** Runs the only command of a subshell: a program takes the subshell's place. */
  lastCommand(shell: ShellState, node: CommandNode): Task<number>
  /** Runs the text of `eval`, of a trap or of a file, as part of this shell. `firstLine` is the number of its first line. */
  text(shell: ShellState, text: string, firstLine?: number): Task<number>
  /** Runs a command whose words have been expanded. */
  words(shell: ShellState, words: readonly string[], options?: WordsOptions): Task<number>
  /** The output of `$(…)`, without its last line ends; sets `substitutionStatus`. */
  substitute(shell: ShellState, script: ScriptNode): Task<string>
  /** The path of `<(…)` or `>(…)`. */
  processSubstitution(shell: ShellState, part: Extract<WordPart, { type: 'ProcessSubstitution' }>): Task<string>
  /** The groups that an extended regular expression finds in a text; undefined without a match. */
  matchRegex(shell: ShellState, text: string, pattern: string): Task<readonly string[] | undefined | 'invalid'>
}

/** How a command of expanded words is run. */
export interface WordsOptions {
  /** Neither functions nor, with `program`, builtins are looked at: `command`, `builtin`, `exec`. */
  readonly only?: 'builtin-or-program' | 'builtin' | 'program'
  /** Goes on as the program instead of starting a process: `exec`, and the last command of a subshell. */
  readonly replace?: boolean
}

/** A builtin command: runs inside of the shell, with its redirections made. */
export type Builtin = (context: BuiltinContext) => Task<number>

/** What a builtin gets. */
export interface BuiltinContext {
  readonly shell: ShellState
  readonly executor: Executor
  readonly process: Process
  readonly name: string
  readonly args: readonly string[]
  /** Of `declare` and its like: array values, by the place of their argument, which holds `name=` or `name+=` alone. */
  readonly arrays: ReadonlyMap<number, readonly ArrayElement[]>
}

/** An element of an array literal, expanded. */
export interface ArrayElement {
  /** Text between the brackets of `[…]=`. */
  readonly subscript: string | undefined
  readonly value: string
  readonly append: boolean
}
