import { AthenaError, type AthenaErrorCode, type SqlLocation } from '../errors.ts'

/** What is wrong with the query at a node: Trino's `semanticException(code, node, text)`. */
export function semanticError(
  code: AthenaErrorCode,
  node: { readonly location: SqlLocation },
  text: string,
  remedy?: string,
): AthenaError {
  return new AthenaError(code, text, { location: node.location, remedy })
}
