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

/**
 * The reference design as the article "How to inspect VPC, subnet, and EC2 instance traffic in AWS" has it, its faults kept:
 *
 * - the three flow logs share one prefix, so that queries count the demo instance's flows three times;
 * - they have the default format of 14 fields under a table of 29 columns;
 * - the mirror filter takes outgoing TCP to port 443 alone: half of each connection, and nothing of `curl google.com`;
 * - demo and sensor have no group of their own: mirroring works by the default group's reference to itself;
 * - a Windows jump box with RDP open to everywhere, and without a public address.
 */
export function articleDesign(): Design {
  return defineDesign({
    accountId: REFERENCE_ACCOUNT_ID,
    region: REFERENCE_REGION,
    vpcs: {
      main: referenceVpc({
        securityGroups: {
          search: SEARCH_GROUP,
          jumpbox: { ingress: [{ ipProtocol: 'tcp', fromPort: 3389, cidrBlock: '0.0.0.0/0', description: 'RDP' }] },
        },
      }),
    },
    networkInterfaces: {
      demo: { subnet: 'private-a', privateIpAddress: '10.0.1.101' },
      suricata: { subnet: 'private-b', privateIpAddress: '10.0.2.101' },
      jumpbox: { subnet: 'public-b', privateIpAddress: '10.0.102.101', securityGroups: ['jumpbox'] },
      opensearch: {
        subnet: 'private-b',
        securityGroups: ['search'],
        requesterManaged: true,
        requesterId: 'amazon-elasticsearch',
        description: 'ES suricata',
      },
    },
    instances: {
      demo: { instanceType: 't3.micro', networkInterfaces: ['demo'] },
      suricata: { instanceType: 't3.small', networkInterfaces: ['suricata'] },
      jumpbox: { instanceType: 't3.small', platform: 'windows', networkInterfaces: ['jumpbox'] },
    },
    flowLogs: {
      'vpc-flow-log': { vpc: 'main', ...TO_ONE_PREFIX },
      'subnet-flow-log': { subnet: 'private-a', ...TO_ONE_PREFIX },
      'interface-flow-log': { networkInterface: 'demo', ...TO_ONE_PREFIX },
    },
    trafficMirrorFilters: {
      https: {
        egressFilterRules: [
          {
            ruleNumber: 100,
            ruleAction: 'accept',
            protocol: 'tcp',
            sourceCidrBlock: '10.0.0.0/8',
            destinationCidrBlock: '0.0.0.0/0',
            destinationPortRange: { fromPort: 443, toPort: 443 },
          },
        ],
      },
    },
    trafficMirrorTargets: { suricata: { networkInterface: 'suricata' } },
    trafficMirrorSessions: {
      'demo-to-suricata': {
        networkInterface: 'demo',
        trafficMirrorTarget: 'suricata',
        trafficMirrorFilter: 'https',
        sessionNumber: 1,
      },
    },
    detectors: { detector: { findingPublishingFrequency: 'FIFTEEN_MINUTES' } },
  })
}

const TO_ONE_PREFIX: FlowLogDesign = { trafficType: 'ALL', logDestination: `arn:aws:s3:::${REFERENCE_BUCKET}` }
