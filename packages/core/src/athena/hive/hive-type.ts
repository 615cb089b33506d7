import { quoteHiveName } from './hive-string.ts'

/** A column type of Hive as plain data. */
export type HiveType =
  | { readonly kind: 'primitive'; readonly name: HivePrimitive }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'varchar' | 'char'; readonly length: number }
  | { readonly kind: 'array'; readonly element: HiveType }
  | { readonly kind: 'map'; readonly key: HiveType; readonly value: HiveType }
  | { readonly kind: 'struct'; readonly fields: readonly HiveStructField[] }

export interface HiveStructField {
  readonly name: string
  readonly type: HiveType
}

/** Source: Amazon Athena User Guide, "Data types in Amazon Athena", the names for DDL. */
export const HIVE_PRIMITIVES = [
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'float',
  'double',
  'string',
  'binary',
  'date',
  'timestamp',
] as const
export type HivePrimitive = (typeof HIVE_PRIMITIVES)[number]

/** How struct fields' names are written: bare as Glue keeps them, or in backquotes where the parser needs them. */
export type FieldNameStyle = 'bare' | 'parsable'

/** The type as Glue and DESCRIBE write it: `array<struct<port:int>>`, no spaces. */
export function formatHiveType(type: HiveType, style: FieldNameStyle = 'bare'): string {
  switch (type.kind) {
    case 'primitive':
      return type.name
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'varchar':
    case 'char':
      return `${type.kind}(${type.length})`
    case 'array':
      return `array<${formatHiveType(type.element, style)}>`
    case 'map':
      return `map<${formatHiveType(type.key, style)},${formatHiveType(type.value, style)}>`
    case 'struct':
      return `struct<${type.fields.map((field) => `${formatFieldName(field.name, style)}:${formatHiveType(field.type, style)}`).join(',')}>`
  }
}

const PLAIN_FIELD_NAME = /^[a-z][a-z0-9_]*$/

function formatFieldName(name: string, style: FieldNameStyle): string {
  return style === 'bare' || PLAIN_FIELD_NAME.test(name) ? name : quoteHiveName(name)
}
