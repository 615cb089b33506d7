import type { LayerKind } from './layer.ts'

/** What can be wrong with a packet's bytes. */
export type PacketIssueCode =
  /** The bytes end before the header or message does. */
  | 'truncated'
  /** A length field contradicts what encloses it, or the header's own least length. */
  | 'invalid-length'
  /** A field has a value that the protocol does not allow. */
  | 'invalid-value'
  /** The checksum is wrong; the layers are decoded all the same. */
  | 'bad-checksum'
  /** Well-formed as far as can be seen, but of a kind that is not decoded. */
  | 'unsupported'

/** Something in a packet that is not as its protocol has it, and where it stands. */
export interface PacketIssue {
  readonly kind: 'issue'
  readonly code: PacketIssueCode
  /** The layer that could not be decoded, or whose checksum is wrong. */
  readonly layer: LayerKind
  /** Byte of the packet, counted from 0. */
  readonly offset: number
  /** What went wrong, the value received and what is allowed. */
  readonly message: string
}

/** An issue as a plain object. */
export function packetIssue(code: PacketIssueCode, layer: LayerKind, offset: number, message: string): PacketIssue {
  return { kind: 'issue', code, layer, offset, message }
}

/** The issue of a packet that ends before `wanted` bytes of a header or message that starts at `start`. */
export function truncatedIssue(
  layer: LayerKind,
  what: string,
  start: number,
  wanted: number,
  available: number,
): PacketIssue {
  return packetIssue(
    'truncated',
    layer,
    start + available,
    `${what} needs ${wanted} bytes, the packet has ${available} of them`,
  )
}

/** `layer at byte offset: message`, for people. */
export function formatPacketIssue(issue: PacketIssue): string {
  return `${issue.layer} at byte ${issue.offset}: ${issue.message}`
}
