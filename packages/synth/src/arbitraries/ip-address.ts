import { IpAddress } from '@flowtap/core'
import fc from 'fast-check'

/** Ranges that behave differently in a VPC; a tenth of the values lies at the edges of each. */
const IPV4_EDGES: readonly string[] = ['0.0.0.0', '10.0.0.0', '169.254.169.253', '169.254.169.254', '255.255.255.255']

/** An IPv4 address: private, public, link-local and edge values. It shrinks towards 0.0.0.0. */
export function ipv4Address(): fc.Arbitrary<IpAddress> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.nat({ max: 0xffff_ffff }).map((bits) => IpAddress.fromIpv4Bits(bits)) },
    { weight: 4, arbitrary: fc.nat({ max: 0xff_ffff }).map((bits) => IpAddress.fromIpv4Bits(0x0a00_0000 | bits)) },
    { weight: 1, arbitrary: fc.constantFrom(...IPV4_EDGES).map((text) => IpAddress.of(text)) },
  )
}

/** An IPv6 address, one half of them with long runs of zeros, as real ones have. It shrinks towards `::`. */
export function ipv6Address(): fc.Arbitrary<IpAddress> {
  const word = fc.oneof(fc.constant(0), fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff_ffff }))
  return fc.tuple(word, word, word, word).map((words) => IpAddress.fromIpv6Words(...words))
}

/** An address of either version. */
export function ipAddress(): fc.Arbitrary<IpAddress> {
  return fc.oneof({ weight: 3, arbitrary: ipv4Address() }, { weight: 1, arbitrary: ipv6Address() })
}
