import { CidrBlock } from '../net/cidr-block.ts'
import type { IpAddress } from '../net/ip-address.ts'
import type { AddressLookup } from './address-lookup.ts'
import type { BeyondGateway } from './egress-path.ts'

/** What no host on the internet has (RFC 6890). Documentation ranges are let pass, since designs and examples are full of them. */
const NOT_ON_INTERNET: readonly CidrBlock[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/8',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].map((text) => CidrBlock.of(text))

/** What lies behind an internet gateway for packets to an address. */
export function beyondGateway(addresses: AddressLookup, destination: IpAddress): BeyondGateway {
  if (addresses.onInternet(destination)) return 'own-network'
  return NOT_ON_INTERNET.some((block) => block.contains(destination)) ? 'nothing' : 'internet'
}
