import { z } from 'zod'
import type { AvailabilityZoneDesign, Design, DetectorDesign } from '../design.ts'
import type { AwsServiceRangeDesign, InternetHostDesign, InternetServiceDesign } from '../internet-design.ts'
import { flowLogSchema } from './flow-log-schema.ts'
import { autoScalingGroupSchema, instanceSchema, networkInterfaceSchema } from './instance-schema.ts'
import { gatewayLoadBalancerSchema, loadBalancerSchema, targetGroupSchema } from './load-balancer-schema.ts'
import { objectSchema, oneOf, optional, textOf, wholeNumber } from './object-schema.ts'
import { prefixListsSchema } from './security-group-schema.ts'
import { accountId, anyAddress, anyBlock, anyText, named, region, resourceShapeWithId } from './text-formats.ts'
import {
  trafficMirrorFilterSchema,
  trafficMirrorSessionSchema,
  trafficMirrorTargetSchema,
} from './traffic-mirror-schema.ts'
import { transitGatewaySchema, vpcPeeringConnectionSchema } from './transit-gateway-schema.ts'
import { blockPublicAccessSchema, vpcSchema } from './vpc-schema.ts'

const detectorSchema = objectSchema<DetectorDesign>({
  ...resourceShapeWithId((text) => /^[0-9a-f]{32}$/.test(text), '32 hexadecimal digits in lower case'),
  enable: optional(z.boolean()),
  findingPublishingFrequency: optional(
    oneOf<'FIFTEEN_MINUTES' | 'ONE_HOUR' | 'SIX_HOURS'>({ FIFTEEN_MINUTES: true, ONE_HOUR: true, SIX_HOURS: true }),
  ),
})

const DNS_NAME =
  /^(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/

const internetHostSchema = objectSchema<InternetHostDesign>({
  dnsNames: optional(
    z.array(
      textOf((text) => text.length <= 253 && DNS_NAME.test(text), 'a name such as www.example.com or *.example.com'),
    ),
  ),
  addresses: z.array(anyAddress).min(1),
  services: optional(
    z.array(
      objectSchema<InternetServiceDesign>({
        protocol: oneOf<'tcp' | 'udp'>({ tcp: true, udp: true }),
        port: wholeNumber(0, 65535),
      }),
    ),
  ),
  answersPing: optional(z.boolean()),
  latencyMilliseconds: optional(
    z.number().refine((value) => value >= 0 && value <= 60_000, { params: { allowed: 'a number from 0 to 60000' } }),
  ),
})

const awsServiceRangeSchema = objectSchema<AwsServiceRangeDesign>({
  ipPrefix: anyBlock,
  service: textOf((text) => /^[A-Z][A-Z0-9_]*$/.test(text), 'a service of AWS’s list such as S3 or CLOUDFRONT'),
  region: optional(textOf((text) => /^(?:GLOBAL|[a-z0-9-]+)$/.test(text), 'the code of a region, or GLOBAL')),
})

/** What a design may hold. Whether its parts fit together, `checkDesign` checks. */
export const designSchema: z.ZodType<Design> = objectSchema<Design>({
  $schema: optional(anyText),
  accountId: optional(accountId),
  region: optional(region),
  availabilityZones: optional(
    z.record(
      z.string(),
      objectSchema<AvailabilityZoneDesign>({
        zoneId: textOf((text) => /^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(text), 'the id of a zone such as usw2-az1'),
      }),
    ),
  ),
  vpcs: named(vpcSchema),
  instances: optional(named(instanceSchema)),
  networkInterfaces: optional(named(networkInterfaceSchema)),
  autoScalingGroups: optional(named(autoScalingGroupSchema)),
  prefixLists: optional(prefixListsSchema),
  loadBalancers: optional(named(loadBalancerSchema)),
  gatewayLoadBalancers: optional(named(gatewayLoadBalancerSchema)),
  targetGroups: optional(named(targetGroupSchema)),
  transitGateways: optional(named(transitGatewaySchema)),
  vpcPeeringConnections: optional(named(vpcPeeringConnectionSchema)),
  vpcBlockPublicAccess: optional(blockPublicAccessSchema),
  flowLogs: optional(named(flowLogSchema)),
  trafficMirrorFilters: optional(named(trafficMirrorFilterSchema)),
  trafficMirrorTargets: optional(named(trafficMirrorTargetSchema)),
  trafficMirrorSessions: optional(named(trafficMirrorSessionSchema)),
  detectors: optional(named(detectorSchema)),
  internetHosts: optional(named(internetHostSchema)),
  awsServiceRanges: optional(z.array(awsServiceRangeSchema)),
})
