// Data table
/** Something of AWS that a design might name and that is refused: by key, or by the value of a key. */
interface NotSimulated {
  /** Where the key stands: `*` for any name or index. */
  readonly at: string
  readonly keys: readonly string[]
  /** The values that are refused; without them the key itself is. */
  readonly values?: readonly string[]
  /** Two sentences: what is not simulated, and what to do instead. */
  readonly text: string
}

const VPN =
  'VPN and Direct Connect gateways are not simulated. Leave them out, or put a transit gateway or a peering in their place.'
const WAVELENGTH = 'Carrier gateways and local gateways are not simulated. Leave them out.'
const FIREWALL = 'Network Firewall is not simulated. Put an instance with sourceDestCheck: false in its place.'
const GATEWAY_LOAD_BALANCER_ROUTE =
  'Routes to Gateway Load Balancer endpoints are not simulated: only mirror sessions send there. Name an ENI or an instance.'
const PREFIX_DELEGATION =
  'Prefixes of ENIs are not simulated. List addresses in secondaryPrivateIpAddresses or ipv6Addresses.'
const PERMISSIONS = 'Permissions are not simulated: every endpoint and delivery is allowed. Leave the key out.'
const OTHER_ATTACHMENTS = 'Only VPC attachments of transit gateways are simulated. Use vpcAttachments.'
const HEALTH_CHECKS = 'Health checks are not simulated. Say healthy: false at a target that is down.'

/** What is refused by name, each with its reason. docs/design.md lists the same. */
export const NOT_SIMULATED: readonly NotSimulated[] = [
  {
    at: '',
    keys: ['vpnGateways', 'vpnConnections', 'customerGateways', 'directConnectGateways', 'clientVpnEndpoints'],
    text: VPN,
  },
  { at: '', keys: ['carrierGateways', 'localGateways'], text: WAVELENGTH },
  { at: '', keys: ['networkFirewalls', 'firewalls'], text: FIREWALL },
  { at: '', keys: ['coreNetworks', 'cloudWan'], text: 'AWS Cloud WAN is not simulated. Use transitGateways.' },
  { at: '', keys: ['routeServers'], text: 'Route servers are not simulated. Write static routes.' },
  {
    at: '',
    keys: ['ipams', 'ipamPools'],
    text: 'IP address management is not simulated. Write the blocks themselves.',
  },
  { at: '', keys: ['vpcLattice', 'serviceNetworks'], text: 'VPC Lattice is not simulated. Use vpcEndpoints.' },
  {
    at: '',
    keys: ['gatewayLoadBalancerEndpoints'],
    text: "Endpoints stand in their VPC. Write vpcEndpoints there, with vpcEndpointType: 'GatewayLoadBalancer'.",
  },
  {
    at: '',
    keys: ['ecsClusters', 'ecsServices'],
    text: 'ECS is not simulated: the ecs-* fields of flow logs stay empty. Use instances.',
  },
  {
    at: '',
    keys: ['trustedEntities', 'threatLists'],
    text: 'Lists of GuardDuty are no part of a design. Leave them out.',
  },
  { at: 'vpcs.*', keys: ['vpnGateway', 'vpnGateways', 'vgw'], text: VPN },
  { at: 'vpcs.*', keys: ['carrierGateway', 'carrierGateways', 'localGateway', 'localGateways'], text: WAVELENGTH },
  { at: 'vpcs.*', keys: ['networkFirewall', 'networkFirewalls'], text: FIREWALL },
  {
    at: 'vpcs.*',
    keys: ['encryptionControl', 'encryptionControls', 'vpcEncryptionControl'],
    text: 'VPC encryption controls are not simulated: encryption-status stays empty. Leave the key out.',
  },
  {
    at: 'vpcs.*',
    keys: ['dhcpOptions', 'dhcpOptionsSet'],
    text: 'DHCP option sets are not simulated: instances ask the Amazon resolver. Leave the key out.',
  },
  { at: 'vpcs.*', keys: ['routeServers'], text: 'Route servers are not simulated. Write static routes.' },
  {
    at: 'vpcs.*.subnets.*',
    keys: ['enableDns64'],
    text: 'DNS64 is not simulated: names have the addresses that they have. Leave the key out, and write addresses of 64:ff9b::/96.',
  },
  { at: 'vpcs.*.subnets.*', keys: ['mapCustomerOwnedIpOnLaunch', 'customerOwnedIpv4Pool'], text: WAVELENGTH },
  { at: 'vpcs.*.routeTables.*', keys: ['propagatingVgws', 'propagatingVpnGateways'], text: VPN },
  {
    at: 'vpcs.*.routeTables.*.routes.*',
    keys: ['vpcEndpoint', 'gatewayLoadBalancerEndpoint'],
    text: GATEWAY_LOAD_BALANCER_ROUTE,
  },
  { at: 'vpcs.*.routeTables.*.routes.*', keys: ['vpnGateway', 'virtualPrivateGateway'], text: VPN },
  { at: 'vpcs.*.routeTables.*.routes.*', keys: ['carrierGateway', 'localGateway'], text: WAVELENGTH },
  {
    at: 'vpcs.*.routeTables.*.routes.*',
    keys: ['coreNetwork'],
    text: 'AWS Cloud WAN is not simulated. Use a transit gateway.',
  },
  {
    at: 'vpcs.*.natGateways.*',
    keys: ['availabilityMode'],
    values: ['regional'],
    text: 'Regional NAT gateways are not simulated. Use a zonal one in a subnet of each zone, and leave availabilityMode out.',
  },
  {
    at: 'vpcs.*.natGateways.*',
    keys: ['availabilityZoneAddresses', 'vpc'],
    text: 'Regional NAT gateways are not simulated. Use a zonal one: name its subnet.',
  },
  {
    at: 'vpcs.*.vpcEndpoints.*',
    keys: ['vpcEndpointType'],
    values: ['Resource', 'ServiceNetwork'],
    text: 'Resource and service-network endpoints are not simulated. Use Gateway or Interface.',
  },
  { at: 'vpcs.*.vpcEndpoints.*', keys: ['policyDocument'], text: PERMISSIONS },
  {
    at: 'loadBalancers.*',
    keys: ['type'],
    values: ['application', 'classic'],
    text: 'Only Network Load Balancers are simulated. Leave type out, or leave the balancer out.',
  },
  {
    at: 'loadBalancers.*',
    keys: ['type'],
    values: ['gateway'],
    text: 'Gateway Load Balancers stand apart. Write it in gatewayLoadBalancers.',
  },
  {
    at: 'loadBalancers.*',
    keys: ['subnetMappings'],
    text: 'Mappings of subnets stand in subnets. Write subnets: [{ subnet, … }].',
  },
  {
    at: 'loadBalancers.*.listeners.*',
    keys: ['protocol'],
    values: ['HTTP', 'HTTPS', 'GENEVE', 'QUIC', 'TCP_QUIC'],
    text: 'Listeners of this protocol are not simulated. Use TCP, UDP, TCP_UDP or TLS.',
  },
  {
    at: 'targetGroups.*',
    keys: ['protocol'],
    values: ['HTTP', 'HTTPS', 'QUIC', 'TCP_QUIC'],
    text: 'Target groups of this protocol are not simulated. Use TCP, UDP, TCP_UDP, TLS or GENEVE.',
  },
  {
    at: 'targetGroups.*',
    keys: ['targetType'],
    values: ['alb', 'lambda'],
    text: 'Targets of this type are not simulated. Use instance or ip.',
  },
  {
    at: 'targetGroups.*',
    keys: ['healthCheck', 'healthCheckPort', 'healthCheckProtocol', 'healthCheckEnabled'],
    text: HEALTH_CHECKS,
  },
  {
    at: 'transitGateways.*',
    keys: ['vpnAttachments', 'connectAttachments', 'peeringAttachments', 'directConnectAttachments'],
    text: OTHER_ATTACHMENTS,
  },
  {
    at: 'transitGateways.*',
    keys: ['multicastSupport', 'multicastDomains'],
    text: 'Multicast is not simulated. Leave the key out.',
  },
  {
    at: 'transitGateways.*.vpcAttachments.*',
    keys: ['ipv6Support'],
    text: 'Attachments carry IPv6 wherever their VPC has it: the switch is not simulated. Leave the key out.',
  },
  {
    at: 'vpcPeeringConnections.*',
    keys: ['allowDnsResolutionFromRemoteVpc', 'requesterPeeringConnectionOptions', 'accepterPeeringConnectionOptions'],
    text: 'DNS resolution across a peering is not simulated: names resolve to public addresses. Leave the key out.',
  },
  {
    at: 'vpcPeeringConnections.*',
    keys: ['status'],
    text: 'Only active peering connections are simulated. Leave the connection out until it is active.',
  },
  {
    at: 'flowLogs.*',
    keys: ['logDestinationType'],
    values: ['kinesis-data-firehose'],
    text: 'Firehose as a destination is not simulated. Use s3 or cloud-watch-logs.',
  },
  {
    at: 'flowLogs.*',
    keys: ['regionalNatGateway', 'natGateway'],
    text: 'Flow logs of regional NAT gateways are not simulated. Name a vpc, subnet, networkInterface or transit gateway.',
  },
  { at: 'flowLogs.*', keys: ['deliverLogsPermissionArn', 'deliverCrossAccountRole', 'iamRoleArn'], text: PERMISSIONS },
  {
    at: 'networkInterfaces.*',
    keys: ['interfaceType'],
    values: ['trunk', 'branch', 'efa-only', 'load_balancer'],
    text: 'ENIs of this type are not simulated. Use interface, efa or lambda.',
  },
  {
    at: 'networkInterfaces.*',
    keys: ['interfaceType'],
    values: [
      'nat_gateway',
      'network_load_balancer',
      'transit_gateway',
      'vpc_endpoint',
      'gateway_load_balancer',
      'gateway_load_balancer_endpoint',
    ],
    text: 'ENIs of this type are made with their gateway, balancer or endpoint. Describe that, and leave the ENI out.',
  },
  {
    at: 'networkInterfaces.*',
    keys: ['ipv4Prefixes', 'ipv6Prefixes', 'ipv4PrefixCount', 'ipv6PrefixCount'],
    text: PREFIX_DELEGATION,
  },
  {
    at: 'instances.*',
    keys: ['ipv4Prefixes', 'ipv6Prefixes', 'ipv4PrefixCount', 'ipv6PrefixCount'],
    text: PREFIX_DELEGATION,
  },
  {
    at: 'detectors.*',
    keys: ['features', 'dataSources', 'datasources'],
    text: 'Protection plans of GuardDuty are not simulated: a detector reads flows and DNS queries. Leave the key out.',
  },
]

/** Why a key, or a key with that value, is refused by name; undefined where it is not in the table. */
export function notSimulatedText(keys: readonly (string | number)[], value: unknown): string | undefined {
  const key = keys.at(-1)
  const parent = keys.slice(0, -1)
  return NOT_SIMULATED.find(
    (entry) =>
      typeof key === 'string' &&
      entry.keys.includes(key) &&
      (!entry.values || (typeof value === 'string' && entry.values.includes(value))) &&
      matches(entry.at, parent),
  )?.text
}

function matches(pattern: string, keys: readonly (string | number)[]): boolean {
  const parts = pattern === '' ? [] : pattern.split('.')
  return parts.length === keys.length && parts.every((part, index) => part === '*' || part === keys[index])
}
