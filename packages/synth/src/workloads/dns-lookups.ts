import { seconds } from '../duration.ts'
import type { DnsQuestionType } from '../host/dns-answer.ts'
import type { Destination } from '../host/host.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Looks names up. */
export interface DnsLookupsOptions extends RoundOptions {
  readonly names: readonly string[]
  /** `A` unless given. */
  readonly types?: readonly DnsQuestionType[]
  /** A name server of one's own, whose traffic flow logs show; the VPC's Amazon resolver unless given. */
  readonly server?: Destination
}

export const DNS_LOOKUPS: ActivityLabel = { kind: 'dns-lookups', intent: 'benign', description: 'Looks up names' }

/** One question in every round, every 20 s on average unless given. */
export function dnsLookups(options: DnsLookupsOptions): ProcessBody {
  const { names, types = ['A'], server } = options
  return (host) =>
    host.during(
      DNS_LOOKUPS,
      inRounds(host, { meanGapMicroseconds: seconds(20), ...options }, () =>
        host.resolve(host.random.choice(names), {
          type: host.random.choice(types),
          ...(server === undefined ? {} : { server }),
        }),
      ),
    )
}
