import { flowLogField } from './fields.ts'

/** The fields of a flow log in the order in which its records hold them. Names that AWS has not documented are allowed. */
export interface LogFormat {
  readonly fields: readonly string[]
}

/** A `${field}` format string that cannot be read. */
export class LogFormatError extends Error {
  readonly code = 'INVALID_LOG_FORMAT'
  override readonly name = 'LogFormatError'
}

function logFormat(fields: string): LogFormat {
  return Object.freeze({ fields: Object.freeze(fields.split(' ')) })
}

/** What a VPC flow log holds when its creator names no format: the version 2 fields in AWS's order. */
export const DEFAULT_LOG_FORMAT: LogFormat = logFormat(
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
)

/** What a transit gateway flow log holds when its creator names no format. */
export const DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT: LogFormat = logFormat(
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id ' +
    'tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id ' +
    'tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status ' +
    'type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags ' +
    'region flow-direction pkt-src-aws-service pkt-dst-aws-service',
)

const FIELD_NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/

/**
 * Reads a format string as CreateFlowLogs takes it: `${version} ${account-id} …`.
 *
 * White space around the tokens is ignored. Unknown names are kept.
 *
 * @throws LogFormatError for an empty string, text that is not a `${field}` token, or a field that stands twice.
 */
export function parseLogFormat(text: string): LogFormat {
  const tokens = text.trim().split(/\s+/)
  const fields = tokens.map((token) => {
    const name = /^\$\{([^{}\s]*)\}$/.exec(token)?.[1]
    if (name === undefined || !FIELD_NAME.test(name)) {
      throw new LogFormatError(
        `"${token}" is not a field of a log format. A format is a list of \${field} tokens separated by spaces, ` +
          'such as "${srcaddr} ${dstaddr} ${action}".',
      )
    }
    return name
  })
  const twice = fields.find((name, index) => fields.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new LogFormatError(`The log format names the field "${twice}" twice. Each field may stand once.`)
  }
  return { fields }
}

/** The `${field}` string of a format: the reverse of {@link parseLogFormat}. */
export function formatLogFormat(format: LogFormat): string {
  return format.fields.map((name) => `\${${name}}`).join(' ')
}

/**
 * The format that the header line of a log file gives, or undefined for a line that is no header.
 *
 * A header is a line of distinct words in the shape of field names, more than half of which AWS has documented. So a new
 * field in a header is taken as a field, and a record is never taken for a header.
 */
export function logFormatFromHeader(line: string): LogFormat | undefined {
  const fields = line
    .replace(/^\uFEFF/, '')
    .trim()
    .split(' ')
  if (!fields.every((name) => FIELD_NAME.test(name)) || new Set(fields).size !== fields.length) return undefined
  const known = fields.filter((name) => flowLogField(name) !== undefined).length
  return known * 2 > fields.length ? { fields } : undefined
}

/** The header line of a format, without the line end. */
export function formatHeader(format: LogFormat): string {
  return format.fields.join(' ')
}
