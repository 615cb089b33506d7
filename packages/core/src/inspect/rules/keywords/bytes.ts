import { parseInteger } from '../number-test.ts'
import { refuse, refuseUnsupported } from '../rule-fault.ts'
import { short } from '../rule-text.ts'
import type { ByteNumber, ByteTest } from '../signature.ts'
import type { SignatureDraft } from '../signature-draft.ts'
import { numberOrVariable } from './content.ts'
import type { KeywordTable } from './keyword.ts'

/** Numbers read out of buffers (Suricata user guide 7.0, "byte_test", "byte_jump", "byte_extract"). */
export const BYTE_KEYWORDS: KeywordTable = {
  byte_test: { value: 'plain', read: readByteTest },
  byte_jump: { value: 'plain', read: readByteJump },
  byte_extract: { value: 'plain', read: readByteExtract },
}

const OPERATORS: readonly ByteTest['operator'][] = ['<', '>', '<=', '>=', '=', '&', '^']
const U64_MAX = 0xffff_ffff_ffff_ffffn

function partsOf(value: string): string[] {
  return value.split(',').map((part) => part.trim())
}

function readByteTest(draft: SignatureDraft, value: string): void {
  const [count = '', operator = '', number, offset, ...options] = partsOf(value)
  if (number === undefined || offset === undefined) {
    refuse(`byte_test takes bytes, operator, value, offset and options with commas between, not '${short(value)}'`)
  }
  const isNegated = operator.startsWith('!')
  const plain = isNegated ? operator.slice(1).trim() : operator
  const known = OPERATORS.find((each) => each === (plain === '' && isNegated ? '=' : plain))
  if (!known)
    refuse(
      `byte_test does not know the operator '${short(operator)}'; it knows ${OPERATORS.join(' ')}, each with ! before it`,
    )
  const read = byteNumber(draft, 'byte_test', count, offset, options, 23, ['relative', 'bitmask'])
  draft.current().tests.push({
    kind: 'byte_test',
    number: read.number,
    operator: known,
    isNegated,
    value: /^[0-9-]/.test(number) ? byteValue(number) : draft.variable('byte_test', number),
    bitmask: read.bitmask,
  })
}

function byteValue(text: string): bigint {
  if (!/^-?(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(text))
    refuse(`byte_test compares with a number, not '${short(text)}'`)
  const isOctal = /^-?0[0-7]+$/.test(text)
  const digits = text.replace('-', '')
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits)
  if (value > U64_MAX) refuse(`byte_test compares with numbers of 64 bits; ${text} is larger`)
  return BigInt.asUintN(64, text.startsWith('-') ? -value : value)
}

function readByteJump(draft: SignatureDraft, value: string): void {
  const [count = '', offset, ...options] = partsOf(value)
  if (offset === undefined) {
    refuse(`byte_jump takes bytes, offset and options with commas between, not '${short(value)}'`)
  }
  const read = byteNumber(draft, 'byte_jump', count, offset, options, 23, [
    'relative',
    'align',
    'multiplier',
    'from_beginning',
    'from_end',
    'post_offset',
  ])
  if (read.words.has('from_beginning') && read.words.has('from_end'))
    refuse('byte_jump cannot jump from_beginning and from_end at once')
  draft.current().tests.push({
    kind: 'byte_jump',
    number: read.number,
    multiplier: read.multiplier,
    isAligned: read.align > 0,
    from: read.words.has('from_beginning') ? 'beginning' : read.words.has('from_end') ? 'end' : 'here',
    postOffset: read.postOffset,
    bitmask: undefined,
  })
}

function readByteExtract(draft: SignatureDraft, value: string): void {
  const [count = '', offset, name, ...options] = partsOf(value)
  if (offset === undefined || name === undefined || !/^[A-Za-z0-9_-]+$/.test(name)) {
    refuse(
      `byte_extract takes bytes, offset, the name of a variable and options with commas between, not '${short(value)}'`,
    )
  }
  if (!/^-?[0-9]/.test(offset)) refuse(`byte_extract takes a number as its offset, not '${short(offset)}'`)
  const read = byteNumber(draft, 'byte_extract', count, offset, options, 20, [
    'relative',
    'align N',
    'multiplier',
    'once',
  ])
  const variable = draft.variables.get(name) ?? draft.variables.size
  draft.variables.set(name, variable)
  draft.current().tests.push({
    kind: 'byte_extract',
    number: read.number,
    variable,
    multiplier: read.multiplier,
    align: read.align,
  })
}

interface ReadNumber {
  readonly number: ByteNumber
  readonly words: ReadonlySet<string>
  readonly multiplier: number
  readonly align: number
  readonly postOffset: number
  readonly bitmask: number | undefined
}

/** The parts that the three keywords have in common. `allowed` lists the options beyond byte order and base. */
function byteNumber(
  draft: SignatureDraft,
  keyword: string,
  count: string,
  offset: string,
  options: readonly string[],
  textBytesMax: number,
  allowed: readonly string[],
): ReadNumber {
  const words = new Set<string>()
  let multiplier = 1
  let align = 0
  let postOffset = 0
  let bitmask: number | undefined
  for (const option of options) {
    if (option === '' && keyword === 'byte_jump') continue
    const [word = '', argument] = option.split(/ +/)
    if (word === 'dce') refuseUnsupported(`${keyword} with dce: the inspector has no parser of DCERPC`)
    const isOnce = keyword === 'byte_extract'
    if (isOnce && words.has(word)) refuse(`${keyword}: ${word} stands twice`)
    words.add(word)
    if (['little', 'big', 'string', 'hex', 'dec', 'oct'].includes(word) && argument === undefined) continue
    if (word === 'relative' && argument === undefined) continue
    if ((word === 'from_beginning' || word === 'from_end') && allowed.includes(word) && argument === undefined) continue
    if (word === 'align' && allowed.includes('align') && argument === undefined) align = 4
    else if (word === 'align' && allowed.includes('align N') && (argument === '2' || argument === '4'))
      align = Number(argument)
    else if (word === 'multiplier' && allowed.includes(word) && argument !== undefined) {
      multiplier = parseInteger(`${keyword} multiplier`, argument, 1, 65_535)
    } else if (word === 'post_offset' && allowed.includes(word) && argument !== undefined) {
      postOffset = parseInteger(`${keyword} post_offset`, argument, -65_535, 65_535)
    } else if (word === 'bitmask' && allowed.includes(word) && argument !== undefined) {
      bitmask = parseInteger(`${keyword} bitmask`, argument, 0, 0xffffffff)
    } else {
      refuse(
        `${keyword} does not know the option '${short(option)}'; it knows little, big, string with hex, dec or oct, ${allowed.filter((each) => each !== 'once').join(', ')}`,
      )
    }
  }
  if (words.has('little') && words.has('big') && keyword === 'byte_extract')
    refuse(`${keyword} is little or big endian, not both`)
  const isText = words.has('string')
  const base = words.has('hex') ? 'hex' : words.has('dec') ? 'dec' : words.has('oct') ? 'oct' : undefined
  if (base && !isText) refuse(`${keyword}: ${base} says how text is read and needs string before it`)
  const bytesMax = isText ? textBytesMax : 8
  return {
    number: {
      count: numberOrVariable(draft, keyword, count, 0, bytesMax),
      offset: numberOrVariable(draft, keyword, offset, -65_535, 65_535),
      isRelative: words.has('relative'),
      isLittleEndian: words.has('little'),
      base: isText ? (base ?? 'any') : 'binary',
    },
    words,
    multiplier,
    align,
    postOffset,
    bitmask,
  }
}
