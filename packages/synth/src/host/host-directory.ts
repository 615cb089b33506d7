import {
  type InternetHost,
  IpAddress,
  type LinkLocalService,
  type Network,
  type NetworkInterface,
  type Packet,
  type Receiver,
  type ServiceRange,
  type Topology,
  type Vpc,
} from '@flowtap/core'
import type { AddedInternetHost } from '../scenario.ts'
import { AddressMap } from './address-map.ts'
import { instanceMetadata } from './instance-metadata.ts'
import { InterfaceLink } from './interface-link.ts'
import { InternetLink } from './internet-link.ts'
import { type HostPlace, SimulatedHost, type SimulatedHostOptions } from './simulated-host.ts'
import type { World } from './world.ts'

const IP_PROTOCOL_TCP = 6
const DEFAULT_LATENCY_MICROSECONDS = 20_000
/** One-way delay to AWS's own services behind public addresses and endpoints. */
const SERVICE_LATENCY_MICROSECONDS = 400
const INTERFACE_MTU = 9_001
const INTERNET_MTU = 1_500
/** Links as fast as a flow may be on AWS outside of placement groups, and an ordinary server's on the internet. */
const BITS_PER_MICROSECOND = { interface: 5_000, internet: 1_000, service: 10_000 } as const
/** What administrators reach an instance by. */
const ADMINISTRATION_PORTS = { linux: 22, windows: 3389 } as const
/** Ports of other services' ENIs by who made them. */
const MANAGED_PORTS: Readonly<Record<string, readonly number[]>> = {
  'amazon-rds': [1433, 1521, 3306, 5432],
  'amazon-elasticache': [6379, 11211],
  'amazon-elasticsearch': [80, 443],
}
const NO_PLACE: HostPlace = {
  addresses: [],
  publicAddresses: [],
  networkInterfaces: [],
  vpc: undefined,
  resolver: undefined,
}

/** All hosts of a simulation, and who of them gets a packet. */
export class HostDirectory {
  readonly #world: World
  readonly #network: () => Network
  readonly #hosts = new Map<string, SimulatedHost>()
  readonly #links = new Map<SimulatedHost, InterfaceLink>()
  readonly #internetLinks = new Map<SimulatedHost, InternetLink>()
  readonly #names = new Map<string, SimulatedHost>()
  readonly #onInternet = new AddressMap<SimulatedHost>()
  readonly #services = new Map<string, SimulatedHost>()
  #byReceiver = new Map<Receiver, SimulatedHost | undefined>()
  #byInterface = new Map<string, SimulatedHost>()
  #ofVpcs = new AddressMap<true>()
  #topology: Topology

  constructor(world: World, topology: Topology, network: () => Network) {
    this.#world = world
    this.#network = network
    this.#topology = topology
    this.update(topology)
  }

  get all(): readonly SimulatedHost[] {
    return [...this.#hosts.values()]
  }

  /** A host by its name, the name or id of its instance or ENI, or a DNS name. Throws a RangeError that lists the names. */
  named(name: string): SimulatedHost {
    const host = this.#hosts.get(name) ?? this.#names.get(name)
    if (host) return host
    throw new RangeError(`there is no host '${name}'; the hosts are ${[...this.#hosts.keys()].join(', ')}`)
  }

  /** Takes over a changed topology: hosts that are new begin, those that moved move, those that are gone are switched off. */
  update(topology: Topology): void {
    this.#topology = topology
    this.#world.names.setTopology(topology)
    this.#byReceiver = new Map()
    this.#byInterface = new Map()
    this.#ofVpcs = publicAddressesOf(topology)
    const present = new Set<SimulatedHost>()
    for (const instance of topology.instances) {
      const host = this.#interfaceHost(instance.name, 'instance', instance.operatingSystem, [
        ADMINISTRATION_PORTS[instance.operatingSystem],
      ])
      this.#place(host, instance.interfaces)
      host.stack.isDown = !instance.running
      this.#names.set(instance.id, host)
      present.add(host)
    }
    for (const networkInterface of topology.interfaces) {
      // What is attached to nothing has nobody behind it, unless another service made it.
      if (networkInterface.attachment.kind !== 'none' || !networkInterface.isRequesterManaged) continue
      const ports = MANAGED_PORTS[networkInterface.requesterId ?? ''] ?? []
      const isTaken = topology.instances.some(({ name }) => name === networkInterface.name)
      const name = isTaken ? networkInterface.id : networkInterface.name
      const host = this.#interfaceHost(name, 'interface', 'linux', ports)
      this.#place(host, [networkInterface])
      present.add(host)
    }
    for (const internetHost of topology.internetHosts) present.add(this.#placeInternetHost(internetHost))
    for (const host of this.#hosts.values()) {
      if (host.kind !== 'internet' && !present.has(host)) {
        host.stack.isDown = true
        host.moveTo(NO_PLACE)
      }
    }
  }

  /** Adds a host on the internet that is not in the topology. */
  addInternetHost(added: AddedInternetHost): SimulatedHost {
    const { name, latencyMicroseconds = DEFAULT_LATENCY_MICROSECONDS, answersPing = true } = added
    if (this.#hosts.has(name)) throw new RangeError(`there is a host '${name}' already`)
    const addresses = added.addresses.map((address) => (typeof address === 'string' ? IpAddress.of(address) : address))
    const host = this.#internetHost(name, answersPing, latencyMicroseconds, added.operatingSystem)
    for (const port of added.tcpPorts ?? []) host.listen({ port })
    for (const port of added.udpPorts ?? []) host.listenUdp({ port })
    this.#placeOnInternet(host, addresses)
    const dnsNames = added.dnsNames ?? (name.includes('.') ? [name] : [])
    this.#world.names.addHost(dnsNames, addresses)
    for (const dnsName of dnsNames) this.#names.set(dnsName, host)
    return host
  }

  /** The host that a packet from the network is for; undefined where there is none, and the packet is lost. */
  receiverOf(receiver: Receiver, packet: Packet): SimulatedHost | undefined {
    if (receiver.kind === 'internet') return this.onInternet(packet.destination)
    if (this.#byReceiver.has(receiver)) return this.#byReceiver.get(receiver)
    const host = this.#hostOf(receiver)
    this.#byReceiver.set(receiver, host)
    return host
  }

  /** The host that has an address on the internet: of the topology, of the scenario, or an AWS service. */
  onInternet(address: IpAddress): SimulatedHost | undefined {
    return this.#onInternet.get(address) ?? this.#publicService(address)
  }

  /** Whether an address is one that AWS's network maps into a VPC of the design. */
  isOfVpc(address: IpAddress): boolean {
    return this.#ofVpcs.get(address) === true
  }

  /** How long a packet takes between the internet gateway and a host. */
  latencyOf(host: SimulatedHost): number {
    return this.#internetLinks.get(host)?.latencyMicroseconds ?? 0
  }

  #hostOf(receiver: Exclude<Receiver, { kind: 'internet' }>): SimulatedHost | undefined {
    switch (receiver.kind) {
      case 'interface':
        return this.#byInterface.get(receiver.networkInterface.id)
      case 'gateway-endpoint':
        return this.#service(receiver, `endpoint ${receiver.endpoint.id}`, receiver.endpoint.serviceName, [80, 443])
      case 'endpoint-service':
        return this.#service(receiver, `endpoint ${receiver.networkInterface.id}`, receiver.serviceName, [80, 443])
      case 'link-local-service':
        return this.#linkLocalService(receiver)
    }
  }

  #linkLocalService(receiver: Extract<Receiver, { kind: 'link-local-service' }>): SimulatedHost | undefined {
    const { service, networkInterface } = receiver
    // Routers answer no ping, and leases do not run out here.
    if (service === 'vpc-router' || service === 'dhcp') return undefined
    const key = `${service} ${networkInterface.id}`
    const known = this.#services.get(key)
    const host = known ?? this.#service(receiver, key, service, [])
    host.moveTo({ ...NO_PLACE, vpc: networkInterface.vpc })
    if (!known) openLinkLocalPorts(host, service, networkInterface)
    return host
  }

  /** A service of AWS that answers by the way that it was asked. */
  #service(receiver: Receiver, key: string, name: string, tcpPorts: readonly number[]): SimulatedHost {
    const known = this.#services.get(key)
    if (known) return known
    const host = new SimulatedHost(this.#world, {
      name,
      kind: 'service',
      operatingSystem: 'network-device',
      link: { send: (packet, time) => this.#network().sendFromService(receiver, packet, time) },
      mtu: receiver.kind === 'gateway-endpoint' ? INTERNET_MTU : 8_500,
      bitsPerMicrosecond: BITS_PER_MICROSECOND.service,
      answersPing: false,
      ownsAllAddresses: true,
    })
    for (const port of tcpPorts) host.listen({ port })
    this.#services.set(key, host)
    return host
  }

  /** AWS's services behind public addresses, one host for each service. */
  #publicService(address: IpAddress): SimulatedHost | undefined {
    let range: ServiceRange | undefined
    for (const candidate of this.#topology.serviceRanges) {
      const isMoreSpecific = !range || candidate.block.prefixLength > range.block.prefixLength
      if (isMoreSpecific && candidate.block.contains(address)) range = candidate
    }
    // Behind addresses of EC2 are other customers' instances.
    if (!range || range.service.startsWith('EC2')) return undefined
    const key = `public ${range.service}`
    const known = this.#services.get(key)
    if (known) return known
    const host = this.#makeInternetHost(
      {
        name: range.service,
        kind: 'service',
        operatingSystem: 'network-device',
        answersPing: false,
        ownsAllAddresses: true,
      },
      SERVICE_LATENCY_MICROSECONDS,
    )
    for (const port of [80, 443]) host.listen({ port })
    this.#services.set(key, host)
    return host
  }

  #interfaceHost(
    name: string,
    kind: 'instance' | 'interface',
    operatingSystem: 'linux' | 'windows',
    tcpPorts: readonly number[],
  ): SimulatedHost {
    const known = this.#hosts.get(name)
    if (known) return known
    const link = new InterfaceLink(this.#network)
    const host = new SimulatedHost(this.#world, {
      name,
      kind,
      operatingSystem,
      link,
      mtu: INTERFACE_MTU,
      bitsPerMicrosecond: BITS_PER_MICROSECOND.interface,
      answersPing: true,
    })
    for (const port of tcpPorts) host.listen({ port, isDefault: true })
    this.#hosts.set(name, host)
    this.#links.set(host, link)
    return host
  }

  #place(host: SimulatedHost, interfaces: readonly NetworkInterface[]): void {
    const [primary] = interfaces
    const addresses = [
      ...interfaces.flatMap((networkInterface) => networkInterface.addresses.map(({ address }) => address)),
      ...interfaces.flatMap(({ ipv6Addresses }) => ipv6Addresses),
    ]
    const publicAddresses = [
      ...interfaces.flatMap((networkInterface) =>
        networkInterface.addresses.flatMap(({ publicAddress }) => (publicAddress ? [publicAddress] : [])),
      ),
      ...interfaces.flatMap(({ ipv6Addresses }) => ipv6Addresses),
    ]
    this.#links.get(host)?.attach(interfaces)
    host.moveTo({
      addresses,
      publicAddresses,
      networkInterfaces: interfaces,
      vpc: primary?.vpc,
      resolver: primary && resolverOf(primary.vpc),
    })
    for (const networkInterface of interfaces) {
      this.#byInterface.set(networkInterface.id, host)
      this.#names.set(networkInterface.id, host)
      this.#names.set(networkInterface.name, host)
    }
  }

  #placeInternetHost(internetHost: InternetHost): SimulatedHost {
    const { name, dnsNames, addresses, services, answersPing, latencyMicroseconds } = internetHost
    const known = this.#hosts.get(name)
    const host = known ?? this.#internetHost(name, answersPing, latencyMicroseconds, 'linux')
    if (!known) {
      for (const { protocol, port } of services) {
        if (protocol === IP_PROTOCOL_TCP) host.listen({ port })
        else host.listenUdp({ port })
      }
    }
    this.#placeOnInternet(host, addresses)
    for (const dnsName of dnsNames) this.#names.set(dnsName, host)
    return host
  }

  #internetHost(
    name: string,
    answersPing: boolean,
    latencyMicroseconds: number,
    operatingSystem: SimulatedHostOptions['operatingSystem'] = 'linux',
  ): SimulatedHost {
    const host = this.#makeInternetHost(
      { name, kind: 'internet', operatingSystem, answersPing, ownsAllAddresses: false },
      latencyMicroseconds,
    )
    this.#hosts.set(name, host)
    return host
  }

  #makeInternetHost(
    options: Omit<SimulatedHostOptions, 'link' | 'mtu' | 'bitsPerMicrosecond'>,
    latencyMicroseconds: number,
  ): SimulatedHost {
    const link = new InternetLink(options.name, this.#world, this.#network, this, latencyMicroseconds)
    const host = new SimulatedHost(this.#world, {
      ...options,
      link,
      mtu: INTERNET_MTU,
      bitsPerMicrosecond: BITS_PER_MICROSECOND.internet,
    })
    this.#internetLinks.set(host, link)
    return host
  }

  #placeOnInternet(host: SimulatedHost, addresses: readonly IpAddress[]): void {
    for (const address of host.place.addresses) this.#onInternet.delete(address)
    host.moveTo({ ...NO_PLACE, addresses, publicAddresses: addresses })
    for (const address of addresses) this.#onInternet.set(address, host)
  }
}

function publicAddressesOf(topology: Topology): AddressMap<true> {
  const map = new AddressMap<true>()
  for (const { addresses, ipv6Addresses } of topology.interfaces) {
    for (const { publicAddress } of addresses) if (publicAddress) map.set(publicAddress, true)
    for (const address of ipv6Addresses) map.set(address, true)
  }
  return map
}

/** The Amazon resolver of a VPC as instances are told of it: the primary CIDR's base plus two. */
function resolverOf(vpc: Vpc): IpAddress | undefined {
  return vpc.cidrBlocks[0]?.network.plus(2)
}

function openLinkLocalPorts(host: SimulatedHost, service: LinkLocalService, networkInterface: NetworkInterface): void {
  switch (service) {
    case 'amazon-dns':
      host.listenUdp({ port: 53 })
      host.listen({ port: 53 })
      return
    case 'time-sync':
      host.listenUdp({ port: 123 })
      return
    case 'instance-metadata':
      host.listen({ port: 80, application: instanceMetadata(networkInterface) })
      return
    case 'windows-activation':
      host.listen({ port: 1688 })
      return
    case 'vpc-router':
    case 'dhcp':
  }
}
