import { parseContentBytes } from '../content-bytes.ts'
import { parseInteger, parseNumberTest } from '../number-test.ts'
import { refuse } from '../rule-fault.ts'
import { short } from '../rule-text.ts'
import type { NumberSource } from '../signature.ts'
import type { DraftBuffer, DraftContent, SignatureDraft } from '../signature-draft.ts'
import type { Keyword, KeywordTable } from './keyword.ts'

const RELATIVE_MAX = 1_048_576

/** `content` with its modifiers, `isdataat` and `bsize` (Suricata user guide 7.0, "Payload Keywords"). */
export const CONTENT_KEYWORDS: KeywordTable = {
  content: { value: 'quoted', isNegatable: true, read: readContent },
  nocase: modifier('nocase', (content) => {
    if (content.isNocase) refuse('nocase stands twice for the same content')
    content.isNocase = true
  }),
  rawbytes: modifier('rawbytes', (content, _draft, _value, buffer) => {
    if (buffer.buffer !== 'payload') refuse('rawbytes belongs to contents on the payload')
    if (content.isRawbytes) refuse('rawbytes stands twice for the same content')
    content.isRawbytes = true
  }),
  startswith: modifier('startswith', (content) => {
    checkAbsolute('startswith', content)
    if (content.depth !== undefined || content.offset !== undefined)
      refuse('startswith cannot stand with offset or depth, nor twice')
    content.isStartsWith = true
    content.depth = content.bytes.length
    content.hasOffsetOrDepth = true
  }),
  endswith: modifier('endswith', (content) => {
    content.isEndsWith = true
  }),
  offset: modifier(
    'offset',
    (content, draft, value) => {
      checkAbsolute('offset', content)
      if (content.isStartsWith) refuse('offset cannot stand with startswith')
      if (content.offset !== undefined) refuse('offset stands twice for the same content')
      content.offset = numberOrVariable(draft, 'offset', value, 0, 65_535)
      content.hasOffsetOrDepth = true
    },
    'plain',
  ),
  depth: modifier(
    'depth',
    (content, draft, value) => {
      checkAbsolute('depth', content)
      if (content.depth !== undefined) refuse('depth stands twice for the same content, or with startswith')
      content.depth = numberOrVariable(draft, 'depth', value, 0, 65_535)
      checkRoom('depth', content.depth, content)
      content.hasOffsetOrDepth = true
    },
    'plain',
  ),
  distance: modifier(
    'distance',
    (content, draft, value, buffer) => {
      checkRelative('distance', content, buffer)
      if (content.distance !== undefined) refuse('distance stands twice for the same content')
      content.distance = numberOrVariable(draft, 'distance', value, -RELATIVE_MAX, RELATIVE_MAX)
    },
    'plain',
  ),
  within: modifier(
    'within',
    (content, draft, value, buffer) => {
      checkRelative('within', content, buffer)
      if (content.within !== undefined) refuse('within stands twice for the same content')
      content.within = numberOrVariable(draft, 'within', value, -RELATIVE_MAX, RELATIVE_MAX)
      checkRoom('within', content.within, content)
    },
    'plain',
  ),
  fast_pattern: modifier('fast_pattern', readFastPattern, 'optional'),
  isdataat: { value: 'plain', read: readIsDataAt },
  bsize: {
    value: 'plain',
    read(draft, value) {
      if (!draft.sticky)
        refuse('bsize belongs to a sticky buffer such as http.uri; for the payload of packets there is dsize')
      draft.current().tests.push({ kind: 'bsize', test: parseNumberTest('bsize', value, Number.MAX_SAFE_INTEGER) })
    },
  },
}

function modifier(
  name: string,
  change: (content: DraftContent, draft: SignatureDraft, value: string, buffer: DraftBuffer) => void,
  value: Keyword['value'] = 'none',
): Keyword {
  return {
    value,
    read(draft, text) {
      const last = draft.lastContent
      if (!last) return refuse(`${name} says something of a content, and no content stands before it`)
      change(last.content, draft, text, last.buffer)
    },
  }
}

function readContent(draft: SignatureDraft, value: string, isNegated: boolean): void {
  const content: DraftContent = {
    kind: 'content',
    bytes: parseContentBytes(value),
    isNocase: false,
    isNegated,
    offset: undefined,
    depth: undefined,
    distance: undefined,
    within: undefined,
    isStartsWith: false,
    isEndsWith: false,
    fastPattern: undefined,
    isRawbytes: false,
    hasOffsetOrDepth: false,
  }
  const buffer = draft.current()
  buffer.tests.push(content)
  draft.lastContent = { content, buffer }
}

/** A number, or the name of a variable. Numbers begin with a digit or a sign; the rest are names. */
export function numberOrVariable(
  draft: SignatureDraft,
  keyword: string,
  value: string,
  low: number,
  high: number,
): NumberSource {
  return /^[0-9+-]/.test(value) ? parseInteger(keyword, value, low, high) : draft.variable(keyword, value)
}

function checkAbsolute(keyword: string, content: DraftContent): void {
  if (content.distance !== undefined || content.within !== undefined) {
    refuse(`${keyword} counts from the buffer's start and cannot stand with distance or within for the same content`)
  }
  if (content.fastPattern?.isOnly) refuse(`${keyword} cannot stand with fast_pattern:only`)
}

function checkRelative(keyword: string, content: DraftContent, buffer: DraftBuffer): void {
  if (content.offset !== undefined || content.depth !== undefined) {
    refuse(
      `${keyword} counts from the match before and cannot stand with offset, depth or startswith for the same content`,
    )
  }
  const place = buffer.tests.indexOf(content)
  const before = buffer.tests[place - 1]
  if (content.fastPattern?.isOnly || (before?.kind === 'content' && before.fastPattern?.isOnly)) {
    refuse(`${keyword} cannot stand with fast_pattern:only, here or at the content before`)
  }
  if (content.isNegated && content.fastPattern)
    refuse(`${keyword} cannot stand with a negated content that is the fast_pattern`)
}

function checkRoom(keyword: string, room: NumberSource, content: DraftContent): void {
  if (typeof room === 'number' && room < content.bytes.length) {
    refuse(`${keyword} ${room} leaves no room for a content of ${content.bytes.length} bytes`)
  }
}

function readFastPattern(content: DraftContent, _draft: SignatureDraft, value: string, buffer: DraftBuffer): void {
  const isPlaced =
    content.offset !== undefined ||
    content.depth !== undefined ||
    content.distance !== undefined ||
    content.within !== undefined
  if (content.fastPattern && value === '') refuse('fast_pattern stands twice for the same content')
  const others = buffer.tests.filter((test) => test.kind === 'content' && test.fastPattern && test !== content)
  if (others.length > 0) refuse('fast_pattern stands at two contents; a rule has one')
  if (content.isNegated && isPlaced)
    refuse('fast_pattern cannot stand with a negated content that has offset, depth, distance or within')
  const length = content.bytes.length
  if (value === '') {
    content.fastPattern = { offset: 0, length, isOnly: false }
    return
  }
  if (value === 'only') {
    if (content.isNegated || isPlaced)
      refuse('fast_pattern:only cannot stand with a negated content, nor with offset, depth, distance or within')
    content.fastPattern = { offset: 0, length, isOnly: true }
    return
  }
  const form = /^([0-9]{1,5}) *, *([0-9]{1,5})$/.exec(value)
  const offset = Number(form?.[1])
  const count = Number(form?.[2])
  if (!form) refuse(`fast_pattern takes nothing, only, or offset,length, not '${short(value)}'`)
  if (offset + count > length)
    refuse(`fast_pattern ${offset},${count} reaches beyond the content, which has ${length} bytes`)
  content.fastPattern = { offset, length: count, isOnly: false }
}

function readIsDataAt(draft: SignatureDraft, value: string): void {
  const form = /^(!)? *([A-Za-z0-9_.-]+) *(?:, *(relative) *(?:, *(rawbytes))?)?$/.exec(value)
  if (!form) refuse(`isdataat takes N or !N, with ,relative and ,rawbytes after it, not '${short(value)}'`)
  const isNegated = form[1] === '!'
  const isRelative = form[3] !== undefined
  const at = numberOrVariable(draft, 'isdataat', form[2] ?? '', 0, 65_535)
  const { tests } = draft.current()
  const before = tests.at(-1)
  // Suricata takes this form after a content for endswith, which matters after a negated one.
  if (isNegated && isRelative && at === 1 && before?.kind === 'content') before.isEndsWith = true
  else tests.push({ kind: 'isdataat', at, isRelative, isNegated })
}
