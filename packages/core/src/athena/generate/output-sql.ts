import type { SelectOutput } from '../analysis/analysis.ts'
import type { ExpressionEmitter } from './expression-emitter.ts'
import { rowFieldSql } from './row-sql.ts'

/** SQL of what a select item gives. */
export function outputSql(output: SelectOutput, emitter: ExpressionEmitter): string {
  switch (output.kind) {
    case 'expression':
      return emitter.emit(output.expression)
    case 'field':
      return emitter.generator.sqlOf(output.field)
    case 'row-field':
      return rowFieldSql(emitter.emit(output.base), output.index)
  }
}
