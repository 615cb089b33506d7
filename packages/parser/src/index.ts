// Values

export { toArrowRecordBatch } from './arrow.ts'
export { ColumnBatch, countTexts, TextDictionary, valueAt } from './column-batch.ts'
export { FLOW_LOG_FIELDS, flowLogField } from './fields.ts'
export { FlowLogParser } from './flow-log-parser.ts'
export {
  DEFAULT_LOG_FORMAT,
  DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT,
  formatHeader,
  formatLogFormat,
  LogFormatError,
  logFormatFromHeader,
  parseLogFormat,
} from './log-format.ts'
export { FlowLogParseError, formatParseIssue } from './parse-issue.ts'

// Types

export type { FlowLogColumn, Int32Column, Int64Column, TextColumn } from './column-batch.ts'
export type { DecoderChoice } from './decoder-choice.ts'
export type { DecoderOf, FieldDecoder, FlowLogField, FlowLogFieldName, FlowLogKind } from './fields.ts'
export type { FlowLogParserLimits, FlowLogParserOptions, ParseCounts } from './flow-log-parser.ts'
export type { LogFormat } from './log-format.ts'
export type { ParseIssue, ParseIssueCode } from './parse-issue.ts'
export type { FlowLogRecord, FlowLogValue } from './record.ts'
