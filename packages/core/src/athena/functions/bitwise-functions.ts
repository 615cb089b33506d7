import { define, type FunctionDefinition } from './signature.ts'

/** Bitwise functions of Trino, on two's complement. */

const WIDTHS = { bigint: 64, integer: 32, smallint: 16, tinyint: 8 } as const
const DUCKDB_NAMES = { bigint: 'BIGINT', integer: 'INTEGER', smallint: 'SMALLINT', tinyint: 'TINYINT' } as const

function shift(name: string, scalarFunction: string): FunctionDefinition {
  const types = Object.keys(WIDTHS) as (keyof typeof WIDTHS)[]
  return define(
    'bitwise',
    'scalar',
    name,
    types.map((type) => [
      `(${type}, integer) -> ${type}`,
      `CAST(${scalarFunction}($1, $2, ${WIDTHS[type]}) AS ${DUCKDB_NAMES[type]})`,
    ]),
  )
}

export const BITWISE_FUNCTIONS: readonly FunctionDefinition[] = [
  define('bitwise', 'scalar', 'bit_count', [['(bigint, bigint) -> bigint', 'ft_bit_count($*)']]),
  define('bitwise', 'scalar', 'bitwise_and', [['(bigint, bigint) -> bigint', '($1 & $2)']]),
  define('bitwise', 'scalar', 'bitwise_not', [['(bigint) -> bigint', '(~$1)']]),
  define('bitwise', 'scalar', 'bitwise_or', [['(bigint, bigint) -> bigint', '($1 | $2)']]),
  define('bitwise', 'scalar', 'bitwise_xor', [['(bigint, bigint) -> bigint', 'xor($1, $2)']]),
  shift('bitwise_left_shift', 'ft_shift_left'),
  shift('bitwise_right_shift', 'ft_shift_right'),
  shift('bitwise_right_shift_arithmetic', 'ft_shift_right_arithmetic'),
]
