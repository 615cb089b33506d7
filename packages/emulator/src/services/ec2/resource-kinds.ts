import { ServiceError } from '../../wire/service-error.ts'

/** A kind of EC2's resources. */
export type ResourceKind =
  | 'vpc'
  | 'subnet'
  | 'routeTable'
  | 'internetGateway'
  | 'egressOnlyInternetGateway'
  | 'natGateway'
  | 'address'
  | 'securityGroup'
  | 'securityGroupRule'
  | 'networkAcl'
  | 'prefixList'
  | 'networkInterface'
  | 'instance'
  | 'volume'
  | 'keyPair'
  | 'launchTemplate'
  | 'image'
  | 'dhcpOptions'
  | 'vpcEndpoint'
  | 'vpcEndpointService'
  | 'vpcPeeringConnection'
  | 'transitGateway'
  | 'transitGatewayAttachment'
  | 'transitGatewayRouteTable'
  | 'flowLog'
  | 'trafficMirrorFilter'
  | 'trafficMirrorFilterRule'
  | 'trafficMirrorTarget'
  | 'trafficMirrorSession'

interface ResourceKindFacts {
  /** Of ids, without the hyphen. */
  readonly prefix: string
  /** In tag specifications and DescribeTags. */
  readonly type: string
  readonly notFound: string
  readonly malformed?: string
  /** The text for one that is not there; `'%'` is the id. */
  readonly text: string
}

/**
 * The kinds of resources that clients name by id: prefix, word of EC2's tags, and the error for one that does not exist. Source: EC2 API
 * reference, "Error codes"; the texts as clients show them in public issues.
 */
const FACTS: Readonly<Record<ResourceKind, ResourceKindFacts>> = {
  vpc: {
    prefix: 'vpc',
    type: 'vpc',
    notFound: 'InvalidVpcID.NotFound',
    malformed: 'InvalidVpcID.Malformed',
    text: "The vpc ID '%' does not exist",
  },
  subnet: {
    prefix: 'subnet',
    type: 'subnet',
    notFound: 'InvalidSubnetID.NotFound',
    malformed: 'InvalidSubnetID.Malformed',
    text: "The subnet ID '%' does not exist",
  },
  routeTable: {
    prefix: 'rtb',
    type: 'route-table',
    notFound: 'InvalidRouteTableID.NotFound',
    malformed: 'InvalidRouteTableId.Malformed',
    text: "The routeTable ID '%' does not exist",
  },
  internetGateway: {
    prefix: 'igw',
    type: 'internet-gateway',
    notFound: 'InvalidInternetGatewayID.NotFound',
    malformed: 'InvalidInternetGatewayId.Malformed',
    text: "The internetGateway ID '%' does not exist",
  },
  egressOnlyInternetGateway: {
    prefix: 'eigw',
    type: 'egress-only-internet-gateway',
    notFound: 'InvalidGatewayID.NotFound',
    text: "The egressOnlyInternetGateway ID '%' does not exist",
  },
  natGateway: {
    prefix: 'nat',
    type: 'natgateway',
    notFound: 'NatGatewayNotFound',
    malformed: 'NatGatewayMalformed',
    text: 'The Nat Gateway % was not found',
  },
  address: {
    prefix: 'eipalloc',
    type: 'elastic-ip',
    notFound: 'InvalidAllocationID.NotFound',
    text: "The allocation ID '%' does not exist",
  },
  securityGroup: {
    prefix: 'sg',
    type: 'security-group',
    notFound: 'InvalidGroup.NotFound',
    malformed: 'InvalidGroupId.Malformed',
    text: "The security group '%' does not exist",
  },
  securityGroupRule: {
    prefix: 'sgr',
    type: 'security-group-rule',
    notFound: 'InvalidSecurityGroupRuleId.NotFound',
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
    text: "The security group rule ID '%' does not exist",
  },
  networkAcl: {
    prefix: 'acl',
    type: 'network-acl',
    notFound: 'InvalidNetworkAclID.NotFound',
    malformed: 'InvalidNetworkAclId.Malformed',
    text: "The networkAcl ID '%' does not exist",
  },
  prefixList: {
    prefix: 'pl',
    type: 'prefix-list',
    notFound: 'InvalidPrefixListID.NotFound',
    malformed: 'InvalidPrefixListId.Malformed',
    text: "The prefix list ID '%' does not exist",
  },
  networkInterface: {
    prefix: 'eni',
    type: 'network-interface',
    notFound: 'InvalidNetworkInterfaceID.NotFound',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
    text: "The networkInterface ID '%' does not exist",
  },
  instance: {
    prefix: 'i',
    type: 'instance',
    notFound: 'InvalidInstanceID.NotFound',
    malformed: 'InvalidInstanceID.Malformed',
    text: "The instance ID '%' does not exist",
  },
  volume: {
    prefix: 'vol',
    type: 'volume',
    notFound: 'InvalidVolume.NotFound',
    malformed: 'InvalidParameterValue',
    text: "The volume '%' does not exist.",
  },
  keyPair: {
    prefix: 'key',
    type: 'key-pair',
    notFound: 'InvalidKeyPair.NotFound',
    text: "The key pair '%' does not exist",
  },
  launchTemplate: {
    prefix: 'lt',
    type: 'launch-template',
    notFound: 'InvalidLaunchTemplateId.NotFound',
    malformed: 'InvalidLaunchTemplateId.Malformed',
    text: 'The specified launch template, with template ID %, does not exist.',
  },
  image: { prefix: 'ami', type: 'image', notFound: 'InvalidAMIID.NotFound', text: "The image id '[%]' does not exist" },
  dhcpOptions: {
    prefix: 'dopt',
    type: 'dhcp-options',
    notFound: 'InvalidDhcpOptionID.NotFound',
    text: "The dhcpOption ID '%' does not exist",
  },
  vpcEndpoint: {
    prefix: 'vpce',
    type: 'vpc-endpoint',
    notFound: 'InvalidVpcEndpointId.NotFound',
    text: "The Vpc Endpoint Id '%' does not exist",
  },
  vpcEndpointService: {
    prefix: 'vpce-svc',
    type: 'vpc-endpoint-service',
    notFound: 'InvalidVpcEndpointServiceId.NotFound',
    text: "The VpcEndpointService Id '%' does not exist",
  },
  vpcPeeringConnection: {
    prefix: 'pcx',
    type: 'vpc-peering-connection',
    notFound: 'InvalidVpcPeeringConnectionID.NotFound',
    text: "The vpcPeeringConnection ID '%' does not exist",
  },
  transitGateway: {
    prefix: 'tgw',
    type: 'transit-gateway',
    notFound: 'InvalidTransitGatewayID.NotFound',
    text: 'Transit Gateway % was deleted or does not exist.',
  },
  transitGatewayAttachment: {
    prefix: 'tgw-attach',
    type: 'transit-gateway-attachment',
    notFound: 'InvalidTransitGatewayAttachmentID.NotFound',
    text: "Transit Gateway Attachment '%' was deleted or does not exist.",
  },
  transitGatewayRouteTable: {
    prefix: 'tgw-rtb',
    type: 'transit-gateway-route-table',
    notFound: 'InvalidRouteTableID.NotFound',
    text: "Transit Gateway Route Table '%' was deleted or does not exist.",
  },
  flowLog: {
    prefix: 'fl',
    type: 'vpc-flow-log',
    notFound: 'InvalidFlowLogId.NotFound',
    text: "The flow log ID '%' does not exist",
  },
  trafficMirrorFilter: {
    prefix: 'tmf',
    type: 'traffic-mirror-filter',
    notFound: 'InvalidTrafficMirrorFilterId.NotFound',
    text: "Traffic mirror filter '%' does not exist",
  },
  trafficMirrorFilterRule: {
    prefix: 'tmfr',
    type: 'traffic-mirror-filter-rule',
    notFound: 'InvalidTrafficMirrorFilterRuleId.NotFound',
    text: "Traffic mirror filter rule '%' does not exist",
  },
  trafficMirrorTarget: {
    prefix: 'tmt',
    type: 'traffic-mirror-target',
    notFound: 'InvalidTrafficMirrorTargetId.NotFound',
    text: "Traffic mirror target '%' does not exist",
  },
  trafficMirrorSession: {
    prefix: 'tms',
    type: 'traffic-mirror-session',
    notFound: 'InvalidTrafficMirrorSessionId.NotFound',
    text: "Traffic mirror session '%' does not exist",
  },
}

const BY_PREFIX: ReadonlyMap<string, ResourceKind> = new Map(
  (Object.keys(FACTS) as ResourceKind[]).map((kind) => [FACTS[kind].prefix, kind]),
)

/** EC2's word for a kind, e.g. `route-table`. */
export function resourceType(kind: ResourceKind): string {
  return FACTS[kind].type
}

/** The kind that an id's prefix means; undefined where no kind has it. */
export function kindOfId(id: string): ResourceKind | undefined {
  return BY_PREFIX.get(id.slice(0, id.lastIndexOf('-')))
}

/** The error for resources that do not exist, or whose ids are none of their kind. */
export function notFound(kind: ResourceKind, ids: readonly string[]): ServiceError {
  const { prefix, notFound: code, malformed, text } = FACTS[kind]
  const wrong = ids.find((id) => !new RegExp(`^${prefix}-[0-9a-z]+$`).test(id))
  if (wrong !== undefined && malformed) {
    return new ServiceError(malformed, `Invalid id: "${wrong}" (expecting "${prefix}-...")`)
  }
  if (ids.length > 1) {
    const plural = text.replace(/The (\w+) ID '%' does not exist\.?/, "The $1 IDs '%' do not exist")
    return new ServiceError(code, plural.replace('%', ids.join(', ')))
  }
  return new ServiceError(code, text.replace('%', ids[0] ?? ''))
}

/** The row of an id. @throws ServiceError where there is none. */
export function existing<Row extends object>(
  kind: ResourceKind,
  table: { get(key: string): Row | undefined },
  id: string | undefined,
): Row {
  const row = table.get(id ?? '')
  if (!row) throw notFound(kind, [id ?? ''])
  return row
}
