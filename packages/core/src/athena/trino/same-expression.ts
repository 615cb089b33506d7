import type { Expression, Identifier } from './nodes.ts'

/**
 * Whether two expressions are the same but for their places and the case of their names: how Trino
 * finds an expression of the select list in GROUP BY.
 */
export function sameExpression(a: Expression, b: Expression): boolean {
  return sameValue(a, b)
}

const PLACES: ReadonlySet<string> = new Set(['location', 'operatorLocation'])

function sameValue(first: unknown, second: unknown): boolean {
  // Chains of operators nest thousands deep, so the pairs still to compare stand in a list.
  const pending: (readonly [unknown, unknown])[] = [[first, second]]
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [a, b] = pair
    if (isIdentifier(a) && isIdentifier(b)) {
      if (canonicalName(a) !== canonicalName(b)) return false
    } else if (isObject(a) && isObject(b)) {
      const keys = new Set([...Object.keys(a), ...Object.keys(b)])
      if (Array.isArray(a) !== Array.isArray(b)) return false
      for (const key of keys) if (!PLACES.has(key)) pending.push([a[key], b[key]])
    } else if (a !== b) return false
  }
  return true
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isIdentifier = (value: unknown): value is Identifier =>
  isObject(value) && value.kind === 'identifier' && typeof value.text === 'string'

/** Quoting changes nothing: Trino resolves both forms without regard to case. */
const canonicalName = ({ text }: Identifier): string => text.toLowerCase()
