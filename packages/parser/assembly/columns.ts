import { allocate } from './memory'

// One descriptor per wanted column. The host reads `values` and `validity` of it, too: see kernel-decoder.ts.

export const INT32: u32 = 0
export const INT64: u32 = 1
export const STRING: u32 = 2
export const ADDRESS: u32 = 3

@unmanaged
export class Column {
  kind: u32
  /** Index of the field in the line. */
  source: u32
  /** Largest value of a number. */
  largest: u64
  /** Int32, Int64, or indices of texts. */
  values: usize
  /** One bit per row, 0 where the value is absent. */
  validity: usize
  /** Hash table of texts. */
  slots: usize
  slotMask: u32
  /** Start and length of each text in the text arena: 8 bytes a text. */
  texts: usize
  textCount: u32
  textBytes: u32
}

let columns: usize = 0
export let columnCount: u32 = 0

export function allocateColumns(capacity: u32): void {
  columns = allocate(<usize>capacity * offsetof<Column>())
  columnCount = 0
}

// @ts-ignore: decorator
@inline
export function columnAt(index: u32): Column {
  return changetype<Column>(columns + <usize>index * offsetof<Column>())
}

export function appendColumn(): Column {
  columnCount += 1
  return columnAt(columnCount - 1)
}

// @ts-ignore: decorator
@inline
export function markAbsent(column: Column, row: u32): void {
  const at = column.validity + (row >> 3)
  store<u8>(at, load<u8>(at) & ~(<u8>1 << <u8>(row & 7)))
}

export function unmarkAbsent(column: Column, row: u32): void {
  const at = column.validity + (row >> 3)
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(row & 7)))
}
