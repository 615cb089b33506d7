import { MacAddress } from '../net/mac-address.ts'
import type { Subnet } from './topology.ts'

/**
 * The MAC address of a subnet's router in captures and mirrored frames, where it stands for every peer. AWS documents none, so it is a
 * locally administered one out of the subnet's id.
 */
export function routerMacAddress(subnet: Subnet): MacAddress {
  const digits = subnet.id
    .replace(/[^0-9a-f]/g, '')
    .padStart(10, '0')
    .slice(-10)
  const pairs = digits.match(/../g) ?? []
  return MacAddress.of(['02', ...pairs].join(':'))
}
