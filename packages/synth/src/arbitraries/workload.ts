import fc from 'fast-check'
import { minutes, seconds } from '../duration.ts'
import type { WorkloadKind, WorkloadOptions } from './planned-workload.ts'
import { type OfCast, pick, type ScenarioCast } from './scenario-cast.ts'

/** Values that are known, and values that the cast decides. */
type Model<Options> = { readonly [Key in keyof Options]-?: fc.Arbitrary<Options[Key] | OfCast<Options[Key]>> }

const NUMBER = { max: 999 }
const FIRST = 'google.com'
const NOBODY = '192.0.2.1'

const name = (): fc.Arbitrary<OfCast<string>> =>
  fc.nat(NUMBER).map(
    (number) =>
      ({ names }) =>
        pick(names, number, FIRST),
  )
const address = (): fc.Arbitrary<OfCast<string>> =>
  fc.nat(NUMBER).map(
    (number) =>
      ({ addresses }) =>
        pick(addresses, number, NOBODY),
  )
/** A name or an address. */
const destination = (): fc.Arbitrary<OfCast<string>> => fc.oneof(name(), address())
const several = (one: fc.Arbitrary<OfCast<string>>, maxLength: number): fc.Arbitrary<OfCast<readonly string[]>> =>
  fc.array(one, { minLength: 1, maxLength }).map((all) => (cast) => all.map((each) => each(cast)))

const rounds = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })
const gap = (maxSeconds: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: maxSeconds }).map(seconds)
const gaps = (): fc.Arbitrary<'exponential' | 'regular' | number> =>
  fc.constantFrom<'exponential' | 'regular' | number>('regular', 'exponential', 0.5)
const port = (...usual: readonly number[]): fc.Arbitrary<number> => fc.constantFrom(...usual)
const bytes = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })
const length = (maxSeconds: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: maxSeconds }).map(seconds)

/** Options of each kind, small enough that a workload sends some hundred packets and not more than some thousands. */
const OPTIONS: { readonly [Kind in WorkloadKind]: fc.Arbitrary<OfCast<WorkloadOptions<Kind>>> } = {
  backups: bound({
    to: destination(),
    port: port(873, 443),
    // Scenarios begin at midnight, give or take minutes.
    timeOfDayMicroseconds: fc.integer({ min: 0, max: 9 }).map(minutes),
    bytes: bytes(1_000_000),
  }),
  beaconing: bound({ to: name(), port: port(80, 443, 4_444), tls: fc.boolean(), rounds: rounds(5), ...often(20) }),
  cryptoMining: bound({ to: destination(), port: port(3_333, 443), rounds: rounds(4), ...often(20) }),
  curl: bound({ to: destination(), tls: fc.boolean(), rounds: rounds(4), ...often(60), answerBytes: bytes(50_000) }),
  dataExfiltration: bound({
    to: destination(),
    port: port(443, 9_001),
    bytes: bytes(500_000),
    partBytes: fc.integer({ min: 50_000, max: 200_000 }),
    meanPauseMicroseconds: gap(5),
  }),
  databaseQueries: bound({
    to: address(),
    engine: fc.constantFrom('postgresql', 'mysql', 'redis'),
    connections: fc.integer({ min: 1, max: 2 }),
    medianAnswerBytes: bytes(2_000),
    rounds: rounds(5),
    ...often(20),
  }),
  denialOfService: bound({
    to: address(),
    kind: fc.constantFrom('udp', 'tcp', 'dns', 'udp-on-tcp-port', 'unusual-protocol'),
    packets: fc.integer({ min: 1, max: 150 }),
    packetsPerSecond: fc.integer({ min: 1, max: 500 }),
    bytes: fc.integer({ min: 0, max: 3_000 }),
  }),
  dgaLookups: bound({ rounds: rounds(8), ...often(10) }),
  diurnal: fc
    .tuple(
      fc.oneof(
        activity('curl', bound({ to: destination(), rounds: fc.constant(1) })),
        activity('ping', bound({ to: destination(), rounds: fc.constant(1), count: fc.constant(2) })),
        activity('dnsLookups', bound({ names: several(name(), 2), rounds: fc.constant(1) })),
      ),
      bound({ busiestGapMicroseconds: fc.integer({ min: 20, max: 120 }).map(seconds), mostAtOnce: rounds(3) }),
    )
    .map(([of, options]) => (cast) => ({ activity: of(cast), ...options(cast) })),
  dnsLookups: fc
    .tuple(
      bound({
        names: several(name(), 3),
        types: fc.subarray(['A', 'AAAA', 'MX', 'TXT'] as const, { minLength: 1 }),
        rounds: rounds(5),
        ...often(30),
      }),
      fc.option(address(), { nil: undefined }),
    )
    .map(([options, server]) => (cast) => ({ ...options(cast), ...(server && { server: server(cast) }) })),
  dnsTunnelling: bound({
    domain: fc.constant('tunnel.example'),
    bytesPerQuestion: fc.integer({ min: 1, max: 110 }),
    rounds: rounds(8),
    ...often(5),
  }),
  internetNoise: bound({
    targets: fc.array(fc.nat(NUMBER), { minLength: 1, maxLength: 3 }).map(
      (numbers) =>
        ({ publicAddresses }: ScenarioCast) =>
          numbers.map((number) => pick(publicAddresses, number, NOBODY)),
    ),
    rounds: rounds(8),
    ...often(30),
  }),
  ntpPolls: bound({
    to: fc.oneof(fc.constant('169.254.169.123'), address()),
    rounds: rounds(4),
    ...often(64),
  }),
  objectStorage: bound({
    to: fc.constantFrom('s3.us-west-2.amazonaws.com', 'data.s3.us-west-2.amazonaws.com'),
    writes: fc.constantFrom(0, 0.3, 1),
    medianBytes: bytes(20_000),
    tls: fc.boolean(),
    rounds: rounds(3),
    ...often(30),
  }),
  ping: bound({
    to: destination(),
    count: fc.integer({ min: 1, max: 4 }),
    bytes: fc.oneof(fc.constant(56), fc.integer({ min: 0, max: 4_000 })),
    rounds: rounds(3),
    ...often(60),
  }),
  portScan: bound({
    to: address(),
    ports: fc.uniqueArray(fc.oneof(port(22, 80, 443, 3_389), fc.integer({ min: 1, max: 65_535 })), {
      minLength: 1,
      maxLength: 12,
    }),
    technique: fc.constantFrom('connect', 'syn', 'udp', 'null', 'xmas'),
    portsPerSecond: fc.integer({ min: 1, max: 200 }),
  }),
  portSweep: bound({ targets: several(address(), 6), port: port(445, 22, 80), hostsPerSecond: rounds(100) }),
  rdpBruteForce: bound({ to: address(), guessesPerConnection: rounds(3), rounds: rounds(3), ...often(5) }),
  rdpSessions: bound({ to: address(), meanLengthMicroseconds: length(30), rounds: rounds(2), ...often(60) }),
  serviceCalls: bound({
    to: destination(),
    port: port(8_080, 80, 443),
    tls: fc.boolean(),
    callsPerConnection: rounds(4),
    medianBytes: bytes(5_000),
    rounds: rounds(6),
    ...often(20),
  }),
  spamBot: bound({ servers: several(destination(), 2), medianBytes: bytes(4_000), rounds: rounds(3), ...often(10) }),
  sshBruteForce: bound({ to: address(), guessesPerConnection: rounds(3), rounds: rounds(3), ...often(5) }),
  sshSessions: bound({ to: address(), meanLengthMicroseconds: length(30), rounds: rounds(2), ...often(60) }),
  torClient: bound({ relays: several(address(), 2), port: port(9_001, 443), rounds: rounds(1), ...often(60) }),
  traceroute: bound({
    to: destination(),
    protocol: fc.constantFrom('udp', 'icmp', 'tcp'),
    maxHops: rounds(5),
    queries: rounds(3),
    rounds: rounds(2),
    ...often(60),
  }),
  webSessions: bound({
    sites: several(name(), 3),
    tls: fc.boolean(),
    meanPages: rounds(2),
    meanObjects: rounds(4),
    medianBytes: bytes(5_000),
    rounds: rounds(2),
    ...often(60),
  }),
}

/** A workload of one of these kinds; with smaller options as it shrinks, and towards the first kind. */
export function workload(
  kinds: readonly WorkloadKind[],
): fc.Arbitrary<OfCast<{ kind: WorkloadKind; options: object }>> {
  return fc.oneof(
    { withCrossShrink: true },
    ...kinds.map((kind) =>
      (OPTIONS[kind] as fc.Arbitrary<OfCast<object>>).map((options) => (cast: ScenarioCast) => ({
        kind,
        options: options(cast),
      })),
    ),
  )
}

function often(maxSeconds: number): {
  meanGapMicroseconds: fc.Arbitrary<number>
  gaps: fc.Arbitrary<'exponential' | 'regular' | number>
} {
  return { meanGapMicroseconds: gap(maxSeconds), gaps: gaps() }
}

/** Options whose values are drawn one by one. */
function bound<Options extends object>(model: Model<Options>): fc.Arbitrary<OfCast<Options>> {
  return fc
    .record(model as Readonly<Record<string, fc.Arbitrary<unknown>>>)
    .map(
      (values) => (cast) =>
        Object.fromEntries(
          Object.entries(values).map(([key, value]) => [key, typeof value === 'function' ? value(cast) : value]),
        ) as Options,
    )
}

function activity<Kind extends 'curl' | 'dnsLookups' | 'ping', Options>(
  kind: Kind,
  options: fc.Arbitrary<OfCast<Options>>,
): fc.Arbitrary<OfCast<{ readonly kind: Kind; readonly options: Options }>> {
  return options.map((of) => (cast) => ({ kind, options: of(cast) }))
}
