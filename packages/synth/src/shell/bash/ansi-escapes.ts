import { rawByte } from '../kernel/bytes.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** Text with the backslash escapes of `$'…'` taken for what they mean. */
export function ansiUnescaped(text: string): string {
  return text.replace(
    /\\(?:([abeEfnrtv\\'"?])|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c(.)|([0-7]{1,3}))/gs,
    (_, simple, hex, short, long, control, octal) => {
      if (simple !== undefined) return SIMPLE[simple] ?? ''
      if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 31)
      if (octal !== undefined) return rawByte(Number.parseInt(octal, 8) & 255)
      if (hex !== undefined) return rawByte(Number.parseInt(hex, 16))
      return character(Number.parseInt(short ?? long, 16))
    },
  )
}

/**
 * Text with the escapes of `echo -e` and `printf %b`, where octal numbers begin with 0. `stopped` where `\c` ends the output.
 */
export function echoUnescaped(text: string): { readonly text: string; readonly stopped: boolean } {
  const stop = /(?:^|[^\\])(?:\\\\)*\\c/.exec(text)
  const end = stop ? stop.index + stop[0].length - 2 : text.length
  const unescaped = text
    .slice(0, end)
    .replace(
      /\\(?:([abeEfnrtv\\])|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|0([0-7]{0,3}))/g,
      (_, simple, hex, short, long, octal) => {
        if (simple !== undefined) return SIMPLE[simple] ?? ''
        if (octal !== undefined) return rawByte(Number.parseInt(octal || '0', 8) & 255)
        if (hex !== undefined) return rawByte(Number.parseInt(hex, 16))
        return character(Number.parseInt(short ?? long, 16))
      },
    )
  return { text: unescaped, stopped: stop !== null }
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}
