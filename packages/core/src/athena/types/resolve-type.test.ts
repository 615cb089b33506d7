import { expect, test } from 'vitest'
import type { AthenaError } from '../errors.ts'
import { parseExpression } from '../trino/parse.ts'
import { resolveTypeNode } from './resolve-type.ts'
import { formatTrinoType } from './trino-type.ts'

function resolve(text: string): string {
  const cast = parseExpression(`CAST(x AS ${text})`)
  if (cast.kind !== 'cast') throw new Error('no cast')
  return formatTrinoType(resolveTypeNode(cast.type, cast.location))
}

test.each([
  ['int', 'integer'],
  ['VARCHAR(2147483647)', 'varchar'],
  ['char', 'char(1)'],
  ['decimal', 'decimal(38,0)'],
  ['timestamp', 'timestamp(3)'],
  ['timestamp(6) with time zone', 'timestamp(6) with time zone'],
  ['array<int>', 'array(integer)'],
  ['map(varchar, row(a int, double))', 'map(varchar, row(a integer, double))'],
  ['int array', 'array(integer)'],
  ['interval day to second', 'interval day to second'],
])('%s is %s', (text, expected) => {
  expect(resolve(text)).toBe(expected)
})

test.each([
  ['string', 'TYPE_MISMATCH: line 1:1: Unknown type: string'],
  ['array(foo)', 'TYPE_MISMATCH: line 1:1: Unknown type: array(foo)'],
  ['int(3)', 'TYPE_MISMATCH: line 1:1: Unknown type: int(3)'],
  ['timestamp(13)', 'TYPE_MISMATCH: line 1:1: Unknown type: timestamp(13)'],
  ['decimal(39)', 'INVALID_FUNCTION_ARGUMENT: DECIMAL precision must be in range [1, 38]: 39'],
  ['decimal(5,6)', 'INVALID_FUNCTION_ARGUMENT: DECIMAL scale must be in range [0, precision (5)]: 6'],
  ['constructor', 'TYPE_MISMATCH: line 1:1: Unknown type: constructor'],
])('%s: %s', (text, message) => {
  expect(() => resolve(text)).toThrow(expect.objectContaining({ message }) as AthenaError)
})
