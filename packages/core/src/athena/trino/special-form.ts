import type { Expression, FunctionCall } from './nodes.ts'
import type { TokenReader } from './token-reader.ts'

/**
 * `if`, `nullif`, `coalesce`, `try` and `format` look like functions but are syntax in Trino, with its
 * own errors while parsing. Source: io.trino.sql.parser.AstBuilder; texts of Trino 435.
 */
export function specialForm(call: FunctionCall, reader: TokenReader): Expression {
  const name = call.name.parts.length === 1 ? call.name.parts[0]?.text.toLowerCase() : undefined
  const form = name === undefined || !Object.hasOwn(SPECIAL_FORMS, name) ? undefined : SPECIAL_FORMS[name]
  if (!form || name === undefined) return call
  for (const clause of unfitClauses(call)) {
    reader.defer(`${clause} not valid for '${name}' function`, call.location)
  }
  const count = call.arguments.length
  if (count < form.minimum || count > form.maximum) {
    reader.defer(form.wrongCount, call.location)
    return call
  }
  return form.make(call)
}

function unfitClauses(call: FunctionCall): readonly string[] {
  const clauses: string[] = []
  if (call.window) clauses.push('OVER clause')
  if (call.distinct) clauses.push('DISTINCT')
  if (call.nullTreatment) clauses.push('Null treatment clause')
  if (call.filter) clauses.push('FILTER')
  return clauses
}

interface SpecialForm {
  readonly minimum: number
  readonly maximum: number
  readonly wrongCount: string
  make(call: FunctionCall): Expression
}

const SPECIAL_FORMS: Readonly<Record<string, SpecialForm>> = {
  if: {
    minimum: 2,
    maximum: 3,
    wrongCount: "Invalid number of arguments for 'if' function",
    make: ({ location, arguments: [condition, then, otherwise] }) =>
      Object.freeze({
        kind: 'if',
        location,
        condition: present(condition),
        // biome-ignore lint/suspicious/noThenProperty: Trino's name of the branch in the contract of nodes.ts
        then: present(then),
        else: otherwise,
      }),
  },
  nullif: {
    minimum: 2,
    maximum: 2,
    wrongCount: "Invalid number of arguments for 'nullif' function",
    make: ({ location, arguments: [first, second] }) =>
      Object.freeze({ kind: 'nullif', location, first: present(first), second: present(second) }),
  },
  coalesce: {
    minimum: 2,
    maximum: Number.POSITIVE_INFINITY,
    wrongCount: "The 'coalesce' function must have at least two arguments",
    make: ({ location, arguments: operands }) => Object.freeze({ kind: 'coalesce', location, operands }),
  },
  try: {
    minimum: 1,
    maximum: 1,
    wrongCount: "The 'try' function must have exactly one argument",
    make: ({ location, arguments: [operand] }) => Object.freeze({ kind: 'try', location, operand: present(operand) }),
  },
  // Stays a function for the analyzer; only its errors are special.
  format: {
    minimum: 2,
    maximum: Number.POSITIVE_INFINITY,
    wrongCount: "The 'format' function must have at least two arguments",
    make: (call) => call,
  },
}

function present(expression: Expression | undefined): Expression {
  if (expression === undefined) throw new RangeError('an argument counted before is missing')
  return expression
}
