import { FlowLogWriteError } from './write-error.ts'

/** The service part of the keys and names. AWS's page on transit-gateway flow logs shows no other one. */
export const FLOW_LOG_SERVICE = 'vpcflowlogs'

/**
 * How a log file's name ends, by the flow log's `FileFormat`.
 *
 * AWS prints only `.log.gz`; `.log.parquet` is what delivered Parquet objects in public repositories are called. Readers
 * should go by a file's first bytes, not by its name.
 */
export const LOG_FILE_SUFFIX: Readonly<Record<FlowLogFileFormat, string>> = {
  'plain-text': '.log.gz',
  parquet: '.log.parquet',
}

/** Seconds that one log file covers: AWS publishes a file per flow log every five minutes. */
export const DELIVERY_WINDOW_SECONDS = 300

/** `FileFormat` of CreateFlowLogs' `DestinationOptions`. */
export type FlowLogFileFormat = 'plain-text' | 'parquet'

/** What the key of a flow-log object in S3 says. */
export type FlowLogObjectKey = {
  /** The sub-folder of the flow log's destination, without slashes at its ends; absent if there is none. */
  readonly prefix?: string
  /** Account that owns the flow log: 12 digits. */
  readonly accountId: string
  readonly region: string
  /** `fl-` and hexadecimal digits. */
  readonly flowLogId: string
  /** Start of the window, in Unix seconds: a whole minute. The records in the file *end* in this window. */
  readonly windowStartSeconds: number
  /** The part that makes names unique; AWS uses 8 hexadecimal digits. */
  readonly hash: string
  readonly fileFormat: FlowLogFileFormat
  /** `HiveCompatiblePartitions`: folders are named `key=value`. */
  readonly hiveCompatible: boolean
  /** `PerHourPartition`: one more folder, for the hour. */
  readonly perHour: boolean
}

const ACCOUNT_ID = /^\d{12}$/
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/
const FLOW_LOG_ID = /^fl-[0-9a-f]+$/
const HASH = /^[0-9a-f]+$/
const RESERVED_FOLDER = 'AWSLogs'

/** The last second that a name can say: 9999-12-31T23:59:00Z. */
const LAST_WINDOW_START_SECONDS = 253_402_300_740

/**
 * The S3 object key of a log file, as AWS lays it out
 * (VPC user guide, "Flow log files": plain, per hour, Hive-compatible, and both).
 *
 * @throws FlowLogWriteError `INVALID_OBJECT_KEY` where a part has a form that AWS does not use.
 */
export function formatObjectKey(key: FlowLogObjectKey): string {
  check('accountId', key.accountId, ACCOUNT_ID, 'the 12 digits of an account id')
  check('region', key.region, REGION, 'a Region code such as us-east-1')
  check('flowLogId', key.flowLogId, FLOW_LOG_ID, 'fl- and hexadecimal digits')
  check('hash', key.hash, HASH, 'hexadecimal digits in lower case, 8 in AWS’s names')
  checkPrefix(key.prefix)
  const time = windowTime(key.windowStartSeconds)
  const folders = key.hiveCompatible
    ? [
        `aws-account-id=${key.accountId}`,
        `aws-service=${FLOW_LOG_SERVICE}`,
        `aws-region=${key.region}`,
        `year=${time.year}`,
        `month=${time.month}`,
        `day=${time.day}`,
        ...(key.perHour ? [`hour=${time.hour}`] : []),
      ]
    : [
        key.accountId,
        FLOW_LOG_SERVICE,
        key.region,
        time.year,
        time.month,
        time.day,
        ...(key.perHour ? [time.hour] : []),
      ]
  const stamp = `${time.year}${time.month}${time.day}T${time.hour}${time.minute}Z`
  const name = [key.accountId, FLOW_LOG_SERVICE, key.region, key.flowLogId, stamp, key.hash].join('_')
  return [
    ...(key.prefix === undefined ? [] : [key.prefix]),
    RESERVED_FOLDER,
    ...folders,
    name + LOG_FILE_SUFFIX[key.fileFormat],
  ].join('/')
}

const NAME =
  /^(?<accountId>\d{12})_vpcflowlogs_(?<region>[a-z0-9-]+)_(?<flowLogId>fl-[0-9a-f]+)_(?<stamp>\d{8}T\d{4}Z)_(?<hash>[0-9a-f]+)(?<suffix>\.log\.gz|\.log\.parquet)$/

/**
 * Reads the S3 object key of a log file (a path on disk in the same layout will do: it is a key with a prefix).
 *
 * @returns `undefined` for a key that is not in AWS's layout, or whose folders and name contradict each other; for every
 *   other one `formatObjectKey` gives the key back.
 */
export function parseObjectKey(key: string): FlowLogObjectKey | undefined {
  const segments = key.split('/')
  const name = NAME.exec(segments.at(-1) ?? '')?.groups
  if (name === undefined) return undefined
  const { accountId = '', region = '', flowLogId = '', stamp = '', hash = '', suffix } = name
  const windowStartSeconds = parseStamp(stamp)
  if (windowStartSeconds === undefined) return undefined
  const start = segments.lastIndexOf(RESERVED_FOLDER)
  const folders = segments.slice(start + 1, -1)
  const parsed: FlowLogObjectKey = {
    ...(start > 0 ? { prefix: segments.slice(0, start).join('/') } : {}),
    accountId,
    region,
    flowLogId,
    windowStartSeconds,
    hash,
    fileFormat: suffix === LOG_FILE_SUFFIX.parquet ? 'parquet' : 'plain-text',
    hiveCompatible: folders[0]?.startsWith('aws-account-id=') ?? false,
    perHour: folders.length === 7,
  }
  return formatsAs(parsed, key) ? parsed : undefined
}

/** The window of the log file that a record with this `end` time goes to (Unix seconds). */
export function deliveryWindow(endSeconds: number): DeliveryWindow {
  const startSeconds = Math.floor(endSeconds / DELIVERY_WINDOW_SECONDS) * DELIVERY_WINDOW_SECONDS
  return { startSeconds, lastSecond: startSeconds + DELIVERY_WINDOW_SECONDS - 1 }
}

/** Five minutes; both bounds belong to it, in Unix seconds. */
export type DeliveryWindow = { readonly startSeconds: number; readonly lastSecond: number }

function formatsAs(parsed: FlowLogObjectKey, key: string): boolean {
  try {
    return formatObjectKey(parsed) === key
  } catch (error) {
    if (error instanceof FlowLogWriteError) return false
    throw error
  }
}

function check(part: string, value: string, allowed: RegExp, words: string): void {
  if (allowed.test(value)) return
  throw new FlowLogWriteError('INVALID_OBJECT_KEY', `${part} of an object key must be ${words}, not ${quote(value)}`)
}

function checkPrefix(prefix: string | undefined): void {
  if (prefix === undefined) return
  const segments = prefix.split('/')
  if (segments.includes(RESERVED_FOLDER)) {
    throw new FlowLogWriteError(
      'INVALID_OBJECT_KEY',
      `prefix of an object key may not have a folder ${RESERVED_FOLDER}, which AWS reserves: ${quote(prefix)}`,
    )
  }
  if (prefix === '' || prefix.endsWith('/')) {
    throw new FlowLogWriteError(
      'INVALID_OBJECT_KEY',
      `prefix of an object key must be a text that does not end in a slash, not ${quote(prefix)}; leave it out for none`,
    )
  }
}

function quote(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 100) ?? String(value)
}

type WindowTime = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute', string>>

function windowTime(windowStartSeconds: number): WindowTime {
  const valid =
    Number.isInteger(windowStartSeconds) &&
    windowStartSeconds % 60 === 0 &&
    windowStartSeconds >= 0 &&
    windowStartSeconds <= LAST_WINDOW_START_SECONDS
  if (!valid) {
    throw new FlowLogWriteError(
      'INVALID_OBJECT_KEY',
      `windowStartSeconds of an object key must be a whole minute in Unix seconds up to the year 9999, not ${windowStartSeconds}; deliveryWindow(endSeconds) gives one`,
    )
  }
  const iso = new Date(windowStartSeconds * 1000).toISOString()
  return {
    year: iso.slice(0, 4),
    month: iso.slice(5, 7),
    day: iso.slice(8, 10),
    hour: iso.slice(11, 13),
    minute: iso.slice(14, 16),
  }
}

function parseStamp(stamp: string): number | undefined {
  const day = `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`
  const milliseconds = Date.parse(`${day}T${stamp.slice(9, 11)}:${stamp.slice(11, 13)}:00Z`)
  // A day such as 2024-02-30 does not come back as it was: formatsAs refuses the key.
  return Number.isNaN(milliseconds) || milliseconds < 0 ? undefined : milliseconds / 1000
}
