/** What kind of flow log can carry a field. */
export type FlowLogKind = 'vpc' | 'transit-gateway'

/**
 * How a field's text is read.
 *
 * - `int32`: 0 to 2^31-1, a `number`
 * - `int64`: 0 to 2^63-1, a `bigint`
 * - `seconds`: Unix time in seconds, 0 to 2^53-1, a `number`
 * - `address`: an IPv4 or IPv6 address, kept as the text that was written
 * - `string`: any other text, never refused
 */
export type FieldDecoder = 'int32' | 'int64' | 'seconds' | 'address' | 'string'

/** One field that a flow log can carry. */
export interface FlowLogField {
  /** AWS's spelling, as in `${pkt-srcaddr}` and in the header line of a file. */
  readonly name: FlowLogFieldName
  /** The flow-log version that brought the field. */
  readonly version: number
  /** The column type of AWS's own table definition for Athena. */
  readonly hiveType: 'int' | 'bigint' | 'string'
  /** The type in Parquet files that AWS delivers. */
  readonly parquetType: 'INT32' | 'INT64' | 'STRING'
  readonly decoder: FieldDecoder
  readonly appliesTo: readonly FlowLogKind[]
  readonly description: string
}

/**
 * Every field of VPC flow logs (54, versions 2 to 11) and of transit gateway flow logs (18 more, all of version 6), by
 * version and in AWS's order: version, decoder, kind of flow log, meaning. DDL, formatter, parser and generators derive
 * from this table.
 *
 * Source: Amazon VPC user guide, "Flow log records" (versions 2 to 5 and 7 to 11); Transit Gateway guide, "Transit
 * Gateway Flow Log records" (version 6).
 */
const CATALOGUE = {
  version: [2, 'int32', 'both', 'Highest version among the fields of the format; 2 for the default format'],
  'account-id': [2, 'string', 'both', 'Account that owns the source network interface, or `unknown`'],
  'interface-id': [2, 'string', 'vpc', 'Network interface of the record; absent for a regional NAT gateway'],
  srcaddr: [2, 'address', 'both', "Source address; for outgoing traffic the interface's primary address"],
  dstaddr: [2, 'address', 'both', "Destination address; for incoming traffic the interface's primary address"],
  srcport: [2, 'int32', 'both', 'Source port'],
  dstport: [2, 'int32', 'both', 'Destination port'],
  protocol: [2, 'int32', 'both', 'IANA protocol number'],
  packets: [2, 'int64', 'both', 'Packets in the aggregation interval'],
  bytes: [2, 'int64', 'both', 'Bytes in the aggregation interval'],
  start: [2, 'seconds', 'both', 'When the first packet of the interval was received, Unix seconds'],
  end: [2, 'seconds', 'both', 'When the last packet of the interval was received, Unix seconds'],
  action: [2, 'string', 'vpc', 'ACCEPT or REJECT'],
  'log-status': [2, 'string', 'both', 'OK, NODATA or SKIPDATA'],

  'vpc-id': [3, 'string', 'vpc', 'VPC of the network interface'],
  'subnet-id': [3, 'string', 'vpc', 'Subnet of the network interface'],
  'instance-id': [3, 'string', 'vpc', 'Instance of the network interface; absent for requester-managed interfaces'],
  'tcp-flags': [3, 'int32', 'both', 'FIN 1, SYN 2, RST 4, SYN-ACK 18, combined by OR over the interval'],
  type: [3, 'string', 'both', 'IPv4, IPv6 or EFA'],
  'pkt-srcaddr': [3, 'address', 'vpc', 'Source address in the packet itself'],
  'pkt-dstaddr': [3, 'address', 'vpc', 'Destination address in the packet itself'],

  region: [4, 'string', 'both', 'Region of the network interface'],
  'az-id': [4, 'string', 'vpc', 'Availability Zone id, such as use1-az1'],
  'sublocation-type': [4, 'string', 'vpc', 'wavelength, outpost or localzone'],
  'sublocation-id': [4, 'string', 'vpc', 'Id of the sublocation'],

  'pkt-src-aws-service': [5, 'string', 'both', 'AWS service whose address range holds pkt-srcaddr'],
  'pkt-dst-aws-service': [5, 'string', 'both', 'AWS service whose address range holds pkt-dstaddr'],
  'flow-direction': [5, 'string', 'both', 'ingress or egress, seen from the network interface'],
  'traffic-path': [5, 'int32', 'vpc', 'Path of outgoing traffic, 1 to 8; absent for incoming traffic'],

  'resource-type': [6, 'string', 'transit-gateway', 'TransitGateway or TransitGatewayAttachment'],
  'tgw-id': [6, 'string', 'transit-gateway', 'Transit gateway'],
  'tgw-attachment-id': [6, 'string', 'transit-gateway', 'Attachment of the transit gateway'],
  'tgw-src-vpc-account-id': [6, 'string', 'transit-gateway', 'Account of the source VPC'],
  'tgw-dst-vpc-account-id': [6, 'string', 'transit-gateway', 'Account of the destination VPC'],
  'tgw-src-vpc-id': [6, 'string', 'transit-gateway', 'Source VPC'],
  'tgw-dst-vpc-id': [6, 'string', 'transit-gateway', 'Destination VPC'],
  'tgw-src-subnet-id': [6, 'string', 'transit-gateway', 'Subnet of the source'],
  'tgw-dst-subnet-id': [6, 'string', 'transit-gateway', 'Subnet of the destination'],
  'tgw-src-eni': [6, 'string', 'transit-gateway', 'Attachment interface on the source side'],
  'tgw-dst-eni': [6, 'string', 'transit-gateway', 'Attachment interface on the destination side'],
  'tgw-src-az-id': [6, 'string', 'transit-gateway', 'Availability Zone id of the source'],
  'tgw-dst-az-id': [6, 'string', 'transit-gateway', 'Availability Zone id of the destination'],
  'tgw-pair-attachment-id': [6, 'string', 'transit-gateway', 'The other attachment of the flow'],
  'packets-lost-no-route': [6, 'int64', 'transit-gateway', 'Packets lost because no route was found'],
  'packets-lost-blackhole': [6, 'int64', 'transit-gateway', 'Packets lost to a blackhole route'],
  'packets-lost-mtu-exceeded': [6, 'int64', 'transit-gateway', 'Packets lost because they exceeded the MTU'],
  'packets-lost-ttl-expired': [6, 'int64', 'transit-gateway', 'Packets lost because their TTL expired'],

  'ecs-cluster-arn': [7, 'string', 'vpc', 'ECS cluster'],
  'ecs-cluster-name': [7, 'string', 'vpc', 'Name of the ECS cluster'],
  'ecs-container-instance-arn': [7, 'string', 'vpc', 'ECS container instance'],
  'ecs-container-instance-id': [7, 'string', 'vpc', 'Id of the ECS container instance'],
  'ecs-container-id': [7, 'string', 'vpc', 'Docker runtime id of the first container'],
  'ecs-second-container-id': [7, 'string', 'vpc', 'Docker runtime id of the second container'],
  'ecs-service-name': [7, 'string', 'vpc', 'Name of the ECS service'],
  'ecs-task-definition-arn': [7, 'string', 'vpc', 'ECS task definition'],
  'ecs-task-arn': [7, 'string', 'vpc', 'ECS task'],
  'ecs-task-id': [7, 'string', 'vpc', 'Id of the ECS task'],

  'reject-reason': [8, 'string', 'vpc', 'BPA (Block Public Access) or EC (encryption controls at a VPC endpoint)'],
  'resource-id': [9, 'string', 'vpc', 'Resource that has no interface of its own, such as a regional NAT gateway'],
  'encryption-status': [10, 'int32', 'vpc', '0 not encrypted, 1 by Nitro, 2 by the application, 3 by both'],

  'instance-tag': [11, 'string', 'vpc', 'Value of the first chosen tag of the instance, percent-encoded'],
  'instance-tag-2': [11, 'string', 'vpc', 'Value of the second chosen tag of the instance'],
  'interface-tag': [11, 'string', 'vpc', 'Value of the first chosen tag of the network interface'],
  'interface-tag-2': [11, 'string', 'vpc', 'Value of the second chosen tag of the network interface'],
  'asg-tag': [11, 'string', 'vpc', 'Value of the first chosen tag of the Auto Scaling group'],
  'asg-tag-2': [11, 'string', 'vpc', 'Value of the second chosen tag of the Auto Scaling group'],
  'interface-type': [11, 'string', 'vpc', 'Type of the network interface, such as nat_gateway'],
  'next-hop-interface-id': [11, 'string', 'vpc', 'Interface that receives (egress) or sent (ingress) the traffic'],
  'next-hop-subnet-id': [11, 'string', 'vpc', 'Subnet of the next hop'],
  'next-hop-az-id': [11, 'string', 'vpc', 'Availability Zone id of the next hop'],
  'next-hop-vpc-id': [11, 'string', 'vpc', 'VPC of the next hop'],
  'next-hop-interface-type': [11, 'string', 'vpc', 'Type of the next hop interface'],
} as const

type Catalogue = typeof CATALOGUE

/** The name of a catalogued field, in AWS's spelling. */
export type FlowLogFieldName = keyof Catalogue

/** How the text of a catalogued field is read. */
export type DecoderOf<Name extends FlowLogFieldName> = Catalogue[Name][1]

const APPLIES_TO: Readonly<Record<FlowLogKind | 'both', readonly FlowLogKind[]>> = {
  vpc: ['vpc'],
  'transit-gateway': ['transit-gateway'],
  both: ['vpc', 'transit-gateway'],
}

const COLUMN_TYPES: Readonly<Record<FieldDecoder, Pick<FlowLogField, 'hiveType' | 'parquetType'>>> = {
  int32: { hiveType: 'int', parquetType: 'INT32' },
  int64: { hiveType: 'bigint', parquetType: 'INT64' },
  seconds: { hiveType: 'bigint', parquetType: 'INT64' },
  address: { hiveType: 'string', parquetType: 'STRING' },
  string: { hiveType: 'string', parquetType: 'STRING' },
}

/** AWS's tables make `protocol` a bigint although its Parquet files hold 32 bits. */
const HIVE_TYPE_EXCEPTIONS: Readonly<Partial<Record<FlowLogFieldName, FlowLogField['hiveType']>>> = {
  protocol: 'bigint',
}

function catalogueEntry(name: FlowLogFieldName): FlowLogField {
  const [version, decoder, kind, description] = CATALOGUE[name]
  const { hiveType, parquetType } = COLUMN_TYPES[decoder]
  return Object.freeze({
    name,
    version,
    hiveType: HIVE_TYPE_EXCEPTIONS[name] ?? hiveType,
    parquetType,
    decoder,
    appliesTo: APPLIES_TO[kind],
    description,
  })
}

/** The 72 catalogued fields: 54 of VPC flow logs and 18 that only transit gateways have. */
export const FLOW_LOG_FIELDS: readonly FlowLogField[] = Object.freeze(
  (Object.keys(CATALOGUE) as FlowLogFieldName[]).map(catalogueEntry),
)

const BY_NAME: ReadonlyMap<string, FlowLogField> = new Map(FLOW_LOG_FIELDS.map((entry) => [entry.name, entry]))

/** The catalogue's entry for a field name in AWS's spelling, or undefined for a field that AWS has not documented. */
export function flowLogField(name: FlowLogFieldName): FlowLogField
export function flowLogField(name: string): FlowLogField | undefined
export function flowLogField(name: string): FlowLogField | undefined {
  return BY_NAME.get(name)
}
