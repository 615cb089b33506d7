import type {
  Expression,
  GroupBy,
  GroupingElement,
  Identifier,
  JoinCriteria,
  QualifiedName,
  Query,
  QueryBody,
  Relation,
  SelectItem,
  SortItem,
  WindowReference,
  WindowSpecification,
} from './nodes.ts'

/** How the parts of a query that belong to expressions print; `format-expression.ts` gives them. */
export interface ExpressionFormats {
  expression(expression: Expression): string
  identifier(identifier: Identifier): string
  name(name: QualifiedName): string
  orderBy(items: readonly SortItem[]): string
  window(window: WindowSpecification | WindowReference): string
}

/** A query in parentheses, on one line. Trino breaks the lines of subqueries in its errors; the words are the same. */
export function formatSubquery(query: Query, formats: ExpressionFormats): string {
  return `(${formatQuery(query, formats)})`
}

function formatQuery(query: Query, formats: ExpressionFormats): string {
  return [formatWith(query, formats), formatBody(query.body, formats), ...formatOrdering(query, formats)]
    .filter((part) => part !== '')
    .join(' ')
}

function formatWith({ with: clause }: Query, formats: ExpressionFormats): string {
  if (!clause) return ''
  const queries = clause.queries.map(
    ({ name, columnAliases, query }) =>
      `${formats.identifier(name)}${formatAliases(columnAliases, formats)} AS ${formatSubquery(query, formats)}`,
  )
  return `WITH ${clause.recursive ? 'RECURSIVE ' : ''}${queries.join(', ')}`
}

function formatAliases(aliases: readonly Identifier[] | undefined, formats: ExpressionFormats): string {
  return aliases ? ` (${aliases.map(formats.identifier).join(', ')})` : ''
}

function formatOrdering(
  { orderBy, offset, limit }: Pick<Query, 'orderBy' | 'offset' | 'limit'>,
  formats: ExpressionFormats,
): readonly string[] {
  const parts: string[] = []
  if (orderBy.length > 0) parts.push(formats.orderBy(orderBy))
  if (offset) parts.push(`OFFSET ${formats.expression(offset)} ROWS`)
  if (limit) {
    const count = limit.rowCount ? formats.expression(limit.rowCount) : 'ALL'
    parts.push(limit.withTies ? `FETCH FIRST ${count} ROWS WITH TIES` : `LIMIT ${count}`)
  }
  return parts
}

function formatBody(body: QueryBody, formats: ExpressionFormats): string {
  const list = (expressions: readonly Expression[]): string => expressions.map(formats.expression).join(', ')
  switch (body.kind) {
    case 'query-specification':
      return [
        `SELECT ${body.distinct ? 'DISTINCT ' : ''}${body.items.map((item) => formatItem(item, formats)).join(', ')}`,
        body.from ? `FROM ${formatRelation(body.from, formats)}` : '',
        body.where ? `WHERE ${formats.expression(body.where)}` : '',
        body.groupBy ? formatGroupBy(body.groupBy, formats) : '',
        body.having ? `HAVING ${formats.expression(body.having)}` : '',
        body.windows.length === 0
          ? ''
          : `WINDOW ${body.windows.map(({ name, window }) => `${formats.identifier(name)} AS ${formats.window(window)}`).join(', ')}`,
        ...formatOrdering(body, formats),
      ]
        .filter((part) => part !== '')
        .join(' ')
    case 'set-operation':
      return `${formatBody(body.left, formats)} ${body.operator.toUpperCase()}${body.distinct ? '' : ' ALL'} ${formatBody(body.right, formats)}`
    case 'table-query':
      return `TABLE ${formats.name(body.name)}`
    case 'values':
      return `VALUES ${list(body.rows)}`
    case 'subquery-body':
      return formatSubquery(body.query, formats)
  }
}

function formatItem(item: SelectItem, formats: ExpressionFormats): string {
  if (item.kind === 'single-column') {
    return `${formats.expression(item.expression)}${item.alias ? ` ${formats.identifier(item.alias)}` : ''}`
  }
  const target = item.target ? `${formats.expression(item.target)}.` : ''
  return `${target}*${item.aliases.length > 0 ? ` AS${formatAliases(item.aliases, formats)}` : ''}`
}

function formatGroupBy({ distinct, elements }: GroupBy, formats: ExpressionFormats): string {
  const parts = elements.map((element) => formatGroupingElement(element, formats))
  return `GROUP BY ${distinct ? 'DISTINCT ' : ''}${parts.join(', ')}`
}

const GROUPING_WORDS = { rollup: 'ROLLUP', cube: 'CUBE', 'grouping-sets': 'GROUPING SETS' } as const

function formatGroupingElement(element: GroupingElement, formats: ExpressionFormats): string {
  const set = (expressions: readonly Expression[]): string => `(${expressions.map(formats.expression).join(', ')})`
  if (element.kind === 'group-by-auto') return 'AUTO'
  if (element.kind !== 'simple-group-by') {
    return `${GROUPING_WORDS[element.kind]} (${element.sets.map(set).join(', ')})`
  }
  const [only] = element.expressions
  return element.expressions.length === 1 && only ? formats.expression(only) : set(element.expressions)
}

function formatRelation(relation: Relation, formats: ExpressionFormats): string {
  switch (relation.kind) {
    case 'table':
      return formats.name(relation.name)
    case 'aliased-relation':
      return `${formatRelation(relation.relation, formats)} ${formats.identifier(relation.alias)}${formatAliases(relation.columnAliases, formats)}`
    case 'subquery-relation':
    case 'lateral':
      return `${relation.kind === 'lateral' ? 'LATERAL ' : ''}${formatSubquery(relation.query, formats)}`
    case 'values-relation':
      return `(VALUES ${relation.rows.map(formats.expression).join(', ')})`
    case 'join':
      return formatJoin(relation, formats)
    case 'unnest':
      return `UNNEST(${relation.expressions.map(formats.expression).join(', ')})${relation.withOrdinality ? ' WITH ORDINALITY' : ''}`
    case 'sampled-relation':
      return `${formatRelation(relation.relation, formats)} TABLESAMPLE ${relation.method.toUpperCase()} (${formats.expression(relation.percentage)})`
    case 'unsupported-relation':
      return relation.name
  }
}

function formatJoin(join: Extract<Relation, { readonly kind: 'join' }>, formats: ExpressionFormats): string {
  const left = formatRelation(join.left, formats)
  const right = formatRelation(join.right, formats)
  if (join.type === 'implicit') return `${left}, ${right}`
  const natural = join.criteria?.kind === 'natural' ? 'NATURAL ' : ''
  return `(${left} ${natural}${join.type.toUpperCase()} JOIN ${right}${formatCriteria(join.criteria, formats)})`
}

function formatCriteria(criteria: JoinCriteria | undefined, formats: ExpressionFormats): string {
  if (!criteria || criteria.kind === 'natural') return ''
  if (criteria.kind === 'join-on') return ` ON ${formats.expression(criteria.expression)}`
  return ` USING (${criteria.columns.map(formats.identifier).join(', ')})`
}
