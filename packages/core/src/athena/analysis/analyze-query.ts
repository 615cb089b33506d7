import type { Query, QueryBody, SetOperation } from '../trino/nodes.ts'
import { commonSuperType, isComparable } from '../types/coercion.ts'
import { formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import { analyzeOrdering } from './analyze-ordering.ts'
import { analyzeSelect } from './analyze-select.ts'
import { analyzeTable } from './analyze-table.ts'
import { analyzeValues } from './analyze-values.ts'
import { analyzeWith } from './analyze-with.ts'
import type { Analyzer } from './analyzer.ts'
import { type Field, plainField, relationScope, type Scope, visibleFields } from './scope.ts'
import { semanticError } from './semantic-error.ts'

/** Analyzes a query that stands in a scope (undefined at the top) and gives its columns. Source: Trino, StatementAnalyzer. */
export function analyzeQuery(analyzer: Analyzer, query: Query, parent: Scope | undefined): readonly Field[] {
  const scope = analyzeWith(analyzer, query.with, parent)
  const fields = analyzeBody(analyzer, query.body, scope)
  const { orderBy, offset, limit } = query
  const ordering = analyzeOrdering(
    analyzer,
    { node: query, orderBy, offset, limit },
    fields,
    relationScope(fields, scope),
  )
  analyzer.notes.queries.ordering.set(query, ordering)
  analyzer.notes.queries.outputs.set(query, fields)
  return fields
}

/** A term of a set operation, or the whole of a query without one. */
export function analyzeBody(analyzer: Analyzer, body: QueryBody, scope: Scope): readonly Field[] {
  const fields = bodyFields(analyzer, body, scope)
  analyzer.notes.queries.outputs.set(body, fields)
  return fields
}

function bodyFields(analyzer: Analyzer, body: QueryBody, scope: Scope): readonly Field[] {
  switch (body.kind) {
    case 'query-specification':
      return analyzeSelect(analyzer, body, scope)
    case 'set-operation':
      return analyzeSetOperation(analyzer, body, scope)
    case 'table-query':
      return visibleFields(analyzeTable(analyzer, body, scope))
    case 'values':
      return analyzeValues(analyzer, body, scope)
    case 'subquery-body':
      return analyzeQuery(analyzer, body.query, scope)
  }
}

function analyzeSetOperation(analyzer: Analyzer, node: SetOperation, scope: Scope): readonly Field[] {
  const terms = [node.left, node.right]
  const outputs = terms.map((term) => analyzeBody(analyzer, term, scope))
  const [first = []] = outputs
  const name = node.operator.toUpperCase()
  let types = first.map((field) => field.type)
  for (const fields of outputs) {
    if (fields.length !== first.length) {
      const text = `${name} query has different number of fields: ${first.length}, ${fields.length}`
      throw semanticError('TYPE_MISMATCH', node, text)
    }
    types = types.map((type, index) => {
      const other = fields[index]?.type ?? type
      const common = commonSuperType(type, other)
      if (common) return common
      const text = `column ${index + 1} in ${name} query has incompatible types: ${formatTrinoType(type)}, ${formatTrinoType(other)}`
      throw semanticError('TYPE_MISMATCH', node, text)
    })
  }
  for (const type of types) {
    const isPlain = node.operator === 'union' && !node.distinct
    if (isPlain || isComparable(type)) continue
    const text = `Type ${formatTrinoType(type)} is not comparable and therefore cannot be used in ${name}${node.distinct ? '' : ' ALL'}`
    throw semanticError('TYPE_MISMATCH', node, text)
  }
  for (const term of terms) analyzer.notes.queries.outputCoercions.set(term, types)
  return first.map(({ name: column }, index) => plainField(column, types[index] as TrinoType))
}
