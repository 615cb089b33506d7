import { quoteJson } from '../types/json-text.ts'
import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { numberText } from './cast-number.ts'
import { type CastCall, plainCast, scalarCall } from './cast-rule.ts'
import { textOf } from './cast-text.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { quoteText } from './sql-text.ts'

/** `CAST(value AS json)`: text in Trino's normal form (keys sorted, no white space). */
export function toJsonCast({ sql, from, mode }: CastCall): string {
  return jsonOf(sql, from, mode.context)
}

function jsonOf(sql: string, type: TrinoType, context: EmitContext): string {
  switch (type.kind) {
    case 'unknown':
      return 'CAST(NULL AS VARCHAR)'
    case 'json':
      return sql
    case 'varchar':
      return quoted(sql)
    case 'real':
    case 'double':
      return evaluateOnce([sql], context, ([v = sql]) => {
        const text = `${numberText(type.kind)}(${v})`
        return `(CASE WHEN isfinite(${v}) THEN ${text} ELSE '"' || ${text} || '"' END)`
      })
    case 'date':
    case 'timestamp':
      return `('"' || ${textOf(sql, type, context)} || '"')`
    case 'array': {
      const item = context.freshName('x')
      return bracketed(
        '[',
        `list_transform(${sql}, lambda ${item}: ${orNull(jsonOf(item, type.element, context))})`,
        ']',
      )
    }
    case 'map':
      return jsonObject(sql, type, context)
    case 'row':
      return evaluateOnce([sql], context, ([row = sql]) => {
        const fields = type.fields.map((field, index) => {
          const name = quoteText(`${index === 0 ? '' : ','}${quoteJson(field.name ?? '')}:`)
          return `${name} || ${orNull(jsonOf(`(${row}).f${index}`, field.type, context))}`
        })
        return `(CASE WHEN ${row} IS NOT NULL THEN ${["'{'", ...fields, "'}'"].join(' || ')} END)`
      })
    default:
      return textOf(sql, type, context)
  }
}

function quoted(sql: string): string {
  return `CAST(to_json(${sql}) AS VARCHAR)`
}

function orNull(json: string): string {
  return `COALESCE(${json}, 'null')`
}

function bracketed(open: string, list: string, close: string): string {
  return `('${open}' || array_to_string(${list}, ',') || '${close}')`
}

function jsonObject(sql: string, type: TrinoType & { kind: 'map' }, context: EmitContext): string {
  const entry = context.freshName('e')
  const pair = context.freshName('p')
  const { key: keyType } = type
  const key =
    keyType.kind === 'real' || keyType.kind === 'double'
      ? `${numberText(keyType.kind)}(${entry}.key)`
      : textOf(`${entry}.key`, keyType, context)
  const value = orNull(jsonOf(`${entry}.value`, type.value, context))
  const pairs = `list_sort(list_transform(map_entries(${sql}), lambda ${entry}: struct_pack(k := ${key}, v := ${value})))`
  return bracketed('{', `list_transform(${pairs}, lambda ${pair}: ${quoted(`${pair}.k`)} || ':' || ${pair}.v)`, '}')
}

/**
 * From json. A JavaScript function checks the value against the type and gives every scalar in it as text; DuckDB then makes the
 * representation of that, which cannot fail any more.
 */
export function fromJsonCast({ sql, to, mode }: CastCall): string {
  const checked = scalarCall(mode, 'ft_json_cast', sql, quoteText(JSON.stringify(to)))
  if (to.kind !== 'array' && to.kind !== 'map' && to.kind !== 'row') return plainCast(checked, to)
  const structure = quoteText(JSON.stringify(textStructure(to)))
  return `CAST(from_json(${checked}, ${structure}) AS ${physicalType(to)})`
}

/** The structure that from_json reads, with text for every scalar. */
function textStructure(type: TrinoType): unknown {
  switch (type.kind) {
    case 'array':
      return [textStructure(type.element)]
    case 'map':
      return `MAP(VARCHAR, ${textType(type.value)})`
    case 'row':
      return Object.fromEntries(type.fields.map((field, index) => [`f${index}`, textStructure(field.type)]))
    default:
      return 'VARCHAR'
  }
}

function textType(type: TrinoType): string {
  switch (type.kind) {
    case 'array':
      return `${textType(type.element)}[]`
    case 'map':
      return `MAP(VARCHAR, ${textType(type.value)})`
    case 'row':
      return `STRUCT(${type.fields.map((field, index) => `f${index} ${textType(field.type)}`).join(', ')})`
    default:
      return 'VARCHAR'
  }
}
