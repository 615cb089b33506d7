import { seconds } from '../duration.ts'
import type { Connection } from '../host/connection.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { exchangeHttp, type HttpRequest, openHttp } from './http-exchange.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** One service that calls another. */
export interface ServiceCallsOptions extends RoundOptions {
  /** Name or address. */
  readonly to: string
  /** 8080 unless given. */
  readonly port?: number
  readonly tls?: boolean
  /** Calls on one connection before it is closed; 100 unless given. */
  readonly callsPerConnection?: number
  /** Median bytes of an answer; 1,800 unless given. */
  readonly medianBytes?: number
}

export const SERVICE_CALLS: ActivityLabel = {
  kind: 'service-calls',
  intent: 'benign',
  description: 'Calls another service',
}

/** One call in every round, every 5 s on average unless given, over a connection that is kept for a while. */
export function serviceCalls(options: ServiceCallsOptions): ProcessBody {
  const { to, port = 8080, tls = false, callsPerConnection = 100, medianBytes = 1_800 } = options
  return (host) => {
    let connection: Connection | undefined
    let calls = 0
    return host.during(
      SERVICE_CALLS,
      inRounds(host, { meanGapMicroseconds: seconds(5), ...options }, function* () {
        const { random } = host
        const request: HttpRequest = {
          to,
          port,
          tls,
          path: `/v1/items/${random.integer(1, 9_999)}`,
          userAgent: 'service/1',
          contentType: 'application/json',
          answerBytes: Math.min(5_000_000, Math.ceil(random.logNormal(medianBytes, 1))),
          serverDelayMicroseconds: Math.round(random.logNormal(6_000, 0.8)),
        }
        if (connection?.state !== 'open') {
          connection = yield* openHttp(host, request)
          calls = 0
        }
        yield* exchangeHttp(connection, request)
        calls += 1
        if (calls >= callsPerConnection) yield* connection.close()
      }),
    )
  }
}
