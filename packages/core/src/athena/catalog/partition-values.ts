import type { PartitionConstant } from '../scan/partition-predicate.ts'
import type { CatalogColumn } from './catalog.ts'

/** The name that Hive gives to a partition whose value is NULL. */
export const HIVE_DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'

/** `day=2021/10/25, hour=3`, as error texts have it. */
export function formatPartitionSpec(keys: readonly CatalogColumn[], values: readonly string[]): string {
  return keys.map((key, index) => `${key.name}=${values[index] ?? ''}`).join(', ')
}

/** `day=2021/10/25/hour=3`, as SHOW PARTITIONS has it. Source: Amazon Athena User Guide, "SHOW PARTITIONS". */
export function partitionName(keys: readonly CatalogColumn[], values: readonly string[]): string {
  return keys.map((key, index) => `${key.name}=${values[index] ?? ''}`).join('/')
}

/** `day=2021%2F10%2F25/hour=3/`: the folder in which Hive keeps a partition that was given no location. */
export function hivePartitionPath(keys: readonly CatalogColumn[], values: readonly string[]): string {
  return keys.map((key, index) => `${escapePathName(key.name)}=${escapePathName(values[index] ?? '')}/`).join('')
}

/** Printable characters that Hive escapes in a partition's folder (FileUtils.escapePathName); control characters are too. */
const ESCAPED_IN_PATHS: ReadonlySet<string> = new Set('"#%\'*/:=?\\{[]^')

export function escapePathName(name: string): string {
  if (name === '') return HIVE_DEFAULT_PARTITION
  return Array.from(name, escapePathCharacter).join('')
}

function escapePathCharacter(character: string): string {
  const isEscaped = character < ' ' || character === '\u007f' || ESCAPED_IN_PATHS.has(character)
  return isEscaped ? `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}` : character
}

export function unescapePathName(name: string): string {
  return name.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** The location as the folder it stands for: with one `/` at its end. */
export function asFolder(location: string): string {
  return location.endsWith('/') ? location : `${location}/`
}

/**
 * Orders two values of a partition key by the key's Hive type: negative, zero or positive. undefined where a text is no
 * value of the type (Hive reads it as NULL) or where the type has no order here, so that nothing can be said.
 */
export function comparePartitionValues(
  type: string,
  left: PartitionConstant,
  right: PartitionConstant,
): number | undefined {
  if (left === null || right === null) return undefined
  const base = type
    .toLowerCase()
    .replace(/[(<].*$/, '')
    .trim()
  switch (base) {
    case 'string':
    case 'varchar':
    case 'char':
      return compareText(String(left), String(right))
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'integer':
    case 'bigint':
      return compareWith(toInteger, left, right)
    case 'date':
      return compareWith(toDate, left, right)
    case 'timestamp':
      return compareWith(toTimestamp, left, right)
    case 'boolean':
      return compareWith(toBoolean, left, right)
    case 'float':
    case 'double':
      return compareWith(toNumber, left, right)
    default:
      return left === right ? 0 : undefined
  }
}

/** By code point, which is the order of the UTF-8 bytes and so Trino's order of varchar. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1
  }
  return left.length - right.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

type Comparable = string | number | bigint

function compareWith(
  convert: (value: string) => Comparable | undefined,
  left: PartitionConstant,
  right: PartitionConstant,
): number | undefined {
  const a = convert(String(left))
  const b = convert(String(right))
  if (a === undefined || b === undefined) return undefined
  return a < b ? -1 : a > b ? 1 : 0
}

function toInteger(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
}

function toDate(text: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined
}

function toTimestamp(text: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?$/.exec(text)
  return match ? `${match[1]} ${match[2] ?? '00:00:00'}.${(match[3] ?? '').padEnd(9, '0')}` : undefined
}

function toBoolean(text: string): string | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' || lower === 'false' ? lower : undefined
}

function toNumber(text: string): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isNaN(number) ? undefined : number
}
