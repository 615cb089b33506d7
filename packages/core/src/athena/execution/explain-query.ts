import type { Analysis } from '../analysis/analysis.ts'
import { formatExpression, formatName } from '../trino/format-expression.ts'
import type {
  Query,
  QueryBody,
  QuerySpecification,
  Relation,
  SortItem,
  TableQuery,
  TableRelation,
} from '../trino/nodes.ts'
import { formatTrinoType } from '../types/trino-type.ts'

/** A step of a logical plan and those that it takes its rows from. */
interface PlanStep {
  readonly text: string
  readonly details: readonly string[]
  readonly inputs: readonly PlanStep[]
}

/** The lines of EXPLAIN: the steps of the query as it is written, outermost first, in the manner of Trino's text plans. */
export function explainQuery(analysis: Analysis): readonly string[] {
  const planner = new Planner(analysis)
  const columns = analysis.columns.map(({ name }) => name).join(', ')
  const layout = analysis.columns.map(({ name, type }) => `${name}:${formatTrinoType(type)}`).join(', ')
  const output: PlanStep = {
    text: `Output[columnNames = [${columns}]]`,
    details: [`Layout: [${layout}]`],
    inputs: [planner.query(analysis.query)],
  }
  return [...render(output, '', '')]
}

function* render(step: PlanStep, first: string, rest: string): Generator<string> {
  yield `${first}${step.text}`
  const bar = step.inputs.length > 0 ? '│   ' : '    '
  for (const detail of step.details) yield `${rest}${bar}${detail}`
  for (const [index, input] of step.inputs.entries()) {
    const isLast = index === step.inputs.length - 1
    yield* render(input, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`)
  }
}

interface Ordering {
  readonly orderBy: readonly SortItem[]
  readonly offset: Query['offset']
  readonly limit: Query['limit']
}

class Planner {
  readonly #analysis: Analysis

  constructor(analysis: Analysis) {
    this.#analysis = analysis
  }

  query(query: Query): PlanStep {
    return ordered(query, this.#body(query.body))
  }

  #body(body: QueryBody): PlanStep {
    switch (body.kind) {
      case 'query-specification':
        return this.#specification(body)
      case 'set-operation': {
        const name = `${body.operator[0]?.toUpperCase()}${body.operator.slice(1)}${body.distinct ? '' : ' all'}`
        return step(name, [this.#body(body.left), this.#body(body.right)])
      }
      case 'table-query':
        return this.#table(body)
      case 'values':
        return step(`Values[rows = ${body.rows.length}]`, [])
      case 'subquery-body':
        return this.query(body.query)
    }
  }

  #specification(body: QuerySpecification): PlanStep {
    const { aggregation, windowCalls } = this.#analysis.queries.specifications.get(body) ?? {}
    let plan = body.from ? this.#relation(body.from) : step('Values[rows = 1]', [])
    if (body.where) plan = step(`Filter[${formatExpression(body.where)}]`, [plan])
    if (aggregation) {
      const calls = aggregation.calls.map(formatExpression).join(', ')
      const keys = aggregation.keys.map(({ output }) =>
        output.kind === 'expression'
          ? formatExpression(output.expression)
          : output.kind === 'field'
            ? (output.field.name ?? '')
            : '',
      )
      plan = step(`Aggregate[keys = [${keys.join(', ')}]]`, [plan], calls === '' ? [] : [calls])
    }
    if (body.having) plan = step(`Filter[${formatExpression(body.having)}]`, [plan])
    if (windowCalls && windowCalls.length > 0)
      plan = step(`Window[${windowCalls.map(formatExpression).join(', ')}]`, [plan])
    const items = body.items.map((item) =>
      item.kind === 'single-column'
        ? formatExpression(item.expression)
        : item.target
          ? `${formatExpression(item.target)}.*`
          : '*',
    )
    plan = step(`Project[${items.join(', ')}]`, [plan])
    if (body.distinct) plan = step('Distinct', [plan])
    return ordered(body, plan)
  }

  #relation(relation: Relation): PlanStep {
    switch (relation.kind) {
      case 'table':
        return this.#table(relation)
      case 'aliased-relation':
        return this.#relation(relation.relation)
      case 'subquery-relation':
        return this.query(relation.query)
      case 'values-relation':
        return step(`Values[rows = ${relation.rows.length}]`, [])
      case 'join': {
        const { criteria } = relation
        const on =
          criteria?.kind === 'join-on'
            ? formatExpression(criteria.expression)
            : criteria?.kind === 'join-using'
              ? `using ${criteria.columns.map((column) => column.text).join(', ')}`
              : ''
        const type = relation.type === 'implicit' ? 'cross' : relation.type
        return step(`Join[type = ${type}${on === '' ? '' : `, ${on}`}]`, [
          this.#relation(relation.left),
          this.#relation(relation.right),
        ])
      }
      case 'unnest':
        return step(`Unnest[${relation.expressions.map(formatExpression).join(', ')}]`, [])
      case 'lateral':
        return step('Lateral', [this.query(relation.query)])
      case 'sampled-relation':
        return step(`Sample[${relation.method}, ${formatExpression(relation.percentage)}]`, [
          this.#relation(relation.relation),
        ])
      case 'unsupported-relation':
        return step(relation.name, [])
    }
  }

  #table(table: TableRelation | TableQuery): PlanStep {
    const binding = this.#analysis.queries.tableBindings.get(table)
    switch (binding?.kind) {
      case 'view':
        return step(`View[${binding.table.databaseName}.${binding.table.name}]`, [this.query(binding.query)])
      case 'named-query':
        return step(`With[${binding.namedQuery.name.text}]`, [this.query(binding.namedQuery.query)])
      case 'recursive-reference':
        return step(`Recursion[${binding.namedQuery.name.text}]`, [])
      case 'table': {
        const { databaseName, name, partitionKeys, storageDescriptor } = binding.table
        const keys = partitionKeys.map((key) => `${key.name}:${key.type}`).join(', ')
        const details = [
          `Location: ${storageDescriptor.location}`,
          ...(keys === '' ? [] : [`Partition keys: [${keys}]`]),
        ]
        return step(`TableScan[table = awsdatacatalog:${databaseName}:${name}]`, [], details)
      }
      case 'virtual-table':
      case undefined:
        return step(`TableScan[table = ${formatName(table.name)}]`, [])
    }
  }
}

function step(text: string, inputs: readonly PlanStep[], details: readonly string[] = []): PlanStep {
  return { text, inputs, details }
}

function ordered({ orderBy, offset, limit }: Ordering, input: PlanStep): PlanStep {
  let plan = input
  if (orderBy.length > 0) plan = step(`Sort[orderBy = [${orderBy.map(formatSortItem).join(', ')}]]`, [plan])
  if (offset) plan = step(`Offset[${formatExpression(offset)}]`, [plan])
  if (limit?.rowCount)
    plan = step(`Limit[count = ${formatExpression(limit.rowCount)}${limit.withTies ? ', with ties' : ''}]`, [plan])
  return plan
}

function formatSortItem({ key, descending, nulls }: SortItem): string {
  return `${formatExpression(key)} ${descending ? 'DESC' : 'ASC'} NULLS ${(nulls ?? 'last').toUpperCase()}`
}
