import { lateralKind } from '../analysis/analyze-relation.ts'
import type { Field } from '../analysis/scope.ts'
import { visibleFields } from '../analysis/scope.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import type { JoinRelation, Query, Relation, TableQuery, TableRelation, UnnestRelation } from '../trino/nodes.ts'
import { targetColumn } from './coerced-sql.ts'
import { ExpressionEmitter } from './expression-emitter.ts'
import { type EmittedQuery, type Generator, quoteName, type Target } from './generator.ts'
import { guardedTerms } from './logical-sql.ts'
import { namedQuerySql } from './named-query-sql.ts'
import { conjunctsOf, pushToScans } from './partition-condition.ts'
import { rowFieldSql } from './row-sql.ts'
import { valuesSql } from './values-sql.ts'
import { virtualTableSql } from './virtual-table-sql.ts'

type RelationOf<K extends Relation['kind']> = Extract<Relation, { readonly kind: K }>

/** SQL of a relation in FROM. Its columns are bound to their symbols on the way. */
export function relationSql(generator: Generator, relation: Relation): string {
  const write = WRITERS[relation.kind] as (generator: Generator, relation: Relation) => string
  return write(generator, relation)
}

const WRITERS: { readonly [K in Relation['kind']]: (generator: Generator, relation: RelationOf<K>) => string } = {
  table: (generator, node) => tableSql(generator, node, fieldsOf(generator, node)),
  'aliased-relation': (generator, node) => {
    const sql = relationSql(generator, node.relation)
    const inner = fieldsOf(generator, node.relation)
    const named = node.columnAliases ? visibleFields(inner) : inner
    fieldsOf(generator, node).forEach((field, index) => {
      const of = named[index]
      if (of) generator.bindAlias(field, of)
    })
    return sql
  },
  'subquery-relation': (generator, node) => derivedSql(generator, node.query, fieldsOf(generator, node)),
  lateral: (generator, node) => `LATERAL ${derivedSql(generator, node.query, fieldsOf(generator, node))}`,
  'values-relation': (generator, node) => {
    const fields = fieldsOf(generator, node)
    const columns = generator.freshColumns(fields.length)
    const name = generator.fresh('q')
    generator.bindAll(fields, columns, name)
    return `(${valuesSql(generator, node, columns)}) AS ${name}`
  },
  join: joinSql,
  unnest: (generator, node) => `LATERAL ${unnestSql(generator, node)}`,
  'sampled-relation': (generator, node) => {
    const percentage = generator.analysis.queries.samplePercentages.get(node) ?? 100
    return `${relationSql(generator, node.relation)} TABLESAMPLE BERNOULLI (${percentage} PERCENT)`
  },
  'unsupported-relation': (_, node) => {
    throw new Error(`the analyzer let ${node.name} through`)
  },
}

function fieldsOf(generator: Generator, relation: Relation): readonly Field[] {
  return generator.analysis.queries.relationFields.get(relation) ?? []
}

/** A query in FROM, a view or a WITH query that is used once. */
function derivedSql(generator: Generator, query: Query, fields: readonly Field[]): string {
  const columns = generator.freshColumns(fields.length)
  const { sql, origins } = generator.emitQuery(query, { columns })
  const name = generator.fresh('q')
  generator.bindAll(fields, columns, name)
  fields.forEach((field, index) => {
    const origin = origins[index]
    if (origin) generator.origins.set(field, origin)
  })
  return `(${sql}) AS ${name}`
}

function tableSql(generator: Generator, node: TableRelation | TableQuery, fields: readonly Field[]): string {
  const binding = generator.analysis.queries.tableBindings.get(node)
  switch (binding?.kind) {
    case 'table':
      return scanSql(generator, binding.table, fields)
    case 'virtual-table': {
      const columns = generator.freshColumns(fields.length)
      const name = generator.fresh('q')
      generator.bindAll(fields, columns, name)
      return `(${virtualTableSql(binding.table, columns)}) AS ${name}`
    }
    case 'view':
      return derivedSql(generator, binding.query, fields)
    case 'named-query':
    case 'recursive-reference': {
      const common = namedQuerySql(generator, binding.namedQuery)
      if (!common) return derivedSql(generator, binding.namedQuery.query, fields)
      const name = generator.fresh('t')
      const columns = common.columns.map((column) => `${name}.${column}`)
      generator.bindAll(fields, columns, name)
      return `${common.name} AS ${name}`
    }
    case undefined:
      throw new Error(`table ${node.name.parts.map((part) => part.text).join('.')} was not analyzed`)
  }
}

/** A table: its scan is asked for the columns that are used, as they are used. */
function scanSql(generator: Generator, table: CatalogTable, fields: readonly Field[]): string {
  const scan = generator.openScan(table)
  const name = generator.fresh('t')
  // Conditions on partition keys leave partitions out, those on texts lines of a text table.
  const texts = table.storageDescriptor.columns.filter((column) => /^(string|varchar)\b/i.test(column.type))
  const origins = new Set([...table.partitionKeys, ...texts].map((column) => column.name))
  for (const field of fields) {
    const column = field.name ?? ''
    generator.bind(
      field,
      () => {
        scan.columns.add(column)
        return `${name}.${quoteName(column)}`
      },
      name,
    )
    if (origins.has(column)) generator.origins.set(field, { scan, column })
  }
  return `${scan.placeholder} AS ${name}`
}

/** `TABLE name`. */
export function tableQuerySql(generator: Generator, node: TableQuery, target: Target): EmittedQuery {
  const fields = generator.analysis.queries.outputs.get(node) ?? []
  const from = tableSql(generator, node, fields)
  const items = fields.map((field, index) => {
    return `${targetColumn(generator, generator.sqlOf(field), field.type, index, target)} AS ${target.columns[index]}`
  })
  return {
    sql: `SELECT ${items.join(', ')} FROM ${from}`,
    origins: fields.map((field) => generator.origins.get(field)),
  }
}

const JOIN_WORDS = { inner: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN' } as const

function joinSql(generator: Generator, node: JoinRelation): string {
  const left = relationSql(generator, node.left)
  const right = relationSql(generator, node.right)
  if (node.type === 'cross' || node.type === 'implicit') return `${left} CROSS JOIN ${right}`
  const isLateral = lateralKind(node.right) !== undefined
  // The rows of a lateral relation each have a row on the left.
  const type = isLateral && node.type === 'right' ? 'inner' : isLateral && node.type === 'full' ? 'left' : node.type
  const condition = onSql(generator, node)
  // What an outer join makes NULL is no longer what the scan has.
  if (type === 'left' || type === 'full') dropOrigins(generator, fieldsOf(generator, node.right))
  if (type === 'right' || type === 'full') dropOrigins(generator, fieldsOf(generator, node.left))
  return `(${left} ${JOIN_WORDS[type]} ${right} ON ${condition})`
}

function onSql(generator: Generator, node: JoinRelation): string {
  const using = generator.analysis.queries.joins.get(node)?.using
  if (using) {
    const terms = using.map(({ field, left, right, operator }) => {
      const [leftType = left.type, rightType = right.type] = operator.operandTypes
      const emitted = [
        targetColumn(generator, generator.sqlOf(left), left.type, 0, { columns: [], types: [leftType] }),
        targetColumn(generator, generator.sqlOf(right), right.type, 0, { columns: [], types: [rightType] }),
      ]
      const [a = '', b = ''] = emitted
      const either = { inner: a, left: a, cross: a, implicit: a, right: b, full: `coalesce(${a}, ${b})` }[node.type]
      generator.bind(field, either)
      const side = node.type === 'right' ? right : left
      const origin = generator.origins.get(side)
      if (origin && node.type !== 'full') generator.origins.set(field, origin)
      return operator.emit(emitted, generator.context)
    })
    return terms.join(' AND ')
  }
  if (node.criteria?.kind !== 'join-on') return 'true'
  const terms = conjunctsOf(node.criteria.expression)
  // ON of an outer join says what matches, and nothing about the rows that are kept anyway.
  const kept = node.type === 'left' ? node.left : node.type === 'right' ? node.right : undefined
  if (node.type === 'inner') pushToScans(generator, terms)
  else if (kept) withoutOrigins(generator, fieldsOf(generator, kept), () => pushToScans(generator, terms))
  return guardedTerms(terms, 'and', new ExpressionEmitter(generator, generator.context)).join(' AND ')
}

function dropOrigins(generator: Generator, fields: readonly Field[]): void {
  for (const field of fields) generator.origins.delete(field)
}

function withoutOrigins(generator: Generator, fields: readonly Field[], run: () => void): void {
  const saved = fields.flatMap((field) => {
    const origin = generator.origins.get(field)
    return origin ? [[field, origin] as const] : []
  })
  dropOrigins(generator, fields)
  run()
  for (const [field, origin] of saved) generator.origins.set(field, origin)
}

/**
 * UNNEST of several arrays and maps side by side, the shorter ones filled up with NULL. DuckDB's own `unnest` in a select
 * list does that for lists; maps become two lists, rows their fields, and the position a range.
 */
function unnestSql(generator: Generator, node: UnnestRelation): string {
  const emitter = new ExpressionEmitter(generator, generator.context)
  const fields = fieldsOf(generator, node)
  const inputs = generator.freshColumns(node.expressions.length)
  const values = node.expressions.map((expression, index) => `${emitter.emit(expression)} AS ${inputs[index]}`)
  const spread: string[] = []
  const outputs: string[] = []
  const list = (sql: string): string => {
    const column = generator.fresh('s')
    spread.push(`unnest(${sql}) AS ${column}`)
    return column
  }
  node.expressions.forEach((expression, index) => {
    const type = emitter.typeOf(expression)
    const input = inputs[index] as string
    if (type.kind === 'map') {
      outputs.push(list(`map_keys(${input})`), list(`map_values(${input})`))
      return
    }
    const element = list(input)
    if (type.kind === 'array' && type.element.kind === 'row') {
      type.element.fields.forEach((_, position) => {
        outputs.push(rowFieldSql(element, position))
      })
    } else outputs.push(element)
  })
  if (node.withOrdinality) {
    const lengths = node.expressions.map((expression, index) => {
      const size = emitter.typeOf(expression).kind === 'map' ? 'cardinality' : 'len'
      return `coalesce(CAST(${size}(${inputs[index]}) AS BIGINT), 0)`
    })
    outputs.push(list(`range(1, greatest(${lengths.join(', ')}) + 1)`))
  }
  const columns = generator.freshColumns(outputs.length)
  const name = generator.fresh('q')
  const items = outputs.map((output, index) => `${output} AS ${columns[index]}`)
  const rows = `SELECT ${spread.join(', ')} FROM (SELECT ${values.join(', ')}) AS ${generator.fresh('q')}`
  generator.bindAll(fields, columns, name)
  return `(SELECT ${items.join(', ')} FROM (${rows}) AS ${generator.fresh('q')}) AS ${name}`
}
