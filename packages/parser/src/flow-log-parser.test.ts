import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ColumnBatch, countTexts } from './column-batch.ts'
import type { DecoderChoice } from './decoder-choice.ts'
import { FlowLogParser, type FlowLogParserOptions } from './flow-log-parser.ts'
import { DEFAULT_LOG_FORMAT, formatHeader, parseLogFormat } from './log-format.ts'
import { FlowLogParseError, type ParseIssue, RAW_TEXT_LIMIT } from './parse-issue.ts'
import type { FlowLogRecord } from './record.ts'

const DECODERS: readonly DecoderChoice[] = ['kernel', 'typescript']

interface Parsed {
  readonly records: FlowLogRecord[]
  readonly issues: ParseIssue[]
  readonly parser: FlowLogParser
}

function parse(input: string | Uint8Array, options: FlowLogParserOptions = {}): Parsed {
  const records: FlowLogRecord[] = []
  const issues: ParseIssue[] = []
  const onRecord = (record: FlowLogRecord): unknown => records.push(record)
  const parser = new FlowLogParser({ onRecord, onIssue: (issue) => issues.push(issue), ...options })
  parser.push(Buffer.from(input))
  parser.end()
  return { records, issues, parser }
}

/** Three columns of three kinds, a good line before and after the line in question. */
const HEADER = 'srcaddr srcport action'
const BEFORE = '10.0.0.1 1 ACCEPT'
const AFTER = '10.0.0.2 2 REJECT'
const around = (line: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${HEADER}\n${BEFORE}\n`), Buffer.from(line), Buffer.from(`\n${AFTER}\n`)])

describe.each(DECODERS)('with the %s decoder', (decoder) => {
  it('reads AWS’s example of the default format, with or without its header line', () => {
    const line =
      '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK'
    const record: FlowLogRecord = {
      version: 2,
      'account-id': '123456789010',
      'interface-id': 'eni-1235b8ca123456789',
      srcaddr: '172.31.16.139',
      dstaddr: '172.31.16.21',
      srcport: 20641,
      dstport: 22,
      protocol: 6,
      packets: 20n,
      bytes: 4249n,
      start: 1418530010,
      end: 1418530070,
      action: 'ACCEPT',
      'log-status': 'OK',
    }
    expect(parse(line, { decoder }).records).toStrictEqual([record])
    expect(parse(`${formatHeader(DEFAULT_LOG_FORMAT)}\n${line}\n`, { decoder }).records).toStrictEqual([record])
  })

  it('keeps NODATA and SKIPDATA, and counts them', () => {
    const batches: ColumnBatch[] = []
    const text =
      '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA\n' +
      '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA\n' +
      '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - NODATA\n'
    const { records } = parse(text, { decoder, onBatch: (batch) => batches.push(batch) })
    expect(records[0]).toEqual({
      version: 2,
      'account-id': '123456789010',
      'interface-id': 'eni-1235b8ca123456789',
      start: 1431280876,
      end: 1431280934,
      'log-status': 'NODATA',
    })
    expect(batches.map((batch) => Object.fromEntries(countTexts(batch, 'log-status')))).toEqual([
      { NODATA: 2, SKIPDATA: 1 },
    ])
  })

  it('keeps unknown fields and unknown words as text', () => {
    const text = 'srcport action colour log-status\n80 MAYBE 007 LATER\n'
    expect(parse(text, { decoder }).records).toEqual([
      { srcport: 80, action: 'MAYBE', colour: '007', 'log-status': 'LATER' },
    ])
  })

  it('takes the format that is given where there is no header, and the header’s where there is one', () => {
    const format = parseLogFormat('$' + '{action} $' + '{bytes}')
    expect(parse('ACCEPT 9223372036854775807\n', { decoder, format }).records).toEqual([
      { action: 'ACCEPT', bytes: 9223372036854775807n },
    ])
    expect(parse('bytes srcport\n1 2\n', { decoder, format }).records).toEqual([{ bytes: 1n, srcport: 2 }])
  })

  it('follows the headers of files put one after another, the same or others', () => {
    const text = `${HEADER}\n${BEFORE}\n${HEADER}\n${AFTER}\nbytes end action\n5 6 REJECT\n`
    const { records, issues, parser } = parse(text, { decoder })
    expect(records).toEqual([
      { srcaddr: '10.0.0.1', srcport: 1, action: 'ACCEPT' },
      { srcaddr: '10.0.0.2', srcport: 2, action: 'REJECT' },
      { bytes: 5n, end: 6, action: 'REJECT' },
    ])
    expect(issues).toEqual([])
    expect(parser.counts).toMatchObject({ lines: 6, records: 3, headerLines: 3 })
  })

  it('finds a repeated header when only text fields are wanted', () => {
    const { records } = parse(`${HEADER}\n${BEFORE}\n${HEADER}\n${AFTER}\n`, { decoder, fields: ['action'] })
    expect(records).toEqual([{ action: 'ACCEPT' }, { action: 'REJECT' }])
  })

  it('decodes the wanted fields alone, in the order wanted; a field that is not there is absent', () => {
    const text = `${HEADER}\n10.0.0.1 not-a-number ACCEPT\n`
    const { records, issues } = parse(text, { decoder, fields: ['action', 'tcp-flags', 'srcaddr'] })
    expect(records.map((record) => Object.entries(record))).toEqual([
      [
        ['action', 'ACCEPT'],
        ['tcp-flags', undefined],
        ['srcaddr', '10.0.0.1'],
      ],
    ])
    expect(issues).toEqual([])
  })

  it.each([
    ['blank lines', `\n\n${HEADER}\n\n${BEFORE}\n   \n${AFTER}\n\n`],
    ['spaces at line ends', `${HEADER} \n${BEFORE}   \n${AFTER} \n`],
    ['no newline at the end', `${HEADER}\n${BEFORE}\n${AFTER}`],
  ])('accepts %s', (_name, text) => {
    const { records, issues } = parse(text, { decoder })
    expect(issues).toEqual([])
    expect(records.map((record) => record.srcaddr)).toEqual(['10.0.0.1', '10.0.0.2'])
  })

  it.each<[string, string, readonly Partial<ParseIssue>[]]>([
    ['CRLF', `${HEADER}\r\n${BEFORE}\r\n${AFTER}\r\n`, [{ code: 'carriage-return', line: 1, column: 23, raw: HEADER }]],
    [
      'CRLF from a record on',
      `${HEADER}\n${BEFORE}\r\n${AFTER}\r\n`,
      [{ code: 'carriage-return', line: 2, column: 18 }],
    ],
    [
      'CRLF in the last line',
      `${HEADER}\n${BEFORE}\n${AFTER} \r\n`,
      [{ code: 'carriage-return', line: 3, column: 19 }],
    ],
    ['CR at the end', `${HEADER}\n${BEFORE}\n${AFTER}\r`, [{ code: 'carriage-return', line: 3, column: 18 }]],
    [
      'a blank line with CRLF',
      `\r\n${HEADER}\n${BEFORE}\n${AFTER}\n`,
      [{ code: 'carriage-return', line: 1, column: 1 }],
    ],
    [
      'CRLF over a change of format',
      `${HEADER}\r\n${BEFORE}\r\nsrcaddr dstaddr action\r\n10.0.0.2 - -\r\n`,
      [{ line: 1 }],
    ],
    [
      'a byte order mark',
      `\uFEFF${HEADER}\n${BEFORE}\n${AFTER}\n`,
      [{ code: 'byte-order-mark', line: 1, column: 1, raw: HEADER }],
    ],
    [
      'a byte order mark before a record',
      `${HEADER}\n\uFEFF${BEFORE}\n${AFTER}\n`,
      [{ code: 'byte-order-mark', line: 2 }],
    ],
    ['two byte order marks', `\uFEFF${HEADER}\n${BEFORE}\n\uFEFF${AFTER}\n`, [{ code: 'byte-order-mark', line: 1 }]],
    [
      'a file of Windows',
      `\uFEFF${HEADER}\r\n${BEFORE}\r\n${AFTER}\r\n`,
      [
        { code: 'byte-order-mark', line: 1, column: 1 },
        { code: 'carriage-return', line: 1, column: 23 },
      ],
    ],
  ])('reads %s, and says so once', (_name, text, expected) => {
    const { records, issues, parser } = parse(text, { decoder, file: 'x.log' })
    expect(records.map((record) => record.srcaddr)).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(issues).toEqual(expected.map((issue) => expect.objectContaining({ ...issue, file: 'x.log' })))
    expect(parser.counts).toMatchObject({ records: 2, issueLines: 0 })
    const strict = (): unknown => parse(text, { decoder, strict: true })
    expect(strict).toThrow(
      expect.objectContaining({ name: 'FlowLogParseError', issue: expect.objectContaining(expected[0]) }),
    )
  })

  it('judges the line behind CRLF and a byte order mark as any other', () => {
    const { issues, parser } = parse(`${HEADER}\n\uFEFF10.0.0.1 http ACCEPT\r\n${AFTER}\r\n10.0.0.1 1\r\n`, { decoder })
    expect(issues.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['byte-order-mark', 2, 1],
      ['carriage-return', 2, 21],
      ['invalid-number', 2, 10],
      ['too-few-columns', 4, 11],
    ])
    expect(parser.counts).toMatchObject({ lines: 4, records: 1, headerLines: 1, issueLines: 2 })
  })

  it.each<[string, string | Uint8Array, Partial<ParseIssue>]>([
    ['too few columns', '10.0.0.3 3', { code: 'too-few-columns', column: 11 }],
    ['too many columns', '10.0.0.3 3 ACCEPT OK', { code: 'too-many-columns', column: 19 }],
    ['two spaces', '10.0.0.3  3 ACCEPT', { code: 'empty-field', column: 10 }],
    ['two spaces for a field', '10.0.0.3  ACCEPT', { code: 'empty-field', column: 10, field: 'srcport' }],
    ['a space in front', ' 10.0.0.3 3 ACCEPT', { code: 'empty-field', column: 1 }],
    ['text for a number', '10.0.0.3 http ACCEPT', { code: 'invalid-number', column: 10, field: 'srcport' }],
    ['a signed number', '10.0.0.3 -1 ACCEPT', { code: 'invalid-number', column: 10 }],
    ['a number out of range', '10.0.0.3 2147483648 ACCEPT', { code: 'number-out-of-range', column: 10 }],
    ['a number of 20 digits', `10.0.0.3 ${'0'.repeat(19)}1 ACCEPT`, { code: 'number-out-of-range', column: 10 }],
    ['a bad IPv4 address', '10.0.0.256 3 ACCEPT', { code: 'invalid-address', column: 1, field: 'srcaddr' }],
    ['a bad IPv6 address', '1::2::3 3 ACCEPT', { code: 'invalid-address', column: 1 }],
    ['the first of two faults', 'nowhere http ACCEPT', { code: 'invalid-address', column: 1 }],
    ['NUL', '10.0.0.3 3 AC\0CEPT', { code: 'control-character', column: 14 }],
    ['a tab', '10.0.0.3\t3 ACCEPT', { code: 'control-character', column: 9 }],
    ['CR within a line', '10.0.0.3 3\r ACCEPT', { code: 'control-character', column: 11 }],
    ['invalid UTF-8', Buffer.from('31302e302e302e33203320c3a9ff', 'hex'), { code: 'invalid-utf8', column: 14 }],
    ['UTF-8 cut off', Buffer.from('31302e302e302e33203320e282', 'hex'), { code: 'invalid-utf8', column: 12 }],
  ])('locates %s, and keeps the records around it', (_name, line, expected) => {
    const input = around(line)
    const { records, issues, parser } = parse(input, { decoder, file: 'x.log' })
    expect(records.map((record) => record.srcaddr)).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(issues).toEqual([expect.objectContaining({ ...expected, file: 'x.log', line: 3 })])
    expect(issues[0]?.raw).toBe(Buffer.from(line).toString())
    expect(parser.counts).toMatchObject({ lines: 4, records: 2, headerLines: 1, issueLines: 1, bytes: input.length })
  })

  it('strict throws the first issue, after the records before it', () => {
    const records: FlowLogRecord[] = []
    const parser = new FlowLogParser({
      decoder,
      strict: true,
      file: 'a.log',
      onRecord: (record) => records.push(record),
    })
    let error: unknown
    try {
      parser.push(around('10.0.0.3 http ACCEPT'))
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(FlowLogParseError)
    expect(error).toMatchObject({
      name: 'FlowLogParseError',
      code: 'invalid-number',
      message: 'a.log:3:10: srcport is "http", which is neither a whole number nor "-".',
      issue: { line: 3, column: 10 },
    })
    expect(records.map((record) => record.srcaddr)).toEqual(['10.0.0.1'])
    expect(() => parser.end()).toThrow('an earlier call threw')
  })

  it('reports an empty input, and not one without records', () => {
    expect(parse('', { decoder, file: 'x' }).issues).toEqual([
      { code: 'empty-file', message: 'The input is empty.', file: 'x' },
    ])
    expect(parse('\n', { decoder }).issues).toEqual([])
    expect(parse(HEADER, { decoder }).issues).toEqual([])
  })

  it('does not trust the last line of an input that broke off', () => {
    const issues: ParseIssue[] = []
    const records: FlowLogRecord[] = []
    const parser = new FlowLogParser({
      decoder,
      onRecord: (record) => records.push(record),
      onIssue: (issue) => issues.push(issue),
    })
    parser.push(Buffer.from(`${HEADER}\n${BEFORE}\n10.0.0.2 2 REJ`))
    parser.end({ truncated: true })
    expect(records).toHaveLength(1)
    expect(issues).toMatchObject([{ code: 'truncated-line', line: 3, column: 15, raw: '10.0.0.2 2 REJ' }])
  })

  it('skips a line of 100 MB without holding it', () => {
    const issues: ParseIssue[] = []
    const records: FlowLogRecord[] = []
    const parser = new FlowLogParser({
      decoder,
      onRecord: (record) => records.push(record),
      onIssue: (issue) => issues.push(issue),
    })
    const before = process.memoryUsage().arrayBuffers
    const chunk = Buffer.alloc(1_000_000, 'x')
    parser.push(Buffer.from(`${HEADER}\n${BEFORE}\n`))
    for (let part = 0; part < 100; part += 1) parser.push(chunk)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000)
    parser.push(Buffer.from(`\n${AFTER}\n`))
    parser.end()
    expect(records).toHaveLength(2)
    expect(issues).toMatchObject([{ code: 'line-too-long', line: 3, column: 65_537 }])
    expect(issues[0]?.raw).toHaveLength(RAW_TEXT_LIMIT)
    expect(parser.counts).toMatchObject({ lines: 4, issueLines: 1 })
  })

  it.each([1, 17, 4_096])('takes a line of just maxLineBytes, and none that is longer: %i', (maxLineBytes) => {
    const format = { fields: ['instance-tag'] }
    const text = `${'x'.repeat(maxLineBytes)}\n${'x'.repeat(maxLineBytes + 1)}\n${'y'.repeat(maxLineBytes)}`
    const { records, issues } = parse(text, { decoder, format, limits: { maxLineBytes } })
    expect(records).toHaveLength(2)
    expect(issues).toMatchObject([{ code: 'line-too-long', line: 2, column: maxLineBytes + 1 }])
  })

  it('gives full batches while it reads, and the rest at the end, on flush or before the format changes', () => {
    const rowCounts: number[] = []
    const onBatch = (batch: ColumnBatch): unknown => rowCounts.push(batch.rowCount)
    const parser = new FlowLogParser({ decoder, onBatch, limits: { batchRows: 2 } })
    const push = (text: string): number[] => {
      parser.push(Buffer.from(text))
      return rowCounts.splice(0)
    }
    expect(push(`${HEADER}\n${`${BEFORE}\n`.repeat(5)}`)).toEqual([2, 2])
    parser.flush()
    expect(rowCounts.splice(0)).toEqual([1])
    expect(push(`${BEFORE}\nbytes end action\n1 2 ACCEPT\n`)).toEqual([1])
    parser.end()
    expect(rowCounts).toEqual([1])
  })

  it('gives batches that stay as they are while the parser goes on', () => {
    const batches: ColumnBatch[] = []
    const lines = Array.from(
      { length: 50 },
      (_line, index) => `10.0.0.${index} ${index} ${index % 3 ? `tag${index}` : '-'}`,
    )
    const onBatch = (batch: ColumnBatch): unknown => batches.push(batch)
    parse(`${HEADER}\n${lines.join('\n')}\n`, { decoder, onBatch, limits: { batchRows: 7 } })
    const records = batches.flatMap((batch) => [...batch.records()])
    expect(records.map(({ srcaddr, srcport, action = '-' }) => `${srcaddr} ${srcport} ${action}`)).toEqual(lines)
  })

  it('refuses calls that cannot be right, and says why', () => {
    const parser = new FlowLogParser({
      decoder,
      onRecord: () => parser.flush(),
    })
    expect(() => parser.push(Buffer.from(`${HEADER}\n${BEFORE}\n`))).toThrow('a call of it has not returned yet')
    const ended = new FlowLogParser({ decoder })
    ended.end()
    expect(() => ended.push(Buffer.from(''))).toThrow('end() was called')
    expect(() => new FlowLogParser({ decoder, limits: { maxLineBytes: 0 } })).toThrow('limits.maxLineBytes is 0')
    expect(() => new FlowLogParser({ decoder, limits: { batchRows: 1.5 } })).toThrow('limits.batchRows is 1.5')
  })

  it('reads the real samples without an issue', (context) => {
    const folder = new URL('../../../../shared/samples/flow-logs/', import.meta.url)
    let names: string[]
    try {
      names = readdirSync(folder)
    } catch (error) {
      if (process.env.FLOWTAP_REQUIRE_REAL === '1') throw error
      context.skip('the folder shared/samples is not beside this repository')
      return
    }
    for (const name of names) {
      const text = readFileSync(new URL(name, folder), 'utf8')
      const { records, issues, parser } = parse(text, { decoder })
      const [header = '', ...lines] = text.trimEnd().split('\n')
      expect(issues).toEqual([])
      expect(parser.format.fields.join(' ')).toBe(header)
      const written = records.map((record) => parser.format.fields.map((field) => record[field] ?? '-').join(' '))
      expect(written).toEqual(lines)
    }
  })
})
