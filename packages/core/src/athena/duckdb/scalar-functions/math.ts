import { invalidArgument, type ScalarFunction, scalarFunction, TrinoRuntimeError } from './scalar-function.ts'

const MAX_BIGINT = 2n ** 63n - 1n
const MIN_BIGINT = -(2n ** 63n)

function checkRadix(radix: bigint): number {
  if (radix < 2n || radix > 36n) throw invalidArgument('Radix must be between 2 and 36')
  return Number(radix)
}

function fromBase(text: string, radix: bigint): bigint {
  const base = checkRadix(radix)
  const invalid = (): Error => invalidArgument(`Not a valid base-${base} number: ${text}`)
  const match = /^([+-]?)([0-9a-z]+)$/i.exec(text)
  if (!match) throw invalid()
  let value = 0n
  for (const digit of match[2] ?? '') {
    const number = Number.parseInt(digit, 36)
    if (number >= base) throw invalid()
    value = value * radix + BigInt(number)
  }
  if (match[1] === '-') value = -value
  if (value > MAX_BIGINT || value < MIN_BIGINT) throw invalid()
  return value
}

function bitCount(value: bigint, bits: bigint): bigint {
  if (bits < 2n || bits > 64n) {
    throw invalidArgument(`Bits specified in bit_count must be between 2 and 64, got ${bits}`)
  }
  const limit = 2n ** (bits - 1n)
  if (value >= limit || value < -limit) {
    throw invalidArgument(
      `Number must be representable with the bits specified. ${value} cannot be represented with ${bits} bits`,
    )
  }
  let rest = BigInt.asUintN(Number(bits), value)
  let count = 0n
  for (; rest !== 0n; rest &= rest - 1n) count += 1n
  return count
}

/** Undefined where every bit is shifted out. A negative count of a long means its low six bits in Java. */
function shiftedBits(count: number, width: number): bigint | undefined {
  if (count < 0 && width === 64) return BigInt(count & 63)
  return count < 0 || count >= width ? undefined : BigInt(count)
}

function shiftLeft(value: bigint, count: number, width: number): bigint {
  const bits = shiftedBits(count, width)
  return bits === undefined ? 0n : BigInt.asIntN(width, value << bits)
}

function shiftRight(value: bigint, count: number, width: number): bigint {
  const bits = shiftedBits(count, width)
  return bits === undefined ? 0n : BigInt.asIntN(width, BigInt.asUintN(width, value) >> bits)
}

function shiftRightArithmetic(value: bigint, count: number, width: number): bigint {
  if (count < 0 || count >= width) return value >= 0n ? 0n : -1n
  return value >> BigInt(count)
}

function widthBucket(operand: number, bound1: number, bound2: number, count: bigint): bigint {
  if (count <= 0n) throw invalidArgument('bucketCount must be greater than 0')
  if (Number.isNaN(operand)) throw invalidArgument('operand must not be NaN')
  if (!Number.isFinite(bound1)) throw invalidArgument('first bound must be finite')
  if (!Number.isFinite(bound2)) throw invalidArgument('second bound must be finite')
  if (bound1 === bound2) throw invalidArgument('bounds cannot equal each other')
  const lower = Math.min(bound1, bound2)
  const upper = Math.max(bound1, bound2)
  let bucket: bigint
  if (operand < lower) bucket = 0n
  else if (operand >= upper) {
    if (count >= MAX_BIGINT) {
      throw new TrinoRuntimeError('NUMERIC_VALUE_OUT_OF_RANGE', `Bucket for value ${operand} is out of range`)
    }
    bucket = count + 1n
  } else bucket = BigInt(Math.trunc((Number(count) * (operand - lower)) / (upper - lower) + 1))
  return bound1 > bound2 ? count - bucket + 1n : bucket
}

function widthBucketOfBins(operand: number, bins: readonly (number | null)[]): bigint {
  if (bins.length === 0) throw invalidArgument('Bins cannot be an empty array')
  if (Number.isNaN(operand)) throw invalidArgument('Operand cannot be NaN')
  let lower = 0
  let upper = bins.length
  while (lower < upper) {
    if ((bins[lower] as number) > (bins[upper - 1] as number))
      throw invalidArgument('Bin values are not sorted in ascending order')
    const index = Math.floor((lower + upper) / 2)
    // A NULL counts as zero.
    const bin = bins[index] ?? 0
    if (!Number.isFinite(bin)) throw invalidArgument(`Bin value must be finite, got ${bin}`)
    if (operand < bin) upper = index
    else lower = index + 1
  }
  return BigInt(lower)
}

function wilsonInterval(successes: bigint, trials: bigint, z: number, isLower: boolean): number {
  if (successes < 0n) throw invalidArgument('number of successes must not be negative')
  if (trials <= 0n) throw invalidArgument('number of trials must be positive')
  if (successes > trials) throw invalidArgument('number of successes must not be larger than number of trials')
  if (z < 0) throw invalidArgument('z-score must not be negative')
  const n = Number(trials)
  const p = Number(successes) / n
  const square = z * z
  const middle = p + square / 2 / n
  const spread = z * Math.sqrt((p * (1 - p) + square / 4 / n) / n)
  return (isLower ? middle - spread : middle + spread) / (1 + square / n)
}

function normalCdf(mean: number, deviation: number, value: number): number {
  if (!(deviation > 0)) throw invalidArgument('standardDeviation must be > 0')
  const x = (value - mean) / (deviation * Math.SQRT2)
  return x < 0 ? complementaryError(-x) / 2 : 1 - complementaryError(x) / 2
}

/** erfc(x) for x >= 0: a power series below 2.5, a continued fraction from there on. */
function complementaryError(x: number): number {
  if (x > 27) return 0
  if (x < 2.5) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = 0
  for (let k = 80; k >= 1; k--) fraction = k / 2 / (x + fraction)
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction)
}

function cosineSimilarity(
  leftKeys: readonly (string | null)[],
  leftValues: readonly (number | null)[],
  rightKeys: readonly (string | null)[],
  rightValues: readonly (number | null)[],
): number | null {
  if ([...leftValues, ...rightValues].includes(null)) return null
  const right = new Map(rightKeys.map((key, index) => [key, rightValues[index] as number]))
  const norm = (values: readonly (number | null)[]): number =>
    Math.sqrt(values.reduce((sum: number, x) => sum + (x as number) ** 2, 0))
  const normProduct = norm(leftValues) * norm(rightValues)
  if (normProduct === 0) return null
  let dot = 0
  for (const [index, key] of leftKeys.entries()) dot += (leftValues[index] as number) * (right.get(key) ?? 0)
  return dot / normProduct
}

export const MATH_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_bit_count: scalarFunction(['BIGINT', 'BIGINT'], 'BIGINT', bitCount),
  ft_cbrt: scalarFunction(['DOUBLE'], 'DOUBLE', Math.cbrt),
  ft_cosine_similarity: scalarFunction(['VARCHAR[]', 'DOUBLE[]', 'VARCHAR[]', 'DOUBLE[]'], 'DOUBLE', cosineSimilarity),
  ft_from_base: scalarFunction(['VARCHAR', 'BIGINT'], 'BIGINT', fromBase),
  ft_normal_cdf: scalarFunction(['DOUBLE', 'DOUBLE', 'DOUBLE'], 'DOUBLE', normalCdf),
  ft_shift_left: scalarFunction(['BIGINT', 'INTEGER', 'INTEGER'], 'BIGINT', shiftLeft),
  ft_shift_right: scalarFunction(['BIGINT', 'INTEGER', 'INTEGER'], 'BIGINT', shiftRight),
  ft_shift_right_arithmetic: scalarFunction(['BIGINT', 'INTEGER', 'INTEGER'], 'BIGINT', shiftRightArithmetic),
  ft_to_base: scalarFunction(['BIGINT', 'BIGINT'], 'VARCHAR', (value, radix) => value.toString(checkRadix(radix))),
  ft_width_bucket: scalarFunction(['DOUBLE', 'DOUBLE', 'DOUBLE', 'BIGINT'], 'BIGINT', widthBucket),
  ft_width_bucket_bins: scalarFunction(['DOUBLE', 'DOUBLE[]'], 'BIGINT', widthBucketOfBins),
  ft_wilson_interval: scalarFunction(['BIGINT', 'BIGINT', 'DOUBLE', 'BOOLEAN'], 'DOUBLE', wilsonInterval),
}
