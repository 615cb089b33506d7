import { AthenaError } from '../errors.ts'
import type { PartitionPredicate } from '../scan/partition-predicate.ts'
import type { CatalogColumn, CatalogPartition, CatalogTable } from './catalog.ts'
import { lookupOf, partitionMatcher } from './evaluate-partition-predicate.ts'
import type { IndexRanges } from './index-ranges.ts'
import { injectedValues } from './injected-values.ts'
import { partitionLocator } from './partition-location.ts'
import type { ProjectedDomain, ProjectedValue } from './projected-domain.ts'
import { candidateIndexes } from './projection-candidates.ts'
import { type ColumnProjection, readProjection } from './projection-config.ts'

/** More partitions than this per scan are refused. Source: Amazon Athena User Guide, "Considerations and limitations". */
const MAX_PARTITIONS = 1_000_000

/** Values tried, where neither an order nor the other columns narrow them, before a scan is given up. */
const MAX_VALUES_TRIED = 5_000_000

/**
 * The partitions that a table with `projection.enabled` has within a predicate, by its properties alone. The catalogue's own
 * partitions do not count, and nothing tells whether objects lie there.
 *
 * `nowMillis` is what NOW in a date range means. `values` of date and timestamp columns are written as SQL writes them,
 * whatever format the locations have.
 *
 * Throws HIVE_METASTORE_ERROR and INVALID_TABLE_PROPERTY for a wrong configuration, CONSTRAINT_VIOLATION for an injected
 * column without an equality, HIVE_EXCEEDED_PARTITION_LIMIT beyond a million partitions.
 * Source: Amazon Athena User Guide, "Use partition projection with Amazon Athena".
 */
export function projectPartitions(
  table: CatalogTable,
  predicate: PartitionPredicate | undefined,
  nowMillis: number,
): readonly CatalogPartition[] {
  const keys = table.partitionKeys
  const locate = partitionLocator(table)
  const columns = readProjection(table, nowMillis).map((projection, index) =>
    columnValues(projection, keys[index] as CatalogColumn, predicate),
  )
  const matches = partitionMatcher(predicate, keys)
  const chosen: ProjectedValue[] = []
  const values: (string | undefined)[] = keys.map(() => undefined)
  const lookup = lookupOf(keys, values)
  const partitions: CatalogPartition[] = []
  let tried = 0

  const choose = (index: number): void => {
    const column = columns[index]
    if (column === undefined) {
      if (partitions.length === MAX_PARTITIONS) throw tooManyPartitions(table)
      partitions.push({
        values: chosen.map((value) => value.value),
        location: locate(chosen.map((value) => value.pathText)),
      })
      return
    }
    for (const value of column()) {
      tried += 1
      if (tried > MAX_VALUES_TRIED) throw tooManyPartitions(table)
      values[index] = value.value
      chosen[index] = value
      if (matches(lookup)) choose(index + 1)
    }
    values[index] = undefined
  }

  if (matches(lookup)) choose(0)
  return partitions
}

type ColumnValues = () => Iterable<ProjectedValue>

function columnValues(
  projection: ColumnProjection,
  key: CatalogColumn,
  predicate: PartitionPredicate | undefined,
): ColumnValues {
  if (projection.kind === 'injected') {
    const values = injectedValues(key.name, predicate).map((value) => ({ value, pathText: value }))
    return () => values
  }
  const { domain } = projection
  const ranges = candidateIndexes(domain, key, predicate)
  return () => (domain.isOrdered ? orderedValues(domain, ranges) : distinctValues(domain))
}

/** Each value once: an interval finer than the format gives the same text many times, which are stepped over. */
function* orderedValues(domain: ProjectedDomain, ranges: IndexRanges): Generator<ProjectedValue> {
  for (const { low, high } of ranges) {
    for (let index = low; index <= high; ) {
      const value = domain.at(index)
      yield value
      index = nextDistinct(domain, index, high, value.pathText)
    }
  }
}

function nextDistinct(domain: ProjectedDomain, index: bigint, high: bigint, text: string): bigint {
  let step = 1n
  while (index + step <= high && domain.at(index + step).pathText === text) step *= 2n
  let low = index + step / 2n
  let end = index + step < high + 1n ? index + step : high + 1n
  while (end - low > 1n) {
    const middle = (low + end) / 2n
    if (domain.at(middle).pathText === text) low = middle
    else end = middle
  }
  return end
}

function* distinctValues(domain: ProjectedDomain): Generator<ProjectedValue> {
  const seen = new Set<string>()
  for (let index = 0n; index < domain.count; index++) {
    const value = domain.at(index)
    if (seen.has(value.pathText)) continue
    seen.add(value.pathText)
    yield value
  }
}

/** Trino's words for a scan over too many partitions. */
function tooManyPartitions(table: CatalogTable): AthenaError {
  return new AthenaError(
    'HIVE_EXCEEDED_PARTITION_LIMIT',
    `Query over table '${table.databaseName}.${table.name}' can potentially read more than ${MAX_PARTITIONS} partitions`,
    { remedy: 'Narrow the partition columns in WHERE, or the ranges in the table properties.' },
  )
}
