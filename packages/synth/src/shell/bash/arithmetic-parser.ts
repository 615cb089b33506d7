/** An arithmetic expression as read from text. */
export type Arithmetic =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'variable'; readonly name: string; readonly subscript: string | undefined }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Arithmetic }
  | {
      readonly kind: 'step'
      readonly operator: '++' | '--'
      readonly isPrefix: boolean
      readonly target: ArithmeticVariable
    }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Arithmetic
      readonly right: Arithmetic
      readonly rest: string
    }
  | {
      readonly kind: 'conditional'
      readonly test: Arithmetic
      readonly then: Arithmetic
      readonly otherwise: Arithmetic
    }
  | {
      readonly kind: 'assignment'
      readonly operator: string
      readonly target: ArithmeticVariable
      readonly value: Arithmetic
      readonly rest: string
    }

/** A variable that can be assigned to. */
export type ArithmeticVariable = Extract<Arithmetic, { kind: 'variable' }>

/** An expression that bash refuses; the message is the part of its own behind the expression. */
export class ArithmeticError extends Error {
  override readonly name: 'ArithmeticError' = 'ArithmeticError'
  /** The variable's value that it is about, where that is not the expression itself. */
  expression: string | undefined
}

const BINARY_PRECEDENCE: Readonly<Record<string, number>> = {
  ',': 1,
  '||': 4,
  '&&': 5,
  '|': 6,
  '^': 7,
  '&': 8,
  '==': 9,
  '!=': 9,
  '<': 10,
  '>': 10,
  '<=': 10,
  '>=': 10,
  '<<': 11,
  '>>': 11,
  '+': 12,
  '-': 12,
  '*': 13,
  '/': 13,
  '%': 13,
  '**': 14,
}
const ASSIGNMENTS: ReadonlySet<string> = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|='])
const OPERATORS = [
  ['<<=', '>>='],
  ['||', '&&', '==', '!=', '<=', '>=', '<<', '>>', '**', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|='],
  ['+', '-', '*', '/', '%', '<', '>', '=', '!', '~', '&', '|', '^', '?', ':', ',', '(', ')'],
]
/** Deepest nesting of parentheses and operators. */
const DEPTH_LIMIT = 200

/**
 * Reads an arithmetic expression with bash's operators and precedences (bash manual, Shell Arithmetic). Throws an
 * {@link ArithmeticError}. Empty text is 0.
 */
export function parseArithmetic(text: string): Arithmetic {
  return new Parser(text).parse()
}

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  /** Where the last operator begins: what bash names where an operand is missing at the end. */
  #lastOperator = 0

  constructor(text: string) {
    this.#text = text
  }

  parse(): Arithmetic {
    this.#skip()
    if (this.#at === this.#text.length) return { kind: 'number', value: 0n }
    const expression = this.#expression(0)
    this.#skip()
    if (this.#at < this.#text.length) {
      const rest = this.#rest()
      if (/^[=+\-*/%<>&^|]=?/.test(rest) && rest.includes('=')) {
        throw new ArithmeticError(`attempted assignment to non-variable (error token is "${rest}")`)
      }
      throw new ArithmeticError(`syntax error in expression (error token is "${rest}")`)
    }
    return expression
  }

  #expression(minimum: number): Arithmetic {
    this.#depth += 1
    if (this.#depth > DEPTH_LIMIT) throw new ArithmeticError('expression recursion level exceeded (error token is "")')
    let left = this.#unary()
    for (;;) {
      this.#skip()
      const start = this.#at
      const operator = this.#operator()
      if (operator === undefined) break
      if (ASSIGNMENTS.has(operator) && left.kind === 'variable' && minimum <= 2) {
        const rest = this.#rest()
        left = { kind: 'assignment', operator, target: left, value: this.#expression(2), rest }
        continue
      }
      if (operator === '?' && minimum <= 3) {
        left = this.#conditional(left)
        continue
      }
      const precedence = BINARY_PRECEDENCE[operator]
      if (precedence === undefined || precedence < minimum) {
        this.#at = start
        break
      }
      const rest = this.#rest()
      // ** is the only one that groups from the right.
      const right = this.#expression(operator === '**' ? precedence : precedence + 1)
      left = { kind: 'binary', operator, left, right, rest: rest.trimStart() }
    }
    this.#depth -= 1
    return left
  }

  #conditional(test: Arithmetic): Arithmetic {
    this.#skip()
    if (this.#at === this.#text.length) throw new ArithmeticError('expression expected (error token is "")')
    const then = this.#expression(1)
    this.#skip()
    if (this.#text[this.#at] !== ':') {
      throw new ArithmeticError(`\`:' expected for conditional expression (error token is "${this.#rest()}")`)
    }
    this.#at += 1
    return { kind: 'conditional', test, then, otherwise: this.#expression(3) }
  }

  #unary(): Arithmetic {
    this.#skip()
    const start = this.#at
    const operator = this.#operator()
    if (operator === '++' || operator === '--') {
      const target = this.#variable()
      if (target) return { kind: 'step', operator, isPrefix: true, target }
      // Without a variable behind them they are two signs.
      this.#at = start + 1
      return { kind: 'unary', operator: operator.slice(1), operand: this.#unary() }
    }
    if (operator === '!' || operator === '~' || operator === '-' || operator === '+') {
      return { kind: 'unary', operator, operand: this.#unary() }
    }
    if (operator === '(') {
      const inner = this.#expression(0)
      this.#skip()
      if (this.#text[this.#at] !== ')') throw new ArithmeticError(`missing \`)' (error token is "${this.#rest()}")`)
      this.#at += 1
      return inner
    }
    if (operator !== undefined) {
      this.#at = start
      throw this.#operandExpected()
    }
    return this.#operand()
  }

  #operand(): Arithmetic {
    const variable = this.#variable()
    if (variable) {
      this.#skip()
      const step = this.#text.slice(this.#at, this.#at + 2)
      if (step === '++' || step === '--') {
        this.#at += 2
        return { kind: 'step', operator: step, isPrefix: false, target: variable }
      }
      return variable
    }
    const number = /^[0-9][0-9A-Za-z_@#]*/.exec(this.#text.slice(this.#at))
    if (!number) throw this.#operandExpected()
    this.#at += number[0].length
    return { kind: 'number', value: parseArithmeticNumber(number[0]) }
  }

  #variable(): ArithmeticVariable | undefined {
    this.#skip()
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.#text.slice(this.#at))?.[0]
    if (name === undefined) return undefined
    this.#at += name.length
    if (this.#text[this.#at] !== '[') return { kind: 'variable', name, subscript: undefined }
    let depth = 0
    for (let i = this.#at; i < this.#text.length; i += 1) {
      if (this.#text[i] === '[') depth += 1
      if (this.#text[i] !== ']') continue
      depth -= 1
      if (depth > 0) continue
      const subscript = this.#text.slice(this.#at + 1, i)
      this.#at = i + 1
      return { kind: 'variable', name, subscript }
    }
    throw new ArithmeticError(`bad array subscript (error token is "${this.#rest()}")`)
  }

  #operator(): string | undefined {
    for (const operators of OPERATORS) {
      const width = operators[0]?.length ?? 0
      const candidate = this.#text.slice(this.#at, this.#at + width)
      if (operators.includes(candidate)) {
        this.#lastOperator = this.#at
        this.#at += width
        return candidate
      }
    }
    return undefined
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #rest(): string {
    return this.#text.slice(this.#at)
  }

  #operandExpected(): ArithmeticError {
    const token = this.#rest() || this.#text.slice(this.#lastOperator)
    return new ArithmeticError(`syntax error: operand expected (error token is "${token}")`)
  }
}

/** A number as bash writes them: decimal, `0x1f`, `017`, `2#1010` with bases to 64. Throws an {@link ArithmeticError}. */
export function parseArithmeticNumber(text: string): bigint {
  const based = /^(\d+)#([0-9A-Za-z_@]*)$/.exec(text)
  if (based) return digits(based[2] ?? '', Number(based[1]), text)
  if (/^0[xX]/.test(text)) return digits(text.slice(2), 16, text)
  if (/^0./.test(text)) return digits(text.slice(1), 8, text)
  return digits(text, 10, text)
}

function digits(text: string, base: number, token: string): bigint {
  if (base < 2 || base > 64) throw new ArithmeticError(`invalid arithmetic base (error token is "${token}")`)
  if (text === '' && token.includes('#'))
    throw new ArithmeticError(`invalid integer constant (error token is "${token}")`)
  let value = 0n
  for (const character of text) {
    const digit = digitValue(character, base)
    if (digit === undefined || digit >= base) {
      throw new ArithmeticError(`value too great for base (error token is "${token}")`)
    }
    value = BigInt.asIntN(64, value * BigInt(base) + BigInt(digit))
  }
  return value
}

function digitValue(character: string, base: number): number | undefined {
  if (character >= '0' && character <= '9') return Number(character)
  if (character >= 'a' && character <= 'z') return character.charCodeAt(0) - 87
  if (character >= 'A' && character <= 'Z') return character.charCodeAt(0) - (base <= 36 ? 55 : 29)
  if (character === '@') return 62
  if (character === '_') return 63
  return undefined
}
