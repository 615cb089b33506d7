import { isAddress } from './addresses'
import { ADDRESS, Column } from './columns'
import { allocate, allocateZeros } from './memory'

// Every text column has a hash table from texts to indices. A slot holds the first 16 bytes of its text, which is all of
// most texts (an IPv4 address has at most 15), so that a text is found by one comparison. A slot belongs to the batch
// whose number it carries, so that a new batch needs no clearing.

const SLOT_BYTES: usize = 32
const KEY: usize = 0
const HASH: usize = 16
const INDEX: usize = 20
const LENGTH: usize = 24
const BATCH: usize = 28
/** Up to this many slots a table is kept sparse, at most a quarter full; a larger one is up to half full, for the cache. */
const SPARSE_SLOTS: u32 = 4096
const FIRST_SLOTS: u32 = 1024

/** What `internText` gives for an address that is none. */
export const NO_TEXT: u32 = u32.MAX_VALUE

const ARENA_SLACK: usize = 64

let batch: u32 = 1
let arena: usize = 0
let arenaEnd: usize = 0
let arenaTop: usize = 0
let scratch: usize = 0
let keyMasks: usize = 0

export function allocateTexts(arenaBytes: u32, rows: u32): void {
  arena = allocate(<usize>arenaBytes + ARENA_SLACK)
  arenaTop = arena
  arenaEnd = arena + arenaBytes
  scratch = allocate(((<usize>rows + 1) << 2) + arenaBytes + ARENA_SLACK)
  // Reading 16 bytes from `keyMasks + 16 - length` gives a mask of `length` bytes.
  keyMasks = allocateZeros(32)
  memory.fill(keyMasks, 0xff, 16)
}

export function allocateTextTable(column: Column, rows: u32): void {
  column.slotMask = FIRST_SLOTS - 1
  column.slots = allocateZeros(<usize>FIRST_SLOTS * SLOT_BYTES)
  column.texts = allocate(<usize>rows << 3)
}

// @ts-ignore: decorator
@inline
export function textRoom(): usize {
  return arenaEnd - arenaTop
}

/** Empties every table. */
export function nextTextBatch(): void {
  batch += 1
  arenaTop = arena
}

/** The index of a text in its column; NO_TEXT for an address that is none. */
// @ts-ignore: decorator
@inline
export function internText(column: Column, start: usize, length: u32): u32 {
  const key = v128.and(v128.load(start), v128.load(keyMasks + 16 - <usize>min(length, 16)))
  const tag = (<u64>batch << 32) | length
  const hash = hashText(key, start, length)
  const mask = column.slotMask
  let at = hash & mask
  while (true) {
    const slot = column.slots + <usize>at * SLOT_BYTES
    if (
      load<u64>(slot, LENGTH) === tag &&
      !v128.any_true(v128.xor(v128.load(slot, KEY), key)) &&
      (length <= 16 || sameTail(column, load<u32>(slot, INDEX), start, length))
    ) {
      return load<u32>(slot, INDEX)
    }
    if (load<u32>(slot, BATCH) !== batch) return addText(column, key, hash, slot, start, length)
    at = (at + 1) & mask
  }
}

// @ts-ignore: decorator
@inline
function hashText(key: v128, start: usize, length: u32): u32 {
  let hash = v128.extract_lane<u64>(key, 0) * 0x9e3779b97f4a7c15
  hash = (rotl(hash, 29) ^ v128.extract_lane<u64>(key, 1)) * 0xbf58476d1ce4e5b9
  if (length > 16) hash = hashTail(hash, start, length)
  return <u32>(hash >> 32) ^ <u32>(hash >> 47)
}

/** The last 16 bytes, which may overlap the key, and what lies between. */
// @ts-ignore: decorator
@inline
function hashTail(hash: u64, start: usize, length: u32): u64 {
  const last = start + length - 16
  hash = (rotl(hash, 29) ^ load<u64>(last)) * 0x94d049bb133111eb
  hash = (rotl(hash, 29) ^ load<u64>(last, 8)) * 0x9e3779b97f4a7c15
  return length <= 32 ? hash : hashMiddle(hash, start + 16, last)
}

function hashMiddle(hash: u64, start: usize, end: usize): u64 {
  for (let at = start; at < end; at += 8) hash = (rotl(hash, 29) ^ load<u64>(at)) * 0x94d049bb133111eb
  return hash
}

/** Whether a text of more than 16 bytes equals a known one whose first 16 bytes and length it has. */
// @ts-ignore: decorator
@inline
function sameTail(column: Column, index: u32, start: usize, length: u32): bool {
  const known = <usize>load<u32>(column.texts + (<usize>index << 3))
  const last = <usize>length - 16
  if (v128.any_true(v128.xor(v128.load(known + last), v128.load(start + last)))) return false
  return length <= 32 || sameMiddle(known + 16, start + 16, last - 16)
}

function sameMiddle(known: usize, start: usize, bytes: usize): bool {
  for (let at: usize = 0; at < bytes; at += 8) {
    if (load<u64>(known + at) !== load<u64>(start + at)) return false
  }
  return true
}

function addText(column: Column, key: v128, hash: u32, slot: usize, start: usize, length: u32): u32 {
  if (column.kind === ADDRESS && !isAddress(start, start + length)) return NO_TEXT
  const index = column.textCount
  v128.store(arenaTop, key)
  if (length > 16) copyText(arenaTop + 16, start + 16, length - 16)
  store<u32>(column.texts + (<usize>index << 3), <u32>arenaTop)
  store<u32>(column.texts + (<usize>index << 3), length, 4)
  arenaTop += length
  column.textCount = index + 1
  column.textBytes += length
  v128.store(slot, key, KEY)
  store<u32>(slot, hash, HASH)
  store<u32>(slot, index, INDEX)
  store<u32>(slot, length, LENGTH)
  store<u32>(slot, batch, BATCH)
  const fullness: u32 = column.slotMask < SPARSE_SLOTS ? 2 : 1
  if (column.textCount << fullness > column.slotMask) growTable(column)
  return index
}

/** Copies 16 bytes at a time, so up to 15 more than asked for. For short texts that is faster than `memory.copy`. */
// @ts-ignore: decorator
@inline
function copyText(to: usize, from: usize, length: u32): void {
  for (let at: usize = 0; at < <usize>length; at += 16) v128.store(to + at, v128.load(from + at))
}

function growTable(column: Column): void {
  const oldSlots = column.slots
  const oldCount = column.slotMask + 1
  const mask = (oldCount << 1) - 1
  const slots = allocateZeros(((<usize>mask) + 1) * SLOT_BYTES)
  for (let old: u32 = 0; old < oldCount; old += 1) {
    const from = oldSlots + <usize>old * SLOT_BYTES
    if (load<u32>(from, BATCH) !== batch) continue
    let at = load<u32>(from, HASH) & mask
    while (load<u32>(slots + <usize>at * SLOT_BYTES, BATCH) === batch) at = (at + 1) & mask
    memory.copy(slots + <usize>at * SLOT_BYTES, from, SLOT_BYTES)
  }
  column.slots = slots
  column.slotMask = mask
}

/** Puts a column's texts together as Arrow's Utf8 has them, offsets first, and tells where. */
export function gatherTexts(column: Column): usize {
  const bytes = scratch + ((<usize>column.textCount + 1) << 2)
  let offset: u32 = 0
  for (let index: u32 = 0; index < column.textCount; index += 1) {
    const text = column.texts + (<usize>index << 3)
    const length = load<u32>(text, 4)
    store<u32>(scratch + (<usize>index << 2), offset)
    copyText(bytes + offset, load<u32>(text), length)
    offset += length
  }
  store<u32>(scratch + (<usize>column.textCount << 2), offset)
  return scratch
}
