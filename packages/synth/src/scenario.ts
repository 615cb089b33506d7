import type { Design, IpAddress, Topology } from '@flowtap/core'
import type { AsyncParticipant } from './async-participant.ts'
import type { Faults } from './faults.ts'
import type { Host, OperatingSystem } from './host/host.ts'
import type { AddedMirrorBroker } from './mirror-brokers.ts'
import type { Random } from './random.ts'

/** Start of simulated time unless a scenario gives another: Monday, 5 January 2026, 00:00:00 UTC, in microseconds since 1970. */
export const DEFAULT_START_MICROSECONDS: number = Date.UTC(2026, 0, 5) * 1_000

/** What happens in a design while it is simulated. Made with {@link defineScenario}. */
export interface Scenario {
  readonly name: string
  /** One line for people. */
  readonly description?: string
  /** Microseconds since 1970; {@link DEFAULT_START_MICROSECONDS} unless given. */
  readonly startMicroseconds?: number
  readonly durationMicroseconds: number
  /**
   * Called once, at the start: opens ports, starts processes (`context.host('demo').spawn('poll', poll, { delayMicroseconds })`) and
   * plans changes. Nothing has happened yet when it is called, and it takes no simulated time.
   */
  setup(context: ScenarioContext): void
}

/** What a scenario's `setup` works with; its parts may be taken out of it. */
export interface ScenarioContext {
  readonly topology: Topology
  /** The scenario's own stream; processes have theirs. */
  readonly random: Random
  readonly startMicroseconds: number
  readonly endMicroseconds: number
  /** All hosts: instances, ENIs that other services own, internet hosts. */
  readonly hosts: readonly Host[]
  /** A host by its name in the design or one of its DNS names. Throws a RangeError that lists the names for one that is not there. */
  readonly host: (name: string) => Host
  /** Adds a host on the internet that the design does not have, and gives it. */
  readonly addInternetHost: (host: AddedInternetHost) => Host
  /** Changes the design at a time, e.g. takes a rule out of a group; what tracked connections do then is the network's business. */
  readonly changeDesign: (delayMicroseconds: number, change: (design: Design) => Design) => void
  /** Calls a function at a time. */
  readonly after: (delayMicroseconds: number, action: () => void) => void
  /** Adds a DNS record that everyone sees, e.g. `{ name: 'example.org', type: 'MX', data: '10 mail.example.org' }`. */
  readonly addDnsRecord: (record: AddedDnsRecord) => void
  /**
   * Runs a broker on a host, from now on: it takes copies of mirror sessions in and replicates them to several platforms, e.g.
   * `{ host: 'broker', platforms: [{ to: 'suricata' }, { to: 'archive', sampling: 0.1, packetLength: 128 }] }`. Its copies are packets
   * like any others. Throws a RangeError for hosts that are not there.
   */
  readonly addMirrorBroker: (broker: AddedMirrorBroker) => void
  /** Takes part in the simulation by promises: time stands still while the participant is busy. */
  readonly join: (participant: AsyncParticipant) => void
  /** Faults of the network and of delivery. */
  readonly faults: Faults
}

/** A DNS record that a scenario adds. */
export interface AddedDnsRecord {
  /** `*.example.org` for all names below. */
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'TXT'
  /** As in zone files: an address, a name, `10 mail.example.org`, a text. */
  readonly data: string
  /** 300 unless given. */
  readonly ttlSeconds?: number
}

/** A host on the internet that a scenario adds. */
export interface AddedInternetHost {
  readonly name: string
  readonly addresses: readonly (IpAddress | string)[]
  /** Names that resolve to its addresses; its own name if that has a dot, unless given. */
  readonly dnsNames?: readonly string[]
  /** `linux` unless given. */
  readonly operatingSystem?: OperatingSystem
  /** Open ports that answer as the connecting side says, e.g. `[80, 443]`. */
  readonly tcpPorts?: readonly number[]
  readonly udpPorts?: readonly number[]
  /** True unless given. */
  readonly answersPing?: boolean
  /** One-way delay from the internet gateway; 20 ms unless given. */
  readonly latencyMicroseconds?: number
}

/**
 * Makes a scenario, checking its values.
 *
 * ```ts
 * const polling = defineScenario({
 *   name: 'polling',
 *   durationMicroseconds: hours(1),
 *   setup({ host }) {
 *     host('demo').spawn('poll', function* (demo) {
 *       for (;;) {
 *         const connection = yield* demo.connect({ to: 'google.com', port: 80 })
 *         yield* connection.exchange({ send: 74, receive: 773 })
 *         yield* connection.close()
 *         yield* demo.sleep(seconds(30))
 *       }
 *     })
 *   },
 * })
 * ```
 */
export function defineScenario(scenario: Scenario): Scenario {
  const { name, startMicroseconds = DEFAULT_START_MICROSECONDS, durationMicroseconds } = scenario
  if (name === '') throw new RangeError('a scenario needs a name')
  for (const [what, value] of Object.entries({ startMicroseconds, durationMicroseconds })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`scenario '${name}': ${what} must be a natural number of microseconds, not ${value}`)
    }
  }
  if (!Number.isSafeInteger(startMicroseconds + durationMicroseconds)) {
    throw new RangeError(`scenario '${name}': it ends beyond the times that can be counted in microseconds`)
  }
  return Object.freeze({ ...scenario })
}
