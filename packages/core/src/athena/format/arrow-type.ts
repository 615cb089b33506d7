import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow'
import type { TrinoType } from '../types/trino-type.ts'

const ARROW_DECIMAL_BITS = 128

/**
 * The Arrow type of a result column. Numbers, decimals, dates, times, timestamps, binary, arrays, maps and rows keep their
 * types; a timestamp with time zone is its instant (`UTC`). What Arrow has no type for is text in Athena's form: time with
 * time zone, intervals, IP addresses, UUIDs and JSON.
 */
export function arrowType(type: TrinoType): DataType {
  switch (type.kind) {
    case 'boolean':
      return new Bool()
    case 'tinyint':
      return new Int8()
    case 'smallint':
      return new Int16()
    case 'integer':
      return new Int32()
    case 'bigint':
      return new Int64()
    case 'real':
      return new Float32()
    case 'double':
      return new Float64()
    case 'decimal':
      return new Decimal(type.scale, type.precision, ARROW_DECIMAL_BITS)
    case 'varbinary':
      return new Binary()
    case 'date':
      return new DateDay()
    case 'time':
      return new TimeMicrosecond()
    case 'timestamp':
      return new TimestampMicrosecond()
    case 'timestamp with time zone':
      return new TimestampMicrosecond('UTC')
    case 'array':
      return new List(new Field('item', arrowType(type.element), true))
    case 'map': {
      const entries = new Struct<{ key: DataType; value: DataType }>([
        new Field('key', arrowType(type.key), false),
        new Field('value', arrowType(type.value), true),
      ])
      return new Map_(new Field('entries', entries, false))
    }
    case 'row':
      return new Struct(
        type.fields.map((field, index) => new Field(field.name ?? `field${index}`, arrowType(field.type), true)),
      )
    case 'unknown':
    case 'varchar':
    case 'char':
    case 'json':
    case 'time with time zone':
    case 'interval day to second':
    case 'interval year to month':
    case 'ipaddress':
    case 'uuid':
      return new Utf8()
    case 'function':
      throw new Error('a lambda is no value')
  }
}
