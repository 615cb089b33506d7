import { describe, expect, it } from 'vitest'
import { checkDesign } from './check-design.ts'
import { defineDesign } from './define-design.ts'
import { demoDesign } from './demo-design.ts'
import type { Design } from './design.ts'
import { DesignError, type DesignIssueCode, formatDesignIssue } from './design-issue.ts'

/** The demo design and beside it one of everything, so that each rule has something to break. */
function fullDesign(): Design {
  const demo = demoDesign()
  return {
    ...demo,
    availabilityZones: { 'us-west-2a': { zoneId: 'usw2-az2' } },
    vpcs: {
      ...demo.vpcs,
      main: {
        ...demo.vpcs.main,
        cidrBlocks: ['10.0.0.0/16', '10.3.0.0/16'],
        ipv6CidrBlocks: ['2001:db8:1234:1a00::/56'],
        egressOnlyInternetGateway: true,
        internetGateway: { routeTable: 'edge' },
        subnets: {
          ...demo.vpcs.main?.subnets,
          dual: {
            cidrBlock: '10.3.1.0/24',
            ipv6CidrBlock: '2001:db8:1234:1a01::/64',
            availabilityZone: 'us-west-2c',
            routeTable: 'dual',
            networkAcl: 'strict',
            assignIpv6AddressOnCreation: true,
          },
          tiny: { cidrBlock: '10.3.2.0/28', availabilityZone: 'us-west-2-lax-1a' },
        },
        routeTables: {
          ...demo.vpcs.main?.routeTables,
          edge: { routes: [{ destinationCidrBlock: '10.3.1.0/24', networkInterface: 'firewall' }] },
          dual: {
            routes: [
              { destinationCidrBlock: '::/0', egressOnlyInternetGateway: true },
              { destinationCidrBlock: '10.1.0.0/16', vpcPeeringConnection: 'main-to-second' },
              { destinationCidrBlock: '10.2.0.0/16', transitGateway: 'hub' },
              { destinationPrefixList: 'office', instance: 'demo' },
              { destinationCidrBlock: '10.9.0.0/16', blackhole: true },
            ],
          },
        },
        securityGroups: {
          ...demo.vpcs.main?.securityGroups,
          rules: {
            ingress: [
              { ipProtocol: 'tcp', fromPort: 22, toPort: 23, prefixList: 'office' },
              { ipProtocol: 'icmp', fromPort: 8, cidrBlock: '10.0.0.0/8' },
              { ipProtocol: 'all', self: true },
              { ipProtocol: 'tcp', fromPort: 80, securityGroup: 'second-web' },
            ],
            egress: [],
          },
        },
        networkAcls: {
          strict: {
            ingress: [
              {
                ruleNumber: 100,
                ruleAction: 'allow',
                protocol: 'tcp',
                portRange: { from: 22, to: 22 },
                cidrBlock: '10.0.0.0/8',
              },
              {
                ruleNumber: 110,
                ruleAction: 'deny',
                protocol: 'icmp',
                icmpTypeCode: { type: 8 },
                cidrBlock: '0.0.0.0/0',
              },
            ],
          },
        },
        vpcEndpoints: {
          ...demo.vpcs.main?.vpcEndpoints,
          ssm: {
            vpcEndpointType: 'Interface',
            serviceName: 'ssm',
            subnets: ['private-a', 'private-b'],
            securityGroups: ['search'],
          },
          inspect: {
            vpcEndpointType: 'GatewayLoadBalancer',
            gatewayLoadBalancer: 'inspection',
            subnets: ['private-b'],
          },
        },
      },
      second: {
        cidrBlocks: ['10.1.0.0/16'],
        subnets: {
          'second-a': { cidrBlock: '10.1.1.0/24', availabilityZone: 'us-west-2a' },
          'second-b': { cidrBlock: '10.1.2.0/24', availabilityZone: 'us-west-2b' },
        },
        securityGroups: { 'second-web': {} },
      },
      third: {
        cidrBlocks: ['10.2.0.0/16'],
        subnets: { 'third-a': { cidrBlock: '10.2.1.0/24', availabilityZone: 'us-west-2a' } },
      },
    },
    networkInterfaces: {
      ...demo.networkInterfaces,
      firewall: {
        subnet: 'public-a',
        privateIpAddress: '10.0.101.10',
        publicIp: '203.0.113.99',
        sourceDestCheck: false,
      },
      spare: { subnet: 'private-a', securityGroups: ['demo', 'rules'] },
    },
    instances: {
      ...demo.instances,
      firewall: { networkInterfaces: ['firewall'] },
      dual: { subnet: 'dual', autoScalingGroup: 'web', publicIp: true },
    },
    autoScalingGroups: { web: { tags: { tier: 'web' } } },
    prefixLists: { office: { entries: ['198.51.100.0/25', '203.0.113.0/26'], maxEntries: 5 } },
    loadBalancers: {
      sensors: {
        scheme: 'internal',
        subnets: ['private-a', 'private-b'],
        listeners: [{ protocol: 'UDP', port: 4789, targetGroup: 'sensors' }],
      },
    },
    targetGroups: {
      sensors: { protocol: 'UDP', port: 4789, vpc: 'main', targets: [{ instance: 'suricata' }] },
      appliances: { protocol: 'GENEVE', port: 6081, vpc: 'main', targets: [{ instance: 'suricata' }] },
    },
    gatewayLoadBalancers: {
      inspection: {
        subnets: ['private-a', { subnet: 'private-b' }],
        crossZoneEnabled: true,
        listeners: [{ targetGroup: 'appliances' }],
      },
    },
    transitGateways: {
      hub: {
        vpcAttachments: {
          'hub-main': { vpc: 'main', subnets: ['private-a', 'private-b'] },
          'hub-third': { vpc: 'third', subnets: ['third-a'] },
        },
        defaultRouteTable: { routes: [{ destinationCidrBlock: '10.9.0.0/16', blackhole: true }] },
      },
    },
    vpcPeeringConnections: { 'main-to-second': { vpc: 'main', peerVpc: 'second' } },
    vpcBlockPublicAccess: {
      internetGatewayBlockMode: 'block-bidirectional',
      exclusions: [{ vpc: 'main', internetGatewayExclusionMode: 'allow-bidirectional' }],
    },
    flowLogs: {
      ...demo.flowLogs,
      hub: { transitGateway: 'hub', logDestination: 's3://hub-logs/tgw' },
      rejects: { vpc: 'main', trafficType: 'REJECT', logGroupName: '/flow/main' },
    },
    trafficMirrorTargets: {
      ...demo.trafficMirrorTargets,
      fleet: { loadBalancer: 'sensors' },
      gateway: { gatewayLoadBalancerEndpoint: 'inspect' },
    },
    internetHosts: {
      google: { dnsNames: ['google.com'], addresses: ['142.250.217.78'], services: [{ protocol: 'tcp', port: 80 }] },
    },
    awsServiceRanges: [
      { ipPrefix: '52.218.128.0/17', service: 'S3' },
      { ipPrefix: '52.94.28.0/23', service: 'DYNAMODB' },
    ],
  }
}

/** A copy with another value at a place such as `vpcs.main.cidrBlocks[0]`; undefined takes the key away. */
function withValue(design: Design, path: string, value: unknown): unknown {
  const copy = structuredClone(design)
  const keys = path.replaceAll('[', '.').replaceAll(']', '').split('.')
  let parent = copy as unknown as Record<string, unknown>
  for (const key of keys.slice(0, -1)) {
    parent[key] ??= {}
    parent = parent[key] as Record<string, unknown>
  }
  const last = keys.at(-1) ?? ''
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

type Mistake = readonly [path: string, value: unknown, ...issues: (readonly [DesignIssueCode, path: string])[]]

const RULE = { ruleNumber: 100, ruleAction: 'accept', sourceCidrBlock: '0.0.0.0/0', destinationCidrBlock: '0.0.0.0/0' }

/** One mistake each, and exactly the issues that it makes, errors and warnings. */
const MISTAKES: readonly Mistake[] = [
  // The data
  ['vpc', {}, ['unknown-key', 'vpc']],
  ['accountId', '123', ['invalid-value', 'accountId']],
  ['region', 'us-west-9', ['invalid-value', 'region']],
  ['vpcs.main.subnets.private-a.cidr', '10.0.9.0/24', ['unknown-key', 'vpcs.main.subnets.private-a.cidr']],
  ['vpcs.main.subnets.private-a.cidrBlock', 5, ['wrong-type', 'vpcs.main.subnets.private-a.cidrBlock']],
  ['vpcs.main.subnets.private-a.cidrBlock', '10.0.1.0', ['invalid-value', 'vpcs.main.subnets.private-a.cidrBlock']],
  ['vpcs.main.cidrBlocks', undefined, ['missing-key', 'vpcs.main.cidrBlocks']],
  ['vpcs.main.cidrBlocks', [], ['invalid-value', 'vpcs.main.cidrBlocks']],
  ['instances.9lives', { subnet: 'tiny' }, ['invalid-name', 'instances.9lives']],
  ['instances.demo.tags', { 'aws:x': 'y' }, ['invalid-name', 'instances.demo.tags["aws:x"]']],
  ['vpcs.main.securityGroups.rules.id', 'vpc-12345678', ['invalid-value', 'vpcs.main.securityGroups.rules.id']],
  // Not simulated
  ['vpnGateways', {}, ['not-simulated', 'vpnGateways']],
  [
    'vpcs.main.natGateways.nat-a.availabilityMode',
    'regional',
    ['not-simulated', 'vpcs.main.natGateways.nat-a.availabilityMode'],
  ],
  [
    'vpcs.main.vpcEndpoints.ssm.vpcEndpointType',
    'Resource',
    ['not-simulated', 'vpcs.main.vpcEndpoints.ssm.vpcEndpointType'],
  ],
  ['flowLogs.hub.logDestinationType', 'kinesis-data-firehose', ['not-simulated', 'flowLogs.hub.logDestinationType']],
  [
    'vpcs.main.routeTables.dual.routes[4]',
    { destinationCidrBlock: '10.9.0.0/16', vpcEndpoint: 'x' },
    ['not-simulated', 'vpcs.main.routeTables.dual.routes[4].vpcEndpoint'],
  ],
  ['loadBalancers.sensors.type', 'application', ['not-simulated', 'loadBalancers.sensors.type']],
  ['loadBalancers.sensors.type', 'gateway', ['not-simulated', 'loadBalancers.sensors.type']],
  ['gatewayLoadBalancerEndpoints', {}, ['not-simulated', 'gatewayLoadBalancerEndpoints']],
  [
    'vpcs.main.routeTables.dual.routes[4]',
    { destinationCidrBlock: '10.9.0.0/16', gatewayLoadBalancerEndpoint: 'inspect' },
    ['not-simulated', 'vpcs.main.routeTables.dual.routes[4].gatewayLoadBalancerEndpoint'],
  ],
  // Gateway Load Balancers and their endpoints
  [
    'vpcs.main.vpcEndpoints.ssm.vpcEndpointType',
    'GatewayLoadBalancer',
    ['conflicting-keys', 'vpcs.main.vpcEndpoints.ssm.serviceName'],
    ['conflicting-keys', 'vpcs.main.vpcEndpoints.ssm.securityGroups'],
    ['invalid-value', 'vpcs.main.vpcEndpoints.ssm.subnets'],
    ['missing-key', 'vpcs.main.vpcEndpoints.ssm.gatewayLoadBalancer'],
  ],
  [
    'vpcs.main.vpcEndpoints.ssm.gatewayLoadBalancer',
    'inspection',
    ['conflicting-keys', 'vpcs.main.vpcEndpoints.ssm.gatewayLoadBalancer'],
  ],
  ['vpcs.main.vpcEndpoints.inspect.subnets', undefined, ['missing-key', 'vpcs.main.vpcEndpoints.inspect.subnets']],
  ['vpcs.main.vpcEndpoints.inspect.subnets', ['tiny'], ['wrong-zone', 'vpcs.main.vpcEndpoints.inspect.subnets']],
  ['vpcs.main.vpcEndpoints.inspect.subnets', ['second-a'], ['wrong-vpc', 'vpcs.main.vpcEndpoints.inspect.subnets[0]']],
  [
    'vpcs.main.vpcEndpoints.inspect.gatewayLoadBalancer',
    'sensors',
    ['unknown-reference', 'vpcs.main.vpcEndpoints.inspect.gatewayLoadBalancer'],
  ],
  [
    'gatewayLoadBalancers.inspection.listeners',
    [],
    ['mirror-listener', 'trafficMirrorTargets.gateway.gatewayLoadBalancerEndpoint'],
  ],
  [
    'gatewayLoadBalancers.inspection.listeners',
    [{ targetGroup: 'sensors' }],
    ['listener-protocol', 'gatewayLoadBalancers.inspection.listeners[0].targetGroup'],
  ],
  [
    'gatewayLoadBalancers.inspection.listeners',
    [{ targetGroup: 'appliances' }, { targetGroup: 'appliances' }],
    ['duplicate-listener', 'gatewayLoadBalancers.inspection.listeners[1]'],
  ],
  [
    'gatewayLoadBalancers.inspection.subnets',
    [{ subnet: 'private-b', publicIp: '203.0.113.77' }],
    ['conflicting-keys', 'gatewayLoadBalancers.inspection.subnets[0].publicIp'],
  ],
  [
    'gatewayLoadBalancers.inspection.subnets',
    ['second-b'],
    ['wrong-vpc', 'gatewayLoadBalancers.inspection.listeners[0].targetGroup'],
  ],
  [
    'gatewayLoadBalancers.inspection.id',
    'arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/inspection/50dc6c495c0c9188',
    ['invalid-value', 'gatewayLoadBalancers.inspection.id'],
  ],
  ['gatewayLoadBalancers.sensors', { subnets: ['private-a'] }, ['duplicate-name', 'gatewayLoadBalancers.sensors']],
  [
    'gatewayLoadBalancers.other',
    { subnets: ['private-a'], listeners: [{ targetGroup: 'appliances' }] },
    ['conflicting-keys', 'gatewayLoadBalancers.other.listeners[0].targetGroup'],
  ],
  [
    'loadBalancers.sensors.listeners[0].targetGroup',
    'appliances',
    ['listener-protocol', 'loadBalancers.sensors.listeners[0].targetGroup'],
  ],
  ['targetGroups.appliances.port', 6082, ['invalid-value', 'targetGroups.appliances.port']],
  ['targetGroups.appliances.preserveClientIp', true, ['client-address', 'targetGroups.appliances.preserveClientIp']],
  ['targetGroups.appliances.targets[0].port', 4789, ['invalid-value', 'targetGroups.appliances.targets[0].port']],
  [
    'trafficMirrorTargets.fleet',
    { gatewayLoadBalancerEndpoint: 'x' },
    ['unknown-reference', 'trafficMirrorTargets.fleet.gatewayLoadBalancerEndpoint'],
  ],
  [
    'trafficMirrorTargets.fleet',
    { gatewayLoadBalancerEndpoint: 'ssm' },
    ['mirror-target', 'trafficMirrorTargets.fleet.gatewayLoadBalancerEndpoint'],
  ],
  [
    'trafficMirrorTargets.gateway.loadBalancer',
    'sensors',
    ['conflicting-keys', 'trafficMirrorTargets.gateway'],
    ['mirror-target', 'trafficMirrorTargets.gateway.loadBalancer'],
  ],
  // The sensor's group lets VXLAN in, not GENEVE.
  [
    'trafficMirrorSessions.again',
    { networkInterface: 'demo', trafficMirrorTarget: 'gateway', trafficMirrorFilter: 'everything', sessionNumber: 2 },
    ['mirror-target-group', 'trafficMirrorSessions.again.trafficMirrorTarget'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[0]',
    { destinationCidrBlock: '::/0', natGateway: 'nat-a' },
    ['route-destination', 'vpcs.main.routeTables.dual.routes[0].natGateway'],
  ],
  ['vpcs.main.routeTables.dual.routes[0]', { destinationCidrBlock: '64:ff9b::/96', natGateway: 'nat-a' }],
  ['vpcs.main.subnets.private-a.enableDns64', true, ['not-simulated', 'vpcs.main.subnets.private-a.enableDns64']],
  ['detectors.detector.features', ['S3_DATA_EVENTS'], ['not-simulated', 'detectors.detector.features']],
  // Names, ids, references
  ['vpcs.second.subnets.private-a', { cidrBlock: '10.1.3.0/24' }, ['duplicate-name', 'vpcs.second.subnets.private-a']],
  ['vpcs.second.id', 'vpc-12345678'],
  ['instances.dual', { id: 'i-12345678', networkInterfaceId: 'eni-12345678', subnet: 'dual' }],
  ['instances.demo.subnet', 'private-a', ['conflicting-keys', 'instances.demo.subnet']],
  ['instances.demo.networkInterfaces', undefined, ['missing-key', 'instances.demo.subnet']],
  ['instances.demo.networkInterfaces[0]', 'demmo', ['unknown-reference', 'instances.demo.networkInterfaces[0]']],
  [
    'vpcs.main.subnets.private-a.routeTable',
    'privat-a',
    ['unknown-reference', 'vpcs.main.subnets.private-a.routeTable'],
  ],
  ['vpcs.main.subnets.private-a.networkAcl', 'none', ['unknown-reference', 'vpcs.main.subnets.private-a.networkAcl']],
  ['vpcs.second.subnets.second-a.routeTable', 'public', ['wrong-vpc', 'vpcs.second.subnets.second-a.routeTable']],
  ['vpcs.second.mainRouteTable', 'public', ['wrong-vpc', 'vpcs.second.mainRouteTable']],
  ['networkInterfaces.demo.securityGroups', ['second-web'], ['wrong-vpc', 'networkInterfaces.demo.securityGroups[0]']],
  [
    'networkInterfaces.demo.securityGroups',
    ['demo', 'demo'],
    ['conflicting-keys', 'networkInterfaces.demo.securityGroups[1]'],
  ],
  ['instances.dual.autoScalingGroup', 'wob', ['unknown-reference', 'instances.dual.autoScalingGroup']],
  // VPC blocks
  ['vpcs.fourth', { cidrBlocks: ['10.4.0.0/15'] }, ['cidr-size', 'vpcs.fourth.cidrBlocks[0]']],
  ['vpcs.third.cidrBlocks', ['10.2.0.0/16', '10.2.3.0/24'], ['cidr-overlap', 'vpcs.third.cidrBlocks[1]']],
  ['vpcs.third.cidrBlocks', ['10.2.0.0/16', '192.168.0.0/24'], ['cidr-range', 'vpcs.third.cidrBlocks[1]']],
  ['vpcs.third.cidrBlocks', ['10.2.0.0/16', '198.19.1.0/24'], ['cidr-range', 'vpcs.third.cidrBlocks[1]']],
  ['vpcs.third.cidrBlocks', ['10.2.0.0/16', '169.254.4.0/24'], ['cidr-range', 'vpcs.third.cidrBlocks[1]']],
  ['vpcs.third.cidrBlocks', ['10.2.0.5/16'], ['cidr-not-canonical', 'vpcs.third.cidrBlocks[0]']],
  ['vpcs.third.ipv6CidrBlocks', ['2001:db8:9::/58'], ['cidr-size', 'vpcs.third.ipv6CidrBlocks[0]']],
  // Subnets
  ['vpcs.third.subnets.third-a.cidrBlock', '10.8.0.0/24', ['cidr-outside', 'vpcs.third.subnets.third-a.cidrBlock']],
  ['vpcs.third.subnets.third-a.cidrBlock', '10.2.1.0/29', ['cidr-size', 'vpcs.third.subnets.third-a.cidrBlock']],
  [
    'vpcs.second.subnets.second-b.cidrBlock',
    '10.1.1.128/25',
    ['cidr-overlap', 'vpcs.second.subnets.second-b.cidrBlock'],
  ],
  [
    'vpcs.third.subnets.third-a.availabilityZone',
    'us-west-2x',
    ['unknown-zone', 'vpcs.third.subnets.third-a.availabilityZone'],
  ],
  ['availabilityZones.us-east-1a', { zoneId: 'use1-az1' }, ['unknown-zone', 'availabilityZones.us-east-1a']],
  [
    'vpcs.second.subnets.second-a.ipv6CidrBlock',
    '2001:db8::/64',
    ['cidr-outside', 'vpcs.second.subnets.second-a.ipv6CidrBlock'],
  ],
  [
    'vpcs.second.subnets.second-a.assignIpv6AddressOnCreation',
    true,
    ['no-ipv6', 'vpcs.second.subnets.second-a.assignIpv6AddressOnCreation'],
  ],
  [
    'vpcs.second.subnets.second-a',
    { availabilityZone: 'us-west-2a' },
    ['missing-key', 'vpcs.second.subnets.second-a.cidrBlock'],
  ],
  // Addresses
  [
    'networkInterfaces.demo.privateIpAddress',
    '10.0.2.9',
    ['address-outside', 'networkInterfaces.demo.privateIpAddress'],
  ],
  [
    'networkInterfaces.demo.privateIpAddress',
    '10.0.1.3',
    ['address-reserved', 'networkInterfaces.demo.privateIpAddress'],
  ],
  [
    'networkInterfaces.demo.privateIpAddress',
    '10.0.1.255',
    ['address-reserved', 'networkInterfaces.demo.privateIpAddress'],
  ],
  [
    'networkInterfaces.spare.privateIpAddress',
    '10.0.1.101',
    ['address-in-use', 'networkInterfaces.spare.privateIpAddress'],
  ],
  [
    'networkInterfaces.demo.secondaryPrivateIpAddresses',
    ['10.0.1.101'],
    ['address-in-use', 'networkInterfaces.demo.secondaryPrivateIpAddresses[0]'],
  ],
  ['networkInterfaces.spare.publicIp', '203.0.113.99', ['address-in-use', 'networkInterfaces.spare.publicIp']],
  ['networkInterfaces.spare.publicIp', '142.250.217.78', ['address-in-use', 'networkInterfaces.spare.publicIp']],
  ['networkInterfaces.spare.publicIp', '10.4.4.4', ['address-not-public', 'networkInterfaces.spare.publicIp']],
  [
    'networkInterfaces.spare.ipv6Addresses',
    ['2001:db8::5'],
    ['address-outside', 'networkInterfaces.spare.ipv6Addresses[0]'],
  ],
  ['networkInterfaces.spare.ipv6AddressCount', 1, ['no-ipv6', 'networkInterfaces.spare.ipv6AddressCount']],
  ['instances.dual.ipv6Addresses', ['2001:db8:1234:1a01::1'], ['address-reserved', 'instances.dual.ipv6Addresses[0]']],
  [
    'networkInterfaces.many',
    { subnet: 'tiny', secondaryPrivateIpAddresses: Array.from({ length: 11 }, () => ({})) },
    ['no-free-address', 'networkInterfaces.many'],
  ],
  [
    'networkInterfaces.far',
    { subnet: 'second-a', publicIp: '198.51.100.7' },
    ['no-internet-gateway', 'networkInterfaces.far.publicIp'],
  ],
  [
    'networkInterfaces.far',
    { subnet: 'second-a', publicIp: true },
    ['no-internet-gateway', 'networkInterfaces.far.publicIp'],
  ],
  ['networkInterfaces.spare.requesterId', 'amazon-rds', ['conflicting-keys', 'networkInterfaces.spare.requesterId']],
  // Instances
  ['instances.demo.instanceType', 't3.mikro', ['unknown-instance-type', 'instances.demo.instanceType']],
  ['instances.suricata.networkInterfaces', ['demo'], ['interface-in-use', 'instances.suricata.networkInterfaces[0]']],
  [
    'instances.suricata.networkInterfaces',
    ['suricata', 'spare'],
    ['wrong-zone', 'instances.suricata.networkInterfaces[1]'],
  ],
  [
    'instances.suricata.networkInterfaces',
    ['suricata', 'opensearch'],
    ['interface-in-use', 'instances.suricata.networkInterfaces[1]'],
  ],
  [
    'instances.dual',
    { subnet: 'dual', instanceType: 't2.micro', connectionTrackingSpecification: { udpTimeout: 40 } },
    ['tracking-timeouts', 'instances.dual.connectionTrackingSpecification'],
  ],
  // Security groups
  ['vpcs.main.securityGroups.rules.groupName', 'sg-web', ['group-name', 'vpcs.main.securityGroups.rules.groupName']],
  ['vpcs.main.securityGroups.rules.groupName', 'Default', ['group-name', 'vpcs.main.securityGroups.rules.groupName']],
  ['vpcs.main.securityGroups.rules.groupName', 'DEMO', ['group-name', 'vpcs.main.securityGroups.rules.groupName']],
  [
    'vpcs.main.securityGroups.rules.ingress[0].toPort',
    21,
    ['rule-ports', 'vpcs.main.securityGroups.rules.ingress[0].fromPort'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[0].ipProtocol',
    'all',
    ['rule-ports', 'vpcs.main.securityGroups.rules.ingress[0].fromPort'],
  ],
  ['vpcs.main.securityGroups.rules.ingress[1].fromPort', -1],
  [
    'vpcs.main.securityGroups.rules.ingress[1].fromPort',
    300,
    ['rule-ports', 'vpcs.main.securityGroups.rules.ingress[1].fromPort'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[1].cidrBlock',
    '::/0',
    ['rule-never-matches', 'vpcs.main.securityGroups.rules.ingress[1].cidrBlock'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[1].cidrBlock',
    '10.1.0.0/8',
    ['cidr-not-canonical', 'vpcs.main.securityGroups.rules.ingress[1].cidrBlock'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[2].cidrBlock',
    '10.0.0.0/8',
    ['conflicting-keys', 'vpcs.main.securityGroups.rules.ingress[2]'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[2]',
    { ipProtocol: 'all' },
    ['missing-key', 'vpcs.main.securityGroups.rules.ingress[2]'],
  ],
  [
    'vpcs.main.securityGroups.rules.egress',
    [
      { ipProtocol: 6, fromPort: 1, self: true },
      { ipProtocol: 'tcp', fromPort: 1, toPort: 1, self: true },
    ],
    ['duplicate-rule', 'vpcs.main.securityGroups.rules.egress[1]'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[0].prefixList',
    'offise',
    ['unknown-reference', 'vpcs.main.securityGroups.rules.ingress[0].prefixList'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[3].securityGroup',
    'sg-0123456789abcdef0',
    ['stale-rule', 'vpcs.main.securityGroups.rules.ingress[3].securityGroup'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[3].securityGroup',
    'third/default',
    ['wrong-vpc', 'vpcs.main.securityGroups.rules.ingress[3].securityGroup'],
  ],
  [
    'vpcs.main.securityGroups.rules.ingress[3].securityGroup',
    'third/defualt',
    ['unknown-reference', 'vpcs.main.securityGroups.rules.ingress[3].securityGroup'],
  ],
  // Network ACLs and prefix lists
  [
    'vpcs.main.networkAcls.strict.ingress[1].ruleNumber',
    100,
    ['duplicate-rule', 'vpcs.main.networkAcls.strict.ingress[1].ruleNumber'],
  ],
  [
    'vpcs.main.networkAcls.strict.ingress[1].ruleNumber',
    32767,
    ['invalid-value', 'vpcs.main.networkAcls.strict.ingress[1].ruleNumber'],
  ],
  [
    'vpcs.main.networkAcls.strict.ingress[0].portRange',
    { from: 23, to: 22 },
    ['rule-ports', 'vpcs.main.networkAcls.strict.ingress[0].portRange'],
  ],
  [
    'vpcs.main.networkAcls.strict.ingress[1].protocol',
    'udp',
    ['rule-ports', 'vpcs.main.networkAcls.strict.ingress[1].icmpTypeCode'],
  ],
  ['prefixLists.office.entries', ['198.51.100.0/25', '::/0'], ['rule-never-matches', 'prefixLists.office.entries[1]']],
  [
    'prefixLists.office.entries',
    ['198.51.100.0/25', '198.51.100.0/25'],
    ['duplicate-rule', 'prefixLists.office.entries[1]'],
  ],
  ['prefixLists.office.maxEntries', 1, ['quota', 'prefixLists.office.maxEntries']],
  // Routes
  [
    'vpcs.main.routeTables.dual.routes[4]',
    { destinationCidrBlock: '10.9.0.0/16' },
    ['missing-key', 'vpcs.main.routeTables.dual.routes[4]'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[4]',
    { blackhole: true },
    ['missing-key', 'vpcs.main.routeTables.dual.routes[4]'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[4].natGateway',
    'nat-a',
    ['conflicting-keys', 'vpcs.main.routeTables.dual.routes[4]'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[4].destinationCidrBlock',
    '10.2.0.0/16',
    ['duplicate-route', 'vpcs.main.routeTables.dual.routes[4]'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[4].destinationCidrBlock',
    '169.254.169.254/32',
    ['route-destination', 'vpcs.main.routeTables.dual.routes[4].destinationCidrBlock'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[4].destinationCidrBlock',
    '10.0.1.128/25',
    ['route-destination', 'vpcs.main.routeTables.dual.routes[4].destinationCidrBlock'],
  ],
  ['vpcs.main.routeTables.dual.routes[4]', { destinationCidrBlock: '10.0.1.0/24', instance: 'suricata' }],
  [
    'vpcs.main.routeTables.dual.routes[4]',
    { destinationCidrBlock: '10.0.1.0/24', internetGateway: true },
    ['route-destination', 'vpcs.main.routeTables.dual.routes[4].destinationCidrBlock'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[0].destinationCidrBlock',
    '0.0.0.0/0',
    ['route-target', 'vpcs.main.routeTables.dual.routes[0].egressOnlyInternetGateway'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[3].destinationPrefixList',
    'com.amazonaws.us-west-2.s3',
    ['route-destination', 'vpcs.main.routeTables.dual.routes[3].destinationPrefixList'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[2].transitGateway',
    'hob',
    ['unknown-reference', 'vpcs.main.routeTables.dual.routes[2].transitGateway'],
  ],
  [
    'vpcs.second.routeTables',
    { far: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
    ['no-internet-gateway', 'vpcs.second.routeTables.far.routes[0].internetGateway'],
  ],
  [
    'vpcs.second.routeTables',
    { far: { routes: [{ destinationCidrBlock: '10.2.0.0/16', transitGateway: 'hub' }] } },
    ['route-target', 'vpcs.second.routeTables.far.routes[0].transitGateway'],
  ],
  [
    'vpcs.third.routeTables',
    { far: { routes: [{ destinationCidrBlock: '10.1.0.0/16', vpcPeeringConnection: 'main-to-second' }] } },
    ['route-target', 'vpcs.third.routeTables.far.routes[0].vpcPeeringConnection'],
  ],
  [
    'vpcs.second.routeTables',
    { far: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat-a' }] } },
    ['wrong-vpc', 'vpcs.second.routeTables.far.routes[0].natGateway'],
  ],
  [
    'vpcs.main.routeTables.dual.routes[3]',
    { destinationPrefixList: 'office', networkInterface: 'nat-a/nat-gateway' },
    ['route-target', 'vpcs.main.routeTables.dual.routes[3].networkInterface'],
  ],
  // Gateways
  ['vpcs.second.natGateways', { far: { subnet: 'second-a' } }, ['no-internet-gateway', 'vpcs.second.natGateways.far']],
  ['vpcs.second.natGateways', { far: { subnet: 'second-a', connectivityType: 'private' } }],
  [
    'vpcs.main.natGateways.nat-a',
    { subnet: 'public-a', connectivityType: 'private', publicIp: '198.51.100.9' },
    ['conflicting-keys', 'vpcs.main.natGateways.nat-a.publicIp'],
  ],
  ['vpcs.main.natGateways.nat-a.subnet', 'second-a', ['wrong-vpc', 'vpcs.main.natGateways.nat-a.subnet']],
  ['vpcs.main.subnets.tiny.routeTable', 'edge', ['gateway-route-table', 'vpcs.main.internetGateway.routeTable']],
  [
    'vpcs.main.routeTables.edge.routes[0].destinationCidrBlock',
    '10.77.0.0/16',
    ['gateway-route-table', 'vpcs.main.routeTables.edge.routes[0].destinationCidrBlock'],
  ],
  [
    'instances.firewall.state',
    'stopped',
    ['gateway-route-table', 'vpcs.main.routeTables.edge.routes[0].networkInterface'],
  ],
  [
    'networkInterfaces.firewall.publicIp',
    undefined,
    ['gateway-route-table', 'vpcs.main.routeTables.edge.routes[0].networkInterface'],
  ],
  ['vpcBlockPublicAccess.exclusions[0].subnet', 'tiny', ['conflicting-keys', 'vpcBlockPublicAccess.exclusions[0]']],
  // Endpoints
  ['vpcs.main.vpcEndpoints.s3.serviceName', 'ssm', ['invalid-value', 'vpcs.main.vpcEndpoints.s3.serviceName']],
  ['vpcs.main.vpcEndpoints.s3.subnets', ['private-a'], ['conflicting-keys', 'vpcs.main.vpcEndpoints.s3.subnets']],
  [
    'vpcs.main.vpcEndpoints.s3b',
    { serviceName: 's3', routeTables: ['private-a'] },
    ['duplicate-route', 'vpcs.main.vpcEndpoints.s3b.routeTables[0]'],
  ],
  [
    'vpcs.main.vpcEndpoints.s3.serviceName',
    'com.amazonaws.us-east-1.s3',
    ['invalid-value', 'vpcs.main.vpcEndpoints.s3.serviceName'],
  ],
  [
    'vpcs.main.vpcEndpoints.ssm.subnets',
    ['private-a', 'public-a'],
    ['zone-twice', 'vpcs.main.vpcEndpoints.ssm.subnets[1]'],
  ],
  [
    'vpcs.main.vpcEndpoints.ssm2',
    { vpcEndpointType: 'Interface', serviceName: 'ssm' },
    ['private-dns', 'vpcs.main.vpcEndpoints.ssm2.privateDnsEnabled'],
  ],
  ['vpcs.main.enableDnsHostnames', false, ['private-dns', 'vpcs.main.vpcEndpoints.ssm.privateDnsEnabled']],
  ['awsServiceRanges', [], ['invalid-value', 'vpcs.main.vpcEndpoints.s3.serviceName']],
  // Load balancers
  ['loadBalancers.sensors.scheme', 'internet-facing'],
  ['loadBalancers.far', { subnets: ['second-a'] }, ['no-internet-gateway', 'loadBalancers.far']],
  ['loadBalancers.sensors.subnets', ['private-a', 'public-a'], ['zone-twice', 'loadBalancers.sensors.subnets[1]']],
  ['loadBalancers.sensors.subnets', ['private-a', 'second-b'], ['wrong-vpc', 'loadBalancers.sensors.subnets[1]']],
  [
    'loadBalancers.sensors.listeners[1]',
    { protocol: 'TCP_UDP', port: 4789, targetGroup: 'sensors' },
    ['duplicate-listener', 'loadBalancers.sensors.listeners[1].port'],
    ['listener-protocol', 'loadBalancers.sensors.listeners[1].targetGroup'],
  ],
  [
    'loadBalancers.sensors.listeners[0].protocol',
    'TCP',
    ['listener-protocol', 'loadBalancers.sensors.listeners[0].targetGroup'],
    ['mirror-listener', 'trafficMirrorTargets.fleet.loadBalancer'],
  ],
  ['targetGroups.sensors.preserveClientIp', false, ['client-address', 'targetGroups.sensors.preserveClientIp']],
  [
    'targetGroups.sensors.targets[0]',
    { ipAddress: '10.0.2.101' },
    ['conflicting-keys', 'targetGroups.sensors.targets[0].ipAddress'],
  ],
  [
    'targetGroups.sensors.vpc',
    'second',
    ['wrong-vpc', 'loadBalancers.sensors.listeners[0].targetGroup'],
    ['wrong-vpc', 'targetGroups.sensors.targets[0].instance'],
  ],
  ['loadBalancers.internal-x', { scheme: 'internal', subnets: ['tiny'] }, ['invalid-name', 'loadBalancers.internal-x']],
  // Transit gateways and peering
  [
    'transitGateways.hub.vpcAttachments.again',
    { vpc: 'third', subnets: ['third-a'] },
    ['duplicate-attachment', 'transitGateways.hub.vpcAttachments.again.vpc'],
  ],
  [
    'transitGateways.hub.vpcAttachments.hub-main.subnets',
    ['private-a', 'public-a'],
    ['zone-twice', 'transitGateways.hub.vpcAttachments.hub-main.subnets[1]'],
  ],
  [
    'transitGateways.hub.vpcAttachments.hub-third.subnets',
    ['private-a'],
    ['wrong-vpc', 'transitGateways.hub.vpcAttachments.hub-third.subnets[0]'],
  ],
  [
    'transitGateways.hub.vpcAttachments.hub-third.associatedRouteTable',
    'hub/defolt',
    ['unknown-reference', 'transitGateways.hub.vpcAttachments.hub-third.associatedRouteTable'],
  ],
  [
    'transitGateways.hub.defaultRouteTable.routes[0].attachment',
    'hub-main',
    ['conflicting-keys', 'transitGateways.hub.defaultRouteTable.routes[0]'],
  ],
  [
    'vpcs.third.cidrBlocks',
    ['10.2.0.0/16', '10.3.4.0/24'],
    ['not-propagated', 'transitGateways.hub.vpcAttachments.hub-third'],
  ],
  [
    'vpcPeeringConnections.again',
    { vpc: 'second', peerVpc: 'main' },
    ['duplicate-peering', 'vpcPeeringConnections.again'],
  ],
  [
    'vpcPeeringConnections.main-to-second.peerVpc',
    'main',
    ['duplicate-peering', 'vpcPeeringConnections.main-to-second.peerVpc'],
    ['wrong-vpc', 'vpcs.main.securityGroups.rules.ingress[3].securityGroup'],
  ],
  ['vpcs.second.cidrBlocks', ['10.1.0.0/16', '10.3.7.0/24'], ['cidr-overlap', 'vpcPeeringConnections.main-to-second']],
  // Flow logs
  ['flowLogs.hub.maxAggregationInterval', 600, ['flow-log-resource', 'flowLogs.hub.maxAggregationInterval']],
  ['flowLogs.hub.trafficType', 'ALL', ['flow-log-resource', 'flowLogs.hub.trafficType']],
  ['flowLogs.rejects.subnet', 'tiny', ['conflicting-keys', 'flowLogs.rejects']],
  ['flowLogs.rejects.vpc', undefined, ['missing-key', 'flowLogs.rejects']],
  [
    'flowLogs.again',
    { vpc: 'main', trafficType: 'REJECT', logGroupName: '/flow/main' },
    ['duplicate-flow-log', 'flowLogs.again'],
  ],
  // Another traffic type, or another destination, is another flow log.
  ['flowLogs.again', { vpc: 'main', trafficType: 'ACCEPT', logGroupName: '/flow/main' }],
  ['flowLogs.again', { vpc: 'main', trafficType: 'REJECT', logGroupName: '/flow/other' }],
  ['flowLogs.hub.logDestination', 's3://hub-logs/AWSLogs/', ['log-destination', 'flowLogs.hub.logDestination']],
  ['flowLogs.hub.logDestination', 'hub-logs', ['log-destination', 'flowLogs.hub.logDestination']],
  [
    'flowLogs.rejects.destinationOptions',
    { fileFormat: 'parquet' },
    ['log-destination', 'flowLogs.rejects.destinationOptions'],
  ],
  ['flowLogs.rejects.logFormat', '${srcaddr} ${dstadr}', ['log-format', 'flowLogs.rejects.logFormat']],
  ['flowLogs.rejects.logFormat', 'srcaddr', ['log-format', 'flowLogs.rejects.logFormat']],
  ['flowLogs.rejects.logFormat', ['tgw-id'], ['log-format', 'flowLogs.rejects.logFormat']],
  ['flowLogs.rejects.logFormat', ['instance-tag'], ['log-format', 'flowLogs.rejects.logFormat']],
  ['vpcs.third.ownerId', '210987654321'],
  ['flowLogs.far', { vpc: 'nowhere', logGroupName: 'x' }, ['unknown-reference', 'flowLogs.far.vpc']],
  // Mirroring
  [
    'trafficMirrorSessions.demo-to-suricata.sessionNumber',
    0,
    ['invalid-value', 'trafficMirrorSessions.demo-to-suricata.sessionNumber'],
  ],
  [
    'trafficMirrorSessions.again',
    { networkInterface: 'demo', trafficMirrorTarget: 'fleet', trafficMirrorFilter: 'everything', sessionNumber: 1 },
    ['duplicate-session-number', 'trafficMirrorSessions.again.sessionNumber'],
    // The sensor's group names the source's group, which does not hold behind a balancer.
    ['mirror-target-group', 'trafficMirrorSessions.again.trafficMirrorTarget'],
  ],
  [
    'vpcs.main.securityGroups.sensor.ingress',
    [],
    ['mirror-target-group', 'trafficMirrorSessions.demo-to-suricata.trafficMirrorTarget'],
  ],
  [
    'vpcs.main.securityGroups.sensor.ingress',
    [{ ipProtocol: 'udp', fromPort: 4000, toPort: 4788, cidrBlock: '10.0.0.0/16' }],
    ['mirror-target-group', 'trafficMirrorSessions.demo-to-suricata.trafficMirrorTarget'],
  ],
  [
    'vpcs.main.securityGroups.sensor.ingress',
    [{ ipProtocol: 'udp', fromPort: 4000, toPort: 4789, cidrBlock: '10.0.0.0/16' }],
  ],
  [
    'trafficMirrorSessions.demo-to-suricata.networkInterface',
    'suricata',
    ['mirror-source', 'trafficMirrorSessions.demo-to-suricata.networkInterface'],
  ],
  [
    'trafficMirrorSessions.demo-to-suricata.networkInterface',
    'opensearch',
    ['mirror-source', 'trafficMirrorSessions.demo-to-suricata.networkInterface'],
  ],
  [
    'trafficMirrorSessions.demo-to-suricata.networkInterface',
    'nat-a/nat-gateway',
    ['mirror-source', 'trafficMirrorSessions.demo-to-suricata.networkInterface'],
  ],
  ['networkInterfaces.opensearch.requesterId', 'amazon-rds'],
  [
    'instances.demo.instanceType',
    't2.micro',
    ['mirror-source', 'trafficMirrorSessions.demo-to-suricata.networkInterface'],
  ],
  [
    'instances.demo.instanceType',
    'm8g.large',
    ['mirror-source', 'trafficMirrorSessions.demo-to-suricata.networkInterface'],
  ],
  [
    'trafficMirrorTargets.again',
    { networkInterface: 'suricata' },
    ['mirror-target', 'trafficMirrorTargets.again.networkInterface'],
  ],
  ['trafficMirrorTargets.fleet.networkInterface', 'spare', ['conflicting-keys', 'trafficMirrorTargets.fleet']],
  [
    'trafficMirrorFilters.everything.ingressFilterRules',
    [RULE, RULE],
    ['duplicate-rule', 'trafficMirrorFilters.everything.ingressFilterRules[1].ruleNumber'],
  ],
  [
    'trafficMirrorFilters.everything.ingressFilterRules',
    Array.from({ length: 10 }, (_, at) => ({ ...RULE, ruleNumber: at + 1 })),
    ['quota', 'trafficMirrorFilters.everything'],
  ],
  [
    'trafficMirrorFilters.everything.ingressFilterRules',
    [{ ...RULE, destinationPortRange: { fromPort: 1, toPort: 2 } }],
    ['rule-ports', 'trafficMirrorFilters.everything.ingressFilterRules[0].destinationPortRange'],
  ],
  [
    'trafficMirrorFilters.everything.ingressFilterRules',
    [{ ...RULE, destinationCidrBlock: '::/0' }],
    ['rule-never-matches', 'trafficMirrorFilters.everything.ingressFilterRules[0].destinationCidrBlock'],
  ],
  // The internet
  ['internetHosts.other', { addresses: ['142.250.217.78'] }, ['address-in-use', 'internetHosts.other.addresses[0]']],
  ['internetHosts.other', { addresses: ['192.168.1.1'] }, ['address-not-public', 'internetHosts.other.addresses[0]']],
  ['detectors.second', {}, ['quota', 'detectors.second']],
  // Quotas
  [
    'networkInterfaces.spare.securityGroups',
    ['demo', 'rules', 'sensor', 'search', 'default', 'g'],
    ['unknown-reference', 'networkInterfaces.spare.securityGroups[5]'],
    ['quota', 'networkInterfaces.spare.securityGroups'],
  ],
  [
    'vpcs.main.networkAcls.strict.egress',
    Array.from({ length: 21 }, (_, at) => ({
      ruleNumber: at + 1,
      ruleAction: 'allow',
      protocol: 'all',
      cidrBlock: '0.0.0.0/0',
    })),
    ['quota', 'vpcs.main.networkAcls.strict.egress'],
  ],
  [
    'vpcs.main.securityGroups.rules.egress',
    Array.from({ length: 61 }, (_, at) => ({ ipProtocol: 'tcp', fromPort: at, cidrBlock: '10.0.0.0/8' })),
    ['quota', 'vpcs.main.securityGroups.rules.egress'],
  ],
  [
    'vpcs.main.securityGroups.rules.egress',
    Array.from({ length: 501 }, (_, at) => ({ ipProtocol: 'tcp', fromPort: at, cidrBlock: '10.0.0.0/8' })),
    ['quota', 'vpcs.main.securityGroups.rules.egress'],
    ['quota', 'vpcs.main.securityGroups.rules.egress'],
  ],
]

describe('checkDesign', () => {
  it('finds nothing wrong with the full design', () => {
    expect(checkDesign(fullDesign()).map(formatDesignIssue)).toEqual([])
  })

  it.each(MISTAKES.map((mistake) => [`${mistake[0]} = ${JSON.stringify(mistake[1])?.slice(0, 80)}`, mistake] as const))(
    'finds exactly the issues of %s',
    (_, [path, value, ...expected]) => {
      const issues = checkDesign(withValue(fullDesign(), path, value))
      const found = issues.map((issue) => [issue.code, issue.path])
      expect(found, issues.map(formatDesignIssue).join('\n')).toEqual(expect.arrayContaining([...expected]))
      expect(found, issues.map(formatDesignIssue).join('\n')).toHaveLength(expected.length)
    },
  )

  it('every issue says what to do, at a place whose keys are its path', () => {
    for (const [path, value] of MISTAKES) {
      for (const issue of checkDesign(withValue(fullDesign(), path, value))) {
        expect(issue.message).toMatch(/^[^\n]{20,}[.?]$/)
        expect(issue.path).toBe(
          issue.keys
            .map((key, at) =>
              typeof key === 'number'
                ? `[${key}]`
                : /^[\w$-]+$/.test(key)
                  ? at === 0
                    ? key
                    : `.${key}`
                  : `[${JSON.stringify(key)}]`,
            )
            .join(''),
        )
      }
    }
  })

  it('reports all mistakes of a design at once, those of values and those of references', () => {
    let design: unknown = fullDesign()
    design = withValue(design as Design, 'vpcs.second.subnets.second-a.cidrBlock', 'ten')
    design = withValue(design as Design, 'networkInterfaces.spare.securityGroups', ['nobody'])
    design = withValue(design as Design, 'flowLogs.hub.logDestination', 's3://x')
    const paths = checkDesign(design).map((issue) => issue.path)
    expect(paths.sort()).toEqual([
      'flowLogs.hub.logDestination',
      'networkInterfaces.spare.securityGroups[0]',
      'vpcs.second.subnets.second-a.cidrBlock',
    ])
  })

  it('suggests the nearest name', () => {
    const issues = checkDesign(withValue(fullDesign(), 'vpcs.main.subnets.private-a.routeTable', 'privat-a'))
    expect(issues.map(formatDesignIssue)).toEqual([
      "vpcs.main.subnets.private-a.routeTable: There is no route table 'privat-a'. Did you mean private-a?",
    ])
  })

  it('carries EC2’s error codes', () => {
    const codes = (path: string, value: unknown): unknown[] =>
      checkDesign(withValue(fullDesign(), path, value)).map((issue) => issue.awsErrorCode)
    expect(codes('vpcs.second.subnets.second-b.cidrBlock', '10.1.1.128/25')).toEqual(['InvalidSubnet.Conflict'])
    expect(codes('flowLogs.again', { vpc: 'main', trafficType: 'REJECT', logGroupName: '/flow/main' })).toEqual([
      'FlowLogAlreadyExists',
    ])
    expect(codes('trafficMirrorTargets.again', { networkInterface: 'suricata' })).toEqual([
      'InterfaceInUseByTrafficMirrorTarget',
    ])
  })
})

describe('defineDesign', () => {
  it('gives a frozen copy of its own, with the keys as they were written', () => {
    const input = structuredClone(fullDesign())
    const design = defineDesign(input)
    expect(design).not.toBe(input)
    expect(JSON.stringify(design)).toBe(JSON.stringify(input))
    expect(Object.isFrozen(design.vpcs.main?.subnets?.['private-a'])).toBe(true)
    expect(Object.isFrozen(input)).toBe(false)
    expect(defineDesign(design)).toBe(design)
  })

  it('throws one error with every issue, and lists them in its text', () => {
    const design = withValue(withValue(fullDesign(), 'instances.demo.instanceType', 't9.x') as Design, 'region', 'mars')
    const error = (() => {
      try {
        defineDesign(design as Design)
        return undefined
      } catch (caught) {
        return caught
      }
    })()
    expect(error).toBeInstanceOf(DesignError)
    expect((error as DesignError).code).toBe('INVALID_DESIGN')
    expect((error as DesignError).message).toContain("region: 'mars' is not allowed.")
  })

  it('lets warnings pass', () => {
    const design = withValue(fullDesign(), 'vpcs.third.cidrBlocks', ['10.2.0.5/16'])
    expect(() => defineDesign(design as Design)).not.toThrow()
  })
})
