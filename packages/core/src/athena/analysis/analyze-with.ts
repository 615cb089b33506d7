import type {
  Identifier,
  NamedQuery,
  Query,
  QueryBody,
  SetOperation,
  TableQuery,
  TableRelation,
  With,
} from '../trino/nodes.ts'
import { canCoerce } from '../types/coercion.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import type { Analyzer } from './analyzer.ts'
import { nodesBelow } from './nodes-below.ts'
import { type Field, type NamedColumn, type NamedQueryBinding, queryScope, type Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'

/** The scope of a query, with its WITH queries. Each of them sees those before it. */
export function analyzeWith(analyzer: Analyzer, node: With | undefined, parent: Scope | undefined): Scope {
  const bindings = new Map<string, NamedQueryBinding>()
  for (const namedQuery of node?.queries ?? []) {
    const name = namedQuery.name.text.toLowerCase()
    if (bindings.has(name)) {
      throw semanticError('DUPLICATE_NAMED_QUERY', namedQuery, `WITH query name '${name}' specified more than once`)
    }
    const visible = queryScope(parent, new Map(bindings))
    const columns =
      (node?.recursive ? analyzeRecursion(analyzer, namedQuery, visible, bindings) : undefined) ??
      analyzeNamedQuery(analyzer, namedQuery, visible)
    bindings.set(name, { namedQuery, columns, recursive: false })
  }
  return queryScope(parent, bindings)
}

function analyzeNamedQuery(
  analyzer: Analyzer,
  { query, columnAliases }: NamedQuery,
  scope: Scope,
): readonly NamedColumn[] {
  return withAliases(analyzer.analyzeQuery(analyzer, query, scope), columnAliases)
}

function withAliases(fields: readonly Field[], aliases: readonly Identifier[] | undefined): readonly NamedColumn[] {
  const [first] = aliases ?? []
  if (!aliases || !first) return fields.map(({ name, type }) => ({ name, type }))
  if (aliases.length !== fields.length) {
    const text = `Column alias list has ${aliases.length} entries but relation has ${fields.length} columns`
    throw semanticError('MISMATCHED_COLUMN_ALIASES', first, text)
  }
  const seen = new Set<string>()
  return fields.map(({ type }, index) => {
    const alias = aliases[index] as Identifier
    const name = alias.text.toLowerCase()
    if (seen.has(name)) {
      throw semanticError('DUPLICATE_COLUMN_NAME', alias, `Column name '${alias.text}' specified more than once`)
    }
    seen.add(name)
    return { name: alias.text, type }
  })
}

/**
 * `t(n) AS (base UNION ALL step)` where the step reads `t`. Undefined for a query of another shape, which is then a plain
 * one and must not name itself. Source: Trino, StatementAnalyzer.tryProcessRecursiveQuery.
 */
function analyzeRecursion(
  analyzer: Analyzer,
  namedQuery: NamedQuery,
  scope: Scope,
  bindings: ReadonlyMap<string, NamedQueryBinding>,
): readonly NamedColumn[] | undefined {
  if (!namedQuery.columnAliases) {
    throw semanticError('MISSING_COLUMN_ALIASES', namedQuery, 'missing column aliases in recursive WITH query')
  }
  const name = namedQuery.name.text.toLowerCase()
  const union = recursiveUnion(namedQuery.query, name)
  if (!union) {
    const [reference] = referencesTo(name, namedQuery.query)
    if (!reference) return undefined
    throw semanticError('INVALID_RECURSIVE_REFERENCE', reference, 'recursive reference not allowed in this context')
  }
  const columns = withAliases(analyzer.analyzeBody(analyzer, union.left, scope), namedQuery.columnAliases)
  const inStep = new Map([...bindings, [name, { namedQuery, columns, recursive: true }]])
  const step = analyzer.analyzeBody(analyzer, union.right, queryScope(scope.parent, inStep))
  checkStep(union.right, columns, step)
  analyzer.notes.queries.recursions.set(namedQuery, {
    anchor: union.left,
    step: union.right,
    distinct: union.distinct,
    columns,
  })
  const types = columns.map(({ type }) => type)
  for (const term of [union.left, union.right]) analyzer.notes.queries.outputCoercions.set(term, types)
  return columns
}

function recursiveUnion(query: Query, name: string): SetOperation | undefined {
  const { body } = query
  if (body.kind !== 'set-operation' || body.operator !== 'union') return undefined
  const [inAnchor] = referencesTo(name, body.left)
  if (inAnchor) {
    const text = 'WITH table name is referenced in the base relation of recursion'
    throw semanticError('INVALID_RECURSIVE_REFERENCE', inAnchor, text)
  }
  const [first, second] = referencesTo(name, body.right)
  if (second) {
    const text = 'multiple recursive references in the step relation of recursion'
    throw semanticError('INVALID_RECURSIVE_REFERENCE', second, text)
  }
  if (!first) return undefined
  const ordering = [query.with, query.offset, query.limit, ...query.orderBy].find((part) => part !== undefined)
  if (ordering) {
    const text = 'immediate WITH, ORDER BY, OFFSET or LIMIT clause in recursive query is not supported'
    throw semanticError('NOT_SUPPORTED', ordering, text)
  }
  return body
}

function checkStep(node: QueryBody, columns: readonly NamedColumn[], step: readonly Field[]): void {
  if (columns.length !== step.length) {
    const text = `base and step relations of recursion have different number of fields: ${columns.length}, ${step.length}`
    throw semanticError('TYPE_MISMATCH', node, text)
  }
  columns.forEach(({ type }, index) => {
    const found = step[index]?.type ?? type
    if (canCoerce(found, type)) return
    const text = `recursion step relation output type (${formatTrinoType(found)}) is not coercible to recursion base relation output type (${formatTrinoType(type)}) at column ${index + 1}`
    throw semanticError('TYPE_MISMATCH', node, text)
  })
}

/** Uses of a WITH query's name as a table. */
function referencesTo(name: string, root: Query | QueryBody): readonly (TableRelation | TableQuery)[] {
  return [...nodesBelow(root)].filter((node): node is TableRelation | TableQuery => {
    if (node.kind !== 'table' && node.kind !== 'table-query') return false
    return node.name.parts.length === 1 && node.name.parts[0]?.text.toLowerCase() === name
  })
}
