// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be quoted in another way
const CONTROL = /[\x00-\x1f\x7f]/

/** Text as bash writes it back with single quotes: `set -x`, `${x@Q}`, `declare -p` of arrays' keys. */
export function singleQuoted(text: string): string {
  if (CONTROL.test(text)) return ansiQuoted(text)
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** As single-quoted, but plain where nothing needs quoting: `set -x`, `printf %q` uses {@link backslashQuoted}. */
export function quotedIfNeeded(text: string): string {
  if (text === '') return "''"
  if (/^[A-Za-z0-9_@%+=:,./^-]+$/.test(text)) return text
  return singleQuoted(text)
}

/** Text with a backslash before each character that means something: `printf %q`. */
export function backslashQuoted(text: string): string {
  if (text === '') return "''"
  if (CONTROL.test(text)) return ansiQuoted(text)
  return text.replace(/[^A-Za-z0-9_@%+:./\u0080-\uffff=-]/g, '\\$&').replace(/^~|^#/, (c) => `\\${c}`)
}

/** Text in double quotes, as `declare -p` writes values. */
export function doubleQuoted(text: string): string {
  if (CONTROL.test(text)) return ansiQuoted(text)
  return `"${text.replace(/["$`\\]/g, '\\$&')}"`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\x1b': '\\E',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  "'": "\\'",
}

function ansiQuoted(text: string): string {
  const body = text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be written in another way
    /[\x00-\x1f\x7f\\']/g,
    (character) => ESCAPES[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `$'${body}'`
}
