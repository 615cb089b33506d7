import type { TrinoType } from './trino-type.ts'

/** The DuckDB type in which values of a Trino type travel through generated SQL (table in trino-type.ts). */
export function physicalType(type: TrinoType): string {
  switch (type.kind) {
    case 'unknown':
      return 'INTEGER'
    case 'boolean':
      return 'BOOLEAN'
    case 'tinyint':
      return 'TINYINT'
    case 'smallint':
      return 'SMALLINT'
    case 'integer':
    case 'interval year to month':
      return 'INTEGER'
    case 'bigint':
    case 'interval day to second':
      return 'BIGINT'
    case 'real':
      return 'FLOAT'
    case 'double':
      return 'DOUBLE'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'varchar':
    case 'char':
    case 'json':
      return 'VARCHAR'
    case 'varbinary':
    case 'uuid':
    case 'ipaddress':
      return 'BLOB'
    case 'date':
      return 'DATE'
    case 'time':
      return 'TIME'
    case 'time with time zone':
      return 'STRUCT(t TIME, o INTEGER)'
    case 'timestamp':
      return 'TIMESTAMP'
    case 'timestamp with time zone':
      return 'STRUCT(t TIMESTAMP, z VARCHAR)'
    case 'array':
      return `${physicalType(type.element)}[]`
    case 'map':
      return `MAP(${physicalType(type.key)}, ${physicalType(type.value)})`
    case 'row':
      return `STRUCT(${type.fields.map((field, index) => `f${index} ${physicalType(field.type)}`).join(', ')})`
    case 'function':
      throw new Error('a lambda has no representation in DuckDB')
  }
}
