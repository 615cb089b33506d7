import type { CatalogColumn, CatalogPartition, CatalogTable } from './catalog.ts'
import { padField } from './describe-field.ts'

const BLANK = '\t \t '

/** The owner of every table that Athena's DDL makes. */
const OWNER = 'hadoop'

/** The last line of DESCRIBE EXTENDED: the metastore's object as Thrift prints it. */
export function detailText(table: CatalogTable, partition: CatalogPartition | undefined): string {
  const { storageDescriptor: storage } = table
  const location = partition?.location ?? storage.location
  const columns = [...(table.viewColumns ?? storage.columns), ...table.partitionKeys].map(fieldSchema).join(', ')
  const serde = `serdeInfo:SerDeInfo(name:null, serializationLib:${storage.serDeInfo.serializationLibrary}, parameters:${mapText(storage.serDeInfo.parameters)})`
  const descriptor = `sd:StorageDescriptor(cols:[${columns}], location:${location}, inputFormat:${storage.inputFormat}, outputFormat:${storage.outputFormat}, compressed:${storage.compressed}, numBuckets:${storage.numberOfBuckets ?? -1}, ${serde}, bucketCols:[${(storage.bucketColumns ?? []).join(', ')}], sortCols:[], parameters:{}, storedAsSubDirectories:false)`
  if (partition !== undefined) {
    return `Detailed Partition Information\tPartition(values:[${partition.values.join(', ')}], dbName:${table.databaseName}, tableName:${table.name}, lastAccessTime:0, ${descriptor})\t`
  }
  const keys = table.partitionKeys.map(fieldSchema).join(', ')
  return `Detailed Table Information\tTable(tableName:${table.name}, dbName:${table.databaseName}, owner:${OWNER}, createTime:${table.createTimeSeconds}, lastAccessTime:0, retention:0, ${descriptor}, partitionKeys:[${keys}], parameters:${mapText(table.parameters)}, tableType:${table.tableType})\t`
}

/** The blocks below the columns of DESCRIBE FORMATTED. */
export function formattedDetails(table: CatalogTable, partition: CatalogPartition | undefined): readonly string[] {
  const { storageDescriptor: storage } = table
  return [
    ...(partition === undefined ? tableBlock(table) : partitionBlock(table, partition)),
    BLANK,
    '# Storage Information\t \t ',
    line('SerDe Library:', storage.serDeInfo.serializationLibrary),
    line('InputFormat:', storage.inputFormat),
    line('OutputFormat:', storage.outputFormat),
    line('Compressed:', storage.compressed ? 'Yes' : 'No'),
    line('Num Buckets:', String(storage.numberOfBuckets ?? -1)),
    line('Bucket Columns:', `[${(storage.bucketColumns ?? []).join(', ')}]`),
    line('Sort Columns:', '[]'),
    ...parameterLines('Storage Desc Params:', storage.serDeInfo.parameters),
  ]
}

function tableBlock(table: CatalogTable): readonly string[] {
  return [
    '# Detailed Table Information\t \t ',
    line('Database:', table.databaseName),
    line('Owner:', OWNER),
    line('CreateTime:', javaDate(table.createTimeSeconds)),
    line('LastAccessTime:', 'UNKNOWN'),
    line('Protect Mode:', 'None'),
    line('Retention:', '0'),
    ...(table.storageDescriptor.location === '' ? [] : [line('Location:', table.storageDescriptor.location)]),
    line('Table Type:', table.tableType),
    ...parameterLines('Table Parameters:', table.parameters),
  ]
}

function partitionBlock(table: CatalogTable, partition: CatalogPartition): readonly string[] {
  return [
    '# Detailed Partition Information\t \t ',
    line('Partition Value:', `[${partition.values.join(', ')}]`),
    line('Database:', table.databaseName),
    line('Table:', table.name),
    line('LastAccessTime:', 'UNKNOWN'),
    line('Protect Mode:', 'None'),
    line('Location:', partition.location),
  ]
}

function line(name: string, value: string): string {
  return `${padField(name)}\t${padField(value)}\t `
}

function parameterLines(title: string, parameters: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.keys(parameters).sort()
  if (names.length === 0) return []
  return [`${title}\t \t `, ...names.map((name) => `\t${padField(name)}\t${padField(parameters[name] ?? '')}`)]
}

function fieldSchema(column: CatalogColumn): string {
  return `FieldSchema(name:${column.name}, type:${column.type}, comment:${column.comment ?? 'null'})`
}

function mapText(map: Readonly<Record<string, string>>): string {
  return `{${Object.keys(map)
    .sort()
    .map((key) => `${key}=${map[key]}`)
    .join(', ')}}`
}

/** As Java's Date prints itself: `Thu Jan 01 00:00:00 UTC 1970`. */
function javaDate(seconds: number): string {
  const [weekday, day, month, year, time] = new Date(seconds * 1000).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}
