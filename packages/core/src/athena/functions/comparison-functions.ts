import { evaluateOnce } from './emit-call.ts'
import { comparisonKey } from './operators.ts'
import { define, type EmitCall, type FunctionDefinition } from './signature.ts'

/** greatest() and least(): NULL when any argument is; NaN only when all are. */

function extreme(name: 'greatest' | 'least', operator: '>=' | '<='): FunctionDefinition {
  const emit = (args: readonly string[], call: EmitCall): string =>
    evaluateOnce(args, call.context, (values) => {
      const [type] = call.types
      if (!type) throw new Error(`${name} without arguments`)
      const isNull = values.map((value) => `${value} IS NULL`).join(' OR ')
      const isFloating = type.kind === 'double' || type.kind === 'real'
      if (isFloating) return `(CASE WHEN ${isNull} THEN NULL ELSE ${ofNumbers(name, values)} END)`
      if (values.every((value) => comparisonKey(type, value) === value)) {
        return `(CASE WHEN ${isNull} THEN NULL ELSE ${name}(${values.join(', ')}) END)`
      }
      const branches = values.map((value) => {
        const wins = values.map((other) => `${comparisonKey(type, value)} ${operator} ${comparisonKey(type, other)}`)
        return `WHEN ${wins.join(' AND ')} THEN ${value}`
      })
      return `(CASE WHEN ${isNull} THEN NULL ${branches.join(' ')} END)`
    })
  return define('comparison', 'scalar', name, [['<E: orderable>(E...) -> E', emit]])
}

function ofNumbers(name: 'greatest' | 'least', values: readonly string[]): string {
  // NaN is DuckDB's greatest number.
  const plain = `${name}(${values.join(', ')})`
  if (name === 'least') return plain
  const finite = values.map((value) => `CASE WHEN NOT isnan(${value}) THEN ${value} END`)
  return `coalesce(greatest(${finite.join(', ')}), ${values[0]})`
}

export const COMPARISON_FUNCTIONS: readonly FunctionDefinition[] = [extreme('greatest', '>='), extreme('least', '<=')]
