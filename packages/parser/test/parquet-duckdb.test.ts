import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, it } from 'vitest'
import { FLOW_LOG_FIELDS } from '../src/fields.ts'
import { formatParquetLogFile } from '../src/parquet/write-parquet.ts'
import { parseFlowLogs } from '../src/parse-flow-logs.ts'
import type { FlowLogRecord } from '../src/record.ts'

const folder = await mkdtemp(join(tmpdir(), 'flowtap-parquet-'))
afterAll(() => rm(folder, { recursive: true }))

const RECORD: FlowLogRecord = {
  version: 11,
  'account-id': '123456789010',
  srcaddr: '2001:db8::1',
  srcport: 65_535,
  packets: 2n ** 63n - 1n,
  start: 1_418_530_010,
  'instance-tag': 'é%20漢',
}

async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

it('DuckDB reads what the Parquet writer writes: every field, several row groups', async () => {
  const path = join(folder, 'all-fields.parquet')
  const format = { fields: FLOW_LOG_FIELDS.map(({ name }) => name as string) }
  const records = [RECORD, {}, { ...RECORD, packets: 0n }]
  await writeFile(path, formatParquetLogFile(records, { format, rowGroupRows: 2 }))

  const described = await query(`DESCRIBE SELECT * FROM '${path}'`)
  const types = { INT32: 'INTEGER', INT64: 'BIGINT', STRING: 'VARCHAR' }
  expect(described.map(([name, type]) => [name, type])).toEqual(
    FLOW_LOG_FIELDS.map(({ name, parquetType }) => [name.replaceAll('-', '_'), types[parquetType]]),
  )
  expect(await query(`SELECT version, srcaddr, srcport, packets, start, instance_tag, action FROM '${path}'`)).toEqual([
    [11, '2001:db8::1', 65_535, '9223372036854775807', '1418530010', 'é%20漢', null],
    [null, null, null, null, null, null, null],
    [11, '2001:db8::1', 65_535, '0', '1418530010', 'é%20漢', null],
  ])
})

it('the parser reads what DuckDB writes: other encodings, codecs and types', async () => {
  const forms = ['snappy', 'gzip', 'uncompressed'].flatMap((codec) => [
    `${codec}, PARQUET_VERSION v1`,
    `${codec}, PARQUET_VERSION v2`,
  ])
  for (const [index, form] of forms.entries()) {
    const path = join(folder, `duckdb-${index}.parquet`)
    await query(
      `COPY (SELECT 2::INTEGER AS version, '10.0.0.' || (range % 250) AS srcaddr, (range % 60000)::BIGINT AS srcport,
        range * 1000 AS bytes, to_timestamp(1418530010 + range) AS start, CASE WHEN range % 2 = 0 THEN 'ACCEPT' END AS action
        FROM range(5000)) TO '${path}' (FORMAT parquet, COMPRESSION ${form}, ROW_GROUP_SIZE 2048)`,
    )
    const records: FlowLogRecord[] = []
    for await (const record of parseFlowLogs({ paths: path }, { strict: true })) records.push(record)
    expect(records).toHaveLength(5_000)
    expect(records[4_001]).toEqual({
      version: 2,
      srcaddr: '10.0.0.1',
      srcport: 4_001,
      bytes: 4_001_000n,
      start: 1_418_534_011,
      action: undefined,
    })
  }
})
