import { allocate, allocateZeros } from './memory'

// Finds the separators of a strip of bytes, 64 bytes at a time, and from them the lines that have the right number of
// fields and nothing odd about them.

/** Every byte up to a space and every byte outside ASCII ends a field; those that are no space also end a line. */
const SPACE: u32 = 0x20
const NEWLINE: u32 = 0x0a
const CARRIAGE_RETURN: u32 = 0x0d

/** Positions of all field ends of the strip. The entry before the first is the byte before the strip. */
let fieldEnds: usize = 0
/** For each line end of the strip, the index of its field end. */
let lineEnds: usize = 0
/** For each line taken, the index of its first field end. */
let lineFields: usize = 0
let lineEndCount: u32 = 0

export let fieldCount: u32 = 0
let maxLineBytes: u32 = 0
/** Until the host allows it, a line that ends with CRLF is an odd one. */
let takesCarriageReturns: bool = false

/** Hash table of the first words that headers can have, as eight bytes each. */
const HEADER_SLOTS: u32 = 512
let headerKeys: usize = 0

/** Of the last `takeLines`: the byte after the last line taken, and whether the line there is an odd one. */
export let linesEnd: usize = 0
export let stoppedAtOddLine: bool = false

export function allocateLines(stripBytes: u32, rows: u32, fields: u32, lineBytes: u32): void {
  fieldCount = fields
  maxLineBytes = lineBytes
  takesCarriageReturns = false
  // 64 entries more, because a whole word's ends are stored before their number is looked at.
  fieldEnds = allocate(((<usize>stripBytes + 65) << 2) + 16) + 16
  lineEnds = allocate((<usize>stripBytes + 1) << 2)
  lineFields = allocate(<usize>(rows < stripBytes ? rows : stripBytes) << 2)
  headerKeys = allocateZeros(<usize>HEADER_SLOTS << 3)
}

export function takeCarriageReturns(): void {
  takesCarriageReturns = true
}

export function addHeaderKey(key: u64): void {
  let slot = headerSlot(key)
  while (load<u64>(slot) !== 0 && load<u64>(slot) !== key) slot = nextHeaderSlot(slot)
  store<u64>(slot, key)
}

// @ts-ignore: decorator
@inline
function headerSlot(key: u64): usize {
  return headerKeys + (<usize>((key * 0x9e3779b97f4a7c15) >> 55) << 3)
}

// @ts-ignore: decorator
@inline
function nextHeaderSlot(slot: usize): usize {
  return headerKeys + ((slot + 8 - headerKeys) & ((<usize>HEADER_SLOTS << 3) - 1))
}

function mayBeHeader(start: usize, wordEnd: usize): bool {
  const length = <u64>(wordEnd - start)
  const key = length >= 8 ? load<u64>(start) : load<u64>(start) & ((<u64>1 << (length << 3)) - 1)
  let slot = headerSlot(key)
  while (load<u64>(slot) !== 0) {
    if (load<u64>(slot) === key) return true
    slot = nextHeaderSlot(slot)
  }
  return false
}

// @ts-ignore: decorator
@inline
export function fieldEnd(index: u32): usize {
  return load<u32>(fieldEnds + (<usize>index << 2))
}

/** The byte after the field end before this one, for the first field the start of the line. */
// @ts-ignore: decorator
@inline
export function fieldStart(index: u32): usize {
  return load<u32>(fieldEnds + (<usize>index << 2) - 4) + 1
}

/** Index of the first field end of a line taken. */
// @ts-ignore: decorator
@inline
export function firstField(line: u32): u32 {
  return load<u32>(lineFields + (<usize>line << 2))
}

// @ts-ignore: decorator
@inline
function bitmask64(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16)) |
    (<u64>(<u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)) << 32)
  )
}

/** Finds the field ends and line ends of `[start, end)`. Reads up to 63 bytes beyond. */
export function scanStrip(start: usize, end: usize): void {
  const space = i8x16.splat(<i8>SPACE)
  const belowSpace = i8x16.splat(<i8>SPACE)
  const upToSpace = i8x16.splat(<i8>SPACE + 1)
  store<u32>(fieldEnds - 4, <u32>start - 1)
  let ends: u32 = 0
  let lines: u32 = 0
  for (let at = start; at < end; at += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    // Bytes outside ASCII are negative, so below every other.
    let fields = bitmask64(
      i8x16.lt_s(a, upToSpace),
      i8x16.lt_s(b, upToSpace),
      i8x16.lt_s(c, upToSpace),
      i8x16.lt_s(d, upToSpace),
    )
    let others = bitmask64(
      i8x16.lt_s(a, belowSpace),
      i8x16.lt_s(b, belowSpace),
      i8x16.lt_s(c, belowSpace),
      i8x16.lt_s(d, belowSpace),
    )
    if (end - at < 64) {
      const inside = ((<u64>1) << <u64>(end - at)) - 1
      fields &= inside
      others &= inside
    }
    while (others !== 0) {
      const below = (others & (0 - others)) - 1
      store<u32>(lineEnds + (<usize>lines << 2), ends + <u32>popcnt(fields & below))
      lines += 1
      others &= others - 1
    }
    const count = <u32>popcnt(fields)
    let into = fieldEnds + (<usize>ends << 2)
    ends += count
    const stop = fieldEnds + (<usize>ends << 2)
    // Four at a time, perhaps more than there are: the next word overwrites them.
    while (into < stop) {
      store<u32>(into, <u32>at + <u32>ctz(fields))
      fields &= fields - 1
      store<u32>(into, <u32>at + <u32>ctz(fields), 4)
      fields &= fields - 1
      store<u32>(into, <u32>at + <u32>ctz(fields), 8)
      fields &= fields - 1
      store<u32>(into, <u32>at + <u32>ctz(fields), 12)
      fields &= fields - 1
      into += 16
    }
  }
  lineEndCount = lines
}

/** Takes lines of the scanned strip, at most `room` of them, up to the first that is odd; returns how many. */
export function takeLines(start: usize, end: usize, room: u32): u32 {
  let taken: u32 = 0
  let field: u32 = 0
  let line = start
  stoppedAtOddLine = false
  for (let index: u32 = 0; index < lineEndCount && taken < room; index += 1) {
    const last = load<u32>(lineEnds + (<usize>index << 2))
    const lineEnd = fieldEnd(last)
    let next = last + 1
    let newline = lineEnd
    if (load<u8>(lineEnd) === CARRIAGE_RETURN && takesCarriageReturns) {
      if (lineEnd + 1 === end) break
      newline = lineEnd + 1
      next = last + 2
      index += 1
    }
    if (
      load<u8>(newline) !== NEWLINE ||
      next - field - (newline === lineEnd ? 0 : 1) !== fieldCount ||
      load<u8>(lineEnd - 1) === SPACE ||
      newline - line > maxLineBytes ||
      lineEnd === line ||
      (<u32>load<u8>(line) - 0x61 < 26 && mayBeHeader(line, fieldEnd(field)))
    ) {
      stoppedAtOddLine = true
      break
    }
    store<u32>(lineFields + (<usize>taken << 2), field)
    taken += 1
    field = next
    line = newline + 1
  }
  linesEnd = line
  return taken
}

/** Where a line taken starts. */
export function lineStart(line: u32): usize {
  return fieldStart(firstField(line))
}

/** Makes the line `[start, end)` the only one, cut at spaces alone. */
export function takeSingleLine(start: usize, end: usize): void {
  store<u32>(fieldEnds - 4, <u32>start - 1)
  let ends: u32 = 0
  for (let at = start; at < end; at += 1) {
    if (load<u8>(at) !== SPACE) continue
    store<u32>(fieldEnds + (<usize>ends << 2), <u32>at)
    ends += 1
  }
  store<u32>(fieldEnds + (<usize>ends << 2), <u32>end)
  store<u32>(lineFields, 0)
}
