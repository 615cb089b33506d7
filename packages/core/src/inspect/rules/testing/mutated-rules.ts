import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect } from 'vitest'
import { compileSignatures } from '../detection-engine.ts'
import type { RuleHit } from '../match-context.ts'
import { parseRules } from '../parse-rules.ts'
import { latin1, matchContext, packetView, transactionView } from './match-context-fixture.ts'

const CORPUS = readFileSync(new URL('rule-corpus.rules', import.meta.url), 'utf8').split('\n')

/** Options of the corpus, to be put into other rules. */
const OPTIONS = CORPUS.flatMap((rule) => rule.match(/(?<=; ).+(?= sid:)/)?.[0] ?? [])

/** One change to a rule's text. */
const change = fc.record({
  what: fc.constantFrom('cut', 'double', 'insert', 'swap', 'option', 'option', 'option'),
  at: fc.integer({ min: 0, max: 9999 }).map((part) => part / 10_000),
  length: fc.integer({ min: 1, max: 4 }),
  option: fc.constantFrom(...OPTIONS),
  text: fc.constantFrom(
    ';',
    ':',
    '"',
    '!',
    ',',
    '\\',
    '|',
    '(',
    ')',
    '[',
    ']',
    '$',
    '-',
    '0',
    '99999999999',
    '/',
    '\u0000',
    'é',
    'distance:0;',
    'content:"x";',
    'pcre:"/(a*)*b/";',
    'http.uri;',
  ),
})

function mutate(
  rule: string,
  changes: readonly { what: string; at: number; length: number; text: string; option: string }[],
): string {
  let mutant = rule
  for (const { what, at, length, text, option } of changes) {
    const place = Math.floor(at * mutant.length)
    const piece = mutant.slice(place, place + length)
    const rest = mutant.slice(place + length)
    if (what === 'option') mutant = mutant.replace(/ sid:/, () => ` ${option} sid:`)
    if (what === 'cut') mutant = mutant.slice(0, place) + rest
    if (what === 'double') mutant = mutant.slice(0, place) + piece + piece + rest
    if (what === 'insert') mutant = mutant.slice(0, place) + text + mutant.slice(place)
    if (what === 'swap') mutant = mutant.slice(0, place) + [...piece].reverse().join('') + rest
  }
  return mutant
}

/** Reads mutants of the rules of the corpus and matches what is read; every error has to be located. */
export function readMutants(mutants: number): void {
  const payload = latin1(`GET /${'a'.repeat(300)}abc|x=100 \r\n\r\n${'\u0000\u00ff'.repeat(60)}`)
  const texts: string[] = []
  fc.assert(
    fc.property(fc.constantFrom(...CORPUS), fc.array(change, { minLength: 1, maxLength: 3 }), (rule, changes) => {
      texts.push(mutate(rule, changes).replaceAll('\n', ' '))
    }),
    { numRuns: mutants },
  )
  let read = 0
  for (let at = 0; at < texts.length; at += 500) {
    const piece = texts.slice(at, at + 500)
    const { signatures, errors } = parseRules(piece.join('\n'), { file: 'mutants.rules' })
    read += signatures.length
    for (const { line, column, message } of errors) {
      expect(line).toBeGreaterThan(0)
      expect(line).toBeLessThanOrEqual(500)
      expect(column).toBeGreaterThan(0)
      expect(message.length).toBeGreaterThan(10)
    }
    const engine = compileSignatures(signatures)
    const hits: RuleHit[] = []
    engine.matchPacket(matchContext({ packet: packetView({ payload }) }), hits)
    engine.matchTransaction(
      matchContext(),
      transactionView('http', { 'http.uri': [payload], 'http.header': [payload] }),
      hits,
    )
  }
  expect(read).toBeGreaterThan(mutants / 20)
}
