import type { SqlDialect } from '../functions/function-definition.ts'

/**
 * What Athena and Trino are known to answer differently in analysis, one entry each.
 * (A literal `1.5` is the business of `types/literal.ts`.)
 */
export interface DialectRules {
  /** The end of COLUMN_NOT_FOUND: Lake Formation may have hidden the column, so Athena does not say that it is missing. */
  readonly columnNotFoundSuffix: string
}

export const DIALECT_RULES: Readonly<Record<SqlDialect, DialectRules>> = {
  athena: {
    // Real responses of October 2023 and March 2024; see also the Athena User Guide, "Troubleshooting".
    columnNotFoundSuffix: ' or requester is not authorized to access requested resources',
  },
  trino: {
    // Trino, SemanticExceptions.missingAttributeException.
    columnNotFoundSuffix: '',
  },
}
