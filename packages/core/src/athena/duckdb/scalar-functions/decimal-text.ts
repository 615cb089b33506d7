import { TrinoRuntimeError } from './scalar-function.ts'

const LIMIT = 10n ** 38n

interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

function parse(text: string): Decimal {
  const point = text.indexOf('.')
  return { unscaled: BigInt(text.replace('.', '')), scale: point < 0 ? 0 : text.length - point - 1 }
}

function format({ unscaled, scale }: Decimal): string {
  if (unscaled >= LIMIT || unscaled <= -LIMIT)
    throw new TrinoRuntimeError('NUMERIC_VALUE_OUT_OF_RANGE', 'Decimal overflow')
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const sign = unscaled < 0n ? '-' : ''
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** The quotient of two decimals with a number of decimal places, rounded half away from zero; for quotients wider than 128 bits. */
export function divideDecimals(dividendText: string, divisorText: string, scale: number): string {
  const dividend = parse(dividendText)
  const divisor = parse(divisorText)
  const numerator = dividend.unscaled * 10n ** BigInt(scale + divisor.scale)
  const denominator = divisor.unscaled * 10n ** BigInt(dividend.scale)
  const isNegative = numerator < 0n !== denominator < 0n
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator]
  const rounded = (n * 2n + d) / (d * 2n)
  return format({ unscaled: isNegative ? -rounded : rounded, scale })
}

/** The remainder with the dividend's sign and the greater of both scales. */
export function remainderOfDecimals(dividendText: string, divisorText: string): string {
  const dividend = parse(dividendText)
  const divisor = parse(divisorText)
  const scale = Math.max(dividend.scale, divisor.scale)
  const align = (value: Decimal): bigint => value.unscaled * 10n ** BigInt(scale - value.scale)
  return format({ unscaled: align(dividend) % align(divisor), scale })
}
