import type { FlowLogDesign } from '@flowtap/core'
import fc from 'fast-check'
import { logFormat } from './log-format.ts'

/** Fields of version 11 that show tags, and whose they are. */
const TAGGED = [
  { field: 'instance-tag', resourceType: 'instance' },
  { field: 'interface-tag', resourceType: 'network-interface' },
  { field: 'asg-tag', resourceType: 'auto-scaling-group' },
] as const

/** Where a flow log delivers to: one bucket, with and without a folder, and log groups; all flow logs share them. */
function destination(): fc.Arbitrary<FlowLogDesign> {
  return fc.oneof(
    fc
      .record({
        logDestination: fc.constantFrom('arn:aws:s3:::flow-logs', 'arn:aws:s3:::flow-logs/network/'),
        destinationOptions: fc.record({
          fileFormat: fc.constantFrom<'plain-text' | 'parquet'>('plain-text', 'parquet'),
          hiveCompatiblePartitions: fc.boolean(),
          perHourPartition: fc.boolean(),
        }),
      })
      .map((made): FlowLogDesign => made),
    fc.constantFrom('/flow-logs', '/network/flow-logs').map((logGroupName) => ({ logGroupName })),
  )
}

/** A flow log of something in a VPC, without the resource that it logs. */
export function flowLog(fields?: readonly string[]): fc.Arbitrary<FlowLogDesign> {
  return fc
    .record({
      trafficType: fc.oneof(
        { weight: 3, arbitrary: fc.constant('ALL' as const) },
        { weight: 1, arbitrary: fc.constantFrom('ACCEPT' as const, 'REJECT' as const) },
      ),
      maxAggregationInterval: fc.constantFrom<60 | 600>(60, 600),
      format: logFormat(fields ? { including: fields } : {}),
      destination: destination(),
    })
    .map(({ format, destination, ...rest }) => {
      const tagged = TAGGED.filter(({ field }) => format.fields.some((name) => name.startsWith(field)))
      return {
        ...rest,
        ...destination,
        logFormat: format.fields,
        ...(tagged.length > 0
          ? { tagFieldSpecifications: tagged.map(({ resourceType }) => ({ resourceType, tagKeys: ['Name', 'team'] })) }
          : {}),
      }
    })
}

/** Flow logs of one resource, none the same as another for EC2: those of other traffic or with another destination are others. */
export function flowLogs(fields: readonly string[] | undefined, maxLength: number): fc.Arbitrary<FlowLogDesign[]> {
  return fc.uniqueArray(flowLog(fields), {
    maxLength,
    selector: ({ trafficType, logDestination, logGroupName }) => [trafficType, logDestination, logGroupName].join(' '),
  })
}

/** A flow log of a transit gateway or an attachment, without that. */
export function transitGatewayFlowLog(): fc.Arbitrary<FlowLogDesign> {
  return fc
    .record({ format: logFormat({ kind: 'transit-gateway' }), destination: destination() })
    .map(({ format, destination }) => ({ ...destination, maxAggregationInterval: 60, logFormat: format.fields }))
}
