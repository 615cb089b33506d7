import type { CheckContext } from '../check-context.ts'
import type { Keys } from '../design-entry.ts'
import { hasPorts, isIcmp } from '../protocol-number.ts'

/** A range of ports that runs backwards, or of a protocol that has none. `from` and `to` are the keys' names. */
export function checkPortRange(
  context: CheckContext,
  keys: Keys,
  protocol: number,
  range: Readonly<{ from: number; to: number }> | undefined,
): void {
  if (!range) return
  if (!hasPorts(protocol)) {
    context.error(
      'rule-ports',
      keys,
      'Only TCP and UDP have ports. Leave the range out, or name tcp or udp as the protocol.',
      'InvalidParameterValue',
    )
  } else if (range.from < 0 || range.from > range.to) {
    context.error(
      'rule-ports',
      keys,
      `The range runs from ${range.from} to ${range.to}. Write the lower port first, from 0 to 65535.`,
      'InvalidParameterValue',
    )
  }
}

/** ICMP type and code: -1 for all, and no code without a type. */
export function checkIcmp(context: CheckContext, keys: Keys, protocol: number, type: number, code: number): void {
  if (!isIcmp(protocol)) {
    context.error(
      'rule-ports',
      keys,
      'Only ICMP and ICMPv6 have types. Leave them out, or name icmp as the protocol.',
      'InvalidParameterValue',
    )
  } else if (type > 255 || code > 255 || (type === -1 && code !== -1)) {
    context.error(
      'rule-ports',
      keys,
      `Type ${type} with code ${code} is no ICMP message. Types and codes run from 0 to 255; all types (-1) have all codes (-1).`,
      'InvalidParameterValue',
    )
  }
}
