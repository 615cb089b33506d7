import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { CastCall, CastMode } from './cast-rule.ts'
import { evaluateOnce } from './emit-call.ts'

/** Arrays, maps and rows part by part. In TRY_CAST one part that fails makes the whole NULL. */
export function nestedCast(call: CastCall): string {
  const { sql, from, to, mode } = call
  if (from.kind === 'unknown') return `CAST(NULL AS ${physicalType(to)})`
  if (!mode.safe) return castParts(call)
  const { context } = mode
  const name = context.freshName('v')
  const strict: CastMode = { ...mode, safe: false }
  // The value is computed outside of TRY, so that only the cast's own errors are swallowed.
  return `list_transform([${sql}], lambda ${name}: TRY(${castParts({ ...call, sql: name, mode: strict })}))[1]`
}

function castParts({ sql, from, to, mode }: CastCall): string {
  const { context, castValue } = mode
  if (from.kind === 'array' && to.kind === 'array') {
    const item = context.freshName('x')
    return `list_transform(${sql}, lambda ${item}: ${castValue({ sql: item, from: from.element, to: to.element, mode })})`
  }
  if (from.kind === 'map' && to.kind === 'map') {
    const entry = context.freshName('e')
    const key = castValue({ sql: `${entry}.key`, from: from.key, to: to.key, mode })
    const value = castValue({ sql: `${entry}.value`, from: from.value, to: to.value, mode })
    return `map_from_entries(list_transform(map_entries(${sql}), lambda ${entry}: struct_pack(k := ${key}, v := ${value})))`
  }
  if (from.kind === 'row' && to.kind === 'row') return castFields(sql, from, to, mode)
  throw new Error(`no cast from ${from.kind} to ${to.kind}`)
}

type Row = TrinoType & { readonly kind: 'row' }

function castFields(sql: string, from: Row, to: Row, mode: CastMode): string {
  return evaluateOnce([sql], mode.context, ([row = sql]) => {
    const fields = to.fields.map((field, index) => {
      const source = from.fields[index]?.type ?? field.type
      return `f${index} := ${mode.castValue({ sql: `(${row}).f${index}`, from: source, to: field.type, mode })}`
    })
    return `(CASE WHEN ${row} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END)`
  })
}
