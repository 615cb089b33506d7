import { AthenaError, locateErrors } from '../errors.ts'
import { resolveComparison } from '../functions/operators.ts'
import type {
  AliasedRelation,
  Expression,
  Identifier,
  JoinRelation,
  Relation,
  SampledRelation,
  UnnestRelation,
} from '../trino/nodes.ts'
import { walkExpression } from '../trino/visit-expression.ts'
import { BIGINT, BOOLEAN, formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import type { JoinAnalysis } from './analysis.ts'
import { analyzeTable } from './analyze-table.ts'
import { analyzeValues } from './analyze-values.ts'
import type { Analyzer } from './analyzer.ts'
import { forbidAggregates } from './call-kinds.ts'
import { type Field, matchingFields, plainField, relationScope, type Scope, visibleFields } from './scope.ts'
import { semanticError } from './semantic-error.ts'
import { coerce } from './type-unification.ts'

type RelationOf<K extends Relation['kind']> = Extract<Relation, { readonly kind: K }>

/** Finds the columns of a relation in FROM. `scope` has the names that it may use: those of the relations to its left if it is lateral. */
export function analyzeRelation(analyzer: Analyzer, relation: Relation, scope: Scope): readonly Field[] {
  const analyze = ANALYZERS[relation.kind] as (analyzer: Analyzer, relation: Relation, scope: Scope) => readonly Field[]
  const fields = analyze(analyzer, relation, scope)
  analyzer.notes.queries.relationFields.set(relation, fields)
  return fields
}

const ANALYZERS: {
  readonly [K in Relation['kind']]: (analyzer: Analyzer, relation: RelationOf<K>, scope: Scope) => readonly Field[]
} = {
  table: analyzeTable,
  'aliased-relation': analyzeAlias,
  'subquery-relation': (analyzer, { query }, scope) => ownFields(analyzer.analyzeQuery(analyzer, query, scope)),
  'values-relation': (analyzer, relation, scope) => analyzeValues(analyzer, relation, scope),
  join: analyzeJoin,
  unnest: analyzeUnnest,
  lateral: (analyzer, { query }, scope) => ownFields(analyzer.analyzeQuery(analyzer, query, scope)),
  'sampled-relation': analyzeSample,
  'unsupported-relation': (_, relation) => {
    throw semanticError('NOT_SUPPORTED', relation, `${relation.name} is not supported`)
  },
}

/** A relation has fields of its own even where it only passes a query's on. */
const ownFields = (fields: readonly Field[]): readonly Field[] => fields.map(({ name, type }) => plainField(name, type))

function analyzeAlias(analyzer: Analyzer, node: AliasedRelation, scope: Scope): readonly Field[] {
  const fields = analyzeRelation(analyzer, node.relation, scope)
  const alias = [node.alias.text.toLowerCase()]
  const names = node.columnAliases
  if (!names) return fields.map((field) => ({ ...field, relationAlias: alias }))
  const visible = visibleFields(fields)
  if (names.length !== visible.length) {
    const text = `Column alias list has ${names.length} entries but '${node.alias.text}' has ${visible.length} columns available`
    throw semanticError('MISMATCHED_COLUMN_ALIASES', node, text)
  }
  return visible.map(({ type }, index) => ({ ...plainField(names[index]?.text, type), relationAlias: alias }))
}

function analyzeJoin(analyzer: Analyzer, node: JoinRelation, scope: Scope): readonly Field[] {
  const { criteria } = node
  if (criteria?.kind === 'natural') throw semanticError('NOT_SUPPORTED', node, 'Natural join not supported')
  const left = analyzeRelation(analyzer, node.left, scope)
  const lateral = lateralKind(node.right)
  const right = analyzeRelation(analyzer, node.right, lateral ? relationScope(left, scope) : scope)
  if (lateral) checkLateral(node, lateral)
  if (criteria?.kind === 'join-using') return analyzeUsing(analyzer, node, criteria.columns, left, right)
  const fields = [...left, ...right]
  if (criteria) analyzeOn(analyzer, criteria.expression, relationScope(fields, scope))
  return fields
}

/** Relations that see those to their left. */
export function lateralKind(relation: Relation): 'unnest' | 'lateral' | undefined {
  switch (relation.kind) {
    case 'aliased-relation':
      return lateralKind(relation.relation)
    case 'unnest':
    case 'lateral':
      return relation.kind
    default:
      return undefined
  }
}

function checkLateral(node: JoinRelation, kind: 'unnest' | 'lateral'): void {
  const type = node.type.toUpperCase()
  const name = kind === 'unnest' ? 'UNNEST' : 'LATERAL relation'
  if (kind === 'lateral' && (node.type === 'right' || node.type === 'full')) {
    throw semanticError('NOT_SUPPORTED', node, `${type} JOIN involving ${name} is not supported`)
  }
  const { criteria } = node
  if (!criteria) return
  const on = criteria.kind === 'join-on' ? criteria.expression : undefined
  if (on?.kind === 'boolean' && on.value) return
  throw semanticError(
    'NOT_SUPPORTED',
    on ?? node,
    `${type} JOIN involving ${name} is only supported with condition ON TRUE`,
  )
}

function analyzeOn(analyzer: Analyzer, condition: Expression, scope: Scope): void {
  forbidAggregates(condition, analyzer.settings, 'JOIN clause')
  const type = analyzer.analyzeExpression(analyzer, condition, scope)
  requireCondition(analyzer, condition, type, 'JOIN ON clause')
}

/** WHERE, HAVING and ON take a boolean or a NULL. */
export function requireCondition(analyzer: Analyzer, condition: Expression, type: TrinoType, clause: string): void {
  if (type.kind === 'boolean') return
  if (type.kind !== 'unknown') {
    const text = `${clause} must evaluate to a boolean: actual type ${formatTrinoType(type)}`
    throw semanticError('TYPE_MISMATCH', condition, text)
  }
  coerce(analyzer.notes, condition, BOOLEAN)
}

/** The joined columns come first and once; they have no qualifier any more. */
function analyzeUsing(
  analyzer: Analyzer,
  node: JoinRelation,
  columns: readonly Identifier[],
  left: readonly Field[],
  right: readonly Field[],
): readonly Field[] {
  const using: JoinAnalysis['using'][number][] = []
  const seen = new Set<string>()
  for (const column of columns) {
    const name = column.text.toLowerCase()
    if (seen.has(name)) {
      const text = `Column '${column.text}' appears multiple times in USING clause`
      throw semanticError('DUPLICATE_COLUMN_NAME', column, text)
    }
    seen.add(name)
    const leftField = sideField(left, column, 'left')
    const rightField = sideField(right, column, 'right')
    const operator = locateErrors(column.location, () => resolveComparison('=', leftField.type, rightField.type))
    const type = operator.operandTypes[0] ?? leftField.type
    using.push({ field: plainField(column.text, type), left: leftField, right: rightField, operator })
  }
  analyzer.notes.queries.joins.set(node, { using })
  const joined = new Set(using.flatMap((pair) => [pair.left, pair.right]))
  return [...using.map(({ field }) => field), ...[...left, ...right].filter((field) => !joined.has(field))]
}

function sideField(fields: readonly Field[], column: Identifier, side: 'left' | 'right'): Field {
  const [field, ...others] = matchingFields(fields, [column.text.toLowerCase()])
  if (!field) {
    throw semanticError('COLUMN_NOT_FOUND', column, `Column '${column.text}' is missing from ${side} side of join`)
  }
  if (others.length > 0) {
    throw semanticError('AMBIGUOUS_NAME', column, `Column '${column.text.toLowerCase()}' is ambiguous`)
  }
  return field
}

function analyzeUnnest(analyzer: Analyzer, node: UnnestRelation, scope: Scope): readonly Field[] {
  const fields = node.expressions.flatMap((expression) => {
    forbidAggregates(expression, analyzer.settings, 'UNNEST')
    return unnestedFields(analyzer.analyzeExpression(analyzer, expression, scope))
  })
  return node.withOrdinality ? [...fields, plainField(undefined, BIGINT)] : fields
}

function unnestedFields(type: TrinoType): readonly Field[] {
  if (type.kind === 'map') return [plainField(undefined, type.key), plainField(undefined, type.value)]
  if (type.kind !== 'array') {
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `Cannot unnest type: ${formatTrinoType(type)}`)
  }
  const { element } = type
  return element.kind === 'row'
    ? element.fields.map((field) => plainField(field.name, field.type))
    : [plainField(undefined, element)]
}

function analyzeSample(analyzer: Analyzer, node: SampledRelation, scope: Scope): readonly Field[] {
  const { percentage } = node
  for (const part of walkExpression(percentage)) {
    if (part.kind !== 'identifier' && part.kind !== 'dereference') continue
    throw semanticError('EXPRESSION_NOT_CONSTANT', percentage, 'Sample percentage cannot contain column references')
  }
  const value = sampleValue(percentage)
  const outOfRange = (text: string): Error => semanticError('NUMERIC_VALUE_OUT_OF_RANGE', percentage, text)
  if (value < 0) throw outOfRange('Sample percentage must be greater than or equal to 0')
  if (value > 100) throw outOfRange('Sample percentage must be less than or equal to 100')
  analyzer.notes.queries.samplePercentages.set(node, value)
  return analyzeRelation(analyzer, node.relation, scope)
}

function sampleValue(percentage: Expression): number {
  switch (percentage.kind) {
    case 'long':
      return Number(percentage.value)
    case 'decimal':
    case 'double':
      return Number(percentage.text)
    case 'null':
      throw semanticError('INVALID_ARGUMENTS', percentage, 'Sample percentage cannot be NULL')
    default:
      throw semanticError('TYPE_MISMATCH', percentage, 'Sample percentage should be a numeric expression')
  }
}
