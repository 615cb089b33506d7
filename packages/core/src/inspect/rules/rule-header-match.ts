import { containsAddress } from './address-set.ts'
import type { MatchContext, PacketView } from './match-context.ts'
import { containsPort } from './port-set.ts'
import { prefilterContent } from './prefilter-content.ts'
import type { FlowRequirement, RuleEndpoint, RuleProtocol, Signature } from './signature.ts'

const TCP = 6
const UDP = 17
const SCTP = 132

/** Whether the packet and its flow fit the rule's header, its application layer and its `flow`. */
export function passesHeader(signature: Signature, context: MatchContext): boolean {
  const { packet, flow } = context
  if (!passesProtocol(signature.protocol, packet)) return false
  if (signature.application !== undefined && flow?.application !== signature.application) return false
  if (!passesFlow(signature, context)) return false
  return passesEndpoints(signature.source, signature.destination, packet)
}

function passesProtocol(protocol: RuleProtocol, packet: PacketView): boolean {
  switch (protocol) {
    case 'tcp':
    case 'tcp-pkt':
    case 'tcp-stream':
      return packet.protocol === TCP
    case 'udp':
      return packet.protocol === UDP
    case 'icmp':
      return packet.protocol === 1 || packet.protocol === 58
    case 'icmpv4':
      return packet.protocol === 1
    case 'icmpv6':
      return packet.protocol === 58
    case 'sctp':
      return packet.protocol === SCTP
    case 'ipv4':
      return packet.source.version === 4
    case 'ipv6':
      return packet.source.version === 6
    case 'ip':
    case 'pkthdr':
    case 'http':
    case 'dns':
    case 'tls':
    case 'ssh':
    case 'ntp':
      return true
  }
}

function passesEndpoints(source: RuleEndpoint, destination: RuleEndpoint, packet: PacketView): boolean {
  if (source.ports !== undefined || destination.ports !== undefined) {
    const mayHavePorts = packet.protocol === TCP || packet.protocol === UDP || packet.protocol === SCTP
    // A fragment has none, whatever it belongs to.
    const hasPorts = packet.sourcePort !== 0 || packet.destinationPort !== 0
    if (!mayHavePorts || !hasPorts || !containsPort(source.ports, packet.sourcePort)) return false
    if (!containsPort(destination.ports, packet.destinationPort)) return false
  }
  return containsAddress(source.addresses, packet.source) && containsAddress(destination.addresses, packet.destination)
}

function passesFlow(
  { flow: asked, buffers }: Signature,
  { packet, flow, direction, isReassembled, stream }: MatchContext,
): boolean {
  if (asked === undefined) return true
  if (asked.direction !== undefined && asked.direction !== direction) {
    // Suricata sorts rules that ask for a direction alone by it, but not those on contents for packets without ports.
    if (isDirected(packet) || !isDirectionAlone(asked) || prefilterContent(buffers) === undefined) return false
  } else if (asked.direction !== undefined && flow === undefined && !isDirectionAlone(asked)) return false
  const isEstablished = flow?.isEstablished ?? false
  if (asked.state === 'established' && !isEstablished) return false
  if (asked.state === 'not_established' && isEstablished) return false
  if (asked.fragments !== undefined && (asked.fragments === 'only') !== isReassembled) return false
  return asked.stream !== 'only' || stream !== undefined
}

function isDirected({ protocol }: PacketView): boolean {
  return protocol === TCP || protocol === UDP
}

/** Whether `flow` asks for nothing but a direction. */
export function isDirectionAlone({ state, stream, fragments }: FlowRequirement): boolean {
  return state === undefined && stream === undefined && fragments === undefined
}
