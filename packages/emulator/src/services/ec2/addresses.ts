import type {
  Address,
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { selectRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue, missingParameter } from './ec2-errors.ts'
import type { AddressRow, NetworkInterfaceRow } from './ec2-rows.ts'
import { nextPublicAddress } from './public-addresses.ts'
import { existing, notFound } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** Elastic addresses. */
export function addressOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId, region } = context
  const instanceOf = ({ association }: AddressRow): string | undefined =>
    association && tables.networkInterfaces.get(association.networkInterfaceId)?.attachment?.instanceId
  const output = (row: AddressRow): Address => ({
    AllocationId: row.allocationId,
    PublicIp: row.publicIp,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: row.networkBorderGroup,
    InstanceId: instanceOf(row),
    ...(row.association && {
      AssociationId: row.association.associationId,
      NetworkInterfaceId: row.association.networkInterfaceId,
      NetworkInterfaceOwnerId: accountId,
      PrivateIpAddress: row.association.privateIpAddress,
    }),
    Tags: tags.list(row.allocationId),
  })
  const byRequest = (allocationId: string | undefined, publicIp: string | undefined): AddressRow => {
    if (allocationId) return existing('address', tables.addresses, allocationId)
    if (!publicIp) throw missingParameter('AllocationId')
    const found = [...tables.addresses.values()].find((row) => row.publicIp === publicIp)
    if (!found) throw new ServiceError('InvalidAddress.NotFound', `Address '${publicIp}' not found.`)
    return found
  }
  const freed = ({ association: _, ...row }: AddressRow): AddressRow => row

  const allocate: Operation<AllocateAddressRequest, AllocateAddressResult> = {
    acts: ['Address', 'TagSpecifications'],
    ignores: ['Domain', 'NetworkBorderGroup', 'PublicIpv4Pool'],
    handle: ({ TagSpecifications, Address: wanted }) => {
      checkTagSpecifications(TagSpecifications, ['address'])
      if (wanted !== undefined && [...tables.addresses.values()].some(({ publicIp }) => publicIp === wanted)) {
        throw new ServiceError('InvalidAddress.InUse', `The address ${wanted} is allocated already.`)
      }
      const allocationId = ids.next('eipalloc')
      const row = { allocationId, publicIp: wanted ?? nextPublicAddress(context), networkBorderGroup: region }
      tables.addresses.put(allocationId, row)
      tags.apply(allocationId, 'address', TagSpecifications)
      return {
        AllocationId: allocationId,
        PublicIp: row.publicIp,
        Domain: 'vpc',
        PublicIpv4Pool: 'amazon',
        NetworkBorderGroup: region,
      }
    },
  }
  const associate: Operation<AssociateAddressRequest, AssociateAddressResult> = {
    acts: ['AllocationId', 'PublicIp', 'InstanceId', 'NetworkInterfaceId', 'PrivateIpAddress', 'AllowReassociation'],
    handle: (input) => {
      const row = byRequest(input.AllocationId, input.PublicIp)
      const target = targetInterface(context, input)
      const privateIpAddress = input.PrivateIpAddress ?? target.privateIpAddresses[0]?.privateIpAddress
      const { networkInterfaceId, vpcId } = target
      if (!target.privateIpAddresses.some((each) => each.privateIpAddress === privateIpAddress) || !privateIpAddress) {
        throw invalidValue(
          `Invalid value '${privateIpAddress ?? ''}' for privateIpAddress. It is not assigned to interface ${networkInterfaceId}`,
        )
      }
      if (![...tables.internetGateways.values()].some((gateway) => gateway.vpcId === vpcId)) {
        throw new ServiceError('Gateway.NotAttached', `Network ${vpcId} is not attached to any internet gateway`)
      }
      const isSame =
        row.association?.networkInterfaceId === networkInterfaceId &&
        row.association.privateIpAddress === privateIpAddress
      if (isSame) return { AssociationId: row.association?.associationId }
      if (row.association?.holder !== undefined || (row.association && input.AllowReassociation === false)) {
        throw new ServiceError(
          'Resource.AlreadyAssociated',
          `resource ${row.allocationId} is already associated with associate-id ${row.association.associationId}`,
        )
      }
      for (const other of [...tables.addresses.values()]) {
        if (other.association?.networkInterfaceId !== networkInterfaceId) continue
        if (other.association.privateIpAddress === privateIpAddress) {
          if (other.association.holder !== undefined) throw heldBySomeone(other)
          tables.addresses.put(other.allocationId, freed(other))
        }
      }
      // The address that Amazon lent goes back when an elastic one takes its place.
      tables.networkInterfaces.put(networkInterfaceId, {
        ...target,
        privateIpAddresses: target.privateIpAddresses.map((each) =>
          each.privateIpAddress === privateIpAddress ? { privateIpAddress } : each,
        ),
      })
      const associationId = ids.next('eipassoc')
      tables.addresses.put(row.allocationId, {
        ...row,
        association: { associationId, networkInterfaceId, privateIpAddress },
      })
      return { AssociationId: associationId }
    },
  }
  const disassociate: Operation<DisassociateAddressRequest, object> = {
    acts: ['AssociationId', 'PublicIp'],
    handle: ({ AssociationId, PublicIp }) => {
      if (!AssociationId && !PublicIp) throw missingParameter('AssociationId')
      const row = AssociationId
        ? [...tables.addresses.values()].find(({ association }) => association?.associationId === AssociationId)
        : byRequest(undefined, PublicIp)
      if (!row) {
        throw new ServiceError('InvalidAssociationID.NotFound', `The association ID '${AssociationId}' does not exist`)
      }
      if (row.association?.holder !== undefined) throw heldBySomeone(row)
      tables.addresses.put(row.allocationId, freed(row))
      return {}
    },
  }
  const release: Operation<ReleaseAddressRequest, object> = {
    acts: ['AllocationId', 'PublicIp'],
    ignores: ['NetworkBorderGroup'],
    handle: ({ AllocationId, PublicIp }) => {
      const row = byRequest(AllocationId, PublicIp)
      if (row.association) {
        throw new ServiceError('InvalidIPAddress.InUse', `Address ${row.publicIp} is in use.`)
      }
      tables.addresses.delete(row.allocationId)
      tags.forget(row.allocationId)
      return {}
    },
  }
  const describe: Operation<DescribeAddressesRequest, DescribeAddressesResult> = {
    acts: ['Filters', 'AllocationIds', 'PublicIps'],
    handle: ({ Filters, AllocationIds, PublicIps }) => {
      for (const publicIp of PublicIps ?? []) byRequest(undefined, publicIp)
      const rows = selectRows(
        {
          kind: 'address',
          rows: tables.addresses.values(),
          id: (row) => row.allocationId,
          filters: {
            'allocation-id': (row) => row.allocationId,
            'association-id': (row) => row.association?.associationId,
            domain: () => 'vpc',
            'instance-id': instanceOf,
            'network-border-group': (row) => row.networkBorderGroup,
            'network-interface-id': (row) => row.association?.networkInterfaceId,
            'network-interface-owner-id': (row) => row.association && accountId,
            'private-ip-address': (row) => row.association?.privateIpAddress,
            'public-ip': (row) => row.publicIp,
          },
          ids: AllocationIds,
          tags,
        },
        Filters,
      )
      return {
        Addresses: rows.filter(({ publicIp }) => !PublicIps?.length || PublicIps.includes(publicIp)).map(output),
      }
    },
  }
  /** Terraform asks for the reverse names of addresses; none has one. */
  const describeAttribute: Operation<DescribeAddressesAttributeRequest, DescribeAddressesAttributeResult> = {
    acts: ['AllocationIds', 'Attribute'],
    ignores: ['MaxResults', 'NextToken'],
    handle: ({ AllocationIds }) => {
      const missing = (AllocationIds ?? []).filter((id) => !tables.addresses.has(id))
      if (missing.length > 0) throw notFound('address', missing)
      return { Addresses: [] }
    },
  }
  return {
    AllocateAddress: allocate,
    AssociateAddress: associate,
    DisassociateAddress: disassociate,
    ReleaseAddress: release,
    DescribeAddresses: describe,
    DescribeAddressesAttribute: describeAttribute,
  }
}

function heldBySomeone(row: AddressRow): ServiceError {
  return new ServiceError(
    'AuthFailure',
    `You do not have permission to access the specified resource: ${row.publicIp} belongs to ${row.association?.holder ?? ''}.`,
  )
}

function targetInterface(
  { tables }: Ec2Context,
  { InstanceId, NetworkInterfaceId }: AssociateAddressRequest,
): NetworkInterfaceRow {
  if (NetworkInterfaceId) {
    const row = existing('networkInterface', tables.networkInterfaces, NetworkInterfaceId)
    if (row.requesterManaged) {
      throw new ServiceError('AuthFailure', 'You do not have permission to access the specified resource.')
    }
    return row
  }
  if (!InstanceId) throw missingParameter('InstanceId')
  const instance = existing('instance', tables.instances, InstanceId)
  const own = [...tables.networkInterfaces.values()].filter((row) => row.attachment?.instanceId === InstanceId)
  const [first] = own
  if (!first) {
    throw new ServiceError(
      'IncorrectInstanceState',
      `The instance '${instance.instanceId}' is not in a valid state for this operation: ${instance.state}`,
    )
  }
  if (own.length > 1) {
    throw new ServiceError(
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${InstanceId}'. Please specify an interface ID for the operation instead.`,
    )
  }
  return first
}
