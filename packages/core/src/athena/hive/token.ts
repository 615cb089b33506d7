import type { SqlLocation } from '../errors.ts'

/**
 * A lexical element of a Hive statement.
 *
 * | kind | `value` |
 * |---|---|
 * | word | a keyword or an unquoted name, as written |
 * | quoted-name | a name in backquotes, without them |
 * | string | a text in single or double quotes, escapes resolved |
 * | number | digits, as written |
 * | symbol | one character |
 * | unknown | the rest from an unclosed quote or comment on |
 * | end | `<EOF>` |
 */
export interface HiveToken {
  readonly kind: 'word' | 'quoted-name' | 'string' | 'number' | 'symbol' | 'unknown' | 'end'
  readonly value: string
  /** Offsets in the statement's text, `end` exclusive. */
  readonly start: number
  readonly end: number
  readonly location: SqlLocation
}
