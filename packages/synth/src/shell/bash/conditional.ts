import type { Task } from '../task.ts'
import { assignArray } from './assign.ts'
import { evaluateInShell } from './evaluate-in-shell.ts'
import { expandArithmetic, expandToPattern, expandToText } from './expand-word.ts'
import { BINARY_TESTS, NUMBER_TESTS, UNARY_TESTS } from './file-tests.ts'
import { ExpansionFailure } from './flow.ts'
import { GlobPattern } from './glob-pattern.ts'
import { quotedIfNeeded } from './quote.ts'
import type { ShellState } from './shell-state.ts'
import type { ConditionalExpression } from './syntax.ts'

/** Whether `[[ … ]]` is true. Throws an ExpansionFailure. */
export function* evaluateConditional(shell: ShellState, expression: ConditionalExpression): Task<boolean> {
  shell.process.kernel.budget.operation()
  switch (expression.type) {
    case 'CondNot':
      return !(yield* evaluateConditional(shell, expression.operand))
    case 'CondAnd':
      return (
        (yield* evaluateConditional(shell, expression.left)) && (yield* evaluateConditional(shell, expression.right))
      )
    case 'CondOr':
      return (
        (yield* evaluateConditional(shell, expression.left)) || (yield* evaluateConditional(shell, expression.right))
      )
    case 'CondGroup':
      return yield* evaluateConditional(shell, expression.expression)
    case 'CondWord': {
      const text = yield* expandToText(shell, expression.word)
      yield* trace(shell, `-n ${quotedIfNeeded(text)}`)
      return text !== ''
    }
    case 'CondUnary': {
      const operand = yield* expandToText(shell, expression.operand)
      yield* trace(shell, `${expression.operator} ${quotedIfNeeded(operand)}`)
      return UNARY_TESTS[expression.operator]?.(shell, operand) ?? false
    }
    case 'CondBinary':
      return yield* evaluateBinary(shell, expression)
  }
}

function* evaluateBinary(
  shell: ShellState,
  expression: Extract<ConditionalExpression, { type: 'CondBinary' }>,
): Task<boolean> {
  const left = yield* expandToText(shell, expression.left)
  const { operator } = expression
  if (operator === '=~') {
    const pattern = yield* expandToPattern(shell, expression.right, (text) =>
      text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    )
    yield* trace(shell, `${quotedIfNeeded(left)} =~ ${pattern}`)
    return yield* matchRegex(shell, left, pattern)
  }
  if (operator === '=' || operator === '==' || operator === '!=') {
    const pattern = yield* expandToPattern(shell, expression.right)
    yield* trace(shell, `${quotedIfNeeded(left)} ${operator} ${pattern}`)
    const glob = new GlobPattern(pattern, { ignoreCase: shell.shopt.nocasematch })
    return glob.matches(left) === (operator !== '!=')
  }
  const right = yield* expandToText(shell, expression.right)
  yield* trace(shell, `${quotedIfNeeded(left)} ${operator} ${quotedIfNeeded(right)}`)
  const compare = NUMBER_TESTS[operator]
  if (compare) {
    const first = evaluateInShell(shell, yield* expandArithmetic(shell, left))
    return compare(first, evaluateInShell(shell, yield* expandArithmetic(shell, right)))
  }
  return BINARY_TESTS[operator]?.(shell, left, right) ?? false
}

/** Matches an extended regular expression and sets BASH_REMATCH. */
function* matchRegex(shell: ShellState, text: string, pattern: string): Task<boolean> {
  const groups = yield* shell.executor.matchRegex(shell, text, pattern)
  if (groups === 'invalid') throw new ExpansionFailure('', { status: 2 })
  assignArray(
    shell,
    'BASH_REMATCH',
    (groups ?? []).map((value) => ({ subscript: undefined, value, append: false })),
    { append: false },
  )
  return groups !== undefined
}

function* trace(shell: ShellState, text: string): Task {
  if (shell.options.has('xtrace')) yield* shell.process.write(2, `+ [[ ${text} ]]\n`)
}
