import type { HttpBody } from './http-body-facts.ts'
import type { HttpTransaction } from './http-transaction.ts'

/** Where a direction stands (RFC 9112 sections 2.1, 6.3 and 7.1). */
export type HttpPhase =
  | 'head'
  | 'counted'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailers'
  | 'until-close'
  | 'tunnel'

/** What an HTTP parser knows of one direction. */
export class HttpSide {
  phase: HttpPhase = 'head'
  /** Bytes of the body, or of the chunk, that are still to come. */
  left = 0
  /** The head was searched for its end up to here, counted from its start. */
  searched = 0
  transaction: HttpTransaction | undefined = undefined
  body: HttpBody | undefined = undefined
}
