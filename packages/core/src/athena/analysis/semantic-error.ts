import { AthenaError, type AthenaErrorCode, type SqlLocation } from '../errors.ts'

/** A node, or what else knows its place. A binary operation's place is that of its sign, as Trino has it. */
export interface Located {
  readonly location: SqlLocation
  readonly operatorLocation?: SqlLocation | undefined
}

/** What is wrong with the query at a node: Trino's `semanticException(code, node, text)`. */
export function semanticError(code: AthenaErrorCode, node: Located, text: string, remedy?: string): AthenaError {
  return new AthenaError(code, text, { location: placeOf(node), remedy })
}

export function placeOf(node: Located): SqlLocation {
  return node.operatorLocation ?? node.location
}
