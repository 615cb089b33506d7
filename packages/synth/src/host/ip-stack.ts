import { fragmentPacket, IP_PROTOCOL, IpAddress, type Packet } from '@flowtap/core'
import type { SimClock } from '../sim-clock.ts'
import { FragmentReassembly } from './fragments.ts'
import { IcmpStack } from './icmp-stack.ts'
import type { StackProfile } from './operating-system.ts'
import { ProbeTable } from './probe-table.ts'
import { NetworkError } from './process.ts'
import { TcpStack } from './tcp-stack.ts'
import { UdpStack } from './udp-stack.ts'
import type { World } from './world.ts'

/** What a host's packets leave by. */
export interface IpLink {
  /** Takes a packet on its way at a time, now or a little later. */
  send(packet: Packet, timeMicroseconds: number): void
}

/** What makes a stack. */
export interface IpStackOptions {
  readonly profile: StackProfile
  readonly link: IpLink
  /** Largest packet that leaves; 9001 inside VPCs and 1500 outside. */
  readonly mtu: number
  /** Bits that leave in a microsecond: what spaces the packets of a burst. */
  readonly bitsPerMicrosecond: number
  readonly answersPing: boolean
  /** Answers go back from the address that was asked, whatever it is: services and spoofing hosts. */
  readonly ownsAllAddresses: boolean
  /** From which the initial sequence numbers of accepted connections are computed. */
  readonly secret: number
}

/** How far a burst may run ahead of the link: a segmentation offload's 64 KB at 5 Gbit/s. */
const BURST_MICROSECONDS = 100
/** Packets that wait for the link at most; more are dropped. */
const QUEUED_PACKETS = 65_536
const LOOPBACK_DELAY_MICROSECONDS = 15
/** How long a path's MTU is remembered: ten minutes (RFC 1191 section 6.3, RFC 8201 section 4; `mtu_expires` of Linux). */
const PATH_MTU_MICROSECONDS = 600_000_000
const LOOPBACK = { 4: IpAddress.of('127.0.0.1'), 6: IpAddress.of('::1') } as const

/** The IP stack of a host: its addresses, what leaves and what comes, and the transport protocols on top. */
export class IpStack {
  readonly clock: SimClock
  readonly profile: StackProfile
  readonly world: World
  readonly tcp: TcpStack
  readonly udp: UdpStack
  readonly icmp: IcmpStack
  readonly probes: ProbeTable = new ProbeTable()
  /** The host is switched off: nothing leaves, nothing is taken. */
  isDown = false
  readonly #options: IpStackOptions
  readonly #fragments: FragmentReassembly
  #addresses: readonly IpAddress[] = []
  #mtus: Map<string, { readonly mtu: number; readonly untilMicroseconds: number }> | undefined
  /** When the link is free again. */
  #freeAtMicroseconds = 0
  /** Packets that wait for the link, and the activities that they belong to. */
  readonly #queue: Packet[] = []
  readonly #queuedActivities: number[] = []
  #queueFirst = 0

  constructor(world: World, options: IpStackOptions) {
    this.world = world
    this.clock = world.clock
    this.profile = options.profile
    this.#options = options
    this.#fragments = new FragmentReassembly(world.clock)
    this.tcp = new TcpStack(this, world.conversations, options.secret)
    this.udp = new UdpStack(this)
    this.icmp = new IcmpStack(this, options.answersPing)
  }

  get addresses(): readonly IpAddress[] {
    return this.#addresses
  }

  /** Sets the host's own addresses, in the order in which they are chosen from. */
  setAddresses(addresses: readonly IpAddress[]): void {
    this.#addresses = addresses
  }

  owns(address: IpAddress): boolean {
    for (const own of this.#addresses) if (own.equals(address)) return true
    return this.#options.ownsAllAddresses || isLoopback(address)
  }

  /** The own address that packets to a destination leave from. Throws `ENETUNREACH` where there is none of its family. */
  sourceFor(destination: IpAddress): IpAddress {
    if (isLoopback(destination)) return LOOPBACK[destination.version]
    for (const own of this.#addresses) if (own.version === destination.version) return own
    throw new NetworkError('ENETUNREACH', `the host has no IPv${destination.version} address to reach ${destination}`)
  }

  /** The largest packet that the path is known to take. */
  pathMtu(_local: IpAddress, remote: IpAddress): number {
    const { mtu } = this.#options
    const learnt = this.#mtus?.get(remote.toString())
    return learnt && this.clock.nowMicroseconds < learnt.untilMicroseconds ? Math.min(mtu, learnt.mtu) : mtu
  }

  /** An ICMP message told the MTU of a path. */
  learnMtu(remote: IpAddress, mtu: number): void {
    this.#mtus ??= new Map()
    this.#mtus.set(remote.toString(), {
      mtu: Math.max(mtu, remote.version === 4 ? 68 : 1280),
      untilMicroseconds: this.clock.nowMicroseconds + PATH_MTU_MICROSECONDS,
    })
  }

  /** The IP identification of a packet that belongs to no socket: other for each moment and destination. */
  nextIdentification(remote: IpAddress): number {
    return (Math.imul((this.clock.nowMicroseconds | 0) ^ remote.hash, 0x9e3779b1) >>> 16) & 0xffff
  }

  /** Sends a packet; what is larger than the link takes is fragmented, unless that is forbidden, when it is lost. */
  transmit(packet: Packet): void {
    if (this.isDown) return
    const mtu = packet.length > 1280 ? this.pathMtu(packet.source, packet.destination) : 1280
    if (packet.length <= mtu) this.#leave(packet)
    else if (!packet.dontFragment) for (const fragment of fragmentPacket(packet, mtu)) this.#leave(fragment)
  }

  #leave(packet: Packet): void {
    const now = this.clock.nowMicroseconds
    if (isLoopback(packet.destination) || (!this.#options.ownsAllAddresses && this.owns(packet.destination))) {
      this.clock.schedule(now + LOOPBACK_DELAY_MICROSECONDS, receiveAtHome, this as IpStack, packet)
      return
    }
    const freeAt = Math.max(this.#freeAtMicroseconds, now)
    if (freeAt - now <= BURST_MICROSECONDS && this.#queue.length === 0) this.#send(packet, freeAt)
    else if (this.#queue.length - this.#queueFirst < QUEUED_PACKETS) {
      if (this.#queue.length === 0) this.clock.schedule(Math.ceil(freeAt), drainQueue, this as IpStack, undefined)
      this.#queue.push(packet)
      this.#queuedActivities.push(this.clock.activity)
    }
  }

  #send(packet: Packet, freeAtMicroseconds: number): void {
    this.#freeAtMicroseconds = freeAtMicroseconds + (packet.length * 8) / this.#options.bitsPerMicrosecond
    this.#options.link.send(packet, this.clock.nowMicroseconds)
  }

  /** For the clock alone: sends what waited for the link, a burst at a time. */
  drain(): void {
    const { clock } = this
    const now = clock.nowMicroseconds
    while (this.#queueFirst < this.#queue.length) {
      const freeAt = Math.max(this.#freeAtMicroseconds, now)
      if (freeAt - now > BURST_MICROSECONDS) {
        clock.schedule(Math.ceil(freeAt), drainQueue, this as IpStack, undefined)
        return
      }
      clock.activity = this.#queuedActivities[this.#queueFirst] as number
      this.#send(this.#queue[this.#queueFirst] as Packet, freeAt)
      this.#queueFirst += 1
    }
    this.#queue.length = 0
    this.#queuedActivities.length = 0
    this.#queueFirst = 0
  }

  /** A packet has come to the host. */
  receive(packet: Packet): void {
    if (this.isDown || !this.owns(packet.destination)) return
    if (packet.fragmentOffset > 0 || packet.moreFragments) {
      const whole = this.#fragments.add(packet)
      if (whole) this.#dispatch(whole)
    } else this.#dispatch(packet)
  }

  #dispatch(packet: Packet): void {
    switch (packet.protocol) {
      case IP_PROTOCOL.tcp:
        if (this.probes.isEmpty || !this.probes.onTcp(packet, this.clock.nowMicroseconds)) {
          if (!this.tcp.receive(packet)) this.tcp.refuse(packet)
        } else if ((packet.tcpFlags & 2) !== 0) this.tcp.refuse(packet)
        return
      case IP_PROTOCOL.udp:
        this.udp.receive(packet)
        return
      case IP_PROTOCOL.icmp:
      case IP_PROTOCOL.icmpv6:
        this.icmp.receive(packet)
        return
      default:
        this.icmp.protocolUnreachable(packet)
    }
  }
}

function drainQueue(stack: IpStack): void {
  stack.drain()
}

function receiveAtHome(stack: IpStack, packet: Packet): void {
  stack.receive(packet)
}

function isLoopback(address: IpAddress): boolean {
  return address.version === 4 ? address.word3 >>> 24 === 127 : address.equals(LOOPBACK[6])
}
