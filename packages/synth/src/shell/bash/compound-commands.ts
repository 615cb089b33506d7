import type { Task } from '../task.ts'
import { assign } from './assign.ts'
import { evaluateConditional } from './conditional.ts'
import { evaluateInShell } from './evaluate-in-shell.ts'
import { expandArithmetic, expandToPattern, expandToText, expandWords } from './expand-word.ts'
import { ExpansionFailure, LoopJump } from './flow.ts'
import { GlobPattern } from './glob-pattern.ts'
import { quotedIfNeeded } from './quote.ts'
import type { ShellState } from './shell-state.ts'
import { runSubshell } from './subshell.ts'
import type { ArithmeticNode, CommandOf, CompoundNode, Statements } from './syntax.ts'

type Runner<Type extends CompoundNode['type']> = (shell: ShellState, node: CommandOf<Type>) => Task<number>

/** How each compound command runs, its redirections made (bash manual, Compound Commands). */
export const COMPOUND_COMMANDS: { readonly [Type in CompoundNode['type']]: Runner<Type> } = {
  *If(shell, node) {
    for (const { condition, body } of node.clauses) {
      if ((yield* runCondition(shell, condition)) === 0) return yield* shell.executor.statements(shell, body)
    }
    return node.elseBody ? yield* shell.executor.statements(shell, node.elseBody) : 0
  },

  *For(shell, node) {
    const words = node.words ? yield* expandWords(shell, node.words) : [...shell.positional]
    let status = 0
    yield* loop(shell, words.length, function* (round) {
      const word = words[round] as string
      assign(shell, node.variable, word)
      if (shell.options.has('xtrace'))
        yield* shell.process.write(2, `+ for ${node.variable} in ${words.map(quotedIfNeeded).join(' ')}\n`)
      status = yield* shell.executor.statements(shell, node.body)
      return true
    })
    return status
  },

  *CStyleFor(shell, node) {
    let status = 0
    let hasFailed = false
    function* evaluated(expression: ArithmeticNode | null): Task<bigint | undefined> {
      const value = expression ? yield* evaluateOrTell(shell, expression) : 1n
      hasFailed ||= value === undefined
      return value
    }
    if ((yield* evaluated(node.init)) === undefined) return 1
    yield* loop(
      shell,
      Number.POSITIVE_INFINITY,
      function* () {
        if (hasFailed || !(yield* evaluated(node.condition))) return false
        status = yield* shell.executor.statements(shell, node.body)
        return true
      },
      function* () {
        yield* evaluated(node.update)
      },
    )
    return hasFailed ? 1 : status
  },

  *While(shell, node) {
    return yield* conditionLoop(shell, node.condition, node.body, (status) => status === 0)
  },

  *Until(shell, node) {
    return yield* conditionLoop(shell, node.condition, node.body, (status) => status !== 0)
  },

  *Case(shell, node) {
    const text = yield* expandToText(shell, node.word)
    let status = 0
    let isFallingThrough = false
    for (const item of node.items) {
      let isChosen = isFallingThrough
      for (const pattern of isChosen ? [] : item.patterns) {
        const glob = new GlobPattern(yield* expandToPattern(shell, pattern), { ignoreCase: shell.shopt.nocasematch })
        isChosen = glob.matches(text)
        if (isChosen) break
      }
      if (!isChosen) continue
      status = item.body.length === 0 ? 0 : yield* shell.executor.statements(shell, item.body)
      if (item.terminator === ';;') break
      isFallingThrough = item.terminator === ';&'
    }
    return status
  },

  *Subshell(shell, node) {
    return yield* runSubshell(shell, node.body, shell.process.files.clone())
  },

  *Group(shell, node) {
    return yield* shell.executor.statements(shell, node.body)
  },

  *ArithmeticCommand(shell, node) {
    return (yield* evaluateOrTell(shell, node.expression)) ? 0 : 1
  },

  *ConditionalCommand(shell, node) {
    try {
      return (yield* evaluateConditional(shell, node.expression)) ? 0 : 1
    } catch (failure) {
      if (!(failure instanceof ExpansionFailure) || failure.isFatal) throw failure
      if (failure.message !== '') yield* shell.complain(`[[: ${failure.message}`)
      return failure.status
    }
  },
}

/** The value of an expression of `((…))`; what is wrong with it is told, and it then has none. */
function* evaluateOrTell(shell: ShellState, node: ArithmeticNode): Task<bigint | undefined> {
  try {
    const text = yield* expandArithmetic(shell, node.originalText ?? '')
    if (shell.options.has('xtrace')) yield* shell.process.write(2, `+ (( ${text.trim()} ))\n`)
    return evaluateInShell(shell, text)
  } catch (failure) {
    if (!(failure instanceof ExpansionFailure) || failure.isFatal) throw failure
    yield* shell.complain(`((: ${failure.message}`)
    return undefined
  }
}

function* runCondition(shell: ShellState, condition: Statements): Task<number> {
  shell.conditionDepth += 1
  try {
    return yield* shell.executor.statements(shell, condition)
  } finally {
    shell.conditionDepth -= 1
  }
}

function* conditionLoop(
  shell: ShellState,
  condition: Statements,
  body: Statements,
  goesOn: (status: number) => boolean,
): Task<number> {
  let status = 0
  yield* loop(shell, Number.POSITIVE_INFINITY, function* () {
    if (!goesOn(yield* runCondition(shell, condition))) return false
    status = yield* shell.executor.statements(shell, body)
    return true
  })
  return status
}

/** Runs rounds until one gives false, or `break`; `between` runs after each, behind `continue` too. */
function* loop(
  shell: ShellState,
  rounds: number,
  round: (number: number) => Task<boolean>,
  between?: () => Task,
): Task {
  shell.loopDepth += 1
  try {
    for (let i = 0; i < rounds; i += 1) {
      shell.process.kernel.budget.operation()
      try {
        if (!(yield* round(i))) return
      } catch (jump) {
        if (!(jump instanceof LoopJump)) throw jump
        jump.levels -= 1
        if (jump.levels > 0 && shell.loopDepth > 1) throw jump
        if (jump.kind === 'break') return
      }
      if (between) yield* between()
    }
  } finally {
    shell.loopDepth -= 1
  }
}
