import { IpAddress } from '@flowtap/core'
import type { Host } from '../host/host.ts'
import type { EverydayKind } from './everyday-shapes.ts'
import type { TrafficContext } from './traffic.ts'

/** Who talks to whom in everyday traffic, and how often compared with the others. */
export interface EverydayPair {
  readonly kind: EverydayKind
  readonly client: Host
  readonly server: IpAddress
  readonly serverPort: number
  readonly weight: number
}

/** How often compared with each other. */
const WEIGHTS: Readonly<Record<EverydayKind, number>> = {
  web: 12,
  call: 8,
  database: 4,
  lookup: 4,
  time: 0.5,
  ping: 0.3,
  backup: 0.01,
  scan: 3,
}

const PORTS = { web: 443, call: 8_080, database: 5_432, lookup: 53, time: 123, backup: 873 } as const
/** Ports that other services' ENIs have open (Amazon RDS, ElastiCache, OpenSearch). */
const MANAGED_PORTS: Readonly<Record<string, number>> = {
  'amazon-rds': 5_432,
  'amazon-elasticache': 6_379,
  'amazon-elasticsearch': 443,
}
/** What scanners try, the most liked first. */
const SCANNED_PORTS: readonly number[] = [23, 22, 443, 80, 8_080, 3_389, 5_555, 445]
/** Hosts that an instance turns to, so that the number of pairs grows with the instances and not with their square. */
const SITES_OF_INSTANCE = 4
const PEERS_OF_INSTANCE = 3
/** Addresses of RFC 5737 and RFC 3849. */
const VISITORS = 6
const SCANNERS = 8

/**
 * Finds the parts of everyday traffic in any design, and puts on the internet what it needs besides: visitors, scanners, a name server and a
 * time server. Ports that instances are asked at are opened. Empty where the design has no instance.
 */
export function everydayPairs(context: TrafficContext): readonly EverydayPair[] {
  const instances = context.hosts.filter(({ kind }) => kind === 'instance')
  if (instances.length === 0) return []
  const sites = context.hosts.filter(({ kind, publicAddresses }) => kind === 'internet' && publicAddresses.length > 0)
  const managed = context.hosts.filter(({ kind }) => kind === 'interface')
  const nameServer = stranger(context, 'name-server.example', 250, { udpPorts: [PORTS.lookup] })
  const timeServer = stranger(context, 'time-server.example', 251, { udpPorts: [PORTS.time] })
  const backupServer = stranger(context, 'backup.example', 252, { tcpPorts: [PORTS.backup] })
  for (const instance of instances) {
    for (const port of [PORTS.web, PORTS.call, PORTS.database]) instance.listen({ port })
  }
  return [
    ...instances.flatMap((client, place) => [
      ...some(sites, place, SITES_OF_INSTANCE).flatMap((site) => pairs('web', client, site, PORTS.web)),
      ...some(others(instances, client), place, PEERS_OF_INSTANCE).flatMap((peer) => [
        ...pairs('call', client, peer, PORTS.call),
        ...pairs('database', client, peer, PORTS.database),
        ...pairs('ping', client, peer, 0),
      ]),
      ...some(managed, place, PEERS_OF_INSTANCE).flatMap((service) =>
        pairs('database', client, service, MANAGED_PORTS[requesterOf(service)] ?? PORTS.database),
      ),
      ...some(sites, place, 1).flatMap((site) => pairs('ping', client, site, 0)),
      ...pairs('lookup', client, nameServer, PORTS.lookup),
      ...pairs('time', client, timeServer, PORTS.time),
      ...pairs('backup', client, backupServer, PORTS.backup),
    ]),
    ...visits(context, instances),
    ...scans(context),
  ]
}

/** Visitors of instances that have public addresses. */
function visits(context: TrafficContext, instances: readonly Host[]): EverydayPair[] {
  const visited = instances.filter(({ publicAddresses }) => publicAddresses.length > 0)
  if (visited.length === 0) return []
  const visitors = Array.from({ length: VISITORS }, (_, place) => stranger(context, `visitor-${place}`, 100 + place))
  return visited.flatMap((instance, place) =>
    some(visitors, place, 2).flatMap((visitor) => pairs('web', visitor, instance, PORTS.web)),
  )
}

/** Scanners that try every public address. */
function scans(context: TrafficContext): EverydayPair[] {
  const targets = context.topology.interfaces.flatMap(({ addresses }) =>
    addresses.flatMap(({ publicAddress }) => (publicAddress ? [publicAddress] : [])),
  )
  if (targets.length === 0) return []
  const scanners = Array.from({ length: SCANNERS }, (_, place) => stranger(context, `scanner-${place}`, 200 + place))
  return targets.flatMap((server, target) =>
    SCANNED_PORTS.map((serverPort, place) => ({
      kind: 'scan',
      client: scanners[(target + place) % SCANNERS] as Host,
      server,
      serverPort,
      weight: WEIGHTS.scan / (place + 1) / 2,
    })),
  )
}

/** A pair for each version of IP that both sides have. */
function pairs(kind: EverydayKind, client: Host, server: Host, serverPort: number): EverydayPair[] {
  const isPublic = client.kind === 'internet' || server.kind === 'internet'
  const addresses = isPublic ? server.publicAddresses : server.addresses
  const own = client.addresses
  const reached = ([4, 6] as const).flatMap((version) => {
    const address = addresses.find((candidate) => candidate.version === version)
    return address && own.some((candidate) => candidate.version === version) ? [address] : []
  })
  return reached.map((address) => ({
    kind,
    client,
    server: address,
    serverPort,
    weight: WEIGHTS[kind] / reached.length,
  }))
}

function stranger(
  context: TrafficContext,
  name: string,
  number: number,
  ports: { readonly tcpPorts?: readonly number[]; readonly udpPorts?: readonly number[] } = {},
): Host {
  return context.addInternetHost({
    name,
    addresses: [IpAddress.of(`203.0.113.${number}`), IpAddress.of(`2001:db8:ffff::${number}`)],
    ...ports,
  })
}

function others(hosts: readonly Host[], own: Host): Host[] {
  return hosts.filter(({ name }) => name !== own.name)
}

/** Some of a list from a place on, around its end. */
function some<Value>(values: readonly Value[], place: number, count: number): Value[] {
  return Array.from({ length: Math.min(count, values.length) }, (_, step) => {
    return values[(place + step) % values.length] as Value
  })
}

function requesterOf({ networkInterfaces: [first] }: Host): string {
  return first?.requesterId ?? ''
}
