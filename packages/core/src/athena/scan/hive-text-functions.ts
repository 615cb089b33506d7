import { type ScalarFunction, scalarFunction } from '../duckdb/scalar-functions/scalar-function.ts'
import {
  parseHiveBinary,
  parseHiveDate,
  parseHiveDouble,
  parseHiveReal,
  parseHiveTimestamp,
  splitEscaped,
  unescapeHiveText,
} from './hive-text-value.ts'

/** The functions that the SQL of `hive-text-column.ts` calls where a text is not in its plain form. */
export const HIVE_TEXT_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_hive_text_to_double: scalarFunction(['VARCHAR'], 'DOUBLE', parseHiveDouble),
  ft_hive_text_to_real: scalarFunction(['VARCHAR'], 'REAL', parseHiveReal),
  ft_hive_text_to_epoch_days: scalarFunction(['VARCHAR'], 'INTEGER', parseHiveDate),
  ft_hive_text_to_epoch_micros: scalarFunction(['VARCHAR'], 'BIGINT', parseHiveTimestamp),
  ft_hive_text_to_binary: scalarFunction(['VARCHAR'], 'BLOB', parseHiveBinary),
  ft_hive_text_split: scalarFunction(['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR[]', splitEscaped),
  ft_hive_text_unescape: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', unescapeHiveText),
}
