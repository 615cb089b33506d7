import { type Arithmetic, ArithmeticError, type ArithmeticVariable, parseArithmetic } from './arithmetic-parser.ts'

/** The variables that an expression reads and writes. */
export interface ArithmeticScope<Place = unknown> {
  /** Where a name and the text between its brackets lead: found once where an expression reads and writes. */
  locate(name: string, subscript: string | undefined): Place
  read(place: Place): string | undefined
  write(place: Place, value: string): void
}

/** Depth to which the values of variables are expressions of variables. */
const RECURSION_LIMIT = 64
/** Expressions that are kept read; loops evaluate few of them often. */
const CACHE_SIZE = 500

const cache = new Map<string, Arithmetic>()

/**
 * The value of an arithmetic expression whose expansions have been made: 64-bit integers that wrap (bash manual, Shell Arithmetic).
 * Throws an {@link ArithmeticError}.
 */
export function evaluateArithmetic(text: string, scope: ArithmeticScope, depth = 0): bigint {
  if (/^\s*-?[1-9]\d{0,14}\s*$/.test(text)) return BigInt(text.trim())
  let expression = cache.get(text)
  if (!expression) {
    expression = parseArithmetic(text)
    if (cache.size >= CACHE_SIZE) cache.clear()
    cache.set(text, expression)
  }
  return evaluate(expression, scope, depth)
}

function evaluate(expression: Arithmetic, scope: ArithmeticScope, depth: number): bigint {
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'variable':
      return readVariable(expression, scope, depth)
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, scope, depth))
    case 'step': {
      const place = scope.locate(expression.target.name, expression.target.subscript)
      const before = readPlace(place, scope, depth)
      const after = wrap(expression.operator === '++' ? before + 1n : before - 1n)
      scope.write(place, after.toString())
      return expression.isPrefix ? after : before
    }
    case 'conditional':
      return evaluate(expression.test, scope, depth) !== 0n
        ? evaluate(expression.then, scope, depth)
        : evaluate(expression.otherwise, scope, depth)
    case 'assignment': {
      const { operator, target } = expression
      const place = scope.locate(target.name, target.subscript)
      const before = operator === '=' ? 0n : readPlace(place, scope, depth)
      const value = evaluate(expression.value, scope, depth)
      const result = operator === '=' ? value : binary(operator.slice(0, -1), before, value, expression.rest)
      scope.write(place, result.toString())
      return result
    }
    case 'binary': {
      const left = evaluate(expression.left, scope, depth)
      if (expression.operator === '&&') return left !== 0n && evaluate(expression.right, scope, depth) !== 0n ? 1n : 0n
      if (expression.operator === '||') return left !== 0n || evaluate(expression.right, scope, depth) !== 0n ? 1n : 0n
      return binary(expression.operator, left, evaluate(expression.right, scope, depth), expression.rest)
    }
  }
}

function readVariable(variable: ArithmeticVariable, scope: ArithmeticScope, depth: number): bigint {
  return readPlace(scope.locate(variable.name, variable.subscript), scope, depth)
}

function readPlace(place: unknown, scope: ArithmeticScope, depth: number): bigint {
  const value = scope.read(place)
  if (value === undefined || value === '') return 0n
  if (depth >= RECURSION_LIMIT) {
    throw new ArithmeticError(`expression recursion level exceeded (error token is "${value}")`)
  }
  try {
    return evaluateArithmetic(value, scope, depth + 1)
  } catch (error) {
    if (error instanceof ArithmeticError) error.expression ??= value
    throw error
  }
}

function unary(operator: string, value: bigint): bigint {
  if (operator === '-') return wrap(-value)
  if (operator === '!') return value === 0n ? 1n : 0n
  return operator === '~' ? ~value : value
}

function binary(operator: string, left: bigint, right: bigint, rest: string): bigint {
  switch (operator) {
    case ',':
      return right
    case '|':
      return left | right
    case '^':
      return left ^ right
    case '&':
      return left & right
    case '==':
      return truth(left === right)
    case '!=':
      return truth(left !== right)
    case '<':
      return truth(left < right)
    case '>':
      return truth(left > right)
    case '<=':
      return truth(left <= right)
    case '>=':
      return truth(left >= right)
    case '<<':
      return wrap(left << (right & 63n))
    case '>>':
      return left >> (right & 63n)
    case '+':
      return wrap(left + right)
    case '-':
      return wrap(left - right)
    case '*':
      return wrap(left * right)
    case '**':
      return power(left, right, rest)
    default:
      if (right === 0n) throw new ArithmeticError(`division by 0 (error token is "${rest}")`)
      return operator === '/' ? wrap(left / right) : left % right
  }
}

function power(base: bigint, exponent: bigint, rest: string): bigint {
  if (exponent < 0n) throw new ArithmeticError(`exponent less than 0 (error token is "${rest}")`)
  let result = 1n
  let square = base
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = wrap(result * square)
    square = wrap(square * square)
  }
  return result
}

function truth(value: boolean): bigint {
  return value ? 1n : 0n
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}
