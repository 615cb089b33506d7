import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../../net/ip-address.ts'
import { BufferInspector } from './buffer-inspector.ts'
import { CandidateSet } from './candidate-set.ts'
import { compileSignatures } from './detection-engine.ts'
import { finishAlerts } from './finish-alerts.ts'
import type { MatchContext, RuleHit } from './match-context.ts'
import { MultiPatternMatcher } from './multi-pattern-matcher.ts'
import { parseRules } from './parse-rules.ts'
import { flowView, latin1, matchContext, packetView, transactionView } from './testing/match-context-fixture.ts'
import { ThresholdTable } from './threshold-table.ts'

function rules(...options: string[]): ReturnType<typeof compileSignatures> {
  const text = options.map((each, index) =>
    each.startsWith('(') ? `alert tcp any any -> any any ${each.slice(0, -1)} sid:${index + 1};)` : each,
  )
  const { signatures, errors } = parseRules(text.join('\n'), { file: 'x' })
  expect(errors).toEqual([])
  return compileSignatures(signatures)
}

function sids(engine: ReturnType<typeof compileSignatures>, context: MatchContext): number[] {
  const hits: RuleHit[] = []
  engine.matchPacket(context, hits)
  return hits.map(({ signature }) => signature.sid).sort((a, b) => a - b)
}

function withPayload(text: string, more: Partial<MatchContext> = {}): MatchContext {
  return matchContext({ packet: packetView({ payload: latin1(text) }), ...more })
}

describe('MultiPatternMatcher', () => {
  it('reports each pattern that occurs, whatever its case, and no other', () => {
    const pattern = fc.stringMatching(/^[abAB]{1,5}$/)
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 8 }),
        fc.stringMatching(/^[abABx]{0,20}$/),
        (patterns, text) => {
          const matcher = new MultiPatternMatcher(patterns.map((each, number) => ({ bytes: latin1(each), number })))
          const candidates = new CandidateSet(patterns.length)
          matcher.scan(latin1(text), candidates)
          const found = [...candidates.sorted().subarray(0, candidates.count)]
          const expected = patterns.flatMap((each, number) =>
            text.toLowerCase().includes(each.toLowerCase()) ? [number] : [],
          )
          expect(found).toEqual(expected)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('DetectionEngine', () => {
  it('finds with its prefilter what asking every rule finds', () => {
    const content = fc.record({
      text: fc.stringMatching(/^[abc]{1,4}$/),
      isNegated: fc.boolean(),
      isNocase: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(fc.array(content, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
        fc.stringMatching(/^[abcABC]{0,24}$/),
        (all, payload) => {
          const engine = rules(
            ...all.map(
              (each) =>
                `(${each.map(({ text, isNegated, isNocase }) => `content:${isNegated ? '!' : ''}"${text}"; ${isNocase ? 'nocase;' : ''}`).join('')})`,
            ),
          )
          const inspector = new BufferInspector()
          const expected = engine.signatures
            .filter(({ buffers }) => payload !== '' && inspector.holds(buffers[0]?.tests ?? [], latin1(payload)))
            .map(({ sid }) => sid)
            .sort((a, b) => a - b)
          expect(sids(engine, withPayload(payload))).toEqual(expected)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('looks at the stream first, and at packets outside of it or with offset or depth', () => {
    const engine = rules(
      '(content:"abc";)',
      '(content:"abc"; depth:3;)',
      '(content:"abc"; dsize:>1;)',
      '(content:"abc"; flow:only_stream;)',
    )
    expect(sids(engine, withPayload('abc', { isAddedToStream: true }))).toEqual([2, 3])
    expect(sids(engine, withPayload('abc'))).toEqual([1, 2, 3])
    expect(sids(engine, withPayload('', { stream: latin1('xabc') }))).toEqual([1, 4])
  })

  it('asks rules on addresses alone once per direction, and those with a negated address always', () => {
    const engine = rules('alert tcp any any -> any 80 (sid:1;)', 'alert tcp !10.9.9.9 any -> any any (sid:2;)')
    expect(sids(engine, matchContext({ isFirstInDirection: true }))).toEqual([1, 2])
    expect(sids(engine, matchContext())).toEqual([2])
  })

  it('keeps bits of flows, in the order in which they are set and asked', () => {
    const engine = rules(
      '(content:"b"; flowbits:isset,a;)',
      '(content:"a"; flowbits:set,a; noalert;)',
      '(flags:PA; flowbits:isnotset,a;)',
    )
    const flow = flowView()
    expect(sids(engine, withPayload('b', { flow }))).toEqual([3])
    expect(sids(engine, withPayload('ab', { flow }))).toEqual([1, 2])
    expect([...(flow.flowbits ?? [])]).toEqual(['a'])
    expect(sids(engine, withPayload('b', { flow }))).toEqual([1])
  })

  it('matches a transaction once, with all of its buffers', () => {
    const engine = rules(
      '(http.uri; content:"/a"; http.method; content:"GET";)',
      '(http.uri; to_uppercase; content:"/A";)',
      '(content:"GET"; http.uri; content:"/a";)',
    )
    const transaction = transactionView('http', { 'http.uri': [latin1('/abc')], 'http.method': [latin1('GET')] })
    const context = matchContext({ flow: flowView({ application: 'http' }) })
    const hits: RuleHit[] = []
    engine.matchTransaction(context, transaction, hits)
    engine.matchTransaction(context, transaction, hits)
    expect(hits.map(({ signature }) => signature.sid)).toEqual([1, 2])
    engine.matchTransaction({ ...context, stream: latin1('GET /abc') }, transaction, hits)
    expect(hits.map(({ signature }) => signature.sid)).toEqual([1, 2, 3])
  })

  it('lets a pass rule end the flow, and takes out noalert', () => {
    const engine = rules(
      '(content:"a";)',
      'pass tcp any any -> any any (content:"p"; sid:9;)',
      '(content:"a"; noalert;)',
    )
    const context = { ...withPayload('ap'), stream: latin1('ap') }
    const hits: RuleHit[] = []
    engine.matchPacket(context, hits)
    expect(finishAlerts(hits, context, new ThresholdTable())).toEqual([])
    expect(context.flow?.action).toBe('pass')
    const other = withPayload('a')
    const more: RuleHit[] = []
    engine.matchPacket(other, more)
    expect(finishAlerts(more, other, new ThresholdTable()).map(({ signature }) => signature.sid)).toEqual([1])
  })
})

describe('ThresholdTable', () => {
  const count = (options: string, seconds: readonly number[]): boolean[] => {
    const { signatures } = parseRules(`alert tcp any any -> any any (${options} sid:1;)`, { file: 'x' })
    const table = new ThresholdTable()
    const ends = { source: IpAddress.of('10.0.0.1'), destination: IpAddress.of('10.0.0.2') }
    return signatures.flatMap((signature) => seconds.map((each) => table.allows(signature, ends, each * 1_000_000)))
  }

  it.each([
    ['threshold:type limit, track by_src, count 2, seconds 10;', [0, 1, 2, 10, 11], [true, true, false, false, true]],
    [
      'threshold:type threshold, track by_src, count 2, seconds 10;',
      [0, 1, 2, 3, 4],
      [false, true, false, true, false],
    ],
    ['threshold:type both, track by_rule, count 2, seconds 10;', [0, 1, 2, 11, 12], [false, true, false, false, true]],
    ['detection_filter:track by_dst, count 2, seconds 10;', [0, 1, 2, 3, 14], [false, false, true, true, false]],
  ])('%s', (options, seconds, expected) => {
    expect(count(options, seconds)).toEqual(expected)
  })
})
