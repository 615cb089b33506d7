import { scalarFunction, type ScalarFunction } from '../duckdb/scalar-functions/scalar-function.ts'
import { parseHiveBinary, parseHiveDate, parseHiveDouble, parseHiveTimestamp } from './hive-text-value.ts'

/** The functions that the SQL of `hive-text-column.ts` calls where a text is not in its plain form. */
export const HIVE_TEXT_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  hive_text_to_double: scalarFunction(['VARCHAR'], 'DOUBLE', parseHiveDouble),
  hive_text_to_epoch_days: scalarFunction(['VARCHAR'], 'INTEGER', parseHiveDate),
  hive_text_to_epoch_micros: scalarFunction(['VARCHAR'], 'BIGINT', parseHiveTimestamp),
  hive_text_to_binary: scalarFunction(['VARCHAR'], 'BLOB', parseHiveBinary),
}
