import { AthenaError } from '../errors.ts'
import { quoteText } from '../functions/sql-text.ts'
import { physicalType } from '../types/physical-type.ts'
import { formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import { DEFAULT_NULL_TEXT, type LazySimpleSerDe } from './lazy-simple-serde.ts'

/**
 * DuckDB SQL of a value of a text table. `text` is SQL of a VARCHAR that is NULL where the line is too short. What is no
 * value of the type is NULL, as Hive has it; the plain form of a number or date is read by DuckDB itself, since that is what
 * millions of rows have, anything else by exact rules.
 * Source: Apache Hive, LazySimpleSerDe; measured against Trino 476.
 */
export function hiveTextValue(text: string, type: TrinoType, serde: LazySimpleSerDe, depth = 1): string {
  switch (type.kind) {
    case 'varchar': {
      const value = stringValue(text, serde)
      return type.length === undefined ? value : `left(${value}, ${type.length})`
    }
    case 'char':
      return `rtrim(left(${stringValue(text, serde)}, ${type.length}), ' ')`
    case 'boolean':
      return `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return integerValue(text, physicalType(type))
    case 'real':
    case 'double': {
      const duck = physicalType(type)
      return `CASE WHEN regexp_full_match(${text}, '-?[0-9]{1,15}(\\.[0-9]{1,15})?') THEN TRY_CAST(${text} AS ${duck}) ELSE ft_hive_text_to_${type.kind}(${text}) END`
    }
    case 'decimal':
      return `CASE WHEN regexp_full_match(${text}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(${text} AS ${physicalType(type)}) END`
    case 'date':
      return `CASE WHEN TRY_CAST(${text} AS DATE) IS NOT NULL AND regexp_full_match(${text}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN TRY_CAST(${text} AS DATE) ELSE DATE '1970-01-01' + ft_hive_text_to_epoch_days(${text}) END`
    case 'timestamp':
      return `make_timestamp(ft_hive_text_to_epoch_micros(${text}))`
    case 'varbinary':
      return `ft_hive_text_to_binary(${stringValue(text, serde)})`
    case 'array':
      return arrayValue(text, type.element, serde, depth)
    case 'map':
      return mapValue(text, type, serde, depth)
    case 'row':
      return rowValue(text, type, serde, depth)
    default:
      throw new AthenaError(
        'HIVE_UNSUPPORTED_FORMAT',
        `Column type ${formatTrinoType(type)} is not supported in text tables`,
      )
  }
}

/** Hive's LazyInteger: a sign, digits, and digits behind a point that are cut off; no blanks, no exponent. */
function integerValue(text: string, duck: string): string {
  const plain = `TRY_CAST(${text} AS ${duck})`
  // DuckDB rounds 1.5 and takes 1e3 and ` 7`: what it read is right where it prints as it stood. Anything else keeps its `x`
  // unless it is an integer to Hive, and with it DuckDB takes it for nothing.
  const cut = `regexp_replace('x' || ${text}, '^x(?:[+]|(-))?(?:([0-9]*)\\.[0-9]*|([0-9]+))$', '\\10\\2\\3')`
  return `CASE WHEN CAST(${plain} AS VARCHAR) = ${text} THEN ${plain} ELSE TRY_CAST(${cut} AS ${duck}) END`
}

/** SQL of the list of a line's fields, for {@link hiveFieldValue}. NULL is told here where that cannot be seen in any field. */
export function splitLine(line: string, serde: LazySimpleSerDe): string {
  const fields = splitText(line, serde.separators[0] as string, serde)
  if (!isNullToldInLine(serde)) return fields
  const nullText = quoteText(serde.nullText)
  // A line that holds the text is rare, and a look at it is cheaper than one at each field.
  return `CASE WHEN contains(${line}, ${nullText}) THEN list_transform(${fields}, lambda field: nullif(field, ${nullText})) ELSE ${fields} END`
}

/** SQL of the value of a field of {@link splitLine}. */
export function hiveFieldValue(field: string, type: TrinoType, serde: LazySimpleSerDe): string {
  const isText = type.kind === 'varchar' && type.length === undefined
  return isText && isNullToldInLine(serde) ? field : hiveTextValue(field, type, serde)
}

/** The default text for NULL is no value of any type but texts. */
function isNullToldInLine({ nullText, escapeCharacter }: LazySimpleSerDe): boolean {
  return escapeCharacter === undefined && nullText === DEFAULT_NULL_TEXT
}

function parts(text: string, serde: LazySimpleSerDe, depth: number): string {
  const separator = serde.separators[depth]
  if (separator === undefined)
    throw new AthenaError('NOT_SUPPORTED', 'Collections nested this deep are not supported in text tables')
  return splitText(text, separator, serde)
}

/** SQL of the list of a text's parts. */
export function splitText(text: string, separator: string, { escapeCharacter }: LazySimpleSerDe): string {
  return escapeCharacter === undefined
    ? `string_split(${text}, ${quoteText(separator)})`
    : `ft_hive_text_split(${text}, ${quoteText(separator)}, ${quoteText(escapeCharacter)})`
}

/** NULL is told before escapes are resolved: that is how `\\N` can stand for it although `\\` escapes. */
function stringValue(text: string, { nullText, escapeCharacter }: LazySimpleSerDe): string {
  const value = `nullif(${text}, ${quoteText(nullText)})`
  return escapeCharacter === undefined ? value : `ft_hive_text_unescape(${value}, ${quoteText(escapeCharacter)})`
}

function arrayValue(text: string, element: TrinoType, serde: LazySimpleSerDe, depth: number): string {
  const item = `item_${depth}`
  const value = `nullif(${text}, ${quoteText(serde.nullText)})`
  const items = `list_transform(${parts(value, serde, depth)}, lambda ${item}: ${hiveTextValue(item, element, serde, depth + 1)})`
  return `CASE WHEN ${text} = '' THEN CAST([] AS ${physicalType(element)}[]) ELSE ${items} END`
}

/** The first entry of a key wins. */
function mapValue(
  text: string,
  type: { readonly key: TrinoType; readonly value: TrinoType },
  serde: LazySimpleSerDe,
  depth: number,
): string {
  const entry = `entry_${depth}`
  const split = parts(entry, serde, depth + 1)
  const key = hiveTextValue(`${split}[1]`, type.key, serde, depth + 2)
  const value = hiveTextValue(`${split}[2]`, type.value, serde, depth + 2)
  const pair = `struct_pack(k := ${key}, v := ${value})`
  const entries = `list_filter(list_transform(${parts(`nullif(${text}, ${quoteText(serde.nullText)})`, serde, depth)}, lambda ${entry}: ${pair}), lambda p_${depth}: p_${depth}.k IS NOT NULL)`
  const first = `list_filter(${entries}, lambda p_${depth}, i_${depth}: list_position(list_transform(${entries}, lambda q_${depth}: q_${depth}.k), p_${depth}.k) = i_${depth})`
  const empty = `MAP {}::${physicalType({ kind: 'map', ...type })}`
  return `CASE WHEN ${text} = '' THEN ${empty} ELSE map_from_entries(${first}) END`
}

function rowValue(
  text: string,
  type: { readonly fields: readonly { readonly type: TrinoType }[] },
  serde: LazySimpleSerDe,
  depth: number,
): string {
  const split = parts(text, serde, depth)
  const fields = type.fields.map(
    (field, index) => `f${index} := ${hiveTextValue(`${split}[${index + 1}]`, field.type, serde, depth + 1)}`,
  )
  return `CASE WHEN nullif(${text}, ${quoteText(serde.nullText)}) IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`
}
