import type { CidrBlock } from '../net/cidr-block.ts'
import type { IpAddress, IpVersion } from '../net/ip-address.ts'
import type { FlowDirection, NetworkLoadBalancer, SecurityGroup, SecurityGroupRule, Vpc } from '../topology/topology.ts'
import { type AddressMatcher, AddressSet, BlockMatcher } from './address-matcher.ts'
import type { GroupPath } from './group-path.ts'
import { isIcmp } from './icmp-message.ts'
import { icmpRange, portRange, type SelectorRange } from './transport-selector.ts'
import type { Verdict } from './verdict.ts'

/** Stands for every protocol in rules. */
const ALL_PROTOCOLS = -1

/** A rule of a group, for one CIDR block or one referenced group: rules that name prefix lists become several. */
export interface CompiledRule {
  /** The rule's protocol, or -1 for all. */
  readonly protocol: number
  readonly range: SelectorRange
  /** undefined: every address of the version. */
  readonly peer: AddressMatcher | undefined
  /** The VPC of the referenced group; undefined where the rule names blocks. */
  readonly referencedVpc: Vpc | undefined
  /** The balancers in the referenced group: it covers what they pass on with the client's address kept. */
  readonly loadBalancers: ReadonlySet<NetworkLoadBalancer>
  /** 0.0.0.0/0 or ::/0: what it allows may be left untracked. */
  readonly isEverywhere: boolean
  /** Allowed, and answers pass by state. */
  readonly tracked: Verdict
  /** Allowed, and answers need a rule of their own. */
  readonly untracked: Verdict
}

/** The rules for one direction, IP version and protocol, of all groups of an ENI. */
export class RuleList {
  readonly #rules: readonly CompiledRule[]
  readonly #everywhere: readonly CompiledRule[]
  readonly #everything: CompiledRule | undefined

  constructor(rules: readonly CompiledRule[]) {
    this.#rules = rules
    this.#everywhere = rules.filter((rule) => rule.isEverywhere)
    this.#everything = this.#everywhere.find((rule) => rule.range.isUnlimited)
  }

  /** The first rule that allows a packet with this far address and port (or ICMP type and code). */
  find(selector: number, code: number, farAddress: IpAddress, path: GroupPath): CompiledRule | undefined {
    for (const rule of this.#rules) {
      if (inRange(rule.range, selector, code) && matchesPeer(rule, farAddress, path)) return rule
    }
    return undefined
  }

  /** The first rule that allows a packet without ports: one that asks for none. */
  findUnlimited(farAddress: IpAddress, path: GroupPath): CompiledRule | undefined {
    for (const rule of this.#rules) {
      if (rule.range.isUnlimited && matchesPeer(rule, farAddress, path)) return rule
    }
    return undefined
  }

  /** The first rule that allows this port from or to everywhere. */
  findEverywhere(port: number): CompiledRule | undefined {
    for (const rule of this.#everywhere) if (inRange(rule.range, port, 0)) return rule
    return undefined
  }

  /** The first rule that allows all ports from or to everywhere. */
  get everything(): CompiledRule | undefined {
    return this.#everything
  }
}

/** The united rules of the groups of an ENI: a packet is allowed when any rule of any group allows it. */
export class SecurityGroupRules {
  readonly #ingress: readonly [CompiledRule[], CompiledRule[]]
  readonly #egress: readonly [CompiledRule[], CompiledRule[]]
  readonly #lists: (RuleList | undefined)[] = []

  /** `membersOf` gives the private addresses of a group's ENIs; it is asked once per reference. */
  constructor(groups: readonly SecurityGroup[], membersOf: (group: SecurityGroup) => AddressSet) {
    const compile = (direction: FlowDirection, version: IpVersion): CompiledRule[] =>
      groups.flatMap((group) => group[direction].flatMap((rule) => compileRule(group, rule, version, membersOf)))
    this.#ingress = [compile('ingress', 4), compile('ingress', 6)]
    this.#egress = [compile('egress', 4), compile('egress', 6)]
  }

  /** The rules for a direction, version and protocol; the list is made when it is first asked for. */
  list(direction: FlowDirection, version: IpVersion, protocol: number): RuleList {
    const isIngress = direction === 'ingress'
    const place = protocol * 4 + (isIngress ? 0 : 2) + (version === 4 ? 0 : 1)
    let list = this.#lists[place]
    if (list === undefined) {
      const rules = (isIngress ? this.#ingress : this.#egress)[version === 4 ? 0 : 1]
      list = new RuleList(rules.filter((rule) => rule.protocol === protocol || rule.protocol === ALL_PROTOCOLS))
      this.#lists[place] = list
    }
    return list
  }
}

/** The private addresses of the ENIs in a group: what a reference to it means, never their public ones. */
export function memberAddresses(group: SecurityGroup): AddressSet {
  return new AddressSet(
    group.members.flatMap((member) => [...member.addresses.map(({ address }) => address), ...member.ipv6Addresses]),
  )
}

function compileRule(
  group: SecurityGroup,
  rule: SecurityGroupRule,
  version: IpVersion,
  membersOf: (group: SecurityGroup) => AddressSet,
): CompiledRule[] {
  const common = {
    protocol: rule.protocol,
    range: isIcmp(rule.protocol)
      ? icmpRange(rule.fromPort, rule.toPort)
      : portRange(rule.protocol, rule.fromPort, rule.toPort),
    tracked: verdictOf(group, rule, true),
    untracked: verdictOf(group, rule, false),
  }
  const ofBlock = (block: CidrBlock): CompiledRule[] =>
    block.version !== version
      ? []
      : block.prefixLength === 0
        ? [{ ...common, ...NO_REFERENCE, peer: undefined, isEverywhere: true }]
        : [{ ...common, ...NO_REFERENCE, peer: new BlockMatcher(block), isEverywhere: false }]
  switch (rule.peer.kind) {
    case 'cidr':
      return ofBlock(rule.peer.block)
    case 'prefix-list':
      return rule.peer.prefixList.entries.flatMap(ofBlock)
    case 'security-group': {
      const referenced = rule.peer.group
      if (referenced === undefined) return []
      return [
        {
          ...common,
          peer: membersOf(referenced),
          referencedVpc: referenced.vpc,
          loadBalancers: loadBalancersIn(referenced),
          isEverywhere: false,
        },
      ]
    }
  }
}

const NO_REFERENCE: Pick<CompiledRule, 'referencedVpc' | 'loadBalancers'> = {
  referencedVpc: undefined,
  loadBalancers: new Set(),
}

function loadBalancersIn(group: SecurityGroup): ReadonlySet<NetworkLoadBalancer> {
  return new Set(
    group.members.flatMap(({ attachment }) => (attachment.kind === 'load-balancer' ? [attachment.loadBalancer] : [])),
  )
}

function verdictOf(group: SecurityGroup, rule: SecurityGroupRule, tracked: boolean): Verdict {
  return { action: 'ACCEPT', reason: { kind: 'security-group-rule', group, rule, tracked } }
}

function inRange(range: SelectorRange, selector: number, code: number): boolean {
  return selector >= range.low && selector <= range.high && code >= range.codeLow && code <= range.codeHigh
}

function matchesPeer(rule: CompiledRule, farAddress: IpAddress, path: GroupPath): boolean {
  const { peer, referencedVpc, loadBalancers } = rule
  if (peer === undefined) return true
  if (referencedVpc === undefined) return peer.matches(farAddress)
  const { groupReferences, throughLoadBalancer } = path
  if ((groupReferences === 'all' || groupReferences === referencedVpc) && peer.matches(farAddress)) return true
  if (throughLoadBalancer === false || loadBalancers.size === 0) return false
  return throughLoadBalancer === true || loadBalancers.has(throughLoadBalancer)
}
