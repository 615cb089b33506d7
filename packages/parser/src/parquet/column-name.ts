import { FLOW_LOG_FIELDS } from '../fields.ts'

const FIELD_OF_COLUMN: ReadonlyMap<string, string> = new Map(
  FLOW_LOG_FIELDS.map(({ name }) => [columnOfKnownField(name), name]),
)

const COLUMN_OF_FIELD: ReadonlyMap<string, string> = new Map(
  FLOW_LOG_FIELDS.map(({ name }) => [name, columnOfKnownField(name)]),
)

/**
 * Columns of Parquet files have underscores where the fields have hyphens: AWS's Athena tables for Parquet flow logs name
 * them so, and Athena finds Parquet columns by name.
 */
function columnOfKnownField(name: string): string {
  return name.replaceAll('-', '_')
}

/** The Parquet column of a field. A field that AWS has not documented keeps its name. */
export function parquetColumnOfField(field: string): string {
  return COLUMN_OF_FIELD.get(field) ?? field
}

/** The field of a Parquet column: the reverse of {@link parquetColumnOfField}. */
export function fieldOfParquetColumn(column: string): string {
  return FIELD_OF_COLUMN.get(column) ?? column
}
