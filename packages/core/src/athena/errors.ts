/** A place in a query text: both 1-based, as Athena prints them (`line 1:8`). */
export interface SqlLocation {
  readonly line: number
  readonly column: number
}

/**
 * Who is to blame, as the Athena API numbers it (AthenaError.ErrorCategory).
 * 1 SYSTEM, 2 USER, 3 OTHER. Source: Amazon Athena API Reference, AthenaError.
 */
export type AthenaErrorCategory = 1 | 2 | 3

/**
 * Error codes of Athena engine version 3, in the words in which a query fails:
 * Trino's StandardErrorCode and HiveErrorCode names, besides those that only the service has.
 */
export type AthenaErrorCode =
  | 'SYNTAX_ERROR'
  | 'COLUMN_NOT_FOUND'
  | 'TABLE_NOT_FOUND'
  | 'SCHEMA_NOT_FOUND'
  | 'CATALOG_NOT_FOUND'
  | 'FUNCTION_NOT_FOUND'
  | 'OPERATOR_NOT_FOUND'
  | 'TYPE_NOT_FOUND'
  | 'TYPE_MISMATCH'
  | 'AMBIGUOUS_NAME'
  | 'AMBIGUOUS_FUNCTION_CALL'
  | 'DUPLICATE_COLUMN_NAME'
  | 'DUPLICATE_NAMED_QUERY'
  | 'DUPLICATE_WINDOW_NAME'
  | 'COLUMN_ALIASES_NOT_FOUND'
  | 'MISMATCHED_COLUMN_ALIASES'
  | 'MISSING_COLUMN_NAME'
  | 'MISSING_COLUMN_ALIASES'
  | 'MISSING_GROUP_BY'
  | 'MISSING_ORDER_BY'
  | 'MISSING_OVER'
  | 'EXPRESSION_NOT_AGGREGATE'
  | 'EXPRESSION_NOT_SCALAR'
  | 'EXPRESSION_NOT_CONSTANT'
  | 'EXPRESSION_NOT_IN_DISTINCT'
  | 'FUNCTION_NOT_AGGREGATE'
  | 'FUNCTION_NOT_WINDOW'
  | 'INVALID_COLUMN_REFERENCE'
  | 'INVALID_FUNCTION_ARGUMENT'
  | 'INVALID_CAST_ARGUMENT'
  | 'INVALID_LITERAL'
  | 'INVALID_ARGUMENTS'
  | 'INVALID_ORDER_BY'
  | 'INVALID_LIMIT_CLAUSE'
  | 'INVALID_WINDOW_FRAME'
  | 'INVALID_WINDOW_REFERENCE'
  | 'INVALID_PARTITION_BY'
  | 'INVALID_PARAMETER_USAGE'
  | 'INVALID_RECURSIVE_REFERENCE'
  | 'INVALID_VIEW'
  | 'INVALID_TABLE_PROPERTY'
  | 'NESTED_AGGREGATION'
  | 'NESTED_WINDOW'
  | 'TOO_MANY_ARGUMENTS'
  | 'SUBQUERY_MULTIPLE_ROWS'
  | 'DIVISION_BY_ZERO'
  | 'NUMERIC_VALUE_OUT_OF_RANGE'
  | 'TABLE_ALREADY_EXISTS'
  | 'SCHEMA_ALREADY_EXISTS'
  | 'SCHEMA_NOT_EMPTY'
  | 'PARTITION_NOT_FOUND'
  | 'PARTITION_ALREADY_EXISTS'
  | 'NOT_SUPPORTED'
  | 'NOT_FOUND'
  | 'GENERIC_USER_ERROR'
  | 'GENERIC_INTERNAL_ERROR'
  | 'HIVE_BAD_DATA'
  | 'HIVE_CURSOR_ERROR'
  | 'HIVE_CANNOT_OPEN_SPLIT'
  | 'HIVE_METASTORE_ERROR'
  | 'HIVE_INVALID_METADATA'
  | 'HIVE_INVALID_PARTITION_VALUE'
  | 'HIVE_UNSUPPORTED_FORMAT'
  | 'HIVE_EXCEEDED_PARTITION_LIMIT'
  | 'CONSTRAINT_VIOLATION'
  | 'PERMISSION_DENIED'
  | 'EXCEEDED_TIME_LIMIT'
  | 'EXCEEDED_MEMORY_LIMIT'
  | 'USER_CANCELED'
  /** Refused by StartQueryExecution itself (HTTP 400), before anything runs. */
  | 'MALFORMED_QUERY'
  | 'INVALID_INPUT'
  /** A Hive DDL statement that fails: the message starts with `FAILED: `. */
  | 'DDL_FAILED'

/** What an error can carry beside its code and text. */
export interface AthenaErrorOptions {
  readonly location?: SqlLocation | undefined
  /** What the user can do about it, one sentence; not a part of Athena's own text. */
  readonly remedy?: string | undefined
  readonly cause?: unknown
}

/**
 * A query that fails, with Athena's code and text.
 *
 * `message` is what Athena prints as StateChangeReason: `CODE: line L:C: text` for engine errors,
 * the bare text for MALFORMED_QUERY (`line L:C: mismatched input …`) and for DDL (`FAILED: …`).
 */
export class AthenaError extends Error {
  override readonly name: string = 'AthenaError'
  readonly code: AthenaErrorCode
  readonly location: SqlLocation | undefined
  /** The text alone, without code and place. */
  readonly detail: string
  readonly remedy: string | undefined

  constructor(code: AthenaErrorCode, detail: string, options: AthenaErrorOptions = {}) {
    super(renderMessage(code, detail, options.location), options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.detail = detail
    this.location = options.location
    this.remedy = options.remedy
  }
}

const CODES_WITHOUT_PREFIX: ReadonlySet<AthenaErrorCode> = new Set(['MALFORMED_QUERY', 'INVALID_INPUT', 'DDL_FAILED'])

function renderMessage(code: AthenaErrorCode, detail: string, location: SqlLocation | undefined): string {
  const place = location ? `line ${location.line}:${location.column}: ` : ''
  return CODES_WITHOUT_PREFIX.has(code) ? `${place}${detail}` : `${code}: ${place}${detail}`
}

/** The same error at a place in the query text. One that knows its place already keeps it. */
export function withLocation(error: AthenaError, location: SqlLocation): AthenaError {
  if (error.location) return error
  const { code, detail, remedy, cause } = error
  return new AthenaError(code, detail, { location, remedy, cause })
}

/** Runs what does not know where it stands in the query text, and gives its errors a place. */
export function locateErrors<T>(location: SqlLocation, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof AthenaError ? withLocation(error, location) : error
  }
}
