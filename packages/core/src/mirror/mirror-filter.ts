import { BlockMatcher } from '../dataplane/address-matcher.ts'
import { hasPorts } from '../dataplane/transport-selector.ts'
import type { CidrBlock } from '../net/cidr-block.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, MirrorFilter } from '../topology/topology.ts'

const ALL_PROTOCOLS = -1
const LAST_PORT = 0xffff

/** What a rule asks of a packet; absent means all. Rules of mirror filters are such rules. */
export interface PacketRule {
  readonly action: 'accept' | 'reject'
  /** IANA number. */
  readonly protocol?: number | undefined
  readonly sourceCidr: CidrBlock
  readonly destinationCidr: CidrBlock
  readonly sourcePorts?: Readonly<{ from: number; to: number }> | undefined
  readonly destinationPorts?: Readonly<{ from: number; to: number }> | undefined
}

/**
 * Rules in order: the first that matches decides, and what none matches is not accepted. A rule matches packets of its own IP version.
 * A later fragment has no ports, so that rules that ask for ports do not match it (AWS documents nothing on fragments).
 * Source: Traffic Mirroring guide, "Traffic mirror filters and filter rules".
 */
export class PacketRules {
  readonly #ipv4: readonly CompiledRule[]
  readonly #ipv6: readonly CompiledRule[]

  constructor(rules: readonly PacketRule[]) {
    const ofVersion = (version: 4 | 6): CompiledRule[] =>
      rules
        .filter(
          ({ sourceCidr, destinationCidr }) => sourceCidr.version === version && destinationCidr.version === version,
        )
        .map(compile)
    this.#ipv4 = ofVersion(4)
    this.#ipv6 = ofVersion(6)
  }

  accepts(packet: Packet): boolean {
    const { protocol, source, destination, sourcePort, destinationPort } = packet
    const portsAreKnown = packet.fragmentOffset === 0 && hasPorts(protocol)
    const rules = source.version === 4 ? this.#ipv4 : this.#ipv6
    for (const rule of rules) {
      if (rule.protocol !== protocol && rule.protocol !== ALL_PROTOCOLS) continue
      if (
        rule.asksForPorts &&
        !(
          portsAreKnown &&
          destinationPort >= rule.destinationFrom &&
          destinationPort <= rule.destinationTo &&
          sourcePort >= rule.sourceFrom &&
          sourcePort <= rule.sourceTo
        )
      ) {
        continue
      }
      if (rule.source.matches(source) && rule.destination.matches(destination)) return rule.accepts
    }
    return false
  }
}

/** A mirror filter's rules for both directions, ready for many packets. */
export class CompiledMirrorFilter {
  /** Whether traffic with the Amazon resolver is mirrored, whatever the rules say; if not, none of it is. */
  readonly mirrorsAmazonDns: boolean
  readonly #ingress: PacketRules
  readonly #egress: PacketRules

  constructor({ rules, networkServices }: MirrorFilter) {
    this.mirrorsAmazonDns = networkServices.includes('amazon-dns')
    const ofDirection = (direction: FlowDirection): PacketRules =>
      new PacketRules(
        rules.filter((rule) => rule.direction === direction).sort((one, other) => one.ruleNumber - other.ruleNumber),
      )
    this.#ingress = ofDirection('ingress')
    this.#egress = ofDirection('egress')
  }

  /** Whether the rules accept a packet that is not traffic with the Amazon resolver. */
  accepts(direction: FlowDirection, packet: Packet): boolean {
    return (direction === 'ingress' ? this.#ingress : this.#egress).accepts(packet)
  }
}

interface CompiledRule {
  readonly protocol: number
  readonly accepts: boolean
  readonly source: BlockMatcher
  readonly destination: BlockMatcher
  readonly asksForPorts: boolean
  readonly sourceFrom: number
  readonly sourceTo: number
  readonly destinationFrom: number
  readonly destinationTo: number
}

function compile(rule: PacketRule): CompiledRule {
  const { sourcePorts, destinationPorts } = rule
  return {
    protocol: rule.protocol ?? ALL_PROTOCOLS,
    accepts: rule.action === 'accept',
    source: new BlockMatcher(rule.sourceCidr),
    destination: new BlockMatcher(rule.destinationCidr),
    asksForPorts: sourcePorts !== undefined || destinationPorts !== undefined,
    sourceFrom: sourcePorts?.from ?? 0,
    sourceTo: sourcePorts?.to ?? LAST_PORT,
    destinationFrom: destinationPorts?.from ?? 0,
    destinationTo: destinationPorts?.to ?? LAST_PORT,
  }
}
