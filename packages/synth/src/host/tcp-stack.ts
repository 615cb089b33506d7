import { IP_PROTOCOL, type IpAddress, Packet } from '@flowtap/core'
import type { Random } from '../random.ts'
import type { SimClock } from '../sim-clock.ts'
import type { Conversation, Conversations } from './conversation.ts'
import type { IpStack } from './ip-stack.ts'
import type { StackProfile } from './operating-system.ts'
import { NetworkError } from './process.ts'
import { TcpEndpoint, type TcpUser } from './tcp-endpoint.ts'
import { decodeSynOptions, encodeSynOptions, type SynOptions, TCP_FLAG } from './tcp-options.ts'
import { TimeWaitTable, type WaitingConnection } from './tcp-time-wait.ts'

/** How long after a flood of SYNs a port still takes answers to cookies. */
const COOKIE_MICROSECONDS = 60_000_000

/** An open TCP port. */
export interface TcpPort {
  readonly port: number
  readonly address: IpAddress | undefined
  /** Gives the user of a connection whose handshake is complete. `conversation` is the connecting side's, where there is one. */
  accept(endpoint: TcpEndpoint, conversation: Conversation | undefined): TcpUser
}

interface PortState {
  readonly port: TcpPort
  halfOpen: number
  cookiesUntilMicroseconds: number
}

/** The TCP of a host: finds the connection or open port of each segment, and refuses the others. */
export class TcpStack {
  readonly clock: SimClock
  readonly profile: StackProfile
  readonly #ip: IpStack
  readonly #conversations: Conversations
  readonly #secret: number
  /** Connections by both ports; those of equal ports hang together by `next`. */
  readonly #endpoints = new Map<number, TcpEndpoint>()
  readonly #ports = new Map<number, PortState[]>()
  readonly #timeWait: TimeWaitTable
  /** Connections that hang by each local port, so that ports are not given twice. */
  readonly #usedPorts = new Map<number, number>()

  constructor(ip: IpStack, conversations: Conversations, secret: number) {
    this.#ip = ip
    this.clock = ip.clock
    this.profile = ip.profile
    this.#conversations = conversations
    this.#secret = secret
    this.#timeWait = new TimeWaitTable(ip.clock, ip.profile.timeWaitMicroseconds)
  }

  /** Connections, those in TIME-WAIT included. */
  get connectionCount(): number {
    let count = this.#timeWait.size
    for (const used of this.#usedPorts.values()) count += used
    return count
  }

  /** Opens a connection; what becomes of it, the user is told. Throws `EADDRINUSE`, `EADDRNOTAVAIL`. */
  connect(
    user: TcpUser,
    local: IpAddress,
    remote: IpAddress,
    remotePort: number,
    random: Random,
    options: { readonly fromPort?: number | undefined; readonly conversation?: Conversation },
  ): TcpEndpoint {
    const localPort = this.#ownPort(local, remote, remotePort, random, options.fromPort)
    let sequence = random.uint32()
    while (this.#conversations.has(sequence)) sequence = random.uint32()
    const endpoint = new TcpEndpoint(this, local, localPort, remote, remotePort, sequence, user)
    if (options.conversation) this.#conversations.begin(sequence, options.conversation)
    this.#add(endpoint)
    endpoint.open()
    return endpoint
  }

  /** Opens a port. Throws `EADDRINUSE`. */
  listen(port: TcpPort): void {
    const open = this.#ports.get(port.port) ?? []
    if (open.some(({ port: other }) => !other.address || !port.address || other.address.equals(port.address))) {
      throw new NetworkError('EADDRINUSE', `something already listens on port ${port.port}`)
    }
    open.push({ port, halfOpen: 0, cookiesUntilMicroseconds: 0 })
    this.#ports.set(port.port, open)
  }

  unlisten(port: TcpPort): void {
    const rest = (this.#ports.get(port.port) ?? []).filter((state) => state.port !== port)
    if (rest.length > 0) this.#ports.set(port.port, rest)
    else this.#ports.delete(port.port)
  }

  isListening(port: number): boolean {
    return this.#ports.has(port)
  }

  /** A segment came. False where no connection or port has it and it was refused or passed over. */
  receive(packet: Packet): boolean {
    const endpoint = this.#find(packet.destination, packet.destinationPort, packet.source, packet.sourcePort)
    const isNewConnection = (packet.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.rst)) === TCP_FLAG.syn
    if (endpoint) {
      endpoint.receive(packet)
      return true
    }
    const state = this.#portFor(packet)
    if (this.#timeWait.size > 0 && this.#receiveInTimeWait(packet, state !== undefined && isNewConnection)) return true
    if (state && isNewConnection) {
      this.#receiveSyn(state, packet)
      return true
    }
    if (state && this.#receiveCookie(state, packet)) return true
    return false
  }

  /** A late packet of a connection that is over; a new SYN to an open port begins another in its place. */
  #receiveInTimeWait(packet: Packet, isNewConnection: boolean): boolean {
    const waiting = this.#timeWait.find(packet.destination, packet.destinationPort, packet.source, packet.sourcePort)
    if (!waiting) return false
    if (isNewConnection) {
      this.#timeWait.remove(waiting)
      return false
    }
    if (packet.tcpFlags & TCP_FLAG.fin) {
      const { segments, offset, expected, bytesReceived } = waiting
      const { nowMicroseconds } = this.clock
      this.transmit(segments.segment(TCP_FLAG.ack, offset, 0, undefined, expected, bytesReceived, nowMicroseconds))
    }
    return true
  }

  #receiveSyn(state: PortState, packet: Packet): void {
    if (state.halfOpen >= this.profile.halfOpenConnections) {
      state.cookiesUntilMicroseconds = this.clock.nowMicroseconds + COOKIE_MICROSECONDS
      this.#sendCookie(packet)
      return
    }
    const endpoint = this.#accepted(state, packet, packet.tcpSequence)
    state.halfOpen += 1
    endpoint.halfOpenAt = state
    endpoint.accept(packet, this.synOptions(packet))
  }

  #accepted(state: PortState, packet: Packet, clientSequence: number): TcpEndpoint {
    const sequence = this.#sequenceFor(packet, clientSequence)
    const endpoint = new TcpEndpoint(
      this,
      packet.destination,
      packet.destinationPort,
      packet.source,
      packet.sourcePort,
      sequence,
      NOBODY,
    )
    endpoint.port = state.port
    this.#add(endpoint)
    return endpoint
  }

  /** Answers a SYN without keeping anything: the connection can be made from its acknowledgment. */
  #sendCookie(packet: Packet): void {
    const options = this.synOptions(packet)
    this.transmit(
      new Packet({
        source: packet.destination,
        destination: packet.source,
        protocol: IP_PROTOCOL.tcp,
        sourcePort: packet.destinationPort,
        destinationPort: packet.sourcePort,
        hopLimit: this.profile.hopLimit,
        dontFragment: packet.source.version === 4,
        tcpFlags: TCP_FLAG.syn | TCP_FLAG.ack,
        tcpSequence: this.#sequenceFor(packet, packet.tcpSequence),
        tcpAcknowledgment: (packet.tcpSequence + 1) >>> 0,
        tcpWindow: Math.min(65_535, this.profile.initialWindow),
        tcpOptions: encodeSynOptions(
          {
            ...COOKIE_OPTIONS,
            maximumSegmentSize: this.maximumSegmentSize(packet.destination, packet.source),
            timestamp: undefined,
          },
          options.timestamp ?? 0,
        ),
      }),
    )
  }

  #receiveCookie(state: PortState, packet: Packet): boolean {
    if (this.clock.nowMicroseconds > state.cookiesUntilMicroseconds) return false
    if ((packet.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.rst)) !== TCP_FLAG.ack) return false
    const clientSequence = (packet.tcpSequence - 1) >>> 0
    if ((this.#sequenceFor(packet, clientSequence) + 1) >>> 0 !== packet.tcpAcknowledgment) return false
    const endpoint = this.#accepted(state, packet, clientSequence)
    endpoint.acceptCookie(packet, COOKIE_OPTIONS)
    if (packet.payloadLength > 0) endpoint.receive(packet)
    return true
  }

  /** Answers a segment that belongs to nothing with a RST (RFC 9293, 3.10.7.1); a RST is not answered. */
  refuse(packet: Packet): void {
    const flags = packet.tcpFlags
    if (flags & TCP_FLAG.rst) return
    const hasAcknowledgment = (flags & TCP_FLAG.ack) !== 0
    const length = packet.payloadLength + (flags & TCP_FLAG.syn ? 1 : 0) + (flags & TCP_FLAG.fin ? 1 : 0)
    this.transmit(
      new Packet({
        source: packet.destination,
        destination: packet.source,
        protocol: IP_PROTOCOL.tcp,
        sourcePort: packet.destinationPort,
        destinationPort: packet.sourcePort,
        hopLimit: this.profile.hopLimit,
        dontFragment: packet.source.version === 4,
        tcpFlags: hasAcknowledgment ? TCP_FLAG.rst : TCP_FLAG.rst | TCP_FLAG.ack,
        tcpSequence: hasAcknowledgment ? packet.tcpAcknowledgment : 0,
        tcpAcknowledgment: hasAcknowledgment ? 0 : (packet.tcpSequence + length) >>> 0,
      }),
    )
  }

  /** An ICMP error about a segment from here came. */
  onIcmpError(quoted: Packet, error: NetworkError, mtu: number): boolean {
    const endpoint = this.#find(quoted.source, quoted.sourcePort, quoted.destination, quoted.destinationPort)
    endpoint?.onIcmpError(error, mtu)
    return endpoint !== undefined
  }

  // For connections

  transmit(packet: Packet): void {
    this.#ip.transmit(packet)
  }

  maximumSegmentSize(local: IpAddress, remote: IpAddress): number {
    return this.#ip.pathMtu(local, remote) - (local.version === 4 ? 40 : 60)
  }

  synOptions(packet: Packet): SynOptions {
    return decodeSynOptions(packet.tcpOptions)
  }

  /** The handshake of an accepted connection is complete: it gets its user, and counts against its port no more. */
  accepted(endpoint: TcpEndpoint): void {
    this.#leaveHalfOpen(endpoint)
    const { port } = endpoint
    if (port && this.#ports.get(port.port)?.some((state) => state.port === port)) {
      endpoint.user = port.accept(endpoint, this.#conversations.find(endpoint.remoteInitialSequence))
      endpoint.user.onEstablished(endpoint)
    } else endpoint.abort()
  }

  #leaveHalfOpen(endpoint: TcpEndpoint): void {
    if (endpoint.halfOpenAt) endpoint.halfOpenAt.halfOpen -= 1
    endpoint.halfOpenAt = undefined
  }

  /** The connection is over, and late packets of it may come. */
  wait(connection: WaitingConnection): void {
    this.#timeWait.add(connection)
  }

  /** The connection is over. */
  remove(endpoint: TcpEndpoint): void {
    this.#leaveHalfOpen(endpoint)
    this.#conversations.end(endpoint.initialSequence)
    const key = (endpoint.localPort << 16) | endpoint.remotePort
    let before: TcpEndpoint | undefined
    for (let at = this.#endpoints.get(key); at; before = at, at = at.next) {
      if (at !== endpoint) continue
      if (before) before.next = endpoint.next
      else if (endpoint.next) this.#endpoints.set(key, endpoint.next)
      else this.#endpoints.delete(key)
      this.#releasePort(endpoint.localPort)
      return
    }
  }

  #add(endpoint: TcpEndpoint): void {
    const key = (endpoint.localPort << 16) | endpoint.remotePort
    endpoint.next = this.#endpoints.get(key)
    this.#endpoints.set(key, endpoint)
    this.#usedPorts.set(endpoint.localPort, (this.#usedPorts.get(endpoint.localPort) ?? 0) + 1)
  }

  #releasePort(port: number): void {
    const used = (this.#usedPorts.get(port) ?? 1) - 1
    if (used === 0) this.#usedPorts.delete(port)
    else this.#usedPorts.set(port, used)
  }

  #find(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): TcpEndpoint | undefined {
    let endpoint = this.#endpoints.get((localPort << 16) | remotePort)
    while (endpoint && !(endpoint.remoteAddress.equals(remote) && endpoint.localAddress.equals(local))) {
      endpoint = endpoint.next
    }
    return endpoint
  }

  #portFor(packet: Packet): PortState | undefined {
    return this.#ports
      .get(packet.destinationPort)
      ?.find(({ port }) => !port.address || port.address.equals(packet.destination))
  }

  /** A free port, one after another from a random one on (RFC 6056, 3.3.2); a port may be shared by different destinations. */
  #ownPort(
    local: IpAddress,
    remote: IpAddress,
    remotePort: number,
    random: Random,
    wanted: number | undefined,
  ): number {
    const isFree = (port: number): boolean =>
      !this.#find(local, port, remote, remotePort) && !this.#timeWait.find(local, port, remote, remotePort)
    if (wanted !== undefined) {
      if (isFree(wanted)) return wanted
      throw new NetworkError('EADDRINUSE', `port ${wanted} already has a connection to ${remote} port ${remotePort}`)
    }
    const { firstEphemeralPort: first, lastEphemeralPort: last } = this.profile
    const size = last - first + 1
    const start = random.integer(0, size - 1)
    for (let i = 0; i < size; i += 1) {
      const port = first + ((start + i) % size)
      if (isFree(port) && !this.#ports.has(port)) return port
    }
    throw new NetworkError('EADDRNOTAVAIL', `no free port from ${first} to ${last} for ${remote} port ${remotePort}`)
  }

  /**
   * The initial sequence number that answers a SYN: a keyed hash, as RFC 6528 has it, so that a cookie can be told by computing it again.
   * The client's own number stands for its address and port, which gateways change.
   */
  #sequenceFor(packet: Packet, clientSequence: number): number {
    let hash = Math.imul(this.#secret ^ clientSequence, 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 15) ^ packet.destination.hash, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13) ^ packet.destinationPort, 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) >>> 0
  }
}

/** What a cookie can remember: nothing but sizes. */
const COOKIE_OPTIONS: SynOptions = {
  maximumSegmentSize: 1_460,
  windowScale: undefined,
  selectiveAcknowledgments: false,
  timestamp: undefined,
}

/** The user of a connection that has none yet, or not any more: what it receives is let go. */
export const NOBODY: TcpUser = {
  onEstablished: () => {},
  onData: () => {},
  onRemoteClosed: (endpoint) => endpoint.close(),
  onAcknowledged: () => {},
  onClosed: () => {},
}
