import { expect, test } from 'vitest'
import { AthenaError } from '../errors.ts'
import { hiveTypeToTrino } from './hive-type.ts'
import { formatTrinoType } from './trino-type.ts'

test.each([
  ['string', 'varchar'],
  ['int', 'integer'],
  ['FLOAT', 'real'],
  ['double', 'double'],
  ['timestamp', 'timestamp(3)'],
  ['binary', 'varbinary'],
  ['decimal', 'decimal(10,0)'],
  ['decimal(12, 2)', 'decimal(12,2)'],
  ['varchar(20)', 'varchar(20)'],
  ['char(3)', 'char(3)'],
  ['array<string>', 'array(varchar)'],
  ['map<string,array<int>>', 'map(varchar, array(integer))'],
  ['struct<Port:int,`a b`:struct<x:date>>', 'row(port integer, "a b" row(x date))'],
])('%s is %s', (hive, trino) => {
  expect(formatTrinoType(hiveTypeToTrino(hive))).toBe(trino)
})

test.each([
  '',
  'foo',
  'int(3)',
  'array',
  'array<>',
  'array<int',
  'map<int>',
  'struct<a>',
  'int int',
  'array<'.repeat(5000),
])('%.20s is refused', (text) => {
  expect(() => hiveTypeToTrino(text)).toThrow(AthenaError)
})
