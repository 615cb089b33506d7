import { decodeArp } from './arp.ts'
import { readUint16 } from './byte-order.ts'
import { addLayer, type Decoder, type DecodeState, decodeState, type Step, type StepKind } from './decode-state.ts'
import { ETHER_TYPE } from './ether-type.ts'
import { decodeEthernet, ETHERNET_HEADER_LENGTH, ethernetHeaderLength } from './ethernet.ts'
import { LINK_TYPE } from './link-type.ts'
import { decodeLinuxCooked, linuxCookedHeaderLength } from './linux-cooked.ts'
import { decodeLoopback, LOOPBACK_HEADER_LENGTH, loopbackIpVersion } from './loopback.ts'
import { type PacketIssue, packetIssue } from './packet-issue.ts'

const LINK_STEPS: ReadonlyMap<number, StepKind> = new Map<number, StepKind>([
  [LINK_TYPE.ethernet, 'ethernet'],
  [LINK_TYPE.null, 'loopback'],
  [LINK_TYPE.loop, 'loopback'],
  [LINK_TYPE.linuxCooked, 'linux-cooked-1'],
  [LINK_TYPE.linuxCooked2, 'linux-cooked-2'],
  [LINK_TYPE.raw, 'ip'],
  [LINK_TYPE.rawBsd, 'ip'],
  [LINK_TYPE.rawOpenBsd, 'ip'],
  [LINK_TYPE.ipv4, 'ip'],
  [LINK_TYPE.ipv6, 'ip'],
])

const ETHER_TYPE_STEPS: ReadonlyMap<number, StepKind> = new Map<number, StepKind>([
  [ETHER_TYPE.ipv4, 'ip'],
  [ETHER_TYPE.ipv6, 'ip'],
  [ETHER_TYPE.arp, 'arp'],
  [ETHER_TYPE.transparentEthernet, 'ethernet'],
])

/** What packets of a link type start with; `undefined` for link types that are not decoded. */
export function linkStep(linkType: number): StepKind | undefined {
  return LINK_STEPS.get(linkType)
}

/** What an EtherType announces. */
export function stepByEtherType(etherType: number, start: number, end: number): Step {
  return { kind: ETHER_TYPE_STEPS.get(etherType) ?? 'payload', start, end }
}

const decodeEthernetStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeEthernet(state.bytes, start, end))
  return layer && stepByEtherType(layer.etherType, start + ethernetHeaderLength(layer), end)
}

function decodeLinuxCookedStep(version: 1 | 2): Decoder {
  return (state: DecodeState, start: number, end: number) => {
    const layer = addLayer(state, start, decodeLinuxCooked(state.bytes, start, end, version))
    return layer && stepByEtherType(layer.protocolType, start + linuxCookedHeaderLength(layer), end)
  }
}

const decodeLoopbackStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeLoopback(state.bytes, start, end))
  return (
    layer && {
      kind: loopbackIpVersion(layer) === undefined ? 'payload' : 'ip',
      start: start + LOOPBACK_HEADER_LENGTH,
      end,
    }
  )
}

export const decodeArpStep: Decoder = (state, start, end) => {
  // What follows the message is the frame's padding.
  const layer = addLayer(state, start, decodeArp(state.bytes, start, end))
  return layer && { kind: 'payload', start: end, end }
}

/**
 * Where the IP packet of a captured packet starts; `undefined` where it holds none (ARP, LLC), an issue where the link layer is malformed
 * or of a type that is not decoded.
 */
export function locateIp(bytes: Uint8Array, linkType: number): number | PacketIssue | undefined {
  // By far the most packets are these.
  if (linkType === LINK_TYPE.ethernet && bytes.length >= ETHERNET_HEADER_LENGTH) {
    const etherType = readUint16(bytes, ETHERNET_HEADER_LENGTH - 2)
    if (etherType === ETHER_TYPE.ipv4 || etherType === ETHER_TYPE.ipv6) return ETHERNET_HEADER_LENGTH
  }
  const kind = linkStep(linkType)
  if (!kind) return unsupportedLinkType(linkType)
  const state = decodeState(bytes, false)
  let step: Step | undefined = { kind, start: 0, end: bytes.length }
  while (step && step.kind !== 'ip') {
    const decoder: Decoder | undefined = LINK_DECODERS[step.kind as LinkStep]
    if (!decoder) return undefined
    step = decoder(state, step.start, step.end)
  }
  return step?.start ?? state.issues[0]
}

/** The issue of a capture whose packets cannot be taken apart. */
export function unsupportedLinkType(linkType: number): PacketIssue {
  return packetIssue('unsupported', 'ethernet', 0, `packets of link type ${linkType} are not decoded`)
}

type LinkStep = 'ethernet' | 'linux-cooked-1' | 'linux-cooked-2' | 'loopback'

/** Decoders of the link layers. */
export const LINK_DECODERS: Readonly<Record<LinkStep, Decoder>> = {
  ethernet: decodeEthernetStep,
  'linux-cooked-1': decodeLinuxCookedStep(1),
  'linux-cooked-2': decodeLinuxCookedStep(2),
  loopback: decodeLoopbackStep,
}
