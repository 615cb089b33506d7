import { expect, expectTypeOf, it } from 'vitest'
import * as s3 from '../src/adapters/s3.ts'
import * as arrow from '../src/arrow.ts'
import * as parser from '../src/index.ts'

it('the public values are these, and no others', () => {
  expect(Object.keys(parser).sort()).toMatchInlineSnapshot(`
    [
      "ColumnBatch",
      "DEFAULT_DECOMPRESSION_LIMITS",
      "DEFAULT_LOG_FORMAT",
      "DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT",
      "DELIVERY_WINDOW_SECONDS",
      "FLOW_LOG_FIELDS",
      "FLOW_LOG_FILE_SUFFIXES",
      "FLOW_LOG_SERVICE",
      "FlowLogParseError",
      "FlowLogParser",
      "FlowLogWriteError",
      "LOG_FILE_SUFFIX",
      "LogFormatError",
      "LogPayloadError",
      "TextDictionary",
      "countTexts",
      "deliveryWindow",
      "findFiles",
      "flowLogField",
      "formatHeader",
      "formatLogFormat",
      "formatObjectKey",
      "formatParquetLogFile",
      "formatParseIssue",
      "formatRecord",
      "formatRecords",
      "formatTextLogFile",
      "logEventsOf",
      "logFormatFromHeader",
      "parseFlowLogBatches",
      "parseFlowLogColumns",
      "parseFlowLogs",
      "parseLogFormat",
      "parseObjectKey",
      "valueAt",
    ]
  `)
  expect(Object.keys(s3)).toEqual(['s3Source'])
})

it('records are typed by the field', () => {
  expectTypeOf<parser.FlowLogRecord['srcaddr']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<parser.FlowLogRecord['srcport']>().toEqualTypeOf<number | undefined>()
  expectTypeOf<parser.FlowLogRecord['bytes']>().toEqualTypeOf<bigint | undefined>()
  expectTypeOf<parser.FlowLogRecord['a-new-field']>().toEqualTypeOf<parser.FlowLogValue>()
})

it('sources are typed', () => {
  expectTypeOf(parser.parseFlowLogs).parameter(0).toEqualTypeOf<parser.FlowLogSource>()
  expectTypeOf<Buffer>().toExtend<parser.FlowLogSource>()
  expectTypeOf<NodeJS.ReadStream>().toExtend<parser.FlowLogSource>()
  expectTypeOf<ReadableStream<Uint8Array>>().toExtend<parser.FlowLogSource>()
  expectTypeOf<{ paths: string[] }>().toExtend<parser.FlowLogSource>()
  expectTypeOf(s3.s3Source).returns.toExtend<parser.FlowLogSource>()
  expectTypeOf<number>().not.toExtend<parser.FlowLogSource>()
})

it('iterables give records, columns and Arrow batches', () => {
  expectTypeOf(parser.parseFlowLogs('')).toExtend<AsyncIterable<parser.FlowLogRecord>>()
  expectTypeOf(parser.parseFlowLogColumns('')).toExtend<AsyncIterable<parser.ColumnBatch>>()
  expectTypeOf(parser.parseFlowLogBatches('').summary).toEqualTypeOf<parser.ParseSummary>()
})

it('a batch becomes an Arrow record batch', () => {
  expectTypeOf(arrow.toArrowRecordBatch).parameter(0).toEqualTypeOf<parser.ColumnBatch>()
  expect(Object.keys(arrow)).toEqual(['toArrowRecordBatch'])
})
