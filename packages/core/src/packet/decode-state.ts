import type { Layer } from './layer.ts'
import type { PacketIssue } from './packet-issue.ts'

/** What stands where the last layer ended; `payload` is taken as it is. */
export type StepKind =
  | 'ethernet'
  | 'linux-cooked-1'
  | 'linux-cooked-2'
  | 'loopback'
  | 'arp'
  | 'ip'
  | 'tcp'
  | 'udp'
  | 'icmp'
  | 'icmpv6'
  | 'vxlan'
  | 'geneve'
  | 'dns'
  | 'dns-over-tcp'
  | 'stream'
  | 'ntp'
  | 'payload'

/** What is decoded next, and from where to where. */
export interface Step {
  readonly kind: StepKind
  readonly start: number
  readonly end: number
}

/** What is known while a packet is decoded. */
export interface DecodeState {
  readonly bytes: Uint8Array
  /** In a quote, cut packets and checksums that do not fit them are no issues. */
  readonly isQuote: boolean
  readonly layers: Layer[]
  readonly layerOffsets: number[]
  readonly issues: PacketIssue[]
  /** Whether the innermost IP packet is a whole datagram: neither a fragment nor cut. */
  isWhole: boolean
  /** Whether its destination is the final one: with segments left in a routing header, checksums cover another address. */
  hasFinalDestination: boolean
  /** Where an ICMP error quotes. */
  quote: Readonly<{ start: number; end: number }> | undefined
}

/** The state before anything is decoded. */
export function decodeState(bytes: Uint8Array, isQuote: boolean): DecodeState {
  return {
    bytes,
    isQuote,
    layers: [],
    layerOffsets: [],
    issues: [],
    isWhole: true,
    hasFinalDestination: true,
    quote: undefined,
  }
}

/** Decodes what starts at `start`, and says what follows. `undefined`: it could not be decoded. */
export type Decoder = (state: DecodeState, start: number, end: number) => Step | undefined

/** Notes a layer, or why it could not be decoded: then the answer is `undefined`. That a quote ends early is no issue. */
export function addLayer<L extends Layer>(state: DecodeState, start: number, layer: L | PacketIssue): L | undefined {
  if (layer.kind === 'issue') {
    if (!state.isQuote || layer.code !== 'truncated') state.issues.push(layer)
    return undefined
  }
  state.layers.push(layer)
  state.layerOffsets.push(start)
  return layer
}

/** Notes an issue that does not end the decoding, unless the packet is a quote. */
export function addIssue(state: DecodeState, issue: PacketIssue): void {
  if (!state.isQuote) state.issues.push(issue)
}
