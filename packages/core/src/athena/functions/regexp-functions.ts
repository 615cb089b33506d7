import { applyLambda, evaluateOnce } from './emit-call.ts'
import {
  alwaysTakesPart,
  canBeEmpty,
  parseRegexp,
  RegexpNotSupported,
  type RegexpPattern,
  RegexpSyntaxError,
} from './regexp-pattern.ts'
import { parseReplacement, ReplacementError } from './regexp-replacement.ts'
import { type Re2Pattern, toRe2 } from './regexp-to-re2.ts'
import {
  approximate,
  define,
  type Emit,
  type EmitCall,
  type FunctionDefinition,
  type FunctionStatus,
} from './signature.ts'

/**
 * Regular expressions. A constant pattern that RE2 takes in the same sense runs in DuckDB, with JavaScript for the texts on which
 * the two libraries part; any other pattern runs in JavaScript.
 */

interface ConstantPattern {
  readonly parsed: RegexpPattern
  readonly re2: Re2Pattern | undefined
}

/** The call's pattern where it is a constant. One that is refused fails where it is used, on a row: TRY may stand around it. */
function constantPattern(call: EmitCall): ConstantPattern | undefined {
  const text = call.args[1]?.constant
  if (typeof text !== 'string') return undefined
  try {
    const parsed = parseRegexp(text)
    return { parsed, re2: toRe2(parsed) }
  } catch (error) {
    if (error instanceof RegexpSyntaxError || error instanceof RegexpNotSupported) return undefined
    throw error
  }
}

/**
 * `native` for the texts on which RE2 agrees with Joni, `other` for the rest; `native` undefined: `other` for all.
 * Both get the text as a name that may be used often.
 */
function nativeOr(
  call: EmitCall,
  text: string,
  pattern: Re2Pattern | undefined,
  native: ((text: string, pattern: string) => string) | undefined,
  other: (text: string) => string,
): string {
  if (!pattern || !native) return other(text)
  const source = call.context.quote(pattern.source)
  return evaluateOnce([text], call.context, ([value = '']) => {
    const differs: string[] = []
    if (pattern.needsSingleLine) differs.push(`contains(${value}, chr(10))`)
    if (pattern.needsAscii) differs.push(`strlen(${value}) <> length(${value})`)
    if (differs.length === 0) return native(value, source)
    return `(CASE WHEN ${differs.join(' OR ')} THEN ${other(value)} ELSE ${native(value, source)} END)`
  })
}

const like: Emit = ([text = '', pattern = ''], call) =>
  nativeOr(
    call,
    text,
    constantPattern(call)?.re2,
    (value, source) => `regexp_matches(${value}, ${source})`,
    (value) => `ft_regexp_like(${value}, ${pattern})`,
  )

/** The group asked for, where it is known and in every match: RE2's empty text for other groups would hide a NULL. */
function plainGroup(call: EmitCall, { parsed }: ConstantPattern): number | undefined {
  const asked = call.args.length < 3 ? 0n : call.args[2]?.constant
  if (typeof asked !== 'bigint' && typeof asked !== 'number') return undefined
  const group = Number(asked)
  return group === 0 || alwaysTakesPart(parsed.root, group) ? group : undefined
}

const extract: Emit = ([text = '', pattern = '', group = '0'], call) => {
  const constant = constantPattern(call)
  const plain = constant && plainGroup(call, constant)
  return nativeOr(
    call,
    text,
    constant?.re2,
    plain === undefined
      ? undefined
      : (value, source) =>
          `(CASE WHEN regexp_matches(${value}, ${source}) THEN regexp_extract(${value}, ${source}, ${plain}) END)`,
    (value) => `ft_regexp_extract(${value}, ${pattern}, ${group})`,
  )
}

const extractAll: Emit = ([text = '', pattern = '', group = '0'], call) => {
  const constant = constantPattern(call)
  const plain = constant && plainGroup(call, constant)
  const isNative = constant && plain !== undefined && !canBeEmpty(constant.parsed.root)
  return nativeOr(
    call,
    text,
    constant?.re2,
    isNative ? (value, source) => `regexp_extract_all(${value}, ${source}, ${plain})` : undefined,
    (value) => `ft_regexp_extract_all(${value}, ${pattern}, ${group})`,
  )
}

const replace: Emit = ([text = '', pattern = '', replacement = "''"], call) => {
  const constant = constantPattern(call)
  const isNative = constant && !canBeEmpty(constant.parsed.root)
  const re2Replacement = isNative ? rewriteReplacement(call, constant.parsed) : undefined
  return nativeOr(
    call,
    text,
    constant?.re2,
    re2Replacement === undefined
      ? undefined
      : (value, source) => `regexp_replace(${value}, ${source}, ${call.context.quote(re2Replacement)}, 'g')`,
    (value) => `ft_regexp_replace(${value}, ${pattern}, ${replacement})`,
  )
}

/** `$1` as RE2 writes it; undefined for what RE2 has not or Trino refuses. */
function rewriteReplacement(call: EmitCall, { groupCount, groupNames }: RegexpPattern): string | undefined {
  const text = call.args.length < 3 ? '' : call.args[2]?.constant
  if (typeof text !== 'string') return undefined
  try {
    let rewritten = ''
    for (const part of parseReplacement(text, groupCount, groupNames)) {
      if (part.kind === 'group' && part.group > 9) return undefined
      rewritten += part.kind === 'group' ? `\\${part.group}` : part.text.replaceAll('\\', '\\\\')
    }
    return rewritten
  } catch (error) {
    if (error instanceof ReplacementError) return undefined
    throw error
  }
}

/** The texts between the matches, joined by what the lambda makes of each match's groups; NULL where it makes NULL of one. */
const replaceByLambda: Emit = ([text = '', pattern = ''], call) =>
  evaluateOnce([text, pattern], call.context, ([value, p]) => {
    const index = call.context.freshName('i')
    return evaluateOnce(
      [`ft_regexp_gaps(${value}, ${p})`, `ft_regexp_groups(${value}, ${p})`],
      call.context,
      ([gaps = '', groups = '']) => {
        const replaced = applyLambda(call.args[2], [`list_extract(${groups}, ${index})`])
        const pieces = `list_transform(range(1, len(${gaps})), lambda ${index}: list_extract(${gaps}, ${index}) || ${replaced})`
        return evaluateOnce([pieces], call.context, ([list]) => {
          const isWhole = `${gaps} IS NOT NULL AND list_count(${list}) = len(${list})`
          return `(CASE WHEN ${isWhole} THEN array_to_string(${list}, '') || list_extract(${gaps}, -1) END)`
        })
      },
    )
  })

const count: Emit = ([text = '', pattern = ''], call) => {
  const constant = constantPattern(call)
  return nativeOr(
    call,
    text,
    constant?.re2,
    constant && !canBeEmpty(constant.parsed.root)
      ? (value, source) => `CAST(len(regexp_extract_all(${value}, ${source})) AS BIGINT)`
      : undefined,
    (value) => `ft_regexp_count(${value}, ${pattern})`,
  )
}

const position: Emit = ([text = '', pattern = '', start = '1', occurrence = '1']) =>
  `ft_regexp_position(${text}, ${pattern}, ${start}, ${occurrence})`

const DIFFERENCE: FunctionStatus = approximate(
  'case folding of one letter into two (ß and ss) is left out, \\G is refused; a group inside of a repeated group forgets earlier rounds',
)

function regexp(name: string, overloads: Parameters<typeof define>[3]): FunctionDefinition {
  return define('regexp', 'scalar', name, overloads, { status: DIFFERENCE })
}

export const REGEXP_FUNCTIONS: readonly FunctionDefinition[] = [
  regexp('regexp_count', [['(varchar(x), joniregexp) -> bigint', count]]),
  regexp('regexp_extract', [
    ['(varchar(x), joniregexp) -> varchar(x)', extract],
    ['(varchar(x), joniregexp, bigint) -> varchar(x)', extract],
  ]),
  regexp('regexp_extract_all', [
    ['(varchar(x), joniregexp) -> array(varchar(x))', extractAll],
    ['(varchar(x), joniregexp, bigint) -> array(varchar(x))', extractAll],
  ]),
  regexp('regexp_like', [['(varchar(x), joniregexp) -> boolean', like]]),
  regexp('regexp_position', [
    ['(varchar(x), joniregexp) -> integer', position],
    ['(varchar(x), joniregexp, integer) -> integer', position],
    ['(varchar(x), joniregexp, integer, integer) -> integer', position],
  ]),
  regexp('regexp_replace', [
    ['(varchar(x), joniregexp) -> varchar(x)', replace],
    [
      '(varchar(x), joniregexp, varchar(y)) -> varchar(z)',
      replace,
      ({ x = 0, y = 0 }) => ({ z: Math.min(2147483647, x + Math.max(Math.floor((x * y) / 2), y) * (x + 1)) }),
    ],
    ['(varchar, joniregexp, function(array(varchar), varchar(x))) -> varchar', replaceByLambda],
  ]),
  regexp('regexp_split', [['(varchar(x), joniregexp) -> array(varchar(x))', 'ft_regexp_split($1, $2)']]),
]
