import { IP_PROTOCOL, type IpAddress, type Packet } from '@flowtap/core'
import type { ProbeOutcome } from './host.ts'

/** A probe that waits for what comes back. */
export interface PendingProbe {
  readonly protocol: number
  /** Own port, or ICMP identifier. */
  readonly local: number
  readonly remoteAddress: IpAddress
  /** Port at the other side, or ICMP sequence number. */
  readonly remote: number
  readonly sentMicroseconds: number
  /** Called once. */
  readonly answer: (outcome: ProbeOutcome) => void
}

/** The probes of a host that wait. */
export class ProbeTable {
  readonly #probes = new Map<number, PendingProbe[]>()

  get isEmpty(): boolean {
    return this.#probes.size === 0
  }

  add(probe: PendingProbe): void {
    const key = keyOf(probe.local, probe.remote)
    const probes = this.#probes.get(key)
    if (probes) probes.push(probe)
    else this.#probes.set(key, [probe])
  }

  remove(probe: PendingProbe): void {
    const key = keyOf(probe.local, probe.remote)
    const rest = (this.#probes.get(key) ?? []).filter((other) => other !== probe)
    if (rest.length > 0) this.#probes.set(key, rest)
    else this.#probes.delete(key)
  }

  /** Whether an own port is a probe's. */
  usesPort(protocol: number, local: number, remote: number): boolean {
    return this.#probes.get(keyOf(local, remote))?.some((probe) => probe.protocol === protocol) ?? false
  }

  /** A segment came: true where a probe waited for it. */
  onTcp(packet: Packet, nowMicroseconds: number): boolean {
    const isReset = (packet.tcpFlags & 4) !== 0
    return this.#answer(packet, IP_PROTOCOL.tcp, packet.destinationPort, packet.sourcePort, (probe) => ({
      kind: isReset ? 'closed' : 'open',
      from: packet.source,
      hopLimit: packet.hopLimit,
      bytes: packet.payloadLength,
      sentMicroseconds: probe.sentMicroseconds,
      roundTripMicroseconds: nowMicroseconds - probe.sentMicroseconds,
    }))
  }

  /** A datagram came: true where a probe waited for it. */
  onUdp(packet: Packet, nowMicroseconds: number): boolean {
    return this.#answer(packet, IP_PROTOCOL.udp, packet.destinationPort, packet.sourcePort, (probe) => ({
      kind: 'open',
      from: packet.source,
      hopLimit: packet.hopLimit,
      bytes: packet.payloadLength,
      sentMicroseconds: probe.sentMicroseconds,
      roundTripMicroseconds: nowMicroseconds - probe.sentMicroseconds,
    }))
  }

  /** An echo reply came. */
  onEchoReply(packet: Packet, nowMicroseconds: number): boolean {
    return this.#answer(packet, packet.protocol, packet.icmpIdentifier, packet.icmpSequence, (probe) => ({
      kind: 'echo-reply',
      from: packet.source,
      hopLimit: packet.hopLimit,
      bytes: packet.payloadLength,
      sentMicroseconds: probe.sentMicroseconds,
      roundTripMicroseconds: nowMicroseconds - probe.sentMicroseconds,
    }))
  }

  /** An ICMP error came about a packet of this host: true where it was a probe. */
  onError(error: Packet, quoted: Packet, nowMicroseconds: number): boolean {
    const isEcho = quoted.protocol === IP_PROTOCOL.icmp || quoted.protocol === IP_PROTOCOL.icmpv6
    const local = isEcho ? quoted.icmpIdentifier : quoted.sourcePort
    const remote = isEcho ? quoted.icmpSequence : quoted.destinationPort
    const probes = this.#probes.get(keyOf(local, remote))
    const probe = probes?.find(
      ({ protocol, remoteAddress }) => protocol === quoted.protocol && remoteAddress.equals(quoted.destination),
    )
    if (!probe) return false
    this.remove(probe)
    probe.answer(errorOutcome(error, probe.sentMicroseconds, nowMicroseconds))
    return true
  }

  #answer(
    packet: Packet,
    protocol: number,
    local: number,
    remote: number,
    outcome: (probe: PendingProbe) => ProbeOutcome,
  ): boolean {
    const probe = this.#probes
      .get(keyOf(local, remote))
      ?.find((pending) => pending.protocol === protocol && pending.remoteAddress.equals(packet.source))
    if (!probe) return false
    this.remove(probe)
    probe.answer(outcome(probe))
    return true
  }
}

function errorOutcome(error: Packet, sentMicroseconds: number, nowMicroseconds: number): ProbeOutcome {
  const answered = {
    from: error.source,
    sentMicroseconds,
    roundTripMicroseconds: nowMicroseconds - sentMicroseconds,
  }
  const isVersion6 = error.protocol === IP_PROTOCOL.icmpv6
  const { icmpType, icmpCode } = error
  if (icmpType === (isVersion6 ? 3 : 11)) return { kind: 'hop-limit-exceeded', ...answered }
  if (isVersion6 ? icmpType === 2 : icmpType === 3 && icmpCode === 4) {
    return { kind: 'too-big', mtu: error.icmpMtu, ...answered }
  }
  const isPortUnreachable = isVersion6 ? icmpType === 1 && icmpCode === 4 : icmpType === 3 && icmpCode === 3
  if (isPortUnreachable && error.quoted?.protocol === IP_PROTOCOL.udp) {
    return { kind: 'closed', hopLimit: error.hopLimit, ...answered }
  }
  return { kind: 'unreachable', code: icmpCode, ...answered }
}

function keyOf(local: number, remote: number): number {
  return (local << 16) | (remote & 0xffff)
}
