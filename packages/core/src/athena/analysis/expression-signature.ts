import type { Expression } from '../trino/nodes.ts'
import type { ExpressionAnalysis, SelectOutput } from './analysis.ts'
import { nodesBelow, type QueryNode } from './nodes-below.ts'
import type { Field } from './scope.ts'

/** What has the annotations of expressions: an analysis, or one that is being made. */
export interface Annotated {
  readonly expressions: Pick<ExpressionAnalysis, 'columns' | 'parameters'>
}

/**
 * A text that two expressions share if they mean the same: equal in form, names of columns by what they name. So
 * `upper(T.A)` in SELECT is `UPPER(a)` in GROUP BY. Source: Trino, ScopeAware.
 */
export class ExpressionSignatures {
  readonly #numbers = new Map<Field, number>()
  readonly #notes: Annotated

  constructor(notes: Annotated) {
    this.#notes = notes
  }

  of(expression: Expression): string {
    return JSON.stringify(expression, (key, value: unknown) => this.#replace(key, value))
  }

  ofField(field: Field): string {
    return JSON.stringify({ column: this.#numberOf(field) })
  }

  ofOutput(output: SelectOutput): string {
    switch (output.kind) {
      case 'expression':
        return this.of(output.expression)
      case 'field':
        return this.ofField(output.field)
      case 'row-field':
        return JSON.stringify({ base: this.of(output.base), index: output.index })
    }
  }

  #replace(key: string, value: unknown): unknown {
    if (key === 'location' || key === 'operatorLocation') return undefined
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value !== 'object' || value === null || !('kind' in value)) return value
    const field = this.#notes.expressions.columns.get(value as Expression)
    if (field && !field.isLambdaParameter) return { column: this.#numberOf(field) }
    if (value.kind === 'identifier' && 'text' in value) return { name: String(value.text).toLowerCase() }
    if (value.kind === 'parameter') return this.#notes.expressions.parameters.get(value as Expression) ?? value
    return value
  }

  #numberOf(field: Field): number {
    const known = this.#numbers.get(field)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(field, number)
    return number
  }
}

/** The columns that an expression names, those in its subqueries too. */
export function* columnsIn(root: QueryNode, notes: Annotated): Generator<{ node: Expression; field: Field }> {
  for (const node of nodesBelow(root)) {
    const field = notes.expressions.columns.get(node as Expression)
    if (field) yield { node: node as Expression, field }
  }
}
