import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseRules } from './parse-rules.ts'
import { hasSuricata, refusedLines } from './testing/real-suricata.ts'

const CORPUS = readFileSync(new URL('testing/rule-corpus.rules', import.meta.url), 'utf8')
/** Rules that Suricata takes and flowtap refuses, because a part of them would have no effect or not the one that it seems to have. */
const REFUSED_HERE: readonly { readonly part: string; readonly why: string }[] = [
  { part: 'fast_pattern:only,2;', why: 'the 2 has no effect' },
  { part: 'fast_pattern:-1,2;', why: 'the offset is read as a huge number' },
  { part: 'seconds 60, foo 1;', why: 'foo has no effect' },
  { part: 'count 1, ;', why: 'an empty field' },
  { part: '\talert tcp', why: 'an indented line is skipped without a word' },
  { part: 'dsize:<=8; content:"0123456789";', why: 'the packet is too short for the content' },
  { part: 'content:"abc"; urilen:<2;', why: 'the URI is too short for the content' },
  { part: 'byte_test:4,>,1000,65536;', why: 'the offset is beyond any packet' },
  { part: 'byte_test:4,>,1000,-65536;', why: 'the offset is beyond any packet' },
  { part: 'byte_test:4,>,0x1g,0;', why: 'the number is cut off at the g' },
  { part: 'within:1a;', why: 'the number is cut off at the a' },
  { part: 'urilen:5,foo;', why: 'foo has no effect' },
  { part: 'urilen:10<>5;', why: 'the range is empty' },
  { part: 'content:"abc"; bsize:1<>3;', why: 'the buffer is too short for the content' },
  { part: 'content:"x"; to_lowercase;', why: 'the transformation comes after the content and has no effect on it' },
]

const isRequired = process.env.FLOWTAP_REQUIRE_REAL === '1'
const isThere = hasSuricata()

describe('rules beside the real Suricata', () => {
  if (!isThere && isRequired) it('has Suricata', () => expect.fail('suricata 7 is not installed'))

  it.skipIf(!isThere)('takes and refuses the same rules', { timeout: 120_000 }, () => {
    const refused = refusedLines(CORPUS)
    const { signatures, errors } = parseRules(CORPUS, { file: 'test.rules' })
    expect(signatures.length).toBeGreaterThan(700)
    const ours = new Map(errors.map((error) => [error.line, error]))
    const differences: string[] = []
    CORPUS.split('\n').forEach((rule, index) => {
      const line = index + 1
      const error = ours.get(line)
      if (error?.code === 'unsupported' || REFUSED_HERE.some(({ part }) => rule.includes(part) && error)) return
      if ((error !== undefined) !== refused.has(line)) {
        differences.push(`${error ? `only here: ${error.message}` : `only Suricata: ${refused.get(line)}`}: ${rule}`)
      }
    })
    expect(differences).toEqual([])
    expect(refused.size).toBeGreaterThan(500)
    const isUsed = ({ part }: { part: string }): boolean => errors.some(({ rule }) => rule.includes(part))
    expect(REFUSED_HERE.filter((each) => !isUsed(each))).toEqual([])
  })
})
