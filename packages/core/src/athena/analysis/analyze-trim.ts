import { locateErrors } from '../errors.ts'
import type { Trim } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { ExpressionContext } from './expression-context.ts'
import { semanticError } from './semantic-error.ts'
import { coerce } from './type-unification.ts'

const FUNCTIONS = { both: 'trim', leading: 'ltrim', trailing: 'rtrim' } as const

/** `TRIM(LEADING 'x' FROM value)`: a call of ltrim, as in Trino. */
export function analyzeTrim(node: Trim, { analyzer, analyze }: ExpressionContext): TrinoType {
  const { notes, settings } = analyzer
  const operands = node.characters ? [node.value, node.characters] : [node.value]
  const types = operands.map(analyze)
  const name = FUNCTIONS[node.side]
  const resolved = locateErrors(node.location, () => settings.resolveFunction(name, types, settings.dialect))
  if (!resolved) throw semanticError('FUNCTION_NOT_FOUND', node, `Function '${name}' not registered`)
  operands.forEach((operand, index) => {
    const to = resolved.parameterTypes[index]
    if (to) coerce(notes, operand, to)
  })
  notes.expressions.functions.set(node, resolved)
  return resolved.returnType
}
