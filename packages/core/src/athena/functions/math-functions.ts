import { physicalType } from '../types/physical-type.ts'
import { evaluateOnce, raise, raiseText } from './emit-call.ts'
import {
  approximate,
  define,
  type Emit,
  type EmitCall,
  type FunctionDefinition,
  type NumberVariables,
  notSupported,
} from './signature.ts'

/**
 * Mathematical functions of Trino: doubles as Java's Math has them, decimals exact.
 * The `ft_` ones among those of doubles are where the C library's last digit differs.
 */

const INTEGERS = ['bigint', 'integer', 'smallint', 'tinyint'] as const
type IntegerName = (typeof INTEGERS)[number]

const MINIMUM: Readonly<Record<IntegerName, string>> = {
  tinyint: '-128',
  smallint: '-32768',
  integer: '-2147483648',
  bigint: '-9223372036854775808',
}

const NAN = `CAST('NaN' AS DOUBLE)`
const INFINITY = `CAST('Infinity' AS DOUBLE)`

type Entry = readonly [signature: string, emit: Emit, computed?: (numbers: NumberVariables) => NumberVariables]

function forIntegers(entry: (name: IntegerName) => Entry): readonly Entry[] {
  return INTEGERS.map(entry)
}

function math(name: string, overloads: readonly Entry[]): FunctionDefinition {
  return define('math', 'scalar', name, overloads)
}

const LAST_DIGIT = approximate("the last digit is that of the C library's function, not of Java's")

/** A function of one double. Where DuckDB fails outside of a domain and Java answers NaN, `domain` says what lies inside. */
function ofDouble(name: string, sql: string, domain?: string): FunctionDefinition {
  const guarded = domain ? `(CASE WHEN ${domain} THEN ${sql} WHEN $1 IS NOT NULL THEN ${NAN} END)` : sql
  return define('math', 'scalar', name, [['(double) -> double', guarded]], { status: LAST_DIGIT })
}

/** Logarithms are -Infinity at zero and NaN below. */
const logarithm = (sql: string, x: string): string =>
  `(CASE WHEN ${x} > 0 THEN ${sql} WHEN ${x} = 0 THEN -${INFINITY} WHEN ${x} < 0 THEN ${NAN} END)`

/** The digits of an integer after rounding: one more where a fraction may carry. */
const integerDigits = ({ p = 0, s = 0 }: NumberVariables): NumberVariables => ({
  rp: Math.min(38, p - s + Math.min(1, s)),
  rs: 0,
})

/** The same without a carry; a decimal of a fraction alone keeps one digit for its zero. */
const integerDigitsCut = ({ p = 0, s = 0 }: NumberVariables): NumberVariables => ({ rp: Math.max(1, p - s) })

function cast(call: EmitCall, sql: string): string {
  return `CAST(${sql} AS ${physicalType(call.returnType)})`
}

function absolute(name: IntegerName): Entry {
  return [
    `(${name}) -> ${name}`,
    (args, call) =>
      evaluateOnce(args, call.context, ([value]) => {
        const overflow = raise(
          call,
          'NUMERIC_VALUE_OUT_OF_RANGE',
          `Value ${MINIMUM[name]} is out of range for abs(${name})`,
        )
        return `(CASE WHEN ${value} = ${MINIMUM[name]} THEN ${overflow} ELSE abs(${value}) END)`
      }),
  ]
}

function ceilingOrFloor(name: string, native: 'ceil' | 'floor'): FunctionDefinition {
  return math(name, [
    ...forIntegers((type) => [`(${type}) -> ${type}`, '$1']),
    ['(double) -> double', `${native}($1)`],
    ['(real) -> real', `CAST(${native}($1) AS FLOAT)`],
    ['(decimal(p, s)) -> decimal(rp, 0)', ([x], call) => cast(call, `${native}(${x})`), integerDigits],
  ])
}

/** Rounds or cuts a decimal at a number of digits. DuckDB does so at constant numbers only: others get one branch each. */
function decimalAt(native: 'round' | 'trunc'): Emit {
  return (args, call) => {
    const [type] = call.types
    if (type?.kind !== 'decimal') throw new Error(`${native} of decimals got ${type?.kind}`)
    const { precision, scale } = type
    const at = (value: string, digits: number): string => {
      if (digits >= scale) return cast(call, value)
      if (digits < scale - precision) return cast(call, '0')
      const result = cast(call, `${native}(${cast(call, value)}, ${digits})`)
      // The carry may need a 39th digit, which DuckDB lets through.
      if (native === 'trunc' || precision < 38) return result
      const greatest = `CAST('${'9'.repeat(38 - scale)}${scale > 0 ? `.${'9'.repeat(scale)}` : ''}' AS DECIMAL(38,${scale}))`
      const unscaled = `replace(CAST(${value} AS VARCHAR), '.', '')`
      const overflow = raiseText(call, 'NUMERIC_VALUE_OUT_OF_RANGE', `'decimal overflow: ' || ${unscaled}`)
      return `(CASE WHEN abs(${result}) > ${greatest} THEN ${overflow} ELSE ${result} END)`
    }
    const [value = '', digits = ''] = args
    const constant = call.args[1]?.constant
    if (typeof constant === 'bigint' || typeof constant === 'number') {
      const limited = Math.max(-39, Math.min(39, Number(constant)))
      return `(CASE WHEN ${value} IS NOT NULL THEN ${at(value, limited)} END)`
    }
    return evaluateOnce([value, digits], call.context, ([x = '', d]) => {
      const branches: string[] = []
      for (let digit = scale - precision; digit < scale; digit++)
        branches.push(`WHEN ${d} = ${digit} THEN ${at(x, digit)}`)
      const rest = `WHEN ${x} IS NOT NULL AND ${d} IS NOT NULL THEN ${cast(call, '0')}`
      return `(CASE WHEN ${d} >= ${scale} THEN ${cast(call, x)} ${branches.join(' ')} ${rest} END)`
    })
  }
}

/** `round(x * 10^d) / 10^d`, half away from zero, as Trino computes it. */
const roundDouble = (x: string, d: string): string =>
  `(CASE WHEN ${x} = 0 THEN CAST(0 AS DOUBLE) WHEN isfinite(${x}) AND isfinite(${x} * pow(10, ${d})) THEN round(${x} * pow(10, ${d})) / pow(10, ${d}) ELSE ${x} END)`

function roundInteger(name: IntegerName): readonly Entry[] {
  return [
    [`(${name}) -> ${name}`, '$1'],
    [
      `(${name}, integer) -> ${name}`,
      (args, call) =>
        evaluateOnce(args, call.context, ([x, d]) => {
          const factor = `CAST(pow(10, -${d}) AS HUGEINT)`
          const rounded = `sign(${x}) * ((abs(CAST(${x} AS HUGEINT)) + ${factor} // 2) // ${factor} * ${factor})`
          const overflow = raiseText(call, 'NUMERIC_VALUE_OUT_OF_RANGE', `'numerical overflow: ' || ${x}`)
          const failure = name === 'integer' ? raise(call, 'GENERIC_INTERNAL_ERROR', 'integer overflow') : overflow
          const limit = { bigint: 2n ** 63n - 1n, integer: 2n ** 31n - 1n }[name as string]
          const guard = limit === undefined ? '' : `WHEN abs(${rounded}) > ${limit} THEN ${failure}`
          return `(CASE WHEN ${d} >= 0 THEN ${x} WHEN ${d} < -18 THEN ${overflow} ${guard} ELSE ${cast(call, rounded)} END)`
        }),
    ],
  ]
}

/** Java's `%`: the sign is the dividend's. */
function remainder(name: IntegerName): Entry {
  return [
    `(${name}, ${name}) -> ${name}`,
    (args, call) => {
      const divisor = call.args[1]?.constant
      if (typeof divisor === 'bigint' && divisor !== 0n && divisor !== -1n) return `(${args[0]} % ${args[1]})`
      return evaluateOnce(args, call.context, ([x, y]) => {
        const failure = raise(call, 'GENERIC_INTERNAL_ERROR', '/ by zero')
        const zero = `CASE WHEN ${x} IS NOT NULL THEN ${cast(call, '0')} END`
        return `(CASE WHEN ${y} = 0 AND ${x} IS NOT NULL THEN ${failure} WHEN ${y} = -1 THEN ${zero} ELSE ${x} % ${y} END)`
      })
    },
  ]
}

const decimalRemainder: Entry = [
  '(decimal(a_precision, a_scale), decimal(b_precision, b_scale)) -> decimal(r_precision, r_scale)',
  (args, call) =>
    evaluateOnce(args, call.context, ([x, y]) => {
      const zero = raise(call, 'DIVISION_BY_ZERO', 'Division by zero')
      return `(CASE WHEN ${y} = 0 THEN ${zero} ELSE ${cast(call, `ft_decimal_remainder(CAST(${x} AS VARCHAR), CAST(${y} AS VARCHAR))`)} END)`
    }),
  ({ a_precision = 0, a_scale = 0, b_precision = 0, b_scale = 0 }) => ({
    r_precision: Math.min(b_precision - b_scale, a_precision - a_scale) + Math.max(a_scale, b_scale),
    r_scale: Math.max(a_scale, b_scale),
  }),
]

function randomOverloads(): readonly Entry[] {
  const below = (bound: string): string => `floor(random() * ${bound})`
  return [
    ['() -> double', 'random()'],
    ...forIntegers((name) => [
      `(${name}) -> ${name}`,
      (args, call) =>
        evaluateOnce(args, call.context, ([bound]) => {
          const failure = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'bound must be positive')
          return `(CASE WHEN ${bound} <= 0 THEN ${failure} ELSE ${cast(call, below(`${bound}`))} END)`
        }),
    ]),
    ...forIntegers((name) => [
      `(${name}, ${name}) -> ${name}`,
      (args, call) =>
        evaluateOnce(args, call.context, ([start, stop]) => {
          const failure = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'start value must be less than stop value')
          const value = cast(call, `${start} + ${below(`(CAST(${stop} AS DOUBLE) - ${start})`)}`)
          return `(CASE WHEN ${start} >= ${stop} THEN ${failure} ELSE ${value} END)`
        }),
    ]),
  ]
}

function random(name: 'rand' | 'random'): FunctionDefinition {
  return define('math', 'scalar', name, randomOverloads(), { deterministic: false })
}

function power(name: 'pow' | 'power'): FunctionDefinition {
  return math(name, [
    ['(double, double) -> double', `(CASE WHEN abs($1) = 1 AND NOT isfinite($2) THEN ${NAN} ELSE pow($1, $2) END)`],
  ])
}

export const MATH_FUNCTIONS: readonly FunctionDefinition[] = [
  math('abs', [
    ...forIntegers(absolute),
    ['(double) -> double', 'abs($1)'],
    ['(real) -> real', 'abs($1)'],
    ['(decimal(p, s)) -> decimal(p, s)', ([x], call) => cast(call, `abs(${x})`)],
  ]),
  ofDouble('acos', 'acos($1)', '$1 BETWEEN -1 AND 1'),
  ofDouble('asin', 'asin($1)', '$1 BETWEEN -1 AND 1'),
  ofDouble('atan', 'atan($1)'),
  define('math', 'scalar', 'atan2', [['(double, double) -> double', 'atan2($1, $2)']], { status: LAST_DIGIT }),
  ofDouble('cbrt', 'ft_cbrt($1)'),
  ceilingOrFloor('ceil', 'ceil'),
  ceilingOrFloor('ceiling', 'ceil'),
  ofDouble('cos', 'cos($1)', 'isfinite($1)'),
  ofDouble('cosh', 'cosh($1)'),
  math('cosine_similarity', [
    [
      '(map(varchar, double), map(varchar, double)) -> double',
      'ft_cosine_similarity(map_keys($1), map_values($1), map_keys($2), map_values($2))',
    ],
  ]),
  ofDouble('degrees', 'degrees($1)'),
  math('e', [['() -> double', 'exp(CAST(1 AS DOUBLE))']]),
  ofDouble('exp', 'exp($1)'),
  ceilingOrFloor('floor', 'floor'),
  math('from_base', [['(varchar(x), bigint) -> bigint', 'ft_from_base($*)']]),
  math('infinity', [['() -> double', INFINITY]]),
  math('is_finite', [['(double) -> boolean', 'isfinite($1)']]),
  math('is_infinite', [['(double) -> boolean', 'isinf($1)']]),
  math('is_nan', [
    ['(double) -> boolean', 'isnan($1)'],
    ['(real) -> boolean', 'isnan($1)'],
  ]),
  math('ln', [['(double) -> double', logarithm('ln($1)', '$1')]]),
  math('log', [['(double, double) -> double', `(${logarithm('ln($2)', '$2')} / ${logarithm('ln($1)', '$1')})`]]),
  math('log10', [['(double) -> double', logarithm('log10($1)', '$1')]]),
  math('log2', [['(double) -> double', logarithm('(ln($1) / ln(CAST(2 AS DOUBLE)))', '$1')]]),
  math('mod', [
    ...forIntegers(remainder),
    ['(double, double) -> double', '($1 % $2)'],
    ['(real, real) -> real', '($1 % $2)'],
    decimalRemainder,
  ]),
  math('nan', [['() -> double', NAN]]),
  math('pi', [['() -> double', 'pi()']]),
  power('pow'),
  power('power'),
  ofDouble('radians', 'radians($1)'),
  random('rand'),
  random('random'),
  math('round', [
    ...forIntegers((name) => roundInteger(name)[0] as Entry),
    ...forIntegers((name) => roundInteger(name)[1] as Entry),
    // Trino takes the sign from `x < 0`, which -0.0 is not.
    ['(double) -> double', '(CASE WHEN $1 = 0 THEN CAST(0 AS DOUBLE) ELSE round($1) END)'],
    ['(double, integer) -> double', roundDouble('$1', '$2')],
    ['(real) -> real', 'CAST(round($1) AS FLOAT)'],
    ['(real, integer) -> real', `CAST(${roundDouble('CAST($1 AS DOUBLE)', '$2')} AS FLOAT)`],
    ['(decimal(p, s)) -> decimal(rp, rs)', ([x], call) => cast(call, `round(${x})`), integerDigits],
    ['(decimal(p, s), integer) -> decimal(rp, s)', decimalAt('round'), ({ p = 0 }) => ({ rp: Math.min(38, p + 1) })],
  ]),
  math('sign', [
    ...forIntegers((name): Entry => [`(${name}) -> ${name}`, ([x], call) => cast(call, `sign(${x})`)]),
    ['(double) -> double', '(CASE WHEN isnan($1) OR $1 = 0 THEN $1 ELSE CAST(sign($1) AS DOUBLE) END)'],
    ['(real) -> real', '(CASE WHEN isnan($1) OR $1 = 0 THEN $1 ELSE CAST(sign($1) AS FLOAT) END)'],
    ['(decimal(p, s)) -> decimal(1, 0)', ([x], call) => cast(call, `sign(${x})`)],
  ]),
  ofDouble('sin', 'sin($1)', 'isfinite($1)'),
  ofDouble('sinh', 'sinh($1)'),
  ofDouble('sqrt', 'sqrt($1)', '$1 >= 0'),
  ofDouble('tan', 'tan($1)', 'isfinite($1)'),
  ofDouble('tanh', 'tanh($1)'),
  math('to_base', [['(bigint, bigint) -> varchar(64)', 'ft_to_base($*)']]),
  math('truncate', [
    ['(double) -> double', 'trunc($1)'],
    ['(real) -> real', 'CAST(trunc($1) AS FLOAT)'],
    ['(decimal(p, s)) -> decimal(rp, 0)', ([x], call) => cast(call, `trunc(${x})`), integerDigitsCut],
    ['(decimal(p, s), integer) -> decimal(p, s)', decimalAt('trunc')],
  ]),
  math('width_bucket', [
    ['(double, double, double, bigint) -> bigint', 'ft_width_bucket($*)'],
    ['(double, array(double)) -> bigint', 'ft_width_bucket_bins($*)'],
  ]),
  define('math', 'scalar', 'normal_cdf', [['(double, double, double) -> double', 'ft_normal_cdf($*)']], {
    status: approximate('absolute error below 1e-15'),
  }),
  math('wilson_interval_lower', [['(bigint, bigint, double) -> double', 'ft_wilson_interval($1, $2, $3, true)']]),
  math('wilson_interval_upper', [['(bigint, bigint, double) -> double', 'ft_wilson_interval($1, $2, $3, false)']]),
  ...['beta_cdf', 'inverse_beta_cdf', 'inverse_normal_cdf'].map((name) =>
    define('math', 'scalar', name, [['(double, double, double) -> double', '']], {
      status: notSupported('Distributions other than normal_cdf are not computed by this engine.'),
    }),
  ),
]
