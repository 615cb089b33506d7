import { FileError } from '../../files/file-error.ts'
import { toText } from '../../kernel/bytes.ts'
import { readAll } from '../../kernel/open-path.ts'
import { ShellLimitError } from '../../shell-limits.ts'
import type { Task } from '../../task.ts'
import type { Builtin, BuiltinContext } from '../executor.ts'
import { FunctionReturn, LoopJump, ShellExit } from '../flow.ts'
import type { ShellState } from '../shell-state.ts'

/** `:` and `true` */
// biome-ignore lint/correctness/useYield: takes no time
export const colon: Builtin = function* () {
  return 0
}

// biome-ignore lint/correctness/useYield: takes no time
export const no: Builtin = function* () {
  return 1
}

/** `break [n]` and `continue [n]` */
export const loopJump: Builtin = function* ({ shell, name, args }) {
  if (shell.loopDepth === 0) {
    yield* shell.complain(`${name}: only meaningful in a \`for', \`while', or \`until' loop`)
    return 0
  }
  const levels = args[0] === undefined ? 1 : Number(args[0])
  if (!Number.isInteger(levels)) {
    yield* shell.complain(`${name}: ${args[0]}: numeric argument required`)
    throw new ShellExit(128)
  }
  if (levels < 1) {
    yield* shell.complain(`${name}: ${args[0]}: loop count out of range`)
    return 1
  }
  throw new LoopJump(name === 'break' ? 'break' : 'continue', levels)
}

/** `return [n]` */
export const leaveFunction: Builtin = function* ({ shell, args }) {
  if (shell.functionCalls.length === 0 && shell.sourceDepth === 0) {
    yield* shell.complain("return: can only `return' from a function or sourced script")
    return 2
  }
  throw new FunctionReturn(yield* statusArgument(shell, 'return', args[0]))
}

/** `exit [n]` */
export const exit: Builtin = function* ({ shell, args }) {
  throw new ShellExit(yield* statusArgument(shell, 'exit', args[0]))
}

function* statusArgument(shell: ShellState, name: string, text: string | undefined): Task<number> {
  if (text === undefined) return shell.status
  if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(BigInt.asUintN(8, BigInt(text.trim().replace('+', ''))))
  yield* shell.complain(`${name}: ${text}: numeric argument required`)
  return 2
}

/** `eval [text …]` */
export const evaluate: Builtin = function* ({ shell, executor, args }) {
  const text = args.join(' ')
  if (text.trim() === '') return 0
  return yield* nested(shell, executor.text(shell, text, shell.line))
}

/** `source file [argument …]` and `.` */
export const source: Builtin = function* ({ shell, executor, process, name, args }) {
  const [path, ...positional] = args
  if (path === undefined) {
    yield* shell.complain(`${name}: filename argument required`)
    yield* process.write(2, `${name}: usage: ${name} filename [arguments]\n`)
    return 2
  }
  let text: string
  try {
    text = toText(yield* readAll(process, path))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    yield* shell.complain(
      `${error.code === 'EISDIR' ? `${name}: ` : ''}${path}: ${error.message.toLowerCase() === 'is a directory' ? 'is a directory' : error.message}`,
    )
    return 1
  }
  const before = shell.positional
  const { line } = shell
  if (positional.length > 0) shell.positional = positional
  shell.sourceDepth += 1
  try {
    return yield* nested(shell, executor.text(shell, text))
  } catch (thrown) {
    if (thrown instanceof FunctionReturn) return thrown.status
    throw thrown
  } finally {
    shell.sourceDepth -= 1
    if (positional.length > 0) shell.positional = before
    shell.line = line
  }
}

function* nested(shell: ShellState, task: Task<number>): Task<number> {
  const limit = shell.process.kernel.budget.limits.callDepth
  if (shell.callDepth >= limit) throw new ShellLimitError('callDepth', limit)
  shell.callDepth += 1
  try {
    return yield* task
  } finally {
    shell.callDepth -= 1
  }
}

/** `exec [command …]`: with a command the shell becomes it, otherwise its redirections stay. */
export const exec: Builtin = function* ({ shell, executor, args }) {
  let rest = args
  while (/^-[cla]+$/.test(rest[0] ?? '')) {
    yield* shell.complain(`exec: ${rest[0]}: option not simulated`)
    rest = rest.slice(1)
    return 1
  }
  if (rest[0] === '--') rest = rest.slice(1)
  if (rest.length === 0) return 0
  throw new ShellExit(yield* executor.words(shell, rest, { only: 'program', replace: true }))
}

/** `command [-pVv] name [argument …]` and `builtin name [argument …]` are looked up elsewhere. */
export const runBuiltinOnly: Builtin = function* (context: BuiltinContext) {
  const { shell, executor, args } = context
  if (args.length === 0) return 0
  return yield* executor.words(shell, args, { only: 'builtin' })
}
