import { minutes } from '../duration.ts'
import type { PingOptions as OnePing } from '../host/host.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** `ping -c 3` now and then. */
export interface PingOptions extends RoundOptions, Omit<OnePing, 'onOutcome'> {}

export const PING: ActivityLabel = { kind: 'ping', intent: 'benign', description: 'Pings a host' }

/** Three echo requests in every round, every 5 min unless given. */
export function ping(options: PingOptions): ProcessBody {
  return (host) =>
    host.during(
      PING,
      inRounds(host, { meanGapMicroseconds: minutes(5), ...options }, () => host.ping({ count: 3, ...options })),
    )
}
