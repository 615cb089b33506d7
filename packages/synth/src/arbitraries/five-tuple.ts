import type { FiveTuple, IpAddress, IpVersion } from '@flowtap/core'
import fc from 'fast-check'
import { ipv4Address, ipv6Address } from './ip-address.ts'

/** Limits of {@link fiveTuple}. */
export interface FiveTupleConstraints {
  /** Either version unless given. */
  readonly version?: IpVersion
  /** IANA numbers to choose from; TCP, UDP, ICMP (of the version), GRE and ESP unless given. */
  readonly protocols?: readonly number[]
  /** Where the source comes from. */
  readonly source?: fc.Arbitrary<IpAddress>
  readonly destination?: fc.Arbitrary<IpAddress>
}

const WITH_PORTS: ReadonlySet<number> = new Set([6, 17])

/** A port: well-known ones, ephemeral ones, the ends of the range. */
export function port(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(22, 53, 80, 123, 443, 3389, 4789),
    fc.integer({ min: 32_768, max: 60_999 }),
    fc.nat({ max: 65_535 }),
  )
}

/** A 5-tuple: both addresses of one version, ports only where the protocol has them. */
export function fiveTuple(constraints: FiveTupleConstraints = {}): fc.Arbitrary<FiveTuple> {
  const of = (version: IpVersion): fc.Arbitrary<FiveTuple> => {
    const address = version === 4 ? ipv4Address() : ipv6Address()
    const protocols = constraints.protocols ?? [6, 17, version === 4 ? 1 : 58, 47, 50]
    return fc
      .record({
        source: constraints.source ?? address,
        destination: constraints.destination ?? address,
        protocol: fc.constantFrom(...protocols),
        sourcePort: port(),
        destinationPort: port(),
      })
      .filter(({ source, destination }) => source.version === destination.version)
      .map((tuple) => (WITH_PORTS.has(tuple.protocol) ? tuple : { ...tuple, sourcePort: 0, destinationPort: 0 }))
  }
  return constraints.version === undefined
    ? fc.oneof({ weight: 3, arbitrary: of(4) }, { weight: 1, arbitrary: of(6) })
    : of(constraints.version)
}
