import type {
  Expression,
  ExpressionKind,
  Query,
  SortItem,
  WhenClause,
  WindowReference,
  WindowSpecification,
} from './nodes.ts'

type ExpressionOf<K extends ExpressionKind> = Extract<Expression, { readonly kind: K }>
type Parts = readonly (Expression | undefined)[]

/** The expressions directly below one, in the order of the text. Queries inside are given by `queriesOf`. */
export function childrenOf(expression: Expression): readonly Expression[] {
  const children = CHILDREN[expression.kind] as (node: Expression) => Parts
  return children(expression).filter((child) => child !== undefined)
}

/** The queries directly below an expression: EXISTS, IN, quantified and scalar subqueries. */
export function queriesOf(expression: Expression): readonly Query[] {
  switch (expression.kind) {
    case 'exists':
    case 'scalar-subquery':
    case 'in-subquery':
    case 'quantified-comparison':
      return [expression.query]
    default:
      return []
  }
}

/** An expression and all below it, parents first; not what stands in subqueries. Needs no stack. */
export function* walkExpression(expression: Expression): Generator<Expression> {
  const pending = [expression]
  for (let next = pending.pop(); next; next = pending.pop()) {
    yield next
    const children = childrenOf(next)
    for (let index = children.length - 1; index >= 0; index -= 1) pending.push(children[index] as Expression)
  }
}

const none = (): Parts => []

/** One entry for every kind: a new kind does not compile until its children are named. */
const CHILDREN: { readonly [K in ExpressionKind]: (node: ExpressionOf<K>) => Parts } = {
  identifier: none,
  dereference: ({ base }) => [base],
  null: none,
  boolean: none,
  long: none,
  decimal: none,
  double: none,
  string: none,
  binary: none,
  'generic-literal': none,
  interval: none,
  parameter: none,
  arithmetic: ({ left, right }) => [left, right],
  'arithmetic-unary': ({ operand }) => [operand],
  comparison: ({ left, right }) => [left, right],
  'quantified-comparison': ({ value }) => [value],
  logical: ({ terms }) => terms,
  not: ({ operand }) => [operand],
  between: ({ value, min, max }) => [value, min, max],
  'in-list': ({ value, items }) => [value, ...items],
  'in-subquery': ({ value }) => [value],
  like: ({ value, pattern, escape: escaping }) => [value, pattern, escaping],
  'is-null': ({ operand }) => [operand],
  'is-distinct-from': ({ left, right }) => [left, right],
  exists: none,
  'scalar-subquery': none,
  concat: ({ left, right }) => [left, right],
  'function-call': (call) => [
    ...call.arguments,
    ...sortKeys(call.orderBy),
    call.filter,
    ...(call.window ? windowParts(call.window) : []),
  ],
  lambda: ({ body }) => [body],
  cast: ({ operand }) => [operand],
  'searched-case': (node) => [...whenParts(node.whens), node.default],
  'simple-case': (node) => [node.operand, ...whenParts(node.whens), node.default],
  if: (node) => [node.condition, node.then, node.else],
  coalesce: ({ operands }) => operands,
  nullif: ({ first, second }) => [first, second],
  try: ({ operand }) => [operand],
  extract: ({ operand }) => [operand],
  'current-datetime': none,
  'session-value': none,
  'at-time-zone': ({ value, timeZone }) => [value, timeZone],
  array: ({ elements }) => elements,
  row: ({ items }) => items,
  subscript: ({ base, index }) => [base, index],
  trim: ({ characters, value }) => [characters, value],
  'json-function': (node) => [
    node.input,
    ...node.passing.map(({ value }) => value),
    node.onEmpty?.default,
    node.onError?.default,
    ...node.members.flatMap(({ key, value }) => [key, value]),
  ],
  grouping: ({ columns }) => columns,
  'unsupported-expression': none,
}

const sortKeys = (items: readonly SortItem[]): Parts => items.map(({ key }) => key)

const whenParts = (whens: readonly WhenClause[]): Parts => whens.flatMap(({ condition, result }) => [condition, result])

function windowParts(window: WindowSpecification | WindowReference): Parts {
  if (window.kind === 'window-reference') return []
  const { partitionBy, orderBy, frame } = window
  return [...partitionBy, ...sortKeys(orderBy), frame?.start.value, frame?.end?.value]
}
