import type { TrinoTypeKind } from './trino-type.ts'

/** From the narrowest to the widest. */
export const INTEGER_KINDS: ReadonlySet<TrinoTypeKind> = new Set(['tinyint', 'smallint', 'integer', 'bigint'])

export const NUMBER_KINDS: ReadonlySet<TrinoTypeKind> = new Set([...INTEGER_KINDS, 'real', 'double', 'decimal'])

export const INTERVAL_KINDS: ReadonlySet<TrinoTypeKind> = new Set(['interval day to second', 'interval year to month'])

/** Points in time, on a calendar or a clock. */
export const DATETIME_KINDS: ReadonlySet<TrinoTypeKind> = new Set([
  'date',
  'time',
  'time with time zone',
  'timestamp',
  'timestamp with time zone',
])
