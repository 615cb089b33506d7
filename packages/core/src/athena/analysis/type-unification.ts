import type { Expression } from '../trino/nodes.ts'
import { canCoerce, commonSuperType } from '../types/coercion.ts'
import { formatTrinoType, sameType, type TrinoType } from '../types/trino-type.ts'
import type { AnalysisNotes } from './analyzer.ts'
import { type Located, semanticError } from './semantic-error.ts'

/** Notes that a value becomes another type where it stands. */
export function coerce(notes: AnalysisNotes, expression: Expression, to: TrinoType): void {
  const { types, coercions } = notes.expressions
  const from = types.get(expression)
  // The body of a lambda may be analyzed again with other types: what held before must go.
  if (from && sameType(from, to)) coercions.delete(expression)
  else coercions.set(expression, to)
}

/** `<what> must evaluate to a boolean (actual: integer)`. */
export function requireType(notes: AnalysisNotes, expression: Expression, to: TrinoType, what: string): void {
  const from = typeOf(notes, expression)
  if (!canCoerce(from, to)) {
    const text = `${what} must evaluate to a ${formatTrinoType(to)} (actual: ${formatTrinoType(from)})`
    throw semanticError('TYPE_MISMATCH', expression, text)
  }
  coerce(notes, expression, to)
}

/** The one type of several expressions, to which all are coerced. */
export function unify(notes: AnalysisNotes, expressions: readonly Expression[], what: string): TrinoType {
  const byName = new Map<string, Expression>()
  for (const expression of expressions) {
    const name = formatTrinoType(typeOf(notes, expression))
    if (!byName.has(name)) byName.set(name, expression)
  }
  let common: TrinoType = { kind: 'unknown' }
  for (const [name, expression] of byName) {
    const wider = commonSuperType(common, typeOf(notes, expression))
    if (!wider) {
      const all = [...byName.keys()].join(', ')
      const text = `${what} must be the same type or coercible to a common type. Cannot find common type between ${formatTrinoType(common)} and ${name}, all types (without duplicates): [${all}]`
      throw semanticError('TYPE_MISMATCH', expression, text)
    }
    common = wider
  }
  for (const expression of expressions) coerce(notes, expression, common)
  return common
}

/** The one type of two expressions, to which both are coerced; else `<text>: integer vs varchar(1)`. */
export function unifyPair(
  notes: AnalysisNotes,
  node: Located,
  text: string,
  first: Expression,
  second: Expression,
): TrinoType {
  const left = typeOf(notes, first)
  const right = typeOf(notes, second)
  const common = commonSuperType(left, right)
  if (!common) {
    throw semanticError('TYPE_MISMATCH', node, `${text}: ${formatTrinoType(left)} vs ${formatTrinoType(right)}`)
  }
  coerce(notes, first, common)
  coerce(notes, second, common)
  return common
}

/** The type that an expression was found to have, before coercion. */
export function typeOf(notes: AnalysisNotes, expression: Expression): TrinoType {
  const type = notes.expressions.types.get(expression)
  if (!type) throw new Error(`${expression.kind} was not analyzed`)
  return type
}
