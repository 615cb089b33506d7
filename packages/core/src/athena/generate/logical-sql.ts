import type { Field } from '../analysis/scope.ts'
import type { Expression, Logical } from '../trino/nodes.ts'
import { walkExpression } from '../trino/visit-expression.ts'
import type { ExpressionEmitter } from './expression-emitter.ts'
import { mayFail } from './may-fail.ts'

/** AND and OR: what stands first decides whether what follows is evaluated, as in Trino. */
export function logicalSql(node: Logical, emitter: ExpressionEmitter): string {
  const sql = guardedTerms(node.terms, node.operator, emitter)
  return `(${sql.join(node.operator === 'and' ? ' AND ' : ' OR ')})`
}

/**
 * The terms of a conjunction or disjunction. DuckDB evaluates them in an order of its own, so a term that may fail is put
 * behind those before it: `srcaddr <> '-' AND CAST(srcaddr AS ipaddress) = …` must not cast `-`. Only terms about the
 * same relation count, as a condition over two relations could not go down to one of them.
 */
export function guardedTerms(
  terms: readonly Expression[],
  operator: 'and' | 'or',
  emitter: ExpressionEmitter,
): readonly string[] {
  const { analysis } = emitter.generator
  const texts: string[] = []
  return terms.map((term, index) => {
    const sql = emitter.emit(term)
    texts.push(sql)
    if (index === 0 || !mayFail(term, analysis)) return sql
    const own = fieldsOf(term, emitter)
    const guards = texts.slice(0, index).filter((_, position) => {
      const before = terms[position]
      return before !== undefined && isAbout(before, own, emitter)
    })
    if (guards.length === 0) return sql
    const decided = operator === 'and' ? 'false' : 'true'
    const isDecided = guards.map((guard) => `(${guard}) IS ${decided}`).join(' OR ')
    return `(CASE WHEN ${isDecided} THEN ${decided} ELSE ${sql} END)`
  })
}

/** True where a term speaks of columns of these relations alone. */
function isAbout(term: Expression, relations: ReadonlySet<string>, emitter: ExpressionEmitter): boolean {
  const own = fieldsOf(term, emitter)
  return own.size === 0 ? false : [...own].every((relation) => relations.has(relation))
}

function fieldsOf(term: Expression, { generator }: ExpressionEmitter): ReadonlySet<string> {
  const relations = new Set<string>()
  for (const part of walkExpression(term)) {
    const field: Field | undefined = generator.analysis.expressions.columns.get(part)
    if (field) relations.add(generator.relationOf(field))
  }
  return relations
}
