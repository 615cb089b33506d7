import type { ValuesQuery, ValuesRelation } from '../trino/nodes.ts'
import { commonSuperType } from '../types/coercion.ts'
import { formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import type { Analyzer } from './analyzer.ts'
import { forbidAggregates } from './call-kinds.ts'
import { type Field, plainField, type Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'

type RowType = TrinoType & { readonly kind: 'row' }

/** Rows of one shape; a value that is no row is a row of one column. */
export function analyzeValues(analyzer: Analyzer, node: ValuesQuery | ValuesRelation, scope: Scope): readonly Field[] {
  const rows = node.rows.map((row): RowType => {
    forbidAggregates(row, analyzer.settings, 'VALUES')
    const type = analyzer.analyzeExpression(analyzer, row, scope)
    return type.kind === 'row' ? type : { kind: 'row', fields: [{ type }] }
  })
  const [first] = rows
  if (!first) return []
  let common: TrinoType = first
  for (const row of rows) {
    if (row.fields.length !== first.fields.length) {
      const text = `Values rows have mismatched sizes: ${first.fields.length} vs ${row.fields.length}`
      throw semanticError('TYPE_MISMATCH', node, text)
    }
    const wider = commonSuperType(row, common)
    if (!wider) {
      const text = `Values rows have mismatched types: ${formatTrinoType(first)} vs ${formatTrinoType(row)}`
      throw semanticError('TYPE_MISMATCH', node, text)
    }
    common = wider
  }
  const types = common.kind === 'row' ? common.fields.map(({ type }) => type) : []
  analyzer.notes.queries.outputCoercions.set(node, types)
  return types.map((type) => plainField(undefined, type))
}
