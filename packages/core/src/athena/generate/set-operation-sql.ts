import { comparisonKey } from '../functions/operators.ts'
import type { QueryBody, SetOperation } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { EmittedQuery, Generator, Target } from './generator.ts'

/** UNION, INTERSECT and EXCEPT of two terms that are coerced to the same types. */
export function setOperationSql(
  generator: Generator,
  node: SetOperation,
  types: readonly TrinoType[],
  columns: readonly string[],
  emitBody: (generator: Generator, body: QueryBody, target: Target) => EmittedQuery,
): string {
  const left = emitBody(generator, node.left, { columns, types }).sql
  const rightColumns = generator.freshColumns(types.length)
  const right = emitBody(generator, node.right, { columns: rightColumns, types }).sql
  const isByKey = types.some((type) => comparisonKey(type, 's') !== 's')
  if (!isByKey || (node.operator === 'union' && !node.distinct)) {
    return `(${left}) ${node.operator.toUpperCase()}${node.distinct ? '' : ' ALL'} (${right})`
  }
  const q = (): string => generator.fresh('q')
  const keys = types.map((type, index) => comparisonKey(type, columns[index] ?? ''))
  const distinct = `SELECT DISTINCT ON (${keys.join(', ')}) * FROM`
  if (node.operator === 'union') return `${distinct} ((${left}) UNION ALL (${right})) AS ${q()}`
  // Values that differ and yet are equal, as timestamps of two zones: matched by their keys, and by number for ALL.
  const same = types.map((type, index) => {
    return `${keys[index]} IS NOT DISTINCT FROM ${comparisonKey(type, rightColumns[index] ?? '')}`
  })
  const not = node.operator === 'except' ? 'NOT ' : ''
  if (node.distinct) {
    const matching = `SELECT 1 FROM (${right}) AS ${q()} WHERE ${same.join(' AND ')}`
    return `${distinct} (${left}) AS ${q()} WHERE ${not}EXISTS (${matching})`
  }
  const [number, otherNumber] = generator.freshColumns(2)
  const otherKeys = types.map((type, index) => comparisonKey(type, rightColumns[index] ?? ''))
  const numbered = (sql: string, by: readonly string[], name: string | undefined): string =>
    `SELECT *, row_number() OVER (PARTITION BY ${by.join(', ')}) AS ${name} FROM (${sql}) AS ${q()}`
  const matching = `SELECT 1 FROM (${numbered(right, otherKeys, otherNumber)}) AS ${q()} WHERE ${[...same, `${number} = ${otherNumber}`].join(' AND ')}`
  return `SELECT ${columns.join(', ')} FROM (${numbered(left, keys, number)}) AS ${q()} WHERE ${not}EXISTS (${matching})`
}
