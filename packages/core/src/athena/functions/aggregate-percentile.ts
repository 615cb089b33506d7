import { AthenaError } from '../errors.ts'
import { physicalType } from '../types/physical-type.ts'
import { aggregate, argument } from './aggregate-call.ts'
import { evaluateOnce } from './emit-call.ts'
import { raiseSql } from './runtime-errors.ts'
import { approximate, define, type Emit, type EmitCall, type FunctionDefinition } from './signature.ts'

/**
 * Which value stands for a percentile p of n values: the one at index floor(p * n) of the sorted values, counted from 0, or the last.
 * Trino estimates by a digest of the values: for up to some hundred values it gives this one (or, where p * n is whole, at
 * times the one before it); for many values a number near it, which need not be one of the values.
 */
const RULE = 'The exact value at index floor(p * n) of the sorted values, where Trino estimates it by a digest.'

/** Pushes a whole p * n over to the next index in quantile_disc, which takes the value at index ceil(p * n) - 1. */
const NUDGE = 1e-12

const OUT_OF_RANGE = 'Percentile must be between 0 and 1'

function checkConstant(call: EmitCall, index: number): number | undefined {
  const value = call.args[index]?.constant
  if (typeof value !== 'number') return undefined
  if (!(value >= 0 && value <= 1)) throw new AthenaError('INVALID_FUNCTION_ARGUMENT', OUT_OF_RANGE)
  return value
}

/** A percentile known ahead is left to DuckDB's own algorithm, which need not sort. */
const single: Emit = (args, call) => {
  const percentile = checkConstant(call, 1)
  const value = argument(args, 0)
  if (percentile !== undefined)
    return aggregate(call, 'quantile_disc', [value, `${Math.min(1, percentile + NUDGE)}::DOUBLE`])
  return pick(valuesOf(value, call), any(argument(args, 1), call), call)
}

const several: Emit = (args, call) => {
  const item = call.context.freshName('p')
  return evaluateOnce(
    [valuesOf(argument(args, 0), call)],
    call.context,
    ([values = '']) =>
      `list_transform(CASE WHEN ${values} IS NOT NULL THEN ${any(argument(args, 1), call)} END, lambda ${item}: ${pick(values, item, call)})`,
  )
}

const weighted: Emit = (args, call) => {
  checkConstant(call, 2)
  return evaluateOnce([weightedPairs(args, call)], call.context, ([pairs = '']) =>
    pickWeighted(pairs, any(argument(args, 2), call), call),
  )
}

const severalWeighted: Emit = (args, call) => {
  const item = call.context.freshName('p')
  return evaluateOnce(
    [weightedPairs(args, call)],
    call.context,
    ([pairs = '']) =>
      `list_transform(CASE WHEN ${pairs} IS NOT NULL THEN ${any(argument(args, 2), call)} END, lambda ${item}: ${pickWeighted(pairs, item, call)})`,
  )
}

function any(sql: string, call: EmitCall): string {
  return `any_value(${sql})${call.modifiers.suffix}`
}

function valuesOf(value: string, call: EmitCall): string {
  const item = call.context.freshName('x')
  return `list_sort(list_filter(${aggregate(call, 'list', [value])}, lambda ${item}: ${item} IS NOT NULL))`
}

function pick(values: string, percentile: string, call: EmitCall): string {
  return evaluateOnce([values, percentile], call.context, ([list = '', p = '']) => {
    const index = `CAST(least(floor(${p} * len(${list}) + ${NUDGE}), len(${list}) - 1) AS BIGINT) + 1`
    return `(CASE WHEN ${p} < 0 OR ${p} > 1 THEN ${outOfRange(call)} ELSE list_extract(${list}, ${index}) END)`
  })
}

function outOfRange(call: EmitCall): string {
  const { returnType } = call
  return raiseSql(
    'INVALID_FUNCTION_ARGUMENT',
    OUT_OF_RANGE,
    returnType.kind === 'array' ? returnType.element : returnType,
  )
}

/** Values with their weights, sorted by value; those without either left out. */
function weightedPairs(args: readonly string[], call: EmitCall): string {
  const pair = call.context.freshName('q')
  const list = aggregate(call, 'list', [
    `struct_pack(v := ${argument(args, 0)}, w := CAST(${argument(args, 1)} AS DOUBLE))`,
  ])
  return `list_sort(list_filter(${list}, lambda ${pair}: ${pair}.v IS NOT NULL AND ${pair}.w IS NOT NULL))`
}

/** The first value up to which more than p of the whole weight lies. */
function pickWeighted(pairs: string, percentile: string, call: EmitCall): string {
  const pair = call.context.freshName('q')
  const weights = `list_transform(${pairs}, lambda ${pair}: ${pair}.w)`
  return `CAST(list_extract(${pairs}, ft_weighted_position(${weights}, ${percentile})).v AS ${physicalType(elementType(call))})`
}

function elementType({ returnType }: EmitCall): EmitCall['returnType'] {
  return returnType.kind === 'array' ? returnType.element : returnType
}

const NUMBERS = ['bigint', 'double', 'real'] as const

export const PERCENTILE_AGGREGATES: readonly FunctionDefinition[] = [
  define(
    'aggregate',
    'aggregate',
    'approx_percentile',
    NUMBERS.flatMap((type) => [
      [`(${type}, array(double)) -> array(${type})`, several] as const,
      [`(${type}, double) -> ${type}`, single] as const,
      [`(${type}, double, array(double)) -> array(${type})`, severalWeighted] as const,
      [`(${type}, double, double) -> ${type}`, weighted] as const,
    ]),
    { status: approximate(RULE) },
  ),
]
