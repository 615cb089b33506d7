import { quoteHiveName, quoteHiveString } from '../hive/hive-string.ts'
import { formatHiveType } from '../hive/hive-type.ts'
import { parseCatalogType } from '../hive/parse-type.ts'
import type { CatalogColumn, CatalogTable, StorageDescriptor } from './catalog.ts'
import { DELIMITER_KEYS, LAZY_SIMPLE_SERDE, SERIALIZATION_FORMAT } from './storage-format.ts'

/**
 * What SHOW CREATE TABLE prints: Hive's own layout, spaces at line ends included. The same text creates the same table.
 * Source: the layout of Apache Hive's SHOW CREATE TABLE, which Athena shows.
 */
export function createTableText(table: CatalogTable): string {
  const { storageDescriptor: storage } = table
  return [
    `CREATE EXTERNAL TABLE ${quoteHiveName(table.name)}(`,
    `${columnList(storage.columns)})`,
    ...(table.description === undefined ? [] : [`COMMENT ${quoteHiveString(table.description)}`]),
    ...(table.partitionKeys.length === 0 ? [] : ['PARTITIONED BY ( ', `${columnList(table.partitionKeys)})`]),
    ...buckets(storage),
    ...rowFormat(storage),
    'STORED AS INPUTFORMAT ',
    `  ${quoteHiveString(storage.inputFormat)} `,
    'OUTPUTFORMAT ',
    `  ${quoteHiveString(storage.outputFormat)}`,
    'LOCATION',
    `  ${quoteHiveString(storage.location)}`,
    ...tableProperties(table),
  ].join('\n')
}

function columnList(columns: readonly CatalogColumn[]): string {
  return columns.map(columnText).join(', \n')
}

function columnText({ name, type, comment }: CatalogColumn): string {
  const text = `  ${quoteHiveName(name)} ${formatHiveType(parseCatalogType(type), 'parsable')}`
  return comment === undefined ? text : `${text} COMMENT ${quoteHiveString(comment)}`
}

function buckets({ bucketColumns, numberOfBuckets }: StorageDescriptor): readonly string[] {
  if (bucketColumns === undefined || numberOfBuckets === undefined) return []
  const names = bucketColumns.map((name) => `  ${quoteHiveName(name)}`).join(', \n')
  return ['CLUSTERED BY ( ', `${names}) `, `INTO ${numberOfBuckets} BUCKETS`]
}

function rowFormat({ serDeInfo }: StorageDescriptor): readonly string[] {
  const { serializationLibrary, parameters } = serDeInfo
  if (serializationLibrary === LAZY_SIMPLE_SERDE) {
    const clauses = delimitedClauses(parameters)
    if (clauses !== undefined) return ['ROW FORMAT DELIMITED ', ...clauses]
  }
  const entries = Object.entries(parameters).filter(([key, value]) => key !== SERIALIZATION_FORMAT || value !== '1')
  return [
    'ROW FORMAT SERDE ',
    `  ${quoteHiveString(serializationLibrary)} `,
    ...(entries.length === 0 ? [] : ['WITH SERDEPROPERTIES ( ', `${propertyList(Object.fromEntries(entries))}) `]),
  ]
}

const DELIMITER_CLAUSES: Readonly<Record<keyof typeof DELIMITER_KEYS, string>> = {
  fields: 'FIELDS TERMINATED BY',
  escapedBy: 'ESCAPED BY',
  collectionItems: 'COLLECTION ITEMS TERMINATED BY',
  mapKeys: 'MAP KEYS TERMINATED BY',
  lines: 'LINES TERMINATED BY',
  nullText: 'NULL DEFINED AS',
}

/** undefined where ROW FORMAT DELIMITED cannot say what the parameters say. */
function delimitedClauses(parameters: Readonly<Record<string, string>>): readonly string[] | undefined {
  const names = Object.keys(DELIMITER_KEYS) as (keyof typeof DELIMITER_KEYS)[]
  const clauses = names.flatMap((name) => {
    const value = parameters[DELIMITER_KEYS[name]]
    return value === undefined ? [] : [`  ${DELIMITER_CLAUSES[name]} ${quoteHiveString(value)} `]
  })
  const fields = parameters[DELIMITER_KEYS.fields]
  const lines = parameters[DELIMITER_KEYS.lines]
  const isSayable =
    clauses.length > 0 &&
    Object.keys(parameters).length === clauses.length + 1 &&
    parameters[SERIALIZATION_FORMAT] === (fields ?? '1') &&
    (fields !== undefined || parameters[DELIMITER_KEYS.escapedBy] === undefined) &&
    (lines === undefined || lines === '\n')
  return isSayable ? clauses : undefined
}

/** Kept by Hive beside the properties and not printed with them. */
const NOT_PRINTED: ReadonlySet<string> = new Set(['EXTERNAL'])

function tableProperties({ parameters }: CatalogTable): readonly string[] {
  const printed = Object.entries(parameters).filter(([key]) => !NOT_PRINTED.has(key))
  return printed.length === 0 ? [] : ['TBLPROPERTIES (', `${propertyList(Object.fromEntries(printed))})`]
}

function propertyList(properties: Readonly<Record<string, string>>): string {
  return Object.keys(properties)
    .sort()
    .map((key) => `  ${quoteHiveString(key)}=${quoteHiveString(properties[key] ?? '')}`)
    .join(', \n')
}
