import { AthenaError } from '../errors.ts'
import { formatTrinoType, type TrinoType, VARCHAR } from '../types/trino-type.ts'
import { canCast, emitCast } from './cast.ts'
import { define, type EmitCall, type FunctionDefinition, notSupported } from './signature.ts'

/** Functions that say what a value is or write it as text, and those that make new values. */

/** An argument of format() for JavaScript: a letter for its type and its text. */
function tagged(sql: string, type: TrinoType, call: EmitCall): string {
  switch (type.kind) {
    case 'unknown':
      return 'CAST(NULL AS VARCHAR)'
    case 'boolean':
      return `('b' || CAST(${sql} AS VARCHAR))`
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return `('i' || CAST(${sql} AS VARCHAR))`
    case 'real':
      return `('f' || CAST(${sql} AS VARCHAR))`
    case 'double':
      return `('d' || CAST(${sql} AS VARCHAR))`
    case 'decimal':
      return `('m' || CAST(${sql} AS VARCHAR))`
    case 'json':
      return `('s' || ${sql})`
    case 'date':
      return `('D' || epoch_us(${sql}))`
    case 'timestamp':
      return `('T' || epoch_us(${sql}))`
    case 'time':
      return `('t' || epoch_us(${sql}))`
    case 'timestamp with time zone':
      return `('Z' || epoch_us((${sql}).t) || ' ' || (${sql}).z)`
    case 'array':
    case 'map':
    case 'row':
    case 'varbinary':
    case 'function':
      throw new AthenaError('NOT_SUPPORTED', `Type not supported for formatting: ${formatTrinoType(type)}`)
    default: {
      if (!canCast(type, VARCHAR)) {
        throw new AthenaError('NOT_SUPPORTED', `Type not supported for formatting: ${formatTrinoType(type)}`)
      }
      return `('s' || ${emitCast(sql, type, VARCHAR, { safe: false }, call.context)})`
    }
  }
}

function format([pattern = '', ...values]: readonly string[], call: EmitCall): string {
  if (call.args[0]?.constant === null) {
    throw new AthenaError('TYPE_MISMATCH', 'Type of first argument to format() must be VARCHAR (actual: unknown)')
  }
  const args = values.map((sql, index) => tagged(sql, call.types[index + 1] as TrinoType, call))
  return `ft_format(${pattern}, [${args.join(', ')}])`
}

/** Functions of Athena on values that this engine has no types for. */
const UNSUPPORTED: readonly (readonly [names: string, reason: string])[] = [
  ['bar color render rgb', 'Colours for terminals are not supported.'],
  [
    'empty_approx_set hash_counts intersection_cardinality jaccard_index',
    'HyperLogLog and set digest values are not supported; use approx_distinct.',
  ],
  [
    'quantile_at_value value_at_quantile values_at_quantiles',
    'Quantile digest values are not supported; use approx_percentile.',
  ],
  ['invoker_principal', 'There is no AWS principal behind a query that runs here.'],
]

export const CONVERSION_FUNCTIONS: readonly FunctionDefinition[] = [
  define('conversion', 'scalar', 'format', [['(varchar, any...) -> varchar', format]]),
  define('conversion', 'scalar', 'format_number', [
    ['(bigint) -> varchar', 'ft_format_number(CAST($1 AS DOUBLE))'],
    ['(double) -> varchar', 'ft_format_number($1)'],
  ]),
  define('conversion', 'scalar', 'parse_data_size', [['(varchar(x)) -> decimal(38, 0)', 'ft_parse_data_size($1)']]),
  define('conversion', 'scalar', 'parse_presto_data_size', [
    ['(varchar(x)) -> decimal(38, 0)', 'ft_parse_data_size($1)'],
  ]),
  define('conversion', 'scalar', 'typeof', [
    ['<T>(t) -> varchar', (_, call) => call.context.quote(formatTrinoType(call.types[0] as TrinoType))],
  ]),
  define('conversion', 'scalar', 'uuid', [['() -> uuid', `unhex(replace(CAST(uuid() AS VARCHAR), '-', ''))`]], {
    deterministic: false,
  }),
  ...UNSUPPORTED.flatMap(([names, reason]) =>
    names.split(' ').map((name) => define('conversion', 'scalar', name, [], { status: notSupported(reason) })),
  ),
]
