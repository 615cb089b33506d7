import { describe, expect, it } from 'vitest'
import { catalogTable } from '../../../test/catalog-table.ts'
import type { PartitionConstant, PartitionPredicate } from '../scan/partition-predicate.ts'
import type { CatalogPartition, CatalogTable } from './catalog.ts'
import { InMemoryCatalog } from './in-memory-catalog.ts'
import { HIVE_DEFAULT_PARTITION } from './partition-values.ts'
import { prunePartitions } from './prune-partitions.ts'
import { tablePartitions } from './table-partitions.ts'

function table(type: string, parameters: Readonly<Record<string, string>> = {}): CatalogTable {
  return catalogTable({ location: 's3://b/t/', partitionKeys: type === '' ? [] : [{ name: 'k', type }], parameters })
}

function kept(type: string, values: readonly string[], predicate: PartitionPredicate | undefined): readonly string[] {
  const partitions = values.map((value): CatalogPartition => ({ values: [value], location: `s3://b/${value}/` }))
  return prunePartitions(table(type), partitions, predicate).map((partition) => partition.values[0] ?? '')
}

const compare = (operator: '=' | '<>' | '<' | '>', value: PartitionConstant): PartitionPredicate => ({
  kind: 'comparison',
  column: 'k',
  operator,
  value,
})

describe('values are compared by the type of the key', () => {
  it.each<[string, readonly string[], PartitionPredicate, readonly string[]]>([
    ['string', ['10', '9', 'a'], compare('>', '1'), ['10', '9', 'a']],
    ['string', ['\u{1f600}', '\uffee'], compare('>', '\uffee'), ['\u{1f600}']],
    ['int', ['10', '9', '09'], compare('>', 9n), ['10']],
    ['int', ['9', '09', '+9'], compare('=', 9n), ['9', '09', '+9']],
    ['bigint', ['9007199254740993', '9007199254740992'], compare('=', 9007199254740993n), ['9007199254740993']],
    ['date', ['2021-10-25', '2021-10-26'], compare('<', '2021-10-26'), ['2021-10-25']],
    ['timestamp', ['2021-10-25', '2021-10-25 00:00:00.5'], compare('=', '2021-10-25 00:00:00'), ['2021-10-25']],
    ['double', ['1e1', '9'], compare('=', 10), ['1e1']],
    ['boolean', ['TRUE', 'false'], compare('=', true), ['TRUE']],
    ['varchar(3)', ['a', 'b'], { kind: 'in', column: 'k', values: ['b', null] }, ['b']],
    ['char(1)', ['a', 'b'], { kind: 'not', operand: compare('=', 'a') }, ['b']],
    ['string', ['a%', 'ab'], { kind: 'like', column: 'k', pattern: 'a\\%', escape: '\\' }, ['a%']],
    ['string', ['a.c', 'abc', 'a\nc'], { kind: 'like', column: 'k', pattern: 'a_c' }, ['a.c', 'abc', 'a\nc']],
    ['string', ['a.c', 'abc'], { kind: 'like', column: 'k', pattern: 'a.%' }, ['a.c']],
  ])('%s, values %s', (type, values, predicate, expected) => {
    expect(kept(type, values, predicate)).toEqual(expected)
  })
})

describe('NULL and doubt', () => {
  const values = ['a', HIVE_DEFAULT_PARTITION]

  it.each<[PartitionPredicate, readonly string[]]>([
    [compare('=', 'a'), ['a']],
    [{ kind: 'not', operand: compare('=', 'b') }, ['a']],
    [{ kind: 'is-null', column: 'k' }, [HIVE_DEFAULT_PARTITION]],
    [{ kind: 'not', operand: { kind: 'is-null', column: 'k' } }, ['a']],
    [compare('=', null), []],
    [{ kind: 'not', operand: { kind: 'in', column: 'k', values: ['b', null] } }, []],
    [{ kind: 'or', operands: [compare('=', 'b'), { kind: 'unknown' }] }, values],
    [{ kind: 'and', operands: [compare('=', 'b'), { kind: 'unknown' }] }, []],
    [{ kind: 'comparison', column: 'other', operator: '=', value: 'x' }, values],
    [{ kind: 'constant', value: null }, []],
  ])('%o', (predicate, expected) => {
    expect(kept('string', values, predicate)).toEqual(expected)
  })

  it('keeps a partition whose value is none of its type: Hive decides what it is', () => {
    expect(kept('int', ['x', '1'], compare('=', 2n))).toEqual(['x'])
    expect(kept('date', ['20211025'], compare('=', '2021-10-25'))).toEqual(['20211025'])
  })

  it('keeps all without a predicate', () => {
    expect(kept('string', values, undefined)).toEqual(values)
  })
})

describe('tablePartitions', () => {
  const partition = { values: ['a'], location: 's3://b/elsewhere/' }

  async function partitionsOf(of: CatalogTable): Promise<readonly CatalogPartition[]> {
    const catalog = new InMemoryCatalog()
    await catalog.createTable(of)
    if (of.partitionKeys.length > 0) await catalog.addPartitions('default', 't', [partition])
    return tablePartitions(catalog, of, undefined, 0)
  }

  it('is the location of a table without keys', async () => {
    expect(await partitionsOf(table(''))).toEqual([{ values: [], location: 's3://b/t/' }])
  })

  it('is what the catalogue has registered', async () => {
    expect(await partitionsOf(table('string', { 'projection.enabled': 'false' }))).toEqual([partition])
  })

  it('is what the table projects, and then nothing of the catalogue', async () => {
    const properties = { 'projection.enabled': 'TRUE', 'projection.k.type': 'enum', 'projection.k.values': 'x' }
    expect(await partitionsOf(table('string', properties))).toEqual([{ values: ['x'], location: 's3://b/t/k=x/' }])
  })
})
