import { AthenaError } from '../errors.ts'
import { canCoerce, commonSuperType } from '../types/coercion.ts'
import { BIGINT, formatTrinoType, type TrinoType, VARCHAR } from '../types/trino-type.ts'
import { canCast, emitCast } from './cast.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { operand, type ResolvedOperator, typeMismatch } from './operator.ts'
import { comparisonKey } from './operator-comparison.ts'
import { raiseSql, raiseTextSql } from './runtime-errors.ts'

/** `base[index]` of an array or a map; for rows see resolveRowSubscript. */
export function resolveSubscript(base: TrinoType, index: TrinoType): ResolvedOperator {
  if (base.kind === 'array' && canCoerce(index, BIGINT)) return arraySubscript(base)
  if (base.kind === 'map') {
    const key = commonSuperType(base.key, index)
    if (key) return mapSubscript({ ...base, key })
  }
  throw typeMismatch(`Cannot use ${formatTrinoType(index)} for subscript of ${formatTrinoType(base)}`)
}

/** `row[1]`: `index` is the literal's value. Errors belong to the index's place. */
export function resolveRowSubscript(base: TrinoType & { readonly kind: 'row' }, index: number): ResolvedOperator {
  if (index < 1) {
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `Invalid subscript index: ${index}. ROW indices start at 1`)
  }
  const field = base.fields[index - 1]
  if (!field) {
    const text = `Subscript index out of bounds: ${index}, max value is ${base.fields.length}`
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', text)
  }
  return {
    operandTypes: [base],
    resultType: field.type,
    emit: (args) => `struct_extract(${operand(args, 0)}, 'f${index - 1}')`,
  }
}

function arraySubscript(base: TrinoType & { readonly kind: 'array' }): ResolvedOperator {
  return {
    operandTypes: [base, BIGINT],
    resultType: base.element,
    emit: (args, context) =>
      evaluateOnce([operand(args, 0), operand(args, 1)], context, ([array, index]) => {
        const code = 'INVALID_FUNCTION_ARGUMENT'
        const zero = raiseSql(code, 'SQL array indices start at 1', base.element)
        const negative = raiseTextSql(code, `'Array subscript is negative: ' || ${index}`, base.element)
        const far = `'Array subscript must be less than or equal to array length: ' || ${index} || ' > ' || len(${array})`
        const beyond = raiseTextSql(code, far, base.element)
        return `(CASE WHEN ${index} > 0 AND ${index} <= len(${array}) THEN list_extract(${array}, ${index}) WHEN ${array} IS NULL OR ${index} IS NULL THEN NULL WHEN ${index} = 0 THEN ${zero} WHEN ${index} < 0 THEN ${negative} ELSE ${beyond} END)`
      }),
  }
}

function mapSubscript(base: TrinoType & { readonly kind: 'map' }): ResolvedOperator {
  return {
    operandTypes: [base, base.key],
    resultType: base.value,
    emit: (args, context) =>
      evaluateOnce([operand(args, 0), operand(args, 1)], context, ([map = '', key = '']) => {
        const value = mapValue(base, map, key, context)
        const missing = missingKey(base, key, context)
        return `(CASE WHEN ${map} IS NULL OR ${key} IS NULL THEN NULL WHEN ${hasKey(base, map, key, context)} THEN ${value} ELSE ${missing} END)`
      }),
  }
}

/** Keys whose physical value is not what they compare by are looked up by their comparison key. */
function isKeyPlain(type: TrinoType): boolean {
  return comparisonKey(type, 'x') === 'x'
}

function hasKey({ key }: TrinoType & { readonly kind: 'map' }, map: string, sql: string, context: EmitContext): string {
  if (isKeyPlain(key)) return `map_contains(${map}, ${sql})`
  const item = context.freshName('k')
  const keys = `list_transform(map_keys(${map}), lambda ${item}: ${comparisonKey(key, item)})`
  return `list_contains(${keys}, ${comparisonKey(key, sql)})`
}

export function mapValue(
  { key }: TrinoType & { readonly kind: 'map' },
  map: string,
  sql: string,
  context: EmitContext,
): string {
  if (isKeyPlain(key)) return `map_extract_value(${map}, ${sql})`
  const item = context.freshName('k')
  const keys = `list_transform(map_keys(${map}), lambda ${item}: ${comparisonKey(key, item)})`
  return `list_extract(map_values(${map}), list_position(${keys}, ${comparisonKey(key, sql)}))`
}

function missingKey(base: TrinoType & { readonly kind: 'map' }, key: string, context: EmitContext): string {
  const code = 'INVALID_FUNCTION_ARGUMENT'
  if (!canCast(base.key, VARCHAR)) return raiseSql(code, 'Key not present in map', base.value)
  const text = emitCast(key, base.key, VARCHAR, { safe: true }, context)
  return raiseTextSql(code, `'Key not present in map: ' || ${text}`, base.value)
}
