import type { AthenaErrorCode } from '../errors.ts'
import { physicalType } from '../types/physical-type.ts'
import type { AggregateModifiers, EmitContext, EmittedArgument, ResolvedFunction } from './function-definition.ts'
import type { ApplicableOverload } from './resolve-overload.ts'
import { raiseSql, raiseTextSql } from './runtime-errors.ts'
import type { Emit, EmitCall, FunctionDefinition } from './signature.ts'

/** A call bound to an overload, ready to be emitted. */
export function resolvedFunction(definition: FunctionDefinition, match: ApplicableOverload): ResolvedFunction {
  const { overload, parameterTypes, returnType } = match
  return {
    name: definition.name,
    kind: definition.kind,
    parameterTypes,
    returnType,
    deterministic: definition.deterministic,
    emit: (args, context, modifiers) =>
      emitCall(overload.emit, { context, args, types: parameterTypes, returnType, modifiers }),
  }
}

function emitCall(emit: Emit, call: EmitCall): string {
  const sql = call.args.map((arg) => arg.sql)
  return typeof emit === 'function' ? emit(sql, call) : emitText(emit, sql, call.context)
}

/** Fills `$1`, `$2`, … and `$*` (all of them) into a text; an argument that the text uses several times is evaluated once. */
function emitText(text: string, args: readonly string[], context: EmitContext): string {
  const fill = (parts: readonly string[]): string =>
    text.replaceAll(/\$([\d*])/g, (_, digit: string) => {
      if (digit === '*') return parts.join(', ')
      const part = parts[Number(digit) - 1]
      if (part === undefined) throw new Error(`"${text}" names argument ${digit} of ${parts.length}`)
      return part
    })
  const uses = new Map<string, number>()
  for (const [use] of text.matchAll(/\$\d/g)) uses.set(use, (uses.get(use) ?? 0) + 1)
  const isRepeated = args.some((sql, index) => (uses.get(`$${index + 1}`) ?? 0) > 1 && !isCheap(sql))
  return isRepeated ? evaluateOnce(args, context, fill) : fill(args)
}

/**
 * Gives `body` names for the arguments, so that it may use each of them often: repeating the text instead would make
 * nested calls grow exponentially and would evaluate random() twice.
 */
export function evaluateOnce(
  args: readonly string[],
  context: EmitContext,
  body: (args: readonly string[]) => string,
): string {
  return args.every(isCheap) ? body(args) : bindOnce(args, context, body)
}

/** The same with a lambda in any case, of which the arguments but for constants are the parameters. */
export function bindOnce(
  args: readonly string[],
  context: EmitContext,
  body: (args: readonly string[]) => string,
): string {
  const name = context.freshName('v')
  const fields: string[] = []
  const parts = args.map((sql) => {
    if (sql === '' || isConstant(sql)) return sql
    fields.push(sql)
    return `${name}.a${fields.length}`
  })
  if (fields.length === 0) return `list_transform([0], lambda ${name}: ${body(parts)})[1]`
  if (fields.length === 1) {
    const only = parts.map((part) => (part === `${name}.a1` ? name : part))
    return `list_transform([${fields[0]}], lambda ${name}: ${body(only)})[1]`
  }
  const struct = fields.map((sql, index) => `a${index + 1} := ${sql}`).join(', ')
  return `list_transform([struct_pack(${struct})], lambda ${name}: ${body(parts)})[1]`
}

/** A column, a constant or nothing: as good repeated as bound to a name. */
function isCheap(sql: string): boolean {
  return sql === '' || isConstant(sql) || /^(?:[a-z_][\w$]*|"[^"]*")(?:\.(?:[a-z_][\w$]*|"[^"]*"))*$/i.test(sql)
}

function isConstant(sql: string): boolean {
  if (sql.length > 60) return false
  return /^(?:CAST\()?(?:-?\d+(?:\.\d+)?|'(?:[^']|'')*'|NULL|true|false)(?: AS [A-Z0-9(), ]+\))?(?:::[A-Z0-9(), ]+)?$/i.test(
    sql,
  )
}

/** SQL that fails the query with a code and a text; `textSql` is an SQL expression. */
export function raiseText(call: EmitCall, code: AthenaErrorCode, textSql: string): string {
  return raiseTextSql(code, textSql, call.returnType)
}

/** SQL that fails the query with a code and a fixed text. */
export function raise(call: EmitCall, code: AthenaErrorCode, text: string): string {
  return raiseSql(code, text, call.returnType)
}

/** The `lambda x, y: …` of an argument that is a lambda, with names of its own. */
export function emitLambda(arg: EmittedArgument | undefined, context: EmitContext, count: number): string {
  const names = Array.from({ length: count }, () => context.freshName('p'))
  return `lambda ${names.join(', ')}: ${applyLambda(arg, names)}`
}

/** The body of an argument that is a lambda, for these parameters. */
export function applyLambda(arg: EmittedArgument | undefined, parameters: readonly string[]): string {
  if (!arg?.lambda) throw new Error('the generator gave no lambda for a parameter of function type')
  return arg.lambda(parameters)
}

/** NULL of the type that the call answers. */
export function typedNull(call: EmitCall): string {
  return `CAST(NULL AS ${physicalType(call.returnType)})`
}

export const NO_MODIFIERS: AggregateModifiers = { distinct: '', orderBy: '', suffix: '', ignoreNulls: false }
