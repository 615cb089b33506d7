import {
  type DeliveryFault,
  type DeliveryFaults,
  type Design,
  DNS_CLASS,
  DNS_TYPE,
  type DnsRecordData,
  IpAddress,
  type NetworkInterface,
  type PlannedDelivery,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import type { AsyncParticipant } from './async-participant.ts'
import { wholeMicroseconds } from './duration.ts'
import {
  type ClockSkew,
  checkFault,
  type DeliveryDisturbance,
  disturb,
  type Faults,
  type PacketLoss,
  type RecordClockSkew,
  type SkippedData,
} from './faults.ts'
import type { Host } from './host/host.ts'
import type { HostDirectory } from './host/host-directory.ts'
import type { World } from './host/world.ts'
import type { AddedMirrorBroker } from './mirror-brokers.ts'
import type { Random } from './random.ts'
import type { AddedDnsRecord, AddedInternetHost, ScenarioContext } from './scenario.ts'
import type { SimulationObserver } from './simulation-observer.ts'

/** What a context needs of its simulation. */
export interface SimulationParts {
  readonly world: World
  readonly hosts: HostDirectory
  readonly observer: SimulationObserver
  /** undefined where the simulation was given a topology, which cannot be changed. */
  readonly design: Design | undefined
  readonly startMicroseconds: number
  readonly endMicroseconds: number
  readonly topology: () => Topology
  readonly change: (topology: Topology) => void
  readonly join: (participant: AsyncParticipant) => void
}

const DEFAULT_TTL_SECONDS = 300

/** What a scenario's `setup` works with, of a simulation. */
export class SimulationContext implements ScenarioContext, Faults {
  readonly random: Random
  readonly startMicroseconds: number
  readonly endMicroseconds: number
  readonly host: (name: string) => Host
  readonly #parts: SimulationParts
  #design: Design | undefined
  readonly #deliveryFaults: DeliveryFaults[] = []

  constructor(parts: SimulationParts) {
    this.#parts = parts
    this.#design = parts.design
    this.random = parts.world.random.stream('scenario')
    this.startMicroseconds = parts.startMicroseconds
    this.endMicroseconds = parts.endMicroseconds
    this.host = (name) => parts.hosts.named(name).view
  }

  get topology(): Topology {
    return this.#parts.topology()
  }

  get hosts(): readonly Host[] {
    return this.#parts.hosts.all.map(({ view }) => view)
  }

  get faults(): Faults {
    return this
  }

  readonly addInternetHost = (host: AddedInternetHost): Host => {
    return this.#parts.hosts.addInternetHost(host).view
  }

  readonly addDnsRecord = ({ name, type, data, ttlSeconds = DEFAULT_TTL_SECONDS }: AddedDnsRecord): void => {
    this.#parts.world.names.addRecord({
      name,
      type: DNS_TYPE[type.toLowerCase() as Lowercase<typeof type>],
      class: DNS_CLASS.internet,
      ttl: ttlSeconds,
      data: parseData(type, data),
    })
  }

  readonly addMirrorBroker = (broker: AddedMirrorBroker): void => {
    const { observer, hosts } = this.#parts
    observer.brokers.add(broker, hosts.named(broker.host), (name) => hosts.named(name))
  }

  readonly changeDesign = (delayMicroseconds: number, change: (design: Design) => Design): void => {
    if (!this.#design) {
      throw new TypeError('changeDesign needs a simulation of a design: this one was given a resolved topology')
    }
    this.after(delayMicroseconds, () => {
      this.#design = change(this.#design as Design)
      this.#parts.change(resolveDesign(this.#design))
    })
  }

  readonly after = (delayMicroseconds: number, action: () => void): void => {
    const { clock } = this.#parts.world
    const time = clock.nowMicroseconds + wholeMicroseconds(delayMicroseconds, 'delayMicroseconds')
    clock.schedule(time, call, action, undefined)
  }

  readonly join = (participant: AsyncParticipant): void => {
    this.#parts.join(participant)
  }

  losePackets(loss: PacketLoss): void {
    const { world, hosts } = this.#parts
    // Hosts have several names; losses know the first alone.
    const named = loss.hosts && { hosts: loss.hosts.map((name) => hosts.named(name).name) }
    const between = loss.between?.map((name) => new Set(this.#interfacesNamed(name).map(({ id }) => id)))
    const [one, other] = between ?? []
    const pair = one && other && ([one, other] as const)
    world.losses.add({ ...loss, ...named }, this.startMicroseconds, world.random.stream('packet-loss').uint32(), pair)
  }

  skipData(skip: SkippedData): void {
    checkFault('skipped data', skip)
    const from = this.startMicroseconds + skip.afterMicroseconds
    const until = this.startMicroseconds + skip.untilMicroseconds
    for (const skipped of this.#interfacesNamed(skip.networkInterface)) {
      this.#parts.observer.pipeline?.skipData(skipped, from, until)
    }
  }

  disturbDeliveries(disturbance: DeliveryDisturbance | DeliveryFaults): void {
    if (typeof disturbance === 'function') {
      this.#deliveryFaults.push(disturbance)
      return
    }
    checkFault('a delivery fault', disturbance)
    const { startMicroseconds } = this
    const flowLogIds = disturbance.flowLogs && new Set(disturbance.flowLogs.map((name) => this.#flowLogId(name)))
    const seed = this.#parts.world.random.stream('delivery-faults').uint32() + this.#deliveryFaults.length
    const planned = { disturbance, flowLogIds, startMicroseconds, seed }
    this.#deliveryFaults.push((delivery) => disturb(planned, delivery))
  }

  skewClock({ host, byMicroseconds }: ClockSkew): void {
    this.#parts.hosts.named(host).clockSkewMicroseconds = byMicroseconds
  }

  skewRecordClock({ networkInterface, bySeconds }: RecordClockSkew): void {
    for (const skewed of this.#interfacesNamed(networkInterface)) {
      this.#parts.observer.pipeline?.skewRecordClock(skewed, bySeconds)
    }
  }

  /** ENIs by name or id, or those of a host. */
  #interfacesNamed(name: string): readonly NetworkInterface[] {
    const own = this.topology.interfaces.filter((one) => one.id === name || one.name === name)
    return own.length > 0 ? own : this.#parts.hosts.named(name).place.networkInterfaces
  }

  #flowLogId(name: string): string {
    const { flowLogs } = this.topology
    const found = flowLogs.find((flowLog) => flowLog.id === name || flowLog.name === name)
    if (found) return found.id
    throw new RangeError(
      `there is no flow log '${name}'; the flow logs are ${flowLogs.map((one) => one.name).join(', ')}`,
    )
  }

  /** What goes wrong with a delivery. */
  deliveryFault(delivery: PlannedDelivery): DeliveryFault | undefined {
    for (const faults of this.#deliveryFaults) {
      const fault = faults(delivery)
      if (fault) return fault
    }
    return undefined
  }
}

function call(action: () => void): void {
  action()
}

function parseData(type: AddedDnsRecord['type'], data: string): DnsRecordData {
  const name = (text: string): string => (text.length > 1 && text.endsWith('.') ? text.slice(0, -1) : text)
  switch (type) {
    case 'A':
    case 'AAAA': {
      const address = IpAddress.parse(data)
      if (address?.version === (type === 'A' ? 4 : 6)) return { kind: 'address', address }
      throw new RangeError(`an ${type} record has an IPv${type === 'A' ? 4 : 6} address, not '${data}'`)
    }
    case 'MX': {
      const match = /^(\d{1,5}) (\S+)$/.exec(data)
      if (!match)
        throw new RangeError(`an MX record is a preference and a name, such as '10 mail.example.org', not '${data}'`)
      return { kind: 'mx', preference: Number(match[1]), exchange: name(match[2] ?? '') }
    }
    case 'TXT':
      return { kind: 'txt', strings: data.match(/.{1,255}/gs) ?? [''] }
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { kind: 'name', name: name(data) }
  }
}
