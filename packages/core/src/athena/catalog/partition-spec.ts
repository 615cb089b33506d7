import type { HivePartitionSpec } from '../hive/nodes.ts'
import type { CatalogColumn, CatalogPartition, CatalogTable } from './catalog.ts'
import { incompletePartitionSpec, notPartitioned, partitionTypeMismatch, wrongPartitionKey } from './ddl-errors.ts'
import { comparePartitionValues } from './partition-values.ts'

/** The values of a PARTITION clause in the order of the table's keys; all keys must have one. */
export function partitionValuesOf(table: CatalogTable, spec: HivePartitionSpec): readonly string[] {
  const given = givenValues(table, spec)
  return table.partitionKeys.map((key) => {
    const value = given.get(key.name)
    if (value === undefined) {
      throw incompletePartitionSpec(
        formatSpec(spec),
        table.partitionKeys.map((known) => known.name),
      )
    }
    if (!isOfType(key, value)) throw partitionTypeMismatch(key.name, value, key.type)
    return value
  })
}

/** Picks the partitions that a PARTITION clause means, which may leave keys out. */
export function partitionSelector(
  table: CatalogTable,
  spec: HivePartitionSpec,
): (partition: CatalogPartition) => boolean {
  const given = givenValues(table, spec)
  return (partition) =>
    table.partitionKeys.every((key, index) => {
      const value = given.get(key.name)
      return value === undefined || isSameValue(key, value, partition.values[index] ?? '')
    })
}

/** `{dt=2021-10-25, hour=3}` without the braces. */
export function formatSpec(spec: HivePartitionSpec): string {
  return spec.entries.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(', ')
}

function givenValues(table: CatalogTable, spec: HivePartitionSpec): ReadonlyMap<string, string> {
  if (table.partitionKeys.length === 0) throw notPartitioned(table.name)
  const known = new Set(table.partitionKeys.map((key) => key.name))
  const values = new Map<string, string>()
  for (const { key, value } of spec.entries) {
    if (!known.has(key)) throw wrongPartitionKey(key)
    if (value !== undefined) values.set(key, value)
  }
  return values
}

/** `hour=3` and `hour='03'` are one partition where hour is an int. */
function isSameValue(key: CatalogColumn, left: string, right: string): boolean {
  return left === right || comparePartitionValues(key.type, left, right) === 0
}

function isOfType(key: CatalogColumn, value: string): boolean {
  return !/^(tinyint|smallint|int|bigint|date)$/.test(key.type) || comparePartitionValues(key.type, value, value) === 0
}
