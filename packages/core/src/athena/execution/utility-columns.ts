import type { ResultColumn } from '../result.ts'
import { VARCHAR } from '../types/trino-type.ts'

/** A column of a statement's result that is no query. `string` is what Athena calls the text of its Hive statements. */
export function utilityColumn(name: string, type: 'string' | 'varchar' = 'varchar'): ResultColumn {
  return { name, type, trinoType: VARCHAR }
}
