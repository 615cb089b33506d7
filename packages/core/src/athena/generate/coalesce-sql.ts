import type { Coalesce } from '../trino/nodes.ts'
import type { ExpressionEmitter } from './expression-emitter.ts'
import { mayFail } from './may-fail.ts'
import { isRandom } from './random-functions.ts'

/** Longer SQL is not repeated: COALESCE in COALESCE would make it grow without end. */
const MOST_REPEATED = 10_000

/**
 * COALESCE. What comes twice in a query, DuckDB's optimizer evaluates beforehand, whatever stands before it in COALESCE, but
 * not what stands behind a condition of CASE: so an operand that may fail is put there.
 */
export function coalesceSql({ operands }: Coalesce, emitter: ExpressionEmitter): string {
  const texts = operands.map((operand) => emitter.emit(operand))
  const { analysis } = emitter.generator
  let sql = texts.at(-1) ?? 'NULL'
  let isGuarded = false
  for (let index = operands.length - 2; index >= 0; index -= 1) {
    const [operand, text, next] = [operands[index], texts[index], operands[index + 1]]
    if (operand === undefined || text === undefined || next === undefined) continue
    isGuarded ||= mayFail(next, analysis)
    const canRepeat = text.length <= MOST_REPEATED && !isRandom(operand)
    sql = `coalesce(${text}, ${isGuarded && canRepeat ? `CASE WHEN ${text} IS NULL THEN ${sql} END` : sql})`
  }
  return sql
}
