import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { logFile } from '../../test/arbitraries.ts'
import { parseAll as parse } from '../../test/parse-all.ts'
import { flowLogField } from '../fields.ts'
import { formatTextLogFile } from '../log-file.ts'
import { formatParquetLogFile } from './write-parquet.ts'

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

describe('Parquet log files', () => {
  it('hold the same records as text files', async () => {
    const property = fc.asyncProperty(logFile(), fc.integer({ min: 1, max: 8 }), async ({ format, records }, rows) => {
      const parquet = await collect(formatParquetLogFile(records, { format, rowGroupRows: rows }))
      const text = await collect(formatTextLogFile(records, { format, gzip: true }))
      const read = await parse(parquet)
      expect(read.issues).toEqual([])
      expect(read.records).toEqual(records)
      expect(read).toEqual(await parse(text))
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('give the fields that are wanted, and one record for each row even where they have none of them', async () => {
    const records = [{ version: 2, action: 'ACCEPT', bytes: 1n }, { version: 2 }]
    const parquet = await collect(formatParquetLogFile(records, { format: { fields: ['version', 'action', 'bytes'] } }))
    expect((await parse(parquet, { fields: ['bytes', 'srcport'] })).records).toEqual([{ bytes: 1n }, {}])
    expect((await parse(parquet, { fields: ['srcport'] })).records).toEqual([{}, {}])
  })

  it('have AWS’s column names and types, and gzip', async () => {
    const fields = ['account-id', 'srcport', 'bytes', 'start', 'pkt-src-aws-service', 'x-unknown']
    const parquet = await collect(formatParquetLogFile([{ 'x-unknown': 'x' }], { format: { fields } }))
    const { schema, row_groups: groups } = parquetMetadata(parquet)
    const columns = schema.slice(1).map(({ name, type, converted_type }) => [name, type, converted_type])
    expect(columns).toEqual([
      ['account_id', 'BYTE_ARRAY', 'UTF8'],
      ['srcport', 'INT32', 'INT_32'],
      ['bytes', 'INT64', 'INT_64'],
      ['start', 'INT64', 'INT_64'],
      ['pkt_src_aws_service', 'BYTE_ARRAY', 'UTF8'],
      ['x-unknown', 'BYTE_ARRAY', 'UTF8'],
    ])
    expect(groups.flatMap((group) => group.columns.map(({ meta_data }) => meta_data?.codec))).toEqual(
      fields.map(() => 'GZIP'),
    )
    expect(flowLogField('start')?.parquetType).toBe('INT64')
  })

  it('that are empty have no records and no issue', async () => {
    expect(await parse(await collect(formatParquetLogFile([])))).toEqual({ records: [], issues: [] })
  })

  it('are read from a stream, whole or in pieces, and inside gzip', async () => {
    const records = [{ version: 2, bytes: 7n }]
    const parquet = await collect(formatParquetLogFile(records, { format: { fields: ['version', 'bytes'] } }))
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (const byte of parquet) yield Uint8Array.of(byte)
    }
    expect(await parse(bytes())).toEqual({ records, issues: [] })
    expect(await parse(gzipSync(parquet))).toEqual({ records, issues: [] })
    const limited = await parse(bytes(), { limits: { maxBufferedParquetBytes: 100 } })
    expect(limited.issues).toMatchObject([{ code: 'decompression-limit' }])
  })

  it('give a located issue where they are damaged or cut', async () => {
    const parquet = await collect(formatParquetLogFile([{ version: 2 }]))
    for (const length of [4, 12, parquet.length - 1]) {
      const { issues, records } = await parse(parquet.subarray(0, length))
      expect(records).toEqual([])
      expect(issues).toMatchObject([{ code: 'invalid-parquet' }])
    }
    const limited = await parse(parquet, { limits: { maxDecompressedBytes: 10 } })
    expect(limited.issues).toMatchObject([{ code: 'decompression-limit' }])
  })
})
