import type {
  FrameBound,
  SortItem,
  WindowDefinition,
  WindowFrame,
  WindowReference,
  WindowSpecification,
} from './nodes.ts'
import { isName, parseIdentifier, parseList } from './parse-names.ts'
import type { TokenReader } from './token-reader.ts'

/** ORDER BY a, b; empty where there is none. */
export function parseOrderBy(reader: TokenReader): readonly SortItem[] {
  if (!reader.take('ORDER')) return Object.freeze([])
  reader.expect('BY')
  return parseList(reader, parseSortItem)
}

export function parseSortItem(reader: TokenReader): SortItem {
  const { location } = reader
  const key = reader.rules.expression(reader)
  const descending = reader.takeAny('ASC', 'DESC') === 'DESC'
  const nulls = reader.take('NULLS') ? (reader.expectAny('FIRST', 'LAST').toLowerCase() as 'first' | 'last') : undefined
  return Object.freeze({ kind: 'sort-item', location, key, descending, nulls })
}

/** OVER name, OVER (specification). OVER is also a name: what follows decides. */
export function parseOver(reader: TokenReader): WindowSpecification | WindowReference | undefined {
  if (!reader.at('OVER') || !(reader.looksAt(1, '(') || isName(reader.peek(1)))) return undefined
  reader.advance()
  const { location } = reader
  if (reader.take('(')) {
    const window = parseWindowSpecification(reader)
    reader.expect(')')
    return window
  }
  return Object.freeze({ kind: 'window-reference', location, name: parseIdentifier(reader) })
}

export function parseWindowDefinition(reader: TokenReader): WindowDefinition {
  const { location } = reader
  const name = parseIdentifier(reader)
  reader.expect('AS')
  reader.expect('(')
  const window = parseWindowSpecification(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'window-definition', location, name, window })
}

function parseWindowSpecification(reader: TokenReader): WindowSpecification {
  const { location } = reader
  const existingName = startsWindowName(reader) ? parseIdentifier(reader) : undefined
  if (!existingName) reader.note('<identifier>')
  const partitionBy = parsePartitionBy(reader)
  const orderBy = parseOrderBy(reader)
  const frame = parseWindowFrame(reader)
  return Object.freeze({ kind: 'window-specification', location, existingName, partitionBy, orderBy, frame })
}

/** PARTITION, ROWS, RANGE, GROUPS and MEASURES are also names: they are clauses where their next word is one of theirs. */
function startsWindowName(reader: TokenReader): boolean {
  const { tag } = reader.token
  if (tag === 'PARTITION') return !reader.looksAt(1, 'BY') && reader.looksAt(1, ...AFTER_WINDOW_NAME)
  if (tag === 'MEASURES' || FRAME_UNITS.includes(tag)) return reader.looksAt(1, ...AFTER_WINDOW_NAME)
  return isName(reader.token)
}
const AFTER_WINDOW_NAME = [')', 'PARTITION', 'ORDER', 'ROWS', 'RANGE', 'GROUPS', 'MEASURES']
const FRAME_UNITS = ['GROUPS', 'RANGE', 'ROWS']

function parsePartitionBy(reader: TokenReader): WindowSpecification['partitionBy'] {
  if (!reader.take('PARTITION')) return Object.freeze([])
  reader.expect('BY')
  return parseList(reader, reader.rules.expression)
}

function parseWindowFrame(reader: TokenReader): WindowFrame | undefined {
  const { location } = reader
  reader.at('MEASURES')
  const tag = reader.takeAny(...FRAME_UNITS)
  if (!tag) return undefined
  const unit = tag.toLowerCase() as WindowFrame['unit']
  if (!reader.take('BETWEEN')) {
    return Object.freeze({ kind: 'window-frame', location, unit, start: parseFrameBound(reader), end: undefined })
  }
  const start = parseFrameBound(reader)
  reader.expect('AND')
  return Object.freeze({ kind: 'window-frame', location, unit, start, end: parseFrameBound(reader) })
}

function parseFrameBound(reader: TokenReader): FrameBound {
  const { location } = reader
  const frameBound = (bound: FrameBound['bound'], value: FrameBound['value']): FrameBound =>
    Object.freeze({ kind: 'frame-bound', location, bound, value })

  if (reader.at('UNBOUNDED') && reader.looksAt(1, 'PRECEDING', 'FOLLOWING')) {
    reader.advance()
    return frameBound(reader.advance().tag === 'PRECEDING' ? 'unbounded-preceding' : 'unbounded-following', undefined)
  }
  if (reader.at('CURRENT') && reader.looksAt(1, 'ROW')) {
    reader.advance()
    reader.advance()
    return frameBound('current-row', undefined)
  }
  reader.openDecision()
  const isCurrent = reader.token.tag === 'CURRENT'
  const value = reader.rules.expression(reader)
  if (isCurrent) reader.noteTag('ROW')
  const bound = reader.expectAny('PRECEDING', 'FOLLOWING') === 'PRECEDING' ? 'preceding' : 'following'
  reader.closeDecision()
  return frameBound(bound, value)
}
