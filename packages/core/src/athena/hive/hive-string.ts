/**
 * Hive's string literals. Source: Apache Hive language manual, "Literals", and the behaviour of Hive's
 * `unescapeSQLString`: `\` followed by three octal digits or `u` and four hexadecimal digits is that character; the
 * letters below have their usual meaning; `\%` and `\_` keep the backslash; before any other character it is dropped.
 */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['b', '\b'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['Z', '\u001a'],
  ['%', '\\%'],
  ['_', '\\_'],
])

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([0-1][0-7]{2})|([\s\S]))/g

/** The value of what stands between the quotes of a literal. */
export function unescapeHiveString(body: string): string {
  if (!body.includes('\\')) return body
  return body.replace(ESCAPE, (_, hex: string | undefined, octal: string | undefined, single: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return ESCAPES.get(single) ?? single
  })
}

const PRINTED_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/** A single-quoted literal that Hive reads back as `value`. Control characters are written as `\uXXXX`. */
export function quoteHiveString(value: string): string {
  let text = "'"
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index)
    const printed = PRINTED_ESCAPES.get(character)
    if (printed !== undefined) text += printed
    else if (character < ' ' || character === '\u007f') text += unicodeEscape(character)
    else text += character
  }
  return `${text}'`
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A name in backquotes, inner backquotes doubled. */
export function quoteHiveName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
