import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { preludeStatements } from '../duckdb/prelude.ts'
import { scalarFunctionNames } from '../duckdb/scalar-functions.ts'
import { AthenaError } from '../errors.ts'
import { BIGINT, BOOLEAN, DATE, INTEGER, type TrinoType, UNKNOWN, VARCHAR, varcharOf } from '../types/trino-type.ts'
import { FUNCTION_FAMILIES } from './families.ts'
import type { LambdaArgument } from './function-definition.ts'
import { functionTable, resolveFunction } from './registry.ts'
import { parseSignature } from './signature.ts'

const arrayOf = (element: TrinoType): TrinoType => ({ kind: 'array', element })

describe('the function table', () => {
  test('has each name once, in lower case', () => {
    const names = FUNCTION_FAMILIES.flat().map(({ name }) => name)
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
    expect(names.filter((name) => name !== name.toLowerCase())).toEqual([])
    expect(functionTable().map(({ name }) => name)).toEqual(names.toSorted())
  })

  test('has signatures that parse, and something to emit for all that is supported', () => {
    for (const { name, overloads, status } of FUNCTION_FAMILIES.flat()) {
      for (const { signature } of overloads) parseSignature(signature)
      if (status.kind === 'not-supported') continue
      expect(overloads.length, name).toBeGreaterThan(0)
      expect(
        overloads.filter(({ emit }) => emit === ''),
        name,
      ).toEqual([])
    }
  })

  test('calls only JavaScript functions and macros that there are', () => {
    const folder = new URL('.', import.meta.url)
    const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    const called = new Set(
      sources.flatMap((file) => readFileSync(new URL(file, folder), 'utf8').match(/\bft_[a-z0-9_]+(?=\()/g) ?? []),
    )
    expect(called.size).toBeGreaterThan(50)
    const unknown = [...called].filter(
      (name) => scalarFunctionNames(name).length === 0 && preludeStatements(name).size === 0,
    )
    expect(unknown).toEqual([])
  })
})

describe('resolveFunction', () => {
  test('knows no function that is only DuckDB’s', () => {
    for (const name of [
      'read_csv',
      'list_value',
      'getvariable',
      'query',
      'glob',
      'ft_split',
      'regexp_matches',
      'strftime',
      'unnest',
    ]) {
      expect(resolveFunction(name, [VARCHAR], 'athena'), name).toBeUndefined()
    }
  })

  test('finds names in any case', () => {
    expect(resolveFunction('SPLIT_PART', [varcharOf(5), varcharOf(1), INTEGER], 'athena')?.returnType).toEqual(
      varcharOf(5),
    )
  })

  test('refuses by name what Athena has and this engine has not', () => {
    expect(() => resolveFunction('word_stem', [VARCHAR], 'athena')).toThrow(
      'NOT_SUPPORTED: Function word_stem is not supported',
    )
  })

  test('coerces arguments to the parameters, and a NULL to whatever is asked', () => {
    expect(resolveFunction('split_part', [VARCHAR, UNKNOWN, INTEGER], 'trino')?.parameterTypes).toEqual([
      VARCHAR,
      varcharOf(0),
      BIGINT,
    ])
    expect(resolveFunction('greatest', [INTEGER, BIGINT, UNKNOWN], 'trino')?.returnType).toEqual(BIGINT)
    expect(resolveFunction('abs', [UNKNOWN], 'trino')?.returnType).toEqual({ kind: 'tinyint' })
  })

  test('binds a lambda to the types of the other arguments until its state has settled', () => {
    const seen: TrinoType[][] = []
    const sum: LambdaArgument = {
      kind: 'lambda',
      parameterCount: 2,
      bind: (types) => {
        seen.push([...types])
        return BIGINT
      },
    }
    const identity: LambdaArgument = { kind: 'lambda', parameterCount: 1, bind: ([type]) => type as TrinoType }
    const resolved = resolveFunction('reduce', [arrayOf(INTEGER), INTEGER, sum, identity], 'trino')
    expect(resolved?.returnType).toEqual(BIGINT)
    expect(resolved?.parameterTypes[1]).toEqual(BIGINT)
    expect(seen.at(-1)).toEqual([BIGINT, INTEGER])
  })

  test('does not coerce what a lambda gives', () => {
    const toNull: LambdaArgument = { kind: 'lambda', parameterCount: 1, bind: () => UNKNOWN }
    const toBoolean: LambdaArgument = { kind: 'lambda', parameterCount: 1, bind: () => BOOLEAN }
    expect(() => resolveFunction('filter', [arrayOf(INTEGER), toNull], 'trino')).toThrow(AthenaError)
    expect(resolveFunction('filter', [arrayOf(INTEGER), toBoolean], 'trino')?.returnType).toEqual(arrayOf(INTEGER))
  })

  test('lists the overloads in Trino’s words', () => {
    expect(() => resolveFunction('contains', [arrayOf(INTEGER), DATE], 'trino')).toThrow(
      'FUNCTION_NOT_FOUND: Unexpected parameters (array(integer), date) for function contains. Expected: contains(array(t), t) T:comparable, contains(varchar, ipaddress)',
    )
  })
})
