import type { FlowLogDestination } from '../topology/topology.ts'
import type { FlowLogDesign } from './flow-log-design.ts'

/** Why a flow log has no destination, and the key at which that shows. */
export interface DestinationProblem {
  readonly key: 'logDestination' | 'logDestinationType' | 'logGroupName' | 'destinationOptions'
  readonly problem: string
}

/** The folder that AWS puts under every bucket and prefix itself. Source: VPC user guide, "Publish flow logs to Amazon S3". */
const RESERVED_FOLDER = 'AWSLogs'

/** Where a flow log delivers to. Source: EC2 API reference, CreateFlowLogs, LogDestination and LogGroupName. */
export function flowLogDestination(value: FlowLogDesign): FlowLogDestination | DestinationProblem {
  const { logDestination, logGroupName, logDestinationType } = value
  if (logDestination === undefined && logGroupName === undefined) {
    return {
      key: 'logDestination',
      problem: 'The flow log goes nowhere. Give logDestination (arn:aws:s3:::bucket or s3://bucket), or logGroupName.',
    }
  }
  if (logDestination !== undefined && logGroupName !== undefined) {
    return { key: 'logGroupName', problem: 'logGroupName stands beside logDestination. Give one of them.' }
  }
  const group = logGroupName ?? logGroupOf(logDestination ?? '')
  if (group !== undefined) return toLogGroup(value, group)
  if (logDestinationType === 'cloud-watch-logs') {
    return {
      key: 'logDestination',
      problem: `'${logDestination}' is no log group. Give logGroupName, or write logDestinationType: 's3'.`,
    }
  }
  return toBucket(value, logDestination ?? '')
}

function logGroupOf(text: string): string | undefined {
  return /^arn:aws[\w-]*:logs:[a-z0-9-]+:\d{12}:log-group:([.\-_/#A-Za-z0-9]{1,512})(?::\*)?$/.exec(text)?.[1]
}

function toLogGroup(value: FlowLogDesign, logGroupName: string): FlowLogDestination | DestinationProblem {
  if (value.logDestinationType === 's3') {
    return {
      key: 'logDestinationType',
      problem: `${logGroupName} is a log group, no bucket. Write logDestinationType: 'cloud-watch-logs', or leave it out.`,
    }
  }
  if (value.destinationOptions) {
    return {
      key: 'destinationOptions',
      problem: 'Only files in S3 have a format and partitions. Leave destinationOptions out.',
    }
  }
  return { kind: 'cloud-watch-logs', logGroupName }
}

function toBucket(value: FlowLogDesign, text: string): FlowLogDestination | DestinationProblem {
  const path = /^(?:arn:aws[\w-]*:s3:::|s3:\/\/)(.+)$/.exec(text)?.[1]
  if (path === undefined) {
    return {
      key: 'logDestination',
      problem: `'${text}' is no destination. Write arn:aws:s3:::bucket/prefix/, s3://bucket/prefix/ or the ARN of a log group.`,
    }
  }
  const [bucket = '', ...folders] = path.split('/')
  if (!/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    return {
      key: 'logDestination',
      problem: `'${bucket}' is no name of a bucket: 3 to 63 letters in lower case, digits, hyphens and dots.`,
    }
  }
  if (folders.at(-1) === '') folders.pop()
  if (folders.includes('')) {
    return {
      key: 'logDestination',
      problem: `The sub-folder '${folders.join('/')}' has an empty part. Write single slashes.`,
    }
  }
  if (folders.includes(RESERVED_FOLDER)) {
    return {
      key: 'logDestination',
      problem: `${RESERVED_FOLDER} cannot be a sub-folder: AWS makes it itself. Leave it out, or choose another folder.`,
    }
  }
  const {
    fileFormat = 'plain-text',
    hiveCompatiblePartitions = false,
    perHourPartition = false,
  } = value.destinationOptions ?? {}
  return { kind: 's3', bucket, prefix: folders.join('/'), fileFormat, hiveCompatiblePartitions, perHourPartition }
}
