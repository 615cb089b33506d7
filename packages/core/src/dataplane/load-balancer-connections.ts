import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import { ExpiryWheel } from './expiry-wheel.ts'
import { FiveTupleTable } from './five-tuple-table.ts'
import { FragmentTable } from './fragment-table.ts'
import { NatPorts } from './nat-ports.ts'
import type { RandomSource } from './random-source.ts'
import { isClosed, nextTcpState, opensConnection } from './tcp-connection-state.ts'
import { LOAD_BALANCER_TCP_SECONDS, LOAD_BALANCER_UDP_SECONDS } from './tracking-timers.ts'

/** How long a balancer keeps a TCP connection after both FINs or a RST. Not documented. */
export const LOAD_BALANCER_CLOSED_SECONDS = 10

const SECOND_MICROSECONDS = 1_000_000

/** A flow through a balancer. Scopes are numbers of interfaces that stay when the topology changes. */
export interface BalancedConnection {
  readonly protocol: number
  /** The interface that the client talks to: the balancer's own, or an endpoint's. */
  readonly frontScope: number
  /** The balancer's interface, which talks to the target. */
  readonly nodeScope: number
  readonly client: IpAddress
  readonly clientPort: number
  readonly frontAddress: IpAddress
  readonly listenerPort: number
  /** What the target sees as its client: the client itself, or an address and port of the balancer. */
  readonly backAddress: IpAddress
  readonly backPort: number
  readonly target: IpAddress
  readonly targetPort: number
  readonly keepsClientAddress: boolean
  /** Of the topology in which the target was last looked up. */
  generation: number
}

interface Entry extends BalancedConnection {
  readonly returnEntry: number
  tcpState: number
}

/**
 * The flows of all balancers, found by what clients send and by what targets answer, until they are idle (TCP 350 s, UDP 120 s) or
 * closed. Source: Network Load Balancer guide, "Connection idle timeout"; port limits as in "Target groups", client IP preservation.
 */
export class BalancedConnections {
  /** By client, and by the interface, address and port that it talks to; entries number the connections. */
  readonly #fronts = new FiveTupleTable()
  /** By target, and by the interface, address and port that it answers to; the value is the entry in front. */
  readonly #returns = new FiveTupleTable()
  readonly #connections: (Entry | undefined)[] = []
  readonly #clientFragments = new FragmentTable<BalancedConnection>()
  readonly #targetFragments = new FragmentTable<BalancedConnection>()
  readonly #wheel = new ExpiryWheel(this.#fronts, (entry) => this.#forget(entry))
  readonly #ports: NatPorts

  constructor(random: RandomSource) {
    this.#ports = new NatPorts(random)
  }

  get size(): number {
    return this.#fronts.size
  }

  /** The connection that a client's packet belongs to, which it keeps; later fragments follow their first one. */
  fromClient(frontScope: number, packet: Packet, timeMicroseconds: number): BalancedConnection | undefined {
    this.#wheel.advance(timeMicroseconds)
    if (packet.fragmentOffset > 0) return this.#clientFragments.find(frontScope, packet, timeMicroseconds)
    const { protocol, sourcePort, destinationPort, source, destination } = packet
    const entry = this.#fronts.find(frontScope, protocol, sourcePort, destinationPort, source, destination)
    const connection = this.#follow(entry, packet, true, timeMicroseconds)
    if (connection && packet.moreFragments) {
      this.#clientFragments.remember(frontScope, packet, connection, timeMicroseconds)
    }
    return connection
  }

  /** The connection that a target's packet belongs to, which it keeps; later fragments follow their first one. */
  fromTarget(nodeScope: number, packet: Packet, timeMicroseconds: number): BalancedConnection | undefined {
    this.#wheel.advance(timeMicroseconds)
    if (packet.fragmentOffset > 0) return this.#targetFragments.find(nodeScope, packet, timeMicroseconds)
    const { protocol, sourcePort, destinationPort, source, destination } = packet
    const entry = this.#returns.find(nodeScope, protocol, sourcePort, destinationPort, source, destination)
    const connection = entry < 0 ? undefined : this.#follow(this.#returns.value(entry), packet, false, timeMicroseconds)
    if (connection && packet.moreFragments) {
      this.#targetFragments.remember(nodeScope, packet, connection, timeMicroseconds)
    }
    return connection
  }

  /** The connection of a packet that a target was sent, about which an ICMP error speaks. */
  ofPacketToTarget(nodeScope: number, sent: Packet, timeMicroseconds: number): BalancedConnection | undefined {
    const { protocol, sourcePort, destinationPort, source, destination } = sent
    const entry = this.#returns.find(nodeScope, protocol, destinationPort, sourcePort, destination, source)
    return entry < 0 ? undefined : this.#live(this.#returns.value(entry), timeMicroseconds)
  }

  /** The connection of a packet that a client was sent, about which an ICMP error speaks. */
  ofPacketToClient(frontScope: number, sent: Packet, timeMicroseconds: number): BalancedConnection | undefined {
    const { protocol, sourcePort, destinationPort, source, destination } = sent
    const entry = this.#fronts.find(frontScope, protocol, destinationPort, sourcePort, destination, source)
    return this.#live(entry, timeMicroseconds)
  }

  /** A port of the balancer for a connection to a target; undefined where all are in use. */
  takePort(
    nodeScope: number,
    node: IpAddress,
    protocol: number,
    target: IpAddress,
    targetPort: number,
  ): number | undefined {
    const isTaken = (address: IpAddress, port: number): boolean =>
      this.#returns.find(nodeScope, protocol, targetPort, port, target, address) >= 0
    const taken = this.#ports.take([node], protocol, targetPort, target, isTaken)
    return taken < 0 ? undefined : taken & 0xffff
  }

  /** Adds a connection with its first packet. One that the same client had by the same target is replaced. */
  open(connection: BalancedConnection, packet: Packet, timeMicroseconds: number): void {
    const { protocol, frontScope, nodeScope, client, clientPort, frontAddress, listenerPort } = connection
    const { target, targetPort, backAddress, backPort } = connection
    const old = this.#returns.find(nodeScope, protocol, targetPort, backPort, target, backAddress)
    if (old >= 0) this.#end(this.#returns.value(old))
    const entry = this.#fronts.insert(frontScope, protocol, clientPort, listenerPort, client, frontAddress)
    const returnEntry = this.#returns.insert(nodeScope, protocol, targetPort, backPort, target, backAddress)
    this.#returns.setValue(returnEntry, entry)
    const opened: Entry = { ...connection, returnEntry, tcpState: 0 }
    this.#connections[entry] = opened
    this.#fronts.setDeadline(entry, timeMicroseconds + this.#idleAfter(opened, packet, true))
    this.#wheel.start(entry)
    if (packet.moreFragments) this.#clientFragments.remember(frontScope, packet, opened, timeMicroseconds)
  }

  /** Ends the connection that a client's packet belongs to. */
  close(frontScope: number, packet: Packet): void {
    const { protocol, sourcePort, destinationPort, source, destination } = packet
    const entry = this.#fronts.find(frontScope, protocol, sourcePort, destinationPort, source, destination)
    if (entry >= 0) this.#end(entry)
  }

  #follow(
    entry: number,
    packet: Packet,
    isFromClient: boolean,
    timeMicroseconds: number,
  ): BalancedConnection | undefined {
    const connection = entry < 0 ? undefined : this.#connections[entry]
    if (!connection) return undefined
    const isReopened = isFromClient && isClosed(connection.tcpState) && opensConnection(packet.tcpFlags)
    if (isReopened || timeMicroseconds >= this.#fronts.deadline(entry)) {
      this.#end(entry)
      return undefined
    }
    const deadline = timeMicroseconds + this.#idleAfter(connection, packet, isFromClient)
    const isNearer = deadline < this.#fronts.deadline(entry)
    this.#fronts.setDeadline(entry, deadline)
    if (isNearer) this.#wheel.shorten(entry)
    return connection
  }

  #live(entry: number, timeMicroseconds: number): BalancedConnection | undefined {
    return entry >= 0 && timeMicroseconds < this.#fronts.deadline(entry) ? this.#connections[entry] : undefined
  }

  #idleAfter(connection: Entry, packet: Packet, isFromClient: boolean): number {
    if (packet.protocol !== IP_PROTOCOL.tcp) return LOAD_BALANCER_UDP_SECONDS * SECOND_MICROSECONDS
    connection.tcpState = nextTcpState(connection.tcpState, packet.tcpFlags, isFromClient)
    const seconds = isClosed(connection.tcpState) ? LOAD_BALANCER_CLOSED_SECONDS : LOAD_BALANCER_TCP_SECONDS
    return seconds * SECOND_MICROSECONDS
  }

  #end(entry: number): void {
    this.#wheel.cancel(entry)
    this.#forget(entry)
  }

  #forget(entry: number): void {
    const connection = this.#connections[entry] as Entry
    const { protocol, backAddress, target, targetPort } = connection
    if (!connection.keepsClientAddress) this.#ports.release(backAddress, protocol, targetPort, target)
    this.#returns.remove(connection.returnEntry)
    this.#fronts.remove(entry)
    this.#connections[entry] = undefined
  }
}
