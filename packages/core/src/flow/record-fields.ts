import type { FlowLogFieldName } from '@flowtap/parser'
import type { Instance, NetworkInterface } from '../topology/topology.ts'
import type { AddressWords } from './address-words.ts'
import type { FieldSource } from './field-source.ts'
import type { FlowRow } from './flow-row.ts'
import {
  BLOCK_PUBLIC_ACCESS_RECORDS_HAVE_BYTES,
  ENCRYPTION_STATUS_WITHOUT_CONTROLS,
  SERVICE_INTERFACE_ACCOUNT_ID,
} from './record-assumptions.ts'
import { highestVersion } from './record-version.ts'
import { tagValue } from './tag-value.ts'
import type { TransitGatewayField } from './transit-gateway-fields.ts'
import { zoneId } from './zone-id.ts'

/** The fields that VPC flow logs can have. */
export type VpcField = Exclude<FlowLogFieldName, TransitGatewayField>

type Source = FieldSource<FlowRow>

const ABSENT: Source = { kind: 'absent' }

const SUBLOCATION_TYPES = {
  'availability-zone': undefined,
  'local-zone': 'localzone',
  'wavelength-zone': 'wavelength',
  outpost: 'outpost',
} as const

/**
 * What stands in each field of a VPC flow log's record. Source: VPC user guide, "Flow log records"; the comments name what is not told
 * by the field's description there.
 */
export const VPC_FIELDS: Readonly<Record<VpcField, Source>> = {
  version: { kind: 'fixed', value: highestVersion },
  'account-id': ofInterface(({ isRequesterManaged, ownerId }) =>
    isRequesterManaged && SERVICE_INTERFACE_ACCOUNT_ID === 'unknown' ? 'unknown' : ownerId,
  ),
  'interface-id': ofInterface(({ id }) => id),
  // The ENI's own side shows its primary private IPv4 address, whatever address of it (or of somebody behind it) the packet has; a foreign
  // source is not replaced on its way in ("Flow log limitations").
  srcaddr: { kind: 'address', value: (row) => (row.direction === 'egress' ? ownAddress(row, row.source) : row.source) },
  dstaddr: {
    kind: 'address',
    value: (row) => (row.direction === 'ingress' ? ownAddress(row, row.destination) : row.destination),
  },
  srcport: ofNumber(({ sourcePort }) => sourcePort),
  dstport: ofNumber(({ destinationPort }) => destinationPort),
  protocol: ofNumber(({ protocol }) => protocol),
  packets: ofNumber(({ packets }) => packets),
  bytes: ofNumber(({ bytes, rejectReason }) =>
    rejectReason === 'BPA' && !BLOCK_PUBLIC_ACCESS_RECORDS_HAVE_BYTES ? -1 : bytes,
  ),
  start: ofNumber(({ startSeconds }) => startSeconds),
  end: ofNumber(({ endSeconds }) => endSeconds),
  action: ofText(({ action }) => action),
  'log-status': ofText(({ logStatus }) => logStatus),

  'vpc-id': ofInterface(({ vpc }) => vpc.id),
  'subnet-id': ofInterface(({ subnet }) => subnet.id),
  'instance-id': ofInterface((networkInterface) => instanceOf(networkInterface)?.id),
  'tcp-flags': ofNumber(({ tcpFlags }) => tcpFlags),
  type: ofText(({ source }) => (source.version === 4 ? 'IPv4' : 'IPv6')),
  'pkt-srcaddr': { kind: 'address', value: ({ source }) => source },
  'pkt-dstaddr': { kind: 'address', value: ({ destination }) => destination },

  region: ofInterface(({ vpc }) => vpc.region),
  'az-id': ofInterface(zoneId),
  'sublocation-type': ofInterface(({ subnet }) => SUBLOCATION_TYPES[subnet.availabilityZone.kind]),
  'sublocation-id': ofInterface(({ subnet }) => subnet.availabilityZone.sublocationId),

  'pkt-src-aws-service': { kind: 'text', value: ({ source }, { services }) => services.serviceOf(source) },
  'pkt-dst-aws-service': { kind: 'text', value: ({ destination }, { services }) => services.serviceOf(destination) },
  'flow-direction': ofText(({ direction }) => direction),
  'traffic-path': ofNumber(({ direction, nextHop }) => {
    const path = direction === 'egress' ? (nextHop?.trafficPath ?? 0) : 0
    return path === 0 ? -1 : path
  }),

  // Of Amazon ECS tasks; a design has none.
  'ecs-cluster-arn': ABSENT,
  'ecs-cluster-name': ABSENT,
  'ecs-container-instance-arn': ABSENT,
  'ecs-container-instance-id': ABSENT,
  'ecs-container-id': ABSENT,
  'ecs-second-container-id': ABSENT,
  'ecs-service-name': ABSENT,
  'ecs-task-definition-arn': ABSENT,
  'ecs-task-arn': ABSENT,
  'ecs-task-id': ABSENT,

  'reject-reason': ofText(({ rejectReason }) => rejectReason),
  // Of regional NAT gateways, which a design refuses.
  'resource-id': ABSENT,
  'encryption-status': { kind: 'fixed', value: () => ENCRYPTION_STATUS_WITHOUT_CONTROLS },

  'instance-tag': ofInstanceTag(0),
  'instance-tag-2': ofInstanceTag(1),
  'interface-tag': ofInterfaceTag(0),
  'interface-tag-2': ofInterfaceTag(1),
  'asg-tag': ofAutoScalingGroupTag(0),
  'asg-tag-2': ofAutoScalingGroupTag(1),
  'interface-type': ofInterface(({ interfaceType }) => interfaceType),
  'next-hop-interface-id': ofNextHop(({ id }) => id),
  'next-hop-subnet-id': ofNextHop(({ subnet }) => subnet.id),
  'next-hop-az-id': ofNextHop(zoneId),
  'next-hop-vpc-id': ofNextHop(({ vpc }) => vpc.id),
  'next-hop-interface-type': ofNextHop(({ interfaceType }) => interfaceType),
}

function ownAddress({ networkInterface }: FlowRow, address: AddressWords): AddressWords {
  return address.version === 4 ? (networkInterface.addresses[0]?.address ?? address) : address
}

function instanceOf({ attachment, isRequesterManaged }: NetworkInterface): Instance | undefined {
  return attachment.kind === 'instance' && !isRequesterManaged ? attachment.instance : undefined
}

function ofInterface(value: (networkInterface: NetworkInterface) => string | undefined): Source {
  return { kind: 'interface', value }
}

function ofText(value: (row: FlowRow) => string | undefined): Source {
  return { kind: 'text', value }
}

function ofNumber(value: (row: FlowRow) => number): Source {
  return { kind: 'number', value }
}

function ofNextHop(value: (networkInterface: NetworkInterface) => string | undefined): Source {
  return ofText(({ nextHop }) => nextHop?.networkInterface && value(nextHop.networkInterface))
}

function ofInstanceTag(place: number): Source {
  return {
    kind: 'interface',
    value: (networkInterface, { tagKeys }) => tagValue(instanceOf(networkInterface)?.tags, tagKeys.instance[place]),
  }
}

function ofInterfaceTag(place: number): Source {
  return { kind: 'interface', value: ({ tags }, { tagKeys }) => tagValue(tags, tagKeys.networkInterface[place]) }
}

function ofAutoScalingGroupTag(place: number): Source {
  return {
    kind: 'interface',
    value: (networkInterface, { tagKeys }) =>
      tagValue(instanceOf(networkInterface)?.autoScalingGroup?.tags, tagKeys.autoScalingGroup[place]),
  }
}
