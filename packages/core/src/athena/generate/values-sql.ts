import { emitCoercion } from '../functions/cast.ts'
import type { ValuesQuery, ValuesRelation } from '../trino/nodes.ts'
import { ExpressionEmitter } from './expression-emitter.ts'
import type { Generator } from './generator.ts'
import { rowFieldSql } from './row-sql.ts'

/** The rows of VALUES, each coerced to the columns' types. */
export function valuesSql(
  generator: Generator,
  node: ValuesQuery | ValuesRelation,
  columns: readonly string[],
): string {
  const types = generator.analysis.queries.outputCoercions.get(node) ?? []
  const emitter = new ExpressionEmitter(generator, generator.context)
  const rows = node.rows.map((row) => {
    if (row.kind === 'row') {
      const items = row.items.map((item, index) => emitter.emitAs(item, types[index] ?? emitter.typeOf(item)))
      return `(${items.join(', ')})`
    }
    const type = emitter.ownType(row)
    const sql = emitter.emit(row)
    if (type.kind !== 'row') return `(${emitCoercion(sql, type, types[0] ?? type, generator.context)})`
    const items = type.fields.map((field, index) =>
      emitCoercion(rowFieldSql(sql, index), field.type, types[index] ?? field.type, generator.context),
    )
    return `(${items.join(', ')})`
  })
  return `SELECT * FROM (VALUES ${rows.join(', ')}) AS ${generator.fresh('q')}(${columns.join(', ')})`
}
