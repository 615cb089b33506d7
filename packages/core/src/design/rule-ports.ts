import { hasPorts, isIcmp, protocolNumber } from './protocol-number.ts'
import type { SecurityGroupRuleDesign } from './security-group-design.ts'

/**
 * The ports of a group's rule in full, or its ICMP type and code: what is left out is all, and one port where `toPort` is left out.
 */
export function rulePorts(rule: SecurityGroupRuleDesign): readonly [from: number, to: number] {
  const protocol = protocolNumber(rule.ipProtocol)
  if (isIcmp(protocol)) return [rule.fromPort ?? -1, rule.toPort ?? -1]
  if (!hasPorts(protocol)) return [0, 65535]
  return [rule.fromPort ?? 0, rule.toPort ?? rule.fromPort ?? 65535]
}
