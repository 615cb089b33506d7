import { AthenaError } from '../errors.ts'
import { resolvedFunction } from './emit-call.ts'
import { FUNCTION_FAMILIES } from './families.ts'
import type { ResolveFunction } from './function-definition.ts'
import { resolveOverload } from './resolve-overload.ts'
import type { FunctionDefinition, FunctionStatus } from './signature.ts'

let byName: ReadonlyMap<string, FunctionDefinition> | undefined

function functionsByName(): ReadonlyMap<string, FunctionDefinition> {
  byName ??= new Map(FUNCTION_FAMILIES.flat().map((definition) => [definition.name, definition]))
  return byName
}

/**
 * Finds a call's function among those of Athena engine version 3.
 * A function that Athena has and this engine has not fails with NOT_SUPPORTED and its name.
 */
export const resolveFunction: ResolveFunction = (name, args) => {
  const definition = functionsByName().get(name.toLowerCase())
  if (!definition) return undefined
  if (definition.status.kind === 'not-supported') {
    throw new AthenaError('NOT_SUPPORTED', `Function ${definition.name} is not supported`, {
      remedy: definition.status.reason,
    })
  }
  return resolvedFunction(definition, resolveOverload(definition, args))
}

/** What kind of function a name is, whatever its arguments; undefined where there is no such function. */
export function functionKind(name: string): FunctionDefinition['kind'] | undefined {
  return functionsByName().get(name)?.kind
}

/** A row of the function table in the documentation. */
export interface FunctionTableRow {
  readonly name: string
  readonly family: string
  readonly kind: FunctionDefinition['kind']
  readonly status: FunctionStatus
  readonly signatures: readonly string[]
}

/** Every function known, supported or refused by name, sorted by name. */
export function functionTable(): readonly FunctionTableRow[] {
  return [...functionsByName().values()]
    .map(({ name, family, kind, status, overloads }) => ({
      name,
      family,
      kind,
      status,
      signatures: overloads.map((overload) => overload.signature),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
