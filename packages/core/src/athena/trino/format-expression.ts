import { type ExpressionFormats, formatSubquery } from './format-query.ts'
import { RESERVED_WORDS } from './keywords.ts'
import type {
  Expression,
  ExpressionKind,
  FrameBound,
  FunctionCall,
  Identifier,
  JsonFunction,
  QualifiedName,
  SortItem,
  TypeNode,
  WhenClause,
  WindowFrame,
  WindowReference,
  WindowSpecification,
} from './nodes.ts'

type ExpressionOf<K extends ExpressionKind> = Extract<Expression, { readonly kind: K }>

/**
 * An expression's text as Trino prints it in its errors: every operation in parentheses, keywords in
 * upper case. It parses back to the same expression.
 * Source: io.trino.sql.ExpressionFormatter, by the texts of Trino 435.
 */
export function formatExpression(expression: Expression): string {
  const format = FORMATS[expression.kind] as (node: Expression) => string
  return format(expression)
}

const join = (expressions: readonly Expression[]): string => expressions.map(formatExpression).join(', ')

const FORMATS: { readonly [K in ExpressionKind]: (node: ExpressionOf<K>) => string } = {
  identifier: formatIdentifier,
  dereference: ({ base, field }) => `${formatExpression(base)}.${formatIdentifier(field)}`,
  null: () => 'null',
  boolean: ({ value }) => String(value),
  long: ({ value }) => String(value),
  decimal: ({ text }) => `DECIMAL '${text}'`,
  double: ({ text }) => formatDouble(text),
  string: ({ value }) => formatString(value),
  binary: ({ hex }) => `X'${hex}'`,
  'generic-literal': ({ type, value }) => `${formatLiteralType(type)} ${formatString(value)}`,
  interval: ({ negative, value, from, to }) =>
    `INTERVAL ${negative ? '-' : ''}${formatString(value)} ${from.toUpperCase()}${to ? ` TO ${to.toUpperCase()}` : ''}`,
  parameter: () => '?',
  arithmetic: (node) => formatLeftChain(node),
  'arithmetic-unary': ({ operator, operand }) =>
    operator === '-' ? `-(${formatExpression(operand)})` : `+${formatExpression(operand)}`,
  comparison: ({ operator, left, right }) => `(${formatExpression(left)} ${operator} ${formatExpression(right)})`,
  'quantified-comparison': ({ value, operator, quantifier, query }) =>
    `(${formatExpression(value)} ${operator} ${quantifier.toUpperCase()} ${formatSubquery(query, FORMATS_FOR_QUERIES)})`,
  logical: ({ operator, terms }) => `(${terms.map(formatExpression).join(` ${operator.toUpperCase()} `)})`,
  not: formatNot,
  between: ({ value, min, max }) =>
    `(${formatExpression(value)} BETWEEN ${formatExpression(min)} AND ${formatExpression(max)})`,
  'in-list': ({ value, items }) => `(${formatExpression(value)} IN (${join(items)}))`,
  'in-subquery': ({ value, query }) => `(${formatExpression(value)} IN ${formatSubquery(query, FORMATS_FOR_QUERIES)})`,
  like: ({ value, pattern, escape: escaping }) =>
    `(${formatExpression(value)} LIKE ${formatExpression(pattern)}${escaping ? ` ESCAPE ${formatExpression(escaping)}` : ''})`,
  'is-null': ({ operand }) => `(${formatExpression(operand)} IS NULL)`,
  'is-distinct-from': ({ left, right }) => `(${formatExpression(left)} IS DISTINCT FROM ${formatExpression(right)})`,
  exists: ({ query }) => `(EXISTS ${formatSubquery(query, FORMATS_FOR_QUERIES)})`,
  'scalar-subquery': ({ query }) => formatSubquery(query, FORMATS_FOR_QUERIES),
  concat: (node) => formatLeftChain(node),
  'function-call': formatCall,
  lambda: ({ parameters, body }) => `(${parameters.map(formatIdentifier).join(', ')}) -> ${formatExpression(body)}`,
  cast: ({ safe, operand, type }) =>
    `${safe ? 'TRY_CAST' : 'CAST'}(${formatExpression(operand)} AS ${formatType(type)})`,
  'searched-case': (node) => formatCase(undefined, node.whens, node.default),
  'simple-case': (node) => formatCase(node.operand, node.whens, node.default),
  if: (node) => `IF(${join(node.else ? [node.condition, node.then, node.else] : [node.condition, node.then])})`,
  coalesce: ({ operands }) => `COALESCE(${join(operands)})`,
  nullif: ({ first, second }) => `NULLIF(${join([first, second])})`,
  try: ({ operand }) => `TRY(${formatExpression(operand)})`,
  extract: ({ field, operand }) => `EXTRACT(${field.toUpperCase()} FROM ${formatExpression(operand)})`,
  'current-datetime': (node) => node.function + (node.precision === undefined ? '' : `(${node.precision})`),
  'session-value': (node) => node.function.toUpperCase(),
  'at-time-zone': ({ value, timeZone }) => `${formatExpression(value)} AT TIME ZONE ${formatExpression(timeZone)}`,
  array: ({ elements }) => `ARRAY[${elements.map(formatExpression).join(',')}]`,
  row: ({ items }) => `ROW (${join(items)})`,
  subscript: ({ base, index }) => `${formatExpression(base)}[${formatExpression(index)}]`,
  trim: ({ side, characters, value }) =>
    `trim(${side.toUpperCase()}${characters ? ` ${formatExpression(characters)}` : ''} FROM ${formatExpression(value)})`,
  'json-function': formatJsonFunction,
  grouping: ({ columns }) => `GROUPING (${join(columns)})`,
  'unsupported-expression': ({ name }) => name,
}

export function formatIdentifier({ text, quoted }: Identifier): string {
  return quoted ? `"${text.replaceAll('"', '""')}"` : text
}

export function formatName({ parts }: QualifiedName): string {
  return parts.map(formatIdentifier).join('.')
}

const formatString = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** Java's DecimalFormat `0.###################E0###` */
function formatDouble(text: string): string {
  const value = Number(text)
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  const [mantissa, exponent] = value.toExponential().split('e')
  return `${mantissa}E${Number(exponent)}`
}

function formatNot({ operand, location }: ExpressionOf<'not'>): string {
  // IS NOT NULL has a node of its own in Trino; here its NOT stands at the same place as the test.
  if (operand.kind === 'is-null' && sameLocation(operand.location, location)) {
    return `(${formatExpression(operand.operand)} IS NOT NULL)`
  }
  return `(NOT ${formatExpression(operand)})`
}

const sameLocation = (a: Expression['location'], b: Expression['location']): boolean =>
  a.line === b.line && a.column === b.column

/** Chains of operators nest to the left, thousands deep: walked by a loop. */
function formatLeftChain(node: ExpressionOf<'arithmetic' | 'concat'>): string {
  const chain: ExpressionOf<'arithmetic' | 'concat'>[] = []
  let leftmost: Expression = node
  while (leftmost.kind === 'arithmetic' || leftmost.kind === 'concat') {
    chain.push(leftmost)
    leftmost = leftmost.left
  }
  const opening: string[] = []
  const closing: string[] = []
  for (const link of chain) opening.push(link.kind === 'concat' ? 'concat(' : '(')
  for (const link of chain.toReversed()) {
    const separator = link.kind === 'concat' ? ', ' : ` ${link.operator} `
    closing.push(`${separator}${formatExpression(link.right)})`)
  }
  return `${opening.join('')}${formatExpression(leftmost)}${closing.join('')}`
}

function formatCall(call: FunctionCall): string {
  const star = call.star || (call.arguments.length === 0 && isCount(call.name))
  const items = `${call.distinct ? 'DISTINCT ' : ''}${star ? '*' : join(call.arguments)}`
  const order = call.orderBy.length > 0 ? ` ${formatOrderBy(call.orderBy)}` : ''
  const listagg = call.name.parts.length === 1 && call.name.parts[0]?.text.toLowerCase() === 'listagg'
  return [
    listagg
      ? `${formatName(call.name)}(${items}${formatOverflow(call)}) WITHIN GROUP (${order.trimStart()})`
      : `${formatName(call.name)}(${items}${order})`,
    call.filter ? ` FILTER (WHERE ${formatExpression(call.filter)})` : '',
    call.nullTreatment ? ` ${call.nullTreatment.toUpperCase()} NULLS` : '',
    call.window ? ` OVER ${formatWindow(call.window)}` : '',
  ].join('')
}

const isCount = ({ parts }: QualifiedName): boolean => parts.at(-1)?.text.toLowerCase() === 'count'

function formatOverflow({ overflow }: FunctionCall): string {
  if (!overflow) return ''
  if (overflow.behavior === 'error') return ' ON OVERFLOW ERROR'
  const filler = overflow.filler === undefined ? '' : ` ${formatString(overflow.filler)}`
  return ` ON OVERFLOW TRUNCATE${filler} ${overflow.withCount ? 'WITH' : 'WITHOUT'} COUNT`
}

const FORMATS_FOR_QUERIES: ExpressionFormats = {
  expression: formatExpression,
  identifier: formatIdentifier,
  name: formatName,
  orderBy: formatOrderBy,
  window: formatWindow,
}

function formatOrderBy(items: readonly SortItem[]): string {
  return `ORDER BY ${items.map(formatSortItem).join(', ')}`
}

function formatSortItem({ key, descending, nulls }: SortItem): string {
  return `${formatExpression(key)} ${descending ? 'DESC' : 'ASC'}${nulls ? ` NULLS ${nulls.toUpperCase()}` : ''}`
}

function formatWindow(window: WindowSpecification | WindowReference): string {
  if (window.kind === 'window-reference') return formatIdentifier(window.name)
  const parts = [
    window.existingName ? formatIdentifier(window.existingName) : '',
    window.partitionBy.length > 0 ? `PARTITION BY ${join(window.partitionBy)}` : '',
    window.orderBy.length > 0 ? formatOrderBy(window.orderBy) : '',
    window.frame ? formatFrame(window.frame) : '',
  ]
  return `(${parts.filter((part) => part !== '').join(' ')})`
}

function formatFrame({ unit, start, end }: WindowFrame): string {
  const from = formatFrameBound(start)
  return end ? `${unit.toUpperCase()} BETWEEN ${from} AND ${formatFrameBound(end)}` : `${unit.toUpperCase()} ${from}`
}

function formatFrameBound({ bound, value }: FrameBound): string {
  const words = bound.toUpperCase().replace('-', ' ')
  return value ? `${formatExpression(value)} ${words}` : words
}

function formatCase(
  operand: Expression | undefined,
  whens: readonly WhenClause[],
  otherwise: Expression | undefined,
): string {
  const parts = ['CASE']
  if (operand) parts.push(formatExpression(operand))
  for (const { condition, result } of whens) {
    parts.push(`WHEN ${formatExpression(condition)} THEN ${formatExpression(result)}`)
  }
  if (otherwise) parts.push(`ELSE ${formatExpression(otherwise)}`)
  parts.push('END')
  return `(${parts.join(' ')})`
}

/** Types that the grammar writes with signs between words are names before a string. */
function formatLiteralType(type: TypeNode): string {
  return type.kind === 'datetime-type' ? type.type.toUpperCase() : formatType(type)
}

export function formatType(type: TypeNode): string {
  switch (type.kind) {
    case 'generic-type':
      return type.arguments.length === 0
        ? typeName(type.name)
        : `${typeName(type.name)}(${type.arguments.map(formatTypeParameter).join(', ')})`
    case 'datetime-type':
      return [
        type.type,
        type.precision === undefined ? '' : `(${type.precision})`,
        type.withTimeZone ? ' with time zone' : '',
      ].join('')
    case 'interval-type':
      return `INTERVAL ${type.from.toUpperCase()} TO ${type.to.toUpperCase()}`
    case 'row-type':
      return `ROW(${type.fields.map(formatRowField).join(', ')})`
  }
}

function typeName(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED_WORDS.has(name.toUpperCase())
  return plain ? name : `"${name.replaceAll('"', '""')}"`
}

const formatTypeParameter = (parameter: TypeNode | number): string =>
  typeof parameter === 'number' ? String(parameter) : formatType(parameter)

function formatRowField({ name, type }: { readonly name: string | undefined; readonly type: TypeNode }): string {
  return name === undefined ? formatType(type) : `${typeName(name)} ${formatType(type)}`
}

/** Trino prints what was left out, too. */
function formatJsonFunction(node: JsonFunction): string {
  const parts = [
    node.input ? formatJsonPath(node, node.input) : formatJsonMembers(node),
    ...JSON_CLAUSES[node.function](node),
  ]
  return `${node.function.toUpperCase()}(${parts.filter((part) => part !== '').join(' ')})`
}

const JSON_CLAUSES: Readonly<Record<JsonFunction['function'], (node: JsonFunction) => readonly string[]>> = {
  json_exists: ({ onError }) => [`${formatBehavior(onError, 'FALSE')} ON ERROR`],
  json_value: (node) => [formatReturning(node), ...formatBehaviors(node)],
  json_query: (node) => [
    formatReturning(node),
    JSON_WRAPPERS[node.wrapper ?? 'without'],
    node.quotes ? `${node.quotes.toUpperCase()} QUOTES` : '',
    ...formatBehaviors(node),
  ],
  json_object: (node) => [
    (node.nullOnNull ?? true) ? 'NULL ON NULL' : 'ABSENT ON NULL',
    node.uniqueKeys ? 'WITH UNIQUE KEYS' : 'WITHOUT UNIQUE KEYS',
    formatReturning(node),
  ],
  json_array: (node) => [node.nullOnNull ? 'NULL ON NULL' : 'ABSENT ON NULL', formatReturning(node)],
}

const formatReturning = ({ returning }: JsonFunction): string => (returning ? `RETURNING ${formatType(returning)}` : '')

const formatBehaviors = ({ onEmpty, onError }: JsonFunction): readonly string[] => [
  `${formatBehavior(onEmpty, 'NULL')} ON EMPTY`,
  `${formatBehavior(onError, 'NULL')} ON ERROR`,
]

const JSON_WRAPPERS: Readonly<Record<NonNullable<JsonFunction['wrapper']>, string>> = {
  without: 'WITHOUT ARRAY WRAPPER',
  conditional: 'WITH CONDITIONAL ARRAY WRAPPER',
  unconditional: 'WITH UNCONDITIONAL ARRAY WRAPPER',
}

function formatJsonPath(node: JsonFunction, input: Expression): string {
  const passing = node.passing.map(({ name, value }) => `${formatExpression(value)} AS ${formatIdentifier(name)}`)
  const path = formatString(node.path ?? '')
  return `${formatExpression(input)} FORMAT ${node.inputFormat ?? 'JSON'}, ${path}${passing.length > 0 ? ` PASSING ${passing.join(', ')}` : ''}`
}

function formatJsonMembers({ members }: JsonFunction): string {
  return members
    .map(({ key, value }) =>
      key ? `KEY ${formatExpression(key)} VALUE ${formatExpression(value)}` : formatExpression(value),
    )
    .join(', ')
}

function formatBehavior(given: JsonFunction['onError'], otherwise: string): string {
  if (!given) return otherwise
  return given.default ? `DEFAULT ${formatExpression(given.default)}` : given.behavior
}
