import { type RowField, sameType, type TrinoType, type TrinoTypeKind } from './trino-type.ts'

/**
 * Which types become which others by themselves, and what two types have in common.
 * Source: Trino documentation, "Conversion functions"; checked against Trino 435's own answers (test/fixtures/trino).
 */

const MAX_PRECISION = 38
/** The longest char of Trino; an unbounded varchar is coerced to it. */
const MAX_CHAR_LENGTH = 65_536

/** Integer types as decimals, and the order in which integers widen. */
const INTEGER_DIGITS: Partial<Record<TrinoTypeKind, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 }

/** True where a value of `from` may stand for one of `to` without a CAST. */
export function canCoerce(from: TrinoType, to: TrinoType): boolean {
  if (sameType(from, to)) return true
  const common = commonSuperType(from, to)
  return common !== undefined && sameType(common, to)
}

/** The type that both become in COALESCE, CASE, UNION, ARRAY[…] and comparisons; undefined where there is none. */
export function commonSuperType(a: TrinoType, b: TrinoType): TrinoType | undefined {
  if (a.kind === 'unknown') return b
  if (b.kind === 'unknown') return a
  return a.kind === b.kind ? sameKindSuperType(a, b) : (widen(a, b) ?? widen(b, a))
}

function sameKindSuperType(a: TrinoType, b: TrinoType): TrinoType | undefined {
  switch (a.kind) {
    case 'decimal': {
      const other = b as typeof a
      const scale = Math.max(a.scale, other.scale)
      const integral = Math.max(a.precision - a.scale, other.precision - other.scale)
      return { kind: 'decimal', precision: Math.min(MAX_PRECISION, integral + scale), scale }
    }
    case 'varchar': {
      const other = b as typeof a
      if (a.length === undefined || other.length === undefined) return { kind: 'varchar' }
      return { kind: 'varchar', length: Math.max(a.length, other.length) }
    }
    case 'char':
      return { kind: 'char', length: Math.max(a.length, (b as typeof a).length) }
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      return { kind: a.kind, precision: Math.max(a.precision, (b as typeof a).precision) }
    case 'array': {
      const element = commonSuperType(a.element, (b as typeof a).element)
      return element && { kind: 'array', element }
    }
    case 'map': {
      const other = b as typeof a
      const key = commonSuperType(a.key, other.key)
      const value = commonSuperType(a.value, other.value)
      return key && value && { kind: 'map', key, value }
    }
    case 'row':
      return rowSuperType(a.fields, (b as typeof a).fields)
    case 'function':
      return sameType(a, b) ? a : undefined
    default:
      return a
  }
}

function rowSuperType(a: readonly RowField[], b: readonly RowField[]): TrinoType | undefined {
  if (a.length !== b.length) return undefined
  const fields: RowField[] = []
  for (const [index, field] of a.entries()) {
    const other = b[index]
    const type = other && commonSuperType(field.type, other.type)
    if (!type) return undefined
    fields.push(other.name === field.name ? { name: field.name, type } : { type })
  }
  return { kind: 'row', fields }
}

/** What `from` and `to`, which are of different kinds, have in common if `from` can become of `to`'s kind. */
function widen(from: TrinoType, to: TrinoType): TrinoType | undefined {
  const digits = INTEGER_DIGITS[from.kind]
  if (digits !== undefined) {
    const target = INTEGER_DIGITS[to.kind]
    if (target !== undefined) return target > digits ? to : undefined
    if (to.kind === 'real' || to.kind === 'double') return to
    return to.kind === 'decimal' ? sameKindSuperType({ kind: 'decimal', precision: digits, scale: 0 }, to) : undefined
  }
  switch (from.kind) {
    case 'decimal':
      return to.kind === 'real' || to.kind === 'double' ? to : undefined
    case 'real':
      return to.kind === 'double' ? to : undefined
    case 'date':
      return to.kind === 'timestamp' || to.kind === 'timestamp with time zone' ? to : undefined
    case 'time':
      if (to.kind !== 'time with time zone') return undefined
      return { kind: to.kind, precision: Math.max(from.precision, to.precision) }
    case 'timestamp':
      if (to.kind !== 'timestamp with time zone') return undefined
      return { kind: to.kind, precision: Math.max(from.precision, to.precision) }
    case 'varchar':
      if (to.kind !== 'char') return undefined
      return { kind: 'char', length: Math.max(to.length, Math.min(from.length ?? MAX_CHAR_LENGTH, MAX_CHAR_LENGTH)) }
    default:
      return undefined
  }
}

/** True for types that `=`, DISTINCT and GROUP BY take. */
export function isComparable(type: TrinoType): boolean {
  switch (type.kind) {
    case 'array':
      return isComparable(type.element)
    case 'map':
      return isComparable(type.key) && isComparable(type.value)
    case 'row':
      return type.fields.every((field) => isComparable(field.type))
    default:
      return type.kind !== 'function'
  }
}

/** True for types that `<`, ORDER BY, min and max take. */
export function isOrderable(type: TrinoType): boolean {
  switch (type.kind) {
    case 'array':
      return isOrderable(type.element)
    case 'row':
      return type.fields.every((field) => isOrderable(field.type))
    default:
      return type.kind !== 'map' && type.kind !== 'json' && type.kind !== 'function'
  }
}
