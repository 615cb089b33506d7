import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { NatGateway } from '../topology/topology.ts'
import { clampMss } from './clamp-mss.ts'
import { ExpiryWheel } from './expiry-wheel.ts'
import { FiveTupleTable } from './five-tuple-table.ts'
import { FragmentTable } from './fragment-table.ts'
import { icmpQueryType, isIcmpQuery, NO_ICMP_TYPE, packetInError } from './icmp-message.ts'
import { NatPorts } from './nat-ports.ts'
import { MTU } from './path-mtu.ts'
import type { RandomSource } from './random-source.ts'
import { isClosed, nextTcpState, opensConnection, TCP_FLAG } from './tcp-connection-state.ts'
import type { Verdict } from './verdict.ts'

/** A connection without packets for so long is forgotten (VPC user guide, "NAT gateway basics" and "Troubleshoot NAT gateways"). */
export const NAT_IDLE_SECONDS = 350

/** A TCP connection after a RST, or after FINs from both sides: its port is free again. Unpublished. */
export const NAT_CLOSED_SECONDS = 10

const SECOND = 1_000_000

/** Why a NAT gateway does not translate a packet. Shared objects, one for each reason. */
export interface NatFailure {
  readonly kind: 'nat-failure'
  /** ACCEPT, since flow logs do not show what gateways drop. */
  readonly verdict: Verdict
  /** Whether the sender, who is inside, gets a RST (`makeReset`). */
  readonly reset: boolean
}

type NatFailureReason =
  | 'idle-timeout'
  | 'unsolicited'
  | 'port-allocation'
  | 'protocol-not-translated'
  | 'fragment-not-translated'

function failure(kind: NatFailureReason, reset = false): NatFailure {
  return { kind: 'nat-failure', verdict: { action: 'ACCEPT', reason: { kind } }, reset }
}

const IDLE = failure('idle-timeout', true)
/** A RST of a forgotten connection: never answered (RFC 9293, 3.10.7.1). */
const IDLE_RESET = failure('idle-timeout')
const UNSOLICITED = failure('unsolicited')
const NO_PORT_LEFT = failure('port-allocation')
/** Of what a gateway never translates. */
export const NOT_TRANSLATED: NatFailure = failure('protocol-not-translated')
const FRAGMENT_NOT_TRANSLATED = failure('fragment-not-translated')

/** A translated connection. For ICMP the port is the identifier, and the far port 0. */
interface Connection {
  readonly client: IpAddress
  readonly clientPort: number
  readonly gatewayAddress: IpAddress
  readonly gatewayPort: number
  readonly far: IpAddress
  readonly farPort: number
  readonly protocol: number
  /** Entry in the table by the gateway's address and port. */
  readonly outside: number
  tcpState: number
}

// Scopes of the fragment table.
const OUTBOUND = 0
const INBOUND = 1

/**
 * The translations of one zonal NAT gateway, public or private, between the clients' addresses and the gateway's own private ones (the
 * internet gateway maps those to the elastic addresses): TCP, UDP and ICMP over IPv4, one port or ICMP identifier per connection
 * ({@link NatPorts}). TCP and ICMP fragments are dropped, UDP fragments follow their first one; the maximum segment size in SYNs is
 * lowered to the gateway's MTU. Hop limits and packets above the MTU are the caller's.
 * Source: VPC user guide, "NAT gateway basics" and "Troubleshoot NAT gateways"; ICMP as in RFC 5508.
 *
 * A TCP segment from inside that is no SYN and belongs to no connection counts as an attempt to continue one that timed out, and is
 * answered with a RST: no memory of past connections is needed, and what AWS documents for them holds at any distance in time.
 */
export class NatTable {
  readonly #ports: NatPorts
  #addresses: readonly IpAddress[]
  /** By client and far side; its entries number the connections. */
  readonly #inside = new FiveTupleTable()
  /** By gateway address and far side; the value is the entry inside. */
  readonly #outside = new FiveTupleTable()
  readonly #connections: (Connection | undefined)[] = []
  readonly #wheel = new ExpiryWheel(this.#inside, (entry) => this.#forget(entry))
  readonly #fragments = new FragmentTable<IpAddress>()

  constructor(gateway: NatGateway, random: RandomSource) {
    this.#ports = new NatPorts(random)
    this.#addresses = addressesOf(gateway)
  }

  /** Connections held. */
  get size(): number {
    return this.#inside.size
  }

  /** The gateway of another topology from now on: new connections use its addresses, those of addresses that it does not serve end. */
  update(gateway: NatGateway, serves: (address: IpAddress) => boolean): void {
    this.#addresses = addressesOf(gateway)
    for (const [entry, connection] of this.#connections.entries()) {
      if (!connection || serves(connection.gatewayAddress)) continue
      this.#wheel.cancel(entry)
      this.#forget(entry)
    }
  }

  /**
   * A packet from inside, as it leaves the gateway: from its private address and a port of its own. Fails with `idle-timeout` and a RST
   * to send for TCP segments of no connection, `port-allocation`, `fragment-not-translated`, or `protocol-not-translated` for other
   * protocols, IPv6, and ICMP messages that are neither a query nor an error about a known connection.
   */
  translateOutbound(packet: Packet, timeMicroseconds: number): Packet | NatFailure {
    this.#wheel.advance(timeMicroseconds)
    const refused = refusedKind(packet)
    if (refused) return refused
    const { protocol, source, destination } = packet
    if (packet.fragmentOffset > 0) {
      const gatewayAddress = this.#fragments.find(OUTBOUND, packet, timeMicroseconds)
      return gatewayAddress ? packet.with({ source: gatewayAddress }) : FRAGMENT_NOT_TRANSLATED
    }
    if (protocol === IP_PROTOCOL.icmp && !isIcmpQuery(packet))
      return this.#translateErrorOutbound(packet, timeMicroseconds)
    const clientPort = ownPort(packet)
    const farPort = packet.destinationPort
    let entry = this.#live(this.#inside.find(0, protocol, clientPort, farPort, source, destination), timeMicroseconds)
    if (entry < 0) {
      if (protocol === IP_PROTOCOL.tcp && !opensConnection(packet.tcpFlags)) {
        return packet.tcpFlags & TCP_FLAG.rst ? IDLE_RESET : IDLE
      }
      entry = this.#open(packet, clientPort, timeMicroseconds)
      if (entry < 0) return NO_PORT_LEFT
    }
    const connection = this.#follow(entry, packet, true, timeMicroseconds)
    const { gatewayAddress, gatewayPort } = connection
    if (packet.moreFragments) this.#fragments.remember(OUTBOUND, packet, gatewayAddress, timeMicroseconds)
    if (protocol === IP_PROTOCOL.icmp) return packet.with({ source: gatewayAddress, icmpIdentifier: gatewayPort })
    return clampMss(packet.translated(gatewayAddress, gatewayPort, destination, farPort), MTU.natGateway)
  }

  /**
   * A packet to one of the gateway's private addresses, as it goes on to the client: an answer, or an ICMP error about a translated
   * packet, which is quoted as the client sent it. Fails with `unsolicited` where no connection has it.
   */
  translateInbound(packet: Packet, timeMicroseconds: number): Packet | NatFailure {
    this.#wheel.advance(timeMicroseconds)
    const refused = refusedKind(packet)
    if (refused) return refused
    const { protocol, source, destination } = packet
    if (packet.fragmentOffset > 0) {
      const client = this.#fragments.find(INBOUND, packet, timeMicroseconds)
      return client ? packet.with({ destination: client }) : UNSOLICITED
    }
    const isIcmp = protocol === IP_PROTOCOL.icmp
    if (isIcmp && icmpQueryType(packet) === NO_ICMP_TYPE) return this.#translateErrorInbound(packet, timeMicroseconds)
    if (isIcmp && isIcmpQuery(packet)) return UNSOLICITED
    const gatewayPort = isIcmp ? packet.icmpIdentifier : packet.destinationPort
    const entry = this.#findOutside(protocol, gatewayPort, packet.sourcePort, destination, source, timeMicroseconds)
    if (entry < 0) return UNSOLICITED
    const { client, clientPort } = this.#follow(entry, packet, false, timeMicroseconds)
    if (packet.moreFragments) this.#fragments.remember(INBOUND, packet, client, timeMicroseconds)
    if (isIcmp) return packet.with({ destination: client, icmpIdentifier: clientPort })
    return clampMss(packet.translated(source, packet.sourcePort, client, clientPort), MTU.natGateway)
  }

  /** An error that a client sends about an answer: outside, its quote shows what came to the gateway. */
  #translateErrorOutbound(packet: Packet, timeMicroseconds: number): Packet | NatFailure {
    const quoted = packetInError(packet)
    if (quoted === undefined || quoted.fragmentOffset > 0) return NOT_TRANSLATED
    const { protocol, source, destination } = quoted
    const clientPort = protocol === IP_PROTOCOL.icmp ? quoted.icmpIdentifier : quoted.destinationPort
    const found = this.#inside.find(0, protocol, clientPort, quoted.sourcePort, destination, source)
    const connection = this.#connections[this.#live(found, timeMicroseconds)]
    if (connection === undefined) return NOT_TRANSLATED
    const { gatewayAddress, gatewayPort } = connection
    const port = protocol === IP_PROTOCOL.icmp ? { icmpIdentifier: gatewayPort } : { destinationPort: gatewayPort }
    return packet.with({ source: gatewayAddress, quoted: quoted.with({ destination: gatewayAddress, ...port }) })
  }

  /** An error about a translated packet: inside, its quote shows what the client sent. */
  #translateErrorInbound(packet: Packet, timeMicroseconds: number): Packet | NatFailure {
    const quoted = packetInError(packet)
    if (quoted === undefined || quoted.fragmentOffset > 0) return UNSOLICITED
    const { protocol, source, destination } = quoted
    const farPort = quoted.destinationPort
    const entry = this.#findOutside(protocol, ownPort(quoted), farPort, source, destination, timeMicroseconds)
    const connection = this.#connections[entry]
    if (connection === undefined) return UNSOLICITED
    const { client, clientPort } = connection
    const port = protocol === IP_PROTOCOL.icmp ? { icmpIdentifier: clientPort } : { sourcePort: clientPort }
    return packet.with({ destination: client, quoted: quoted.with({ source: client, ...port }) })
  }

  #findOutside(
    protocol: number,
    gatewayPort: number,
    farPort: number,
    gatewayAddress: IpAddress,
    far: IpAddress,
    timeMicroseconds: number,
  ): number {
    const outside = this.#outside.find(0, protocol, gatewayPort, farPort, gatewayAddress, far)
    return outside < 0 ? outside : this.#live(this.#outside.value(outside), timeMicroseconds)
  }

  /** The entry where its connection is not over, else -1; one that is over is forgotten. */
  #live(entry: number, timeMicroseconds: number): number {
    if (entry < 0 || timeMicroseconds < this.#inside.deadline(entry)) return entry
    this.#wheel.cancel(entry)
    this.#forget(entry)
    return -1
  }

  #open(packet: Packet, clientPort: number, timeMicroseconds: number): number {
    const { protocol, source: client, destination: far, destinationPort: farPort } = packet
    const taken = this.#ports.take(
      this.#addresses,
      protocol,
      farPort,
      far,
      (address, port) => this.#outside.find(0, protocol, port, farPort, address, far) >= 0,
    )
    if (taken < 0) return -1
    const gatewayPort = taken & 0xffff
    const gatewayAddress = this.#addresses[taken >>> 16] as IpAddress
    const entry = this.#inside.insert(0, protocol, clientPort, farPort, client, far)
    const outside = this.#outside.insert(0, protocol, gatewayPort, farPort, gatewayAddress, far)
    this.#outside.setValue(outside, entry)
    this.#connections[entry] = {
      client,
      clientPort,
      gatewayAddress,
      gatewayPort,
      far,
      farPort,
      protocol,
      outside,
      tcpState: 0,
    }
    this.#inside.setDeadline(entry, timeMicroseconds + NAT_IDLE_SECONDS * SECOND)
    this.#wheel.start(entry)
    return entry
  }

  /** Restarts the idle timer with a packet of the connection. */
  #follow(entry: number, packet: Packet, isOutbound: boolean, timeMicroseconds: number): Connection {
    const connection = this.#connections[entry] as Connection
    if (packet.protocol === IP_PROTOCOL.tcp) {
      const isReopened = isOutbound && isClosed(connection.tcpState) && opensConnection(packet.tcpFlags)
      connection.tcpState = nextTcpState(isReopened ? 0 : connection.tcpState, packet.tcpFlags, isOutbound)
    }
    const seconds = isClosed(connection.tcpState) ? NAT_CLOSED_SECONDS : NAT_IDLE_SECONDS
    const deadline = timeMicroseconds + seconds * SECOND
    const isNearer = deadline < this.#inside.deadline(entry)
    this.#inside.setDeadline(entry, deadline)
    if (isNearer) this.#wheel.shorten(entry)
    return connection
  }

  #forget(entry: number): void {
    const { outside, gatewayAddress, protocol, farPort, far } = this.#connections[entry] as Connection
    this.#ports.release(gatewayAddress, protocol, farPort, far)
    this.#outside.remove(outside)
    this.#inside.remove(entry)
    this.#connections[entry] = undefined
  }
}

function addressesOf(gateway: NatGateway): readonly IpAddress[] {
  return gateway.networkInterface.addresses.map(({ address }) => address)
}

/** The sender's port, or its ICMP identifier. */
function ownPort(packet: Packet): number {
  return packet.protocol === IP_PROTOCOL.icmp ? packet.icmpIdentifier : packet.sourcePort
}

/** Why packets of a kind are never translated; undefined for those that may be. */
function refusedKind(packet: Packet): NatFailure | undefined {
  const { protocol } = packet
  const isKnown = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp || protocol === IP_PROTOCOL.icmp
  if (!isKnown || packet.source.version === 6) return NOT_TRANSLATED
  const isFragment = packet.moreFragments || packet.fragmentOffset > 0
  return isFragment && protocol !== IP_PROTOCOL.udp ? FRAGMENT_NOT_TRANSLATED : undefined
}
