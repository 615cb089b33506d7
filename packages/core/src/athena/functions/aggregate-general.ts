import { AthenaError } from '../errors.ts'
import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { aggregate, argument } from './aggregate-call.ts'
import { comparisonKey } from './operator-comparison.ts'
import { averageOfDecimals } from './operator-decimal.ts'
import { raiseSql } from './runtime-errors.ts'
import {
  approximate,
  define,
  type Emit,
  type EmitCall,
  type FunctionDefinition,
  type FunctionOptions,
  type Overload,
} from './signature.ts'

type Row = readonly [signature: string, emit: Emit, computed?: Overload['computed']]

function aggregateFunction(name: string, overloads: readonly Row[], options?: FunctionOptions): FunctionDefinition {
  return define('aggregate', 'aggregate', name, overloads, options)
}

/** An aggregate that DuckDB has under a name of its own, with the same meaning; the answer is cast to the type. */
const native =
  (name: string): Emit =>
  (args, call) =>
    `CAST(${aggregate(call, name, args)} AS ${physicalType(call.returnType)})`

const sum = (args: readonly string[], call: EmitCall): string =>
  `CAST(${aggregate(call, 'sum', args)} AS ${physicalType(call.returnType)})`

/** Ten billion values of so many digits have a sum of 38 digits. */
const MAX_PRECISION_OF_SAFE_SUM = 28

/** DuckDB adds in 128 bits, which hold more than 38 digits: sums that may come near are checked. */
const sumOfDecimals: Emit = (args, call) => {
  const total = sum(args, call)
  const type = call.types[0]
  if (type?.kind !== 'decimal' || type.precision <= MAX_PRECISION_OF_SAFE_SUM) return total
  const digits = `length(replace(ltrim(CAST(${total} AS VARCHAR), '-'), '.', ''))`
  const overflow = raiseSql('NUMERIC_VALUE_OUT_OF_RANGE', 'Decimal overflow', call.returnType)
  return `(CASE WHEN ${digits} > 38 THEN ${overflow} ELSE ${total} END)`
}

const averageDecimal: Emit = (args, call) => {
  const type = call.returnType
  if (type.kind !== 'decimal') throw new Error('avg(decimal) gives a decimal')
  return averageOfDecimals(aggregate(call, 'sum', args), aggregate(call, 'count', args), type)
}

const averageInterval: Emit = (args, call) =>
  `CAST(trunc(${aggregate(call, 'avg', args)}) AS ${physicalType(call.returnType)})`

/** NaN is no candidate unless there is nothing else; DuckDB takes it for the greatest. */
const greatestNumber = (name: 'max', type: TrinoType, sql: string, call: EmitCall): string => {
  const number = `CASE WHEN isnan(${sql}) THEN NULL ELSE ${sql} END`
  const all = aggregate(call, name, [sql])
  return type.kind === 'real' || type.kind === 'double' ? `COALESCE(${aggregate(call, name, [number])}, ${all})` : all
}

const extreme =
  (name: 'min' | 'max'): Emit =>
  (args, call) => {
    const value = argument(args, 0)
    const type = call.types[0] ?? call.returnType
    const key = comparisonKey(type, value)
    if (key !== value) return aggregate(call, name === 'min' ? 'arg_min' : 'arg_max', [value, key])
    return name === 'max' ? greatestNumber(name, type, value, call) : aggregate(call, name, [value])
  }

const MAX_COUNT = 10_000

/** The number of values that `min(x, n)` and its like give; a constant is checked at once. */
function checkCount(call: EmitCall, index: number, name: string): void {
  const count = call.args[index]?.constant
  if (typeof count !== 'bigint' && typeof count !== 'number') return
  const ordinal = index === 1 ? 'second' : 'third'
  if (count <= 0) throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `${ordinal} argument of ${name} must be positive`)
  if (count > MAX_COUNT) {
    const text = `${ordinal} argument of ${name} must be less than or equal to ${MAX_COUNT}; found ${count}`
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', text)
  }
}

const extremes =
  (name: 'min' | 'max'): Emit =>
  (args, call) => {
    checkCount(call, 1, `${name}_n`)
    return aggregate(call, name, [rankable(argument(args, 0), call.types[0]), argument(args, 1)])
  }

function rankable(sql: string, type: TrinoType | undefined): string {
  if (!type) return sql
  return type.kind === 'real' || type.kind === 'double'
    ? `CASE WHEN isnan(${sql}) THEN NULL ELSE ${sql} END`
    : comparisonKey(type, sql)
}

/** The value in a struct, since DuckDB passes rows over where the bare value is NULL. */
const extremeBy =
  (name: 'arg_min' | 'arg_max'): Emit =>
  (args, call) => {
    const key = rankable(argument(args, 1), call.types[1])
    return `struct_extract(${aggregate(call, name, [`struct_pack(a := ${argument(args, 0)})`, key])}, 'a')`
  }

const extremesBy =
  (name: 'arg_min' | 'arg_max', trinoName: string): Emit =>
  (args, call) => {
    checkCount(call, 2, trinoName)
    const key = rankable(argument(args, 1), call.types[1])
    const pairs = aggregate(call, name, [`struct_pack(a := ${argument(args, 0)})`, key, argument(args, 2)])
    const item = call.context.freshName('p')
    return `list_transform(${pairs}, lambda ${item}: ${item}.a)`
  }

const count: Emit = (args, call) => {
  const value = argument(args, 0)
  return aggregate(call, 'count', [
    call.modifiers.distinct ? comparisonKey(call.types[0] ?? { kind: 'unknown' }, value) : value,
  ])
}

const STANDARD_ERROR = { least: 0.0040625, greatest: 0.26 }

/** Exact, which is within every standard error. */
const approximateDistinct: Emit = (args, call) => {
  const error = call.args[1]?.constant
  if (typeof error === 'number' && (error < STANDARD_ERROR.least || error > STANDARD_ERROR.greatest)) {
    const range = `[${STANDARD_ERROR.least}, ${STANDARD_ERROR.greatest}]`
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `Max standard error must be in ${range}: ${error}`)
  }
  const key = comparisonKey(call.types[0] ?? { kind: 'unknown' }, argument(args, 0))
  return aggregate({ ...call, modifiers: { ...call.modifiers, distinct: 'DISTINCT ' } }, 'count', [key])
}

const listAggregate: Emit = (args, call) => aggregate(call, 'string_agg', [argument(args, 0), args[1] ?? "''"])

export const GENERAL_AGGREGATES: readonly FunctionDefinition[] = [
  aggregateFunction('count', [
    ['() -> bigint', (_args, call) => `count(*)${call.modifiers.suffix}`],
    ['<T>(t) -> bigint', count],
  ]),
  aggregateFunction('count_if', [
    ['(boolean) -> bigint', (args, call) => aggregate(call, 'count', [`CASE WHEN ${argument(args, 0)} THEN true END`])],
  ]),
  aggregateFunction('sum', [
    ['(bigint) -> bigint', sum],
    ['(decimal(p,s)) -> decimal(38,s)', sumOfDecimals],
    ['(double) -> double', sum],
    ['(interval day to second) -> interval day to second', sum],
    ['(interval year to month) -> interval year to month', sum],
    ['(real) -> real', sum],
  ]),
  aggregateFunction('avg', [
    ['(bigint) -> double', native('avg')],
    ['(decimal(p,s)) -> decimal(p,s)', averageDecimal],
    ['(double) -> double', native('avg')],
    ['(interval day to second) -> interval day to second', averageInterval],
    ['(interval year to month) -> interval year to month', averageInterval],
    ['(real) -> real', native('avg')],
  ]),
  aggregateFunction('min', [
    ['<E: orderable>(e, bigint) -> array(E)', extremes('min')],
    ['<T: orderable>(t) -> T', extreme('min')],
  ]),
  aggregateFunction('max', [
    ['<E: orderable>(e, bigint) -> array(E)', extremes('max')],
    ['<T: orderable>(t) -> T', extreme('max')],
  ]),
  aggregateFunction('min_by', [
    ['<K: orderable, V>(v, k) -> V', extremeBy('arg_min')],
    ['<K: orderable, V>(v, k, bigint) -> array(V)', extremesBy('arg_min', 'min_by')],
  ]),
  aggregateFunction('max_by', [
    ['<K: orderable, V>(v, k) -> V', extremeBy('arg_max')],
    ['<K: orderable, V>(v, k, bigint) -> array(V)', extremesBy('arg_max', 'max_by')],
  ]),
  ...['arbitrary', 'any_value'].map((name) =>
    aggregateFunction(name, [['<T>(t) -> T', (args, call) => aggregate(call, 'any_value', args)]]),
  ),
  ...['bool_and', 'every'].map((name) =>
    aggregateFunction(name, [['(boolean) -> boolean', (args, call) => aggregate(call, 'bool_and', args)]]),
  ),
  aggregateFunction('bool_or', [['(boolean) -> boolean', (args, call) => aggregate(call, 'bool_or', args)]]),
  aggregateFunction('bitwise_and_agg', [['(bigint) -> bigint', (args, call) => aggregate(call, 'bit_and', args)]]),
  aggregateFunction('bitwise_or_agg', [['(bigint) -> bigint', (args, call) => aggregate(call, 'bit_or', args)]]),
  aggregateFunction(
    'approx_distinct',
    [
      ['<T: comparable>(t) -> bigint', approximateDistinct],
      ['<T: comparable>(t, double) -> bigint', approximateDistinct],
    ],
    { status: approximate('Exact, where Trino estimates with a standard error of 2.3 %.') },
  ),
  aggregateFunction('listagg', [
    ['(varchar) -> varchar', listAggregate],
    ['(varchar, varchar) -> varchar', listAggregate],
  ]),
]
