import type { IpAddress } from '@flowtap/core'
import type { Content } from '../host/content.ts'
import type { Host } from '../host/host.ts'
import type { ProcessBody } from '../host/process.ts'
import { type BackupsOptions, backups } from '../workloads/backups.ts'
import { type BeaconingOptions, beaconing } from '../workloads/beaconing.ts'
import { type BruteForceOptions, rdpBruteForce, sshBruteForce } from '../workloads/brute-force.ts'
import { type CryptoMiningOptions, cryptoMining } from '../workloads/crypto-mining.ts'
import { type CurlOptions, curl } from '../workloads/curl.ts'
import { type DataExfiltrationOptions, dataExfiltration } from '../workloads/data-exfiltration.ts'
import { type DatabaseQueriesOptions, databaseQueries } from '../workloads/database-queries.ts'
import { type DenialOfServiceOptions, denialOfService } from '../workloads/denial-of-service.ts'
import { type DgaLookupsOptions, dgaLookups } from '../workloads/dga-lookups.ts'
import { type DiurnalOptions, diurnal } from '../workloads/diurnal.ts'
import { type DnsLookupsOptions, dnsLookups } from '../workloads/dns-lookups.ts'
import { type DnsTunnellingOptions, dnsTunnelling } from '../workloads/dns-tunnelling.ts'
import { type InternetNoiseOptions, internetNoise } from '../workloads/internet-noise.ts'
import { type NtpPollsOptions, ntpPolls } from '../workloads/ntp-polls.ts'
import { type ObjectStorageOptions, objectStorage } from '../workloads/object-storage.ts'
import { type PingOptions, ping } from '../workloads/ping.ts'
import { type PortScanOptions, portScan } from '../workloads/port-scan.ts'
import { type PortSweepOptions, portSweep } from '../workloads/port-sweep.ts'
import { type RemoteSessionOptions, rdpSessions, sshSessions } from '../workloads/remote-sessions.ts'
import { type ServiceCallsOptions, serviceCalls } from '../workloads/service-calls.ts'
import { type SpamBotOptions, spamBot } from '../workloads/spam-bot.ts'
import { type TorClientOptions, torClient } from '../workloads/tor-client.ts'
import { type TracerouteOptions, traceroute } from '../workloads/traceroute.ts'
import { type WebSessionsOptions, webSessions } from '../workloads/web-sessions.ts'

/** The options of each workload by its name; of `diurnal` also what it does again and again. */
interface AllOptions {
  readonly backups: BackupsOptions
  readonly beaconing: BeaconingOptions
  readonly cryptoMining: CryptoMiningOptions
  readonly curl: CurlOptions
  readonly dataExfiltration: DataExfiltrationOptions
  readonly databaseQueries: DatabaseQueriesOptions
  readonly denialOfService: DenialOfServiceOptions
  readonly dgaLookups: DgaLookupsOptions
  readonly diurnal: DiurnalOptions & { readonly activity: PlannedActivity }
  readonly dnsLookups: DnsLookupsOptions
  readonly dnsTunnelling: DnsTunnellingOptions
  readonly internetNoise: InternetNoiseOptions
  readonly ntpPolls: NtpPollsOptions
  readonly objectStorage: ObjectStorageOptions
  readonly ping: PingOptions
  readonly portScan: PortScanOptions
  readonly portSweep: PortSweepOptions
  readonly rdpBruteForce: BruteForceOptions
  readonly rdpSessions: RemoteSessionOptions
  readonly serviceCalls: ServiceCallsOptions
  readonly spamBot: SpamBotOptions
  readonly sshBruteForce: BruteForceOptions
  readonly sshSessions: RemoteSessionOptions
  readonly torClient: TorClientOptions
  readonly traceroute: TracerouteOptions
  readonly webSessions: WebSessionsOptions
}

/** What of a value JSON can carry: of `IpAddress | string | Host` the text. */
type Plain<Value> = Value extends string | number | boolean | undefined
  ? Value
  : Value extends IpAddress | Host | Content | Uint8Array | ((...parameters: never[]) => unknown)
    ? never
    : Value extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : { readonly [Key in keyof Value]: Plain<Value[Key]> }

/** A workload of this package by the name of its function. */
export type WorkloadKind = keyof AllOptions

/** The options of a workload as plain data: destinations are addresses and names. */
export type WorkloadOptions<Kind extends WorkloadKind = WorkloadKind> = Plain<AllOptions[Kind]>

/** What `diurnal` can start. */
export type PlannedActivity = {
  readonly [Kind in 'curl' | 'dnsLookups' | 'ping']: { readonly kind: Kind; readonly options: Plain<AllOptions[Kind]> }
}['curl' | 'dnsLookups' | 'ping']

/** A workload with its options, as plain data. */
export type Workload = {
  readonly [Kind in WorkloadKind]: { readonly kind: Kind; readonly options: WorkloadOptions<Kind> }
}[WorkloadKind]

/** Makes the process of each kind; options in plain data are options. */
const BODIES: { readonly [Kind in WorkloadKind]: (options: WorkloadOptions<Kind>) => ProcessBody } = {
  backups,
  beaconing,
  cryptoMining,
  curl,
  dataExfiltration,
  databaseQueries,
  denialOfService,
  dgaLookups,
  diurnal: ({ activity, ...options }) => diurnal(workloadBody(activity), options),
  dnsLookups,
  dnsTunnelling,
  internetNoise,
  ntpPolls,
  objectStorage,
  ping,
  portScan,
  portSweep,
  rdpBruteForce,
  rdpSessions,
  serviceCalls,
  spamBot,
  sshBruteForce,
  sshSessions,
  torClient,
  traceroute,
  webSessions,
}

/** Every kind of workload. */
export const WORKLOAD_KINDS: readonly WorkloadKind[] = Object.keys(BODIES) as WorkloadKind[]

/** The process that a workload stands for. */
export function workloadBody<Kind extends WorkloadKind>(
  workload: Readonly<{ kind: Kind; options: WorkloadOptions<Kind> }>,
): ProcessBody {
  return BODIES[workload.kind](workload.options)
}
