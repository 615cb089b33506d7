import { type Design, resolveDesign } from '@flowtap/core'

/** Who and what a drawn scenario can speak of in a design, as texts. */
export interface ScenarioCast {
  /** Instances that run, or all where none does, then hosts on the internet. */
  readonly hosts: readonly string[]
  readonly instances: readonly string[]
  readonly internetHosts: readonly string[]
  /** Names and ids of ENIs that faults may name. */
  readonly networkInterfaces: readonly string[]
  readonly flowLogs: readonly string[]
  /** Names that resolve, and one that does not. */
  readonly names: readonly string[]
  /** Addresses: of the internet, private ones of all ENIs, public ones, and one that nobody has. */
  readonly addresses: readonly string[]
  readonly publicAddresses: readonly string[]
  /** What of the design the internet may reach: public addresses and IPv6 ones, and names of balancers. */
  readonly fromInternet: Pick<ScenarioCast, 'names' | 'addresses'>
}

/** What a drawn value is, once it is known of which design it speaks. */
export type OfCast<Value> = (cast: ScenarioCast) => Value

/** Hosts that a scenario can add to the internet, in the ranges of RFC 5737. */
export const STRANGERS: readonly {
  readonly name: string
  readonly addresses: readonly string[]
  readonly tcpPorts: readonly number[]
}[] = [
  { name: 'stranger.example', addresses: ['198.51.100.66'], tcpPorts: [25, 80, 443, 3_333, 9_001] },
  { name: 'scanner.example', addresses: ['203.0.113.9', '2001:db8:ffff::9'], tcpPorts: [80] },
]

const NOBODY = '192.0.2.1'
const NO_NAME = 'no-such-name.example'

/** The cast of a design. */
export function castOf(design: Design): ScenarioCast {
  const { instances, interfaces, internetHosts, interfaceEndpoints, loadBalancers, flowLogs } = resolveDesign(design)
  const running = instances.filter((one) => one.running)
  const instanceNames = (running.length > 0 ? running : instances).map(({ name }) => name)
  const internet = [...internetHosts.map(({ name }) => name), ...STRANGERS.map(({ name }) => name)]
  const own = interfaces.flatMap(({ addresses, ipv6Addresses }) => [
    ...addresses.map(({ address }) => `${address}`),
    ...ipv6Addresses.map((address) => `${address}`),
  ])
  const publicAddresses = interfaces.flatMap(({ addresses }) =>
    addresses.flatMap(({ publicAddress }) => (publicAddress ? [`${publicAddress}`] : [])),
  )
  const reachable = [...publicAddresses, ...own.filter((address) => address.includes(':'))]
  const balancers = loadBalancers.map(({ dnsName }) => dnsName)
  const foreign = [...internetHosts.slice(0, 3), ...STRANGERS].flatMap(({ addresses }) =>
    addresses.map((address) => `${address}`),
  )
  return {
    hosts: [...instanceNames, ...internet],
    instances: instanceNames,
    internetHosts: internet,
    networkInterfaces: interfaces.map(({ id, name }) => (instanceNames.includes(name) ? id : name)),
    flowLogs: flowLogs.map(({ name }) => name),
    names: [
      ...internetHosts.flatMap(({ dnsNames }) => dnsNames),
      ...STRANGERS.map(({ name }) => name),
      's3.us-west-2.amazonaws.com',
      ...interfaceEndpoints.flatMap(({ dnsNames }) => dnsNames),
      ...balancers,
      NO_NAME,
    ],
    addresses: [...own, ...foreign, ...publicAddresses, NOBODY],
    publicAddresses: publicAddresses.length > 0 ? publicAddresses : [NOBODY],
    fromInternet: {
      names: balancers.length > 0 ? balancers : [NO_NAME],
      addresses: reachable.length > 0 ? reachable : [NOBODY],
    },
  }
}

/** The item with a number, counted round and round. */
export function pick<Item>(items: readonly Item[], number: number, fallback: Item): Item {
  return items[number % Math.max(1, items.length)] ?? fallback
}
