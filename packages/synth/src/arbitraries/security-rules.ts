import type {
  Named,
  NetworkAclDesign,
  NetworkAclEntryDesign,
  PrefixListDesign,
  SecurityGroupDesign,
  SecurityGroupRuleDesign,
} from '@flowtap/core'
import fc from 'fast-check'
import { port } from './five-tuple.ts'

export const EVERYWHERE = '0.0.0.0/0'
export const EVERYWHERE_IPV6 = '::/0'
/** Prefix lists that rules and routes may name, with the blocks of RFC 5737 and RFC 3849. */
export const PREFIX_LISTS: Named<PrefixListDesign> = {
  offices: { entries: ['198.51.100.0/24', '203.0.113.0/24'] },
  'offices-ipv6': { entries: ['2001:db8:ffff::/48'], maxEntries: 3 },
}

/** Lets everything in: traffic that is refused at once makes few records. */
const OPEN_RULES: readonly SecurityGroupRuleDesign[] = [
  { ipProtocol: 'all', cidrBlock: EVERYWHERE },
  { ipProtocol: 'all', cidrBlock: EVERYWHERE_IPV6 },
]

/**
 * Groups with rules of all kinds; without rules for what comes in, with AWS's own for what goes out, or with neither; and now and then one
 * that lets everything in.
 */
export function securityGroup(
  own: string,
  groupNames: readonly string[],
  cidrBlock: string,
): fc.Arbitrary<SecurityGroupDesign> {
  const rules = fc.uniqueArray(securityGroupRule(groupNames, cidrBlock), {
    maxLength: 4,
    selector: (rule) => ruleKey(own, rule),
  })
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ ingress: rules, egress: rules }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.constant({ ingress: OPEN_RULES }) },
    { weight: 1, arbitrary: fc.record({ ingress: rules }) },
  )
}

/** What EC2 tells rules apart by: protocol, ports and peer; a group's own name is the same peer as `self`. */
export function ruleKey(own: string, rule: SecurityGroupRuleDesign): string {
  const { ipProtocol, fromPort, toPort, cidrBlock, prefixList, self, securityGroup } = rule
  return [ipProtocol, fromPort, toPort, cidrBlock, prefixList, self ? own : securityGroup].join(' ')
}

/** A rule of a group of these names, in a VPC with this block. */
export function securityGroupRule(
  groupNames: readonly string[],
  cidrBlock: string,
): fc.Arbitrary<SecurityGroupRuleDesign> {
  const peer = fc.constantFrom<
    Pick<SecurityGroupRuleDesign, 'cidrBlock' | 'self' | 'securityGroup' | 'prefixList'> & { isIpv6?: boolean }
  >(
    { cidrBlock: EVERYWHERE },
    { cidrBlock },
    { cidrBlock: EVERYWHERE_IPV6, isIpv6: true },
    { self: true },
    ...groupNames.map((securityGroup) => ({ securityGroup })),
    { prefixList: 'offices' },
    { prefixList: 'offices-ipv6', isIpv6: true },
  )
  const ports = fc.constantFrom('tcp' as const, 'udp' as const).chain((ipProtocol) =>
    fc.oneof(
      fc.constant({ ipProtocol, fromPort: 0, toPort: 65_535 }),
      fc
        .tuple(port(), port())
        .map(([one, other]) => ({ ipProtocol, fromPort: Math.min(one, other), toPort: Math.max(one, other) })),
    ),
  )
  const protocol = fc.oneof(ports, fc.constant({ ipProtocol: 'all' as const }))
  return fc
    .oneof(
      fc.tuple(protocol, peer),
      // ICMP of the peer's version.
      peer.map((one) => [{ ipProtocol: one.isIpv6 ? ('icmpv6' as const) : ('icmp' as const) }, one] as const),
    )
    .map(([one, { isIpv6: _, ...other }]) => ({ ...one, ...other }))
}

/** Entries of an ACL, without their numbers. */
export function networkAclEntry(cidrBlock: string): fc.Arbitrary<Omit<NetworkAclEntryDesign, 'ruleNumber'>> {
  const ruleAction = fc.constantFrom('allow' as const, 'deny' as const)
  return fc.oneof(
    fc.constant({ ruleAction: 'allow', protocol: 'all', cidrBlock: EVERYWHERE } as const),
    fc.record({
      ruleAction,
      protocol: fc.constantFrom('tcp' as const, 'udp' as const),
      portRange: fc.oneof(
        fc.constant({ from: 1_024, to: 65_535 }),
        port().map((one) => ({ from: one, to: one })),
      ),
      cidrBlock: fc.constantFrom(EVERYWHERE, cidrBlock, EVERYWHERE_IPV6),
    }),
    fc.record({
      ruleAction,
      protocol: fc.constant('icmp' as const),
      icmpTypeCode: fc.constantFrom({ type: -1 }, { type: 8, code: -1 }, { type: 0 }),
      cidrBlock: fc.constantFrom(EVERYWHERE, cidrBlock),
    }),
  )
}

/** An ACL with entries of all kinds, mostly with one at the end that allows what none of the others denies. */
export function networkAcl(cidrBlock: string): fc.Arbitrary<NetworkAclDesign> {
  const last = { ruleAction: 'allow', protocol: 'all', cidrBlock: EVERYWHERE } as const
  const entries = fc
    .tuple(fc.array(networkAclEntry(cidrBlock), { maxLength: 4 }), mostly())
    .map(([list, isOpen]) => (isOpen ? [...list, last] : list))
    .map((list) => list.map((one, index) => ({ ...one, ruleNumber: 100 + index * 10 })))
  return fc.record({ ingress: entries, egress: entries })
}

/** True four times in five; false as it shrinks. */
export function mostly(): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(false) }, { weight: 4, arbitrary: fc.constant(true) })
}
