import { evaluateInShell } from './evaluate-in-shell.ts'
import { BINARY_TESTS, NUMBER_TESTS, UNARY_TESTS } from './file-tests.ts'
import type { ShellState } from './shell-state.ts'

/** An expression that `test` refuses, with its message. */
export class TestSyntaxError extends Error {
  override readonly name: 'TestSyntaxError' = 'TestSyntaxError'
}

/** Whether the expression of `test` and `[` is true: by the number of arguments, as POSIX has it. Throws a {@link TestSyntaxError}. */
export function evaluateTest(shell: ShellState, args: readonly string[]): boolean {
  const [first, second, third] = args
  switch (args.length) {
    case 0:
      return false
    case 1:
      return first !== ''
    case 2:
      if (first === '!') return second === ''
      return unary(shell, first as string, second as string)
    case 3: {
      const [left, operator, right] = [first as string, second as string, third as string]
      if (isBinary(operator)) return binary(shell, left, operator, right)
      if (operator === '-a') return left !== '' && right !== ''
      if (operator === '-o') return left !== '' || right !== ''
      if (left === '!') return !evaluateTest(shell, args.slice(1))
      if (left === '(' && right === ')') return operator !== ''
      throw new TestSyntaxError(`${operator}: binary operator expected`)
    }
    case 4:
      if (first === '!') return !evaluateTest(shell, args.slice(1))
      if (first === '(' && args[3] === ')') return evaluateTest(shell, args.slice(1, 3))
  }
  const reader = new ExpressionReader(shell, args)
  const result = reader.or()
  reader.finish()
  return result
}

/** Reads `-a`, `-o`, `!` and parentheses with their precedences. */
class ExpressionReader {
  readonly #shell: ShellState
  readonly #args: readonly string[]
  #at = 0

  constructor(shell: ShellState, args: readonly string[]) {
    this.#shell = shell
    this.#args = args
  }

  or(): boolean {
    let value = this.#and()
    while (this.#args[this.#at] === '-o') {
      this.#at += 1
      const right = this.#and()
      value = value || right
    }
    return value
  }

  finish(): void {
    if (this.#at < this.#args.length) throw new TestSyntaxError('too many arguments')
  }

  #and(): boolean {
    let value = this.#primary()
    while (this.#args[this.#at] === '-a') {
      this.#at += 1
      const right = this.#primary()
      value = value && right
    }
    return value
  }

  #primary(): boolean {
    const word = this.#args[this.#at]
    if (word === undefined) throw new TestSyntaxError('argument expected')
    if (word === '!') {
      this.#at += 1
      return !this.#primary()
    }
    const operator = this.#args[this.#at + 1]
    const right = this.#args[this.#at + 2]
    if (operator !== undefined && right !== undefined && isBinary(operator)) {
      this.#at += 3
      return binary(this.#shell, word, operator, right)
    }
    if (word === '(') {
      this.#at += 1
      const value = this.or()
      if (this.#args[this.#at] !== ')') throw new TestSyntaxError("`)' expected")
      this.#at += 1
      return value
    }
    if (Object.hasOwn(UNARY_TESTS, word) && operator !== undefined) {
      this.#at += 2
      return unary(this.#shell, word, operator)
    }
    this.#at += 1
    return word !== ''
  }
}

function isBinary(operator: string): boolean {
  return (
    ['=', '==', '!='].includes(operator) ||
    Object.hasOwn(BINARY_TESTS, operator) ||
    Object.hasOwn(NUMBER_TESTS, operator)
  )
}

function unary(shell: ShellState, operator: string, operand: string): boolean {
  const test = Object.hasOwn(UNARY_TESTS, operator) ? UNARY_TESTS[operator] : undefined
  if (!test) throw new TestSyntaxError(`${operator}: unary operator expected`)
  return test(shell, operand)
}

function binary(shell: ShellState, left: string, operator: string, right: string): boolean {
  if (operator === '=' || operator === '==') return left === right
  if (operator === '!=') return left !== right
  const compare = NUMBER_TESTS[operator]
  if (compare) return compare(integer(shell, left), integer(shell, right))
  return BINARY_TESTS[operator]?.(shell, left, right) ?? false
}

function integer(shell: ShellState, text: string): bigint {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new TestSyntaxError(`${text}: integer expression expected`)
  return evaluateInShell(shell, text.trim().replace(/^([+-]?)0+(?=\d)/, '$1'))
}
