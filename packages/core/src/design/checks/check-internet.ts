import { IpAddress } from '../../net/ip-address.ts'
import { isPublicAddress } from '../../net/public-address.ts'
import type { CheckContext } from '../check-context.ts'
import type { Keys } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { checkCanonical } from './check-vpcs.ts'

/** Internet hosts, AWS's ranges and detectors. */
export function checkInternet(context: CheckContext): void {
  checkHosts(context)
  for (const [at, range] of (context.index.design.awsServiceRanges ?? []).entries()) {
    checkCanonical(context, ['awsServiceRanges', at, 'ipPrefix'], range.ipPrefix)
  }
  // Source: GuardDuty API reference, CreateDetector: one per account and Region.
  const [first, ...others] = [...context.index.detectors.values()]
  for (const { keys } of others) {
    context.error(
      'quota',
      keys,
      `An account has one detector in a Region: ${first?.name}. Leave the others out.`,
      'BadRequestException',
    )
  }
}

function checkHosts(context: CheckContext): void {
  if (!context.index.design.internetHosts) return
  const holders = new Map<string, Keys>()
  for (const { keys, value } of context.index.internetHosts.values()) {
    for (const [at, text] of value.addresses.entries()) {
      const place = [...keys, 'addresses', at]
      const address = IpAddress.parse(text)
      if (!address) continue
      const first = holders.get(address.toString())
      if (!isPublicAddress(address)) {
        context.error(
          'address-not-public',
          place,
          `${address} is no address of the internet. Choose a public one such as 203.0.113.10, or make an instance.`,
        )
      } else if (first) {
        context.error(
          'address-in-use',
          place,
          `${address} is given twice, first at ${formatPath(first)}. Choose another address.`,
        )
      } else holders.set(address.toString(), place)
      const vpc = [...context.index.vpcs.values()].find(({ value: { cidrBlocks, ipv6CidrBlocks = [] } }) =>
        [...cidrBlocks, ...ipv6CidrBlocks].some((block) => context.block(block).contains(address)),
      )
      if (vpc)
        context.warn(
          'address-in-use',
          place,
          `${address} lies in the VPC ${vpc.name}, from where the host cannot be reached. Choose another address.`,
        )
    }
  }
}

/** Prefix lists: entries of one IP version, each once, no more than the list's maximum. */
export function checkPrefixLists(context: CheckContext): void {
  for (const { keys, value, service } of context.index.prefixLists.values()) {
    if (service !== undefined) continue
    const seen = new Map<string, Keys>()
    const version = value.entries[0] === undefined ? undefined : context.block(value.entries[0]).version
    for (const [at, text] of value.entries.entries()) {
      const place = [...keys, 'entries', at]
      const block = context.block(text)
      checkCanonical(context, place, text)
      const first = seen.get(block.toString())
      if (block.version !== version) {
        context.error(
          'rule-never-matches',
          place,
          `${block} is of another IP version than the first entry. Make two lists.`,
          'InvalidParameterValue',
        )
      } else if (first) {
        context.error(
          'duplicate-rule',
          place,
          `${block} stands at ${formatPath(first)} already. Leave one out.`,
          'InvalidParameterValue',
        )
      } else seen.set(block.toString(), place)
    }
    if (value.maxEntries !== undefined && value.entries.length > value.maxEntries) {
      context.error(
        'quota',
        [...keys, 'maxEntries'],
        `The list has ${value.entries.length} entries and room for ${value.maxEntries}. Raise maxEntries.`,
        'PrefixListMaxEntriesExceeded',
      )
    }
  }
}
