import type { TransitGatewayAttachment } from '../topology/topology.ts'
import type { FieldSource } from './field-source.ts'
import { LOSSES, type TransitGatewayRow } from './flow-row.ts'
import { highestVersion } from './record-version.ts'
import { zoneId } from './zone-id.ts'

/** The fields that only transit-gateway flow logs can have. */
export type TransitGatewayField =
  | 'resource-type'
  | 'tgw-id'
  | 'tgw-attachment-id'
  | `tgw-${'src' | 'dst'}-${'vpc-account-id' | 'vpc-id' | 'subnet-id' | 'eni' | 'az-id'}`
  | 'tgw-pair-attachment-id'
  | `packets-lost-${(typeof LOSSES)[number]}`

type SharedField =
  | 'version'
  | 'account-id'
  | 'srcaddr'
  | 'dstaddr'
  | 'srcport'
  | 'dstport'
  | 'protocol'
  | 'packets'
  | 'bytes'
  | 'start'
  | 'end'
  | 'log-status'
  | 'type'
  | 'tcp-flags'
  | 'region'
  | 'flow-direction'
  | 'pkt-src-aws-service'
  | 'pkt-dst-aws-service'

type Source = FieldSource<TransitGatewayRow>

/**
 * What stands in each field of a transit gateway's record. Source: Transit Gateway guide, "Transit Gateway Flow Log records".
 */
export const TRANSIT_GATEWAY_FIELDS: Readonly<Record<TransitGatewayField | SharedField, Source>> = {
  version: { kind: 'fixed', value: highestVersion },
  'resource-type': {
    kind: 'fixed',
    value: ({ resource }) =>
      resource.kind === 'transit-gateway-attachment' ? 'TransitGatewayAttachment' : 'TransitGateway',
  },
  'account-id': { kind: 'fixed', value: (_, { accountId }) => accountId },
  'tgw-id': ofText(({ sourceAttachment }) => sourceAttachment.transitGateway.id),
  'tgw-attachment-id': ofText((row) => place(row).attachment?.id),
  'tgw-src-vpc-account-id': ofText(({ sourceAttachment }) => sourceAttachment.vpc.ownerId),
  'tgw-dst-vpc-account-id': ofText(({ outAttachment }) => outAttachment?.vpc.ownerId),
  'tgw-src-vpc-id': ofText(({ sourceAttachment }) => sourceAttachment.vpc.id),
  'tgw-dst-vpc-id': ofText(({ outAttachment }) => outAttachment?.vpc.id),
  'tgw-src-subnet-id': ofText(({ sourceInterface }) => sourceInterface.subnet.id),
  'tgw-dst-subnet-id': ofText(({ outInterface }) => outInterface?.subnet.id),
  'tgw-src-eni': ofText(({ sourceInterface }) => sourceInterface.id),
  'tgw-dst-eni': ofText(({ outInterface }) => outInterface?.id),
  'tgw-src-az-id': ofText(({ sourceInterface }) => zoneId(sourceInterface)),
  'tgw-dst-az-id': ofText(({ outInterface }) => outInterface && zoneId(outInterface)),
  'tgw-pair-attachment-id': ofText((row) => place(row).pair?.id),
  srcaddr: { kind: 'address', value: ({ source }) => source },
  dstaddr: { kind: 'address', value: ({ destination }) => destination },
  srcport: ofNumber(({ sourcePort }) => sourcePort),
  dstport: ofNumber(({ destinationPort }) => destinationPort),
  protocol: ofNumber(({ protocol }) => protocol),
  packets: ofNumber(({ packets }) => packets),
  bytes: ofNumber(({ bytes }) => bytes),
  start: ofNumber(({ startSeconds }) => startSeconds),
  end: ofNumber(({ endSeconds }) => endSeconds),
  'log-status': ofText(({ logStatus }) => logStatus),
  type: ofText(({ source }) => (source.version === 4 ? 'IPv4' : 'IPv6')),
  'packets-lost-no-route': ofLoss('no-route'),
  'packets-lost-blackhole': ofLoss('blackhole'),
  'packets-lost-mtu-exceeded': ofLoss('mtu-exceeded'),
  'packets-lost-ttl-expired': ofLoss('ttl-expired'),
  'tcp-flags': ofNumber(({ tcpFlags }) => tcpFlags),
  region: { kind: 'fixed', value: (_, { region }) => region },
  'flow-direction': ofText(({ direction }) => direction),
  'pkt-src-aws-service': { kind: 'text', value: ({ source }, { services }) => services.serviceOf(source) },
  'pkt-dst-aws-service': { kind: 'text', value: ({ destination }, { services }) => services.serviceOf(destination) },
}

/** Where a flow was captured, and the attachment on its other end. */
export function place({ direction, sourceAttachment, outAttachment }: TransitGatewayRow): {
  readonly attachment: TransitGatewayAttachment | undefined
  readonly pair: TransitGatewayAttachment | undefined
} {
  return direction === 'ingress'
    ? { attachment: sourceAttachment, pair: outAttachment }
    : { attachment: outAttachment, pair: sourceAttachment }
}

function ofText(value: (row: TransitGatewayRow) => string | undefined): Source {
  return { kind: 'text', value }
}

function ofNumber(value: (row: TransitGatewayRow) => number): Source {
  return { kind: 'number', value }
}

function ofLoss(loss: (typeof LOSSES)[number]): Source {
  const counter = LOSSES.indexOf(loss)
  return ofNumber(({ lost }) => lost[counter] ?? 0)
}
