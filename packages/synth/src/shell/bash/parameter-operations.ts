import { ansiUnescaped } from './ansi-escapes.ts'
import { attributeLetters } from './declare-text.ts'
import { ExpansionFailure } from './flow.ts'
import { GlobPattern } from './glob-pattern.ts'
import { doubleQuoted, singleQuoted } from './quote.ts'
import type { ShellState } from './shell-state.ts'
import { subscriptsOf } from './variable.ts'

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`. */
export function removePattern(text: string, pattern: string, side: 'prefix' | 'suffix', isGreedy: boolean): string {
  const glob = new GlobPattern(pattern)
  if (side === 'prefix') {
    const ends = glob.ends(text, 0)
    const end = isGreedy ? ends.at(-1) : ends[0]
    return end === undefined ? text : text.slice(end)
  }
  const starts = Array.from({ length: text.length + 1 }, (_, i) => (isGreedy ? i : text.length - i))
  const start = starts.find((place) => glob.ends(text, place).at(-1) === text.length)
  return start === undefined ? text : text.slice(0, start)
}

/** `${x/p/r}`, `${x//p/r}`, `${x/#p/r}`, `${x/%p/r}`: the longest match at each place. */
export function replacePattern(
  text: string,
  pattern: string,
  replacement: (match: string) => string,
  options: { readonly all: boolean; readonly anchor: 'start' | 'end' | null },
  ignoreCase: boolean,
): string {
  if (pattern === '') {
    if (options.anchor === 'start') return replacement('') + text
    return options.anchor === 'end' ? text + replacement('') : text
  }
  const glob = new GlobPattern(pattern, { ignoreCase })
  if (text === '') return glob.matches('') ? replacement('') : ''
  if (options.anchor === 'start') {
    const end = glob.ends(text, 0).at(-1)
    return end === undefined ? text : replacement(text.slice(0, end)) + text.slice(end)
  }
  if (options.anchor === 'end') {
    for (let start = 0; start <= text.length; start += 1) {
      if (glob.ends(text, start).at(-1) === text.length) return text.slice(0, start) + replacement(text.slice(start))
    }
    return text
  }
  let replaced = ''
  let at = 0
  while (at < text.length) {
    const end = glob.ends(text, at).at(-1)
    if (end === undefined || end === at) {
      replaced += text[at]
      at += 1
      continue
    }
    replaced += replacement(text.slice(at, end))
    at = end
    if (!options.all) break
  }
  return replaced + text.slice(at)
}

/** What a replacement makes of a match: an unquoted `&` is the match itself (bash 5.2, patsub_replacement). */
export function unescapeReplacement(escaped: string): (match: string) => string {
  return (match) =>
    escaped.replace(/\\([\\&])|&/g, (found, character: string | undefined) =>
      found === '&' ? match : (character ?? ''),
    )
}

/** `${x^p}`, `${x^^p}`, `${x,p}`, `${x,,p}`. */
export function changeCase(text: string, pattern: string, direction: 'upper' | 'lower', isAll: boolean): string {
  const glob = new GlobPattern(pattern)
  const change = (character: string): string => {
    if (!glob.matches(character)) return character
    return direction === 'upper' ? character.toUpperCase() : character.toLowerCase()
  }
  return isAll ? text.replace(/./gs, change) : text.replace(/^./s, change)
}

type Value =
  | { readonly kind: 'one'; readonly value: string | undefined }
  | { readonly kind: 'all'; readonly values: readonly string[]; readonly isStar: boolean }

/** `${x@Q}` and its like. */
export function transform(shell: ShellState, parameter: string, operator: string, value: Value): Value {
  const each = (change: (text: string) => string): Value => {
    if (value.kind === 'all') return { ...value, values: value.values.map(change) }
    return value.value === undefined ? value : { kind: 'one', value: change(value.value) }
  }
  const name = shell.variables.resolve(parameter.replace(/\[.*$/s, ''))
  const variable = shell.variables.find(name)
  switch (operator) {
    case 'Q':
      return each(singleQuoted)
    case 'U':
      return each((text) => text.toUpperCase())
    case 'L':
      return each((text) => text.toLowerCase())
    case 'u':
      return each((text) => text.replace(/^./s, (character) => character.toUpperCase()))
    case 'E':
      return each(ansiUnescaped)
    case 'a':
      return { kind: 'one', value: variable ? attributeLetters(variable) : '' }
    case 'A': {
      if (value.kind === 'all' || !variable) return { kind: 'one', value: '' }
      const letters = attributeLetters(variable)
      const text = `${name}=${singleQuoted(value.value ?? '')}`
      return { kind: 'one', value: letters === '' ? text : `declare -${letters} ${text}` }
    }
    case 'K':
    case 'k': {
      if (value.kind === 'one' || !variable) return each(singleQuoted)
      const keys = subscriptsOf(variable)
      const pairs = value.values.map((text, i) => [keys[i] ?? '', operator === 'K' ? doubleQuoted(text) : text])
      if (operator === 'k') return { ...value, values: pairs.flat() }
      return { kind: 'one', value: pairs.map((pair) => pair.join(' ')).join(' ') }
    }
    default:
      throw new ExpansionFailure(`\${${parameter}@${operator}}: not simulated`)
  }
}
