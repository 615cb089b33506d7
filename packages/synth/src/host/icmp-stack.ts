import { IP_PROTOCOL, type IpAddress, Packet } from '@flowtap/core'
import type { IpStack } from './ip-stack.ts'
import { NetworkError } from './process.ts'

/** Types and codes (IANA "ICMP Parameters", RFC 792, RFC 4443). */
const ECHO = { 4: 8, 6: 128 } as const
const ECHO_REPLY = { 4: 0, 6: 129 } as const
const UNREACHABLE = { 4: 3, 6: 1 } as const
const PORT_UNREACHABLE = { 4: 3, 6: 4 } as const
/** Linux sends at most so many errors to one host at once, and one more each second (`icmp_ratelimit`, kernel documentation). */
const ERRORS_AT_ONCE = 6
const MICROSECONDS_PER_ERROR = 1_000_000
/** Hosts whose allowance is remembered. */
const REMEMBERED_HOSTS = 1_024

/** The ICMP of a host: answers echo requests, sends errors, and tells the other protocols of errors that come. */
export class IcmpStack {
  readonly #ip: IpStack
  readonly #answersPing: boolean
  /** When each host's allowance would be whole again. */
  readonly #allowances = new Map<string, number>()

  constructor(ip: IpStack, answersPing: boolean) {
    this.#ip = ip
    this.#answersPing = answersPing
  }

  receive(packet: Packet): void {
    const { version } = packet.source
    if (packet.quoted) this.#receiveError(packet, packet.quoted)
    else if (packet.icmpType === ECHO[version] && packet.icmpCode === 0) {
      if (this.#answersPing) this.#ip.transmit(this.#echoReply(packet))
    } else if (packet.icmpType === ECHO_REPLY[version]) {
      this.#ip.probes.onEchoReply(packet, this.#ip.clock.nowMicroseconds)
    }
  }

  #echoReply(request: Packet): Packet {
    return new Packet({
      source: request.destination,
      destination: request.source,
      protocol: request.protocol,
      hopLimit: this.#ip.profile.hopLimit,
      identification: request.source.version === 4 ? (request.icmpSequence * 257 + request.icmpIdentifier) & 0xffff : 0,
      icmpType: ECHO_REPLY[request.source.version],
      icmpIdentifier: request.icmpIdentifier,
      icmpSequence: request.icmpSequence,
      ...(request.payload && { payload: request.payload, payloadOffset: request.payloadOffset }),
      payloadLength: request.payloadLength,
    })
  }

  #receiveError(error: Packet, quoted: Packet): void {
    const { probes, tcp, udp, clock } = this.#ip
    const isTooBig =
      error.protocol === IP_PROTOCOL.icmpv6 ? error.icmpType === 2 : error.icmpType === 3 && error.icmpCode === 4
    if (isTooBig && error.icmpMtu > 0) this.#ip.learnMtu(quoted.destination, error.icmpMtu)
    if (probes.onError(error, quoted, clock.nowMicroseconds)) return
    if (isTooBig && quoted.protocol !== IP_PROTOCOL.tcp) return
    const failure = errorOf(error, quoted)
    if (!failure) return
    if (quoted.protocol === IP_PROTOCOL.tcp) tcp.onIcmpError(quoted, failure, error.icmpMtu)
    else if (quoted.protocol === IP_PROTOCOL.udp) udp.onIcmpError(quoted, failure)
  }

  /** Answers a datagram to a closed port. */
  portUnreachable(packet: Packet): void {
    this.#sendError(packet, UNREACHABLE[packet.source.version], PORT_UNREACHABLE[packet.source.version])
  }

  /** Answers a packet of a protocol that the host does not speak (RFC 1122, 3.2.2.1; in IPv6 a parameter problem, RFC 8200, 4). */
  protocolUnreachable(packet: Packet): void {
    if (packet.source.version === 4) this.#sendError(packet, UNREACHABLE[4], 2)
    else this.#sendError(packet, 4, 1)
  }

  #sendError(packet: Packet, type: number, code: number): void {
    if (!isUnicast(packet.destination) || !this.#mayTell(packet.source)) return
    this.#ip.transmit(
      new Packet({
        source: packet.destination,
        destination: packet.source,
        protocol: packet.source.version === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6,
        hopLimit: this.#ip.profile.hopLimit,
        icmpType: type,
        icmpCode: code,
        quoted: packet,
      }),
    )
  }

  #mayTell(host: IpAddress): boolean {
    const key = host.toString()
    const now = this.#ip.clock.nowMicroseconds
    const whole = Math.max(this.#allowances.get(key) ?? 0, now)
    if (whole - now > (ERRORS_AT_ONCE - 1) * MICROSECONDS_PER_ERROR) return false
    this.#allowances.delete(key)
    this.#allowances.set(key, whole + MICROSECONDS_PER_ERROR)
    if (this.#allowances.size > REMEMBERED_HOSTS) {
      const oldest = this.#allowances.keys().next()
      if (!oldest.done) this.#allowances.delete(oldest.value)
    }
    return true
  }
}

/** What an ICMP error means to a socket, as Linux maps them; undefined for those that are no concern of it. */
function errorOf(error: Packet, quoted: Packet): NetworkError | undefined {
  const { icmpType, icmpCode } = error
  const peer = `${quoted.destination} port ${quoted.destinationPort}`
  if (error.protocol === IP_PROTOCOL.icmpv6) {
    if (icmpType === 2) return new NetworkError('EMSGSIZE', `the path to ${peer} takes ${error.icmpMtu} bytes`)
    if (icmpType !== 1) return undefined
    if (icmpCode === 4) return new NetworkError('ECONNREFUSED', `${peer} is unreachable`)
    if (icmpCode === 0) return new NetworkError('ENETUNREACH', `no route to ${peer}`)
    if (icmpCode === 1) return new NetworkError('EACCES', `communication with ${peer} is prohibited`)
    return new NetworkError('EHOSTUNREACH', `${peer} is unreachable`)
  }
  if (icmpType !== 3) return undefined
  switch (icmpCode) {
    case 2:
    case 3:
      return new NetworkError('ECONNREFUSED', `${peer} is unreachable`)
    case 4:
      return new NetworkError('EMSGSIZE', `the path to ${peer} takes ${error.icmpMtu} bytes`)
    case 0:
    case 6:
    case 11:
      return new NetworkError('ENETUNREACH', `no route to ${peer}`)
    case 9:
    case 10:
    case 13:
      return new NetworkError('EACCES', `communication with ${peer} is prohibited`)
    default:
      return new NetworkError('EHOSTUNREACH', `${peer} is unreachable`)
  }
}

function isUnicast(address: IpAddress): boolean {
  return address.version === 4 ? address.word3 >>> 28 < 14 : address.word0 >>> 24 !== 255
}
