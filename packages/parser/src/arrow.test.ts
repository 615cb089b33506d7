import { RecordBatchReader, RecordBatchStreamWriter, Table, tableFromIPC, tableToIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logFile } from '../test/arbitraries.ts'
import { toArrowRecordBatch } from './arrow.ts'
import type { ColumnBatch } from './column-batch.ts'
import { FlowLogParser } from './flow-log-parser.ts'
import { formatRecords } from './format-record.ts'
import type { FlowLogRecord } from './record.ts'

function batchesOf(text: string, options: { batchRows?: number; fields?: string[] } = {}): ColumnBatch[] {
  const batches: ColumnBatch[] = []
  const { batchRows = 16_384, fields } = options
  const parser = new FlowLogParser({
    strict: true,
    limits: { batchRows },
    onBatch: (batch) => batches.push(batch),
    ...(fields === undefined ? {} : { fields }),
  })
  parser.push(Buffer.from(text))
  parser.end()
  return batches
}

/** Arrow's rows in the form of records: null for absent becomes undefined, times become numbers. */
function recordsOf(rows: Iterable<unknown>): FlowLogRecord[] {
  return [...rows].map((row) =>
    Object.fromEntries(
      Object.entries((row as { toJSON(): Record<string, unknown> }).toJSON()).map(([name, value]) => {
        if (value === null) return [name, undefined]
        return [name, name === 'start' || name === 'end' ? Number(value) : value]
      }),
    ),
  ) as FlowLogRecord[]
}

describe('toArrowRecordBatch', () => {
  it('holds the records, through Arrow’s stream format and back, batch by batch', async () => {
    await fc.assert(
      fc.asyncProperty(logFile(), fc.integer({ min: 1, max: 30 }), async ({ format, records }, batchRows) => {
        fc.pre(records.length > 0)
        const batches = batchesOf(formatRecords(records, format), { batchRows }).map(toArrowRecordBatch)
        expect(batches.flatMap((batch) => recordsOf(batch))).toEqual(records)
        const writer = RecordBatchStreamWriter.writeAll(batches)
        const read: FlowLogRecord[] = []
        for (const batch of RecordBatchReader.from(await writer.toUint8Array())) read.push(...recordsOf(batch))
        expect(read).toEqual(records)
      }),
      { numRuns: 150 },
    )
  })

  it('has exact types: dictionary-encoded text, 32- and 64-bit integers', () => {
    const [batch] = batchesOf('srcaddr bytes start srcport new-field\n10.0.0.1 9223372036854775807 1 80 x\n- - - - -\n')
    const arrow = toArrowRecordBatch(batch as ColumnBatch)
    expect(arrow.schema.fields.map((field) => `${field.name}: ${field.type}`)).toEqual([
      'srcaddr: Dictionary<Int32, Utf8>',
      'bytes: Int64',
      'start: Int64',
      'srcport: Int32',
      'new-field: Dictionary<Int32, Utf8>',
    ])
    expect(arrow.getChild('bytes')?.toJSON()).toEqual([9223372036854775807n, null])
    expect(arrow.getChild('srcaddr')?.toJSON()).toEqual(['10.0.0.1', null])
  })

  it('copies nothing', () => {
    const [batch] = batchesOf('srcaddr bytes\n10.0.0.1 1\n- 2\n')
    const arrow = toArrowRecordBatch(batch as ColumnBatch)
    const [address, bytes] = (batch as ColumnBatch).columns
    expect(arrow.data.children[0]?.values.buffer).toBe(address?.values.buffer)
    expect(arrow.data.children[0]?.nullBitmap.buffer).toBe(address?.validity?.buffer)
    expect(arrow.data.children[1]?.values.buffer).toBe(bytes?.values.buffer)
  })

  it('makes a wanted field that the format lacks a column of nulls', () => {
    const [batch] = batchesOf('srcaddr\n10.0.0.1\n::1\n', { fields: ['vpc-id', 'srcaddr', 'tcp-flags'] })
    const table = tableFromIPC(tableToIPC(new Table([toArrowRecordBatch(batch as ColumnBatch)])))
    expect(table.toArray().map((row) => ({ ...row.toJSON() }))).toEqual([
      { 'vpc-id': null, srcaddr: '10.0.0.1', 'tcp-flags': null },
      { 'vpc-id': null, srcaddr: '::1', 'tcp-flags': null },
    ])
  })
})
