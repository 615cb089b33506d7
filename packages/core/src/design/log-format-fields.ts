import { DEFAULT_LOG_FORMAT, DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT, LogFormatError, parseLogFormat } from '@flowtap/parser'
import type { FlowLogDesign } from './flow-log-design.ts'

/** The fields of a flow log in order, or why its text is no format. */
export function logFormatFields(value: FlowLogDesign): readonly string[] | LogFormatError {
  const isTransit = value.transitGateway !== undefined || value.transitGatewayAttachment !== undefined
  const { logFormat } = value
  if (logFormat === undefined) return (isTransit ? DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT : DEFAULT_LOG_FORMAT).fields
  try {
    const text = typeof logFormat === 'string' ? logFormat : logFormat.map((field) => `\${${field}}`).join(' ')
    return parseLogFormat(text).fields
  } catch (error) {
    if (error instanceof LogFormatError) return error
    throw error
  }
}
