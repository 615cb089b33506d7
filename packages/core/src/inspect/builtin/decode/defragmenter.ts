import { INSPECTION_LIMITS } from '../inspection-limits.ts'
import type { InspectedPacket } from './inspected-packet.ts'
import { IPV6_EXTENSION } from './ipv6-extension-numbers.ts'

/** A datagram put together: the headers of its first fragment, made those of a whole packet. */
export interface Datagram {
  readonly bytes: Uint8Array
  readonly ipStart: number
}

interface Fragment {
  /** Bytes. */
  readonly offset: number
  readonly data: Uint8Array
}

interface Tracker {
  readonly key: string
  readonly startSeconds: number
  readonly fragments: Fragment[]
  /** One bit per 8 bytes that are here. */
  readonly present: Uint32Array
  presentUnits: number
  /** -1 until the last fragment came. */
  totalLength: number
  heldBytes: number
  /** Link and IP header of the fragment with offset 0. */
  header: Uint8Array | undefined
  headerIpStart: number
  hasOverlap: boolean
}

const LONGEST_DATAGRAM = 65_535
const UNIT = 8

/**
 * Puts IPv4 and IPv6 fragments together. Where fragments overlap, the one that starts first wins, of two that start at the same place the
 * later one: Linux's policy (Novak, "Target-Based Fragmentation Reassembly", 2005), which Suricata's policy `linux` follows. Memory is
 * bounded by {@link INSPECTION_LIMITS}; the oldest datagrams give way.
 */
export class Defragmenter {
  readonly #onEvent: (packet: InspectedPacket, event: string) => void
  /** In order of their first fragments. */
  readonly #trackers = new Map<string, Tracker>()
  #heldBytes = 0

  constructor(onEvent: (packet: InspectedPacket, event: string) => void) {
    this.#onEvent = onEvent
  }

  /** The datagram that this fragment completes. */
  add(packet: InspectedPacket): Datagram | undefined {
    const seconds = Math.floor(packet.timeMicroseconds / 1e6)
    this.#expire(seconds)
    const name = `decoder.ipv${packet.version}`
    const offset = packet.fragmentOffset * UNIT
    const length = packet.payloadEnd - packet.payloadStart
    const hasMore = (packet.fragmentBits & 1) !== 0
    if (offset + length > LONGEST_DATAGRAM) {
      this.#onEvent(packet, `${name}.frag_pkt_too_large`)
      return undefined
    }
    if (length === 0 || (hasMore && length % UNIT !== 0)) {
      if (packet.version === 6) this.#onEvent(packet, `${name}.frag_invalid_length`)
      else this.#onEvent(packet, `${name}.frag_ignored`)
      return undefined
    }
    const tracker = this.#tracker(packet, seconds)
    if (tracker.fragments.length >= INSPECTION_LIMITS.fragmentsPerDatagram) {
      this.#onEvent(packet, `${name}.frag_ignored`)
      return undefined
    }
    tracker.fragments.push({ offset, data: packet.bytes.slice(packet.payloadStart, packet.payloadEnd) })
    tracker.heldBytes += length
    this.#heldBytes += length
    if (offset === 0) {
      tracker.header = packet.bytes.slice(packet.start, packet.payloadStart)
      tracker.headerIpStart = packet.ipStart - packet.start
    }
    if (!hasMore) tracker.totalLength = offset + length
    if (this.#mark(tracker, offset, length) && !tracker.hasOverlap) {
      tracker.hasOverlap = true
      this.#onEvent(packet, `${name}.frag_overlap`)
    }
    if (!isComplete(tracker)) return undefined
    this.#remove(tracker)
    return packet.version === 4 ? joinIpv4(tracker) : joinIpv6(tracker)
  }

  #tracker(packet: InspectedPacket, startSeconds: number): Tracker {
    const key = [
      packet.version,
      packet.depth,
      packet.protocol,
      packet.ipIdentification,
      packet.source0,
      packet.source1,
      packet.source2,
      packet.source3,
      packet.destination0,
      packet.destination1,
      packet.destination2,
      packet.destination3,
      ...packet.vlans,
    ].join()
    const known = this.#trackers.get(key)
    if (known) return known
    while (
      this.#trackers.size >= INSPECTION_LIMITS.datagrams ||
      (this.#heldBytes >= INSPECTION_LIMITS.fragmentBytes && this.#trackers.size > 0)
    ) {
      const [oldest] = this.#trackers.values()
      if (!oldest) break
      this.#remove(oldest)
      this.#onEvent(packet, `decoder.ipv${packet.version}.frag_ignored`)
    }
    const tracker: Tracker = {
      key,
      startSeconds,
      fragments: [],
      present: new Uint32Array(256),
      presentUnits: 0,
      totalLength: -1,
      heldBytes: 0,
      header: undefined,
      headerIpStart: 0,
      hasOverlap: false,
    }
    this.#trackers.set(key, tracker)
    return tracker
  }

  /** Notes what a fragment covers; whether some of it was there. */
  #mark(tracker: Tracker, offset: number, length: number): boolean {
    const { present } = tracker
    let overlaps = false
    for (let unit = offset / UNIT; unit < (offset + length) / UNIT; unit += 1) {
      const bit = 1 << (unit & 31)
      const at = unit >>> 5
      if (((present[at] as number) & bit) !== 0) overlaps = true
      else {
        present[at] = (present[at] as number) | bit
        tracker.presentUnits += 1
      }
    }
    return overlaps
  }

  #expire(seconds: number): void {
    for (const tracker of this.#trackers.values()) {
      if (seconds - tracker.startSeconds <= INSPECTION_LIMITS.datagramSeconds) break
      this.#remove(tracker)
    }
  }

  #remove(tracker: Tracker): void {
    this.#trackers.delete(tracker.key)
    this.#heldBytes -= tracker.heldBytes
  }
}

function isComplete({ totalLength, presentUnits, present, header }: Tracker): boolean {
  if (totalLength < 0 || !header) return false
  const units = Math.ceil(totalLength / UNIT)
  if (presentUnits < units) return false
  for (let unit = 0; unit < units; unit += 1) {
    if (((present[unit >>> 5] as number) & (1 << (unit & 31))) === 0) return false
  }
  return true
}

function join({ fragments, totalLength, header = new Uint8Array(0) }: Tracker, headerLength: number): Uint8Array {
  const bytes = new Uint8Array(headerLength + totalLength)
  bytes.set(header.subarray(0, headerLength))
  // What wins is written last.
  const inOrder = fragments
    .map((fragment, arrival) => ({ fragment, arrival }))
    .sort((a, b) => b.fragment.offset - a.fragment.offset || a.arrival - b.arrival)
  for (const { fragment } of inOrder) {
    const room = totalLength - fragment.offset
    if (room > 0) bytes.set(fragment.data.subarray(0, room), headerLength + fragment.offset)
  }
  return bytes
}

function joinIpv4(tracker: Tracker): Datagram | undefined {
  const { header, headerIpStart: ipStart, totalLength } = tracker
  if (!header) return undefined
  const total = header.length - ipStart + totalLength
  if (total > LONGEST_DATAGRAM) return undefined
  const bytes = join(tracker, header.length)
  bytes[ipStart + 2] = total >>> 8
  bytes[ipStart + 3] = total & 0xff
  bytes[ipStart + 6] = 0
  bytes[ipStart + 7] = 0
  return { bytes, ipStart }
}

function joinIpv6(tracker: Tracker): Datagram | undefined {
  const { header, headerIpStart: ipStart, totalLength } = tracker
  if (!header) return undefined
  // The fragment header is the last 8 bytes; the header before it now leads to what followed it.
  const headerLength = header.length - 8
  const payloadLength = headerLength - ipStart - 40 + totalLength
  if (payloadLength > LONGEST_DATAGRAM) return undefined
  const bytes = join(tracker, headerLength)
  bytes[ipStart + 4] = payloadLength >>> 8
  bytes[ipStart + 5] = payloadLength & 0xff
  bytes[previousNextHeader(header, ipStart)] = header[headerLength] as number
  return { bytes, ipStart }
}

/** Where the number of the fragment header stands. */
function previousNextHeader(header: Uint8Array, ipStart: number): number {
  let place = ipStart + 6
  let start = ipStart + 40
  while (header[place] !== IPV6_EXTENSION.fragment && start + 1 < header.length) {
    const isAuthentication = header[place] === IPV6_EXTENSION.authentication
    place = start
    start += isAuthentication ? ((header[start + 1] as number) + 2) * 4 : ((header[start + 1] as number) + 1) * 8
  }
  return place
}
