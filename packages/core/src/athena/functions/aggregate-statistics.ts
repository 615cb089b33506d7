import { physicalType } from '../types/physical-type.ts'
import { aggregate, argument } from './aggregate-call.ts'
import { define, type Emit, type FunctionDefinition } from './signature.ts'

const NAN = "CAST('NaN' AS DOUBLE)"

const native =
  (name: string): Emit =>
  (args, call) =>
    aggregate(call, name, args)

/** NULL where the formula has no answer: too few rows, or no variance. */
const finite =
  (name: string): Emit =>
  (args, call) => {
    const sql = aggregate(call, name, args)
    return `CAST(CASE WHEN isfinite(${sql}) THEN ${sql} END AS ${physicalType(call.returnType)})`
  }

/** Slope and intercept of fewer than two points are unknown. */
const regression =
  (name: string): Emit =>
  (args, call) => {
    const points = aggregate(call, 'regr_count', args)
    const sql = aggregate(call, name, args)
    return `CAST(CASE WHEN ${points} > 1 AND isfinite(${sql}) THEN ${sql} END AS ${physicalType(call.returnType)})`
  }

/** Trino's is the population's; DuckDB's is the sample's, of which the factor is taken back. */
const skewness: Emit = (args, call) => {
  const count = aggregate(call, 'count', args)
  const adjusted = `${aggregate(call, 'skewness', args)} * (${count} - 2) / sqrt(CAST(${count} AS DOUBLE) * (${count} - 1))`
  return `(CASE WHEN ${count} < 3 THEN NULL WHEN ${aggregate(call, 'var_pop', args)} = 0 THEN ${NAN} ELSE ${adjusted} END)`
}

const kurtosis: Emit = (args, call) => {
  const count = aggregate(call, 'count', args)
  return `(CASE WHEN ${count} < 4 THEN NULL WHEN ${aggregate(call, 'var_pop', args)} = 0 THEN ${NAN} ELSE ${aggregate(call, 'kurtosis', args)} END)`
}

const geometricMean: Emit = (args, call) => {
  const value = argument(args, 0)
  const logarithm = `CASE WHEN ${value} > 0 THEN ln(${value}) WHEN ${value} = 0 THEN CAST('-Infinity' AS DOUBLE) WHEN ${value} IS NOT NULL THEN ${NAN} END`
  return `CAST(exp(${aggregate(call, 'avg', [logarithm])}) AS ${physicalType(call.returnType)})`
}

const ONE_NUMBER = (emit: Emit): readonly (readonly [string, Emit])[] => [
  ['(bigint) -> double', emit],
  ['(double) -> double', emit],
]
const TWO_NUMBERS = (emit: Emit): readonly (readonly [string, Emit])[] => [
  ['(double, double) -> double', emit],
  ['(real, real) -> real', emit],
]

const functions = (
  overloads: (emit: Emit) => readonly (readonly [string, Emit])[],
  emits: Readonly<Record<string, Emit>>,
): readonly FunctionDefinition[] =>
  Object.entries(emits).map(([name, emit]) => define('aggregate', 'aggregate', name, overloads(emit)))

export const STATISTICAL_AGGREGATES: readonly FunctionDefinition[] = [
  ...functions(ONE_NUMBER, {
    stddev: native('stddev_samp'),
    stddev_samp: native('stddev_samp'),
    stddev_pop: native('stddev_pop'),
    variance: native('var_samp'),
    var_samp: native('var_samp'),
    var_pop: native('var_pop'),
    skewness,
    kurtosis,
  }),
  ...functions(TWO_NUMBERS, {
    corr: finite('corr'),
    covar_pop: finite('covar_pop'),
    covar_samp: finite('covar_samp'),
    regr_slope: regression('regr_slope'),
    regr_intercept: regression('regr_intercept'),
  }),
  define('aggregate', 'aggregate', 'geometric_mean', [
    ['(bigint) -> double', geometricMean],
    ['(double) -> double', geometricMean],
    ['(real) -> real', geometricMean],
  ]),
]
