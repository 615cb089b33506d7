import { flowLogField, type LogFormat } from '@flowtap/parser'
import type { CatalogColumn, CatalogTable } from './catalog.ts'
import { fileFormatClasses } from './storage-format.ts'

/** Whose names the columns have: AWS's own (`srcaddr`, `log_status`) or the reference article's (`sourceaddress`). */
export type FlowLogTableSchema = 'aws' | 'article'

/**
 * How log files lie below the location, and so which partition keys the table has.
 *
 * | layout | partition keys | partitions come from |
 * |---|---|---|
 * | flat | none | - |
 * | date | `date` date | ALTER TABLE ADD PARTITION, as in AWS's first documented table |
 * | daily | `aws_region`, `day` string (`2021/10/25`) | projection over `region/yyyy/MM/dd/` |
 * | hourly | `aws_region`, `day` string, `hour` int | projection over `region/yyyy/MM/dd/HH/` |
 * | hive | `aws-account-id` … `day` string | MSCK REPAIR TABLE |
 * | hive-hourly | the same and `hour` string | MSCK REPAIR TABLE |
 */
export type FlowLogTableLayout =
  | { readonly kind: 'flat' | 'date' | 'hive' | 'hive-hourly' }
  | {
      readonly kind: 'daily' | 'hourly'
      readonly regions: readonly string[]
      /** Two dates as `yyyy/MM/dd`, or NOW: `2021/01/01,NOW`. */
      readonly dayRange: string
    }

/** What a flow log is, and where its files lie. */
export interface FlowLogTableOptions {
  readonly databaseName: string
  readonly name: string
  readonly format: LogFormat
  readonly schema: FlowLogTableSchema
  readonly fileFormat: 'plain-text' | 'parquet'
  readonly layout: FlowLogTableLayout
  /** The folder above the layout's own folders, for `daily` and `hourly` the one that holds the regions. */
  readonly location: string
  /** Lines to skip at the start of a text file; 1 unless given, 0 for files without a header line. */
  readonly headerLines?: 0 | 1
  readonly createTimeSeconds: number
}

/**
 * The table of a flow log as AWS documents it, for any log format. The command's automatic table is one of these.
 *
 * Column types, schema `aws`: `bigint` for protocol, packets, bytes, start, end and the packets-lost fields; `int` for
 * version, srcport, dstport, tcp_flags, traffic_path and encryption_status; `string` for everything else, unknown fields
 * too. Names are AWS's with `_` for `-`; `end` needs quotes in SQL.
 *
 * Schema `article`: the reference article's 29 columns with its types (`starttime`, `endtime`, `numpackets` and `protocol`
 * int, `numbytes` bigint, `trafficpath` string) when the format is the beginning of its fields, as the default format is:
 * columns that the records do not have are NULL. For another format, a column per field, named in the article's manner.
 *
 * Source: Amazon Athena User Guide, "Query Amazon VPC flow logs"; the article's table-creation query.
 */
export function flowLogTable(options: FlowLogTableOptions): CatalogTable {
  const { fileFormat, layout, location } = options
  const classes = fileFormatClasses(fileFormat === 'parquet' ? 'PARQUET' : 'TEXTFILE')
  const isText = fileFormat === 'plain-text'
  const headerLines = options.headerLines ?? 1
  return {
    databaseName: options.databaseName,
    name: options.name,
    tableType: 'EXTERNAL_TABLE',
    storageDescriptor: {
      columns: flowLogColumns(options.format, options.schema),
      location,
      inputFormat: classes.inputFormat,
      outputFormat: classes.outputFormat,
      compressed: false,
      serDeInfo: {
        serializationLibrary: classes.serializationLibrary,
        parameters: isText ? { 'serialization.format': ' ', 'field.delim': ' ' } : { 'serialization.format': '1' },
      },
    },
    partitionKeys: partitionKeys(layout),
    parameters: {
      EXTERNAL: 'TRUE',
      transient_lastDdlTime: String(options.createTimeSeconds),
      ...(isText && headerLines > 0 ? { 'skip.header.line.count': String(headerLines) } : {}),
      ...projectionProperties(layout, location),
    },
    createTimeSeconds: options.createTimeSeconds,
  }
}

/** The columns of a format's records, in its order. */
export function flowLogColumns(format: LogFormat, schema: FlowLogTableSchema): readonly CatalogColumn[] {
  if (schema === 'aws') return format.fields.map(awsColumn)
  const articleFields = ARTICLE_COLUMNS.map(([field]) => field)
  const isBeginning = format.fields.every((field, index) => field === articleFields[index])
  if (isBeginning) return ARTICLE_COLUMNS.map(([, name, type]) => ({ name, type }))
  return format.fields.map(articleColumn)
}

function awsColumn(field: string): CatalogColumn {
  return { name: field.replaceAll('-', '_').toLowerCase(), type: flowLogField(field)?.hiveType ?? 'string' }
}

function articleColumn(field: string): CatalogColumn {
  const known = ARTICLE_COLUMNS.find(([name]) => name === field)
  if (known !== undefined) return { name: known[1], type: known[2] }
  return { ...awsColumn(field), name: field.replaceAll(/[-_]/g, '').toLowerCase() }
}

/** The article's table: AWS's field, the article's name, the article's type. */
const ARTICLE_COLUMNS: readonly (readonly [field: string, name: string, type: 'int' | 'bigint' | 'string'])[] = [
  ['version', 'version', 'int'],
  ['account-id', 'account', 'string'],
  ['interface-id', 'interfaceid', 'string'],
  ['srcaddr', 'sourceaddress', 'string'],
  ['dstaddr', 'destinationaddress', 'string'],
  ['srcport', 'sourceport', 'int'],
  ['dstport', 'destinationport', 'int'],
  ['protocol', 'protocol', 'int'],
  ['packets', 'numpackets', 'int'],
  ['bytes', 'numbytes', 'bigint'],
  ['start', 'starttime', 'int'],
  ['end', 'endtime', 'int'],
  ['action', 'action', 'string'],
  ['log-status', 'logstatus', 'string'],
  ['vpc-id', 'vpcid', 'string'],
  ['subnet-id', 'subnetid', 'string'],
  ['instance-id', 'instanceid', 'string'],
  ['tcp-flags', 'tcpflags', 'int'],
  ['type', 'type', 'string'],
  ['pkt-srcaddr', 'pktsrcaddr', 'string'],
  ['pkt-dstaddr', 'pktdstaddr', 'string'],
  ['region', 'region', 'string'],
  ['az-id', 'azid', 'string'],
  ['sublocation-type', 'sublocationtype', 'string'],
  ['sublocation-id', 'sublocationid', 'string'],
  ['pkt-src-aws-service', 'pktsrcawsservice', 'string'],
  ['pkt-dst-aws-service', 'pktdstawsservice', 'string'],
  ['flow-direction', 'flowdirection', 'string'],
  ['traffic-path', 'trafficpath', 'string'],
]

/** The fields of versions 2 to 5 in AWS's order: the article's table, and AWS's documented one of version 5. */
export const VERSION_5_LOG_FORMAT: LogFormat = { fields: ARTICLE_COLUMNS.map(([field]) => field) }

const HIVE_KEYS = ['aws-account-id', 'aws-service', 'aws-region', 'year', 'month', 'day']

const PARTITION_KEYS: Readonly<Record<FlowLogTableLayout['kind'], readonly CatalogColumn[]>> = {
  flat: [],
  date: [{ name: 'date', type: 'date' }],
  daily: stringColumns(['aws_region', 'day']),
  hourly: [...stringColumns(['aws_region', 'day']), { name: 'hour', type: 'int' }],
  hive: stringColumns(HIVE_KEYS),
  'hive-hourly': stringColumns([...HIVE_KEYS, 'hour']),
}

function partitionKeys(layout: FlowLogTableLayout): readonly CatalogColumn[] {
  return PARTITION_KEYS[layout.kind]
}

function stringColumns(names: readonly string[]): readonly CatalogColumn[] {
  return names.map((name) => ({ name, type: 'string' }))
}

const HOUR_FOLDER = `/\${hour}`

function projectionProperties(layout: FlowLogTableLayout, location: string): Readonly<Record<string, string>> {
  if (layout.kind !== 'daily' && layout.kind !== 'hourly') return {}
  const root = location.endsWith('/') ? location : `${location}/`
  const isHourly = layout.kind === 'hourly'
  return {
    'projection.enabled': 'true',
    'projection.aws_region.type': 'enum',
    'projection.aws_region.values': layout.regions.join(','),
    'projection.day.type': 'date',
    'projection.day.range': layout.dayRange,
    'projection.day.format': 'yyyy/MM/dd',
    ...(isHourly
      ? { 'projection.hour.type': 'integer', 'projection.hour.range': '0,23', 'projection.hour.digits': '2' }
      : {}),

    'storage.location.template': `${root}\${aws_region}/\${day}${isHourly ? HOUR_FOLDER : ''}/`,
  }
}
