import type { IpAddress } from '../net/ip-address.ts'
import { isPublicAddress } from '../net/public-address.ts'
import type { AddressLookup } from './address-lookup.ts'
import type { BeyondGateway } from './egress-path.ts'

/** What lies behind an internet gateway for packets to an address. */
export function beyondGateway(addresses: AddressLookup, destination: IpAddress): BeyondGateway {
  if (addresses.onInternet(destination)) return 'own-network'
  return isPublicAddress(destination) ? 'internet' : 'nothing'
}
