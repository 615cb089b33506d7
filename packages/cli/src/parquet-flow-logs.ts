import type { Design } from '@flowtap/core'

/** The design with its flow logs in Parquet where they go to S3. */
export function withParquet(design: Design): Design {
  const flowLogs = Object.entries(design.flowLogs ?? {}).map(([name, flowLog]) => [
    name,
    flowLog.logGroupName === undefined && flowLog.logDestinationType !== 'cloud-watch-logs'
      ? { ...flowLog, destinationOptions: { ...flowLog.destinationOptions, fileFormat: 'parquet' as const } }
      : flowLog,
  ])
  return { ...design, flowLogs: Object.fromEntries(flowLogs) }
}
