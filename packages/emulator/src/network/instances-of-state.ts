import type { InstanceDesign, InterfaceAddressDesign, Named, NetworkInterfaceDesign } from '@flowtap/core'
import type { NetworkInterfaceRow } from '../services/ec2/ec2-rows.ts'
import { named } from './named-resources.ts'
import type { StateIndex } from './state-index.ts'

/** Instances with their ENIs; terminated ones are gone. */
export function instancesOfState(index: StateIndex): Named<InstanceDesign> {
  return named(
    index.tables.instances.values(),
    ({ instanceId }) => instanceId,
    (row) => {
      const interfaces = index.interfacesByInstance.get(row.instanceId) ?? []
      if (row.state === 'terminated' || interfaces.length === 0) return undefined
      return {
        id: row.instanceId,
        tags: index.tagsOf(row.instanceId),
        instanceType: row.instanceType,
        platform: row.platform ?? 'linux',
        state: row.state,
        networkInterfaces: interfaces.map(({ networkInterfaceId }) => networkInterfaceId),
        ...(row.autoScalingGroupName !== undefined && { autoScalingGroup: row.autoScalingGroupName }),
      }
    },
  )
}

/** ENIs of instances, and those that services have made for themselves. */
export function networkInterfacesOfState(index: StateIndex): Named<NetworkInterfaceDesign> {
  return named(
    index.tables.networkInterfaces.values(),
    ({ networkInterfaceId }) => networkInterfaceId,
    (row) => (index.isInDesign(row.networkInterfaceId) ? interfaceOfState(index, row) : undefined),
  )
}

function interfaceOfState(index: StateIndex, row: NetworkInterfaceRow): NetworkInterfaceDesign {
  const [primary, ...secondaries] = row.privateIpAddresses
  const publicIp = primary && index.publicIpOf(row, primary.privateIpAddress)
  const type = row.interfaceType
  return {
    id: row.networkInterfaceId,
    tags: index.tagsOf(row.networkInterfaceId),
    subnet: row.subnetId,
    macAddress: row.macAddress,
    ...(type === 'efa' || type === 'lambda' ? { interfaceType: type } : {}),
    ...(primary && { privateIpAddress: primary.privateIpAddress }),
    ...(publicIp !== undefined && { publicIp }),
    ...(secondaries.length > 0 && {
      secondaryPrivateIpAddresses: secondaries.map(({ privateIpAddress }): InterfaceAddressDesign => {
        const address = index.publicIpOf(row, privateIpAddress)
        return address === undefined ? privateIpAddress : { privateIpAddress, publicIp: address }
      }),
    }),
    ...(row.ipv6Addresses.length > 0 && { ipv6Addresses: row.ipv6Addresses }),
    securityGroups: row.groupIds.map((id) => index.groupName(id)),
    sourceDestCheck: row.sourceDestCheck,
    ...(row.requesterManaged && {
      requesterManaged: true,
      ...(row.requesterId !== undefined && { requesterId: row.requesterId }),
    }),
    ...(row.connectionTracking && { connectionTrackingSpecification: row.connectionTracking }),
  }
}
