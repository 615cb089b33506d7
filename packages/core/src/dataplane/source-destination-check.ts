import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { hasAddress } from './address-lookup.ts'
import { isLinkScopeSource } from './link-local-service.ts'
import { isHost } from './running.ts'
import type { SubnetRouter } from './subnet-router.ts'

/**
 * Whether source/destination check stops what a host sends: from an address that is not the interface's. A host that has no address yet
 * may ask the link for one. Source: EC2 user guide, "Elastic network interfaces", source/destination checking.
 */
export function failsSourceCheck(networkInterface: NetworkInterface, packet: Packet, router: SubnetRouter): boolean {
  if (!networkInterface.sourceDestinationCheck || hasAddress(networkInterface, packet.source)) return false
  const isAsking = isLinkScopeSource(packet.source)
  return !isAsking || router.pathTo(packet.destination).kind !== 'link-local-service'
}

/** Whether source/destination check stops what comes to a host: for an address that is not the interface's. */
export function failsDestinationCheck(networkInterface: NetworkInterface, packet: Packet): boolean {
  return (
    networkInterface.sourceDestinationCheck &&
    isHost(networkInterface) &&
    !hasAddress(networkInterface, packet.destination)
  )
}
