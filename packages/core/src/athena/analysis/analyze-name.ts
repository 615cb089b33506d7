import { formatExpression } from '../trino/format-expression.ts'
import type { Dereference, Expression, Identifier } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { DIALECT_RULES } from './dialect.ts'
import type { ExpressionContext } from './expression-context.ts'
import { resolveColumn, startsWithColumn } from './scope.ts'
import { semanticError } from './semantic-error.ts'

/** The lower-case parts of `a`, `a.b`, `a.b.c`; undefined for what is no chain of names. */
export function nameParts(expression: Expression): readonly string[] | undefined {
  if (expression.kind === 'identifier') return [expression.text.toLowerCase()]
  if (expression.kind !== 'dereference') return undefined
  const base = nameParts(expression.base)
  return base && [...base, expression.field.text.toLowerCase()]
}

export function analyzeIdentifier(node: Identifier, context: ExpressionContext): TrinoType {
  const parts = [node.text.toLowerCase()]
  return resolve(node, parts, context) ?? missing(node, parts, context)
}

export function analyzeDereference(node: Dereference, context: ExpressionContext): TrinoType {
  const parts = nameParts(node)
  if (parts) {
    const column = resolve(node, parts, context)
    if (column) return column
    if (!startsWithColumn(context.scope, parts)) return missing(node, parts, context)
  }
  return analyzeRowField(node, parts, context)
}

function analyzeRowField(
  node: Dereference,
  parts: readonly string[] | undefined,
  context: ExpressionContext,
): TrinoType {
  const base = context.analyze(node.base)
  if (base.kind !== 'row') {
    const text = `Expression ${formatExpression(node.base)} is not of type ROW`
    throw semanticError('TYPE_MISMATCH', node.base, text)
  }
  const name = node.field.text.toLowerCase()
  const matches = base.fields.flatMap((field, index) => (field.name?.toLowerCase() === name ? [index] : []))
  const [index = -1] = matches
  const field = base.fields[index]
  if (!field) return missing(node, parts, context)
  if (matches.length > 1) {
    throw semanticError('AMBIGUOUS_NAME', node.field, `Ambiguous row field reference: ${node.field.text}`)
  }
  // A name that was a column in an earlier analysis of the same lambda must not stay one.
  context.analyzer.notes.expressions.columns.delete(node)
  context.analyzer.notes.expressions.rowFields.set(node, index)
  return field.type
}

function resolve(node: Expression, parts: readonly string[], context: ExpressionContext): TrinoType | undefined {
  const { expressions } = context.analyzer.notes
  const found = resolveColumn(context.scope, parts)
  switch (found.kind) {
    case 'missing':
      return undefined
    case 'ambiguous':
      throw semanticError('AMBIGUOUS_NAME', node, `Column '${parts.join('.')}' is ambiguous`)
    case 'field':
      expressions.columns.set(node, found.field)
      if (!found.local) expressions.correlated.add(node)
      return found.field.type
  }
}

/** Trino prints `null` for the name of a field of what has no name. */
function missing(node: Expression, parts: readonly string[] | undefined, { analyzer }: ExpressionContext): never {
  const { columnNotFoundSuffix } = DIALECT_RULES[analyzer.settings.dialect]
  const name = parts?.join('.') ?? 'null'
  const text = `Column '${name}' cannot be resolved${columnNotFoundSuffix}`
  const remedy = `Check the columns of the tables in FROM. A text constant stands in single quotes: '${name}'.`
  throw semanticError('COLUMN_NOT_FOUND', node, text, remedy)
}
