import { readUint16, readUint32, writeUint16, writeUint32 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  IPv6 extension headers (RFC 8200 section 4, RFC 6564 for their uniform form; RFC 4302 for authentication, which counts its length
//  in units of 4 bytes) and the fragment header (RFC 8200 section 4.5):
//
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |  Next header  |  Length       |     Data                      |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |  Next header  |   Reserved    |      Fragment offset    |Res|M|
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                         Identification                        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** An extension header of an IPv6 packet. */
export type Ipv6Extension =
  | {
      readonly kind: 'fragment'
      readonly identification: number
      /** Bytes, a multiple of 8. */
      readonly fragmentOffset: number
      readonly moreFragments: boolean
    }
  | {
      readonly kind: 'extension'
      /** Its own protocol number, one of {@link IPV6_EXTENSION}. */
      readonly protocol: number
      /** What follows Next Header and length. */
      readonly data: Uint8Array
    }

/** Protocol numbers of extension headers whose form is known (IANA, IPv6 extension header types; ESP is opaque, so it is none). */
export const IPV6_EXTENSION = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  destination: 60,
  mobility: 135,
  hostIdentity: 139,
  shim6: 140,
} as const

const PROTOCOLS: ReadonlySet<number> = new Set(Object.values(IPV6_EXTENSION))
const FRAGMENT_HEADER_LENGTH = 8

/** The extension headers of a packet and what follows them. */
export interface Ipv6ExtensionChain {
  readonly extensions: readonly Ipv6Extension[]
  /** Of what follows the extension headers. */
  readonly protocol: number
  /** Where that starts. */
  readonly end: number
}

const NONE: readonly Ipv6Extension[] = []

/** Follows the chain of extension headers from `start`. Behind a fragment that is not the first there is only data. */
export function decodeIpv6Extensions(
  bytes: Uint8Array,
  start: number,
  end: number,
  nextHeader: number,
): Ipv6ExtensionChain | PacketIssue {
  if (!PROTOCOLS.has(nextHeader)) return { extensions: NONE, protocol: nextHeader, end: start }
  const extensions: Ipv6Extension[] = []
  let protocol = nextHeader
  let at = start
  while (PROTOCOLS.has(protocol)) {
    if (end - at < FRAGMENT_HEADER_LENGTH) {
      return truncatedIssue('ipv6', `extension header ${protocol}`, at, FRAGMENT_HEADER_LENGTH, end - at)
    }
    const next = bytes[at] as number
    if (protocol === IPV6_EXTENSION.fragment) {
      const field = readUint16(bytes, at + 2)
      const fragmentOffset = field & 0xfff8
      const identification = readUint32(bytes, at + 4)
      extensions.push({ kind: 'fragment', identification, fragmentOffset, moreFragments: (field & 1) === 1 })
      at += FRAGMENT_HEADER_LENGTH
      protocol = next
      if (fragmentOffset > 0) break
      continue
    }
    if (protocol === IPV6_EXTENSION.hopByHop && at !== start) {
      return packetIssue('invalid-value', 'ipv6', at, 'hop-by-hop options stand only right behind the IPv6 header')
    }
    const length = extensionLength(protocol, bytes[at + 1] as number)
    if (end - at < length) return truncatedIssue('ipv6', `extension header ${protocol}`, at, length, end - at)
    extensions.push({ kind: 'extension', protocol, data: bytes.slice(at + 2, at + length) })
    at += length
    protocol = next
  }
  return { extensions, protocol, end: at }
}

/** Bytes of extension headers on the wire. */
export function ipv6ExtensionsLength(extensions: readonly Ipv6Extension[]): number {
  let length = 0
  for (const extension of extensions) {
    length += extension.kind === 'fragment' ? FRAGMENT_HEADER_LENGTH : extension.data.length + 2
  }
  return length
}

/** Protocol number that the header before the extensions names: of the first of them, or of what follows where there is none. */
export function firstNextHeader(extensions: readonly Ipv6Extension[], protocol: number): number {
  const first = extensions[0]
  return first === undefined ? protocol : protocolOf(first)
}

/** Writes the chain; `protocol` is of what follows it. */
export function encodeIpv6Extensions(
  extensions: readonly Ipv6Extension[],
  protocol: number,
  bytes: Uint8Array,
  at: number,
): void {
  let place = at
  for (const [index, extension] of extensions.entries()) {
    bytes[place] = firstNextHeader(extensions.slice(index + 1), protocol)
    if (extension.kind === 'fragment') {
      writeIpv6FragmentFields(bytes, place, extension.fragmentOffset, extension.moreFragments, extension.identification)
      place += FRAGMENT_HEADER_LENGTH
      continue
    }
    bytes[place + 1] = lengthField(extension.protocol, extension.data.length + 2)
    bytes.set(extension.data, place + 2)
    place += extension.data.length + 2
  }
}

/** All of a fragment header but Next Header; returns its length. */
export function writeIpv6FragmentFields(
  bytes: Uint8Array,
  at: number,
  fragmentOffset: number,
  moreFragments: boolean,
  identification: number,
): number {
  bytes[at + 1] = 0
  writeUint16(bytes, at + 2, (fragmentOffset & 0xfff8) | (moreFragments ? 1 : 0))
  writeUint32(bytes, at + 4, identification)
  return FRAGMENT_HEADER_LENGTH
}

/** Bytes of an extension header, by its own protocol number and length field. */
export function extensionLength(protocol: number, field: number): number {
  return protocol === IPV6_EXTENSION.authentication ? (field + 2) * 4 : (field + 1) * 8
}

/** Extension headers in the form of `Packet.ipOptions`: without the fragment header, each with its own number in front. */
export function packetIpOptions(extensions: readonly Ipv6Extension[]): Uint8Array {
  const others = extensions.filter((extension) => extension.kind === 'extension')
  const bytes = new Uint8Array(ipv6ExtensionsLength(others))
  let at = 0
  for (const { protocol, data } of others) {
    bytes[at] = protocol
    bytes[at + 1] = lengthField(protocol, data.length + 2)
    bytes.set(data, at + 2)
    at += data.length + 2
  }
  return bytes
}

/**
 * How many bytes of `Packet.ipOptions` stand before the fragment header (RFC 8200 section 4.5): up to the last hop-by-hop or routing
 * header, and all of them in fragments that are not the first.
 */
export function unfragmentableLength(ipOptions: Uint8Array, fragmentOffset: number): number {
  if (fragmentOffset > 0) return ipOptions.length
  let length = 0
  for (let at = 0; at < ipOptions.length; ) {
    const protocol = ipOptions[at] as number
    at += extensionLength(protocol, ipOptions[at + 1] ?? 0)
    if (protocol === IPV6_EXTENSION.hopByHop || protocol === IPV6_EXTENSION.routing) length = at
  }
  return length
}

function lengthField(protocol: number, length: number): number {
  if (!PROTOCOLS.has(protocol)) throw new RangeError(`protocol ${protocol} is no IPv6 extension header`)
  const field = protocol === IPV6_EXTENSION.authentication ? length / 4 - 2 : length / 8 - 1
  if (!Number.isInteger(field) || field < 0 || field > 255) {
    throw new RangeError(
      `an IPv6 extension header is a multiple of 8 bytes (authentication: of 4) up to 2,048 (1,028), not ${length}`,
    )
  }
  return field
}

function protocolOf(extension: Ipv6Extension): number {
  return extension.kind === 'fragment' ? IPV6_EXTENSION.fragment : extension.protocol
}
