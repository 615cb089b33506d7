import type { IpAddress } from '@flowtap/core'
import { hours, minutes, seconds } from '../duration.ts'
import type { Host } from '../host/host.ts'
import type { ProcessBody } from '../host/process.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { backups } from '../workloads/backups.ts'
import { beaconing } from '../workloads/beaconing.ts'
import { rdpBruteForce, sshBruteForce } from '../workloads/brute-force.ts'
import { cryptoMining } from '../workloads/crypto-mining.ts'
import { curl } from '../workloads/curl.ts'
import { dataExfiltration } from '../workloads/data-exfiltration.ts'
import { databaseQueries } from '../workloads/database-queries.ts'
import { denialOfService, type FloodKind } from '../workloads/denial-of-service.ts'
import { dgaLookups } from '../workloads/dga-lookups.ts'
import { diurnal } from '../workloads/diurnal.ts'
import { dnsLookups } from '../workloads/dns-lookups.ts'
import { dnsTunnelling } from '../workloads/dns-tunnelling.ts'
import { internetNoise } from '../workloads/internet-noise.ts'
import { ntpPolls } from '../workloads/ntp-polls.ts'
import { objectStorage } from '../workloads/object-storage.ts'
import { ping } from '../workloads/ping.ts'
import { portScan } from '../workloads/port-scan.ts'
import { portSweep } from '../workloads/port-sweep.ts'
import { rdpSessions, sshSessions } from '../workloads/remote-sessions.ts'
import { serviceCalls } from '../workloads/service-calls.ts'
import { spamBot } from '../workloads/spam-bot.ts'
import { torClient } from '../workloads/tor-client.ts'
import { traceroute } from '../workloads/traceroute.ts'
import { webSessions } from '../workloads/web-sessions.ts'

/** When a scenario of the catalogue runs. */
export interface ScenarioTimes {
  readonly durationMicroseconds: number
  /** `DEFAULT_START_MICROSECONDS` unless given. */
  readonly startMicroseconds?: number
}

/** What a name of the catalogue stands for. */
interface CataloguedScenario {
  readonly description: string
  setup(cast: Cast, context: ScenarioContext): void
}

/** The parts of a scenario, found in any design. */
interface Cast {
  /** Running instances, in the design's order; at least one. */
  readonly instances: readonly Host[]
  /** The first instance: it does what the scenario is about. */
  readonly first: Host
  /** Another instance, or an internet host where there is none. */
  readonly peer: Host
  /** Names of hosts on the internet; at least one. */
  readonly sites: readonly string[]
  /** Public addresses of the design's instances and gateways. */
  readonly publicAddresses: readonly IpAddress[]
  /** A host that the scenario adds to the internet. */
  stranger(name: string, address: string, tcpPorts?: readonly number[], udpPorts?: readonly number[]): Host
}

/** Addresses of RFC 5737, so that no one's real address is called malicious. */
const ATTACKER = '198.51.100.66'

const CATALOGUE: Readonly<Record<string, CataloguedScenario>> = {
  reference: {
    description: "The reference article's traffic: the curl loop, pings, name look-ups, and the internet's noise",
    setup(cast) {
      cast.first.spawn('curl', curl({ to: cast.sites[0] ?? 'google.com' }))
      cast.first.spawn('ping', ping({ to: cast.sites[0] ?? 'google.com', meanGapMicroseconds: minutes(15) }))
      everyday(cast)
      noise(cast, seconds(30))
    },
  },
  web: {
    description: 'People who browse web sites, with the rhythm of a day, and the usual background',
    setup(cast) {
      for (const instance of cast.instances) {
        instance.spawn(
          'people',
          diurnal(webSessions({ sites: cast.sites, rounds: 1 }), { busiestGapMicroseconds: seconds(90) }),
        )
      }
      everyday(cast)
      noise(cast, seconds(20))
    },
  },
  services: {
    description: 'Instances that call each other, a database, object storage, backups, and people at their shells',
    setup(cast) {
      const [first, ...others] = cast.instances
      for (const [index, instance] of others.entries()) {
        instance.listen({ port: 8080 })
        instance.listen({ port: 5432 })
        first?.spawn(`calls-${index}`, serviceCalls({ to: `${instance.addresses[0]}` }))
        first?.spawn(`queries-${index}`, databaseQueries({ to: instance }))
      }
      cast.first.spawn('storage', objectStorage({ to: 's3.us-west-2.amazonaws.com' }))
      cast.peer.listen({ port: 873 })
      cast.first.spawn('backup', backups({ to: cast.peer }))
      if (cast.peer.kind === 'instance') {
        cast.peer.listen({ port: 22 })
        cast.peer.listen({ port: 3389 })
        cast.first.spawn('ssh', sshSessions({ to: cast.peer }))
        cast.first.spawn('rdp', rdpSessions({ to: cast.peer }))
      }
      cast.first.spawn('trace', traceroute({ to: cast.sites[0] ?? 'google.com' }))
      everyday(cast)
    },
  },
  background: {
    description: 'Name look-ups, NTP, a poll now and then, and the noise of the internet: what to add scenes to',
    setup(cast) {
      everyday(cast)
      noise(cast, seconds(30))
    },
  },
  quiet: { description: 'No traffic at all: NODATA records', setup() {} },
  'port-scan': attack('The first instance tries 1,000 ports of another host', ({ peer }) => portScan({ to: peer })),
  'port-sweep': attack('The first instance tries port 445 of 250 hosts', () =>
    portSweep({ targets: Array.from({ length: 250 }, (_, index) => `203.0.113.${index + 1}`), port: 445 }),
  ),
  'ssh-brute-force': assault('A stranger guesses passwords over SSH at every public address', 22, sshBruteForce),
  'rdp-brute-force': assault('A stranger guesses passwords over RDP at every public address', 3389, rdpBruteForce),
  beaconing: attack('The first instance asks a command-and-control server for orders', ({ stranger }) => {
    const server = stranger('c2.guarddutyc2activityb.com', ATTACKER, [80, 443])
    return beaconing({ to: server.name })
  }),
  'dns-tunnelling': attack('The first instance sends data out in DNS questions', () =>
    dnsTunnelling({ domain: 'tunnel.example' }),
  ),
  'data-exfiltration': attack('The first instance uploads 500 MB to a stranger', ({ stranger }) =>
    dataExfiltration({ to: stranger('drop.example', ATTACKER, [443]) }),
  ),
  'crypto-mining': attack('The first instance mines for a pool', ({ stranger }) =>
    cryptoMining({ to: stranger('pool.example', ATTACKER, [3333]).name }),
  ),
  tor: attack('The first instance talks to entry relays of Tor', ({ stranger }) =>
    torClient({
      relays: [1, 2, 3].map((number) => stranger(`relay-${number}.example`, `198.51.100.${80 + number}`, [9001])),
    }),
  ),
  spam: attack('The first instance sends mail to many servers', ({ stranger }) =>
    spamBot({
      servers: [1, 2, 3].map((number) => stranger(`mx-${number}.example`, `198.51.100.${24 + number}`, [25])),
    }),
  ),
  dga: attack('The first instance looks up generated names', () => dgaLookups()),
  'dos-udp': flood('udp'),
  'dos-tcp': flood('tcp'),
  'dos-dns': flood('dns'),
  'dos-udp-on-tcp-port': flood('udp-on-tcp-port'),
  'dos-unusual-protocol': flood('unusual-protocol'),
}

/** The names of the catalogue with a line on each. */
export const SCENARIO_NAMES: readonly Readonly<{ name: string; description: string }>[] = Object.entries(CATALOGUE).map(
  ([name, { description }]) => ({ name, description }),
)

/**
 * A scenario of the catalogue; it fits any design that has a running instance. `undefined` for a name that it does not have.
 * See {@link SCENARIO_NAMES}.
 */
export function cataloguedScenario(name: string, times: ScenarioTimes): Scenario | undefined {
  const entry = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name] : undefined
  if (!entry) return undefined
  return defineScenario({
    name,
    description: entry.description,
    ...times,
    setup: (context) => {
      const cast = castOf(context)
      if (cast) entry.setup(cast, context)
    },
  })
}

/** Nobody where the design has no running instance: nothing happens then. */
function castOf(context: ScenarioContext): Cast | undefined {
  const instances = context.hosts.filter((host) => host.kind === 'instance')
  const [first, second] = instances
  if (!first) return undefined
  const internet = context.hosts.filter((host) => host.kind === 'internet')
  const { interfaces } = context.topology
  const sites = context.topology.internetHosts.flatMap((host) =>
    host.dnsNames[0] === undefined ? [] : [host.dnsNames[0]],
  )
  return {
    instances,
    first,
    peer: second ?? internet[0] ?? first,
    sites: sites.length > 0 ? sites : ['example.com'],
    publicAddresses: interfaces.flatMap(({ addresses }) =>
      addresses.flatMap(({ publicAddress }) => (publicAddress ? [publicAddress] : [])),
    ),
    stranger: (name, address, tcpPorts = [], udpPorts = []) =>
      context.addInternetHost({ name, addresses: [address], dnsNames: [name], tcpPorts, udpPorts }),
  }
}

/** What every instance does: asks for names and for the time, and now and then polls a site. */
function everyday({ instances, sites }: Cast): void {
  for (const instance of instances) {
    instance.spawn('lookups', dnsLookups({ names: sites, types: ['A', 'AAAA'], meanGapMicroseconds: minutes(2) }))
    instance.spawn('time', ntpPolls())
    instance.spawn(
      'polls',
      curl({ to: sites[0] ?? 'example.com', meanGapMicroseconds: minutes(10), gaps: 'exponential' }),
    )
  }
}

function noise({ publicAddresses, stranger }: Cast, meanGapMicroseconds: number): void {
  if (publicAddresses.length === 0) return
  for (const number of [7, 23, 199]) {
    stranger(`scanner-${number}`, `198.51.100.${number}`).spawn(
      'noise',
      internetNoise({ targets: publicAddresses, meanGapMicroseconds: meanGapMicroseconds * 3 }),
    )
  }
}

/** An instance that has been taken over, beside everyday traffic; it begins after a tenth of the time, an hour at most. */
function attack(description: string, activity: (cast: Cast) => ProcessBody): CataloguedScenario {
  return {
    description,
    setup(cast, context) {
      everyday(cast)
      cast.first.spawn('attack', activity(cast), { delayMicroseconds: beginning(context) })
    },
  }
}

/** A stranger's attack on what the internet can reach. */
function assault(
  description: string,
  port: number,
  activity: (options: { to: IpAddress }) => ProcessBody,
): CataloguedScenario {
  return {
    description,
    setup(cast, context) {
      everyday(cast)
      const attacker = cast.stranger('attacker', ATTACKER)
      for (const instance of cast.instances) instance.listen({ port })
      for (const [index, to] of cast.publicAddresses.entries()) {
        attacker.spawn(`attack-${index}`, activity({ to }), { delayMicroseconds: beginning(context) })
      }
    },
  }
}

function flood(kind: FloodKind): CataloguedScenario {
  return attack(`The first instance floods a stranger (${kind})`, ({ stranger }) => {
    stranger('victim', ATTACKER)
    return denialOfService({ kind, to: ATTACKER })
  })
}

function beginning({ startMicroseconds, endMicroseconds }: ScenarioContext): number {
  return Math.min(hours(1), Math.floor((endMicroseconds - startMicroseconds) / 10))
}
