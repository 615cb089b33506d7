import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { Subnet } from '../topology/topology.ts'
import { AddressTable } from './address-table.ts'
import type { LinkLocalService } from './network-observer.ts'

/**
 * Addresses that mean the same in every subnet. ECS task metadata counts as instance metadata.
 * Sources: VPC user guide, "Amazon DNS server" and "Security groups"; EC2 user guide, "Instance metadata" and "Set the time".
 */
const SERVICES: AddressTable<LinkLocalService> = new AddressTable(
  (
    [
      ['169.254.169.253', 'amazon-dns'],
      ['fd00:ec2::253', 'amazon-dns'],
      ['169.254.169.254', 'instance-metadata'],
      ['fd00:ec2::254', 'instance-metadata'],
      ['169.254.170.2', 'instance-metadata'],
      ['169.254.169.123', 'time-sync'],
      ['fd00:ec2::123', 'time-sync'],
      ['169.254.169.250', 'windows-activation'],
      ['169.254.169.251', 'windows-activation'],
      ['255.255.255.255', 'dhcp'],
      ['ff02::1:2', 'dhcp'],
      ['fe80:ec2::1', 'vpc-router'],
    ] as const
  ).map(([text, service]) => [IpAddress.of(text), service]),
)

/** Ranges that no route reaches. Source: VPC user guide, "Subnet route tables". */
const UNROUTABLE: readonly CidrBlock[] = ['169.254.168.0/22', 'fd00:ec2::/32'].map((text) => CidrBlock.of(text))

/** Of IPv6, neighbour discovery and router advertisement live here; VPCs carry neither between hosts. */
const LINK_SCOPE: readonly CidrBlock[] = ['fe80::/10', 'ff02::/16'].map((text) => CidrBlock.of(text))

const UNSPECIFIED = IpAddress.fromIpv4Bits(0)
const RESOLVER_OFFSET = 2
const DHCP_SERVER_PORTS: readonly number[] = [67, 547]

/** A number of packets per second and interface to the link-local services together. Source: EC2 user guide, "DNS quotas". */
export const LINK_LOCAL_PACKETS_PER_SECOND = 1024

/**
 * The service behind an address as a host in the subnet sees it: Amazon DNS at the VPC's primary block + 2, the router at the subnet's
 * block + 1, and the link-local addresses. `none` stands for an address of theirs that is switched off or that only the link knows.
 */
export function linkLocalServiceAt(subnet: Subnet, address: IpAddress): LinkLocalService | 'none' | undefined {
  const service = SERVICES.get(address) ?? (isResolver(subnet, address) ? 'amazon-dns' : undefined)
  if (service === 'amazon-dns') return subnet.vpc.enableDnsSupport ? service : 'none'
  if (service !== undefined) return service
  if (subnet.routerAddress?.equals(address) || subnet.routerIpv6Address?.equals(address)) return 'vpc-router'
  return LINK_SCOPE.some((block) => block.contains(address)) ? 'none' : undefined
}

/** Whether the address lies in a range that routes do not forward, however wide they are. */
export function isUnroutable(address: IpAddress): boolean {
  return UNROUTABLE.some((block) => block.contains(address))
}

/**
 * The service that gets a packet to a service's address: the router's address is that of the DHCP server as well, and broadcasts that
 * are not for it go nowhere.
 */
export function serviceForPacket(service: LinkLocalService, packet: Packet): LinkLocalService | undefined {
  if (service !== 'vpc-router' && service !== 'dhcp') return service
  const isDhcp = packet.protocol === IP_PROTOCOL.udp && DHCP_SERVER_PORTS.includes(packet.destinationPort)
  return isDhcp ? 'dhcp' : service === 'dhcp' ? undefined : service
}

/** Whether a host that has no address yet sends from it: 0.0.0.0, or an IPv6 address of the link. */
export function isLinkScopeSource(address: IpAddress): boolean {
  return UNSPECIFIED.equals(address) || LINK_SCOPE.some((block) => block.contains(address))
}

/** Whether packets to the service count towards {@link LINK_LOCAL_PACKETS_PER_SECOND}. */
export function isRateLimited(service: LinkLocalService): boolean {
  return service !== 'dhcp' && service !== 'vpc-router'
}

function isResolver(subnet: Subnet, address: IpAddress): boolean {
  const base = subnet.vpc.cidrBlocks[0]?.network
  return base?.version === address.version && base.word3 + RESOLVER_OFFSET === address.word3
}
