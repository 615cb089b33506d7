import type { ByteCursor } from './byte-cursor.ts'

/** The header of a page (parquet.thrift, `PageHeader`), as far as a flat column needs it. */
export interface PageHeader {
  readonly kind: 'data' | 'data-v2' | 'dictionary' | 'other'
  readonly uncompressedBytes: number
  readonly compressedBytes: number
  readonly valueCount: number
  /** Number of an `Encoding` of parquet.thrift. */
  readonly encoding: number
  readonly definitionLevelBytes: number
  readonly repetitionLevelBytes: number
  /** False only where a page of version 2 says that its values are not compressed. */
  readonly isCompressed: boolean
}

const KINDS: Readonly<Record<number, PageHeader['kind']>> = { 0: 'data', 2: 'dictionary', 3: 'data-v2' }
/** Field of `PageHeader` that holds the header of each kind. */
const FIELD_OF_KIND = { data: 5, dictionary: 7, 'data-v2': 8, other: 6 } as const

export function readPageHeader(cursor: ByteCursor): PageHeader {
  const page = readStruct(cursor, 0)
  const kind = KINDS[integer(page, 1)] ?? 'other'
  const nested = page.get(FIELD_OF_KIND[kind])
  const header: ThriftStruct = nested instanceof Map ? nested : new Map()
  const isV2 = kind === 'data-v2'
  return {
    kind,
    uncompressedBytes: integer(page, 2),
    compressedBytes: integer(page, 3),
    valueCount: kind === 'other' ? 0 : integer(header, 1),
    encoding: kind === 'other' ? 0 : integer(header, isV2 ? 4 : 2),
    definitionLevelBytes: isV2 ? integer(header, 5) : 0,
    repetitionLevelBytes: isV2 ? integer(header, 6) : 0,
    isCompressed: !isV2 || header.get(7) !== false,
  }
}

function integer(struct: ThriftStruct, field: number): number {
  const value = struct.get(field)
  if (typeof value === 'bigint' && value >= 0n && value <= 0x7fff_ffffn) return Number(value)
  throw new Error(`field ${field} of a page header is ${value === undefined ? 'missing' : 'out of range'}`)
}

/** Integers as bigints; lists and binary are read over, and stand as undefined. */
type ThriftStruct = Map<number, bigint | boolean | ThriftStruct | undefined>

const MAX_DEPTH = 8

/** Reads a struct of Thrift's compact protocol. */
function readStruct(cursor: ByteCursor, depth: number): ThriftStruct {
  if (depth > MAX_DEPTH) throw new Error('a page header is nested too deeply')
  const struct: ThriftStruct = new Map()
  let field = 0
  for (;;) {
    const byte = cursor.uint8()
    const type = byte & 0x0f
    if (type === 0) return struct
    field = byte >> 4 === 0 ? Number(cursor.zigzag()) : field + (byte >> 4)
    struct.set(field, type === 1 || type === 2 ? type === 1 : readValue(cursor, type, depth))
  }
}

function readValue(cursor: ByteCursor, type: number, depth: number): bigint | ThriftStruct | undefined {
  switch (type) {
    case 1:
    case 2:
    case 3:
      return BigInt(cursor.uint8())
    case 4:
    case 5:
    case 6:
      return cursor.zigzag()
    case 7:
      cursor.take(8)
      return undefined
    case 8:
      cursor.take(cursor.length())
      return undefined
    case 9: {
      const byte = cursor.uint8()
      const size = byte >> 4 === 15 ? cursor.length() : byte >> 4
      if (size > cursor.left) throw new Error('a list in a page header is longer than the file')
      for (let index = 0; index < size; index += 1) readValue(cursor, byte & 0x0f, depth + 1)
      return undefined
    }
    case 12:
      return readStruct(cursor, depth + 1)
    default:
      throw new Error(`a page header has a value of the unknown type ${type}`)
  }
}
