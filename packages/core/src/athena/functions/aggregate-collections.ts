import { physicalType } from '../types/physical-type.ts'
import { aggregate, argument } from './aggregate-call.ts'
import { evaluateOnce } from './emit-call.ts'
import { approximate, define, type Emit, type EmitCall, type FunctionDefinition } from './signature.ts'

/** DISTINCT alone leaves the order open in Trino; here it is sorted, so that the same rows give the same answer. */
const arrayAggregate: Emit = (args, call) => {
  const value = argument(args, 0)
  const { distinct, orderBy } = call.modifiers
  return aggregate(call, 'list', [value], distinct && !orderBy ? ` ORDER BY ${value}` : orderBy)
}

/** The pairs of a group, sorted by key and, within a key, as they came; those without a key left out. NULL for no pairs. */
function sortedPairs(list: string, call: EmitCall, body: (pairs: string) => string): string {
  const { context } = call
  const [pair, index, numbered] = [context.freshName('p'), context.freshName('i'), context.freshName('q')]
  const withIndex = `list_transform(${list}, lambda ${pair}, ${index}: struct_pack(k := ${pair}.k, i := ${index}, v := ${pair}.v))`
  const sorted = `list_sort(list_filter(${withIndex}, lambda ${numbered}: ${numbered}.k IS NOT NULL))`
  return evaluateOnce([sorted], context, ([pairs = '']) => `(CASE WHEN len(${pairs}) > 0 THEN ${body(pairs)} END)`)
}

function pairsOf(args: readonly string[], call: EmitCall): string {
  return aggregate(call, 'list', [`struct_pack(k := ${argument(args, 0)}, v := ${argument(args, 1)})`])
}

/** The positions in sorted pairs at which a new key starts. */
function keyStarts(pairs: string, call: EmitCall): string {
  const at = call.context.freshName('i')
  return `list_filter(range(1, len(${pairs}) + 1), lambda ${at}: ${at} = 1 OR ${pairs}[${at}].k IS DISTINCT FROM ${pairs}[${at} - 1].k)`
}

/** Of equal keys the first keeps its value. */
function mapOfPairs(list: string, call: EmitCall): string {
  return sortedPairs(list, call, (pairs) => {
    const start = call.context.freshName('s')
    const entries = `list_transform(${keyStarts(pairs, call)}, lambda ${start}: struct_pack(k := ${pairs}[${start}].k, v := ${pairs}[${start}].v))`
    return `map_from_entries(${entries})`
  })
}

function multimapOfPairs(list: string, call: EmitCall): string {
  return sortedPairs(list, call, (pairs) =>
    evaluateOnce([keyStarts(pairs, call)], call.context, ([starts = '']) => {
      const [start, index, item] = [
        call.context.freshName('s'),
        call.context.freshName('i'),
        call.context.freshName('x'),
      ]
      const next = `COALESCE(${starts}[${index} + 1], len(${pairs}) + 1)`
      // Position by position: DuckDB copies the whole list for each slice of it.
      const values = `list_transform(range(${start}, ${next}), lambda ${item}: ${pairs}[${item}].v)`
      return `map_from_entries(list_transform(${starts}, lambda ${start}, ${index}: struct_pack(k := ${pairs}[${start}].k, v := ${values})))`
    }),
  )
}

const mapUnion: Emit = (args, call) => {
  const entry = call.context.freshName('e')
  const entries = `list_transform(map_entries(${argument(args, 0)}), lambda ${entry}: struct_pack(k := ${entry}.key, v := ${entry}.value))`
  return mapOfPairs(`flatten(${aggregate(call, 'list', [entries])})`, call)
}

const histogram: Emit = (args, call) =>
  `CAST(${aggregate(call, 'histogram', args)} AS ${physicalType(call.returnType)})`

/** The exact counts, the most frequent first; equal counts by value. */
const mostFrequent: Emit = (args, call) => {
  const { context } = call
  const [entry, pair] = [context.freshName('e'), context.freshName('p')]
  const counts = `map_entries(${aggregate(call, 'histogram', [argument(args, 1)])})`
  const byCount = `list_sort(list_transform(${counts}, lambda ${entry}: struct_pack(c := -CAST(${entry}.value AS BIGINT), k := ${entry}.key)))`
  const top = `list_slice(${byCount}, 1, ${argument(args, 0)})`
  return `map_from_entries(list_transform(${top}, lambda ${pair}: struct_pack(k := ${pair}.k, v := -${pair}.c)))`
}

export const COLLECTING_AGGREGATES: readonly FunctionDefinition[] = [
  define('aggregate', 'aggregate', 'array_agg', [['<T>(t) -> array(T)', arrayAggregate]]),
  define('aggregate', 'aggregate', 'map_agg', [
    ['<K: comparable, V>(k, v) -> map(K,V)', (args, call) => mapOfPairs(pairsOf(args, call), call)],
  ]),
  define('aggregate', 'aggregate', 'multimap_agg', [
    ['<K: comparable, V>(k, v) -> map(K,array(V))', (args, call) => multimapOfPairs(pairsOf(args, call), call)],
  ]),
  define('aggregate', 'aggregate', 'map_union', [['<K: comparable, V>(map(K,V)) -> map(K,V)', mapUnion]]),
  define('aggregate', 'aggregate', 'histogram', [['<K: comparable>(k) -> map(K,bigint)', histogram]]),
  define(
    'aggregate',
    'aggregate',
    'approx_most_frequent',
    [
      ['(bigint, varchar, bigint) -> map(varchar,bigint)', mostFrequent],
      ['(bigint, bigint, bigint) -> map(bigint,bigint)', mostFrequent],
    ],
    { status: approximate('Exact, where Trino keeps as many candidates as the third argument says.') },
  ),
]
