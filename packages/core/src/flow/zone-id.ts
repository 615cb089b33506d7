import type { NetworkInterface } from '../topology/topology.ts'

/** The Availability Zone id that records show of an ENI: none for one in a Local Zone, a Wavelength Zone or an Outpost. */
export function zoneId({ subnet: { availabilityZone } }: NetworkInterface): string | undefined {
  return availabilityZone.kind === 'availability-zone' ? availabilityZone.id : undefined
}
