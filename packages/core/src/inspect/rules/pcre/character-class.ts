import { type ByteSet, byteSet, escapeClass, foldCase, posixClass } from './nodes.ts'
import type { PatternReader } from './pattern-reader.ts'

/** Reads a class of characters behind its opening bracket. */
export function readCharacterClass(reader: PatternReader, isNocase: boolean): ByteSet {
  const set = new Uint8Array(256)
  const isNegated = reader.eat('^')
  let isFirst = true
  while (isFirst || reader.peek() !== ']') {
    if (reader.isAtEnd) reader.refuse('the bracket that ends a class is missing')
    isFirst = false
    if (reader.eat('\\E') || reader.eat('\\Q')) continue
    const low = classItem(reader, set)
    if (reader.peek() !== '-' || reader.peek(1) === ']' || reader.peek(1) === '') {
      if (low !== undefined) set[low] = 1
      continue
    }
    reader.at += 1
    if (low === undefined) reader.refuse('a class of characters cannot begin a range')
    const high = classItem(reader, set)
    if (high === undefined) return reader.refuse('a class of characters cannot end a range')
    if ((low ?? 0) > high) reader.refuse('a range of characters is out of order')
    set.fill(1, low, high + 1)
  }
  reader.at += 1
  const folded = isNocase ? foldCase(set) : set
  return isNegated ? byteSet((byte) => folded[byte] === 0) : folded
}

/** One character of a class; undefined where it was a set, which is added. */
function classItem(reader: PatternReader, set: ByteSet): number | undefined {
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(reader.text(16))
  if (posix) {
    const named = posixClass(posix[2] ?? '')
    if (!named) return reader.refuse(`[:${posix[2]}:] is no POSIX class`)
    reader.at += posix[0].length
    for (let byte = 0; byte < 256; byte += 1) if ((named[byte] === 1) !== (posix[1] === '^')) set[byte] = 1
    return undefined
  }
  if (/^\[[.=].*[.=]\]/.test(reader.text(16))) reader.refuse('POSIX collating elements are not supported')
  const byte = reader.next()
  if (byte !== 0x5c) return byte
  const escaped = reader.next()
  const letter = String.fromCharCode(escaped)
  const named = escapeClass(letter)
  if (named) {
    for (let value = 0; value < 256; value += 1) if (named[value] === 1) set[value] = 1
    return undefined
  }
  if (letter === 'b') return 8
  if (letter === 'N' || letter === 'R' || letter === 'B')
    reader.refuse(`\\${letter} has no place in a class of characters`)
  if (letter === '8' || letter === '9') return escaped
  return reader.escapedByte(escaped)
}
