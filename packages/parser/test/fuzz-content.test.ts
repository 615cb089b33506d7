import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRecords } from '../src/format-record.ts'
import { formatParquetLogFile } from '../src/parquet/write-parquet.ts'
import type { FlowLogSource, ParseFlowLogsOptions } from '../src/parse-flow-logs.ts'
import { FlowLogParseError, type ParseIssue } from '../src/parse-issue.ts'
import type { FlowLogRecord } from '../src/record.ts'
import { parseAll } from './parse-all.ts'
import { referenceParse, textOfRecord } from './reference-parser.ts'

const MINUTE = 60_000

interface Parsed {
  readonly records: string[]
  readonly issues: ParseIssue[]
}

async function parse(source: FlowLogSource, options: ParseFlowLogsOptions = {}): Promise<Parsed> {
  const { records, issues } = await parseAll(source, options)
  return { records: records.map(textOfRecord), issues }
}

const FORMAT = { fields: ['version', 'srcaddr', 'srcport', 'bytes', 'start', 'action'] }
const RECORDS: FlowLogRecord[] = Array.from({ length: 40 }, (_, index) => ({
  version: 2,
  srcaddr: index % 5 === 0 ? `2001:db8::${index}` : `10.0.0.${index}`,
  srcport: index * 1_000,
  bytes: BigInt(index) * 1_000n,
  start: 1_418_530_010 + index,
  action: index % 3 === 0 ? undefined : 'ACCEPT',
}))
const TEXTS = RECORDS.map(textOfRecord)
const TEXT = Buffer.from(formatRecords(RECORDS, FORMAT))

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

const mutation = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 100_000 }), fc.nat({ max: 255 }))
const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 })

function mutate(base: Buffer, changes: readonly (readonly [kind: number, at: number, value: number])[]): Buffer {
  let bytes = Buffer.from(base)
  for (const [kind, position, value] of changes) {
    const at = position % bytes.length
    if (kind === 0) bytes[at] = value
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << (value & 7))
    else if (kind === 2) bytes.subarray(at, at + (value & 7)).fill([0x00, 0x7f, 0x80, 0xff][value & 3] ?? 0)
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (value & 15))])
    if (bytes.length === 0) bytes = Buffer.of(value)
  }
  return bytes
}

/** What must hold of any input: nothing but issues, each in bounds; with `strict`, nothing but a FlowLogParseError. */
async function check(bytes: Buffer): Promise<Parsed> {
  const parsed = await parse(bytes)
  for (const { line = 1, column = 1, raw = '', message } of parsed.issues) {
    if (line < 1 || column < 1 || raw.length > 200 || message === '') throw new Error(`issue out of bounds: ${message}`)
  }
  try {
    await parse(bytes, { strict: true })
    if (parsed.issues.length > 0) throw new Error('strict did not throw')
  } catch (error) {
    if (!(error instanceof FlowLogParseError)) throw error
  }
  return parsed
}

describe('changed bytes', () => {
  it(
    'of gzip: records before the fault are those of the file, and a fault is an issue',
    async () => {
      const base = gzipSync(TEXT)
      const property = fc.asyncProperty(mutations, async (changes) => {
        const bytes = mutate(base, changes)
        const { records, issues } = await check(bytes)
        // Damage shows in the check sum at the latest, unless only the header's time or the like was changed.
        if (issues.length === 0) expect(records).toEqual(TEXTS)
      })
      await fc.assert(property, { numRuns: 1_000 })
    },
    2 * MINUTE,
  )

  it(
    'of Parquet: no crash, no hang, no memory taken for what a few bytes claim',
    async () => {
      const base = await collect(formatParquetLogFile(RECORDS, { format: FORMAT, rowGroupRows: 25 }))
      expect((await parse(base)).records).toEqual(TEXTS)
      const property = fc.asyncProperty(mutations, async (changes) => {
        const { records } = await check(mutate(base, changes))
        expect(records.length).toBeLessThanOrEqual(1_000_000)
      })
      await fc.assert(property, { numRuns: 8_000 })
    },
    2 * MINUTE,
  )

  it(
    'of a payload of CloudWatch Logs',
    async () => {
      const lines = TEXT.toString().split('\n').slice(1, 6)
      const logEvents = lines.map((message, id) => ({ id, timestamp: 1_418_530_010_000, message }))
      const base = Buffer.from(JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents }))
      await fc.assert(
        fc.asyncProperty(mutations, async (changes) => {
          await check(mutate(base, changes))
        }),
        { numRuns: 4_000 },
      )
    },
    2 * MINUTE,
  )

  it(
    'of text: the same as the reference finds',
    async () => {
      const property = fc.asyncProperty(mutations, fc.integer({ min: 1, max: 500 }), async (changes, size) => {
        const bytes = mutate(TEXT, changes)
        const reference = referenceParse(bytes, 65_536)
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        )
        const { records, issues } = await parse(chunks)
        expect(records).toEqual(reference.records)
        expect(issues.map(({ line, code }) => `${line}:${code}`)).toEqual(reference.issues)
      })
      await fc.assert(property, { numRuns: 3_000 })
    },
    2 * MINUTE,
  )
})

describe('faults of the source', () => {
  // Short lines, so that some are whole within the first bytes, by which the kind of file is told.
  const whole = Buffer.concat([Buffer.from('action bytes\nACCEPT 1\nREJECT 2\n'), TEXT.subarray(0, 400)])

  it('a chunk boundary at every offset, plain and gzip', async () => {
    const expected = referenceParse(whole, 65_536).records
    for (const bytes of [whole, gzipSync(whole)]) {
      for (let at = 0; at <= bytes.length; at++) {
        const chunks = [bytes.subarray(0, at), new Uint8Array(0), bytes.subarray(at)]
        expect((await parse(chunks)).records).toEqual(expected)
      }
    }
  })

  it('a failure at every offset: whole lines before it are records, nothing is made up', async () => {
    for (let at = 0; at <= whole.length; at++) {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield whole.subarray(0, at)
        throw new Error('connection reset')
      }
      const { records, issues } = await parse(failing())
      const complete = whole.subarray(0, whole.subarray(0, at).lastIndexOf('\n') + 1)
      expect(records).toEqual(referenceParse(complete, 65_536).records)
      expect(issues.at(-1)?.code).toBe('unreadable-file')
    }
  })

  it(
    'a line of 100 MB is one issue, and takes no memory',
    async () => {
      function* lazily(): Generator<Uint8Array> {
        yield TEXT
        const part = Buffer.alloc(64 * 1024, 'x')
        for (let size = 0; size < 100 * 1024 * 1024; size += part.length) yield part
        yield Buffer.from('\n')
        yield TEXT
      }
      const before = process.memoryUsage().rss
      const { records, issues } = await parse(lazily())
      expect(records).toEqual([...TEXTS, ...TEXTS])
      expect(issues).toMatchObject([{ code: 'line-too-long', line: 42 }])
      expect(issues[0]?.raw?.length).toBeLessThanOrEqual(200)
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    },
    MINUTE,
  )

  it(
    'a decompression bomb of 10 GB stops at the limits, soon, and what came before it is kept',
    async () => {
      const member = gzipSync(Buffer.alloc(10 * 1024 * 1024), { level: 9 })
      async function* bomb(): AsyncGenerator<Uint8Array> {
        yield gzipSync(TEXT)
        for (let megabytes = 0; megabytes < 10 * 1024; megabytes += 10) yield member
      }
      const start = performance.now()
      const { records, issues } = await parse(bomb())
      expect(records).toEqual(TEXTS)
      expect(issues.some(({ code }) => code === 'decompression-limit')).toBe(true)
      expect(performance.now() - start).toBeLessThan(10_000)
    },
    MINUTE,
  )
})
