import { z } from 'zod'
import type {
  AutoScalingGroupDesign,
  ConnectionTrackingDesign,
  InstanceDesign,
  InterfaceSettings,
  NetworkInterfaceDesign,
} from '../instance-design.ts'
import { objectSchema, oneOf, optional, type Shape, textOf, wholeNumber } from './object-schema.ts'
import {
  anyText,
  ipv4Address,
  ipv6Address,
  optionalTags,
  reference,
  resourceId,
  resourceShape,
} from './text-formats.ts'
import { interfaceAddressSchema } from './vpc-schema.ts'

/** Ranges: EC2 API reference, ConnectionTrackingSpecificationRequest. */
const connectionTrackingSchema = objectSchema<ConnectionTrackingDesign>({
  tcpEstablishedTimeout: optional(wholeNumber(60, 432_000)),
  udpTimeout: optional(wholeNumber(30, 60)),
  udpStreamTimeout: optional(wholeNumber(60, 180)),
})

const interfaceSettings: Shape<InterfaceSettings> = {
  privateIpAddress: optional(ipv4Address),
  publicIp: optional(z.union([z.boolean(), ipv4Address])),
  secondaryPrivateIpAddresses: optional(z.array(interfaceAddressSchema)),
  ipv6Addresses: optional(z.array(ipv6Address)),
  ipv6AddressCount: optional(wholeNumber(0, 50)),
  securityGroups: optional(z.array(reference).min(1)),
  sourceDestCheck: optional(z.boolean()),
  connectionTrackingSpecification: optional(connectionTrackingSchema),
}

/** An ENI of its own. */
export const networkInterfaceSchema: z.ZodType<NetworkInterfaceDesign> = objectSchema<NetworkInterfaceDesign>({
  ...resourceShape('networkInterface'),
  ...interfaceSettings,
  subnet: reference,
  description: optional(anyText),
  interfaceType: optional(oneOf<'interface' | 'efa' | 'lambda'>({ interface: true, efa: true, lambda: true })),
  requesterManaged: optional(z.boolean()),
  requesterId: optional(reference),
  macAddress: optional(
    textOf((text) => /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(text), 'a MAC address such as 02:1a:2b:3c:4d:5e'),
  ),
})

/** An EC2 instance. */
export const instanceSchema: z.ZodType<InstanceDesign> = objectSchema<InstanceDesign>({
  ...resourceShape('instance'),
  ...interfaceSettings,
  instanceType: optional(anyText),
  subnet: optional(reference),
  networkInterfaceId: optional(resourceId('networkInterface')),
  networkInterfaces: optional(z.array(reference).min(1)),
  platform: optional(oneOf<'linux' | 'windows'>({ linux: true, windows: true })),
  autoScalingGroup: optional(reference),
  state: optional(oneOf<'running' | 'stopped'>({ running: true, stopped: true })),
})

/** An Auto Scaling group: its tags. */
export const autoScalingGroupSchema: z.ZodType<AutoScalingGroupDesign> = objectSchema<AutoScalingGroupDesign>({
  tags: optionalTags,
})
