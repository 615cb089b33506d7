import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BufferInspector } from './buffer-inspector.ts'
import { parseRules } from './parse-rules.ts'
import { latin1 } from './testing/match-context-fixture.ts'

/** A content as a person would write it down. */
interface Wanted {
  readonly text: string
  readonly isNocase: boolean
  readonly isNegated: boolean
  readonly isEndsWith: boolean
  readonly place:
    | { readonly kind: 'anywhere' }
    | { readonly kind: 'absolute'; readonly offset: number; readonly room: number | undefined }
    | { readonly kind: 'relative'; readonly distance: number; readonly room: number | undefined }
}

const letters = fc.stringMatching(/^[abA]{1,3}$/)
const room = fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined })
const place = fc.oneof(
  fc.constant({ kind: 'anywhere' as const }),
  fc.record({ kind: fc.constant('absolute' as const), offset: fc.integer({ min: 0, max: 6 }), room }),
  fc.record({ kind: fc.constant('relative' as const), distance: fc.integer({ min: -4, max: 5 }), room }),
)
const wanted: fc.Arbitrary<Wanted> = fc.record({
  text: letters,
  isNocase: fc.boolean(),
  isNegated: fc.boolean(),
  isEndsWith: fc.boolean(),
  place,
})

function ruleOf(contents: readonly Wanted[]): string {
  const options = contents.map(({ text, isNocase, isNegated, isEndsWith, place: at }) => {
    const extra = [isNocase ? 'nocase;' : '', isEndsWith ? 'endswith;' : '']
    if (at.kind === 'absolute') {
      extra.push(`offset:${at.offset};`, at.room === undefined ? '' : `depth:${at.room + text.length};`)
    }
    if (at.kind === 'relative') {
      extra.push(`distance:${at.distance};`, at.room === undefined ? '' : `within:${at.room + text.length};`)
    }
    return `content:${isNegated ? '!' : ''}"${text}"; ${extra.join(' ')}`
  })
  return `alert tcp any any -> any any (msg:"x"; ${options.join(' ')} sid:1;)`
}

/** The slow way: every place of the payload is tried for every content, by comparing text. */
function slowly(contents: readonly Wanted[], payload: string, from = 0): boolean {
  const [first, ...rest] = contents
  if (first === undefined) return true
  const { text, isNocase, isNegated, isEndsWith, place: at } = first
  const fits: number[] = []
  for (let start = 0; start + text.length <= payload.length; start += 1) {
    const piece = payload.slice(start, start + text.length)
    const isSame = isNocase ? piece.toUpperCase() === text.toUpperCase() : piece === text
    const low = at.kind === 'anywhere' ? 0 : at.kind === 'absolute' ? at.offset : Math.max(0, from + at.distance)
    const base = at.kind === 'relative' ? from + at.distance : low
    const isEarly = at.kind === 'anywhere' || at.room === undefined || start <= base + at.room
    if (isSame && start >= low && isEarly) fits.push(start)
  }
  const [place0] = fits
  const isFree = place0 === undefined || (isEndsWith && place0 + text.length !== payload.length)
  if (isNegated) return isFree && slowly(rest, payload, from)
  const ends = fits.map((start) => start + text.length).filter((end) => !isEndsWith || end === payload.length)
  // Only what a relative content follows is tried at all its places.
  const tried = rest[0]?.place.kind === 'relative' ? ends : ends.slice(0, 1)
  return tried.some((end) => slowly(rest, payload, end))
}

describe('BufferInspector', () => {
  it('agrees with the slow way on random contents and modifiers', () => {
    const inspector = new BufferInspector()
    const outcomes = { true: 0, false: 0 }
    fc.assert(
      fc.property(
        fc.array(wanted, { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[abAB]{0,14}$/),
        (contents, payload) => {
          const { signatures, errors } = parseRules(ruleOf(contents), { file: 'x' })
          expect(errors).toEqual([])
          const tests = signatures[0]?.buffers[0]?.tests ?? []
          const holds = inspector.holds(tests, latin1(payload))
          outcomes[`${holds}`] += 1
          expect(holds, `${ruleOf(contents)} on ${payload}`).toBe(slowly(contents, payload))
        },
      ),
      { numRuns: 5000 },
    )
    expect(Math.min(outcomes.true, outcomes.false)).toBeGreaterThan(300)
  })

  it.each([
    ['content:"ab"; content:"c"; distance:0; within:1;', 'ab ab abc', true],
    ['content:"a"; isdataat:2,relative;', 'xxa12', true],
    ['content:"a"; isdataat:3,relative;', 'xxa12', false],
    ['content:"a"; isdataat:!1,relative;', 'xxa', true],
    ['content:"a"; isdataat:!1,relative;', 'aa', true],
    ['isdataat:4;', '12345', true],
    ['isdataat:5;', '12345', false],
    ['content:"len="; byte_test:3,>,99,0,string,dec,relative;', 'len=100', true],
    ['content:"len="; byte_test:3,>,100,0,string,dec,relative;', 'len=100', false],
    ['byte_test:2,=,0x4142,0;', 'AB', true],
    ['byte_test:2,=,0x4241,0,little;', 'AB', true],
    ['byte_test:1,&,0x40,1;', 'aB', true],
    ['byte_test:1,!&,0x40,1;', 'aB', false],
    ['byte_test:4,>,0,3;', 'ABCD', false],
    ['byte_jump:1,0,string,dec; content:"x"; distance:0; within:1;', '3abcx', true],
    ['byte_jump:1,0,string,dec,from_beginning; content:"x"; distance:0; within:1;', '4abcx', true],
    ['byte_extract:1,0,n,string,dec; content:"x"; offset:n; depth:1;', '2.x', true],
    ['byte_extract:1,0,n,string,dec; content:"x"; offset:n; depth:1;', '1.x', false],
    ['content:"a"; pcre:"/^b/R";', 'cacab', true],
    ['pcre:"/a(b|c)/"; content:"d"; distance:0; within:1;', 'abxacd', true],
    ['pcre:!"/a.c/";', 'abc', false],
    ['content:!"ing"; endswith;', 'ping abc', true],
    ['content:!"ing"; endswith;', 'abcing', false],
    ['content:!"a"; within:4; isdataat:!1,relative;', '11', true],
    ['byte_jump:1,0,string,dec; isdataat:!1,relative;', '11', true],
  ])('%s on %s: %s', (options, payload, expected) => {
    const { signatures, errors } = parseRules(`alert tcp any any -> any any (${options} sid:1;)`, { file: 'x' })
    expect(errors).toEqual([])
    expect(new BufferInspector().holds(signatures[0]?.buffers[0]?.tests ?? [], latin1(payload))).toBe(expected)
  })
})
