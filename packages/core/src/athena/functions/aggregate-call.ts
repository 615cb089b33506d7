import type { EmitCall } from './signature.ts'

/** An aggregate of DuckDB with the call's DISTINCT, ORDER BY, FILTER and OVER in their places. */
export function aggregate(
  call: EmitCall,
  name: string,
  args: readonly string[],
  orderBy: string = call.modifiers.orderBy,
): string {
  const { distinct, suffix, ignoreNulls } = call.modifiers
  return `${name}(${distinct}${args.join(', ')}${orderBy}${ignoreNulls ? ' IGNORE NULLS' : ''})${suffix}`
}

/** The argument at an index; a definition whose signature has fewer is a mistake of this package. */
export function argument(args: readonly string[], index: number): string {
  const arg = args[index]
  if (arg === undefined) throw new Error(`argument ${index} is missing`)
  return arg
}
