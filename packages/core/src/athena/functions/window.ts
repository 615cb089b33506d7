import { AthenaError } from '../errors.ts'
import { BIGINT } from '../types/trino-type.ts'
import { aggregate, argument } from './aggregate-call.ts'
import { evaluateOnce } from './emit-call.ts'
import { raiseSql } from './runtime-errors.ts'
import { define, type Emit, type EmitCall, type FunctionDefinition } from './signature.ts'

const native =
  (name: string): Emit =>
  (args, call) =>
    aggregate(call, name, args)

/** A number of rows with its lower bound: constants are checked at once, columns row by row. */
function counted(call: EmitCall, index: number, sql: string, least: 0 | 1, name: string): string {
  const constant = call.args[index]?.constant
  const tooSmall =
    least === 0
      ? `${name} must be at least 0`
      : name === 'Buckets'
        ? 'Buckets must be greater than 0'
        : `${name} must be at least 1`
  if (constant === null) throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `${name} must not be null`)
  if (typeof constant === 'bigint' || typeof constant === 'number') {
    if (constant < least) throw new AthenaError('INVALID_FUNCTION_ARGUMENT', tooSmall)
    return sql
  }
  return evaluateOnce(
    [sql],
    call.context,
    ([n = sql]) =>
      `(CASE WHEN ${n} < ${least} THEN ${raiseSql('INVALID_FUNCTION_ARGUMENT', tooSmall, BIGINT)} ELSE ${n} END)`,
  )
}

const neighbour =
  (name: 'lag' | 'lead'): Emit =>
  (args, call) => {
    const offset = args[1]
    if (offset === undefined) return aggregate(call, name, args)
    return aggregate(call, name, [argument(args, 0), counted(call, 1, offset, 0, 'Offset'), ...args.slice(2)])
  }

const nthValue: Emit = (args, call) =>
  aggregate(call, 'nth_value', [argument(args, 0), counted(call, 1, argument(args, 1), 1, 'Offset')])
const ntile: Emit = (args, call) => aggregate(call, 'ntile', [counted(call, 0, argument(args, 0), 1, 'Buckets')])

const window = (name: string, overloads: readonly (readonly [string, Emit])[]): FunctionDefinition =>
  define('window', 'window', name, overloads)

/** Source: Trino documentation, "Window functions". */
export const WINDOW_FUNCTIONS: readonly FunctionDefinition[] = [
  window('row_number', [['() -> bigint', native('row_number')]]),
  window('rank', [['() -> bigint', native('rank')]]),
  window('dense_rank', [['() -> bigint', native('dense_rank')]]),
  window('percent_rank', [['() -> double', native('percent_rank')]]),
  window('cume_dist', [['() -> double', native('cume_dist')]]),
  window('ntile', [['(bigint) -> bigint', ntile]]),
  window('first_value', [['<T>(t) -> T', native('first_value')]]),
  window('last_value', [['<T>(t) -> T', native('last_value')]]),
  window('nth_value', [['<T>(t, bigint) -> T', nthValue]]),
  ...(['lag', 'lead'] as const).map((name) =>
    window(name, [
      ['<T>(t) -> T', neighbour(name)],
      ['<T>(t, bigint) -> T', neighbour(name)],
      ['<T>(t, bigint, t) -> T', neighbour(name)],
    ]),
  ),
]
