import { AthenaError } from '../errors.ts'
import { physicalType } from '../types/physical-type.ts'
import { type TrinoType, VARCHAR } from '../types/trino-type.ts'
import { canCast, emitCast } from './cast.ts'
import { applyLambda, evaluateOnce, raise, raiseText, typedNull } from './emit-call.ts'
import { emitComparison } from './operator-comparison.ts'
import { comparisonKey } from './operators.ts'
import { define, type Emit, type EmitCall, type FunctionDefinition } from './signature.ts'

/** Map functions of Trino. A map is built from its entries, whose keys must be there and differ. */

type Entry = readonly [signature: string, emit: Emit]

function map(
  name: string,
  overloads: readonly Entry[],
  options: { readonly deterministic?: boolean } = {},
): FunctionDefinition {
  return define('map', 'scalar', name, overloads, options)
}

type MapType = TrinoType & { readonly kind: 'map' }

function mapType(type: TrinoType | undefined): MapType {
  if (type?.kind !== 'map') throw new Error(`${type?.kind} is not a map`)
  return type
}

const isNull = (...values: readonly (string | undefined)[]): string =>
  values.map((value) => `${value} IS NULL`).join(' OR ')

/** The keys as they compare, in the order of the map's entries. */
function comparedKeys(keys: string, type: TrinoType, call: EmitCall): string {
  const name = call.context.freshName('k')
  const key = comparisonKey(type, name)
  return key === name ? keys : `list_transform(${keys}, lambda ${name}: ${key})`
}

/** The value of a key; NULL where it is missing. */
function valueAt(type: MapType, sql: string, key: string, call: EmitCall): string {
  if (comparisonKey(type.key, 'x') === 'x') return `map_extract_value(${sql}, ${key})`
  const position = `list_position(${comparedKeys(`map_keys(${sql})`, type.key, call)}, ${comparisonKey(type.key, key)})`
  return `list_extract(map_values(${sql}), ${position})`
}

/** A map of a list of STRUCT(key, value), with the checks that Trino makes. */
function fromEntries(entries: string, type: MapType, call: EmitCall): string {
  return evaluateOnce([entries], call.context, ([list = '']) => {
    const e = call.context.freshName('e')
    const keys = `list_transform(${list}, lambda ${e}: ${e}.key)`
    return `(CASE ${keyChecks(keys, type.key, call)} WHEN ${list} IS NOT NULL THEN ${mapOf(list, type)} END)`
  })
}

function mapOf(entries: string, type: MapType): string {
  return `CAST(map_from_entries(${entries}) AS ${physicalType(type)})`
}

/** WHEN clauses that refuse NULL and repeated keys. */
function keyChecks(keys: string, type: TrinoType, call: EmitCall): string {
  const compared = comparedKeys(keys, type, call)
  const [e, i] = [call.context.freshName('e'), call.context.freshName('i')]
  const repeated = `list_filter(${keys}, lambda ${e}, ${i}: list_position(${compared}, ${comparisonKey(type, e)}) < ${i})`
  const shown = keyText(`list_extract(${repeated}, 1)`, type, call)
  const duplicate = raiseText(
    call,
    'INVALID_FUNCTION_ARGUMENT',
    `'Duplicate map keys (' || ${shown} || ') are not allowed'`,
  )
  return `WHEN list_count(${keys}) < len(${keys}) THEN ${raise(call, 'INVALID_FUNCTION_ARGUMENT', 'map key cannot be null')}
    WHEN len(${repeated}) > 0 THEN ${duplicate}`
}

/** A key that holds a NULL is not known to equal itself. */
function indeterminateCheck(keys: string, type: TrinoType, call: EmitCall): string {
  if (type.kind !== 'array' && type.kind !== 'row' && type.kind !== 'map') return ''
  const e = call.context.freshName('e')
  const found = `list_filter(${keys}, lambda ${e}: ${emitComparison('=', type, e, e, call.context)} IS NULL)`
  const text = `'map key cannot be indeterminate: ' || ${keyText(`list_extract(${found}, 1)`, type, call)}`
  return ` WHEN len(${found}) > 0 THEN ${raiseText(call, 'INVALID_FUNCTION_ARGUMENT', text)}`
}

/** A key as Trino's errors show it, which is how Java prints the value. */
function keyText(key: string, type: TrinoType, call: EmitCall): string {
  switch (type.kind) {
    case 'real':
      return `ft_real_text(${key})`
    case 'double':
      return `ft_double_text(${key})`
    case 'array': {
      const e = call.context.freshName('e')
      const shown = `list_transform(${key}, lambda ${e}: COALESCE(${keyText(e, type.element, call)}, 'null'))`
      return `('[' || array_to_string(${shown}, ', ') || ']')`
    }
    case 'row': {
      const fields = type.fields.map(
        (field, index) => `COALESCE(${keyText(`(${key}).f${index}`, field.type, call)}, 'null')`,
      )
      return `('[' || ${fields.join(" || ', ' || ")} || ']')`
    }
    default:
      return canCast(type, VARCHAR) ? emitCast(key, type, VARCHAR, { safe: true }, call.context) : "'…'"
  }
}

const construct: Emit = (args, call) =>
  evaluateOnce(args, call.context, ([keys = '', values = '']) => {
    const different = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'Key and value arrays must be the same length')
    const type = mapType(call.returnType)
    return `(CASE WHEN ${isNull(keys, values)} THEN ${typedNull(call)} WHEN len(${keys}) <> len(${values}) THEN ${different}
      ${indeterminateCheck(keys, type.key, call)} ${keyChecks(keys, type.key, call)} ELSE CAST(map(${keys}, ${values}) AS ${physicalType(type)}) END)`
  })

/** The entries of the arrays of rows that some functions take, as STRUCT(key, value). */
function rowsAsEntries(rows: string, call: EmitCall): string {
  const r = call.context.freshName('r')
  return `list_transform(${rows}, lambda ${r}: struct_pack(key := ${r}.f0, value := ${r}.f1))`
}

const mapFromEntries: Emit = ([rows = ''], call) =>
  evaluateOnce([rows], call.context, ([list = '']) => {
    const failure = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'map entry cannot be null')
    const map = fromEntries(rowsAsEntries(list, call), mapType(call.returnType), call)
    return `(CASE WHEN list_count(${list}) < len(${list}) THEN ${failure} WHEN ${list} IS NOT NULL THEN ${map} END)`
  })

const multimapFromEntries: Emit = ([rows = ''], call) =>
  evaluateOnce([rows], call.context, ([list = '']) => {
    const type = mapType(call.returnType)
    const code = 'INVALID_FUNCTION_ARGUMENT'
    const [r, i, o] = ['r', 'i', 'o'].map((stem) => call.context.freshName(stem)) as [string, string, string]
    const keys = `list_transform(${list}, lambda ${r}: ${comparisonKey(type.key, `${r}.f0`)})`
    const firsts = `list_filter(${list}, lambda ${r}, ${i}: list_position(${keys}, ${comparisonKey(type.key, `${r}.f0`)}) = ${i})`
    const same = `${comparisonKey(type.key, `${o}.f0`)} IS NOT DISTINCT FROM ${comparisonKey(type.key, `${r}.f0`)}`
    const values = `list_transform(list_filter(${list}, lambda ${o}: ${same}), lambda ${o}: ${o}.f1)`
    const entries = `list_transform(${firsts}, lambda ${r}: struct_pack(key := ${r}.f0, value := ${values}))`
    const nullKeys = `len(list_filter(${list}, lambda ${r}: ${r}.f0 IS NULL)) > 0`
    return `(CASE WHEN list_count(${list}) < len(${list}) THEN ${raise(call, code, 'map entry cannot be null')}
      WHEN ${nullKeys} THEN ${raise(call, code, 'map key cannot be null')} WHEN ${list} IS NOT NULL THEN ${mapOf(entries, type)} END)`
  })

/** Later maps win; a key keeps the place where it first came. */
const concat: Emit = (args, call) => {
  if (args.length < 2) {
    throw new AthenaError(
      'INVALID_FUNCTION_ARGUMENT',
      'There must be two or more concatenation arguments to map_concat',
    )
  }
  const type = mapType(call.returnType)
  return evaluateOnce(args, call.context, (maps) => {
    const [k, m] = [call.context.freshName('k'), call.context.freshName('m')]
    const keys = `flatten([${maps.map((sql) => `map_keys(${sql})`).join(', ')}])`
    const body = evaluateOnce([keys], call.context, ([all = '']) => {
      const i = call.context.freshName('i')
      const distinct = `list_filter(${all}, lambda ${k}, ${i}: list_position(${comparedKeys(all, type.key, call)}, ${comparisonKey(type.key, k)}) = ${i})`
      const values = maps.toReversed().map((sql) => {
        const has = `list_contains(${comparedKeys(`map_keys(${sql})`, type.key, call)}, ${comparisonKey(type.key, m)})`
        return `WHEN ${has} THEN ${valueAt(type, sql, m, call)}`
      })
      return mapOf(
        `list_transform(${distinct}, lambda ${m}: struct_pack(key := ${m}, value := CASE ${values.join(' ')} END))`,
        type,
      )
    })
    return `(CASE WHEN ${isNull(...maps)} THEN NULL ELSE ${body} END)`
  })
}

/** The map's entries, each rewritten by a lambda over key and value. */
function rewrite(call: EmitCall, sql: string, entry: (key: string, value: string) => string): string {
  const e = call.context.freshName('e')
  return `list_transform(map_entries(${sql}), lambda ${e}: ${entry(`${e}.key`, `${e}.value`)})`
}

const filter: Emit = ([sql = ''], call) => {
  const e = call.context.freshName('e')
  const condition = applyLambda(call.args[1], [`${e}.key`, `${e}.value`])
  const entries = `list_filter(map_entries(${sql}), lambda ${e}: ${condition})`
  return evaluateOnce(
    [entries],
    call.context,
    ([list = '']) => `(CASE WHEN ${list} IS NOT NULL THEN ${mapOf(list, mapType(call.returnType))} END)`,
  )
}

const transformKeys: Emit = ([sql = ''], call) => {
  const entries = rewrite(
    call,
    sql,
    (key, value) => `struct_pack(key := ${applyLambda(call.args[1], [key, value])}, value := ${value})`,
  )
  return fromEntries(entries, mapType(call.returnType), call)
}

const transformValues: Emit = ([sql = ''], call) => {
  const entries = rewrite(
    call,
    sql,
    (key, value) => `struct_pack(key := ${key}, value := ${applyLambda(call.args[1], [key, value])})`,
  )
  return evaluateOnce(
    [entries],
    call.context,
    ([list = '']) => `(CASE WHEN ${list} IS NOT NULL THEN ${mapOf(list, mapType(call.returnType))} END)`,
  )
}

const zipWith: Emit = ([left = '', right = ''], call) =>
  evaluateOnce([left, right], call.context, ([a = '', b = '']) => {
    const [leftType, rightType] = [mapType(call.types[0]), mapType(call.types[1])]
    const type = mapType(call.returnType)
    const [k, i, e] = ['k', 'i', 'e'].map((stem) => call.context.freshName(stem)) as [string, string, string]
    const keys = evaluateOnce([`(map_keys(${a}) || map_keys(${b}))`], call.context, ([all = '']) => {
      const at = `list_position(${comparedKeys(all, type.key, call)}, ${comparisonKey(type.key, k)})`
      return `list_filter(${all}, lambda ${k}, ${i}: ${at} = ${i})`
    })
    const value = applyLambda(call.args[2], [e, valueAt(leftType, a, e, call), valueAt(rightType, b, e, call)])
    const entries = `list_transform(${keys}, lambda ${e}: struct_pack(key := ${e}, value := ${value}))`
    return `(CASE WHEN ${isNull(a, b)} THEN NULL ELSE ${mapOf(entries, type)} END)`
  })

/** element_at(map, key): NULL where the key is missing. */
export const mapElementAt: Emit = (args, call) =>
  evaluateOnce(args, call.context, ([sql = '', key = '']) => valueAt(mapType(call.types[0]), sql, key, call))

export const MAP_FUNCTIONS: readonly FunctionDefinition[] = [
  map('map', [
    ['() -> map(unknown, unknown)', 'CAST(MAP {} AS MAP(INTEGER, INTEGER))'],
    ['<K: comparable, V>(array(K), array(V)) -> map(K, V)', construct],
  ]),
  map('map_concat', [['<K, V>(map(K, V)...) -> map(K, V)', concat]]),
  map('map_entries', [
    [
      '<K, V>(map(k, v)) -> array(row(k, v))',
      ([sql = ''], call) => rewrite(call, sql, (key, value) => `struct_pack(f0 := ${key}, f1 := ${value})`),
    ],
  ]),
  map('map_filter', [['<K, V>(map(K, V), function(K, V, boolean)) -> map(K, V)', filter]], { deterministic: false }),
  map('map_from_entries', [['<K: comparable, V>(array(row(k, v))) -> map(k, v)', mapFromEntries]]),
  map('map_keys', [['<K, V>(map(k, v)) -> array(k)', 'map_keys($1)']]),
  map('map_values', [['<K, V>(map(k, v)) -> array(v)', 'map_values($1)']]),
  map('map_zip_with', [['<K, V1, V2, V3>(map(K, V1), map(K, V2), function(K, V1, V2, V3)) -> map(K, V3)', zipWith]], {
    deterministic: false,
  }),
  map('multimap_from_entries', [['<K: comparable, V>(array(row(k, v))) -> map(k, array(v))', multimapFromEntries]]),
  map('transform_keys', [['<K1, K2, V>(map(K1, V), function(K1, V, K2)) -> map(K2, V)', transformKeys]], {
    deterministic: false,
  }),
  map('transform_values', [['<K, V1, V2>(map(K, V1), function(K, V1, V2)) -> map(K, V2)', transformValues]], {
    deterministic: false,
  }),
]
