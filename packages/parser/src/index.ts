// Values

export { DEFAULT_DECOMPRESSION_LIMITS } from './adapters/decompression-budget.ts'
export { FLOW_LOG_FILE_SUFFIXES, findFiles } from './adapters/files.ts'
export { LogPayloadError, logEventsOf } from './cloudwatch-logs.ts'
export { ColumnBatch, countTexts, TextDictionary, valueAt } from './column-batch.ts'
export { FLOW_LOG_FIELDS, flowLogField } from './fields.ts'
export { FlowLogParser } from './flow-log-parser.ts'
export { formatRecord, formatRecords } from './format-record.ts'
export { formatTextLogFile } from './log-file.ts'
export {
  DEFAULT_LOG_FORMAT,
  DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT,
  formatHeader,
  formatLogFormat,
  LogFormatError,
  logFormatFromHeader,
  parseLogFormat,
} from './log-format.ts'
export {
  DELIVERY_WINDOW_SECONDS,
  deliveryWindow,
  FLOW_LOG_SERVICE,
  formatObjectKey,
  LOG_FILE_SUFFIX,
  parseObjectKey,
} from './object-key.ts'
export { formatParquetLogFile } from './parquet/write-parquet.ts'
export { parseFlowLogBatches, parseFlowLogColumns, parseFlowLogs } from './parse-flow-logs.ts'
export { FlowLogParseError, formatParseIssue } from './parse-issue.ts'
export { FlowLogWriteError } from './write-error.ts'

// Types

export type { ChunkSource } from './adapters/chunks.ts'
export type { DecompressionLimits } from './adapters/decompression-budget.ts'
export type { PathProblem } from './adapters/files.ts'
export type { FlowLogFile, RandomAccess } from './adapters/flow-log-file.ts'
export type { WebStream } from './adapters/web-stream.ts'
export type { LogEvent } from './cloudwatch-logs.ts'
export type { FlowLogColumn, Int32Column, Int64Column, TextColumn } from './column-batch.ts'
export type { ContentLimits } from './content-piece.ts'
export type { DecoderChoice } from './decoder-choice.ts'
export type { DecoderOf, FieldDecoder, FlowLogField, FlowLogFieldName, FlowLogKind } from './fields.ts'
export type { FlowLogParserLimits, FlowLogParserOptions, ParseCounts } from './flow-log-parser.ts'
export type { TextLogFileOptions } from './log-file.ts'
export type { LogFormat } from './log-format.ts'
export type { DeliveryWindow, FlowLogFileFormat, FlowLogObjectKey } from './object-key.ts'
export type { ParquetLogFileOptions } from './parquet/write-parquet.ts'
export type {
  FlowLogIterable,
  FlowLogSource,
  ParseFlowLogsLimits,
  ParseFlowLogsOptions,
  ParseSummary,
} from './parse-flow-logs.ts'
export type { ParseIssue, ParseIssueCode } from './parse-issue.ts'
export type { FlowLogRecord, FlowLogValue } from './record.ts'
export type { FlowLogWriteErrorCode } from './write-error.ts'
