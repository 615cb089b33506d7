/**
 * Floating-point numbers as Java prints them (Double.toString, Float.toString since JDK 19): the fewest digits that read
 * back as the same number; exponents from 1.0E7 on and below 1.0E-3.
 */

const REAL_VARCHAR_DIGITS = 7

/** `1000.0`, `1.0E10`, `1.0E-5`, `NaN`, `-Infinity`, `-0.0`. */
export function formatDouble(value: number): string {
  return formatShortest(value, String(value))
}

/** The same for a number of 32 bits. */
export function formatReal(value: number): string {
  return formatShortest(value, shortestReal(value))
}

/** What Trino's CAST(x AS varchar) gives for double: always an exponent (`1.2345678E4`), zero is `0E0`. */
export function formatDoubleAsVarchar(value: number): string {
  return formatWithExponent(value, String(value))
}

/** The same for real, with seven digits at most. */
export function formatRealAsVarchar(value: number): string {
  return formatWithExponent(
    value,
    Number.isFinite(value) ? value.toExponential(REAL_VARCHAR_DIGITS - 1) : String(value),
  )
}

function formatShortest(value: number, text: string): string {
  if (!Number.isFinite(value)) return text
  const size = Math.abs(value)
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  if (size < 1e-3 || size >= 1e7) return scientific(value, text)
  // JavaScript's own text has no exponent in this range.
  return text.includes('.') ? text : `${text}.0`
}

function formatWithExponent(value: number, text: string): string {
  if (!Number.isFinite(value)) return text
  if (value === 0) return Object.is(value, -0) ? '-0E0' : '0E0'
  return scientific(value, text)
}

function scientific(value: number, text: string): string {
  const [, integral = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? []
  const all = integral + fraction
  const digits = all.replace(/^0+/, '')
  const leadingZeros = all.length - digits.length
  const significant = digits.replace(/0+$/, '')
  // With one digit to spare, Java takes the nearer of the two-digit decimals: 4.9E-324.
  if (significant.length === 1 && Number(value.toExponential(1)) === value && text !== value.toExponential(1)) {
    return scientific(value, value.toExponential(1))
  }
  const sign = value < 0 ? '-' : ''
  return `${sign}${significant[0] ?? '0'}.${significant.slice(1) || '0'}E${Number(exponent) + integral.length - leadingZeros - 1}`
}

function shortestReal(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value)
  for (let precision = 1; precision < 9; precision++) {
    const text = value.toPrecision(precision)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return String(Number(value.toPrecision(9)))
}
