import { CidrBlock, type IpVersion } from '@flowtap/core'
import fc from 'fast-check'
import { ipv4Address, ipv6Address } from './ip-address.ts'

/** Limits of {@link cidrBlock}. */
export interface CidrBlockConstraints {
  /** Either version unless given. */
  readonly version?: IpVersion
  /** 0 unless given. */
  readonly minPrefixLength?: number
  /** 32 or 128 unless given. */
  readonly maxPrefixLength?: number
}

/** A canonical CIDR block; {@link CidrBlockConstraints} narrow it, e.g. to 16 to 28 bits for a subnet's. */
export function cidrBlock(constraints: CidrBlockConstraints = {}): fc.Arbitrary<CidrBlock> {
  const { version, minPrefixLength: min = 0, maxPrefixLength: max } = constraints
  const of = (one: IpVersion): fc.Arbitrary<CidrBlock> =>
    fc
      .tuple(one === 4 ? ipv4Address() : ipv6Address(), fc.integer({ min, max: max ?? (one === 4 ? 32 : 128) }))
      .map(([address, prefixLength]) => CidrBlock.from(address, prefixLength))
  return version === undefined ? fc.oneof(of(4), of(6)) : of(version)
}
