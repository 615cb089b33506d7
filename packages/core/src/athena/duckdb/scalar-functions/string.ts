import { invalidArgument, type ScalarFunction, scalarFunction } from './scalar-function.ts'

/** Where in `text` an occurrence of `search` starts, in UTF-16 units; each search starts one code point further. */
function* occurrences(text: string, search: string): Generator<number> {
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + 1)) yield at
}

function codePointsBefore(text: string, end: number): number {
  let count = 0
  for (const _ of text.slice(0, end)) count += 1
  return count
}

function position(text: string, search: string, instance: bigint): bigint {
  if (instance === 0n) throw invalidArgument("'instance' must be a positive or negative number.")
  if (search === '') return 1n
  const found = [...occurrences(text, search)]
  const at = found.at(instance > 0n ? Number(instance) - 1 : Number(instance))
  if (at === undefined || (instance < 0n && -instance > BigInt(found.length))) return 0n
  return BigInt(codePointsBefore(text, at) + 1)
}

function split(text: string, delimiter: string, limit: bigint): string[] {
  if (limit <= 0n) throw invalidArgument('Limit must be positive')
  if (limit > 2147483647n) throw invalidArgument('Limit is too large')
  if (delimiter === '') throw invalidArgument('The delimiter may not be the empty string')
  const parts: string[] = []
  let from = 0
  while (parts.length < Number(limit) - 1) {
    const at = text.indexOf(delimiter, from)
    if (at < 0) break
    parts.push(text.slice(from, at))
    from = at + delimiter.length
  }
  parts.push(text.slice(from))
  return parts
}

function* keysAndValues(
  text: string,
  entryDelimiter: string,
  keyValueDelimiter: string,
  quote = '',
): Generator<[string, string]> {
  if (entryDelimiter === '') throw invalidArgument('entryDelimiter is empty')
  if (keyValueDelimiter === '') throw invalidArgument('keyValueDelimiter is empty')
  if (entryDelimiter === keyValueDelimiter)
    throw invalidArgument('entryDelimiter and keyValueDelimiter must not be the same')
  const entries = text.split(entryDelimiter)
  // A delimiter at the end starts no entry.
  if (entries.at(-1) === '') entries.pop()
  for (const entry of entries) {
    const at = entry.indexOf(keyValueDelimiter)
    if (at < 0 || entry.indexOf(keyValueDelimiter, at + keyValueDelimiter.length) >= 0) {
      throw invalidArgument(
        `Key-value delimiter must appear exactly once in each entry. Bad input: ${quote}${entry}${quote}`,
      )
    }
    yield [entry.slice(0, at), entry.slice(at + keyValueDelimiter.length)]
  }
}

function splitToMap(text: string, entryDelimiter: string, keyValueDelimiter: string): [string, string][] {
  const pairs = new Map<string, string>()
  for (const [key, value] of keysAndValues(text, entryDelimiter, keyValueDelimiter, "'")) {
    if (pairs.has(key)) throw invalidArgument(`Duplicate keys (${key}) are not allowed`)
    pairs.set(key, value)
  }
  return [...pairs]
}

function splitToMultimap(text: string, entryDelimiter: string, keyValueDelimiter: string): [string, string[]][] {
  const pairs = new Map<string, string[]>()
  for (const [key, value] of keysAndValues(text, entryDelimiter, keyValueDelimiter)) {
    const values = pairs.get(key)
    if (values) values.push(value)
    else pairs.set(key, [value])
  }
  return [...pairs]
}

function levenshteinDistance(left: string, right: string): bigint {
  const a = [...left]
  const b = [...right]
  if (a.length * b.length > 1_000_000) {
    throw invalidArgument(`The combined inputs for Levenshtein distance are too large`)
  }
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, fromA] of a.entries()) {
    const next = [i + 1]
    for (const [j, fromB] of b.entries()) {
      const substitution = (row[j] as number) + (fromA === fromB ? 0 : 1)
      next.push(Math.min((row[j + 1] as number) + 1, (next[j] as number) + 1, substitution))
    }
    row = next
  }
  return BigInt(row[b.length] as number)
}

function hammingDistance(left: string, right: string): bigint {
  const a = [...left]
  const b = [...right]
  if (a.length !== b.length) {
    throw invalidArgument('The input strings to hamming_distance function must have the same length')
  }
  return BigInt(a.filter((character, index) => character !== b[index]).length)
}

/** Digits of letters A to Z; 7 stands for H and W, which do not part equal digits, and 0 for vowels. */
const SOUNDEX_DIGITS = '01230127022455012623017202'

function soundex(text: string): string {
  const letters = [...text].filter((letter) => /\p{L}/u.test(letter))
  let code = ''
  let last = ''
  for (const letter of letters) {
    const upper = letter.toUpperCase()
    const digit = SOUNDEX_DIGITS[upper.charCodeAt(0) - 65]
    if (digit === undefined || upper.length > 1) {
      throw invalidArgument(`The character is not mapped: ${upper} (index=${upper.charCodeAt(0) - 65})`)
    }
    if (code === '') code = upper
    else if (digit !== '0' && digit !== '7' && digit !== last) code += digit
    if (digit !== '7') last = digit
    if (code.length === 4) break
  }
  return code === '' ? '' : code.padEnd(4, '0')
}

/** The check digit of ISO/IEC 7812-1. */
function luhnCheck(text: string): boolean {
  let sum = 0
  for (const [index, digit] of [...text].reverse().entries()) {
    if (!/^\d$/.test(digit)) throw invalidArgument('Input contains non-digit character')
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return text !== '' && sum % 10 === 0
}

function normalize(text: string, form: string): string {
  const name = form.toUpperCase()
  if (name !== 'NFC' && name !== 'NFD' && name !== 'NFKC' && name !== 'NFKD') {
    throw invalidArgument('Normalization form must be one of [NFD, NFC, NFKD, NFKC]')
  }
  return text.normalize(name)
}

function codepoint(text: string): number {
  const [point, ...rest] = [...text]
  if (point === undefined || rest.length > 0) throw invalidArgument('Input string must be a single character string')
  return point.codePointAt(0) as number
}

/** Like Trino's substr: a start of 0 or beyond the ends gives nothing. */
function substringBytes(bytes: Uint8Array, start: bigint, length: bigint): Uint8Array {
  const size = BigInt(bytes.length)
  if (start === 0n || length <= 0n || start > size || -start > size) return new Uint8Array(0)
  const from = Number(start > 0n ? start - 1n : size + start)
  return bytes.slice(from, from + Number(length > size ? size : length))
}

function padBytes(bytes: Uint8Array, length: bigint, padding: Uint8Array, isLeft: boolean): Uint8Array {
  if (length < 0n || length > 2147483647n) throw invalidArgument('Target length must be in the range [0..2147483647]')
  if (padding.length === 0) throw invalidArgument('Padding bytes must not be empty')
  const size = Number(length)
  const missing = size - bytes.length
  if (missing <= 0) return bytes.slice(0, size)
  const filled = new Uint8Array(size)
  const start = isLeft ? 0 : bytes.length
  for (let index = 0; index < missing; index++) filled[start + index] = padding[index % padding.length] as number
  filled.set(bytes, isLeft ? missing : 0)
  return filled
}

/** One character for one, as Java maps code points. */
function upperOf(character: string): string {
  const upper = character.toUpperCase()
  return [...upper].length === 1 ? upper : character
}

export const STRING_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_codepoint: scalarFunction(['VARCHAR'], 'INTEGER', codepoint),
  ft_hamming_distance: scalarFunction(['VARCHAR', 'VARCHAR'], 'BIGINT', hammingDistance),
  ft_join: scalarFunction(['VARCHAR[]', 'VARCHAR'], 'VARCHAR', (parts, separator) =>
    parts.filter((part) => part !== null).join(separator),
  ),
  ft_levenshtein_distance: scalarFunction(['VARCHAR', 'VARCHAR'], 'BIGINT', levenshteinDistance),
  ft_luhn_check: scalarFunction(['VARCHAR'], 'BOOLEAN', luhnCheck),
  ft_normalize: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', normalize),
  ft_pad_bytes: scalarFunction(['BLOB', 'BIGINT', 'BLOB', 'BOOLEAN'], 'BLOB', padBytes),
  ft_replace: scalarFunction(['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', (text, search, replacement) =>
    search === ''
      ? `${replacement}${[...text].map((point) => point + replacement).join('')}`
      : text.replaceAll(search, () => replacement),
  ),
  ft_reverse: scalarFunction(['VARCHAR'], 'VARCHAR', (text) => [...text].reverse().join('')),
  ft_reverse_bytes: scalarFunction(['BLOB'], 'BLOB', (bytes) => bytes.slice().reverse()),
  ft_soundex: scalarFunction(['VARCHAR'], 'VARCHAR', soundex),
  ft_split: scalarFunction(['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR[]', split),
  ft_split_to_map: scalarFunction(['VARCHAR', 'VARCHAR', 'VARCHAR'], 'MAP(VARCHAR, VARCHAR)', splitToMap),
  ft_split_to_multimap: scalarFunction(['VARCHAR', 'VARCHAR', 'VARCHAR'], 'MAP(VARCHAR, VARCHAR[])', splitToMultimap),
  ft_strpos: scalarFunction(['VARCHAR', 'VARCHAR', 'BIGINT'], 'BIGINT', position),
  ft_upper: scalarFunction(['VARCHAR'], 'VARCHAR', (text) => Array.from(text, upperOf).join('')),
  ft_substring_bytes: scalarFunction(['BLOB', 'BIGINT', 'BIGINT'], 'BLOB', substringBytes),
}
