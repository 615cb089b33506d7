import { sameType, type TrinoType, type TrinoTypeKind } from '../types/trino-type.ts'
import { NUMBER_KINDS } from '../types/type-families.ts'
import { binaryCast } from './cast-binary.ts'
import { datetimeCast } from './cast-datetime.ts'
import { fromJsonCast, toJsonCast } from './cast-json.ts'
import { nestedCast } from './cast-nested.ts'
import { numberCast } from './cast-number.ts'
import { type CastCall, isAlwaysFitting } from './cast-rule.ts'
import { textCast } from './cast-text.ts'
import type { EmitContext } from './function-definition.ts'

const NUMBERS = [...NUMBER_KINDS]
const TIMESTAMPS = ['timestamp', 'timestamp with time zone'] as const
const TIMES = ['time', 'time with time zone'] as const
const FROM_NUMBER: readonly TrinoTypeKind[] = ['boolean', ...NUMBERS, 'varchar', 'json']

/** To which kinds the values of a kind can be cast. Source: Trino 435's own answers for every pair (test/fixtures/trino). */
const TARGETS: Readonly<Record<TrinoTypeKind, readonly TrinoTypeKind[]>> = {
  unknown: [],
  boolean: FROM_NUMBER,
  tinyint: FROM_NUMBER,
  smallint: FROM_NUMBER,
  integer: FROM_NUMBER,
  bigint: FROM_NUMBER,
  real: FROM_NUMBER,
  double: FROM_NUMBER,
  decimal: FROM_NUMBER,
  varchar: [
    'boolean',
    ...NUMBERS,
    'varchar',
    'char',
    'varbinary',
    'json',
    'date',
    ...TIMES,
    ...TIMESTAMPS,
    'ipaddress',
    'uuid',
  ],
  char: ['varchar', 'char'],
  varbinary: ['varbinary', 'ipaddress', 'uuid'],
  json: ['boolean', ...NUMBERS, 'varchar', 'json', 'array', 'map', 'row'],
  date: ['varchar', 'json', 'date', ...TIMESTAMPS],
  time: ['varchar', ...TIMES, ...TIMESTAMPS],
  'time with time zone': ['varchar', ...TIMES, ...TIMESTAMPS],
  timestamp: ['varchar', 'json', 'date', ...TIMES, ...TIMESTAMPS],
  'timestamp with time zone': ['varchar', 'date', ...TIMES, ...TIMESTAMPS],
  'interval day to second': ['varchar', 'interval day to second'],
  'interval year to month': ['varchar', 'interval year to month'],
  ipaddress: ['varchar', 'varbinary', 'ipaddress'],
  uuid: ['varchar', 'varbinary', 'uuid'],
  array: ['array', 'json'],
  map: ['map', 'json'],
  row: ['row', 'json'],
  function: [],
}

/** Types of keys that a JSON object may be made of or read into. */
const JSON_KEYS: ReadonlySet<TrinoTypeKind> = new Set(['unknown', 'boolean', ...NUMBERS, 'varchar'])

/** True where `CAST(from AS to)` is there; whether a value can be cast shows at run time. */
export function canCast(from: TrinoType, to: TrinoType): boolean {
  if (sameType(from, to)) return true
  if (from.kind === 'unknown') return to.kind !== 'function'
  if (!TARGETS[from.kind].includes(to.kind)) return false
  if (to.kind === 'json') return isJsonLike(from)
  if (from.kind === 'json') return isReadFromJson(to)
  switch (from.kind) {
    case 'ipaddress':
    case 'uuid':
      return to.kind !== 'varchar' || to.length === undefined
    case 'array':
      return to.kind === 'array' && canCast(from.element, to.element)
    case 'map':
      return to.kind === 'map' && canCast(from.key, to.key) && canCast(from.value, to.value)
    case 'row':
      return (
        to.kind === 'row' &&
        from.fields.length === to.fields.length &&
        from.fields.every((field, index) => canCast(field.type, to.fields[index]?.type ?? field.type))
      )
    default:
      return true
  }
}

/** Types that a JSON value can be read into: dates and times, which have a text in JSON, are not among them. */
function isReadFromJson(type: TrinoType): boolean {
  switch (type.kind) {
    case 'array':
      return isReadFromJson(type.element)
    case 'map':
      return JSON_KEYS.has(type.key.kind) && isReadFromJson(type.value)
    case 'row':
      return type.fields.every((field) => isReadFromJson(field.type))
    default:
      return TARGETS.json.includes(type.kind)
  }
}

function isJsonLike(type: TrinoType): boolean {
  switch (type.kind) {
    case 'unknown':
      return true
    case 'array':
      return isJsonLike(type.element)
    case 'map':
      return JSON_KEYS.has(type.key.kind) && isJsonLike(type.value)
    case 'row':
      return type.fields.every((field) => isJsonLike(field.type))
    default:
      return TARGETS[type.kind].includes('json') || type.kind === 'json'
  }
}

/**
 * DuckDB SQL of `CAST(sql AS to)`, or of TRY_CAST with `safe`: NULL where the value cannot be cast.
 * The caller has asked `canCast` before.
 */
export function emitCast(
  sql: string,
  from: TrinoType,
  to: TrinoType,
  options: { readonly safe: boolean },
  context: EmitContext,
): string {
  return castValue({ sql, from, to, mode: { safe: options.safe, context, castValue } })
}

/** DuckDB SQL of an implicit coercion; the text as it is where both types have one representation. */
export function emitCoercion(sql: string, from: TrinoType, to: TrinoType, context: EmitContext): string {
  return emitCast(sql, from, to, { safe: false }, context)
}

function castValue(call: CastCall): string {
  const { sql, from, to } = call
  if (isAlwaysFitting(from, to)) return sql
  if (to.kind === 'json') return toJsonCast(call)
  if (from.kind === 'json') return fromJsonCast(call)
  switch (to.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double':
    case 'decimal':
      return numberCast(call)
    case 'varchar':
    case 'char':
      return textCast(call)
    case 'date':
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      return datetimeCast(call)
    case 'varbinary':
    case 'ipaddress':
    case 'uuid':
      return binaryCast(call)
    case 'array':
    case 'map':
    case 'row':
      return nestedCast(call)
    default:
      return sql
  }
}
