import type { IpAddress, Network, Packet } from '@flowtap/core'
import type { PacketLosses } from '../faults.ts'
import type { SimClock } from '../sim-clock.ts'
import type { IpLink } from './ip-stack.ts'
import type { SimulatedHost } from './simulated-host.ts'
import type { World } from './world.ts'

/** Who else is on the internet. */
interface InternetNeighbours {
  isOfVpc(address: IpAddress): boolean
  onInternet(address: IpAddress): SimulatedHost | undefined
  latencyOf(host: SimulatedHost): number
}

/** What the packets of a host on the internet leave by: they take their time to AWS's network, or to another host outside of it. */
export class InternetLink implements IpLink {
  readonly latencyMicroseconds: number
  readonly #hostName: string
  readonly #losses: PacketLosses
  readonly #clock: SimClock
  readonly #network: () => Network
  readonly #neighbours: InternetNeighbours

  constructor(
    hostName: string,
    world: World,
    network: () => Network,
    neighbours: InternetNeighbours,
    latencyMicroseconds: number,
  ) {
    this.#hostName = hostName
    this.#losses = world.losses
    this.#clock = world.clock
    this.#network = network
    this.#neighbours = neighbours
    this.latencyMicroseconds = latencyMicroseconds
  }

  send(packet: Packet, timeMicroseconds: number): void {
    if (!this.#losses.isEmpty && this.#losses.loses(this.#hostName, packet, timeMicroseconds, true)) return
    this.#clock.schedule(timeMicroseconds + this.latencyMicroseconds, arrive, this as InternetLink, packet)
  }

  /** For the clock alone: the packet has come to where AWS's network begins. */
  arrive(packet: Packet): void {
    const { destination } = packet
    const neighbour = this.#neighbours.isOfVpc(destination) ? undefined : this.#neighbours.onInternet(destination)
    if (!neighbour) this.#network().sendFromInternet(packet, this.#clock.nowMicroseconds)
    else {
      const time = this.#clock.nowMicroseconds + this.#neighbours.latencyOf(neighbour)
      this.#clock.schedule(time, receive, neighbour, packet)
    }
  }
}

function arrive(link: InternetLink, packet: Packet): void {
  link.arrive(packet)
}

function receive(host: SimulatedHost, packet: Packet): void {
  host.stack.receive(packet)
}
