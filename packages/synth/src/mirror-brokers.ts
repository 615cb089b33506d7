import {
  BROKER_PORTS,
  type BrokerPlatform,
  type BrokerTally,
  IpAddress,
  MirrorBroker,
  type Packet,
  type Verdict,
} from '@flowtap/core'
import type { SimulatedHost } from './host/simulated-host.ts'

/** A broker on a host of the design: it takes mirrored packets in and replicates them to several platforms. */
export interface AddedMirrorBroker {
  /** The host that it runs on: an instance that is a mirror target, or a target of a balancer that is one. */
  readonly host: string
  readonly platforms: readonly AddedBrokerPlatform[]
}

/** A platform that a broker sends copies to: filter, sampling, truncation and network identifier as of a `MirrorBroker`. */
export interface AddedBrokerPlatform extends Omit<BrokerPlatform, 'address' | 'name'> {
  /** A host by its name, which stands for its primary address, or an address, such as that of a load balancer. */
  readonly to: string
  /** Unique in the broker; the host's or address unless given. */
  readonly name?: string
}

/** What a broker made of the packets for one platform, and what became of its copies. */
export interface MirrorBrokerTally extends Readonly<BrokerTally> {
  /** Name of the broker's host. */
  readonly host: string
  readonly platform: string
  /** Of those that were sent: copies that no host got, by the reason. */
  readonly lost: Readonly<Partial<Record<Verdict['reason']['kind'], number>>>
}

interface Lane {
  readonly platform: string
  readonly lost: Partial<Record<Verdict['reason']['kind'], number>>
}

interface RunningBroker {
  readonly host: string
  readonly broker: MirrorBroker
  readonly lanes: readonly Lane[]
}

/** The brokers of a simulation, each on the UDP ports of VXLAN and GENEVE of its host. */
export class MirrorBrokers {
  readonly #brokers: RunningBroker[] = []
  /** By what the copies carry, which stays when balancers readdress them: their platforms. */
  readonly #lanes: WeakMap<object, Lane> = new WeakMap()

  /**
   * Starts a broker; `named` gives a host by its name. Throws a RangeError for platforms that it cannot send to, and `EADDRINUSE` where
   * the host has one already.
   */
  add({ platforms }: AddedMirrorBroker, host: SimulatedHost, named: (name: string) => SimulatedHost): void {
    const random = host.world.random.stream('mirror-brokers')
    const address = host.place.addresses.find(({ version }) => version === 4)
    if (!address) throw new RangeError(`the broker's host '${host.name}' has no IPv4 address`)
    const made = platforms.map(({ to, ...platform }): BrokerPlatform => {
      const own = IpAddress.parse(to) ?? named(to).place.addresses.find(({ version }) => version === 4)
      if (own) return { name: to, ...platform, address: own }
      throw new RangeError(`the platform '${to}' has no IPv4 address; name a host that has one, or an address`)
    })
    const lanes = new Map<string, Lane>()
    const broker = new MirrorBroker({
      address,
      platforms: made,
      seed: random.stream(host.name).uint32(),
      onCopy: (copy, { name }) => {
        const lane = lanes.get(name)
        if (lane) this.#lanes.set(copy.tunnel ?? copy, lane)
        host.stack.transmit(copy)
      },
    })
    const user = { onDatagram: (packet: Packet) => broker.receive(packet), onError: () => undefined }
    for (const port of BROKER_PORTS) host.stack.udp.open(user, random, port, undefined)
    for (const { name } of made) lanes.set(name, { platform: name, lost: {} })
    this.#brokers.push({ host: host.name, broker, lanes: [...lanes.values()] })
  }

  /** What came of each platform's copies so far. */
  get tallies(): readonly MirrorBrokerTally[] {
    return this.#brokers.flatMap(({ host, broker, lanes }) => {
      const { tallies } = broker
      return lanes.map(({ platform, lost }) => ({
        sent: 0,
        filtered: 0,
        sampledOut: 0,
        ignored: 0,
        ...tallies.get(platform),
        host,
        platform,
        lost: { ...lost },
      }))
    })
  }

  /** A packet ends on its way. */
  drop(packet: Packet, { reason }: Verdict): void {
    if (this.#brokers.length === 0) return
    // A Gateway Load Balancer carries the copy in another packet.
    const lane = this.#lanes.get(packet.tunnel?.packet.tunnel ?? packet.tunnel ?? packet)
    if (lane) lane.lost[reason.kind] = (lane.lost[reason.kind] ?? 0) + 1
  }
}
