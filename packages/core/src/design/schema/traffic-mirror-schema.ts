import { z } from 'zod'
import type {
  TrafficMirrorFilterDesign,
  TrafficMirrorFilterRuleDesign,
  TrafficMirrorSessionDesign,
  TrafficMirrorTargetDesign,
} from '../traffic-mirror-design.ts'
import { objectSchema, oneOf, optional, wholeNumber } from './object-schema.ts'
import { ruleNumber } from './security-group-schema.ts'
import { anyBlock, ipProtocol, reference, resourceId, resourceShape } from './text-formats.ts'

const portRange = objectSchema<{ fromPort: number; toPort: number }>({
  fromPort: wholeNumber(0, 65535),
  toPort: wholeNumber(0, 65535),
})

const ruleSchema = objectSchema<TrafficMirrorFilterRuleDesign>({
  id: optional(resourceId('trafficMirrorFilterRule')),
  ruleNumber,
  ruleAction: oneOf<'accept' | 'reject'>({ accept: true, reject: true }),
  protocol: optional(ipProtocol),
  sourceCidrBlock: anyBlock,
  destinationCidrBlock: anyBlock,
  sourcePortRange: optional(portRange),
  destinationPortRange: optional(portRange),
})

/** A mirror filter. */
export const trafficMirrorFilterSchema: z.ZodType<TrafficMirrorFilterDesign> = objectSchema<TrafficMirrorFilterDesign>({
  ...resourceShape('trafficMirrorFilter'),
  ingressFilterRules: optional(z.array(ruleSchema)),
  egressFilterRules: optional(z.array(ruleSchema)),
  networkServices: optional(z.array(oneOf<'amazon-dns'>({ 'amazon-dns': true }))),
})

/** A mirror target. */
export const trafficMirrorTargetSchema: z.ZodType<TrafficMirrorTargetDesign> = objectSchema<TrafficMirrorTargetDesign>({
  ...resourceShape('trafficMirrorTarget'),
  networkInterface: optional(reference),
  loadBalancer: optional(reference),
  gatewayLoadBalancerEndpoint: optional(reference),
})

/** A mirror session. */
export const trafficMirrorSessionSchema: z.ZodType<TrafficMirrorSessionDesign> =
  objectSchema<TrafficMirrorSessionDesign>({
    ...resourceShape('trafficMirrorSession'),
    networkInterface: reference,
    trafficMirrorTarget: reference,
    trafficMirrorFilter: reference,
    sessionNumber: wholeNumber(1, 32766),
    packetLength: optional(wholeNumber(1, 65535)),
    virtualNetworkId: optional(wholeNumber(0, 16_777_215)),
  })
