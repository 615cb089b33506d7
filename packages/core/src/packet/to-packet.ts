import { locateIp } from './decode-link.ts'
import { decodeIpv4, ipv4HeaderLength } from './ipv4.ts'
import { decodeIpv6, IPV6_HEADER_LENGTH, ipv6HeaderLength } from './ipv6.ts'
import { IPV6_EXTENSION, packetIpOptions } from './ipv6-extension.ts'
import { LINK_TYPE } from './link-type.ts'
import { Packet } from './packet.ts'
import { type PacketDraft, packetDraft } from './packet-draft.ts'
import { type PacketIssue, packetIssue } from './packet-issue.ts'
import { readTransport } from './read-transport.ts'

/** What captured bytes are to the simulation. */
export type PacketReading =
  | { readonly kind: 'packet'; readonly packet: Packet }
  /** No IP, as ARP: nothing that the network's rules or flow logs know. */
  | { readonly kind: 'not-ip' }
  | PacketIssue

/** A capture's packet that is not an IP packet. */
const NOT_IP: PacketReading = { kind: 'not-ip' }

/**
 * Captured bytes as the simulation's flat packet. Its payload is a view into `bytes`. `originalLength` is how long the packet was before
 * the capture cut it: then its lengths are those of the wire, its payload has the bytes that are left. Infinity allows any cut, as in
 * mirrored packets of a limited length. Checksums are not verified; `decodePacket` does.
 */
export function toPacket(
  bytes: Uint8Array,
  linkType: number = LINK_TYPE.ethernet,
  originalLength: number = bytes.length,
): PacketReading {
  const start = locateIp(bytes, linkType)
  if (start === undefined) return NOT_IP
  if (typeof start !== 'number') return start
  const packet = readIpPacket(bytes, start, bytes.length, originalLength, false)
  return packet instanceof Packet ? { kind: 'packet', packet } : packet
}

/** What an IP header says, and where its payload stands. */
interface NetworkHeader {
  readonly kind: 'header'
  readonly draft: PacketDraft
  readonly payloadStart: number
  /** Where the packet ends by its header. */
  readonly wanted: number
}

/**
 * The IP packet from `start`, of which the bytes to `end` are here; it may go on to `originalEnd`. A quote may be cut anywhere behind the
 * first 8 bytes of its transport header.
 */
export function readIpPacket(
  bytes: Uint8Array,
  start: number,
  end: number,
  originalEnd: number,
  isQuote: boolean,
): Packet | PacketIssue {
  const isIpv6 = start < end && (bytes[start] as number) >>> 4 === 6
  // A length of 0 is what the network card is to fill in (segmentation offload): then the packet goes to the end of the frame.
  const frameEnd = isQuote || originalEnd === Number.POSITIVE_INFINITY ? end : originalEnd
  const header = isIpv6 ? readIpv6(bytes, start, end, frameEnd) : readIpv4(bytes, start, end, frameEnd)
  if (header.kind === 'issue') return header
  const { draft, payloadStart, wanted } = header
  if (wanted > originalEnd && !isQuote) {
    const message = `the packet has ${wanted - start} bytes by its header, ${end - start} of them are here`
    return packetIssue('truncated', isIpv6 ? 'ipv6' : 'ipv4', end, message)
  }
  const available = Math.min(end, wanted)
  const transport = readTransport(draft, bytes, payloadStart, available, wanted, isQuote)
  if (transport.kind === 'issue') return transport
  const { payloadOffset, quoteLength } = transport
  if (quoteLength > 0 && !isQuote) {
    const quoteEnd = Math.min(available, payloadOffset + quoteLength)
    const quoted = readIpPacket(bytes, payloadOffset, quoteEnd, originalEnd, true)
    // A quote that cannot be read is payload.
    if (quoted instanceof Packet) {
      draft.quoted = quoted
      draft.quotedLength = Math.min(quoted.length, quoteLength)
    }
  }
  const behindQuote = payloadOffset + (draft.quotedLength ?? 0)
  if (behindQuote < available) {
    draft.payload = available < wanted ? bytes.subarray(0, available) : bytes
    draft.payloadOffset = behindQuote
  }
  draft.payloadLength = wanted - behindQuote
  return new Packet(draft)
}

function readIpv4(bytes: Uint8Array, start: number, end: number, frameEnd: number): NetworkHeader | PacketIssue {
  const layer = decodeIpv4(bytes, start, end)
  if (layer.kind === 'issue') return layer
  const { source, destination, protocol, hopLimit, trafficClass, options, totalLength = 0 } = layer
  const draft = packetDraft(source, destination, protocol, hopLimit, trafficClass, options)
  draft.identification = layer.identification
  draft.dontFragment = layer.dontFragment
  draft.fragmentOffset = layer.fragmentOffset
  draft.moreFragments = layer.moreFragments
  return {
    kind: 'header',
    draft,
    payloadStart: start + ipv4HeaderLength(layer),
    wanted: totalLength === 0 ? frameEnd : start + totalLength,
  }
}

function readIpv6(bytes: Uint8Array, start: number, end: number, frameEnd: number): NetworkHeader | PacketIssue {
  const layer = decodeIpv6(bytes, start, end)
  if (layer.kind === 'issue') return layer
  const { source, destination, protocol, hopLimit, trafficClass, extensions, payloadLength = 0 } = layer
  const draft = packetDraft(source, destination, protocol, hopLimit, trafficClass, packetIpOptions(extensions))
  if (extensions.length > 0) {
    const [first] = extensions
    const isJumbogram = payloadLength === 0 && first?.kind === 'extension' && first.protocol === IPV6_EXTENSION.hopByHop
    const fragments = extensions.filter((extension) => extension.kind === 'fragment')
    if (isJumbogram || fragments.length > 1) {
      const what = isJumbogram ? 'a jumbogram (RFC 2675)' : 'a packet with two fragment headers'
      return packetIssue('unsupported', 'ipv6', start, `${what} is not read`)
    }
    const [fragment] = fragments
    draft.identification = fragment?.identification ?? 0
    draft.fragmentOffset = fragment?.fragmentOffset ?? 0
    draft.moreFragments = fragment?.moreFragments ?? false
  }
  return {
    kind: 'header',
    draft,
    payloadStart: start + ipv6HeaderLength(layer),
    wanted: payloadLength === 0 ? frameEnd : start + IPV6_HEADER_LENGTH + payloadLength,
  }
}
