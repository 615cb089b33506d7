import { minutes } from '../duration.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { fetchHttp, type HttpRequest } from './http-exchange.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Malware that asks its controller for orders. */
export interface BeaconingOptions extends RoundOptions, Pick<HttpRequest, 'port' | 'tls' | 'path' | 'userAgent'> {
  /** Name or address of the controller; GuardDuty's test name unless given. */
  readonly to?: string
}

export const BEACONING: ActivityLabel = {
  kind: 'beaconing',
  intent: 'malicious',
  description: 'Asks a command-and-control server for orders',
  technique: 'T1071.001',
  findingType: 'Backdoor:EC2/C&CActivity.B!DNS',
}

/** One small request in every round, every minute give or take a tenth unless given. */
export function beaconing(options: BeaconingOptions = {}): ProcessBody {
  const { to = 'GuardDutyC2ActivityB.com', tls = false, path = '/gate' } = options
  return (host) =>
    host.during(
      BEACONING,
      inRounds(host, { meanGapMicroseconds: minutes(1), gaps: 0.1, ...options }, () =>
        fetchHttp(host, {
          userAgent: 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)',
          ...options,
          to,
          tls,
          path,
          method: 'POST',
          body: host.random.integer(64, 220),
          answerBytes: host.random.chance(0.05) ? host.random.integer(2_000, 40_000) : 16,
        }),
      ),
    )
}
