import fc from 'fast-check'
import { expect } from 'vitest'
import { BuiltinInspector } from '../../src/inspect/builtin/builtin-inspector.ts'
import { compileSignatures } from '../../src/inspect/rules/detection-engine.ts'
import { parseRules } from '../../src/inspect/rules/parse-rules.ts'
import { LINK_TYPE } from '../../src/packet/link-type.ts'
import { packetsOfEveryKind } from './conversation.ts'

const RUN = 10_000
const RULES = `
alert tcp any any -> any any (content:"user"; sid:1;)
alert http any any -> any any (http.uri; content:"form"; sid:2;)
alert http any any -> any any (file.data; content:"abc"; sid:3;)
alert dns any any -> any any (dns.query; content:"example"; sid:4;)
alert tls any any -> any any (tls.sni; content:"example"; sid:5;)
alert ip any any -> any any (ttl:0; sid:6;)
`

/** A small generator of numbers below 2^32 (xorshift), so that a run is known by its seed. */
function numbersFrom(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Does to some of the packets what a hostile or broken network does. */
function mutate(packet: Uint8Array, next: () => number): Uint8Array {
  const copy = Uint8Array.from(packet)
  const kind = next() % 8
  if (kind === 0) return copy
  if (kind === 1) return copy.subarray(0, next() % (copy.length + 1))
  // Headers are hit more often than the rest.
  const reach = kind < 5 ? Math.min(copy.length, 60) : copy.length
  for (let count = 1 + (next() % 4); count > 0; count -= 1) {
    const at = next() % reach
    copy[at] = kind === 6 ? 0xff : kind === 7 ? 0 : next()
  }
  return copy
}

/** Shows mutated packets of every kind to the inspector, in runs of 10,000 with their own seeds; each packet has to be counted. */
export function inspectMutants(packets: number): void {
  const { signatures, errors } = parseRules(RULES, { file: 'fuzz.rules' })
  expect(errors).toEqual([])
  const corpus = packetsOfEveryKind()
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const next = numbersFrom(seed)
      let events = 0
      let counted: unknown
      const inspector = new BuiltinInspector({
        rules: compileSignatures(signatures),
        midstream: next() % 2 === 0,
        oneSided: next() % 2 === 0,
        onEvent: (event) => {
          events += 1
          if (event.event_type === 'stats') counted = (event.stats.decoder as { pkts: number }).pkts
        },
      })
      let seconds = 1_700_000_000
      for (let number = 1; number <= RUN; number += 1) {
        const data = mutate(corpus[(number + (next() % 3)) % corpus.length] ?? new Uint8Array(), next)
        if (next() % 50 === 0) seconds += next() % 100
        const frame = { number, timeSeconds: seconds, timeNanoseconds: 0, data, originalLength: data.length }
        inspector.push({ ...frame, linkType: next() % 20 === 0 ? LINK_TYPE.ethernet : LINK_TYPE.raw })
      }
      inspector.end()
      expect(events).toBeGreaterThan(0)
      expect(counted).toBe(RUN)
    }),
    { numRuns: packets / RUN },
  )
}
