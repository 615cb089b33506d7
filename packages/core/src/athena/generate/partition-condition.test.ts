import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QueryRunner } from '../../../test/query-runner.ts'
import { lookupOf, partitionMatcher } from '../catalog/evaluate-partition-predicate.ts'

const DAYS = ['2021/10/24', '2021/10/25', '2021/10/26', '2021-10-25', 'x', '']
const HOURS = [-1, 0, 1, 2, 10]
const partitionKeys = [
  { name: 'day', type: 'string' },
  { name: 'hour', type: 'int' },
] as const

const partitions = DAYS.flatMap((day) => HOURS.map((hour) => [day, String(hour)] as const))
const table = {
  name: 'p',
  columns: [{ name: 'n', type: 'bigint' }],
  partitionKeys,
  valuesSql: `VALUES ${partitions.map(([day, hour], index) => `(${index}::BIGINT, '${day}', ${hour})`).join(', ')}`,
}

const text = fc.constantFrom(...DAYS.map((day) => `'${day}'`), 'NULL', "concat('2021', '/10/25')")
const number = fc.constantFrom('-1', '0', '1', '2', '10', '1.5', 'NULL', '3000000000', '1 + 1')
const comparison = fc.constantFrom('=', '<>', '<', '<=', '>', '>=')
const leaf = fc.oneof(
  fc.tuple(comparison, text).map(([operator, value]) => `day ${operator} ${value}`),
  fc.tuple(comparison, text).map(([operator, value]) => `${value} ${operator} day`),
  fc.tuple(comparison, number).map(([operator, value]) => `hour ${operator} ${value}`),
  fc.tuple(text, text).map(([low, high]) => `day BETWEEN ${low} AND ${high}`),
  fc.tuple(number, number).map(([low, high]) => `hour BETWEEN ${low} AND ${high}`),
  fc.array(text, { minLength: 1, maxLength: 3 }).map((values) => `day IN (${values.join(', ')})`),
  fc.array(number, { minLength: 1, maxLength: 3 }).map((values) => `hour IN (${values.join(', ')})`),
  fc.constantFrom("day LIKE '2021/10/%'", "day LIKE '%5'", "day LIKE '2021_10_25'", "day LIKE '2021$_%' ESCAPE '$'"),
  fc.constantFrom('day IS NULL', 'hour IS NOT NULL', 'true', 'false', 'NULL', 'n > 5', 'lower(day) = day'),
)
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} AND ${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} OR ${b})`),
    tie('condition').map((a) => `(NOT ${a})`),
  ),
}))

describe('a partition predicate', () => {
  it('keeps every partition of which the condition keeps a row', async () => {
    const runner = await QueryRunner.create([table], 'trino')
    let pruned = 0
    await fc.assert(
      fc.asyncProperty(condition, async (where) => {
        const sql = `SELECT day, CAST(hour AS varchar) FROM p WHERE ${where}`
        const [scan] = (await runner.generate(sql)).scans
        const matches = partitionMatcher(scan?.partitionPredicate, partitionKeys)
        const kept = new Set(
          partitions.filter((values) => matches(lookupOf(partitionKeys, values))).map((values) => values.join()),
        )
        if (kept.size < partitions.length) pruned += 1
        for (const row of (await runner.run(sql)).rows) expect(kept, where).toContain(row.join())
      }),
      { numRuns: 400 },
    )
    // Else the property would hold of a predicate that says nothing.
    expect(pruned).toBeGreaterThan(100)
  })
})
