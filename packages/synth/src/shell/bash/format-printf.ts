import { strftime } from '../strftime.ts'
import { ansiUnescaped, echoUnescaped } from './ansi-escapes.ts'
import { backslashQuoted } from './quote.ts'

/** What `%(…)T` needs. */
export interface PrintfTimes {
  readonly nowSeconds: number
  readonly startSeconds: number
  readonly timeZone: string | undefined
}

/** Widest field that a conversion may ask for. */
const WIDTH_LIMIT = 1_000_000

/**
 * What `printf` prints: the format as often as the arguments need (bash manual, printf). Problems are messages; output goes on behind
 * them.
 */
export function formatPrintf(
  format: string,
  values: readonly string[],
  times: PrintfTimes,
): { readonly text: string; readonly problems: readonly string[] } {
  const formatter = new Formatter(values, times)
  formatter.run(format)
  return { text: formatter.text, problems: formatter.problems }
}

interface Conversion {
  readonly flags: string
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly letter: string
  readonly timeFormat: string | undefined
}

class Formatter {
  text = ''
  readonly problems: string[] = []
  readonly #values: readonly string[]
  readonly #times: PrintfTimes
  #used = 0
  #isStopped = false

  constructor(values: readonly string[], times: PrintfTimes) {
    this.#values = values
    this.#times = times
  }

  run(format: string): void {
    do {
      const before = this.#used
      this.#once(format)
      if (this.#used === before) break
    } while (this.#used < this.#values.length && !this.#isStopped)
  }

  #once(format: string): void {
    const piece =
      /%%|%([-+ 0#']*)(\*|\d*)(?:\.(\*|-?\d*))?(?:hh|ll|[hlLjzt])?(?:\(([^)]*)\))?([a-zA-Z])|\\(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)|[^%\\]+|[%\\]/gs
    for (const match of format.matchAll(piece)) {
      if (this.#isStopped) return
      const [text, flags = '', width = '', precision, timeFormat, letter] = match
      if (text === '%%') this.text += '%'
      else if (text.startsWith('%') && letter !== undefined) {
        this.#convert({
          flags,
          width: this.#number(width),
          precision: precision === undefined ? undefined : (this.#number(precision) ?? 0),
          letter,
          timeFormat,
        })
      } else if (text === '%') {
        this.problems.push(`\`%': missing format character`)
        this.#isStopped = true
      } else if (text.startsWith('\\')) this.text += text === '\\c' ? this.#stop() : ansiUnescaped(text)
      else this.text += text
    }
  }

  #stop(): string {
    this.#isStopped = true
    return ''
  }

  #number(text: string): number | undefined {
    if (text === '') return undefined
    const value = text === '*' ? Number.parseInt(this.#next() ?? '0', 10) || 0 : Number(text)
    return Math.max(-WIDTH_LIMIT, Math.min(WIDTH_LIMIT, value))
  }

  #next(): string | undefined {
    const value = this.#values[this.#used]
    this.#used += 1
    return value
  }

  #convert(conversion: Conversion): void {
    const { letter, precision } = conversion
    switch (letter) {
      case 's':
        this.#pad(cut(this.#next() ?? '', precision), conversion)
        return
      case 'q':
        this.#pad(backslashQuoted(this.#next() ?? ''), conversion)
        return
      case 'b': {
        const { text, stopped } = echoUnescaped(this.#next() ?? '')
        this.#pad(cut(text, precision), conversion)
        if (stopped) this.#isStopped = true
        return
      }
      case 'c':
        this.#pad([...(this.#next() ?? '')][0] ?? '', conversion)
        return
      case 'd':
      case 'i':
        this.#integer(this.#toInteger(this.#next()), 10, conversion)
        return
      case 'u':
        this.#integer(BigInt.asUintN(64, this.#toInteger(this.#next())), 10, conversion)
        return
      case 'x':
      case 'X':
        this.#integer(BigInt.asUintN(64, this.#toInteger(this.#next())), 16, conversion)
        return
      case 'o':
        this.#integer(BigInt.asUintN(64, this.#toInteger(this.#next())), 8, conversion)
        return
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        this.#float(this.#toFloat(this.#next()), conversion)
        return
      case 'T':
        this.#time(conversion)
        return
      default:
        this.problems.push(`\`%${conversion.flags}${letter}': invalid format character`)
        this.#isStopped = true
    }
  }

  #time({ timeFormat, ...conversion }: Conversion): void {
    const given = this.#next()
    let seconds = Number.parseInt(given ?? '-1', 10)
    if (seconds === -1) seconds = this.#times.nowSeconds
    if (seconds === -2) seconds = this.#times.startSeconds
    const text = strftime(timeFormat || '%X', seconds * 1_000_000, this.#times.timeZone)
    this.#pad(text, { ...conversion, timeFormat })
  }

  #toInteger(text: string | undefined): bigint {
    if (text === undefined || text === '') return 0n
    const quoted = /^["'](.)/su.exec(text)
    if (quoted) return BigInt((quoted[1] as string).codePointAt(0) ?? 0)
    const number = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(text)
    if (!number || number[0].length < text.length) {
      this.problems.push(`${text}: invalid ${/^0[0-9]/.test(text) ? 'octal ' : ''}number`)
    }
    if (!number) return 0n
    const digits = number[2] as string
    const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits)
    return BigInt.asIntN(64, number[1] === '-' ? -value : value)
  }

  #toFloat(text: string | undefined): number {
    if (text === undefined || text === '') return 0
    const quoted = /^["'](.)/su.exec(text)
    if (quoted) return (quoted[1] as string).codePointAt(0) ?? 0
    const value = Number(text)
    if (!Number.isNaN(value)) return value
    this.problems.push(`${text}: invalid number`)
    return Number.parseFloat(text) || 0
  }

  #integer(value: bigint, base: number, conversion: Conversion): void {
    const { flags, precision, letter } = conversion
    let digits = (value < 0n ? -value : value).toString(base)
    if (letter === 'X') digits = digits.toUpperCase()
    if (precision !== undefined) digits = digits.padStart(precision, '0')
    if (flags.includes('#') && value !== 0n) {
      if (base === 16) digits = `0${letter}${digits}`
      else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`
    }
    if (flags.includes("'")) digits = digits.replace(/\B(?=(\d{3})+$)/g, ',')
    this.#signed(value < 0n, digits, conversion, precision === undefined)
  }

  #float(value: number, conversion: Conversion): void {
    const { precision = 6, letter, flags } = conversion
    const size = Math.abs(value)
    let digits: string
    if (!Number.isFinite(size)) digits = Number.isNaN(size) ? 'nan' : 'inf'
    else if (letter === 'f' || letter === 'F') digits = size.toFixed(Math.min(precision, 100))
    else if (letter === 'e' || letter === 'E') digits = exponential(size, precision)
    else digits = general(size, precision, flags.includes('#'))
    if (letter === 'E' || letter === 'G') digits = digits.toUpperCase()
    this.#signed(value < 0 || Object.is(value, -0), digits, conversion, Number.isFinite(size))
  }

  #signed(isNegative: boolean, digits: string, conversion: Conversion, mayPadWithZeros: boolean): void {
    const { flags, width } = conversion
    const sign = isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
    if (flags.includes('0') && !flags.includes('-') && mayPadWithZeros) {
      this.text += sign + digits.padStart((width ?? 0) - sign.length, '0')
    } else this.#pad(sign + digits, conversion)
  }

  #pad(text: string, { flags, width }: Conversion): void {
    const size = Math.abs(width ?? 0)
    const fill = ' '.repeat(Math.max(0, size - [...text].length))
    this.text += flags.includes('-') || (width ?? 0) < 0 ? text + fill : fill + text
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined || precision < 0 ? text : [...text].slice(0, precision).join('')
}

function exponential(value: number, precision: number): string {
  return value.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2')
}

function general(value: number, precision: number, keepsZeros: boolean): string {
  const digits = Math.max(1, precision)
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1])
  const text =
    exponent < -4 || exponent >= digits
      ? exponential(value, digits - 1)
      : value.toFixed(Math.max(0, digits - 1 - exponent))
  if (keepsZeros || !text.includes('.')) return text
  return text.replace(/\.?0+(?=e|$)/, '')
}
