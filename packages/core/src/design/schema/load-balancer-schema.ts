import { z } from 'zod'
import type {
  GatewayListenerDesign,
  GatewayLoadBalancerDesign,
  ListenerDesign,
  LoadBalancerDesign,
  LoadBalancerProtocol,
  TargetDesign,
  TargetGroupDesign,
  TargetGroupProtocol,
} from '../load-balancer-design.ts'
import { objectSchema, oneOf, optional, wholeNumber } from './object-schema.ts'
import { ipv4Address, reference, resourceShapeWithId } from './text-formats.ts'
import { subnetPlacementSchema } from './vpc-schema.ts'

const protocol = oneOf<LoadBalancerProtocol>({ TCP: true, UDP: true, TCP_UDP: true, TLS: true })
const port = wholeNumber(1, 65535)

const arn = (resource: string): RegExp =>
  new RegExp(`^arn:aws[\\w-]*:elasticloadbalancing:[a-z0-9-]+:\\d{12}:${resource}/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$`)
const balancerArn = arn('loadbalancer/net')
const gatewayArn = arn('loadbalancer/gwy')
const targetGroupArn = arn('targetgroup')

/** A Network Load Balancer. */
export const loadBalancerSchema: z.ZodType<LoadBalancerDesign> = objectSchema<LoadBalancerDesign>({
  ...resourceShapeWithId(
    (text) => balancerArn.test(text),
    'an ARN such as arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/sensors/50dc6c495c0c9188',
  ),
  type: optional(oneOf<'network'>({ network: true })),
  scheme: optional(oneOf<'internal' | 'internet-facing'>({ internal: true, 'internet-facing': true })),
  subnets: z.array(subnetPlacementSchema).min(1),
  securityGroups: optional(z.array(reference)),
  enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: optional(oneOf<'on' | 'off'>({ on: true, off: true })),
  crossZoneEnabled: optional(z.boolean()),
  listeners: optional(z.array(objectSchema<ListenerDesign>({ protocol, port, targetGroup: reference }))),
})

/** A Gateway Load Balancer. */
export const gatewayLoadBalancerSchema: z.ZodType<GatewayLoadBalancerDesign> = objectSchema<GatewayLoadBalancerDesign>({
  ...resourceShapeWithId(
    (text) => gatewayArn.test(text),
    'an ARN such as arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/gwy/inspection/50dc6c495c0c9188',
  ),
  subnets: z.array(subnetPlacementSchema).min(1),
  crossZoneEnabled: optional(z.boolean()),
  listeners: optional(z.array(objectSchema<GatewayListenerDesign>({ targetGroup: reference }))),
})

/** A target group. */
export const targetGroupSchema: z.ZodType<TargetGroupDesign> = objectSchema<TargetGroupDesign>({
  ...resourceShapeWithId(
    (text) => targetGroupArn.test(text),
    'an ARN such as arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/sensors/73e2d6bc24d8a067',
  ),
  protocol: oneOf<TargetGroupProtocol>({ TCP: true, UDP: true, TCP_UDP: true, TLS: true, GENEVE: true }),
  port,
  vpc: reference,
  targetType: optional(oneOf<'instance' | 'ip'>({ instance: true, ip: true })),
  preserveClientIp: optional(z.boolean()),
  targets: optional(
    z.array(
      objectSchema<TargetDesign>({
        instance: optional(reference),
        ipAddress: optional(ipv4Address),
        port: optional(port),
        healthy: optional(z.boolean()),
      }),
    ),
  ),
})
