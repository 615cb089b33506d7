import { AthenaError } from '../errors.ts'
import { physicalType } from '../types/physical-type.ts'
import { BOOLEAN, formatTrinoType, type TrinoType, VARCHAR } from '../types/trino-type.ts'
import { canCast, emitCast } from './cast.ts'
import { applyLambda, emitLambda, evaluateOnce, raise, raiseText, typedNull } from './emit-call.ts'
import { cidrContains } from './ip-functions.ts'
import { mapElementAt } from './map-functions.ts'
import { emitComparison } from './operator-comparison.ts'
import { comparisonKey } from './operators.ts'
import { raiseSql } from './runtime-errors.ts'
import { define, type Emit, type EmitCall, type FunctionDefinition } from './signature.ts'

/**
 * Array functions of Trino. DuckDB's own differ in what they make of NULL elements, which Trino keeps and compares with
 * IS NOT DISTINCT FROM, and in order, which is that of first occurrence in Trino.
 */

type Entry = readonly [signature: string, emit: Emit]

function array(
  name: string,
  overloads: readonly Entry[],
  options: { readonly deterministic?: boolean } = {},
): FunctionDefinition {
  return define('array', 'scalar', name, overloads, options)
}

function elementType(call: EmitCall, index = 0): TrinoType {
  const type = call.types[index]
  if (type?.kind !== 'array') throw new Error(`argument ${index + 1} is ${type?.kind}, not an array`)
  return type.element
}

/** The array by which elements compare: itself for nearly all types. */
function keys(array: string, call: EmitCall, index = 0): string {
  const element = elementType(call, index)
  const name = call.context.freshName('e')
  const key = comparisonKey(element, name)
  return key === name ? array : `list_transform(${array}, lambda ${name}: ${key})`
}

function key(element: string, call: EmitCall): string {
  return comparisonKey(elementType(call), element)
}

const hasNull = (array: string): string => `list_count(${array}) < len(${array})`
const isNull = (...values: readonly (string | undefined)[]): string =>
  values.map((value) => `${value} IS NULL`).join(' OR ')

/** Emits with every argument named, so that each may be used often. */
function once(body: (args: readonly string[], call: EmitCall) => string): Emit {
  return (args, call) => evaluateOnce(args, call.context, (names) => body(names, call))
}

// ------------------------------------------------------------------ search

/**
 * Whether each element equals a value, as a list of booleans; NULL for elements that are NULL. An element that holds a NULL and may
 * be equal is an error that names the function. Undefined for types that DuckDB compares as Trino does.
 */
function equalities(name: string, list: string, value: string, call: EmitCall): string | undefined {
  const type = elementType(call)
  const e = call.context.freshName('e')
  const equal = emitComparison('=', type, e, value, call.context)
  switch (type.kind) {
    case 'real':
    case 'double':
      return `list_transform(${list}, lambda ${e}: ${equal})`
    case 'array':
    case 'map':
    case 'row': {
      const text = `${name} does not support arrays with elements that are null or contain null`
      const failure = raiseSql('NOT_SUPPORTED', text, BOOLEAN)
      return `list_transform(${list}, lambda ${e}: CASE WHEN ${e} IS NOT NULL THEN COALESCE(${equal}, ${failure}) END)`
    }
    default:
      return undefined
  }
}

const contains = once(([a = '', x = ''], call) => {
  const equal = equalities('contains', a, x, call)
  const found = equal ? `list_contains(${equal}, true)` : `list_contains(${keys(a, call)}, ${key(x, call)})`
  return `(CASE WHEN ${isNull(a, x)} THEN NULL WHEN ${found} THEN true WHEN ${hasNull(a)} THEN NULL ELSE false END)`
})

const containsSequence = once(([a = '', b = ''], call) => {
  const at = call.context.freshName('i')
  const part = `list_slice(${keys(a, call)}, ${at}, ${at} + len(${b}) - 1)`
  const starts = `range(1, len(${a}) - len(${b}) + 2)`
  const found = `len(list_filter(${starts}, lambda ${at}: ${part} IS NOT DISTINCT FROM ${keys(b, call, 1)})) > 0`
  return `(CASE WHEN ${isNull(a, b)} THEN NULL ELSE len(${b}) = 0 OR ${found} END)`
})

const position = once(([a = '', x = ''], call) => {
  const equal = equalities('array_position', a, x, call)
  const found = equal ? `list_position(${equal}, true)` : `list_position(${keys(a, call)}, ${key(x, call)})`
  return `(CASE WHEN ${isNull(a, x)} THEN NULL ELSE CAST(coalesce(${found}, 0) AS BIGINT) END)`
})

const remove = once(([a = '', x = ''], call) => {
  const [e, i] = [call.context.freshName('e'), call.context.freshName('i')]
  const equal = equalities('array_remove', a, x, call)
  const kept = equal
    ? evaluateOnce([equal], call.context, ([flags]) => {
        return `list_filter(${a}, lambda ${e}, ${i}: NOT COALESCE(list_extract(${flags}, ${i}), false))`
      })
    : `list_filter(${a}, lambda ${e}: ${key(e, call)} IS DISTINCT FROM ${key(x, call)})`
  return `(CASE WHEN ${x} IS NOT NULL THEN ${kept} END)`
})

const elementAt = once(([a = '', index = ''], call) => {
  const zero = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'SQL array indices start at 1')
  const constant = call.args[1]?.constant
  if (typeof constant === 'bigint' && constant !== 0n) return `list_extract(${a}, ${index})`
  return `(CASE WHEN ${index} = 0 AND ${a} IS NOT NULL THEN ${zero} ELSE list_extract(${a}, ${index}) END)`
})

/** The greatest or least element; NULL where one is NULL. */
function extreme(native: 'list_max' | 'list_min'): Emit {
  return once(([a = ''], call) => {
    const element = elementType(call)
    const isFloating = element.kind === 'double' || element.kind === 'real'
    if (isFloating) {
      const x = call.context.freshName('x')
      // NaN is the greatest number in DuckDB and is passed over in Trino.
      const numbers = `list_filter(${a}, lambda ${x}: NOT isnan(${x}))`
      return `(CASE WHEN ${hasNull(a)} THEN NULL ELSE coalesce(${native}(${numbers}), list_extract(${a}, 1)) END)`
    }
    if (keys(a, call) === a) return `(CASE WHEN ${hasNull(a)} THEN NULL ELSE ${native}(${a}) END)`
    const k = keys(a, call)
    return `(CASE WHEN ${hasNull(a)} THEN NULL ELSE list_extract(${a}, list_position(${k}, ${native}(${k}))) END)`
  })
}

// -------------------------------------------------------------------- sets

/** Elements at whose place their value comes first. */
function distinct(array: string, call: EmitCall): string {
  const element = call.context.freshName('e')
  const index = call.context.freshName('i')
  const k = keys(array, call)
  return `list_filter(${array}, lambda ${element}, ${index}: list_position(${k}, ${comparisonKey(elementType(call), element)}) = ${index})`
}

/** Distinct elements of the first array that are in the second, or are not. */
function matching(call: EmitCall, first: string, second: string, isIn: boolean): string {
  const element = call.context.freshName('e')
  const at = `list_position(${keys(second, call, 1)}, ${comparisonKey(elementType(call), element)})`
  const filtered = `list_filter(${first}, lambda ${element}: ${at} IS ${isIn ? 'NOT ' : ''}NULL)`
  return evaluateOnce([filtered], call.context, ([list = '']) => distinct(list, call))
}

const arraysOverlap = once(([a = '', b = ''], call) => {
  const element = call.context.freshName('e')
  const k = comparisonKey(elementType(call), element)
  const common = `list_filter(${a}, lambda ${element}: ${element} IS NOT NULL AND list_contains(${keys(b, call, 1)}, ${k}))`
  return `(CASE WHEN ${isNull(a, b)} THEN NULL WHEN len(${common}) > 0 THEN true
    WHEN len(${a}) > 0 AND len(${b}) > 0 AND (${hasNull(a)} OR ${hasNull(b)}) THEN NULL ELSE false END)`
})

const histogram = once(([a = ''], call) => {
  const element = call.context.freshName('e')
  const other = call.context.freshName('o')
  const elements = `list_filter(${distinct(a, call)}, lambda ${element}: ${element} IS NOT NULL)`
  const count = `CAST(len(list_filter(${keys(a, call)}, lambda ${other}: ${other} = ${comparisonKey(elementType(call), element)})) AS BIGINT)`
  return `(CASE WHEN ${a} IS NOT NULL THEN map_from_entries(list_transform(${elements}, lambda ${element}: struct_pack(key := ${element}, value := ${count}))) END)`
})

// ----------------------------------------------------------------- rewrite

const join = once(([a = '', delimiter = '', replacement], call) => {
  const element = elementType(call)
  if (!canCast(element, VARCHAR)) {
    throw new AthenaError('OPERATOR_NOT_FOUND', `Cannot cast ${formatTrinoType(element)} to varchar`)
  }
  const name = call.context.freshName('e')
  const text = emitCast(name, element, VARCHAR, { safe: false }, call.context)
  const shown = replacement === undefined ? text : `coalesce(${text}, ${replacement})`
  const texts = shown === name ? a : `list_transform(${a}, lambda ${name}: ${shown})`
  return `ft_join(${texts}, ${delimiter})`
})

const sorted: Emit = ([a = ''], call) => {
  const element = elementType(call)
  if (comparisonKey(element, 'x') === 'x') return `list_sort(${a}, 'ASC', 'NULLS LAST')`
  return evaluateOnce([a], call.context, ([list = '']) => {
    const e = call.context.freshName('e')
    const pairs = `list_transform(${list}, lambda ${e}: struct_pack(n := ${e} IS NULL, k := ${comparisonKey(element, e)}, v := ${e}))`
    return `list_transform(list_sort(${pairs}, 'ASC', 'NULLS LAST'), lambda ${e}: ${e}.v)`
  })
}

/** Puts each element behind those that are not greater: a stable order, as the comparator says. */
const sortedBy: Emit = ([a = ''], call) => {
  const [done, next, element] = ['s', 'n', 'e'].map((stem) => call.context.freshName(stem)) as [string, string, string]
  const compare = `ft_check_comparison(${applyLambda(call.args[1], [element, `${next}[1]`])})`
  const smaller = `list_filter(${done}, lambda ${element}: ${compare} <= 0)`
  const greater = `list_filter(${done}, lambda ${element}: ${compare} > 0)`
  const item = call.context.freshName('x')
  return evaluateOnce([a], call.context, ([list = '']) => {
    const singles = `list_transform(${list}, lambda ${item}: [${item}])`
    const reduced = `list_reduce(${singles}, lambda ${done}, ${next}: list_concat(${smaller}, ${next}, ${greater}))`
    return `(CASE WHEN len(${list}) = 0 THEN ${list} WHEN ${list} IS NOT NULL THEN ${reduced} END)`
  })
}

const slice = once(([a = '', start = '', length = ''], call) => {
  const zero = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'SQL array indices start at 1')
  const negative = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'length must be greater than or equal to 0')
  const from = `(CASE WHEN ${start} > 0 THEN ${start} ELSE len(${a}) + ${start} + 1 END)`
  const empty = `CAST([] AS ${physicalType(call.returnType)})`
  return `(CASE WHEN ${isNull(a, start, length)} THEN NULL WHEN ${length} < 0 THEN ${negative} WHEN ${start} = 0 THEN ${zero}
    WHEN ${length} = 0 OR ${start} > len(${a}) OR -${start} > len(${a}) THEN ${empty}
    ELSE list_slice(${a}, ${from}, ${from} + least(${length}, len(${a})) - 1) END)`
})

const trimArray = once(([a = '', size = ''], call) => {
  const negative = raiseText(call, 'INVALID_FUNCTION_ARGUMENT', `'size must not be negative: ' || ${size}`)
  const large = raiseText(
    call,
    'INVALID_FUNCTION_ARGUMENT',
    `'size must not exceed array cardinality ' || len(${a}) || ': ' || ${size}`,
  )
  return `(CASE WHEN ${isNull(a, size)} THEN NULL WHEN ${size} < 0 THEN ${negative} WHEN ${size} > len(${a}) THEN ${large}
    ELSE list_slice(${a}, 1, len(${a}) - ${size}) END)`
})

const REPEAT_LIMIT = 10_000

const repeat = once(([x = '', count = ''], call) => {
  const code = 'INVALID_FUNCTION_ARGUMENT'
  const negative = raise(call, code, 'count argument of repeat function must be greater than or equal to 0')
  const large = raise(call, code, `count argument of repeat function must be less than or equal to ${REPEAT_LIMIT}`)
  const ignored = call.context.freshName('i')
  return `(CASE WHEN ${count} IS NULL THEN NULL WHEN ${count} < 0 THEN ${negative} WHEN ${count} > ${REPEAT_LIMIT} THEN ${large}
    ELSE list_transform(range(${count}), lambda ${ignored}: ${x}) END)`
})

const shuffle: Emit = ([a = ''], call) => {
  const e = call.context.freshName('e')
  const keyed = `list_transform(${a}, lambda ${e}: struct_pack(r := random(), v := ${e}))`
  return `list_transform(list_sort(${keyed}), lambda ${e}: ${e}.v)`
}

const ngrams = once(([a = '', n = ''], call) => {
  const failure = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'N must be positive')
  const i = call.context.freshName('i')
  const size = `least(${n}, len(${a}))`
  const grams = `list_transform(range(1, greatest(len(${a}) - ${size} + 2, 2)), lambda ${i}: list_slice(${a}, ${i}, ${i} + ${size} - 1))`
  return `(CASE WHEN ${isNull(a, n)} THEN NULL WHEN ${n} <= 0 THEN ${failure} ELSE ${grams} END)`
})

const combinations = once(([a = '', n = ''], call) => {
  const [i, j] = [call.context.freshName('i'), call.context.freshName('j')]
  return evaluateOnce([`ft_combinations(len(${a}), ${n})`], call.context, ([indexes = '']) => {
    const one = `list_transform(range(1, ${n} + 1), lambda ${j}: list_extract(${a}, list_extract(${indexes}, ${i} * ${n} + ${j})))`
    const count = `CASE WHEN ${n} = 0 THEN 1 ELSE len(${indexes}) // ${n} END`
    return `(CASE WHEN ${isNull(a, n)} THEN NULL ELSE list_transform(range(${count}), lambda ${i}: ${one}) END)`
  })
})

const flatten = once(([a = '']) => `(CASE WHEN ${a} IS NOT NULL THEN flatten(${a}) END)`)

// --------------------------------------------------------------- sequences

const SEQUENCE_LIMIT = 10_000
const SEQUENCE_BOUNDS =
  'sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start'
const SEQUENCE_SIZE = `result of sequence function must not have more than ${SEQUENCE_LIMIT} entries`

/** Of whole numbers: a step that is left out leads towards the end. */
const numberSequence = once(([start = '', stop = '', given], call) => {
  const code = 'INVALID_FUNCTION_ARGUMENT'
  const step = given ?? `(CASE WHEN ${start} <= ${stop} THEN 1 ELSE -1 END)`
  const zero = raise(call, code, 'step must not be zero')
  const size = `(CAST(${stop} AS HUGEINT) - ${start}) // ${step}`
  return `(CASE WHEN ${isNull(start, stop, given ?? start)} THEN NULL WHEN ${step} = 0 THEN ${zero}
    WHEN (${step} > 0 AND ${stop} < ${start}) OR (${step} < 0 AND ${stop} > ${start}) THEN ${raise(call, code, SEQUENCE_BOUNDS)}
    WHEN ${size} >= ${SEQUENCE_LIMIT} THEN ${raise(call, code, SEQUENCE_SIZE)} ELSE generate_series(${start}, ${stop}, ${step}) END)`
})

const MILLIS_PER_DAY = 86_400_000

/** Of dates and timestamps, by days, by an interval of milliseconds, or by months. */
const timeSequence = once(([start = '', stop = '', given], call) => {
  const code = 'INVALID_FUNCTION_ARGUMENT'
  const isDate = call.types[0]?.kind === 'date'
  const stepType = call.types[2]?.kind
  const step = given ?? `(CASE WHEN ${start} <= ${stop} THEN ${MILLIS_PER_DAY} ELSE -${MILLIS_PER_DAY} END)`
  const isMonths = stepType === 'interval year to month'
  const guards: string[] = [`WHEN ${isNull(start, stop, given ?? start)} THEN NULL`]
  if (isDate && given !== undefined && !isMonths) {
    guards.push(
      `WHEN ${step} % ${MILLIS_PER_DAY} <> 0 THEN ${raise(call, code, 'sequence step must be a day interval if start and end values are dates')}`,
    )
  }
  guards.push(`WHEN ${step} = 0 THEN ${raise(call, code, 'step must not be zero')}`)
  guards.push(
    `WHEN (${step} > 0 AND ${stop} < ${start}) OR (${step} < 0 AND ${stop} > ${start}) THEN ${raise(call, code, SEQUENCE_BOUNDS)}`,
  )
  const size = isMonths
    ? `abs(date_sub('month', ${start}, ${stop})) // abs(${step})`
    : `(epoch_ms(CAST(${stop} AS TIMESTAMP)) - epoch_ms(CAST(${start} AS TIMESTAMP))) // ${step}`
  guards.push(`WHEN ${size} >= ${SEQUENCE_LIMIT} THEN ${raise(call, code, SEQUENCE_SIZE)}`)
  const i = call.context.freshName('i')
  // Each value is counted from the start: adding months one by one would stick at short months.
  const value = isMonths
    ? `${start} + to_months(CAST(${i} * ${step} AS INTEGER))`
    : `${start} + to_microseconds(${i} * ${step} * 1000)`
  const physical = isDate ? 'DATE' : 'TIMESTAMP'
  return `(CASE ${guards.join(' ')} ELSE list_transform(range(${size} + 1), lambda ${i}: CAST(${value} AS ${physical})) END)`
})

// ----------------------------------------------------------------- lambdas

const isLambdaTrue = (call: EmitCall): string => emitLambda(call.args[1], call.context, 1)

/** Whether elements match, in three-valued logic. */
function match(name: 'any' | 'all' | 'none'): Emit {
  return ([a = ''], call) => {
    const results = `list_transform(${a}, ${isLambdaTrue(call)})`
    return evaluateOnce([results], call.context, ([list = '']) => {
      const decisive = name === 'all' ? 'false' : 'true'
      const answer = name === 'any' ? 'true' : 'false'
      const other = name === 'any' ? 'false' : 'true'
      return `(CASE WHEN list_contains(${list}, ${decisive}) THEN ${answer} WHEN ${hasNull(list)} THEN NULL
        WHEN ${list} IS NOT NULL THEN ${other} END)`
    })
  }
}

/** DuckDB's list_reduce has one type for elements and state: both travel in one struct. */
const reduce: Emit = ([a = '', start = ''], call) => {
  const [state, next, item] = ['s', 'n', 'x'].map((stem) => call.context.freshName(stem)) as [string, string, string]
  const stateType = physicalType(call.types[1] as TrinoType)
  const element = physicalType(elementType(call))
  const pack = (e: string, s: string): string =>
    `struct_pack(e := CAST(${e} AS ${element}), s := CAST(${s} AS ${stateType}))`
  const body = applyLambda(call.args[2], [`${state}.s`, `${next}.e`])
  const items = `list_transform(${a}, lambda ${item}: ${pack(item, 'NULL')})`
  const reduced = `list_reduce(${items}, lambda ${state}, ${next}: ${pack('NULL', body)}, ${pack('NULL', start)}).s`
  return evaluateOnce([reduced], call.context, ([result = '']) => {
    const output = applyLambda(call.args[3], [`CAST(${result} AS ${stateType})`])
    return `(CASE WHEN ${a} IS NOT NULL THEN ${output} ELSE ${typedNull(call)} END)`
  })
}

/** Rows of the elements at each place, as many as the longest array has. */
const zip = once((args, call) => {
  const i = call.context.freshName('i')
  const size = `greatest(${args.map((a) => `len(${a})`).join(', ')})`
  const fields = args.map((a, index) => `f${index} := list_extract(${a}, ${i})`).join(', ')
  return `(CASE WHEN ${isNull(...args)} THEN NULL ELSE list_transform(range(1, ${size} + 1), lambda ${i}: struct_pack(${fields})) END)`
})

const zipWith: Emit = ([a = '', b = ''], call) =>
  evaluateOnce([a, b], call.context, ([x = '', y = '']) => {
    const i = call.context.freshName('i')
    const body = applyLambda(call.args[2], [`list_extract(${x}, ${i})`, `list_extract(${y}, ${i})`])
    const size = `greatest(len(${x}), len(${y}))`
    return `(CASE WHEN ${isNull(x, y)} THEN NULL ELSE list_transform(range(1, ${size} + 1), lambda ${i}: ${body}) END)`
  })

const ZIPS: readonly Entry[] = [2, 3, 4, 5].map((count) => {
  const names = Array.from({ length: count }, (_, index) => `T${index + 1}`)
  const arrays = names.map((name) => `array(${name})`).join(', ')
  return [`<${names.join(', ')}>(${arrays}) -> array(row(${names.join(', ')}))`, zip]
})

export const ARRAY_FUNCTIONS: readonly FunctionDefinition[] = [
  array('all_match', [['<T>(array(t), function(t, boolean)) -> boolean', match('all')]]),
  array('any_match', [['<T>(array(t), function(t, boolean)) -> boolean', match('any')]]),
  array('array_distinct', [['<E: comparable>(array(e)) -> array(e)', once(([a = ''], call) => distinct(a, call))]]),
  array('array_except', [
    ['<E: comparable>(array(e), array(e)) -> array(e)', once(([a = '', b = ''], call) => matching(call, a, b, false))],
  ]),
  array('array_histogram', [['<T: comparable>(array(t)) -> map(t, bigint)', histogram]]),
  array('array_intersect', [
    ['<E: comparable>(array(e), array(e)) -> array(e)', once(([a = '', b = ''], call) => matching(call, a, b, true))],
  ]),
  array('array_join', [
    ['<E>(array(e), varchar) -> varchar', join],
    ['<E>(array(e), varchar, varchar) -> varchar', join],
  ]),
  array('array_max', [['<T: orderable>(array(t)) -> t', extreme('list_max')]]),
  array('array_min', [['<T: orderable>(array(t)) -> t', extreme('list_min')]]),
  array('array_position', [['<T: comparable>(array(t), t) -> bigint', position]]),
  array('array_remove', [['<E: comparable>(array(e), e) -> array(e)', remove]]),
  array('array_sort', [
    ['<E: orderable>(array(e)) -> array(e)', sorted],
    ['<T>(array(t), function(t, t, integer)) -> array(t)', sortedBy],
  ]),
  array('array_union', [
    [
      '<E: comparable>(array(e), array(e)) -> array(e)',
      (args, call) => evaluateOnce([`(${args[0]} || ${args[1]})`], call.context, ([a = '']) => distinct(a, call)),
    ],
  ]),
  array('arrays_overlap', [['<E: comparable>(array(e), array(e)) -> boolean', arraysOverlap]]),
  array('cardinality', [
    ['<E>(array(e)) -> bigint', 'CAST(len($1) AS BIGINT)'],
    ['<K, V>(map(k, v)) -> bigint', 'CAST(cardinality($1) AS BIGINT)'],
  ]),
  array('combinations', [['<T>(array(t), integer) -> array(array(t))', combinations]]),
  array('contains', [
    ['<T: comparable>(array(t), t) -> boolean', contains],
    ['(varchar, ipaddress) -> boolean', cidrContains],
  ]),
  array('contains_sequence', [['<T: comparable>(array(t), array(t)) -> boolean', containsSequence]]),
  array('element_at', [
    ['<E>(array(e), bigint) -> e', elementAt],
    ['<K, V>(map(K, V), K) -> V', mapElementAt],
  ]),
  array('filter', [
    ['<T>(array(t), function(t, boolean)) -> array(t)', ([a], call) => `list_filter(${a}, ${isLambdaTrue(call)})`],
  ]),
  array('flatten', [['<E>(array(array(E))) -> array(E)', flatten]]),
  array('ngrams', [['<T>(array(t), integer) -> array(array(t))', ngrams]]),
  array('none_match', [['<T>(array(t), function(t, boolean)) -> boolean', match('none')]]),
  array('reduce', [['<T, S, R>(array(T), S, function(S, T, S), function(S, R)) -> R', reduce]], {
    deterministic: false,
  }),
  array('repeat', [['<T>(t, integer) -> array(t)', repeat]]),
  array('sequence', [
    ['(bigint, bigint) -> array(bigint)', numberSequence],
    ['(bigint, bigint, bigint) -> array(bigint)', numberSequence],
    ['(date, date) -> array(date)', timeSequence],
    ['(date, date, interval day to second) -> array(date)', timeSequence],
    ['(date, date, interval year to month) -> array(date)', timeSequence],
    ['(timestamp(p), timestamp(p), interval day to second) -> array(timestamp(p))', timeSequence],
    ['(timestamp(p), timestamp(p), interval year to month) -> array(timestamp(p))', timeSequence],
  ]),
  array('shuffle', [['<E>(array(e)) -> array(e)', shuffle]], { deterministic: false }),
  array('slice', [['<E>(array(e), bigint, bigint) -> array(e)', slice]]),
  array(
    'transform',
    [['<T, U>(array(T), function(T, U)) -> array(U)', ([a], call) => `list_transform(${a}, ${isLambdaTrue(call)})`]],
    { deterministic: false },
  ),
  array('trim_array', [['<E>(array(e), bigint) -> array(e)', trimArray]]),
  array('zip', ZIPS),
  array('zip_with', [['<T, U, R>(array(T), array(U), function(T, U, R)) -> array(R)', zipWith]], {
    deterministic: false,
  }),
]
