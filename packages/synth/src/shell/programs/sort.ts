import { FileError } from '../files/file-error.ts'
import { toBytes } from '../kernel/bytes.ts'
import { openPath } from '../kernel/open-path.ts'
import { type Program, type ProgramContext, print, printError } from '../program.ts'
import type { Task } from '../task.ts'
import { coreutilsProblem } from './coreutils-time.ts'
import { parseOptions } from './options.ts'
import { linesOf, readText } from './read-lines.ts'

const LONG_OPTIONS: Readonly<Record<string, string>> = {
  'ignore-leading-blanks': 'b',
  'dictionary-order': 'd',
  'ignore-case': 'f',
  'general-numeric-sort': 'g',
  'human-numeric-sort': 'h',
  'month-sort': 'M',
  'numeric-sort': 'n',
  reverse: 'r',
  'version-sort': 'V',
  'random-sort': 'R',
  'key=': 'k',
  'output=': 'o',
  'field-separator=': 't',
  unique: 'u',
  'zero-terminated': 'z',
  stable: 's',
  check: 'c',
  merge: 'm',
}

interface Place {
  readonly field: number
  /** Character in the field, from 1; 0 is the field's end. */
  readonly character: number
  readonly skipsBlanks: boolean
}

interface Key {
  readonly from: Place
  readonly to: Place | undefined
  readonly flags: string
}

/** `sort [-bdfghMnrsuVz] [-k key] [-t separator] [-o file] [-c] [file …]`, by the bytes of the C.UTF-8 locale. */
export const sort: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: 'bdfgiMhnRrVk:mo:S:t:T:uzcCs', long: LONG_OPTIONS })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem, 2)
  const { values } = parsed
  if (values.has('R')) return yield* refuse(context, '-R: not simulated; use shuf')
  const separator = values.get('t') === '\\0' ? '\0' : values.get('t')
  if (separator !== undefined && separator.length !== 1) {
    return yield* refuse(context, separator === '' ? 'empty tab' : `multi-character tab ‘${separator}’`)
  }
  const flags = [...'bdfgiMhnrV'].filter((letter) => values.has(letter)).join('')
  const keys: Key[] = []
  for (const { name, value } of parsed.all) {
    if (name !== 'k') continue
    const key = parseKey(value, flags)
    if (typeof key === 'string') return yield* refuse(context, key)
    keys.push(key)
  }
  const compare = comparison(keys, flags, separator, !values.has('s') && !values.has('u'))
  const end = values.has('z') ? '\0' : '\n'
  const lines: string[] = []
  try {
    for (const path of parsed.operands.length > 0 ? parsed.operands : ['-']) {
      try {
        lines.push(...linesOf(yield* readText(context, path), end))
      } catch (error) {
        if (!(error instanceof FileError)) throw error
        return yield* refuse(context, `cannot read: ${path}: ${error.message}`)
      }
    }
    if (values.has('c') || values.has('C'))
      return yield* check(context, lines, compare, values.has('u'), values.has('C'))
    lines.sort(compare)
    const kept = values.has('u')
      ? lines.filter((line, i) => i === 0 || compare(lines[i - 1] as string, line) !== 0)
      : lines
    const text = kept.map((line) => line + end).join('')
    const output = values.get('o')
    if (output === undefined) yield* print(context, text)
    else {
      const file = openPath(context.process, output, 'write').retain()
      yield* file.write(toBytes(text))
      file.release()
    }
    return 0
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return yield* refuse(context, `open failed: ${values.get('o')}: ${error.message}`)
  }
}

function* refuse(context: ProgramContext, message: string): Task<number> {
  yield* printError(context, `${context.name}: ${message}\n`)
  return 2
}

function* check(
  context: ProgramContext,
  lines: readonly string[],
  compare: (left: string, right: string) => number,
  isUnique: boolean,
  isSilent: boolean,
): Task<number> {
  for (let i = 1; i < lines.length; i += 1) {
    const order = compare(lines[i - 1] as string, lines[i] as string)
    if (order < 0 || (order === 0 && !isUnique)) continue
    if (!isSilent)
      yield* printError(
        context,
        `${context.name}: ${context.args.at(-1)?.startsWith('-') === false ? context.args.at(-1) : '-'}:${i + 1}: disorder: ${lines[i]}\n`,
      )
    return 1
  }
  return 0
}

/** A key as `-k` takes it, `F[.C][flags][,F[.C][flags]]`; a message where it is none. */
function parseKey(text: string, globalFlags: string): Key | string {
  const match = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/.exec(text)
  if (!match) return `invalid number at field start: invalid count at start of ‘${text}’`
  const [, field = '', character, before = '', toField, toCharacter, after = ''] = match
  if (Number(field) === 0) return `-: invalid field specification ‘${text}’`.replace('-: ', 'field number is zero: ')
  const own = before + after
  const flags = own === '' ? globalFlags : own
  return {
    from: {
      field: Number(field),
      character: Number(character ?? '1'),
      skipsBlanks: (own === '' ? flags : before).includes('b'),
    },
    to:
      toField === undefined
        ? undefined
        : {
            field: Number(toField),
            character: Number(toCharacter ?? '0'),
            skipsBlanks: (own === '' ? flags : after).includes('b'),
          },
    flags,
  }
}

function comparison(
  keys: readonly Key[],
  flags: string,
  separator: string | undefined,
  hasLastResort: boolean,
): (left: string, right: string) => number {
  const reverse = flags.includes('r') ? -1 : 1
  return (left, right) => {
    for (const key of keys) {
      const order = compareBy(key.flags, part(left, key, separator), part(right, key, separator))
      if (order !== 0) return key.flags.includes('r') ? -order : order
    }
    if (keys.length === 0 && flags.replace('r', '') !== '') {
      const order = compareBy(flags, left, right)
      if (order !== 0) return order * reverse
    }
    const isPlain = keys.length === 0 && flags.replace('r', '') === ''
    return hasLastResort || isPlain ? byteOrder(left, right) * reverse : 0
  }
}

/** The part of a line that a key means. A field begins behind its separator, or with the blanks before it. */
function part(line: string, key: Key, separator: string | undefined): string {
  const starts: number[] = [0]
  const ends: number[] = []
  const border = separator === undefined ? /(?<=[^ \t\n])(?=[ \t])/g : undefined
  if (border) {
    for (const found of line.matchAll(border)) {
      ends.push(found.index)
      starts.push(found.index)
    }
  } else {
    for (let at = line.indexOf(separator as string); at >= 0; at = line.indexOf(separator as string, at + 1)) {
      ends.push(at)
      starts.push(at + 1)
    }
  }
  ends.push(line.length)
  const place = ({ field, skipsBlanks }: Place): number => {
    const start = starts[field - 1] ?? line.length
    return skipsBlanks ? start + (/^[ \t]*/.exec(line.slice(start))?.[0].length ?? 0) : start
  }
  const from = Math.min(line.length, place(key.from) + Math.max(0, key.from.character - 1))
  if (!key.to) return line.slice(from)
  const fieldEnd = ends[key.to.field - 1] ?? line.length
  const to = key.to.character === 0 ? fieldEnd : Math.min(line.length, place(key.to) + key.to.character)
  return line.slice(from, Math.max(from, to))
}

const MONTHS: readonly string[] = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

function compareBy(flags: string, left: string, right: string): number {
  if (flags.includes('n')) return sign(leadingNumber(left) - leadingNumber(right))
  if (flags.includes('h')) return sign(humanNumber(left) - humanNumber(right))
  if (flags.includes('g')) return sign(generalNumber(left) - generalNumber(right))
  if (flags.includes('M')) return sign(month(left) - month(right))
  const prepared = (text: string): string => {
    let shown = flags.includes('b') ? text.trimStart() : text
    if (flags.includes('d')) shown = shown.replace(/[^A-Za-z0-9 \t]/g, '')
    return flags.includes('f') ? shown.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : shown
  }
  const [one, other] = [prepared(left), prepared(right)]
  return flags.includes('V') ? versionOrder(one, other) : byteOrder(one, other)
}

function leadingNumber(text: string): number {
  return Number(/^\s*(-?\d*(?:\.\d+)?)/.exec(text)?.[1] || '0') || 0
}

function generalNumber(text: string): number {
  const value = Number.parseFloat(text)
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value
}

/** `2K` before `1M`: the suffix first, then the number. */
function humanNumber(text: string): number {
  const [, number = '0', suffix = ''] = /^\s*(-?\d*(?:\.\d+)?)([KkMGTPEZY]?)/.exec(text) ?? []
  return (Number(number) || 0) * 1e6 ** ' KMGTPEZY'.indexOf(suffix === '' ? ' ' : suffix.toUpperCase())
}

function month(text: string): number {
  return MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase()) + 1
}

/** Runs of digits by their value, the rest by its bytes. */
function versionOrder(left: string, right: string): number {
  const [one, other] = [left.match(/\d+|\D+/g) ?? [], right.match(/\d+|\D+/g) ?? []]
  for (let i = 0; i < Math.max(one.length, other.length); i += 1) {
    const [a, b] = [one[i] ?? '', other[i] ?? '']
    const order = /^\d/.test(a) && /^\d/.test(b) ? sign(Number(a) - Number(b)) : byteOrder(a, b)
    if (order !== 0) return order
  }
  return 0
}

/** The order of UTF-8's bytes, which is that of code points. */
function byteOrder(left: string, right: string): number {
  if (left === right) return 0
  for (let i = 0; i < left.length && i < right.length; i += 1) {
    const [a, b] = [left.charCodeAt(i), right.charCodeAt(i)]
    if (a !== b) return sign((left.codePointAt(i) ?? 0) - (right.codePointAt(i) ?? 0)) || sign(a - b)
  }
  return sign(left.length - right.length)
}

function sign(value: number): number {
  return value > 0 ? 1 : value < 0 ? -1 : 0
}
