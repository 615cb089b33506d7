import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSignatures } from './detection-engine.ts'
import type { RuleHit } from './match-context.ts'
import { parseRules } from './parse-rules.ts'
import { latin1, matchContext, packetView, transactionView } from './testing/match-context-fixture.ts'

const CORPUS = readFileSync(new URL('testing/rule-corpus.rules', import.meta.url), 'utf8').split('\n')
const MUTANTS = Number(process.env.FLOWTAP_RULE_MUTANTS ?? 20_000)

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

describe('parseRules', () => {
  it(`reads ${MUTANTS} mutants of rules and matches them without a crash or a hang`, {
    timeout: 20_000 * (1 + MUTANTS / 20_000),
  }, () => {
    const payload = latin1(`GET /${'a'.repeat(300)}abc|x=100 \r\n\r\n${'\u0000\u00ff'.repeat(60)}`)
    const texts: string[] = []
    fc.assert(
      fc.property(fc.constantFrom(...CORPUS), fc.array(change, { minLength: 1, maxLength: 3 }), (rule, changes) => {
        texts.push(mutate(rule, changes).replaceAll('\n', ' '))
      }),
      { numRuns: MUTANTS },
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
    expect(read).toBeGreaterThan(MUTANTS / 20)
  })

  it('joins lines, skips comments and blank lines, reads CRLF and a byte order mark', () => {
    const text =
      '\ufeff# one\r\nalert tcp any any -> \\\r\nany any (msg:"a"; \\\r\n  sid:1;)\r\n\r\n#alert tcp any any -> any any (sid:2;)\r\nalert tcp any any -> any any (foo; sid:3;)\r\n'
    const { signatures, errors } = parseRules(text, { file: 'local.rules' })
    expect(signatures.map(({ sid, line, msg }) => ({ sid, line, msg }))).toEqual([{ sid: 1, line: 2, msg: 'a' }])
    expect(errors).toEqual([
      {
        file: 'local.rules',
        line: 7,
        column: 31,
        code: 'invalid',
        message: "there is no keyword 'foo'",
        rule: 'alert tcp any any -> any any (foo; sid:3;)',
        sid: undefined,
      },
    ])
  })

  it('refuses a keyword that Suricata has and the inspector has not by name', () => {
    const { errors } = parseRules('alert tcp any any -> any any (sid:5; lua:x.lua;)', { file: 'x' })
    expect(errors).toMatchObject([
      { code: 'unsupported', sid: 5, column: 38, message: 'the inspector does not have the keyword lua' },
    ])
  })

  it('takes class types, priorities, metadata and references', () => {
    const { signatures } = parseRules(
      'alert tcp $HOME_NET any -> !10.1.0.0/16 [80,8000:8080] (msg:"m \\"q\\""; classtype:web-application-attack; metadata:k v w, k2 x; reference:cve,2024-1; rev:3; sid:9;)',
      { file: 'x' },
    )
    expect(signatures).toMatchObject([
      {
        msg: 'm "q"',
        priority: 1,
        category: 'Web Application Attack',
        rev: 3,
        metadata: [
          { key: 'k', value: 'v w' },
          { key: 'k2', value: 'x' },
        ],
        references: [{ system: 'cve', id: '2024-1' }],
        destination: {
          ports: [
            { low: 80, high: 80 },
            { low: 8000, high: 8080 },
          ],
        },
      },
    ])
  })

  it('takes the variables it is given, and stops at one that names itself', () => {
    const variables = { addresses: { HOME_NET: '172.31.0.0/16', LOOP: '$LOOP' }, ports: {} }
    const rules = 'alert tcp $HOME_NET any -> $EXTERNAL_NET any (sid:1;)\nalert tcp $LOOP any -> any any (sid:2;)'
    const { signatures, errors } = parseRules(rules, { file: 'x', variables })
    expect(`${signatures[0]?.source.addresses?.[0]?.first}`).toBe('172.31.0.0')
    expect(`${signatures[0]?.destination.addresses?.[1]?.first}`).toBe('172.32.0.0')
    expect(errors).toMatchObject([{ line: 2, message: expect.stringContaining('deep') }])
  })
})
