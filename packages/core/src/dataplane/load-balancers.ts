import type { MirrorReordering } from '../mirror/mirror-reordering.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type {
  LoadBalancerListener,
  LoadBalancerTarget,
  NetworkInterface,
  NetworkLoadBalancer,
} from '../topology/topology.ts'
import { hasAddress, primaryAddress } from './address-lookup.ts'
import { DROPPED } from './drop-verdicts.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { packetInError } from './icmp-message.ts'
import { type BalancedConnection, BalancedConnections } from './load-balancer-connections.ts'
import { chooseTarget, isUsable, listenerFor } from './load-balancer-target.ts'
import type { RandomSource } from './random-source.ts'
import { makeReset } from './reset-packet.ts'
import { isHost } from './running.ts'
import { opensConnection, TCP_FLAG } from './tcp-connection-state.ts'
import type { Walk } from './walk.ts'

/**
 * Network Load Balancers, where packets have arrived at one of their interfaces (or come from an endpoint of their service, which no
 * record shows). A client's packet goes to the target of its connection, the target's answer back to the client, both by the balancer's
 * interface. With client addresses kept, targets answer the client's address, and the network brings that to the balancer all the same.
 * TCP that belongs to no connection any more is answered with a RST.
 * Source: Network Load Balancer guide, "Target groups" (client IP preservation), "Connection idle timeout", "Health checks".
 */
export class LoadBalancers {
  readonly #walk: Walk
  readonly #connections: BalancedConnections
  readonly #reordering: MirrorReordering
  #generation = 0

  constructor(walk: Walk, random: RandomSource, reordering: MirrorReordering) {
    this.#walk = walk
    this.#reordering = reordering
    this.#connections = new BalancedConnections(random)
  }

  /** Listeners and targets may be others from now on: connections are checked against them with their next packet. */
  update(): void {
    this.#generation += 1
  }

  receive(node: NetworkInterface, loadBalancer: NetworkLoadBalancer, packet: Packet, timeMicroseconds: number): void {
    if (this.#relayError(node, node, packet, timeMicroseconds)) return
    const scope = this.#walk.map.scopeOf(node)
    const answered = this.#connections.fromTarget(scope, packet, timeMicroseconds)
    if (answered) {
      this.#toClient(answered, node, packet, timeMicroseconds)
      return
    }
    // A target answers a client whose connection is forgotten.
    if (!hasAddress(node, packet.destination)) {
      this.#refuseUnknown(node, packet, timeMicroseconds)
      return
    }
    this.#fromClient(node, node, loadBalancer, packet, timeMicroseconds)
  }

  /**
   * A client's packet that came by an endpoint of the balancer's service: targets never see the client's address. The balancer's inbound
   * rules judge it unless that is switched off. Source: Network Load Balancer guide, "Security groups".
   */
  receiveFromEndpoint(
    endpoint: NetworkInterface,
    loadBalancer: NetworkLoadBalancer,
    packet: Packet,
    timeMicroseconds: number,
  ): void {
    const walk = this.#walk
    const node = nodeFor(loadBalancer, endpoint)
    const address = node && primaryAddress(node, packet.destination.version)
    if (!node || !address) {
      walk.drop(endpoint, packet, timeMicroseconds, DROPPED.noListener)
      return
    }
    const time = timeMicroseconds + HOP_DELAY.endpoint
    if (loadBalancer.enforcesInboundRulesOnPrivateLink) {
      const verdict = walk.judgeUnseen(node, withDestination(packet, address), time)
      if (verdict.action === 'REJECT') {
        walk.drop(node, packet, time, verdict)
        return
      }
    }
    if (this.#relayError(endpoint, node, packet, time)) return
    this.#fromClient(endpoint, node, loadBalancer, packet, time)
  }

  #fromClient(
    front: NetworkInterface,
    node: NetworkInterface,
    loadBalancer: NetworkLoadBalancer,
    packet: Packet,
    timeMicroseconds: number,
  ): void {
    const walk = this.#walk
    const frontScope = walk.map.scopeOf(front)
    const listener = listenerFor(loadBalancer, packet)
    const known = this.#connections.fromClient(frontScope, packet, timeMicroseconds)
    if (known) {
      if (packet.fragmentOffset === 0 && this.#isTargetLost(known, listener)) {
        this.#connections.close(frontScope, packet)
        walk.drop(front, packet, timeMicroseconds, DROPPED.noHealthyTarget)
        this.#reset(front, packet, timeMicroseconds)
        return
      }
      this.#toTarget(known, packet, timeMicroseconds)
      return
    }
    if (!listener) {
      if (isTargetOf(loadBalancer, packet)) this.#refuseUnknown(front, packet, timeMicroseconds)
      else walk.drop(front, packet, timeMicroseconds, DROPPED.noListener)
      return
    }
    if (packet.protocol === IP_PROTOCOL.tcp && !opensConnection(packet.tcpFlags)) {
      this.#refuseUnknown(front, packet, timeMicroseconds)
      return
    }
    const target = chooseTarget(loadBalancer, node, listener, packet)
    if (!target) {
      walk.drop(front, packet, timeMicroseconds, DROPPED.noHealthyTarget)
      return
    }
    const connection = this.#describe(front, node, listener, target, packet)
    if (!connection) {
      walk.drop(front, packet, timeMicroseconds, DROPPED.portAllocation)
      return
    }
    this.#connections.open(connection, packet, timeMicroseconds)
    this.#toTarget(connection, packet, timeMicroseconds)
  }

  /** The connection that a client's first packet opens; undefined where the balancer has no port or address for it. */
  #describe(
    front: NetworkInterface,
    node: NetworkInterface,
    listener: LoadBalancerListener,
    target: LoadBalancerTarget,
    packet: Packet,
  ): BalancedConnection | undefined {
    const { map } = this.#walk
    const { version } = target.address
    const keepsClientAddress =
      listener.targetGroup.preserveClientIp && front === node && packet.source.version === version
    const nodeScope = map.scopeOf(node)
    const { protocol } = packet
    const backAddress = keepsClientAddress ? packet.source : primaryAddress(node, version)
    const backPort = keepsClientAddress
      ? packet.sourcePort
      : backAddress && this.#connections.takePort(nodeScope, backAddress, protocol, target.address, target.port)
    if (!backAddress || backPort === undefined) return undefined
    return {
      protocol,
      frontScope: map.scopeOf(front),
      nodeScope,
      client: packet.source,
      clientPort: packet.sourcePort,
      frontAddress: packet.destination,
      listenerPort: packet.destinationPort,
      backAddress,
      backPort,
      target: target.address,
      targetPort: target.port,
      keepsClientAddress,
      generation: this.#generation,
    }
  }

  #toTarget(connection: BalancedConnection, packet: Packet, timeMicroseconds: number): void {
    const walk = this.#walk
    const node = walk.map.interfaceOfScope(connection.nodeScope)
    if (!node) {
      walk.drop(undefined, packet, timeMicroseconds, DROPPED.noListener)
      return
    }
    const { backAddress, backPort, target, targetPort } = connection
    const onward = readdressed(packet, backAddress, backPort, target, targetPort)
    // Copies of mirror sessions get out of order.
    const delay = HOP_DELAY.loadBalancer + (packet.tunnel ? this.#reordering.next() : 0)
    const time = timeMicroseconds + delay
    if (connection.keepsClientAddress) this.#pinAnswers(node, onward, time)
    walk.leave(node, onward, time)
  }

  #toClient(connection: BalancedConnection, node: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const { frontAddress, listenerPort, client, clientPort } = connection
    const onward = readdressed(packet, frontAddress, listenerPort, client, clientPort)
    this.#leaveFront(connection, node, packet, onward, timeMicroseconds)
  }

  #leaveFront(
    connection: BalancedConnection,
    node: NetworkInterface,
    packet: Packet,
    onward: Packet,
    timeMicroseconds: number,
  ): void {
    const walk = this.#walk
    const front = walk.map.interfaceOfScope(connection.frontScope)
    if (!front) {
      walk.drop(node, packet, timeMicroseconds, DROPPED.noListener)
      return
    }
    const delay = front === node ? HOP_DELAY.loadBalancer : HOP_DELAY.loadBalancer + HOP_DELAY.endpoint
    walk.leave(front, onward, timeMicroseconds + delay)
  }

  /**
   * An ICMP error about a packet of a connection goes to the side that sent the packet, which is quoted as it was sent there; false for
   * all that is none. The router or host that has made it shows to targets where client addresses are kept, else the balancer's address
   * does, as behind any address translation (RFC 5508, 4.2).
   */
  #relayError(front: NetworkInterface, node: NetworkInterface, packet: Packet, timeMicroseconds: number): boolean {
    const sent = packetInError(packet)
    if (!sent || sent.fragmentOffset > 0) return false
    const walk = this.#walk
    const { map } = walk
    const toTarget = this.#connections.ofPacketToTarget(map.scopeOf(node), sent, timeMicroseconds)
    if (toTarget) {
      const { client, clientPort, frontAddress, listenerPort } = toTarget
      const quoted = readdressed(sent, client, clientPort, frontAddress, listenerPort)
      const onward = packet.with({ source: frontAddress, destination: client, quoted })
      this.#leaveFront(toTarget, node, packet, onward, timeMicroseconds)
      return true
    }
    const toClient = this.#connections.ofPacketToClient(map.scopeOf(front), sent, timeMicroseconds)
    const backNode = toClient && map.interfaceOfScope(toClient.nodeScope)
    if (!backNode) return false
    const { target, targetPort, backAddress, backPort, keepsClientAddress } = toClient
    const quoted = readdressed(sent, target, targetPort, backAddress, backPort)
    const source = keepsClientAddress ? packet.source : backAddress
    const onward = packet.with({ source, destination: target, quoted })
    walk.leave(backNode, onward, timeMicroseconds + HOP_DELAY.loadBalancer)
    return true
  }

  /** Fragments without ports need no way back of their own: the first one's stands for the datagram. */
  #pinAnswers(node: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    if (packet.fragmentOffset > 0) return
    const walk = this.#walk
    const path = walk.map.routerOf(node).pathTo(packet.destination)
    if ((path.kind === 'interface' || path.kind === 'peering') && isHost(path.networkInterface)) {
      walk.pinReturn(path.networkInterface, packet, timeMicroseconds, node)
    }
  }

  /** Whether the connection's target became unhealthy; one that was taken out keeps its connections until they are idle. */
  #isTargetLost(connection: BalancedConnection, listener: LoadBalancerListener | undefined): boolean {
    if (connection.generation === this.#generation) return false
    connection.generation = this.#generation
    const target = listener?.targetGroup.targets.find(
      ({ address, port }) => port === connection.targetPort && address.equals(connection.target),
    )
    return listener !== undefined && target !== undefined && !isUsable(listener, target)
  }

  /** A packet of no connection: TCP is answered with a RST, which goes back where the packet came from. */
  #refuseUnknown(at: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const isFlow = packet.protocol === IP_PROTOCOL.tcp || packet.protocol === IP_PROTOCOL.udp
    this.#walk.drop(at, packet, timeMicroseconds, isFlow ? DROPPED.idleTimeout : DROPPED.noListener)
    this.#reset(at, packet, timeMicroseconds)
  }

  #reset(at: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    if (packet.protocol !== IP_PROTOCOL.tcp || (packet.tcpFlags & TCP_FLAG.rst) !== 0) return
    this.#walk.leave(at, makeReset(packet), timeMicroseconds + HOP_DELAY.loadBalancer)
  }
}

/** The balancer's interface that takes what comes from an endpoint: the one in its zone, which AWS asks for, else the first. */
function nodeFor(loadBalancer: NetworkLoadBalancer, endpoint: NetworkInterface): NetworkInterface | undefined {
  const { interfaces } = loadBalancer
  const zone = endpoint.subnet.availabilityZone.name
  return interfaces.find(({ subnet }) => subnet.availabilityZone.name === zone) ?? interfaces[0]
}

/** The packet between other addresses and ports; later fragments have none of these. */
function readdressed(
  packet: Packet,
  source: IpAddress,
  sourcePort: number,
  destination: IpAddress,
  destinationPort: number,
): Packet {
  return packet.fragmentOffset > 0
    ? packet.with({ source, destination })
    : packet.with({ source, sourcePort, destination, destinationPort })
}

/** The packet to another address; what an ICMP error quotes came from the old one. */
function withDestination(packet: Packet, destination: IpAddress): Packet {
  const { quoted } = packet
  return packet.with({ destination, ...(quoted && { quoted: quoted.with({ source: destination }) }) })
}

function isTargetOf(loadBalancer: NetworkLoadBalancer, packet: Packet): boolean {
  return loadBalancer.listeners.some(({ targetGroup }) =>
    targetGroup.targets.some(({ address, port }) => port === packet.sourcePort && address.equals(packet.source)),
  )
}
