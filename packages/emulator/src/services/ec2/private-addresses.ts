import type {
  AssignIpv6AddressesRequest,
  AssignIpv6AddressesResult,
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  UnassignIpv6AddressesRequest,
  UnassignIpv6AddressesResult,
  UnassignPrivateIpAddressesRequest,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue, missingParameter } from './ec2-errors.ts'
import type { NetworkInterfaceRow } from './ec2-rows.ts'
import { ownInterface } from './network-interfaces.ts'
import { existing } from './resource-kinds.ts'
import { SubnetAddresses } from './subnet-addresses.ts'

/** Secondary private addresses of ENIs, and IPv6 addresses. */
export function privateAddressOperations(context: Ec2Context): ServiceOperations {
  const { tables, ids } = context
  const put = (row: NetworkInterfaceRow): void => tables.networkInterfaces.put(row.networkInterfaceId, row)
  const addressesFor = (row: NetworkInterfaceRow): SubnetAddresses =>
    new SubnetAddresses(tables, ids, existing('subnet', tables.subnets, row.subnetId))

  const assign: Operation<AssignPrivateIpAddressesRequest, AssignPrivateIpAddressesResult> = {
    acts: ['NetworkInterfaceId', 'PrivateIpAddresses', 'SecondaryPrivateIpAddressCount', 'AllowReassignment'],
    handle: ({ NetworkInterfaceId, PrivateIpAddresses = [], SecondaryPrivateIpAddressCount: count = 0, ...input }) => {
      const row = ownInterface(context, NetworkInterfaceId)
      if (PrivateIpAddresses.length === 0 && count === 0) throw missingParameter('privateIpAddress')
      if (input.AllowReassignment) {
        for (const other of [...tables.networkInterfaces.values()]) {
          if (other.networkInterfaceId === row.networkInterfaceId || other.subnetId !== row.subnetId) continue
          const kept = other.privateIpAddresses.filter(
            ({ privateIpAddress }, at) => at === 0 || !PrivateIpAddresses.includes(privateIpAddress),
          )
          if (kept.length < other.privateIpAddresses.length) put({ ...other, privateIpAddresses: kept })
        }
      }
      const free = addressesFor(row)
      const added = [
        ...PrivateIpAddresses.map((address) => free.take(address)),
        ...Array.from({ length: count }, () => free.next()),
      ]
      put({
        ...row,
        privateIpAddresses: [...row.privateIpAddresses, ...added.map((privateIpAddress) => ({ privateIpAddress }))],
      })
      return {
        NetworkInterfaceId,
        AssignedPrivateIpAddresses: added.map((PrivateIpAddress) => ({ PrivateIpAddress })),
      }
    },
  }
  const unassign: Operation<UnassignPrivateIpAddressesRequest, object> = {
    acts: ['NetworkInterfaceId', 'PrivateIpAddresses'],
    handle: ({ NetworkInterfaceId, PrivateIpAddresses = [] }) => {
      const row = ownInterface(context, NetworkInterfaceId)
      if (PrivateIpAddresses.length === 0) throw missingParameter('privateIpAddress')
      const [primary, ...secondaries] = row.privateIpAddresses
      for (const address of PrivateIpAddresses) {
        if (!secondaries.some(({ privateIpAddress }) => privateIpAddress === address)) {
          throw invalidValue(
            primary?.privateIpAddress === address
              ? `Cannot unassign the primary private IP address ${address} of interface ${NetworkInterfaceId}`
              : `Some of the specified addresses are not assigned to interface ${NetworkInterfaceId}`,
          )
        }
      }
      const isKept = ({ privateIpAddress }: { readonly privateIpAddress: string }): boolean =>
        !PrivateIpAddresses.includes(privateIpAddress)
      put({ ...row, privateIpAddresses: row.privateIpAddresses.filter(isKept) })
      for (const address of [...tables.addresses.values()]) {
        const { association, ...freed } = address
        if (association && association.networkInterfaceId === NetworkInterfaceId && !isKept(association)) {
          tables.addresses.put(address.allocationId, freed)
        }
      }
      return {}
    },
  }
  const assignIpv6: Operation<AssignIpv6AddressesRequest, AssignIpv6AddressesResult> = {
    acts: ['NetworkInterfaceId', 'Ipv6Addresses', 'Ipv6AddressCount'],
    handle: ({ NetworkInterfaceId, Ipv6Addresses = [], Ipv6AddressCount: count = 0 }) => {
      const row = ownInterface(context, NetworkInterfaceId)
      if (Ipv6Addresses.length === 0 && count === 0) throw missingParameter('ipv6Addresses')
      const free = addressesFor(row)
      const added = [
        ...Ipv6Addresses.map((address) => free.take(address)),
        ...Array.from({ length: count }, () => free.nextIpv6()),
      ]
      put({ ...row, ipv6Addresses: [...row.ipv6Addresses, ...added] })
      return { NetworkInterfaceId, AssignedIpv6Addresses: added }
    },
  }
  const unassignIpv6: Operation<UnassignIpv6AddressesRequest, UnassignIpv6AddressesResult> = {
    acts: ['NetworkInterfaceId', 'Ipv6Addresses'],
    handle: ({ NetworkInterfaceId, Ipv6Addresses = [] }) => {
      const row = ownInterface(context, NetworkInterfaceId)
      if (Ipv6Addresses.some((address) => !row.ipv6Addresses.includes(address))) {
        throw invalidValue(`Some of the specified addresses are not assigned to interface ${NetworkInterfaceId}`)
      }
      put({ ...row, ipv6Addresses: row.ipv6Addresses.filter((address) => !Ipv6Addresses.includes(address)) })
      return { NetworkInterfaceId, UnassignedIpv6Addresses: Ipv6Addresses }
    },
  }
  return {
    AssignPrivateIpAddresses: assign,
    UnassignPrivateIpAddresses: unassign,
    AssignIpv6Addresses: assignIpv6,
    UnassignIpv6Addresses: unassignIpv6,
  }
}
