import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logFile } from '../test/arbitraries.ts'
import { parseWithSummary as parse } from '../test/parse-all.ts'
import { bytesFile } from './adapters/content.ts'
import { formatRecord, formatRecords } from './format-record.ts'
import { DEFAULT_LOG_FORMAT, type LogFormat } from './log-format.ts'
import { type FlowLogSource, parseFlowLogBatches, parseFlowLogColumns, parseFlowLogs } from './parse-flow-logs.ts'
import { FlowLogParseError } from './parse-issue.ts'
import type { FlowLogRecord } from './record.ts'

/** AWS's examples of the default format (VPC user guide, "Flow log record examples"). */
const LINES = [
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
  '2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
  '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
  '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA',
]
const HEADER = DEFAULT_LOG_FORMAT.fields.join(' ')
const TEXT = `${HEADER}\n${LINES.join('\n')}\n`

function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

/** The records as AWS writes them. */
const written = (records: FlowLogRecord[], format: LogFormat = DEFAULT_LOG_FORMAT): string[] =>
  records.map((record) => formatRecord(record, format))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowtap-parse-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('every kind of source gives the same records', () => {
  const bytes = Buffer.from(TEXT)
  const sources: readonly (readonly [string, (content: Buffer) => FlowLogSource])[] = [
    ['a Buffer', (content) => content],
    ['a Uint8Array', (content) => new Uint8Array(content)],
    ['an ArrayBuffer', (content) => new Uint8Array(content).buffer],
    ['an iterable', (content) => chunksOf(content, 50)],
    ['a Node stream', (content) => Readable.from(chunksOf(content, 7))],
    ['a web stream', (content) => Readable.toWeb(Readable.from(chunksOf(content, 7))) as ReadableStream<Uint8Array>],
    ['the body of a response', (content) => new Response(new Uint8Array(content)).body as ReadableStream<Uint8Array>],
    [
      'an async generator',
      (content) =>
        (async function* () {
          yield* chunksOf(content, 3)
        })(),
    ],
    [
      'files of one’s own',
      (content) => ({ files: [{ name: 'mine', open: () => Readable.from(chunksOf(content, 100)) }] }),
    ],
  ]
  it.each(sources)('%s', async (_, source) => {
    for (const content of [bytes, gzipSync(bytes), Buffer.concat(chunksOf(bytes, 99).map((part) => gzipSync(part)))]) {
      const { records, issues, summary } = await parse(source(content))
      expect(written(records)).toEqual(LINES)
      expect(issues).toEqual([])
      expect(summary).toEqual({
        files: 1,
        bytesRead: content.length,
        textBytes: bytes.length,
        records: 4,
        nodata: 1,
        skipdata: 1,
        issues: 0,
      })
    }
  })

  it('text, whole and in pieces', async () => {
    expect(written((await parse(TEXT)).records)).toEqual(LINES)
    expect(written((await parse([...TEXT])).records)).toEqual(LINES)
    expect(written((await parse(Readable.from(bytes).setEncoding('utf8'))).records)).toEqual(LINES)
  })

  it('keeps characters whole where a long text is cut', async () => {
    for (let shift = 0; shift < 4; shift++) {
      const text = `action\n${'x'.repeat(shift)}${'😀'.repeat(15_000)}\n`.repeat(10)
      const { records, issues } = await parse(text)
      expect(issues).toEqual([])
      expect(new Set(records.map(({ action }) => action))).toEqual(
        new Set([`${'x'.repeat(shift)}${'😀'.repeat(15_000)}`]),
      )
    }
  })

  it('whatever the chunks are', async () => {
    const property = fc.asyncProperty(
      logFile(),
      fc.integer({ min: 1, max: 200 }),
      async ({ format, records }, size) => {
        const text = Buffer.from(formatRecords(records, format))
        for (const content of [text, gzipSync(text)]) {
          expect((await parse(chunksOf(content, size))).records).toEqual(records)
        }
      },
    )
    await fc.assert(property, { numRuns: 100 })
  })
})

describe('fields', () => {
  it('gives the wanted fields alone, in any case with the counts', async () => {
    const { records, summary } = await parse(TEXT, { fields: ['dstport', 'action'] })
    expect(records).toEqual([{ dstport: 22, action: 'ACCEPT' }, { dstport: 3389, action: 'REJECT' }, {}, {}])
    expect(records.map((record) => Object.keys(record))).toEqual(LINES.map(() => ['dstport', 'action']))
    expect(summary).toMatchObject({ records: 4, nodata: 1, skipdata: 1 })
  })
})

describe('batches', () => {
  it('are the records in columns, in this package’s form and in Arrow’s', async () => {
    const counts: number[] = []
    for await (const batch of parseFlowLogColumns(TEXT)) {
      counts.push(batch.rowCount)
      expect(written([...batch.records()])).toEqual(LINES)
    }
    const arrow = parseFlowLogBatches(TEXT, { fields: ['srcaddr', 'bytes'] })
    for await (const batch of arrow) {
      counts.push(batch.numRows)
      expect(batch.schema.fields.map(({ name }) => name)).toEqual(['srcaddr', 'bytes'])
      expect(batch.toArray().map((row) => row?.toJSON())).toEqual([
        { srcaddr: '172.31.16.139', bytes: 4_249n },
        { srcaddr: '172.31.9.69', bytes: 4_249n },
        { srcaddr: null, bytes: null },
        { srcaddr: null, bytes: null },
      ])
    }
    expect(counts).toEqual([4, 4])
    expect(arrow.summary.records).toBe(4)
  })
})

describe('paths', () => {
  const place = (...names: string[]): string => join(folder, ...names)

  beforeAll(async () => {
    await mkdir(place('logs', 'deep', 'er'), { recursive: true })
    await mkdir(place('logs', '_hidden'), { recursive: true })
    await mkdir(place('empty'), { recursive: true })
    await writeFile(place('logs', 'a.log'), TEXT)
    await writeFile(place('logs', 'deep', 'b.log.gz'), gzipSync(TEXT))
    await writeFile(place('logs', 'deep', 'er', 'C.TXT'), TEXT)
    await writeFile(place('logs', '_hidden', 'd.log'), TEXT)
    await writeFile(place('logs', '.e.log'), TEXT)
    await writeFile(place('logs', 'manifest.json'), '{}')
    await writeFile(place('logs', 'renamed.bin'), gzipSync(TEXT))
    await symlink(place('logs'), place('logs', 'deep', 'circle'))
  })

  it('a folder means the flow logs below it, each once, in the order of names', async () => {
    const { summary, issues } = await parse({ paths: place('logs') })
    expect(issues).toEqual([])
    expect(summary).toMatchObject({ files: 3, records: 12 })
  })

  it('a file is read whatever it is called, a glob means what it matches, and nothing is read twice', async () => {
    expect((await parse({ paths: place('logs', 'renamed.bin') })).records).toHaveLength(4)
    const paths = [
      place('logs', 'a.log'),
      place('logs', '**', '*.{log,gz}').replaceAll('\\', '/'),
      place('logs', 'a.log'),
    ]
    expect((await parse({ paths })).summary).toMatchObject({ files: 3, records: 12 })
  })

  it('one that cannot be read is an issue, and not the end of the others', async () => {
    const paths = [place('missing.log'), place('empty'), place('no*.log'), 's3://bucket/x', place('logs', 'a.log')]
    const { records, issues } = await parse({ paths })
    expect(records).toHaveLength(4)
    expect(issues.map(({ code, file }) => [code, file])).toEqual(
      paths.slice(0, 4).map((path) => ['unreadable-file', path]),
    )
    expect(issues[0]?.message).toContain('ENOENT')
    expect(issues[1]?.message).toContain('.parquet')
    expect(issues[3]?.message).toContain('s3Source')
    await expect(parse({ paths }, { strict: true })).rejects.toMatchObject({ code: 'unreadable-file' })
  })

  it('a file that vanishes is an issue', async () => {
    const files = [
      {
        name: 'gone',
        open: () => {
          throw new Error('ENOENT: vanished')
        },
      },
    ]
    expect((await parse({ files })).issues).toMatchObject([{ code: 'unreadable-file', file: 'gone' }])
  })

  it('issues carry the file', async () => {
    await writeFile(place('bad.log'), `${TEXT}no record\n`)
    const { issues } = await parse({ paths: place('bad.log') })
    expect(issues).toMatchObject([{ code: 'too-few-columns', file: place('bad.log'), line: 6 }])
  })
})

describe('faults', () => {
  it('an empty input is an issue, however it comes', async () => {
    for (const source of ['', Buffer.alloc(0), [], gzipSync('')]) {
      expect((await parse(source)).issues).toMatchObject([{ code: 'empty-file' }])
    }
  })

  it('a source that fails gives the records before, and an issue behind the last line', async () => {
    async function* failing(): AsyncGenerator<string> {
      yield `${TEXT}${LINES[0]?.slice(0, -1)}`
      throw new Error('connection reset')
    }
    const { records, issues } = await parse(failing())
    expect(written(records)).toEqual(LINES)
    expect(issues).toMatchObject([
      { code: 'truncated-line', line: 6 },
      { code: 'unreadable-file', line: 6, message: expect.stringContaining('connection reset') },
    ])
  })

  it('a truncated gzip gives the whole lines that it holds, at every length', async () => {
    const compressed = gzipSync(TEXT)
    let most = 0
    for (let length = 2; length < compressed.length; length++) {
      const { records, issues } = await parse(compressed.subarray(0, length))
      expect(written(records)).toEqual(LINES.slice(0, records.length))
      expect(issues.map(({ code }) => code)).toContain('truncated-gzip')
      expect(issues.every(({ code }) => code === 'truncated-gzip' || code === 'truncated-line')).toBe(true)
      most = Math.max(most, records.length)
    }
    expect(most).toBe(4)
  })

  it('members after a damaged one are read, with lines counted on', async () => {
    const damaged = Buffer.concat([gzipSync(TEXT).subarray(0, 10), Buffer.alloc(20, 0xff), gzipSync(`${TEXT}bad\n`)])
    const { records, issues } = await parse(Buffer.concat([gzipSync(TEXT), damaged]))
    expect(written(records)).toEqual([...LINES, ...LINES])
    expect(issues).toMatchObject([
      { code: 'invalid-gzip', line: 5 },
      { code: 'too-few-columns', line: 11, raw: 'bad' },
    ])
  })

  it('how the text is stored is said once per file, whatever else there is to say', async () => {
    const text = `\uFEFF${LINES.join('\r\n')}\r\n`
    const members = Buffer.concat([gzipSync(text), Buffer.from('no gzip'), gzipSync(text)])
    const both = {
      files: [
        { ...bytesFile(members), name: 'a.gz' },
        { ...bytesFile(Buffer.from(text)), name: 'b.log' },
      ],
    }
    const { records, issues } = await parse(both)
    expect(records).toHaveLength(3 * LINES.length)
    expect(issues.map(({ file, code, line }) => [file, code, line])).toEqual([
      ['a.gz', 'byte-order-mark', 1],
      ['a.gz', 'carriage-return', 1],
      ['a.gz', 'invalid-gzip', LINES.length],
      ['b.log', 'byte-order-mark', 1],
      ['b.log', 'carriage-return', 1],
    ])
  })

  it('strict throws the first issue, after the records before it', async () => {
    const records: FlowLogRecord[] = []
    const parsed = parseFlowLogs(`${TEXT}bad\n${TEXT}`, { strict: true })
    const read = async (): Promise<void> => {
      for await (const record of parsed) records.push(record)
    }
    await expect(read()).rejects.toThrow(FlowLogParseError)
    expect(written(records)).toEqual(LINES)
    expect(parsed.summary).toMatchObject({ records: 4, issues: 1 })
    await expect(parse(gzipSync(TEXT).subarray(0, 60), { strict: true })).rejects.toThrow(FlowLogParseError)
  })

  it('an abort ends even a source that never answers, and closes it', async () => {
    const never = (): Promise<never> => new Promise(() => {})
    let cancelled = false
    const node = new Readable({ read: () => {} })
    const sources: FlowLogSource[] = [
      node,
      new ReadableStream<Uint8Array>({
        pull: never,
        cancel: () => {
          cancelled = true
        },
      }),
      (async function* () {
        yield TEXT
        await never()
      })(),
    ]
    for (const source of sources) {
      const controller = new AbortController()
      const reason = new Error('enough')
      setTimeout(() => controller.abort(reason), 5)
      await expect(parse(source, { signal: controller.signal })).rejects.toBe(reason)
    }
    expect(node.destroyed).toBe(true)
    expect(cancelled).toBe(true)
    const aborted = AbortSignal.abort(new Error('before'))
    await expect(parse(TEXT, { signal: aborted })).rejects.toThrow('before')
  })

  it('leaving the loop closes the source', async () => {
    const node = Readable.from(Array.from({ length: 1_000 }, () => TEXT))
    for await (const _ of parseFlowLogs(node)) break
    expect(node.destroyed).toBe(true)
  })

  it('reads no further than the records are taken', async () => {
    let given = 0
    function* endless(): Generator<string> {
      for (;;) {
        given += 1
        yield TEXT
      }
    }
    let taken = 0
    for await (const _ of parseFlowLogs(endless())) {
      taken += 1
      if (taken === 400) break
    }
    expect(given).toBeLessThan(110)
  })

  it('answers calls of next that do not wait for each other in order', async () => {
    const iterator = parseFlowLogs([TEXT, TEXT])[Symbol.asyncIterator]()
    const results = await Promise.all(Array.from({ length: 10 }, () => iterator.next()))
    expect(written(results.flatMap(({ value, done }) => (done === true ? [] : [value])))).toEqual([...LINES, ...LINES])
    expect(results.map(({ done }) => done === true)).toEqual([...Array<boolean>(8).fill(false), true, true])
  })

  it('a value that is no source is refused with a hint', async () => {
    await expect(parse({ path: 'x' } as unknown as FlowLogSource)).rejects.toThrow('{ paths:')
    const numbers = [1, 2] as unknown as string[]
    expect((await parse(numbers)).issues).toMatchObject([{ code: 'unreadable-file' }])
  })
})

describe('real samples', () => {
  const samples = new URL('../../../../shared/samples/flow-logs/', import.meta.url)
  const files = ['v2-default', 'v3-nat-gateway', 'v3-tcp-flags', 'v3-transit-gateway-eni', 'v5-traffic-path']

  it.each(files)('%s is written back byte for byte', async (name) => {
    const text = await readFile(new URL(`${name}.log`, samples), 'utf8').catch(() => undefined)
    if (text === undefined) {
      expect(process.env.FLOWTAP_REQUIRE_REAL, 'the samples are missing').toBeUndefined()
      return
    }
    const { records, issues } = await parse(text, { strict: true })
    expect(issues).toEqual([])
    expect(formatRecords(records, { fields: text.slice(0, text.indexOf('\n')).split(' ') })).toBe(text)
  })
})
