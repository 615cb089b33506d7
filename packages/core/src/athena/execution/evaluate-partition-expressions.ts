import type { DuckDBValue } from '@duckdb/node-api'
import type { DuckDbInstances } from '../duckdb/duckdb-instances.ts'
import { DuckDbSession } from '../duckdb/duckdb-session.ts'
import type { PartitionExpression } from '../generate/generate.ts'
import type { PartitionConstant } from '../scan/partition-predicate.ts'
import type { TrinoType } from '../types/trino-type.ts'

/**
 * The values of expressions without columns with which a query compares partition keys, so that
 * `day >= date_format(current_date - interval '1' day, '%Y/%m/%d')` opens no more objects than a literal would. One that
 * fails has no value: the query itself will say why, if it comes to it.
 */
export async function evaluatePartitionExpressions(
  expressions: readonly PartitionExpression[],
  instances: DuckDbInstances,
): Promise<readonly (PartitionConstant | undefined)[]> {
  if (expressions.length === 0) return []
  const session = await DuckDbSession.openSealed(instances)
  try {
    const values: (PartitionConstant | undefined)[] = []
    for (const expression of expressions) values.push(await evaluate(session, expression))
    return values
  } finally {
    session.close()
  }
}

async function evaluate(
  session: DuckDbSession,
  { sql, type }: PartitionExpression,
): Promise<PartitionConstant | undefined> {
  try {
    const query = `SELECT CAST(${sql} AS VARCHAR)`
    await session.prepareFor(query)
    const rows = await session.select(query)
    const chunk = await rows.next()
    await rows.next()
    return constantOf(chunk?.getColumnValues(0)[0] ?? null, type)
  } catch {
    return undefined
  }
}

function constantOf(text: DuckDBValue, type: TrinoType): PartitionConstant | undefined {
  if (text === null) return null
  if (typeof text !== 'string') return undefined
  switch (type.kind) {
    case 'varchar':
    case 'date':
      return text
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return BigInt(text)
    default:
      return undefined
  }
}
