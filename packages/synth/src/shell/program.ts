import type { Process } from './kernel/process.ts'
import type { Task } from './task.ts'

/** A program that a shell can start: what it does from its start to its exit status. */
export type Program = (context: ProgramContext) => Task<number>

/** What a program gets. */
export interface ProgramContext {
  readonly process: Process
  /** The name that it was called by, without the directory. */
  readonly name: string
  readonly args: readonly string[]
  readonly environment: ReadonlyMap<string, string>
  readonly system: ProgramSystem
}

/** What programs need that start other programs: `timeout`, `xargs`, `env`, `nohup`. */
export interface ProgramSystem {
  /**
   * Goes on as another command, as execvp(3) does. `not-found` and `not-executable` where there is no such program; then nothing has
   * happened.
   */
  execute(
    process: Process,
    argv: readonly string[],
    environment: ReadonlyMap<string, string>,
  ): Task<number | 'not-found' | 'not-executable'>
  /** Paths of programs of a name along PATH, the first being the one that is run. */
  locate(process: Process, name: string, environment: ReadonlyMap<string, string>): readonly string[]
}

/** Prints to a program's standard output. */
export function* print(context: ProgramContext, text: string | Uint8Array): Task {
  yield* context.process.write(1, text)
}

/** Prints to a program's standard error. */
export function* printError(context: ProgramContext, text: string): Task {
  yield* context.process.write(2, text)
}
