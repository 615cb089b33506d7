import { DEFAULT_LOG_FORMAT, DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT, FLOW_LOG_FIELDS } from '@flowtap/parser'
import { describe, expect, it } from 'vitest'
import { parseHiveStatement } from '../hive/parse.ts'
import { FolderStore } from '../storage/folder-store.ts'
import { flowLogColumns, flowLogTable, VERSION_5_LOG_FORMAT } from './aws-tables.ts'
import { createTableText } from './create-table-text.ts'
import { executeHiveStatement } from './execute-hive-statement.ts'
import { InMemoryCatalog } from './in-memory-catalog.ts'
import { projectPartitions } from './partition-projection.ts'

const columnText = (columns: readonly { name: string; type: string }[]): string =>
  columns.map(({ name, type }) => `${name} ${type}`).join(', ')

const common = {
  databaseName: 'default',
  name: 'vpc_flow_logs',
  location: 's3://b/AWSLogs/1/vpcflowlogs/',
  createTimeSeconds: 7,
} as const

describe('flowLogColumns', () => {
  it("has AWS's documented columns for the default format", () => {
    expect(columnText(flowLogColumns(DEFAULT_LOG_FORMAT, 'aws'))).toBe(
      'version int, account_id string, interface_id string, srcaddr string, dstaddr string, srcport int, dstport int, protocol bigint, packets bigint, bytes bigint, start bigint, end bigint, action string, log_status string',
    )
  })

  it("has the article's 29 columns for the default format, word for word", () => {
    const article =
      'version int, account string, interfaceid string, sourceaddress string, destinationaddress string, sourceport int, destinationport int, protocol int, numpackets int, numbytes bigint, starttime int, endtime int, action string, logstatus string, vpcid string, subnetid string, instanceid string, tcpflags int, type string, pktsrcaddr string, pktdstaddr string, region string, azid string, sublocationtype string, sublocationid string, pktsrcawsservice string, pktdstawsservice string, flowdirection string, trafficpath string'
    expect(columnText(flowLogColumns(DEFAULT_LOG_FORMAT, 'article'))).toBe(article)
    expect(columnText(flowLogColumns(VERSION_5_LOG_FORMAT, 'article'))).toBe(article)
  })

  it('follows a custom format, with text for fields that nobody has documented', () => {
    const format = { fields: ['bytes', 'pkt-srcaddr', 'brand-new-field'] }
    expect(columnText(flowLogColumns(format, 'aws'))).toBe('bytes bigint, pkt_srcaddr string, brand_new_field string')
    expect(columnText(flowLogColumns(format, 'article'))).toBe(
      'numbytes bigint, pktsrcaddr string, brandnewfield string',
    )
  })
})

describe('flowLogTable', () => {
  const everyField = { fields: FLOW_LOG_FIELDS.map((field) => field.name) }
  const layouts = [
    ...(['flat', 'date', 'hive', 'hive-hourly'] as const).map((kind) => ({ kind })),
    ...(['daily', 'hourly'] as const).map((kind) => ({
      kind,
      regions: ['us-west-2', 'eu-west-1'],
      dayRange: '2021/01/01,NOW',
    })),
  ]

  it.each(
    [DEFAULT_LOG_FORMAT, VERSION_5_LOG_FORMAT, DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT, everyField].flatMap((format) =>
      layouts.flatMap((layout) =>
        (['plain-text', 'parquet'] as const).flatMap((fileFormat) =>
          (['aws', 'article'] as const).map((schema) => ({ format, layout, fileFormat, schema })),
        ),
      ),
    ),
  )('is a table that Athena takes: $schema $fileFormat $layout.kind', async (options) => {
    const table = flowLogTable({ ...common, ...options })
    const catalog = new InMemoryCatalog()
    const context = {
      catalog,
      store: new FolderStore({ root: '/nowhere' }),
      database: 'default',
      nowMillis: () => 7000,
    }
    await executeHiveStatement(parseHiveStatement(createTableText(table)), context)
    expect(await catalog.getTable('default', 'vpc_flow_logs')).toEqual(table)
  })

  it('projects the regions and days of the layout', () => {
    const table = flowLogTable({
      ...common,
      format: DEFAULT_LOG_FORMAT,
      schema: 'aws',
      fileFormat: 'plain-text',
      layout: { kind: 'hourly', regions: ['us-west-2'], dayRange: '2021/10/25,2021/10/25' },
    })
    const partitions = projectPartitions(table, { kind: 'comparison', column: 'hour', operator: '=', value: 5n }, 0)
    expect(partitions).toEqual([
      { values: ['us-west-2', '2021/10/25', '05'], location: 's3://b/AWSLogs/1/vpcflowlogs/us-west-2/2021/10/25/05/' },
    ])
  })
})
