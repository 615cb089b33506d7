import type { CreateTableStatement, HiveRowFormat, HiveStoredAs } from '../hive/nodes.ts'
import type { SerDeInfo, StorageDescriptor } from './catalog.ts'
import { unknownFileFormat, wrongLineDelimiter } from './ddl-errors.ts'

interface FileFormatClasses {
  readonly inputFormat: string
  readonly outputFormat: string
  readonly serializationLibrary: string
}

export const LAZY_SIMPLE_SERDE = 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'
export const PARQUET_SERDE = 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'

const TEXT: FileFormatClasses = {
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  serializationLibrary: LAZY_SIMPLE_SERDE,
}

/**
 * What STORED AS stands for. Source: Amazon Athena User Guide, "CREATE TABLE" and "Supported SerDes and data formats";
 * the class names are Apache Hive's.
 */
const FILE_FORMATS: ReadonlyMap<string, FileFormatClasses> = new Map([
  ['TEXTFILE', TEXT],
  ['JSON', { ...TEXT, serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' }],
  ['JSONFILE', { ...TEXT, serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' }],
  [
    'PARQUET',
    {
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serializationLibrary: PARQUET_SERDE,
    },
  ],
  [
    'ORC',
    {
      inputFormat: 'org.apache.hadoop.hive.ql.io.orc.OrcInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat',
      serializationLibrary: 'org.apache.hadoop.hive.ql.io.orc.OrcSerde',
    },
  ],
  [
    'AVRO',
    {
      inputFormat: 'org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat',
      serializationLibrary: 'org.apache.hadoop.hive.serde2.avro.AvroSerDe',
    },
  ],
  [
    'SEQUENCEFILE',
    {
      inputFormat: 'org.apache.hadoop.mapred.SequenceFileInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat',
      serializationLibrary: LAZY_SIMPLE_SERDE,
    },
  ],
  [
    'RCFILE',
    {
      inputFormat: 'org.apache.hadoop.hive.ql.io.RCFileInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.RCFileOutputFormat',
      serializationLibrary: 'org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe',
    },
  ],
  [
    'ION',
    {
      inputFormat: 'com.amazon.ionhiveserde.formats.IonInputFormat',
      outputFormat: 'com.amazon.ionhiveserde.formats.IonOutputFormat',
      serializationLibrary: 'com.amazon.ionhiveserde.IonHiveSerDe',
    },
  ],
])

/** The storage of Glue's vocabulary for a file format by name, its columns and location to be added. */
export function fileFormatClasses(name: string): FileFormatClasses {
  const classes = FILE_FORMATS.get(name.toUpperCase())
  if (classes === undefined) throw unknownFileFormat(name, [...FILE_FORMATS.keys()])
  return classes
}

/** The formats and SerDe of a CREATE TABLE. A SerDe named in ROW FORMAT wins over the one of STORED AS. */
export function storageFormat(
  statement: CreateTableStatement,
): Pick<StorageDescriptor, 'inputFormat' | 'outputFormat' | 'serDeInfo'> {
  const { inputFormat, outputFormat, serializationLibrary } = classesOf(statement.storedAs)
  const { rowFormat } = statement
  const serDeInfo: SerDeInfo = {
    serializationLibrary: rowFormat?.kind === 'serde' ? rowFormat.serializationLibrary : serializationLibrary,
    parameters: { ...serdeParameters(rowFormat), ...statement.serdeProperties },
  }
  return { inputFormat, outputFormat, serDeInfo }
}

function classesOf(storedAs: HiveStoredAs | undefined): FileFormatClasses {
  if (storedAs === undefined) return TEXT
  if (storedAs.kind === 'named') return fileFormatClasses(storedAs.format)
  const { inputFormat, outputFormat } = storedAs
  return { inputFormat, outputFormat, serializationLibrary: LAZY_SIMPLE_SERDE }
}

/** The keys under which Hive keeps ROW FORMAT DELIMITED; `colelction.delim` is Hive's own spelling. */
export const DELIMITER_KEYS = {
  fields: 'field.delim',
  escapedBy: 'escape.delim',
  collectionItems: 'colelction.delim',
  mapKeys: 'mapkey.delim',
  lines: 'line.delim',
  nullText: 'serialization.null.format',
} as const
export const SERIALIZATION_FORMAT = 'serialization.format'
const DEFAULT_SERIALIZATION_FORMAT = '1'

function serdeParameters(rowFormat: HiveRowFormat | undefined): Readonly<Record<string, string>> {
  if (rowFormat?.kind !== 'delimited') return { [SERIALIZATION_FORMAT]: DEFAULT_SERIALIZATION_FORMAT }
  if (rowFormat.lines !== undefined && rowFormat.lines !== '\n') throw wrongLineDelimiter()
  const parameters: Record<string, string> = {
    [SERIALIZATION_FORMAT]: rowFormat.fields ?? DEFAULT_SERIALIZATION_FORMAT,
  }
  for (const [name, key] of Object.entries(DELIMITER_KEYS) as [keyof typeof DELIMITER_KEYS, string][]) {
    const value = rowFormat[name]
    if (value !== undefined) parameters[key] = value
  }
  return parameters
}
