/** SQL types that a function written in JavaScript takes and gives, with their JavaScript counterparts. */
export interface ScalarTypes {
  VARCHAR: string
  BOOLEAN: boolean
  INTEGER: number
  DOUBLE: number
  REAL: number
  BIGINT: bigint
  BLOB: Uint8Array
  'VARCHAR[]': readonly (string | null)[]
  'DOUBLE[]': readonly (number | null)[]
  'MAP(VARCHAR, VARCHAR)': readonly (readonly [string, string])[]
  'MAP(VARCHAR, VARCHAR[])': readonly (readonly [string, readonly string[]])[]
  'BIGINT[]': readonly (bigint | null)[]
  'VARCHAR[][]': readonly (readonly (string | null)[])[]
  'DECIMAL(38,0)': bigint
}
export type ScalarTypeName = keyof ScalarTypes

/**
 * A function in JavaScript that generated SQL may call. A NULL argument makes the answer NULL unless `takesNull`;
 * a thrown {@link TrinoRuntimeError} fails the query with its code and text.
 */
export interface ScalarFunction {
  readonly parameters: readonly ScalarTypeName[]
  readonly returns: ScalarTypeName
  readonly takesNull: boolean
  readonly call: (...args: never[]) => unknown
}

type Arguments<P extends readonly ScalarTypeName[]> = { [K in keyof P]: ScalarTypes[P[K]] }
type NullableArguments<P extends readonly ScalarTypeName[]> = { [K in keyof P]: ScalarTypes[P[K]] | null }

/** A function that answers NULL when an argument is NULL. */
export function scalarFunction<const P extends readonly ScalarTypeName[], R extends ScalarTypeName>(
  parameters: P,
  returns: R,
  call: (...args: Arguments<P>) => ScalarTypes[R] | null,
): ScalarFunction {
  return { parameters, returns, takesNull: false, call: call as (...args: never[]) => unknown }
}

/** A function that sees NULL arguments. */
export function nullableScalarFunction<const P extends readonly ScalarTypeName[], R extends ScalarTypeName>(
  parameters: P,
  returns: R,
  call: (...args: NullableArguments<P>) => ScalarTypes[R] | null,
): ScalarFunction {
  return { parameters, returns, takesNull: true, call: call as (...args: never[]) => unknown }
}

/** An error at run time with Trino's code and text; the driver makes an AthenaError of it. */
export class TrinoRuntimeError extends Error {
  override readonly name: string = 'TrinoRuntimeError'
  constructor(code: string, text: string) {
    super(`${code}: ${text}`)
  }
}

export function invalidArgument(text: string): TrinoRuntimeError {
  return new TrinoRuntimeError('INVALID_FUNCTION_ARGUMENT', text)
}

/** Remembers results by text, for patterns and the like: nearly always there is one per query. */
export function memoize<T>(compute: (text: string) => T, limit = 256): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = compute(text)
    if (known.size >= limit) known.clear()
    known.set(text, value)
    return value
  }
}
