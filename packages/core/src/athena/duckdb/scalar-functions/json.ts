import { canonicalJson } from '../../types/json-text.ts'
import { JsonScanner, JsonSyntaxError, type JsonToken } from './json-scanner.ts'
import { invalidArgument, memoize, type ScalarFunction, scalarFunction } from './scalar-function.ts'

/** The steps of one of Trino's JSON paths: `$.a["b c"][0]` is a, b c, 0. There are no wildcards. */
const pathSteps = memoize((path: string): readonly string[] => {
  const invalid = (): never => {
    throw invalidArgument(`Invalid JSON path: '${path}'`)
  }
  if (!path.startsWith('$')) invalid()
  const steps: string[] = []
  const step = /\.([\p{L}\p{Nd}_:]+)|\[([\p{L}\p{Nd}_]+)\]|\["((?:[^"\\]|\\["\\])*)"\]/uy
  step.lastIndex = 1
  while (step.lastIndex < path.length) {
    const match = step.exec(path)
    if (!match) return invalid()
    steps.push(match[1] ?? match[2] ?? (match[3] ?? '').replaceAll(/\\(["\\])/g, '$1'))
  }
  return steps
})

/** Goes to the value at the end of a path; false where there is none. Of equal keys the first is taken. */
function seek(scanner: JsonScanner, steps: readonly string[]): boolean {
  return steps.every((step) => {
    const token = scanner.token()
    if (token === 'object') {
      for (const key of scanner.members()) {
        if (key === step) return true
        scanner.skip()
      }
    } else if (token === 'array') {
      const wanted = /^\d{1,10}$/.test(step) ? Number(step) : -1
      if (wanted < 0) return false
      for (const index of scanner.elements()) {
        if (index === wanted) return true
        scanner.skip()
      }
    }
    return false
  })
}

/** Reads from a text; NULL where it turns out not to be JSON. */
function read<T>(text: string, body: (scanner: JsonScanner) => T | null): T | null {
  try {
    const scanner = new JsonScanner(text)
    return scanner.token() === undefined ? null : body(scanner)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null
    throw error
  }
}

function readAt<T>(text: string, path: string, body: (scanner: JsonScanner, token: JsonToken) => T | null): T | null {
  const steps = pathSteps(path)
  return read(text, (scanner) => {
    if (!seek(scanner, steps)) return null
    const token = scanner.token()
    return token === undefined ? null : body(scanner, token)
  })
}

const isNested = (token: JsonToken | undefined): boolean => token === 'object' || token === 'array'

function extractScalar(text: string, path: string): string | null {
  return readAt(text, path, (scanner, token) => (token === 'null' || isNested(token) ? null : scanner.scalar()))
}

function size(text: string, path: string): bigint | null {
  return readAt(text, path, (scanner, token) => {
    if (!isNested(token)) return 0n
    let count = 0n
    for (const _ of token === 'object' ? scanner.members() : scanner.elements()) {
      scanner.skip()
      count += 1n
    }
    return count
  })
}

function arrayLength(text: string): bigint | null {
  return read(text, (scanner) => {
    if (scanner.token() !== 'array') return null
    let count = 0n
    for (const _ of scanner.elements()) {
      scanner.skip()
      count += 1n
    }
    return count
  })
}

/** A string comes without its quotes, although the type is JSON: Trino's documentation calls the function broken. */
function arrayGet(text: string, index: bigint): string | null {
  if (index === -9223372036854775808n) return null
  return read(text, (scanner) => {
    if (scanner.token() !== 'array') return null
    const values: (string | null)[] = []
    for (const at of scanner.elements()) {
      const token = scanner.token()
      const value = isNested(token) ? scanner.copy() : scanner.scalar()
      values.push(token === 'null' ? null : value)
      if (BigInt(at) === index) return values.at(-1) ?? null
    }
    return index < 0n ? (values.at(Number(index)) ?? null) : null
  })
}

function arrayContains(text: string, kinds: readonly JsonToken[], equals: (scalar: string) => boolean): boolean | null {
  return read(text, (scanner) => {
    if (scanner.token() !== 'array') return null
    for (const _ of scanner.elements()) {
      const token = scanner.token()
      if (token !== undefined && kinds.includes(token)) {
        if (equals(scanner.scalar())) return true
      } else scanner.skip()
    }
    return false
  })
}

function parse(text: string): string {
  const canonical = canonicalJson(text)
  if (canonical === undefined) throw invalidArgument(`Cannot convert value to JSON: '${text}'`)
  return canonical
}

function isScalar(text: string): boolean {
  const isJson = read(text, (scanner) => {
    const token = scanner.token()
    scanner.skip()
    return scanner.atEnd() ? { isScalar: !isNested(token) } : null
  })
  if (!isJson) throw invalidArgument(`Invalid JSON value: ${text}`)
  return isJson.isScalar
}

export const JSON_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_is_json_scalar: scalarFunction(['VARCHAR'], 'BOOLEAN', isScalar),
  ft_json_array_contains_boolean: scalarFunction(['VARCHAR', 'BOOLEAN'], 'BOOLEAN', (text, value) =>
    arrayContains(text, ['true', 'false'], (scalar) => scalar === String(value)),
  ),
  ft_json_array_contains_double: scalarFunction(['VARCHAR', 'DOUBLE'], 'BOOLEAN', (text, value) =>
    Number.isFinite(value) ? arrayContains(text, ['float'], (scalar) => Number(scalar) === value) : false,
  ),
  ft_json_array_contains_integer: scalarFunction(['VARCHAR', 'BIGINT'], 'BOOLEAN', (text, value) =>
    arrayContains(text, ['integer'], (scalar) => BigInt(scalar) === value),
  ),
  ft_json_array_contains_text: scalarFunction(['VARCHAR', 'VARCHAR'], 'BOOLEAN', (text, value) =>
    arrayContains(text, ['string'], (scalar) => scalar === value),
  ),
  ft_json_array_get: scalarFunction(['VARCHAR', 'BIGINT'], 'VARCHAR', arrayGet),
  ft_json_array_length: scalarFunction(['VARCHAR'], 'BIGINT', arrayLength),
  ft_json_extract: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path) =>
    readAt(text, path, (scanner) => scanner.copy()),
  ),
  ft_json_extract_scalar: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', extractScalar),
  ft_json_parse: scalarFunction(['VARCHAR'], 'VARCHAR', parse),
  ft_json_size: scalarFunction(['VARCHAR', 'VARCHAR'], 'BIGINT', size),
}
