import { AthenaError } from '../errors.ts'
import { formatTrinoType, type RowField, sameType, type TrinoType } from '../types/trino-type.ts'
import type { ArgumentType } from './function-definition.ts'
import { type FunctionDefinition, formatSignature, type Overload, parseSignature } from './signature.ts'
import { type BoundSignature, bindSignature, isLambda } from './signature-binding.ts'

/** An overload together with the types that a call gives it. */
export interface ApplicableOverload extends BoundSignature {
  readonly overload: Overload
}

/**
 * Picks the overload of a call as Trino's FunctionResolver does: one that takes the arguments as they are, first
 * among those without type variables, then among those with; else the most specific of those that take them coerced.
 */
export function resolveOverload(definition: FunctionDefinition, args: readonly ArgumentType[]): ApplicableOverload {
  const overloads = sortedOverloads(definition)
  const isGeneric = (overload: Overload): boolean => parseSignature(overload.signature).variables.length > 0
  const exact =
    applicable(
      overloads.filter((overload) => !isGeneric(overload)),
      args,
      false,
    )[0] ?? applicable(overloads.filter(isGeneric), args, false)[0]
  if (exact) return exact
  const coerced = applicable(overloads, args, true)
  if (coerced.length === 0) throw unexpectedParameters(definition, args)
  const best = mostSpecificForArguments(coerced, args)
  const [first] = best
  if (!first || best.length > 1) throw ambiguousCall(best)
  // A lambda's analysis stays as its last binding left it, which trying the other overloads has moved on from.
  return args.some(isLambda) ? (applicable([first.overload], args, true)[0] ?? first) : first
}

function applicable(
  overloads: readonly Overload[],
  args: readonly ArgumentType[],
  allowCoercion: boolean,
): ApplicableOverload[] {
  const found: ApplicableOverload[] = []
  for (const overload of overloads) {
    const options = { allowCoercion, computed: overload.computed }
    const bound = bindSignature(parseSignature(overload.signature), args, options)
    if (bound) found.push({ ...bound, overload })
  }
  return found
}

function mostSpecificForArguments(
  candidates: readonly ApplicableOverload[],
  args: readonly ArgumentType[],
): readonly ApplicableOverload[] {
  const representatives = mostSpecific(candidates)
  if (representatives.length <= 1 || args.some(isLambda)) return representatives
  const types = args as readonly TrinoType[]
  if (!types.some((type) => type.kind === 'unknown')) return representatives
  const unknownOnly = candidates.filter((candidate) => coercesUnknownOnly(candidate, types))
  const remaining = unknownOnly.length > 0 ? unknownOnly : representatives
  if (remaining.length === 1) return remaining
  const [first] = remaining
  // All answer NULL to a NULL: with the same type, any of them is right.
  if (first && remaining.every((candidate) => sameType(candidate.returnType, first.returnType))) {
    return remaining.slice(-1)
  }
  return remaining
}

function mostSpecific(candidates: readonly ApplicableOverload[]): ApplicableOverload[] {
  const representatives: ApplicableOverload[] = []
  for (const candidate of candidates) {
    const index = representatives.findIndex(
      (other) => isMoreSpecific(candidate, other) || isMoreSpecific(other, candidate),
    )
    const other = representatives[index]
    if (!other) representatives.push(candidate)
    else if (isMoreSpecific(candidate, other)) representatives[index] = candidate
  }
  return representatives
}

/** Whether a call that suits `left` suits `right` too, coerced. */
function isMoreSpecific(left: ApplicableOverload, right: ApplicableOverload): boolean {
  const options = { allowCoercion: true, computed: right.overload.computed }
  return bindSignature(parseSignature(right.overload.signature), left.parameterTypes, options) !== undefined
}

function coercesUnknownOnly(candidate: ApplicableOverload, types: readonly TrinoType[]): boolean {
  return candidate.parameterTypes.every((formal, index) => {
    const actual = types[index] as TrinoType
    return actual.kind === 'unknown' || sameType(actual, formal)
  })
}

function sortedOverloads(definition: FunctionDefinition): readonly Overload[] {
  const text = (overload: Overload): string => formatSignature(definition.name, parseSignature(overload.signature))
  return definition.overloads.toSorted((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
}

function unexpectedParameters(definition: FunctionDefinition, args: readonly ArgumentType[]): AthenaError {
  const actual = args.map((arg) => (isLambda(arg) ? '<function>' : formatSignatureType(arg))).join(', ')
  const expected = sortedOverloads(definition)
    .map((overload) => formatSignature(definition.name, parseSignature(overload.signature)))
    .join(', ')
  const { name } = definition
  return new AthenaError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${actual}) for function ${name}. Expected: ${expected}`,
  )
}

/** A type inside of a signature, where Trino leaves out the space between parameters. */
function formatSignatureType(type: TrinoType): string {
  switch (type.kind) {
    case 'array':
      return `array(${formatSignatureType(type.element)})`
    case 'map':
      return `map(${formatSignatureType(type.key)},${formatSignatureType(type.value)})`
    case 'row':
      return `row(${type.fields.map(formatSignatureField).join(',')})`
    default:
      return formatTrinoType(type)
  }
}

function formatSignatureField({ name, type }: RowField): string {
  const text = formatSignatureType(type)
  return name === undefined ? text : `"${name.replaceAll('"', '""')}" ${text}`
}

function ambiguousCall(candidates: readonly ApplicableOverload[]): AthenaError {
  const lines = candidates.map((candidate) => {
    const parameters = candidate.parameterTypes.map(formatTrinoType).join(',')
    return `\t * (${parameters}):${formatTrinoType(candidate.returnType)}\n`
  })
  const advice = 'Could not choose a best candidate operator. Explicit type casts must be added.'
  return new AthenaError('AMBIGUOUS_FUNCTION_CALL', `${advice}\nCandidates are:\n${lines.join('')}`)
}
