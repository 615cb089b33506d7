import { isIP } from 'node:net'
import { FLOW_LOG_FIELDS } from '../src/fields.ts'

/**
 * A flow-log parser in the plainest form, to check the real one by: the whole input at once, `split` and regular
 * expressions. From the implementation it takes the table of fields and nothing else.
 */
export interface ReferenceResult {
  /** Each record as `name=value` texts in the order of its fields; absent values are left out. */
  readonly records: string[]
  /** `line:code` of each line that is no record, and of the first with a byte order mark and with CRLF. */
  readonly issues: string[]
  /** Bytes of each line, without its newline. */
  readonly lineLengths: number[]
}

const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
const DECODERS = new Map<string, string>(FLOW_LOG_FIELDS.map(({ name, decoder }) => [name, decoder]))
const LARGEST = new Map([
  ['int32', 2147483647n],
  ['int64', 9223372036854775807n],
  ['seconds', 9007199254740991n],
])

export function referenceParse(input: Uint8Array, maxLineBytes: number): ReferenceResult {
  const result: ReferenceResult = { records: [], issues: [], lineLengths: [] }
  // Latin-1 keeps one character per byte.
  const lines = Buffer.from(input).toString('latin1').split('\n')
  if (lines.at(-1) === '') lines.pop()
  let fields = DEFAULT_FIELDS.split(' ')
  let hasContent = false
  let hasMark = false
  let hasReturn = false
  for (const [index, stored] of lines.entries()) {
    result.lineLengths.push(stored.length)
    const whole = stored.replace(/^\xef\xbb\xbf/, '')
    const text = whole.replace(/\r$/, '').replace(/ +$/, '')
    if (whole.length > maxLineBytes) {
      result.issues.push(`${index + 1}:line-too-long`)
      hasContent = true
      continue
    }
    if (whole !== stored && !hasMark) {
      hasMark = true
      result.issues.push(`${index + 1}:byte-order-mark`)
    }
    if (whole.endsWith('\r') && !hasReturn) {
      hasReturn = true
      result.issues.push(`${index + 1}:carriage-return`)
    }
    if (text === '') continue
    const words = text.split(' ')
    const header = Buffer.from(text, 'latin1').toString().trimEnd().split(' ')
    const beginsKnown = DECODERS.has(header[0] ?? '') || fields.includes(header[0] ?? '')
    const isLaterHeader = header.length >= 3 ? beginsKnown : header.join() === fields.join()
    if (isHeader(header) && (!hasContent || isLaterHeader)) {
      fields = header
    } else {
      const fault = faultOf(text, words, fields)
      if (fault === undefined) result.records.push(recordText(words, fields))
      else result.issues.push(`${index + 1}:${fault}`)
    }
    hasContent = true
  }
  return result
}

function isHeader(words: readonly string[]): boolean {
  const known = words.filter((word) => DECODERS.has(word))
  const areNames = words.every((word) => /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(word))
  return areNames && new Set(words).size === words.length && known.length * 2 > words.length
}

function faultOf(text: string, words: readonly string[], fields: readonly string[]): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\x00-\x1f]/.test(text)) return 'control-character'
  if (Buffer.from(text, 'latin1').toString().includes('\ufffd') && !text.includes('\xef\xbf\xbd')) return 'invalid-utf8'
  if (words.length !== fields.length) {
    if (words.includes('')) return 'empty-field'
    return words.length < fields.length ? 'too-few-columns' : 'too-many-columns'
  }
  return words.map((word, index) => faultOfWord(word, DECODERS.get(fields[index] ?? ''))).find(Boolean)
}

function faultOfWord(word: string, decoder: string | undefined): string | undefined {
  if (word === '') return 'empty-field'
  if (word === '-' || decoder === 'string' || decoder === undefined) return undefined
  if (decoder === 'address') return isIP(word) !== 0 && !word.includes('%') ? undefined : 'invalid-address'
  if (!/^[0-9]+$/.test(word)) return 'invalid-number'
  return word.length <= 19 && BigInt(word) <= (LARGEST.get(decoder) ?? 0n) ? undefined : 'number-out-of-range'
}

function recordText(words: readonly string[], fields: readonly string[]): string {
  const parts: string[] = []
  for (const [index, word] of words.entries()) {
    const name = fields[index] ?? ''
    if (word === '-') continue
    const isNumber = LARGEST.has(DECODERS.get(name) ?? '')
    parts.push(`${name}=${isNumber ? BigInt(word) : Buffer.from(word, 'latin1').toString()}`)
  }
  return parts.join(' ')
}

/** A record of the real parser in the form of {@link ReferenceResult.records}. */
export function textOfRecord(record: Readonly<Record<string, unknown>>): string {
  const parts: string[] = []
  for (const [name, value] of Object.entries(record)) if (value !== undefined) parts.push(`${name}=${value}`)
  return parts.join(' ')
}
