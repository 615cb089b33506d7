import { IpAddress, type Packet } from '@flowtap/core'
import { PacketLosses } from '../faults.ts'
import { ActivityLog } from '../labels.ts'
import { Random } from '../random.ts'
import { SimClock } from '../sim-clock.ts'
import { Conversations } from './conversation.ts'
import type { OperatingSystem } from './host.ts'
import { NameDirectory } from './name-directory.ts'
import { SimulatedHost } from './simulated-host.ts'
import type { World } from './world.ts'

/** For tests: hosts on one wire that delays, loses and drops packets as told, without any of AWS. */
export class TestWire {
  readonly clock: SimClock = new SimClock(1_000_000)
  readonly world: World
  readonly packets: { readonly timeMicroseconds: number; readonly packet: Packet }[] = []
  delayMicroseconds = 10_000
  /** Probability that a packet is lost. */
  loss = 0
  /** Packets for which it says so are lost. */
  drops: (packet: Packet) => boolean = () => false
  /** Changes packets on their way, as gateways do. */
  changes: (packet: Packet) => Packet = (packet) => packet
  readonly #hosts = new Map<string, SimulatedHost>()
  readonly #random: Random

  constructor(seed: number = 1) {
    const random = Random.fromSeed(seed)
    this.#random = random.stream('wire')
    this.world = {
      clock: this.clock,
      random,
      conversations: new Conversations(),
      datagramScripts: new WeakMap(),
      names: new NameDirectory(),
      activities: new ActivityLog(),
      losses: new PacketLosses(),
    }
  }

  /** Adds a host; the first one that listens on port 53 may be the others' resolver. */
  host(
    name: string,
    address: string | readonly string[],
    options: { operatingSystem?: OperatingSystem; resolver?: string; mtu?: number; answersPing?: boolean } = {},
  ): SimulatedHost {
    const host = new SimulatedHost(this.world, {
      name,
      kind: 'instance',
      operatingSystem: options.operatingSystem ?? 'linux',
      link: { send: (packet, time) => this.#send(packet, time) },
      mtu: options.mtu ?? 1500,
      bitsPerMicrosecond: 5_000,
      answersPing: options.answersPing ?? true,
    })
    const addresses = (typeof address === 'string' ? [address] : address).map((text) => IpAddress.of(text))
    host.moveTo({
      addresses,
      publicAddresses: [],
      networkInterfaces: [],
      vpc: undefined,
      resolver: options.resolver === undefined ? undefined : IpAddress.of(options.resolver),
    })
    for (const own of addresses) this.#hosts.set(own.toString(), host)
    return host
  }

  /** Runs for a time, or until nothing is left to happen. */
  run(microseconds: number = 86_400_000_000): void {
    const until = this.clock.nowMicroseconds + microseconds
    while (this.clock.step(until)) {
      // Until then.
    }
  }

  #send(packet: Packet, timeMicroseconds: number): void {
    this.packets.push({ timeMicroseconds, packet })
    if (this.drops(packet) || (this.loss > 0 && this.#random.chance(this.loss))) return
    const changed = this.changes(packet)
    const host = this.#hosts.get(changed.destination.toString())
    if (host) this.clock.schedule(timeMicroseconds + this.delayMicroseconds, receive, host, changed)
  }
}

function receive(host: SimulatedHost, packet: Packet): void {
  host.stack.receive(packet)
}
