import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecoderChoice } from '../src/decoder-choice.ts'
import { FlowLogParser } from '../src/flow-log-parser.ts'
import { FlowLogParseError, type ParseIssue } from '../src/parse-issue.ts'
import { referenceParse, textOfRecord } from './reference-parser.ts'

/** At least 200,000 inputs in all; each is parsed twice, once with `strict`. */
const RUNS = { mutations: 120_000, lines: 60_000, bytes: 25_000 }
const MINUTES = 60_000
const MAX_LINE_BYTES = 300

/** AWS's documented examples of every kind of record, so that a clone without the samples fuzzes too. */
const DOCUMENTED = [
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n' +
    '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n' +
    '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA\n',
  '2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK\r\n' +
    '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA',
  'instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr\n' +
    '- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5\n',
  'srcport action packets start x-new\n80 ACCEPT 9223372036854775807 9007199254740991 é\n80 - 1 2 -\n',
]

/** Samples that this project did not make, a header and two records of each. */
function sampleTexts(): string[] {
  const folder = new URL('../../../../shared/samples/flow-logs/', import.meta.url)
  try {
    return readdirSync(folder).map((name) =>
      readFileSync(new URL(name, folder), 'utf8').split('\n').slice(0, 3).join('\n'),
    )
  } catch (error) {
    if (process.env.FLOWTAP_REQUIRE_REAL === '1') throw error
    return []
  }
}

const BASES = [...DOCUMENTED, ...sampleTexts()].map((text) => Buffer.from(text))
const TOKENS = [
  '\n', '\r\n', '\r', ' ', '  ', '-', '\0', '\t', '\ufeff', '-1', '1.5', '1e3', '2147483647', '2147483648', '9'.repeat(19),
  '9'.repeat(20), '0'.repeat(25), '::', '1::2::3', '::ffff:1.2.3.4', '1.2.3.256', '01.2.3.4', 'fe80::1%eth0', 'é', '😀',
  'version', 'srcaddr', 'srcaddr dstaddr action\n', 'x'.repeat(MAX_LINE_BYTES), ' '.repeat(MAX_LINE_BYTES + 2), '\n\n\n',
].map((text) => Buffer.from(text)) // biome-ignore format: a table
const BYTES_OF_INTEREST = [0x00, 0x0a, 0x0d, 0x20, 0x2d, 0x7f, 0x80, 0xbf, 0xc0, 0xed, 0xf4, 0xff]

type Mutation = readonly [kind: number, at: number, value: number]

function mutate(base: Buffer, mutations: readonly Mutation[]): Buffer {
  let bytes = base
  for (const [kind, position, value] of mutations) {
    const at = position % (bytes.length + 1)
    const end = at + 1 + (value % 40)
    const insert = (part: Uint8Array, from = at, to = at): Buffer =>
      Buffer.concat([bytes.subarray(0, from), part, bytes.subarray(to)])
    if (kind === 0) bytes = insert(TOKENS[value % TOKENS.length] ?? TOKENS[0] ?? base)
    else if (kind === 1) bytes = insert(TOKENS[value % TOKENS.length] ?? base, at, end)
    else if (kind === 2) bytes = insert(Buffer.of(value), at, at + 1)
    else if (kind === 3) bytes = insert(Buffer.of(BYTES_OF_INTEREST[value % BYTES_OF_INTEREST.length] ?? 0), at, at + 1)
    else if (kind === 4) bytes = insert(Buffer.alloc(0), at, end)
    else if (kind === 5) bytes = insert(bytes.subarray(at, end + 40))
    else bytes = insert(BASES[value % BASES.length]?.subarray(0, 200) ?? base)
  }
  return bytes
}

interface Outcome {
  readonly records: string[]
  readonly issues: ParseIssue[]
  readonly error: unknown
}

function parse(input: Uint8Array, chunkSize: number, strict: boolean, decoder: DecoderChoice): Outcome {
  const records: string[] = []
  const issues: ParseIssue[] = []
  const parser = new FlowLogParser({
    strict,
    decoder,
    onRecord: (record) => records.push(textOfRecord(record)),
    onIssue: (issue) => issues.push(issue),
    limits: { maxLineBytes: MAX_LINE_BYTES, batchRows: 3 },
  })
  try {
    for (let at = 0; at < input.length; at += chunkSize) parser.push(input.subarray(at, at + chunkSize))
    parser.end()
  } catch (error) {
    return { records, issues, error }
  }
  const { lines, records: count, headerLines, blankLines, issueLines, bytes } = parser.counts
  if (bytes !== input.length || count !== records.length) throw new Error('counts are wrong')
  if (lines !== count + headerLines + blankLines + issueLines) throw new Error('lines are unaccounted for')
  return { records, issues, error: undefined }
}

/** Everything that must hold of one input. Plain comparisons, as `expect` would take most of the time. */
function check(input: Uint8Array, chunkSize: number): void {
  const decoder: DecoderChoice = chunkSize % 2 === 0 ? 'auto' : 'typescript'
  const reference = referenceParse(input, MAX_LINE_BYTES)
  const { records, issues, error } = parse(input, chunkSize, false, decoder)
  if (error !== undefined) throw error
  if (records.join('\n') !== reference.records.join('\n')) expect(records).toEqual(reference.records)
  const found = issues.filter(({ code }) => code !== 'empty-file').map(({ line, code }) => `${line}:${code}`)
  if (found.join() !== reference.issues.join()) expect(found).toEqual(reference.issues)
  for (const { line = 0, column = 0, raw = '', code } of issues) {
    if (code === 'empty-file') continue
    const length = reference.lineLengths[line - 1]
    if (length === undefined || column < 1 || column > length + 1 || raw.length > 200) {
      throw new Error(`the place ${line}:${column} of ${code} is not in the input`)
    }
  }
  // A parser that throws keeps its decoder, and the kernel takes a while to make another one.
  const strict = parse(input, chunkSize, true, 'typescript')
  const first = issues.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))[0]
  if (first === undefined) {
    if (strict.error !== undefined) throw strict.error
    return
  }
  if (!(strict.error instanceof FlowLogParseError)) throw new Error('strict did not throw', { cause: strict.error })
  if (strict.error.issue.line !== first.line || strict.error.code !== first.code) {
    expect(strict.error.issue).toEqual(first)
  }
  if (strict.records.some((record, index) => record !== records[index])) {
    expect(strict.records).toEqual(records.slice(0, strict.records.length))
  }
}

const chunkSize = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 2_000 }))

describe('the parser agrees with the reference, on', () => {
  it(
    'mutations of documented and real records',
    () => {
      const mutation = fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 1_000 }), fc.nat({ max: 255 }))
      const mutations = fc.array(mutation, { minLength: 1, maxLength: 5 })
      const property = fc.property(fc.nat({ max: BASES.length - 1 }), mutations, chunkSize, (base, changes, size) => {
        check(mutate(BASES[base] ?? Buffer.alloc(0), changes), size)
      })
      fc.assert(property, { numRuns: RUNS.mutations })
    },
    4 * MINUTES,
  )

  it(
    'lines put together from words',
    () => {
      const fields = 'srcaddr srcport packets start action'
      const word = fc.constantFrom(
        ...['-', '', '80', '0080', '65536', '2147483648', '9223372036854775807', '9223372036854775808'],
        ...['10.0.0.1', '10.0.0', '::1', ':::', 'ACCEPT', 'ff', 'é', '\u0000', '+1', '1_000', '٣', 'action', 'srcaddr'],
      )
      const line = fc.oneof(
        { weight: 5, arbitrary: fc.array(word, { minLength: 5, maxLength: 5 }).map((words) => words.join(' ')) },
        { weight: 2, arbitrary: fc.array(word, { maxLength: 7 }).map((words) => words.join(' ')) },
        { weight: 1, arbitrary: fc.constantFrom('', '   ', fields, 'bytes end', 'action', '\ufeff- - - - -') },
      )
      const end = fc.constantFrom('\n', '\n', '\r\n', ' \n', '\r\r\n', ' \r\n')
      const text = fc.array(fc.tuple(line, end), { maxLength: 5 }).map((lines) => lines.flat().join(''))
      const property = fc.property(text, chunkSize, fc.boolean(), (body, size, isWhole) => {
        check(Buffer.from(`${fields}\n${isWhole ? body : body.trimEnd()}`), size)
      })
      fc.assert(property, { numRuns: RUNS.lines })
    },
    4 * MINUTES,
  )

  it(
    'any bytes',
    () => {
      const byte = fc.oneof(fc.constantFrom(...BYTES_OF_INTEREST), fc.nat({ max: 255 }))
      const bytes = fc.array(byte, { maxLength: 40 }).map((values) => Uint8Array.from(values))
      fc.assert(fc.property(bytes, chunkSize, check), { numRuns: RUNS.bytes })
    },
    4 * MINUTES,
  )
})
