import { z } from 'zod'
import type { DestinationOptionsDesign, FlowLogDesign, TagFieldSpecificationDesign } from '../flow-log-design.ts'
import { objectSchema, oneOf, optional, textOf } from './object-schema.ts'
import { anyText, reference, resourceShape } from './text-formats.ts'

const tagFieldSpecificationSchema = objectSchema<TagFieldSpecificationDesign>({
  resourceType: oneOf<TagFieldSpecificationDesign['resourceType']>({
    instance: true,
    'network-interface': true,
    'auto-scaling-group': true,
  }),
  tagKeys: z
    .array(textOf((text) => text.length > 0 && text.length <= 128, 'a tag key of 1 to 128 characters'))
    .min(1)
    .max(2),
})

const destinationOptionsSchema = objectSchema<DestinationOptionsDesign>({
  fileFormat: optional(oneOf<'plain-text' | 'parquet'>({ 'plain-text': true, parquet: true })),
  hiveCompatiblePartitions: optional(z.boolean()),
  perHourPartition: optional(z.boolean()),
})

/** A flow log. */
export const flowLogSchema: z.ZodType<FlowLogDesign> = objectSchema<FlowLogDesign>({
  ...resourceShape('flowLog'),
  vpc: optional(reference),
  subnet: optional(reference),
  networkInterface: optional(reference),
  transitGateway: optional(reference),
  transitGatewayAttachment: optional(reference),
  trafficType: optional(oneOf<'ACCEPT' | 'REJECT' | 'ALL'>({ ACCEPT: true, REJECT: true, ALL: true })),
  maxAggregationInterval: optional(z.literal([60, 600])),
  logFormat: optional(z.union([anyText, z.array(anyText).min(1)])),
  tagFieldSpecifications: optional(z.array(tagFieldSpecificationSchema).min(1).max(3)),
  logDestinationType: optional(oneOf<'s3' | 'cloud-watch-logs'>({ s3: true, 'cloud-watch-logs': true })),
  logDestination: optional(anyText),
  logGroupName: optional(
    textOf((text) => /^[.\-_/#A-Za-z0-9]{1,512}$/.test(text), '1 to 512 letters, digits and . - _ / #'),
  ),
  destinationOptions: optional(destinationOptionsSchema),
})
