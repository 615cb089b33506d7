import { seconds } from '../duration.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { fetchHttp, type HttpRequest } from './http-exchange.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** `while true; do curl …; sleep 30; done`, without a shell. */
export interface CurlOptions extends RoundOptions, Omit<HttpRequest, 'to'> {
  /** Name or address; `google.com` unless given. */
  readonly to?: string
}

export const CURL: ActivityLabel = { kind: 'curl', intent: 'benign', description: 'Fetches one URL again and again' }

/** One request on a connection of its own in every round, every 30 s unless given; the answer is google.com's redirection. */
export function curl(options: CurlOptions = {}): ProcessBody {
  const request: HttpRequest = { to: 'google.com', status: 301, answerBytes: 219, ...options }
  return (host) =>
    host.during(
      CURL,
      inRounds(host, { meanGapMicroseconds: seconds(30), gaps: 'regular', ...options }, () => fetchHttp(host, request)),
    )
}
