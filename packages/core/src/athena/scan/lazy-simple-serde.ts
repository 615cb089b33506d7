import type { CatalogTable } from '../catalog/catalog.ts'
import { DELIMITER_KEYS, SERIALIZATION_FORMAT } from '../catalog/storage-format.ts'
import { AthenaError } from '../errors.ts'

/** How lines of a text table are cut into values. */
export interface LazySimpleSerDe {
  /** Separators by depth: between fields, between items of a collection, between a map's key and its value, and on. */
  readonly separators: readonly string[]
  readonly escapeCharacter: string | undefined
  /** The text that stands for NULL. */
  readonly nullText: string
  readonly headerLines: number
}

/** Source: Apache Hive, LazySerDeParameters. */
export const DEFAULT_NULL_TEXT = '\\N'
const ESCAPE_WITHOUT_VALUE = '\\'
/** Hive separates by the control characters from 1 on, one for each level of nesting. */
const NESTING_LEVELS = 8

/** Reads a table's SerDe parameters. Source: Apache Hive, LazySerDeParameters. */
export function lazySimpleSerDe(table: CatalogTable): LazySimpleSerDe {
  const { parameters } = table.storageDescriptor.serDeInfo
  const separators = Array.from({ length: NESTING_LEVELS }, (_, level) => String.fromCharCode(level + 1))
  const first = parameters[DELIMITER_KEYS.fields] ?? parameters[SERIALIZATION_FORMAT]
  const given = [first, parameters[DELIMITER_KEYS.collectionItems], parameters[DELIMITER_KEYS.mapKeys]]
  for (const [level, text] of given.entries()) {
    if (text !== undefined && text !== '') separators[level] = separatorOf(text)
  }
  const escapeText = parameters[DELIMITER_KEYS.escapedBy]
  return {
    separators,
    escapeCharacter: escapeText === undefined ? undefined : separatorOf(escapeText || ESCAPE_WITHOUT_VALUE),
    nullText: parameters[DELIMITER_KEYS.nullText] ?? DEFAULT_NULL_TEXT,
    headerLines: headerLines(table),
  }
}

/** A number is the character's code, anything else stands for its first character. Source: Apache Hive, LazyUtils.getByte. */
function separatorOf(text: string): string {
  const code = /^[+-]?\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (code >= -128 && code <= 127) return String.fromCharCode(code & 0xff)
  return String.fromCodePoint(text.codePointAt(0) ?? 1)
}

const HEADER_LINES_KEY = 'skip.header.line.count'
const FOOTER_LINES_KEY = 'skip.footer.line.count'

function headerLines(table: CatalogTable): number {
  if (lineCount(table, FOOTER_LINES_KEY) > 0) {
    throw new AthenaError('NOT_SUPPORTED', `Table property ${FOOTER_LINES_KEY} is not supported`, {
      remedy: `Set ${FOOTER_LINES_KEY} to 0, or leave the footer out in WHERE`,
    })
  }
  return lineCount(table, HEADER_LINES_KEY)
}

function lineCount(table: CatalogTable, key: string): number {
  const text = Object.entries(table.parameters).find(([name]) => name.toLowerCase() === key)?.[1]
  if (text === undefined) return 0
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  throw new AthenaError('HIVE_INVALID_METADATA', `Invalid value for ${key} property: ${text}`)
}
