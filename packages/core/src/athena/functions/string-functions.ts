import { AthenaError } from '../errors.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { evaluateOnce, raise, raiseText, typedNull } from './emit-call.ts'
import { define, type EmitCall, type FunctionDefinition, type NumberVariables, notSupported } from './signature.ts'

/** String functions of Trino. Lengths and positions count Unicode code points. */

/** Longest string whose positions DuckDB's substring() takes. */
const MAX_LENGTH = 4294967295
/** Trino's unbounded varchar length, which caps computed lengths. */
const UNBOUNDED = 2147483647

/** What trim() removes: Unicode white space but for the non-breaking spaces, as Trino's SliceUtf8 has it. */
const WHITE_SPACE =
  '\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000'

function trim(name: 'trim' | 'ltrim' | 'rtrim'): FunctionDefinition {
  const emit = (args: readonly string[], call: EmitCall): string =>
    `${name}(${args[0]}, ${args[1] ?? call.context.quote(WHITE_SPACE)})`
  return define('string', 'scalar', name, [
    ['(varchar(x)) -> varchar(x)', emit],
    ['(char(x)) -> varchar(x)', emit],
    ['(varchar(x), codepoints) -> varchar(x)', emit],
    ['(char(x), codepoints) -> varchar(x)', emit],
  ])
}

function substring([text = '', ...range]: readonly string[], call: EmitCall): string {
  const args = [padded(text, call.types[0]), ...range]
  const start = call.args[1]?.constant
  const length = call.args[2]?.constant
  const isConstant = (value: unknown): value is number | bigint =>
    typeof value === 'bigint' || typeof value === 'number'
  if (isConstant(start) && start > 0 && start <= MAX_LENGTH && (args.length === 2 || isConstant(length))) {
    if (!isConstant(length)) return `substring(${args[0]}, ${start})`
    return `substring(${args[0]}, ${start}, ${Math.max(0, Math.min(UNBOUNDED, Number(length)))})`
  }
  return evaluateOnce(args, call.context, ([text, from, count]) => {
    const tail = count === undefined ? '' : `, least(greatest(${count}, 0), ${UNBOUNDED})`
    const nulls = [text, from, count].filter((sql) => sql !== undefined).map((sql) => `${sql} IS NULL`)
    return `(CASE WHEN ${nulls.join(' OR ')} THEN NULL
      WHEN ${from} = 0 OR ${from} > length(${text}) OR -${from} > length(${text}) THEN ''
      WHEN ${from} > 0 THEN substring(${text}, ${from}${tail})
      ELSE substring(${text}, length(${text}) + ${from} + 1${tail}) END)`
  })
}

const SUBSTRING: FunctionDefinition['overloads'] = [
  '(varchar(x), bigint) -> varchar(x)',
  '(varchar(x), bigint, bigint) -> varchar(x)',
  '(char(x), bigint) -> varchar(x)',
  '(char(x), bigint, bigint) -> varchar(x)',
].map((signature) => ({ signature, emit: substring }))

const SUBSTRING_OF_BYTES: FunctionDefinition['overloads'] = [
  {
    signature: '(varbinary, bigint) -> varbinary',
    emit: (args) => `ft_substring_bytes(${args.join(', ')}, ${UNBOUNDED})`,
  },
  { signature: '(varbinary, bigint, bigint) -> varbinary', emit: 'ft_substring_bytes($*)' },
]

function splitPart(args: readonly string[], call: EmitCall): string {
  const [, delimiter, index] = call.args
  const position = index?.constant
  const isPlain = typeof delimiter?.constant === 'string' && delimiter.constant !== ''
  if (isPlain && (typeof position === 'bigint' || typeof position === 'number') && position > 0) {
    return `string_split(${args[0]}, ${args[1]})[${position}]`
  }
  const zero = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'Index must be greater than zero')
  return evaluateOnce(
    args,
    call.context,
    ([text, by, at]) => `(CASE WHEN ${text} IS NULL OR ${by} IS NULL THEN NULL WHEN ${at} <= 0 THEN ${zero}
      WHEN ${by} = '' THEN CASE WHEN ${at} > length(${text}) THEN NULL ELSE substring(${text}, ${at}, 1) END
      ELSE string_split(${text}, ${by})[${at}] END)`,
  )
}

function split(args: readonly string[], call: EmitCall): string {
  const delimiter = call.args[1]?.constant
  if (args.length === 2 && typeof delimiter === 'string' && delimiter !== '')
    return `string_split(${args[0]}, ${args[1]})`
  return `ft_split(${args.join(', ')}${args.length === 2 ? `, ${UNBOUNDED}` : ''})`
}

/** The search text is empty in Trino too: the replacement then stands around every character. */
function replace(args: readonly string[], call: EmitCall): string {
  const [text = '', search = '', replacement = "''"] = args
  const constant = call.args[1]?.constant
  if (typeof constant === 'string' && constant !== '') return `replace(${text}, ${search}, ${replacement})`
  return `ft_replace(${text}, ${search}, ${replacement})`
}

function concatenation(args: readonly string[], call: EmitCall): string {
  if (args.length < 2) {
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', 'There must be two or more concatenation arguments')
  }
  return joined(args, call)
}

/** DuckDB gives `||` with a constant NULL a type of its own. */
function joined(args: readonly string[], call: EmitCall): string {
  return call.args.some(({ constant }) => constant === null) ? typedNull(call) : `(${args.join(' || ')})`
}

function pad(name: 'lpad' | 'rpad', args: readonly string[], call: EmitCall): string {
  const [, size, padding] = call.args
  const sizeOk = typeof size?.constant === 'bigint' && size.constant >= 0n && size.constant <= 2147483647n
  const isSafe = sizeOk && typeof padding?.constant === 'string' && padding.constant !== ''
  if (isSafe) return `${name}(${args[0]}, ${args[1]}::INTEGER, ${args[2]})`
  const badSize = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'Target length must be in the range [0..2147483647]')
  const badPadding = raise(call, 'INVALID_FUNCTION_ARGUMENT', 'Padding string must not be empty')
  return evaluateOnce(
    args,
    call.context,
    ([text, length, by]) => `(CASE WHEN ${text} IS NULL OR ${length} IS NULL OR ${by} IS NULL THEN NULL
      WHEN ${length} < 0 OR ${length} > 2147483647 THEN ${badSize} WHEN ${by} = '' THEN ${badPadding}
      ELSE ${name}(${text}, ${length}::INTEGER, ${by}) END)`,
  )
}

function concatenationOfArrays(args: readonly string[], call: EmitCall): string {
  if (args.length < 2) {
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', 'There must be two or more arguments to concat')
  }
  return joined(args, call)
}

/** A value of char(n) with the trailing spaces that count in Trino; they are not stored. */
function padded(sql: string | undefined, type: TrinoType | undefined): string {
  return type?.kind === 'char' ? `rpad(${sql}, ${type.length}, ' ')` : `${sql}`
}

const capped = (length: number): number => Math.min(UNBOUNDED, length)

/** Every character may become the replacement, and one more stands at the end. */
const replacedLength = ({ x = 0, z = 0 }: NumberVariables): NumberVariables => ({ u: capped((x + 1) * (z + 1) - 1) })

export const STRING_FUNCTIONS: readonly FunctionDefinition[] = [
  define('string', 'scalar', 'chr', [
    [
      '(bigint) -> varchar(1)',
      (args, call) =>
        evaluateOnce(args, call.context, ([code]) => {
          const bad = raiseText(call, 'INVALID_FUNCTION_ARGUMENT', `'Not a valid Unicode code point: ' || ${code}`)
          return `(CASE WHEN ${code} < 0 OR ${code} > 1114111 OR ${code} BETWEEN 55296 AND 57343 THEN ${bad} ELSE chr(${code}::INTEGER) END)`
        }),
    ],
  ]),
  define('string', 'scalar', 'codepoint', [['(varchar(1)) -> integer', 'ft_codepoint($*)']]),
  define('string', 'scalar', 'concat', [
    ['(varchar...) -> varchar', concatenation],
    ['(varbinary...) -> varbinary', concatenation],
    [
      '(char(x), char(y)) -> char(u)',
      (args, call) => {
        const [first] = call.types
        return `rtrim(${padded(args[0], first)} || ${args[1]}, ' ')`
      },
      ({ x = 0, y = 0 }) => ({ u: Math.min(65536, x + y) }),
    ],
    ['<E>(array(E)...) -> array(E)', concatenationOfArrays],
    ['<E>(E, array(E)) -> array(E)', '([$1] || $2)'],
    ['<E>(array(E), E) -> array(E)', '($1 || [$2])'],
  ]),
  define('string', 'scalar', 'concat_ws', [
    ['(varchar, varchar...) -> varchar', 'concat_ws($*)'],
    ['(varchar, array(varchar)) -> varchar', 'ft_join($2, $1)'],
  ]),
  define('string', 'scalar', 'hamming_distance', [['(varchar(x), varchar(y)) -> bigint', 'ft_hamming_distance($*)']]),
  define('string', 'scalar', 'length', [
    ['(varchar(x)) -> bigint', 'length($1)'],
    [
      '(char(x)) -> bigint',
      (args, call) => {
        const [type] = call.types
        return `CASE WHEN ${args[0]} IS NOT NULL THEN ${type?.kind === 'char' ? type.length : 0}::BIGINT END`
      },
    ],
    ['(varbinary) -> bigint', 'octet_length($1)'],
  ]),
  define('string', 'scalar', 'levenshtein_distance', [
    ['(varchar(x), varchar(y)) -> bigint', 'ft_levenshtein_distance($*)'],
  ]),
  define('string', 'scalar', 'lower', [
    ['(varchar(x)) -> varchar(x)', 'lower($1)'],
    ['(char(x)) -> char(x)', 'lower($1)'],
  ]),
  define('string', 'scalar', 'lpad', [
    ['(varchar(x), bigint, varchar(y)) -> varchar', (args, call) => pad('lpad', args, call)],
    ['(varbinary, bigint, varbinary) -> varbinary', 'ft_pad_bytes($1, $2, $3, true)'],
  ]),
  trim('ltrim'),
  define('string', 'scalar', 'luhn_check', [['(varchar) -> boolean', 'ft_luhn_check($*)']]),
  define('string', 'scalar', 'normalize', [
    ['(varchar(x), varchar(y)) -> varchar', 'ft_normalize($*)'],
    ['(varchar(x)) -> varchar', `ft_normalize($1, 'NFC')`],
  ]),
  define('string', 'scalar', 'replace', [
    ['(varchar(x), varchar(y)) -> varchar(x)', replace],
    ['(varchar(x), varchar(y), varchar(z)) -> varchar(u)', replace, replacedLength],
  ]),
  define('string', 'scalar', 'reverse', [
    // DuckDB reverses grapheme clusters; Trino code points.
    [
      '(varchar(x)) -> varchar(x)',
      'CASE WHEN octet_length(encode($1)) = length($1) THEN reverse($1) ELSE ft_reverse($1) END',
    ],
    ['(varbinary) -> varbinary', 'ft_reverse_bytes($*)'],
    ['<E>(array(e)) -> array(e)', 'list_reverse($1)'],
  ]),
  define('string', 'scalar', 'rpad', [
    ['(varchar(x), bigint, varchar(y)) -> varchar', (args, call) => pad('rpad', args, call)],
    ['(varbinary, bigint, varbinary) -> varbinary', 'ft_pad_bytes($1, $2, $3, false)'],
  ]),
  trim('rtrim'),
  define('string', 'scalar', 'soundex', [['(varchar) -> varchar(4)', 'ft_soundex($*)']]),
  define('string', 'scalar', 'split', [
    ['(varchar(x), varchar(y)) -> array(varchar(x))', split],
    ['(varchar(x), varchar(y), bigint) -> array(varchar(x))', split],
  ]),
  define('string', 'scalar', 'split_part', [['(varchar(x), varchar(y), bigint) -> varchar(x)', splitPart]]),
  define('string', 'scalar', 'split_to_map', [
    ['(varchar, varchar, varchar) -> map(varchar, varchar)', 'ft_split_to_map($*)'],
  ]),
  define('string', 'scalar', 'split_to_multimap', [
    ['(varchar, varchar, varchar) -> map(varchar, array(varchar))', 'ft_split_to_multimap($*)'],
  ]),
  define('string', 'scalar', 'starts_with', [['(varchar(x), varchar(y)) -> boolean', 'starts_with($1, $2)']]),
  define('string', 'scalar', 'strpos', [
    ['(varchar(x), varchar(y)) -> bigint', 'strpos($1, $2)'],
    ['(varchar(x), varchar(y), bigint) -> bigint', 'ft_strpos($*)'],
  ]),
  { ...define('string', 'scalar', 'substr', []), overloads: [...SUBSTRING, ...SUBSTRING_OF_BYTES] },
  { ...define('string', 'scalar', 'substring', []), overloads: SUBSTRING },
  define('string', 'scalar', 'translate', [
    ['(varchar(x), varchar(y), varchar(z)) -> varchar', 'translate($1, $2, $3)'],
  ]),
  trim('trim'),
  define('string', 'scalar', 'upper', [
    // DuckDB has a capital ß; Java's one-to-one mapping has not.
    ['(varchar(x)) -> varchar(x)', "(CASE WHEN contains($1, 'ß') THEN ft_upper($1) ELSE upper($1) END)"],
    ['(char(x)) -> char(x)', 'upper($1)'],
  ]),
  define(
    'string',
    'scalar',
    'word_stem',
    [
      ['(varchar(x)) -> varchar(x)', ''],
      ['(varchar(x), varchar(2)) -> varchar(x)', ''],
    ],
    {
      status: notSupported('Stems need the dictionaries of Lucene; compare with regexp_like or LIKE instead.'),
    },
  ),
]
