/** What stands between the quotes, with the doubled quote halved. */
export function unquote(text: string, quote: string): string {
  return text.slice(1, -1).replaceAll(quote + quote, quote)
}

/**
 * U&'…': `\0041` and `\+000041` are code points, `\\` is the escape itself.
 * Source: Trino documentation, "Data types: VARCHAR"; error texts of Trino 435.
 */
export function decodeUnicodeString(text: string, escapeCharacter: string, refuse: (message: string) => void): string {
  if (!isUnicodeEscape(escapeCharacter)) {
    refuse(
      `${escapeCharacter === '' ? 'Empty Unicode escape character' : `Invalid Unicode escape character: ${escapeCharacter}`}`,
    )
    return text
  }
  let decoded = ''
  let index = 0
  while (index < text.length) {
    const character = text.charAt(index)
    if (character !== escapeCharacter) {
      decoded += character
      index += 1
      continue
    }
    if (text.charAt(index + 1) === escapeCharacter) {
      decoded += escapeCharacter
      index += 2
      continue
    }
    const long = text.charAt(index + 1) === '+'
    const start = index + (long ? 2 : 1)
    const digits = /^[0-9a-fA-F]*/.exec(text.slice(start, start + (long ? 6 : 4)))?.[0] ?? ''
    if (digits.length < (long ? 6 : 4)) {
      refuse(`Incomplete escape sequence: ${long ? '+' : ''}${digits}`)
      return decoded
    }
    const codePoint = Number.parseInt(digits, 16)
    if (codePoint > 0x10ffff) {
      refuse(`Invalid escaped character: ${digits}`)
      return decoded
    }
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) {
      refuse(`Invalid escaped character: ${digits}. Escaped character is a surrogate. Use '\\+123456' instead.`)
      return decoded
    }
    decoded += String.fromCodePoint(codePoint)
    index = start + digits.length
  }
  return decoded
}

function isUnicodeEscape(escapeCharacter: string): boolean {
  return /^[\x21-\x7e]$/.test(escapeCharacter) && !/[0-9A-Fa-f+"']/.test(escapeCharacter)
}

const MAXIMUM_LONG = (1n << 63n) - 1n
const MINIMUM_LONG = -(1n << 63n)

/** An integer literal of any base, with underscores and a sign; undefined when it does not fit 64 bits. */
export function parseLong(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const digits = (negative ? text.slice(1) : text).replaceAll('_', '')
  const magnitude = BigInt(digits.toLowerCase())
  const value = negative ? -magnitude : magnitude
  return value > MAXIMUM_LONG || value < MINIMUM_LONG ? undefined : value
}

/** The hex digits of X'…', spaces taken out; `refuse` gets Trino's text when they are none. */
export function parseBinaryDigits(text: string, refuse: (message: string) => void): string {
  const digits = text
    .slice(2, -1)
    .replace(/[ \r\n\t]/g, '')
    .toUpperCase()
  if (!/^[0-9A-F]*$/.test(digits)) refuse('Binary literal can only contain hexadecimal digits')
  else if (digits.length % 2 !== 0) refuse('Binary literal must contain an even number of digits')
  else return digits
  return ''
}
