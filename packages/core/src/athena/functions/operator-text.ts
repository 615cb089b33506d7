import { AthenaError } from '../errors.ts'
import { commonSuperType } from '../types/coercion.ts'
import { physicalType } from '../types/physical-type.ts'
import { BOOLEAN, formatTrinoType, type TrinoType, VARBINARY, VARCHAR } from '../types/trino-type.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { ambiguousOperator, operand, type ResolvedOperator, stringConstant, typeMismatch } from './operator.ts'
import { raiseSql } from './runtime-errors.ts'

const INVALID_ESCAPE = "Escape character must be followed by '%', '_' or the escape character itself"
const INVALID_ESCAPE_LENGTH = 'Escape string must be a single character'

/** `value LIKE pattern [ESCAPE escape]`. Type errors name the operand; the caller places them there. */
export function resolveLike(value: TrinoType, pattern: TrinoType, escapeType?: TrinoType): ResolvedOperator {
  if (!isText(value))
    throw typeMismatch(`Left side of LIKE expression must evaluate to a varchar (actual: ${formatTrinoType(value)})`)
  if (!isText(pattern))
    throw typeMismatch(`Pattern for LIKE expression must evaluate to a varchar (actual: ${formatTrinoType(pattern)})`)
  if (escapeType && !isText(escapeType)) {
    throw typeMismatch(`Escape for LIKE expression must evaluate to a varchar (actual: ${formatTrinoType(escapeType)})`)
  }
  const operandTypes: TrinoType[] = [value.kind === 'char' ? value : VARCHAR, VARCHAR]
  if (escapeType) operandTypes.push(VARCHAR)
  return {
    operandTypes,
    resultType: BOOLEAN,
    emit: (args, context) => {
      const text = value.kind === 'char' ? padded(operand(args, 0), value.length) : operand(args, 0)
      return escapeType
        ? likeWithEscape(text, operand(args, 1), operand(args, 2), context)
        : like(text, operand(args, 1))
    },
  }
}

function isText(type: TrinoType): boolean {
  return type.kind === 'varchar' || type.kind === 'char' || type.kind === 'unknown'
}

/** A char value with the spaces that Trino counts to it. */
export function padded(sql: string, length: number): string {
  return `rpad(${sql}, ${length}, ' ')`
}

/** DuckDB's LIKE has no escape character unless one is named. */
function like(text: string, pattern: string): string {
  return `(${text} LIKE ${pattern})`
}

function likeWithEscape(text: string, pattern: string, escapeSql: string, context: EmitContext): string {
  const escapeText = stringConstant(escapeSql)
  const patternText = stringConstant(pattern)
  if (escapeText !== undefined && [...escapeText].length !== 1) return fails(text, INVALID_ESCAPE_LENGTH)
  if (escapeText !== undefined && patternText !== undefined) {
    if (!isValidPattern(patternText, escapeText)) return fails(text, INVALID_ESCAPE)
    return `(${text} LIKE ${pattern} ESCAPE ${escapeSql})`
  }
  return evaluateOnce([text, pattern, escapeSql], context, ([t, p, e]) => {
    const badLength = `length(${e}) <> 1`
    // What is left of the pattern after every valid escape sequence is cut out must not hold the escape character.
    const rest = ['%', '_'].reduce(
      (sql, special) => `replace(${sql}, ${e} || '${special}', '')`,
      `replace(${p}, ${e} || ${e}, '')`,
    )
    const badEscape = `contains(${rest}, ${e})`
    return `(CASE WHEN ${t} IS NULL OR ${p} IS NULL OR ${e} IS NULL THEN NULL WHEN ${badLength} THEN ${raiseSql('INVALID_FUNCTION_ARGUMENT', INVALID_ESCAPE_LENGTH, BOOLEAN)} WHEN ${badEscape} THEN ${raiseSql('INVALID_FUNCTION_ARGUMENT', INVALID_ESCAPE, BOOLEAN)} ELSE ${t} LIKE ${p} ESCAPE ${e} END)`
  })
}

function fails(text: string, message: string): string {
  return `(CASE WHEN ${text} IS NULL THEN NULL ELSE ${raiseSql('INVALID_FUNCTION_ARGUMENT', message, BOOLEAN)} END)`
}

function isValidPattern(pattern: string, escapeCharacter: string): boolean {
  const characters = [...pattern]
  for (let index = 0; index < characters.length; index++) {
    if (characters[index] !== escapeCharacter) continue
    index += 1
    const next = characters[index]
    if (next !== '%' && next !== '_' && next !== escapeCharacter) return false
  }
  return true
}

const MAX_CHAR_LENGTH = 65_536

const CONCAT_SIGNATURES =
  'concat(E, array(E)) E, concat(array(E)) E, concat(array(E), E) E, concat(char(x), char(y)), concat(varbinary), concat(varchar)'

/** `left || right`: texts, bytes, arrays, and an array with one element. */
export function resolveConcat(left: TrinoType, right: TrinoType): ResolvedOperator {
  const withNull = concatWithNull(left, right)
  if (withNull) return withNull
  const resolved = concatOfText(left, right) ?? concatOfArrays(left, right)
  if (resolved) return resolved
  const types = `${formatTrinoType(left)}, ${formatTrinoType(right)}`
  throw new AthenaError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${types}) for function concat. Expected: ${CONCAT_SIGNATURES}`,
  )
}

/** A bare NULL beside a value reads as an array of it, unless the value is of a kind that other signatures take as well. */
function concatWithNull(left: TrinoType, right: TrinoType): ResolvedOperator | undefined {
  if (left.kind !== 'unknown' && right.kind !== 'unknown') return undefined
  const element = left.kind === 'unknown' ? right : left
  const isOpen = ['unknown', 'array', 'char', 'varbinary'].includes(element.kind)
  if (isOpen || (element.kind === 'varchar' && element.length === undefined)) throw ambiguousOperator()
  const resultType: TrinoType = { kind: 'array', element }
  return { operandTypes: [left, right], resultType, emit: () => `CAST(NULL AS ${physicalType(resultType)})` }
}

function concatOfText(left: TrinoType, right: TrinoType): ResolvedOperator | undefined {
  const both = (kind: TrinoType['kind']): boolean => left.kind === kind && right.kind === kind
  const emit = (args: readonly string[]): string => `(${operand(args, 0)} || ${operand(args, 1)})`
  if (both('varchar')) return { operandTypes: [VARCHAR, VARCHAR], resultType: VARCHAR, emit }
  if (both('varbinary')) return { operandTypes: [VARBINARY, VARBINARY], resultType: VARBINARY, emit }
  if (!isText(left) || !isText(right)) return undefined
  const a = charOf(left)
  const b = charOf(right)
  if (!a || !b) return undefined
  const length = a.length + b.length
  if (length > MAX_CHAR_LENGTH) throw new AthenaError('TYPE_NOT_FOUND', `Unknown type: char(${length})`)
  return {
    operandTypes: [a, b],
    resultType: { kind: 'char', length },
    emit: (args) => `rtrim(${padded(operand(args, 0), a.length)} || ${operand(args, 1)}, ' ')`,
  }
}

function charOf(type: TrinoType): (TrinoType & { kind: 'char' }) | undefined {
  if (type.kind === 'char') return type
  return type.kind === 'varchar' ? { kind: 'char', length: type.length ?? MAX_CHAR_LENGTH } : undefined
}

function concatOfArrays(left: TrinoType, right: TrinoType): ResolvedOperator | undefined {
  if (left.kind === 'array' && right.kind === 'array') {
    const common = commonSuperType(left, right)
    if (common) {
      return {
        operandTypes: [common, common],
        resultType: common,
        // DuckDB's list_concat takes NULL for an empty list; Trino answers NULL.
        emit: (args) => `(${operand(args, 0)} || ${operand(args, 1)})`,
      }
    }
  }
  return appendElement(left, right) ?? prependElement(left, right)
}

function appendElement(left: TrinoType, right: TrinoType): ResolvedOperator | undefined {
  const element = left.kind === 'array' ? commonSuperType(left.element, right) : undefined
  if (!element) return undefined
  const array: TrinoType = { kind: 'array', element }
  return {
    operandTypes: [array, element],
    resultType: array,
    emit: (args) => `(${operand(args, 0)} || [${operand(args, 1)}])`,
  }
}

function prependElement(left: TrinoType, right: TrinoType): ResolvedOperator | undefined {
  const element = right.kind === 'array' ? commonSuperType(left, right.element) : undefined
  if (!element) return undefined
  const array: TrinoType = { kind: 'array', element }
  return {
    operandTypes: [element, array],
    resultType: array,
    emit: (args) => `([${operand(args, 0)}] || ${operand(args, 1)})`,
  }
}
