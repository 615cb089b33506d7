// What AWS does not document about delivery: one named constant each. docs/flow-records.md explains them.

/**
 * Time from the end of a log file's five minutes (or of the last aggregation interval that can give it a record) to its delivery to S3:
 * "about 10 minutes" (VPC user guide, "Flow logs basics"), here from 9 to 11 minutes by the seed.
 */
export const S3_DELIVERY_LAG_MICROSECONDS: number = 540_000_000
export const S3_DELIVERY_JITTER_MICROSECONDS: number = 120_000_000

/** Time from the end of an aggregation interval to the ingestion of its events by CloudWatch Logs: "about 5 minutes", here from 4½ to 5½. */
export const LOG_EVENT_LAG_MICROSECONDS: number = 270_000_000
export const LOG_EVENT_JITTER_MICROSECONDS: number = 60_000_000

/** A log file is published once it has this many bytes, compressed: "75 MB" (VPC user guide, "Flow log files"), read as mebibytes. */
export const LARGEST_LOG_FILE_BYTES: number = 75 * 1024 * 1024

/** zlib's own default: what level AWS uses is not known. */
export const GZIP_LEVEL: number = 6

/** Traffic-type part of the name of the stream that flow logs of different traffic types share when they write to one log group. */
export const COMBINED_LOG_STREAM_SUFFIX: string = 'all'

/** `DeliverLogsErrorMessage` for each way in which a destination refuses (EC2 API, FlowLog, lists the three texts and not what they are for). */
export const DELIVERY_ERROR_MESSAGES = {
  'no-such-destination': 'Access error',
  'access-denied': 'Access error',
  'rate-limited': 'Rate limited',
  unknown: 'Unknown error',
} as const
