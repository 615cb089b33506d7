import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, NetworkAcl, NetworkAclEntry } from '../topology/topology.ts'
import { BlockMatcher } from './address-matcher.ts'
import { isIcmp } from './icmp-message.ts'
import { icmpRange, lacksSelector, portRange, type SelectorRange, selectorOf } from './transport-selector.ts'
import type { Verdict } from './verdict.ts'

/** Stands for every protocol in entries. */
const ALL_PROTOCOLS = -1

const compiledAcls = new WeakMap<NetworkAcl, CompiledAcl>()

/**
 * The verdict of a network ACL on a packet that enters (`ingress`) or leaves (`egress`) one of its subnets: stateless, entries in order
 * of their numbers, the first that matches decides, and what none matches is denied (VPC user guide, "Network ACL basics"). Whether an
 * ACL is asked at all (never inside a subnet, never for link-local services) is the caller's to know. The verdicts are made once per
 * entry and shared. Later fragments see only entries that ask for no port ({@link lacksSelector}).
 */
export function judgeNetworkAcl(acl: NetworkAcl, direction: FlowDirection, packet: Packet): Verdict {
  let compiled = compiledAcls.get(acl)
  if (compiled === undefined) {
    compiled = new CompiledAcl(acl)
    compiledAcls.set(acl, compiled)
  }
  return compiled.judge(direction, packet)
}

class CompiledAcl {
  readonly #ingress: CompiledEntries
  readonly #egress: CompiledEntries
  readonly #denied: Verdict

  constructor(acl: NetworkAcl) {
    this.#ingress = compileEntries(acl, acl.ingress)
    this.#egress = compileEntries(acl, acl.egress)
    this.#denied = verdictOf(acl, undefined)
  }

  judge(direction: FlowDirection, packet: Packet): Verdict {
    const isIngress = direction === 'ingress'
    const address = isIngress ? packet.source : packet.destination
    const compiled = isIngress ? this.#ingress : this.#egress
    const entries = address.version === 4 ? compiled.ipv4 : compiled.ipv6
    const { protocol, icmpCode } = packet
    const selector = selectorOf(packet)
    const isWhole = !lacksSelector(packet)
    for (const entry of entries) {
      if (entry.protocol !== protocol && entry.protocol !== ALL_PROTOCOLS) continue
      const { range } = entry
      if (
        isWhole
          ? selector < range.low || selector > range.high || icmpCode < range.codeLow || icmpCode > range.codeHigh
          : !range.isUnlimited
      ) {
        continue
      }
      if (entry.block.matches(address)) return entry.verdict
    }
    return this.#denied
  }
}

interface CompiledEntries {
  readonly ipv4: readonly CompiledEntry[]
  readonly ipv6: readonly CompiledEntry[]
}

interface CompiledEntry {
  readonly protocol: number
  readonly range: SelectorRange
  readonly block: BlockMatcher
  readonly verdict: Verdict
}

function compileEntries(acl: NetworkAcl, entries: readonly NetworkAclEntry[]): CompiledEntries {
  const compile = (version: number): CompiledEntry[] =>
    entries
      .filter((entry) => entry.cidrBlock.version === version)
      .map((entry) => ({
        protocol: entry.protocol,
        range: isIcmp(entry.protocol)
          ? icmpRange(entry.icmpType, entry.icmpCode)
          : portRange(entry.protocol, entry.fromPort, entry.toPort),
        block: new BlockMatcher(entry.cidrBlock),
        verdict: verdictOf(acl, entry),
      }))
  return { ipv4: compile(4), ipv6: compile(6) }
}

function verdictOf(acl: NetworkAcl, entry: NetworkAclEntry | undefined): Verdict {
  return {
    action: entry?.action === 'allow' ? 'ACCEPT' : 'REJECT',
    reason: { kind: 'network-acl', acl, entry },
  }
}
