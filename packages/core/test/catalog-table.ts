import type { CatalogColumn, CatalogTable } from '../src/athena/catalog/catalog.ts'

/** What a test wants of a table; the rest is empty. */
export interface TableShape {
  readonly databaseName?: string
  readonly name?: string
  readonly columns?: readonly CatalogColumn[]
  readonly partitionKeys?: readonly CatalogColumn[]
  readonly location?: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly serDeParameters?: Readonly<Record<string, string>>
}

/** A table as a catalogue holds it. */
export function catalogTable({
  databaseName = 'default',
  name = 't',
  columns = [],
  partitionKeys = [],
  location = 's3://bucket/prefix/',
  parameters = {},
  serDeParameters = {},
}: TableShape = {}): CatalogTable {
  return {
    databaseName,
    name,
    tableType: 'EXTERNAL_TABLE',
    storageDescriptor: {
      columns,
      location,
      inputFormat: '',
      outputFormat: '',
      compressed: false,
      serDeInfo: { serializationLibrary: '', parameters: serDeParameters },
    },
    partitionKeys,
    parameters,
    createTimeSeconds: 0,
  }
}
