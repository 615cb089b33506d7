/** The longest rule that Suricata 7 reads, in bytes of its joined lines. */
export const RULE_BYTES_MAX = 8191

/** One rule of a file, its lines joined; `line` is that of its start, counted from 1. */
export interface RuleLine {
  readonly line: number
  readonly text: string
}

/**
 * The rules of a file, one by one: blank lines and comments (`#`) are left out, so are rules that are disabled by `#`; a backslash at the
 * end of a line continues it. Lines end with LF or CRLF; a byte order mark at the start is skipped.
 */
export function* ruleLines(text: string): Generator<RuleLine> {
  let joined = ''
  let start = 0
  let line = 0
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const physical = trimEnd(text.slice(at, end < 0 ? text.length : end))
    at = end < 0 ? text.length : end + 1
    line += 1
    if (start === 0) {
      const first = physical.trimStart()
      if (first === '' || first.startsWith('#')) continue
      start = line
    }
    if (physical.endsWith('\\')) {
      joined += physical.slice(0, -1)
      continue
    }
    yield { line: start, text: joined + physical }
    joined = ''
    start = 0
  }
  if (start > 0) yield { line: start, text: joined }
}

/** Without white space at its end, in one pass: a regular expression would take quadratic time on many blanks. */
function trimEnd(line: string): string {
  let end = line.length
  while (end > 0 && line.charCodeAt(end - 1) <= 32) end -= 1
  return line.slice(0, end)
}
