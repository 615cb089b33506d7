import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logFile } from '../test/arbitraries.ts'
import { FlowLogParser } from './flow-log-parser.ts'
import { formatRecord, formatRecords } from './format-record.ts'
import { formatTextLogFile } from './log-file.ts'
import { DEFAULT_LOG_FORMAT } from './log-format.ts'
import type { FlowLogRecord } from './record.ts'
import { FlowLogWriteError } from './write-error.ts'

function parse(text: string): FlowLogRecord[] {
  const records: FlowLogRecord[] = []
  const parser = new FlowLogParser({ strict: true, onRecord: (record) => records.push(record) })
  parser.push(Buffer.from(text))
  parser.end()
  return records
}

describe('formatRecord', () => {
  it('format then parse is identity', () => {
    fc.assert(
      fc.property(logFile(), ({ format, records }) => {
        expect(parse(formatRecords(records, format))).toEqual(records)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [
      '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
    ],
    ['2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA'],
    [
      '2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK',
    ],
  ])('writes a record of AWS’s documentation as it stands there: %s', (line) => {
    const [record] = parse(line)
    expect(record && formatRecord(record)).toBe(line)
  })

  it('writes what is absent, given or not, as a dash', () => {
    expect(formatRecord({ action: undefined, srcaddr: '-' }, { fields: ['action', 'srcaddr', 'bytes'] })).toBe('- - -')
  })

  it.each([
    ['instance-tag', 'two words', '%20'],
    ['instance-tag', 'line\nbreak', 'break the line'],
    ['instance-tag', 'tab\t', 'break the line'],
    ['instance-tag', '\ud800', 'break the line'],
    ['instance-tag', '', 'empty'],
    ['action', 1, 'text'],
    ['srcaddr', '10.0.0.256', 'address'],
    ['srcaddr', 'fe80::1%eth0', 'address'],
    ['srcport', -1, 'between 0 and 2147483647'],
    ['srcport', 2 ** 31, 'between 0 and 2147483647'],
    ['srcport', 1.5, 'whole number'],
    ['srcport', Number.NaN, 'whole number'],
    ['srcport', '80', 'number'],
    ['bytes', 2n ** 63n, 'between 0 and 9223372036854775807'],
    ['bytes', 2 ** 53, 'bigint'],
    ['start', -1n, 'between 0 and 9007199254740991'],
  ])('will not write %s %s', (field, value, words) => {
    const write = (): string => formatRecord({ [field]: value } as FlowLogRecord, { fields: [field] })
    expect(write).toThrow(FlowLogWriteError)
    expect(write).toThrow(field)
    expect(write).toThrow(words)
  })
})

describe('formatTextLogFile', () => {
  it('writes the same text as formatRecords, in pieces', async () => {
    const record: FlowLogRecord = { version: 2, bytes: 5n, action: 'ACCEPT' }
    const records = Array.from({ length: 20_000 }, () => record)
    const pieces: Uint8Array[] = []
    for await (const piece of formatTextLogFile(records)) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(1)
    expect(Buffer.concat(pieces).toString()).toBe(formatRecords(records, DEFAULT_LOG_FORMAT))
  })
})
