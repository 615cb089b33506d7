import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ColumnBatch, type FlowLogColumn, valueAt } from '../src/column-batch.ts'
import type { DecoderChoice } from '../src/decoder-choice.ts'
import { FlowLogParser, type FlowLogParserOptions, type ParseCounts } from '../src/flow-log-parser.ts'
import { formatRecords } from '../src/format-record.ts'
import { DEFAULT_LOG_FORMAT, formatHeader } from '../src/log-format.ts'
import type { ParseIssue } from '../src/parse-issue.ts'
import { logFile } from './arbitraries.ts'

// The kernel and the TypeScript decoder must give the same batches and issues for every input, however it is cut.

interface Outcome {
  readonly batches: readonly BatchContent[]
  readonly issues: readonly ParseIssue[]
  readonly counts: ParseCounts
}

interface BatchContent {
  readonly rowCount: number
  readonly columns: readonly { name: string; kind: string; nullCount: number; values: readonly unknown[] }[]
}

function contentOf(batch: ColumnBatch): BatchContent {
  const values = (column: FlowLogColumn): unknown[] =>
    Array.from({ length: batch.rowCount }, (_row, row) => valueAt(column, row))
  return {
    rowCount: batch.rowCount,
    columns: batch.columns.map((column) => {
      // The bitmap, the values and the count must agree, and the bits after the last row must be zero.
      const nulls = values(column).filter((value) => value === undefined).length
      expect(column.nullCount).toBe(nulls)
      expect(column.values).toHaveLength(batch.rowCount)
      expect(column.validity === undefined).toBe(nulls === 0)
      const lastBits = (column.validity?.[batch.rowCount >> 3] ?? 0) >> (batch.rowCount & 7)
      if ((batch.rowCount & 7) !== 0) expect(lastBits).toBe(0)
      return { name: column.name, kind: column.kind, nullCount: column.nullCount, values: values(column) }
    }),
  }
}

function parse(input: Uint8Array, chunkSize: number, decoder: DecoderChoice, options: FlowLogParserOptions): Outcome {
  const batches: BatchContent[] = []
  const issues: ParseIssue[] = []
  const parser = new FlowLogParser({
    ...options,
    decoder,
    onBatch: (batch) => batches.push(contentOf(batch)),
    onIssue: (issue) => issues.push(issue),
  })
  for (let at = 0; at < input.length; at += chunkSize) parser.push(input.subarray(at, at + chunkSize))
  parser.end()
  return { batches, issues, counts: parser.counts }
}

function expectAgreement(input: Uint8Array, chunkSize: number, options: FlowLogParserOptions): void {
  const kernel = parse(input, chunkSize, 'kernel', options)
  expect(kernel).toEqual(parse(input, input.length, 'typescript', options))
  expect(parse(input, chunkSize, 'typescript', options)).toEqual(kernel)
}

const chunkSize = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 71, max: 10_000 }))
const limits = fc.record({
  maxLineBytes: fc.oneof(fc.constant(65_536), fc.integer({ min: 1, max: 400 })),
  batchRows: fc.oneof(fc.constant(16_384), fc.integer({ min: 1, max: 40 })),
})

/** A file of any format with records of it, some bytes replaced, and some fields of it wanted. */
const mutatedFile = logFile(60).chain(({ format, records }) =>
  fc.record({
    text: fc
      .constantFrom('\n', '\r\n')
      .map((end) => `${formatHeader(format)}\n${formatRecords(records, format)}`.replaceAll('\n', end)),
    changes: fc.array(
      fc.tuple(fc.nat({ max: 20_000 }), fc.constantFrom(...Buffer.from('\n\n\r  -:.09azé\0\t\x7f'), 0xff)),
      { maxLength: 12 },
    ),
    fields: fc.option(fc.subarray([...format.fields, 'action', 'not-there']), { nil: undefined }),
  }),
)

describe('the kernel agrees with the TypeScript decoder', () => {
  it('on mutated files of any format, with any projection', () => {
    fc.assert(
      fc.property(mutatedFile, chunkSize, limits, ({ text, changes, fields }, size, limitsOfFile) => {
        const input = Buffer.from(text)
        for (const [at, byte] of changes) if (input.length > 0) input[at % input.length] = byte
        expectAgreement(input, size, { limits: limitsOfFile, ...(fields === undefined ? {} : { fields }) })
      }),
      { numRuns: 1_500 },
    )
  }, 240_000)

  it('on lines of every length around what SIMD reads at once', () => {
    for (let length = 1; length <= 200; length += 1) {
      const tag = 'x'.repeat(length)
      const lines = Array.from({ length: 5 }, (_line, line) => `${tag}${line} ${10 ** (line * 4)} ${tag}`)
      const text = `instance-tag bytes interface-tag\n${lines.join('\n')}`
      expectAgreement(Buffer.from(text), 1 + (length % 130), {})
    }
  })

  it('on numbers of every length, with anything but a digit at every place', () => {
    const lines: string[] = []
    for (let length = 1; length <= 22; length += 1) {
      const digits = '9223372036854775807123'.slice(0, length)
      lines.push(digits, digits.replace(/./g, '0'), digits.replace(/./g, '9'), `1${'0'.repeat(length - 1)}`)
      for (let at = 0; at < length; at += 1) {
        for (const other of '/:-+. ex\x7f') lines.push(digits.slice(0, at) + other + digits.slice(at + 1))
      }
    }
    for (const field of ['bytes', 'start', 'srcport', 'srcaddr']) {
      const text = `${field} action log-status\n${lines.map((line) => `${line} x OK\n`).join('')}`
      expectAgreement(Buffer.from(text), 1_000, {})
      expectAgreement(Buffer.from(text), 1_000, { fields: [field] })
    }
  })

  it('on a field that is missing at the end, where a space still follows', () => {
    const text = 'srcaddr srcport action\n10.0.0.1 1 ACCEPT\n10.0.0.2 2 \n10.0.0.3 3 \r\n10.0.0.4 4 REJECT\n'
    for (const fields of [['srcaddr'], ['action'], ['srcport', 'srcaddr']]) {
      expectAgreement(Buffer.from(text), 1_000, { fields })
      expect(
        parse(Buffer.from(text), 1_000, 'kernel', { fields }).issues.map(({ code, line }) => [code, line]),
      ).toEqual([
        ['too-few-columns', 3],
        ['carriage-return', 4],
        ['too-few-columns', 4],
      ])
    }
  })

  it('on line ends that change, at every place of what is scanned at once', () => {
    const lines = Array.from({ length: 4_000 }, (_line, line) => `10.0.${line >> 8}.${line & 255} ${line} ACCEPT`)
    for (let from = 0; from < 80; from += 1) {
      const text = lines.map((line, index) => `${line}${index < from || index % 97 === from ? '\n' : '\r\n'}`).join('')
      const input = Buffer.from(`srcaddr srcport action\n${text}`)
      for (const decoder of ['kernel', 'typescript'] as const) {
        const { counts, issues } = parse(input, 50_000 + from, decoder, {})
        expect(counts).toMatchObject({ records: 4_000, issueLines: 0 })
        expect(issues).toMatchObject([{ code: 'carriage-return', line: from + 3 }])
      }
    }
  }, 60_000)

  it('on texts that go on as another text does', () => {
    // Each third text is the first one followed by the beginning of the second, as they lie in memory.
    const rows = Array.from({ length: 20_000 }, (_row, row) => {
      const first = `arn:aws:ecs:eu-1:${row}`
      const second = `${(row * 7919) % 65_536}abcdefgh`
      return [first, second, first + second.slice(0, 4)]
    }).flat()
    const input = Buffer.from(`ecs-task-arn\n${rows.join('\n')}\n`)
    const kernel = parse(input, 100_000, 'kernel', { limits: { batchRows: 90 } })
    expect(kernel.batches.flatMap(({ columns }) => columns[0]?.values)).toEqual(rows)
  })

  it('when bad lines stand among lines with absent values', () => {
    const good = ['- - -', '10.0.0.1 80 1', '- 80 -', '::1 - 2']
    const bad = ['10.0.0.1 80 x', '- x -', 'nowhere - -', '- - - -', '- -', '10.0.0.1 99999999999 1', '- -  -']
    const line = fc.oneof(
      { arbitrary: fc.constantFrom(...good), weight: 9 },
      { arbitrary: fc.constantFrom(...bad), weight: 1 },
    )
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 400 }), chunkSize, limits, (lines, size, { batchRows }) => {
        const input = Buffer.from(`srcaddr srcport bytes\n${lines.join('\n')}`)
        expectAgreement(input, size, { limits: { batchRows } })
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  it('on more distinct texts than a table begins with, and more text than a batch holds', () => {
    const rows = Array.from({ length: 9_000 }, (_row, row) => {
      const address = `10.${row >> 16}.${(row >> 8) & 255}.${row & 255}`
      // Long texts that differ in their middle alone.
      const arn = `arn:aws:ecs:${'a'.repeat(200)}${row % 5_000}${'b'.repeat(200)}`
      return `${address} ${arn} 2600::${row.toString(16)} ${row}`
    })
    const input = Buffer.from(`srcaddr ecs-task-arn dstaddr bytes\n${rows.join('\n')}\n`)
    const kernel = parse(input, 100_000, 'kernel', {})
    const typescript = parse(input, 100_000, 'typescript', {})
    const lines = ({ batches }: Outcome): string[] =>
      batches.flatMap(({ rowCount, columns }) =>
        Array.from({ length: rowCount }, (_row, row) => columns.map((column) => column.values[row]).join(' ')),
      )
    expect(kernel.batches.length).toBeGreaterThan(1)
    expect(lines(kernel)).toEqual(rows)
    expect(lines(typescript)).toEqual(rows)
  })

  it('cut at every place', () => {
    const input = Buffer.from(
      `\uFEFF${formatHeader(DEFAULT_LOG_FORMAT)}\r\n` +
        '2 123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\r\n' +
        '2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA  \n' +
        'srcaddr dstaddr action\n' +
        '10.0.0.1 10.0.0.300 ACCEPT\n\n' +
        '::1 ::2 é\n' +
        `${'x'.repeat(130)}\n` +
        '::1 ::2 REJECT',
    )
    const whole = parse(input, input.length, 'typescript', { limits: { maxLineBytes: 120 } })
    expect(whole.counts).toMatchObject({ lines: 9, records: 4, headerLines: 2, blankLines: 1, issueLines: 2 })
    for (let size = 1; size <= input.length; size += 1) {
      for (const decoder of ['kernel', 'typescript'] as const) {
        expect(parse(input, size, decoder, { limits: { maxLineBytes: 120 } })).toEqual(whole)
      }
    }
  })
})
