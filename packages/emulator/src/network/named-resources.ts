import type { Named } from '@flowtap/core'

/** Rows as a design's resources. */
export function named<Row, Value>(
  rows: Iterable<Row>,
  id: (row: Row) => string,
  value: (row: Row) => Value | undefined,
): Named<Value> {
  const resources: Record<string, Value> = {}
  for (const row of rows) {
    const resource = value(row)
    if (resource !== undefined) resources[id(row)] = resource
  }
  return resources
}
