import { CidrBlock } from './cidr-block.ts'
import type { IpAddress } from './ip-address.ts'

/** Blocks that are never routed on the internet: RFC 1918, RFC 6598, RFC 3927, RFC 5771, RFC 4193, RFC 4291 and the like. */
const NOT_PUBLIC: readonly CidrBlock[] = [
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
].map(CidrBlock.of)

/** Whether an address can be a host's on the internet. Documentation and benchmarking blocks count as public: examples use them so. */
export function isPublicAddress(address: IpAddress): boolean {
  return !NOT_PUBLIC.some((block) => block.contains(address))
}
