import { AthenaError } from '../errors.ts'

/**
 * The texts with which DDL fails, each in one place.
 *
 * Measured on real Athena by the athena-local project (2026): `tableNotFound`, `databaseNotFound`, `partitionNotFound`,
 * `fieldNotFound`, `tableAlreadyExists`, `noLocation`, `noPathOfView`. The others are Apache Hive's own words for the case,
 * which Athena's DDL hands on; they were not seen on Athena itself and are easy to correct here.
 */
const EXECUTION_ERROR = 'FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask.'

function failed(text: string, remedy?: string): AthenaError {
  return new AthenaError('DDL_FAILED', text, { remedy })
}

export function tableNotFound(table: string): AthenaError {
  return failed(`FAILED: SemanticException [Error 10001]: Table not found ${table}`)
}

export function databaseNotFound(database: string): AthenaError {
  return failed(`FAILED: SemanticException [Error 10072]: Database does not exist: ${database}`)
}

export function partitionNotFound(spec: string): AthenaError {
  return failed(`FAILED: SemanticException [Error 10006]: Partition not found {${spec}}`)
}

export function fieldNotFound(field: string, columns: readonly string[]): AthenaError {
  const listed = columns.map((column, index) => `${index}:${column}`).join(', ')
  return failed(`${EXECUTION_ERROR} cannot find field ${field} from [${listed}]`)
}

export function tableAlreadyExists(table: string): AthenaError {
  return failed(
    `${EXECUTION_ERROR} AlreadyExistsException(message:Table ${table} already exist)`,
    'CREATE TABLE IF NOT EXISTS leaves a table that is there as it is.',
  )
}

/** Given when the statement is submitted, before it runs. */
export function noLocation(): AthenaError {
  return new AthenaError('MALFORMED_QUERY', 'No location was specified for table. An S3 location must be specified', {
    remedy: "Add LOCATION 's3://bucket/prefix/' behind the format.",
  })
}

export function noPathOfView(): AthenaError {
  return failed(`${EXECUTION_ERROR} Can not create a Path from an empty string`)
}

export function databaseAlreadyExists(database: string): AthenaError {
  return failed(
    `${EXECUTION_ERROR} Database ${database} already exists`,
    'CREATE DATABASE IF NOT EXISTS leaves a database that is there as it is.',
  )
}

export function databaseNotEmpty(database: string): AthenaError {
  return failed(
    `${EXECUTION_ERROR} InvalidOperationException(message:Database ${database} is not empty. One or more tables exist.)`,
    'DROP DATABASE … CASCADE drops its tables too.',
  )
}

export function partitionAlreadyExists(spec: string): AthenaError {
  return failed(
    `${EXECUTION_ERROR} AlreadyExistsException(message:Partition already exists: {${spec}})`,
    'ALTER TABLE … ADD IF NOT EXISTS PARTITION leaves a partition that is there as it is.',
  )
}

export function notPartitioned(table: string): AthenaError {
  return failed(`${EXECUTION_ERROR} Table ${table} is not a partitioned table`)
}

export function wrongPartitionKey(key: string): AthenaError {
  return failed(
    `FAILED: SemanticException [Error 10098]: Non-Partition column appears in the partition specification: ${key}`,
  )
}

export function incompletePartitionSpec(spec: string, keys: readonly string[]): AthenaError {
  return failed(
    `FAILED: SemanticException partition spec {${spec}} doesn't contain all (${keys.length}) partition columns`,
    `The partition keys are ${keys.join(', ')}.`,
  )
}

export function duplicateColumn(column: string): AthenaError {
  return failed(`FAILED: SemanticException [Error 10036]: Duplicate column name: ${column}`)
}

export function partitionKeyIsColumn(column: string): AthenaError {
  return failed(
    'FAILED: SemanticException [Error 10035]: Column repeated in partitioning columns',
    `${column} is a column and a partition key: leave it out of the columns, the key gives it.`,
  )
}

export function invalidColumn(column: string, table: string): AthenaError {
  return failed(`${EXECUTION_ERROR} Invalid column reference ${column} of table ${table}`)
}

export function unknownFileFormat(format: string, known: readonly string[]): AthenaError {
  return failed(
    `FAILED: SemanticException Unrecognized file format in STORED AS clause: '${format}'`,
    `The formats are ${known.join(', ')}, and INPUTFORMAT '…' OUTPUTFORMAT '…'.`,
  )
}

export function wrongLineDelimiter(): AthenaError {
  return failed("FAILED: SemanticException [Error 10104]: LINES TERMINATED BY only supports newline '\\n' right now")
}

export function invalidLocation(location: string): AthenaError {
  return failed(
    `${EXECUTION_ERROR} MetaException(message:java.lang.IllegalArgumentException: Invalid S3 location: ${location})`,
    "A location is a text such as 's3://bucket/prefix/'.",
  )
}

export function onlyExternalTables(): AthenaError {
  return new AthenaError('MALFORMED_QUERY', 'Only external table creation is supported', {
    remedy: 'Write CREATE EXTERNAL TABLE.',
  })
}

export function icebergNotSupported(): AthenaError {
  return new AthenaError('NOT_SUPPORTED', 'Iceberg tables are not supported by this engine')
}

export function otherCatalog(catalog: string): AthenaError {
  return failed(
    `FAILED: SemanticException Catalog ${catalog} does not exist`,
    'The one data catalogue here is awsdatacatalog.',
  )
}

export function partitionTypeMismatch(key: string, value: string, type: string): AthenaError {
  return failed(
    `FAILED: SemanticException [Error 10248]: Cannot add partition column ${key} of type string as it cannot be converted to type ${type}`,
    `'${value}' is no value of type ${type}.`,
  )
}

export function viewIsNoTable(view: string): AthenaError {
  return failed(
    `FAILED: SemanticException [Error 10133]: Cannot drop a view with DROP TABLE: ${view}`,
    'Write DROP VIEW.',
  )
}

export function tableIsNoView(table: string): AthenaError {
  return failed(`FAILED: SemanticException [Error 10132]: ${table} is not a view`, 'Write DROP TABLE.')
}
