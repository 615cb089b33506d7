import { unescapeHiveString } from './hive-string.ts'
import type { HiveToken } from './token.ts'

const SPACE = /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+/y
const NUMBER = /\d+(?:\.\d+)?(?![\p{L}\p{N}_])/uy
const WORD = /[\p{L}\p{N}][\p{L}\p{N}_]*/uy
const QUOTED_NAME = /`((?:[^`]|``)*)`/y
const STRING = /'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"/y

/**
 * The tokens of a Hive statement, the last one of kind `end`. Comments (`-- …`, and block comments as Athena takes them)
 * are skipped. Strings that stand next to each other without a space are one string, as in Hive.
 */
export function tokenizeHive(text: string): readonly HiveToken[] {
  const tokens: HiveToken[] = []
  const locate = locator(text)
  let position = 0
  while (true) {
    position = matchAt(SPACE, text, position)?.end ?? position
    if (position >= text.length) break
    const token = readToken(text, position)
    tokens.push({ ...token, start: position, location: locate(position) })
    position = token.end
  }
  tokens.push({ kind: 'end', value: '<EOF>', start: text.length, end: text.length, location: locate(text.length) })
  return tokens
}

type TokenBody = Pick<HiveToken, 'kind' | 'value' | 'end'>

function readToken(text: string, position: number): TokenBody {
  const character = text.charAt(position)
  if (character === "'" || character === '"') return readString(text, position)
  if (character === '`') {
    const match = matchAt(QUOTED_NAME, text, position)
    return match
      ? { kind: 'quoted-name', value: (match.groups[1] ?? '').replaceAll('``', '`'), end: match.end }
      : unknownRest(text, position)
  }
  if (text.startsWith('/*', position)) return { kind: 'unknown', value: '/', end: position + 1 }
  const number = matchAt(NUMBER, text, position)
  if (number) return { kind: 'number', value: number.text, end: number.end }
  const word = matchAt(WORD, text, position)
  if (word) return { kind: 'word', value: word.text, end: word.end }
  const symbol = String.fromCodePoint(text.codePointAt(position) ?? 0)
  return { kind: 'symbol', value: symbol, end: position + symbol.length }
}

function readString(text: string, position: number): TokenBody {
  let value = ''
  let end = position
  for (let match = matchAt(STRING, text, end); match; match = matchAt(STRING, text, end)) {
    value += unescapeHiveString(match.groups[1] ?? match.groups[2] ?? '')
    end = match.end
  }
  return end === position ? unknownRest(text, position) : { kind: 'string', value, end }
}

function unknownRest(text: string, position: number): TokenBody {
  return { kind: 'unknown', value: text.slice(position), end: text.length }
}

interface Match {
  readonly text: string
  readonly groups: RegExpExecArray
  readonly end: number
}

function matchAt(pattern: RegExp, text: string, position: number): Match | undefined {
  pattern.lastIndex = position
  const groups = pattern.exec(text)
  return groups ? { text: groups[0], groups, end: position + groups[0].length } : undefined
}

/** Turns offsets, asked for in rising order, into lines and columns from 1. */
function locator(text: string): (offset: number) => HiveToken['location'] {
  let line = 1
  let lineStart = 0
  let lineEnd = endOfLine(text, 0)
  return (offset) => {
    while (offset > lineEnd) {
      line += 1
      lineStart = lineEnd + 1
      lineEnd = endOfLine(text, lineStart)
    }
    return { line, column: offset - lineStart + 1 }
  }
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  return newline === -1 ? text.length : newline
}
