import { FileError } from '../files/file-error.ts'
import { resolvePath } from '../files/path.ts'
import type { Process } from '../kernel/process.ts'
import { missingReason } from '../programs/not-simulated.ts'
import { ShellLimitError } from '../shell-limits.ts'
import type { Task } from '../task.ts'
import { expandArrayElements } from './array-literal.ts'
import { temporaryVariable } from './assign.ts'
import { runAssignment } from './assignment.ts'
import { BUILTINS } from './builtins/table.ts'
import { DECLARATION_BUILTINS, expandDeclaration } from './declaration-words.ts'
import type { ArrayElement, WordsOptions } from './executor.ts'
import { expandToText, expandWords } from './expand-word.ts'
import { ExpansionFailure, FunctionReturn } from './flow.ts'
import { quotedIfNeeded } from './quote.ts'
import { RedirectionUndo, redirect } from './redirect.ts'
import type { ShellState } from './shell-state.ts'
import { staticText } from './static-word.ts'
import { waitForCommands } from './subshell.ts'
import type { CommandOf, FunctionNode, RedirectionNode } from './syntax.ts'
import type { Variable } from './variable.ts'

/** Builtins whose assignments in front of them stay (POSIX special builtins; bash does so for `exec` alone outside of POSIX mode). */
const KEEPS_REDIRECTIONS = 'exec'

/** Runs a simple command: expansions, redirections, assignments, and what its first word names. */
export function* runSimpleCommand(
  shell: ShellState,
  node: CommandOf<'SimpleCommand'>,
  options: { readonly replace: boolean },
): Task<number> {
  const before = shell.substitutionDescriptors
  shell.substitutionDescriptors = []
  shell.substitutionStatus = 0
  try {
    const { words, arrays } = yield* expandCommandWords(shell, node)
    if (words.length === 0) return yield* runAssignments(shell, node)
    const temporary: { readonly name: string; readonly value: string }[] = []
    for (const assignment of node.assignments) {
      if (shell.variables.find(assignment.name)?.isReadonly) {
        yield* shell.complain(`${assignment.name}: readonly variable`)
        continue
      }
      const value = assignment.value ? yield* expandToText(shell, assignment.value) : ''
      temporary.push({
        name: assignment.name,
        value: assignment.append ? currentValue(shell, assignment.name) + value : value,
      })
    }
    if (shell.options.has('xtrace')) {
      const shown = [
        ...temporary.map(({ name, value }) => `${name}=${quotedIfNeeded(value)}`),
        ...words.map(quotedIfNeeded),
      ]
      yield* shell.process.write(2, `+ ${shown.join(' ')}\n`)
    }
    const status = yield* runWords(
      shell,
      words,
      { replace: options.replace },
      { temporary, arrays, redirections: node.redirections },
    )
    shell.lastArgument = words.at(-1) ?? ''
    return status
  } finally {
    for (const descriptor of shell.substitutionDescriptors) shell.process.files.close(descriptor)
    shell.substitutionDescriptors = before
  }
}

interface CommandSurroundings {
  readonly temporary: readonly { readonly name: string; readonly value: string }[]
  readonly arrays: ReadonlyMap<number, readonly ArrayElement[]>
  readonly redirections: readonly RedirectionNode[]
}

const NO_SURROUNDINGS: CommandSurroundings = { temporary: [], arrays: new Map(), redirections: [] }

/** Runs a command by its words: a function, a builtin or a program. */
export function* runWords(
  shell: ShellState,
  words: readonly string[],
  options: WordsOptions,
  surroundings: CommandSurroundings = NO_SURROUNDINGS,
): Task<number> {
  const [name = '', ...args] = words
  const shellFunction = options.only ? undefined : shell.functions.get(name)
  const builtin = options.only === 'program' || !Object.hasOwn(BUILTINS, name) ? undefined : BUILTINS[name]
  if (!shellFunction && !builtin) {
    if (options.only === 'builtin') {
      yield* shell.complain(`builtin: ${name}: not a shell builtin`)
      return 1
    }
    return yield* runProgram(shell, words, options.replace ?? false, surroundings)
  }
  const undo = new RedirectionUndo(shell.process.files)
  const hidden: { readonly name: string; readonly variable: Variable | undefined }[] = []
  try {
    if (surroundings.redirections.length > 0) {
      const failure = yield* tryRedirect(shell, surroundings.redirections, shell.process.files, undo)
      if (failure) return failure
    }
    // Assignments in front of a function or builtin hold for its time.
    if (shellFunction && surroundings.temporary.length > 0) shell.variables.pushScope()
    for (const { name: variable, value } of surroundings.temporary) {
      hidden.push({ name: variable, variable: shell.variables.replaceLocal(variable, temporaryVariable(value)) })
    }
    if (shellFunction) return yield* callFunction(shell, shellFunction, args)
    if (!builtin) return 0
    const status = yield* runBuiltin(shell, name, () =>
      builtin({ shell, executor: shell.executor, process: shell.process, name, args, arrays: surroundings.arrays }),
    )
    if (name === KEEPS_REDIRECTIONS) undo.keep()
    return status
  } finally {
    if (shellFunction && surroundings.temporary.length > 0) shell.variables.popScope()
    else for (const { name: variable, variable: previous } of hidden) shell.variables.replaceLocal(variable, previous)
    undo.undo()
  }
}

/** Runs a builtin; what it cannot write or expand is told with its name. */
function* runBuiltin(shell: ShellState, name: string, run: () => Task<number>): Task<number> {
  try {
    return yield* run()
  } catch (error) {
    if (error instanceof FileError) {
      yield* shell.complain(`${name}: write error: ${error.message}`)
      return 1
    }
    if (error instanceof ExpansionFailure && !error.isFatal) {
      yield* shell.complain(`${name}: ${error.message}`)
      return error.status
    }
    throw error
  }
}

/** Calls a function with arguments. */
function* callFunction(shell: ShellState, node: FunctionNode, args: readonly string[]): Task<number> {
  const limit = shell.process.kernel.budget.limits.callDepth
  if (shell.callDepth >= limit) throw new ShellLimitError('callDepth', limit)
  const { positional, loopDepth } = shell
  shell.callDepth += 1
  shell.positional = [...args]
  shell.loopDepth = 0
  shell.functionCalls.unshift({ name: node.name, line: shell.line })
  shell.variables.pushScope()
  const undo = new RedirectionUndo(shell.process.files)
  try {
    if (node.redirections.length > 0) {
      const failure = yield* tryRedirect(shell, node.redirections, shell.process.files, undo)
      if (failure) return failure
    }
    return yield* shell.executor.command(shell, node.body)
  } catch (thrown) {
    if (thrown instanceof FunctionReturn) return thrown.status
    throw thrown
  } finally {
    undo.undo()
    shell.variables.popScope()
    shell.functionCalls.shift()
    shell.loopDepth = loopDepth
    shell.positional = positional
    shell.callDepth -= 1
  }
}

/** Makes redirections; gives the status of the command that is then not run, where one cannot be made. */
export function* tryRedirect(
  shell: ShellState,
  redirections: readonly RedirectionNode[],
  files: Process['files'],
  undo?: RedirectionUndo,
): Task<number | undefined> {
  try {
    yield* redirect(shell, redirections, files, undo)
    return undefined
  } catch (failure) {
    if (!(failure instanceof ExpansionFailure) || failure.isFatal) throw failure
    yield* shell.complain(failure.message)
    return failure.status
  }
}

function* runProgram(
  shell: ShellState,
  words: readonly string[],
  replace: boolean,
  surroundings: CommandSurroundings,
): Task<number> {
  const environment = shell.variables.environment()
  environment.set('_', words[0] ?? '')
  for (const { name, value } of surroundings.temporary) environment.set(name, value)
  if (replace) {
    const failure = yield* tryRedirect(shell, surroundings.redirections, shell.process.files)
    if (failure) return failure
    for (const [signal, action] of shell.process.signalActions) {
      if (action !== 'ignore') shell.process.signalActions.delete(signal)
    }
    return yield* startProgram(shell, shell.process, words, environment)
  }
  const files = shell.process.files.clone()
  let failure: number | undefined
  try {
    failure = yield* tryRedirect(shell, surroundings.redirections, files)
  } catch (thrown) {
    files.closeAll()
    if (!(thrown instanceof ExpansionFailure) || !thrown.isFatal) throw thrown
    // bash makes a program's redirections in its process, so that what ends a shell ends that one.
    yield* shell.complain(thrown.message)
    return shell.isCommandString && !shell.options.has('errexit') ? thrown.status : 1
  }
  if (failure) {
    files.closeAll()
    return failure
  }
  const process = shell.process.kernel.spawn(
    shell.process,
    { name: words[0] ?? '', commandLine: words.join(' '), files },
    (child) => startProgram(shell, child, words, environment),
  )
  const [status] = yield* waitForCommands(shell, [process])
  return status ?? 0
}

function* startProgram(
  shell: ShellState,
  process: Process,
  words: readonly string[],
  environment: ReadonlyMap<string, string>,
): Task<number> {
  const name = words[0] ?? ''
  const status = yield* shell.executor.system.execute(process, words, environment)
  if (typeof status === 'number') return status
  const inode = name.includes('/') ? process.kernel.fileSystem.find(resolvePath(process.directory, name)) : undefined
  if (status === 'not-executable') {
    yield* process.write(
      2,
      `${shell.prefix}${name}: ${inode?.kind === 'directory' ? 'Is a directory' : 'Permission denied'}\n`,
    )
    return 126
  }
  yield* process.write(2, `${shell.prefix}${name}: ${notFoundText(process, name)}\n`)
  return 127
}

function notFoundText(process: Process, name: string): string {
  if (!name.includes('/')) return missingReason(name, 'command not found')
  try {
    process.kernel.fileSystem.lookup(resolvePath(process.directory, name))
    return 'bad interpreter: No such file or directory'
  } catch (error) {
    return missingReason(name, error instanceof FileError ? error.message : 'No such file or directory')
  }
}

/** A command that is nothing but assignments and redirections. */
function* runAssignments(shell: ShellState, node: CommandOf<'SimpleCommand'>): Task<number> {
  for (const assignment of node.assignments) yield* runAssignment(shell, assignment)
  if (node.redirections.length > 0) {
    const files = shell.process.files.clone()
    try {
      const failure = yield* tryRedirect(shell, node.redirections, files)
      if (failure) return failure
    } finally {
      files.closeAll()
    }
  }
  return shell.substitutionStatus
}

function* expandCommandWords(
  shell: ShellState,
  node: CommandOf<'SimpleCommand'>,
): Task<{ readonly words: readonly string[]; readonly arrays: ReadonlyMap<number, readonly ArrayElement[]> }> {
  if (!node.name) return { words: [], arrays: NO_SURROUNDINGS.arrays }
  const name = staticText(node.name)
  if (name !== undefined && DECLARATION_BUILTINS.has(name) && !shell.functions.has(name)) {
    return yield* expandDeclaration(shell, name, node.args, expandArrayElements)
  }
  return { words: yield* expandWords(shell, [node.name, ...node.args]), arrays: NO_SURROUNDINGS.arrays }
}

function currentValue(shell: ShellState, name: string): string {
  const variable = shell.variables.find(name)
  return variable?.value ?? ''
}
