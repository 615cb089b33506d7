import { parseRegexp, RegexpNotSupported, RegexpSyntaxError } from '../../functions/regexp-pattern.ts'
import { parseReplacement, ReplacementError, type ReplacementPart } from '../../functions/regexp-replacement.ts'
import { toJavaScript } from '../../functions/regexp-to-javascript.ts'
import { invalidArgument, memoize, type ScalarFunction, scalarFunction, TrinoRuntimeError } from './scalar-function.ts'

interface CompiledRegexp {
  readonly expression: RegExp
  readonly groupCount: number
  /** The capture of each group, from 0: the whole match. */
  readonly captures: readonly number[]
  replacement(text: string): readonly ReplacementPart[]
}

const compiled = memoize((pattern): CompiledRegexp => {
  try {
    const parsed = parseRegexp(pattern)
    const { source, flags, captures } = toJavaScript(parsed)
    return {
      expression: new RegExp(source, `${flags}g`),
      groupCount: parsed.groupCount,
      captures: [0, ...captures],
      replacement: memoize((text) => parseReplacement(text, parsed.groupCount, parsed.groupNames)),
    }
  } catch (error) {
    if (error instanceof RegexpSyntaxError) throw invalidArgument(error.message)
    if (error instanceof RegexpNotSupported) throw new TrinoRuntimeError('NOT_SUPPORTED', error.message)
    if (error instanceof SyntaxError) throw invalidArgument(`invalid regular expression: ${pattern}`)
    throw error
  }
})

function groupOf(match: RegExpMatchArray, { captures }: CompiledRegexp, group: number): string | null {
  return match[captures[group] as number] ?? null
}

/** From the start, wherever the expression was used last. */
function matchesIn(text: string, { expression }: CompiledRegexp): IterableIterator<RegExpExecArray> {
  expression.lastIndex = 0
  return text.matchAll(expression)
}

function checkGroup({ groupCount }: CompiledRegexp, group: bigint): number {
  if (group < 0n) throw invalidArgument('Group cannot be negative')
  if (group > BigInt(groupCount)) {
    throw invalidArgument(`Pattern has ${groupCount} groups. Cannot access group ${group}`)
  }
  return Number(group)
}

function isMatch(text: string, pattern: string): boolean {
  const { expression } = compiled(pattern)
  expression.lastIndex = 0
  return expression.test(text)
}

function extract(text: string, pattern: string, group: bigint): string | null {
  const regexp = compiled(pattern)
  const index = checkGroup(regexp, group)
  regexp.expression.lastIndex = 0
  const match = regexp.expression.exec(text)
  return match && groupOf(match, regexp, index)
}

function extractAll(text: string, pattern: string, group: bigint): (string | null)[] {
  const regexp = compiled(pattern)
  const index = checkGroup(regexp, group)
  return Array.from(matchesIn(text, regexp), (match) => groupOf(match, regexp, index))
}

function replace(text: string, pattern: string, replacement: string): string {
  const regexp = compiled(pattern)
  const matches = [...matchesIn(text, regexp)]
  // A replacement that is wrong goes unnoticed where nothing is replaced.
  if (matches.length === 0) return text
  const parts = replacementParts(regexp, replacement)
  let result = ''
  let from = 0
  for (const match of matches) {
    result += text.slice(from, match.index)
    for (const part of parts) result += part.kind === 'text' ? part.text : (groupOf(match, regexp, part.group) ?? '')
    from = match.index + match[0].length
  }
  return result + text.slice(from)
}

function replacementParts(regexp: CompiledRegexp, replacement: string): readonly ReplacementPart[] {
  try {
    return regexp.replacement(replacement)
  } catch (error) {
    throw error instanceof ReplacementError ? invalidArgument(error.message) : error
  }
}

/** The texts before, between and behind the matches. */
function gaps(text: string, pattern: string): string[] {
  const parts: string[] = []
  let from = 0
  for (const match of matchesIn(text, compiled(pattern))) {
    parts.push(text.slice(from, match.index))
    from = match.index + match[0].length
  }
  return [...parts, text.slice(from)]
}

/** The groups of each match, from 1. */
function groups(text: string, pattern: string): (string | null)[][] {
  const regexp = compiled(pattern)
  const indexes = Array.from({ length: regexp.groupCount }, (_, index) => index + 1)
  return Array.from(matchesIn(text, regexp), (match) => indexes.map((group) => groupOf(match, regexp, group)))
}

function count(text: string, pattern: string): bigint {
  let matches = 0n
  for (const _ of matchesIn(text, compiled(pattern))) matches += 1n
  return matches
}

function position(text: string, pattern: string, start: number, occurrence: number): number {
  if (start < 1) throw invalidArgument('start position cannot be smaller than 1')
  if (occurrence < 1) throw invalidArgument('occurrence cannot be smaller than 1')
  const before = [...text].slice(0, start - 1).join('')
  const { expression } = compiled(pattern)
  if (before.length >= text.length && start > 1) return -1
  expression.lastIndex = before.length
  for (let found = 1; ; found++) {
    const match = expression.exec(text)
    if (!match) return -1
    if (found === occurrence) return [...text.slice(0, match.index)].length + 1
    if (match[0] === '') expression.lastIndex += (text.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1
  }
}

export const REGEXP_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_regexp_count: scalarFunction(['VARCHAR', 'VARCHAR'], 'BIGINT', count),
  ft_regexp_extract: scalarFunction(['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', extract),
  ft_regexp_extract_all: scalarFunction(['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR[]', extractAll),
  ft_regexp_gaps: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR[]', gaps),
  ft_regexp_groups: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR[][]', groups),
  ft_regexp_like: scalarFunction(['VARCHAR', 'VARCHAR'], 'BOOLEAN', isMatch),
  ft_regexp_position: scalarFunction(['VARCHAR', 'VARCHAR', 'INTEGER', 'INTEGER'], 'INTEGER', position),
  ft_regexp_replace: scalarFunction(['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', replace),
  ft_regexp_split: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR[]', gaps),
}
