/** A set of byte values: 256 entries, 1 where the byte is in it. */
export type ByteSet = Uint8Array

/** A parsed regular expression over bytes. Groups are numbered from 1. */
export type PcreNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly items: readonly PcreNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PcreNode[] }
  | {
      readonly kind: 'repeat'
      readonly item: PcreNode
      readonly low: number
      /** Infinity without an upper bound. */
      readonly high: number
      readonly mode: 'greedy' | 'lazy' | 'possessive'
    }
  | { readonly kind: 'capture'; readonly group: number; readonly item: PcreNode }
  | { readonly kind: 'atomic'; readonly item: PcreNode }
  | { readonly kind: 'look'; readonly isBehind: boolean; readonly isNegated: boolean; readonly item: PcreNode }
  | { readonly kind: 'reference'; readonly group: number; readonly isNocase: boolean }
  | {
      readonly kind: 'assert'
      readonly what:
        | 'start'
        | 'line-start'
        | 'end'
        | 'end-or-newline'
        | 'line-end'
        | 'word'
        | 'not-word'
        | 'from'
        | 'keep'
    }

/** Bytes of ASCII letters, digits and underscore. */
export function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a)
  )
}

/** A set of the bytes for which `has` holds. */
export function byteSet(has: (byte: number) => boolean): ByteSet {
  const set = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte += 1) if (has(byte)) set[byte] = 1
  return set
}

/** Both cases of each ASCII letter in the set. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = set.slice()
  for (let upper = 0x41; upper <= 0x5a; upper += 1) {
    if (set[upper] === 1 || set[upper | 0x20] === 1) {
      folded[upper] = 1
      folded[upper | 0x20] = 1
    }
  }
  return folded
}

const POSIX: Readonly<Record<string, (byte: number) => boolean>> = {
  alpha: (byte) => isLetter(byte),
  digit: (byte) => byte >= 0x30 && byte <= 0x39,
  alnum: (byte) => isLetter(byte) || (byte >= 0x30 && byte <= 0x39),
  upper: (byte) => byte >= 0x41 && byte <= 0x5a,
  lower: (byte) => byte >= 0x61 && byte <= 0x7a,
  space: (byte) => byte === 32 || (byte >= 9 && byte <= 13),
  blank: (byte) => byte === 32 || byte === 9,
  cntrl: (byte) => byte < 32 || byte === 127,
  graph: (byte) => byte > 32 && byte < 127,
  print: (byte) => byte >= 32 && byte < 127,
  punct: (byte) => byte > 32 && byte < 127 && !isLetter(byte) && !(byte >= 0x30 && byte <= 0x39),
  xdigit: (byte) => (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66),
  word: isWordByte,
  ascii: (byte) => byte < 128,
}

/** The POSIX class of that name, as in `[[:alpha:]]`; undefined for others. */
export function posixClass(name: string): ByteSet | undefined {
  const has = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
  return has && byteSet(has)
}

const CLASSES: Readonly<Record<string, (byte: number) => boolean>> = {
  d: (byte) => byte >= 0x30 && byte <= 0x39,
  w: isWordByte,
  s: (byte) => byte === 32 || (byte >= 9 && byte <= 13),
  h: (byte) => byte === 9 || byte === 32 || byte === 0xa0,
  v: (byte) => (byte >= 10 && byte <= 13) || byte === 0x85,
}

/** The class of an escape such as `\d`, or `\D` for the others; undefined for other letters. */
export function escapeClass(letter: string): ByteSet | undefined {
  const has = CLASSES[letter.toLowerCase()]
  if (!has) return undefined
  return letter === letter.toLowerCase() ? byteSet(has) : byteSet((byte) => !has(byte))
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a && byte < 128
}
