import { IP_PROTOCOL, type Packet } from '@flowtap/core'
import { seconds } from '../duration.ts'
import type { SimClock } from '../sim-clock.ts'

/** How long fragments wait for the rest (Linux: `ipfrag_time`). */
const WAIT_MICROSECONDS = seconds(30)
/** Bytes of fragments that a host keeps (Linux: `ipfrag_high_thresh`): beyond, new ones are dropped. */
const KEPT_BYTES = 4 * 1024 * 1024

function transportHeaderLength(packet: Packet): number {
  if (packet.protocol === IP_PROTOCOL.tcp) return 20 + packet.tcpOptions.length
  const hasHeader =
    packet.protocol === IP_PROTOCOL.udp ||
    packet.protocol === IP_PROTOCOL.icmp ||
    packet.protocol === IP_PROTOCOL.icmpv6
  return hasHeader ? 8 : 0
}

interface Datagram {
  fragments: Packet[]
  keptBytes: number
  untilMicroseconds: number
}

/** Puts fragments together again. */
export class FragmentReassembly {
  readonly #clock: SimClock
  readonly #datagrams = new Map<string, Datagram>()
  #keptBytes = 0

  constructor(clock: SimClock) {
    this.#clock = clock
  }

  /** Takes a fragment; gives the whole packet with the last that it lacked. */
  add(fragment: Packet): Packet | undefined {
    this.#forgetOld()
    if (this.#keptBytes + fragment.payloadLength > KEPT_BYTES) return undefined
    const { source, destination, protocol, identification } = fragment
    const key = `${source} ${destination} ${protocol} ${identification}`
    const datagram = this.#datagrams.get(key) ?? {
      fragments: [],
      keptBytes: 0,
      untilMicroseconds: this.#clock.nowMicroseconds + WAIT_MICROSECONDS,
    }
    this.#datagrams.set(key, datagram)
    if (datagram.fragments.some(({ fragmentOffset }) => fragmentOffset === fragment.fragmentOffset)) return undefined
    datagram.fragments.push(fragment)
    datagram.keptBytes += fragment.payloadLength
    this.#keptBytes += fragment.payloadLength
    const whole = assemble(datagram.fragments)
    if (whole) this.#forget(key, datagram)
    return whole
  }

  #forgetOld(): void {
    for (const [key, datagram] of this.#datagrams) {
      if (datagram.untilMicroseconds > this.#clock.nowMicroseconds) return
      this.#forget(key, datagram)
    }
  }

  #forget(key: string, datagram: Datagram): void {
    this.#datagrams.delete(key)
    this.#keptBytes -= datagram.keptBytes
  }
}

function assemble(fragments: Packet[]): Packet | undefined {
  fragments.sort((a, b) => a.fragmentOffset - b.fragmentOffset)
  const first = fragments[0]
  if (!first || first.fragmentOffset > 0 || fragments.at(-1)?.moreFragments !== false) return undefined
  const transportHeader = transportHeaderLength(first)
  let end = 0
  let isOneView = first.payload !== undefined
  for (const fragment of fragments) {
    if (fragment.fragmentOffset > end) return undefined
    const from = fragment.fragmentOffset === 0 ? 0 : fragment.fragmentOffset - transportHeader
    isOneView &&= fragment.payload === first.payload && fragment.payloadOffset === first.payloadOffset + from
    end = fragment.fragmentOffset + fragment.payloadLength + (fragment.fragmentOffset === 0 ? transportHeader : 0)
  }
  const payloadLength = end - transportHeader
  const changes = { fragmentOffset: 0, moreFragments: false, payloadLength, udpLength: 0, unseenSum: 0 }
  if (isOneView) return first.with(changes)
  const payload = new Uint8Array(payloadLength)
  for (const { fragmentOffset, payload: part, payloadOffset, payloadLength: length } of fragments) {
    const at = fragmentOffset === 0 ? 0 : fragmentOffset - transportHeader
    if (part) payload.set(part.subarray(payloadOffset, payloadOffset + length), at)
  }
  return first.with({ ...changes, payload, payloadOffset: 0 })
}
