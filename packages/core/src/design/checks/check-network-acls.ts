import type { CheckContext } from '../check-context.ts'
import type { Keys } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { ICMP, ICMPV6, protocolNumber } from '../protocol-number.ts'
import type { NetworkAclEntryDesign } from '../security-group-design.ts'
import { checkCanonical } from './check-vpcs.ts'
import { checkIcmp, checkPortRange } from './rule-ports.ts'

/** Entries of network ACLs. Source: VPC user guide, "Network ACL rules". */
export function checkNetworkAcls(context: CheckContext): void {
  for (const acl of context.index.networkAcls.values()) {
    for (const direction of ['ingress', 'egress'] as const) {
      const numbers = new Map<number, Keys>()
      for (const [at, entry] of (acl.value[direction] ?? []).entries()) {
        const keys = [...acl.keys, direction, at]
        checkEntry(context, keys, entry)
        const first = numbers.get(entry.ruleNumber)
        if (first) {
          context.error(
            'duplicate-rule',
            [...keys, 'ruleNumber'],
            `Number ${entry.ruleNumber} belongs to ${formatPath(first)} already. Numbers are unique per direction: choose another one.`,
            'NetworkAclEntryAlreadyExists',
          )
        } else numbers.set(entry.ruleNumber, keys)
      }
    }
  }
}

function checkEntry(context: CheckContext, keys: Keys, entry: NetworkAclEntryDesign): void {
  const protocol = protocolNumber(entry.protocol)
  checkPortRange(context, [...keys, 'portRange'], protocol, entry.portRange)
  if (entry.icmpTypeCode) {
    const { type, code = -1 } = entry.icmpTypeCode
    checkIcmp(context, [...keys, 'icmpTypeCode'], protocol, type, code)
  }
  const place = [...keys, 'cidrBlock']
  const { version } = context.block(entry.cidrBlock)
  checkCanonical(context, place, entry.cidrBlock)
  if ((version === 6 && protocol === ICMP) || (version === 4 && protocol === ICMPV6)) {
    const wanted = version === 6 ? 'icmpv6' : 'icmp'
    context.warn(
      'rule-never-matches',
      place,
      `No packet has that protocol and an IPv${version} address. Name ${wanted} as protocol.`,
    )
  }
}
