import type { SchemaElement } from 'hyparquet'
import type { ByteCursor } from './byte-cursor.ts'

/** What a cell of a Parquet file can be here. */
export type ParquetValue = number | bigint | string | boolean | Date

const utf8 = new TextDecoder()

/** Reads `count` values in the PLAIN encoding, as what the column's type says they are. */
export function decodePlain(cursor: ByteCursor, element: SchemaElement, count: number): ParquetValue[] {
  if (count * minimalBits(element) > cursor.left * 8) throw new Error('a page has fewer bytes than its values need')
  const values: ParquetValue[] = []
  switch (element.type) {
    case 'BOOLEAN': {
      const packed = cursor.take((count + 7) >> 3)
      for (let index = 0; index < count; index += 1) values.push(((packed[index >> 3] ?? 0) & (1 << (index & 7))) !== 0)
      return values
    }
    case 'INT32':
      for (let index = 0; index < count; index += 1) values.push(int32Value(cursor.int32(), element))
      return values
    case 'INT64':
      for (let index = 0; index < count; index += 1) values.push(int64Value(cursor.int64(), element))
      return values
    case 'INT96':
      for (let index = 0; index < count; index += 1) values.push(int96Value(cursor))
      return values
    case 'FLOAT':
      for (let index = 0; index < count; index += 1) values.push(cursor.float32())
      return values
    case 'DOUBLE':
      for (let index = 0; index < count; index += 1) values.push(cursor.float64())
      return values
    case 'BYTE_ARRAY':
      for (let index = 0; index < count; index += 1) values.push(bytesValue(cursor.take(cursor.uint32()), element))
      return values
    case 'FIXED_LEN_BYTE_ARRAY':
      for (let index = 0; index < count; index += 1) {
        values.push(bytesValue(cursor.take(element.type_length ?? 0), element))
      }
      return values
    default:
      throw new Error(`column ${element.name} has no type that is known`)
  }
}

function minimalBits({ type, type_length: length = 0 }: SchemaElement): number {
  if (type === 'BOOLEAN') return 1
  if (type === 'FIXED_LEN_BYTE_ARRAY') return Math.max(length * 8, 1)
  if (type === 'INT96') return 96
  return type === 'INT64' || type === 'DOUBLE' ? 64 : 32
}

export function int32Value(value: number, element: SchemaElement): ParquetValue {
  if (isDecimal(element)) return decimalText(BigInt(value), element)
  if (element.converted_type === 'DATE') return new Date(value * 86_400_000)
  return isUnsigned(element) ? value >>> 0 : value
}

export function int64Value(value: bigint, element: SchemaElement): ParquetValue {
  if (isDecimal(element)) return decimalText(value, element)
  const perMillisecond = timestampUnit(element)
  if (perMillisecond === 'micro') return new Date(Number(value) / 1_000)
  if (perMillisecond === 'nano') return new Date(Number(value / 1_000n) / 1_000)
  if (perMillisecond === 'milli') return new Date(Number(value))
  return isUnsigned(element) ? BigInt.asUintN(64, value) : value
}

function timestampUnit({ converted_type: converted, logical_type: logical }: SchemaElement): string | undefined {
  if (converted === 'TIMESTAMP_MILLIS') return 'milli'
  if (converted === 'TIMESTAMP_MICROS') return 'micro'
  if (logical?.type !== 'TIMESTAMP') return undefined
  return { MILLIS: 'milli', MICROS: 'micro', NANOS: 'nano' }[logical.unit]
}

/** Nanoseconds of the day and Julian day, as Spark and Hive wrote times. */
function int96Value(cursor: ByteCursor): Date {
  const nanoseconds = cursor.int64()
  const julianDay = cursor.int32()
  return new Date((julianDay - 2_440_588) * 86_400_000 + Number(nanoseconds / 1_000_000n))
}

export function bytesValue(bytes: Uint8Array, element: SchemaElement): ParquetValue {
  if (!isDecimal(element)) return utf8.decode(bytes)
  let unscaled = 0n
  for (const byte of bytes) unscaled = (unscaled << 8n) | BigInt(byte)
  return decimalText(BigInt.asIntN(8 * bytes.length, unscaled), element)
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return (converted?.startsWith('UINT_') ?? false) || (logical?.type === 'INTEGER' && !logical.isSigned)
}

function isDecimal({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'DECIMAL' || logical?.type === 'DECIMAL'
}

/** A decimal without fraction is the whole number that it is; no flow-log field has others. */
function decimalText(unscaled: bigint, element: SchemaElement): ParquetValue {
  const scale = element.logical_type?.type === 'DECIMAL' ? element.logical_type.scale : (element.scale ?? 0)
  if (scale < 0 || scale > 76) throw new Error(`column ${element.name} has the scale ${scale}`)
  const factor = 10n ** BigInt(scale)
  if (unscaled % factor === 0n) return unscaled / factor
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
