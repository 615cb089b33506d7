export type { DecoderOf, FieldDecoder, FlowLogField, FlowLogFieldName, FlowLogKind } from './fields.ts'
export { FLOW_LOG_FIELDS, flowLogField } from './fields.ts'
export type { LogFormat } from './log-format.ts'
export {
  DEFAULT_LOG_FORMAT,
  DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT,
  formatHeader,
  formatLogFormat,
  LogFormatError,
  logFormatFromHeader,
  parseLogFormat,
} from './log-format.ts'
export type { ParseIssue, ParseIssueCode } from './parse-issue.ts'
export { FlowLogParseError, formatParseIssue } from './parse-issue.ts'
export type { FlowLogRecord, FlowLogValue } from './record.ts'
