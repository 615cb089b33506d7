import type { IpAddress } from '../net/ip-address.ts'
import { isBehindNat64 } from '../net/nat64-prefix.ts'
import { fragmentPacket } from '../packet/fragment-packet.ts'
import { Packet } from '../packet/packet.ts'
import type { NatGateway, NetworkInterface } from '../topology/topology.ts'
import { primaryAddress } from './address-lookup.ts'
import { DROPPED } from './drop-verdicts.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { makePacketTooBig, makeTimeExceeded } from './icmp-error.ts'
import { type NatFailure, NatTable, NOT_TRANSLATED } from './nat-table.ts'
import { Nat64 } from './nat64.ts'
import { MTU } from './path-mtu.ts'
import type { RandomSource } from './random-source.ts'
import { makeReset } from './reset-packet.ts'
import type { Walk } from './walk.ts'

/**
 * Zonal NAT gateways, where packets have arrived at their interface. What comes for one of the gateway's own addresses is an answer from
 * outside or unsolicited; everything else comes from inside. Both leave by the same interface, so that a conversation is captured there
 * four times. The gateway is a hop: it takes one off the hop limit, and answers from its private address when none is left. It answers
 * nothing that is sent to itself. IPv6 clients reach IPv4 hosts by it ({@link Nat64}).
 * Source: VPC user guide, "NAT gateway basics", "Troubleshoot NAT gateways", "DNS64 and NAT64".
 */
export class NatGateways {
  readonly #walk: Walk
  readonly #random: RandomSource
  readonly #tables: Map<string, NatTable> = new Map()
  /** Clients of all gateways: what stands for one may be used by several. */
  readonly #nat64 = new Nat64()

  constructor(walk: Walk, random: RandomSource) {
    this.#walk = walk
    this.#random = random
  }

  /**
   * Gateways of another topology: their translations go on as long as the address does, new ones use the addresses that the gateways have
   * now.
   */
  update(): void {
    const { topology } = this.#walk.map
    const present = new Map(topology.natGateways.map((gateway) => [gateway.id, gateway]))
    for (const [id, table] of this.#tables) {
      const gateway = present.get(id)
      if (gateway) table.update(gateway, (address) => this.#serves(gateway.networkInterface, address))
      else this.#tables.delete(id)
    }
  }

  /** Whether an address is the gateway's, or one that it has lost and that drains. */
  #serves(networkInterface: NetworkInterface, address: IpAddress): boolean {
    return this.#walk.map.addresses.inVpc(networkInterface.vpc, address)?.networkInterface === networkInterface
  }

  receive(networkInterface: NetworkInterface, gateway: NatGateway, packet: Packet, timeMicroseconds: number): void {
    if (this.#serves(networkInterface, packet.destination)) {
      const translated = this.#tableOf(gateway).translateInbound(packet, timeMicroseconds)
      const isForIpv6 = translated instanceof Packet && this.#nat64.isStandIn(translated.destination)
      const inside = isForIpv6 ? (this.#nat64.toIpv6(translated) ?? NOT_TRANSLATED) : translated
      this.#handOn(networkInterface, packet, inside, timeMicroseconds)
      return
    }
    if (packet.hopLimit <= 1) {
      this.#refuseLastHop(networkInterface, packet, timeMicroseconds)
      return
    }
    if (packet.length <= MTU.natGateway) {
      this.#translateOut(networkInterface, gateway, packet, timeMicroseconds)
      return
    }
    if (packet.dontFragment || packet.source.version === 6) {
      this.#walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.tooBigForNatGateway)
      const router = primaryAddress(networkInterface, packet.source.version)
      const error = router && makePacketTooBig(router, packet, MTU.natGateway)
      this.#answer(networkInterface, error, timeMicroseconds)
      return
    }
    for (const fragment of fragmentPacket(packet, MTU.natGateway)) {
      this.#translateOut(networkInterface, gateway, fragment, timeMicroseconds)
    }
  }

  #translateOut(
    networkInterface: NetworkInterface,
    gateway: NatGateway,
    packet: Packet,
    timeMicroseconds: number,
  ): void {
    const inside = isBehindNat64(packet.destination) ? this.#nat64.toIpv4(packet) : packet
    const translated = inside ? this.#tableOf(gateway).translateOutbound(inside, timeMicroseconds) : NOT_TRANSLATED
    this.#handOn(networkInterface, packet, translated, timeMicroseconds)
  }

  #handOn(
    networkInterface: NetworkInterface,
    packet: Packet,
    translated: Packet | NatFailure,
    timeMicroseconds: number,
  ): void {
    const walk = this.#walk
    if (!(translated instanceof Packet)) {
      walk.drop(networkInterface, packet, timeMicroseconds, translated.verdict)
      if (translated.reset) this.#answer(networkInterface, makeReset(packet), timeMicroseconds)
      return
    }
    if (packet.hopLimit <= 1) {
      this.#refuseLastHop(networkInterface, packet, timeMicroseconds)
      return
    }
    const onward = translated.withHopLimit(packet.hopLimit - 1)
    walk.leave(networkInterface, onward, timeMicroseconds + HOP_DELAY.natGateway)
  }

  #refuseLastHop(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    this.#walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.hopLimitExceeded)
    const router = primaryAddress(networkInterface, packet.source.version)
    this.#answer(networkInterface, router && makeTimeExceeded(router, packet), timeMicroseconds)
  }

  #answer(networkInterface: NetworkInterface, packet: Packet | undefined, timeMicroseconds: number): void {
    if (packet) this.#walk.leave(networkInterface, packet, timeMicroseconds + HOP_DELAY.natGateway)
  }

  #tableOf(gateway: NatGateway): NatTable {
    const table = this.#tables.get(gateway.id) ?? new NatTable(gateway, this.#random)
    this.#tables.set(gateway.id, table)
    return table
  }
}
