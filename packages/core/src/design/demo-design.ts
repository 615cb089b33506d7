import { defineDesign } from './define-design.ts'
import type { Design } from './design.ts'
import type { FlowLogDesign } from './flow-log-design.ts'
import {
  REFERENCE_ACCOUNT_ID,
  REFERENCE_BUCKET,
  REFERENCE_REGION,
  referenceVpc,
  SEARCH_GROUP,
} from './reference-network.ts'

/** The 29 fields of versions 2 to 5, in the order of the article's table. */
const ARTICLE_TABLE_FIELDS: readonly string[] = (
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
  'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id ' +
  'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path'
).split(' ')

/**
 * The reference design: the article's network and instances, put right. What differs from `articleDesign`: each ENI has a group of its
 * own, with UDP 4789 open at the sensor; both directions and the Amazon resolver are mirrored; each flow log has a prefix of its own and
 * all columns of the article's table; S3 has a gateway endpoint; there is no jump box, since Session Manager needs none. It is IPv4 only,
 * because with IPv6 the demo instance would reach google.com by IPv6, and the article's queries ask for 10.0.1.101.
 */
export function demoDesign(): Design {
  return defineDesign({
    accountId: REFERENCE_ACCOUNT_ID,
    region: REFERENCE_REGION,
    vpcs: {
      main: referenceVpc({
        securityGroups: {
          demo: { tags: { Name: 'demo' } },
          sensor: {
            tags: { Name: 'sensor' },
            ingress: [
              { ipProtocol: 'udp', fromPort: 4789, securityGroup: 'demo', description: 'VXLAN of the mirror session' },
            ],
          },
          search: SEARCH_GROUP,
        },
        vpcEndpoints: { s3: { serviceName: 's3', routeTables: ['private-a', 'private-b'] } },
      }),
    },
    networkInterfaces: {
      demo: { subnet: 'private-a', privateIpAddress: '10.0.1.101', securityGroups: ['demo'], tags: { Name: 'demo' } },
      suricata: {
        subnet: 'private-b',
        privateIpAddress: '10.0.2.101',
        securityGroups: ['sensor'],
        tags: { Name: 'suricata' },
      },
      opensearch: {
        subnet: 'private-b',
        privateIpAddress: '10.0.2.50',
        securityGroups: ['search'],
        requesterManaged: true,
        requesterId: 'amazon-elasticsearch',
        description: 'ES suricata',
      },
    },
    instances: {
      demo: { instanceType: 't3.micro', networkInterfaces: ['demo'], tags: { Name: 'demo' } },
      suricata: { instanceType: 't3.small', networkInterfaces: ['suricata'], tags: { Name: 'suricata' } },
    },
    flowLogs: {
      // Without a prefix: the article's table reads what stands under AWSLogs.
      'vpc-flow-log': { vpc: 'main', ...flowLog('') },
      'subnet-flow-log': { subnet: 'private-a', ...flowLog('subnet/') },
      'interface-flow-log': { networkInterface: 'demo', ...flowLog('interface/') },
    },
    trafficMirrorFilters: {
      everything: {
        networkServices: ['amazon-dns'],
        ingressFilterRules: [
          { ruleNumber: 100, ruleAction: 'accept', sourceCidrBlock: '0.0.0.0/0', destinationCidrBlock: '0.0.0.0/0' },
        ],
        egressFilterRules: [
          { ruleNumber: 100, ruleAction: 'accept', sourceCidrBlock: '0.0.0.0/0', destinationCidrBlock: '0.0.0.0/0' },
        ],
      },
    },
    trafficMirrorTargets: { suricata: { networkInterface: 'suricata' } },
    trafficMirrorSessions: {
      'demo-to-suricata': {
        networkInterface: 'demo',
        trafficMirrorTarget: 'suricata',
        trafficMirrorFilter: 'everything',
        sessionNumber: 1,
        virtualNetworkId: 1,
      },
    },
    detectors: { detector: { findingPublishingFrequency: 'FIFTEEN_MINUTES' } },
  })
}

function flowLog(prefix: string): FlowLogDesign {
  return {
    trafficType: 'ALL',
    maxAggregationInterval: 60,
    logFormat: ARTICLE_TABLE_FIELDS,
    logDestination: `arn:aws:s3:::${REFERENCE_BUCKET}/${prefix}`,
  }
}
