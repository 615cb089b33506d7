import type { IpAddress } from './ip-address.ts'

/** What tells flows apart: addresses, protocol and ports. Ports are 0 for protocols that have none. */
export interface FiveTuple {
  readonly source: IpAddress
  readonly destination: IpAddress
  /** IANA protocol number. */
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
}

/** The same conversation seen from the other end. */
export function reverseFiveTuple(tuple: FiveTuple): FiveTuple {
  return {
    source: tuple.destination,
    destination: tuple.source,
    protocol: tuple.protocol,
    sourcePort: tuple.destinationPort,
    destinationPort: tuple.sourcePort,
  }
}

/** Whether two 5-tuples are the same in all five parts. */
export function equalFiveTuples(one: FiveTuple, other: FiveTuple): boolean {
  return (
    one.protocol === other.protocol &&
    one.sourcePort === other.sourcePort &&
    one.destinationPort === other.destinationPort &&
    one.source.equals(other.source) &&
    one.destination.equals(other.destination)
  )
}

/** `10.0.1.101:40112 → 198.51.100.7:443, protocol 6`; IPv6 addresses stand in brackets. For messages and labels, not for keys. */
export function formatFiveTuple({ source, destination, protocol, sourcePort, destinationPort }: FiveTuple): string {
  return `${endpoint(source, sourcePort)} → ${endpoint(destination, destinationPort)}, protocol ${protocol}`
}

function endpoint(address: IpAddress, port: number): string {
  return address.version === 4 ? `${address}:${port}` : `[${address}]:${port}`
}
