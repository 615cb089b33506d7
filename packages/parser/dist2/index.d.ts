import { F as FlowLogFile } from './flow-log-file-CcegUwkw.js';
export { R as RandomAccess } from './flow-log-file-CcegUwkw.js';
import { F as FlowLogRecord, C as ColumnBatch } from './column-batch-5mOi8Glg.js';
export { D as DecoderOf, a as FLOW_LOG_FIELDS, b as FieldDecoder, c as FlowLogColumn, d as FlowLogField, e as FlowLogFieldName, f as FlowLogKind, g as FlowLogValue, I as Int32Column, h as Int64Column, T as TextColumn, i as TextDictionary, j as countTexts, k as flowLogField, v as valueAt } from './column-batch-5mOi8Glg.js';
import { RecordBatch } from 'apache-arrow';

/** The fields of a flow log in the order in which its records hold them. Names that AWS has not documented are allowed. */
interface LogFormat {
    readonly fields: readonly string[];
}
/** A `${field}` format string that cannot be read. */
declare class LogFormatError extends Error {
    readonly code = "INVALID_LOG_FORMAT";
    readonly name = "LogFormatError";
}
/** What a VPC flow log holds when its creator names no format: the version 2 fields in AWS's order. */
declare const DEFAULT_LOG_FORMAT: LogFormat;
/** What a transit gateway flow log holds when its creator names no format. */
declare const DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT: LogFormat;
/**
 * Reads a format string as CreateFlowLogs takes it: `${version} ${account-id} …`.
 *
 * White space around the tokens is ignored. Unknown names are kept.
 *
 * @throws LogFormatError for an empty string, text that is not a `${field}` token, or a field that stands twice.
 */
declare function parseLogFormat(text: string): LogFormat;
/** The `${field}` string of a format: the reverse of {@link parseLogFormat}. */
declare function formatLogFormat(format: LogFormat): string;
/**
 * The format that the header line of a log file gives, or undefined for a line that is no header.
 *
 * A header is a line of distinct words in the shape of field names, more than half of which AWS has documented. So a new
 * field in a header is taken as a field, and a record is never taken for a header.
 */
declare function logFormatFromHeader(line: string): LogFormat | undefined;
/** The header line of a format, without the line end. */
declare function formatHeader(format: LogFormat): string;

/** What keeps a decompression bomb from taking the machine's time and memory. */
interface DecompressionLimits {
    /** Decompressed bytes of one file. Default 8 GiB; AWS's own files hold at most 75 MB. */
    readonly maxDecompressedBytes: number;
    /**
     * Decompressed bytes per compressed byte, looked at after the first 16 MiB. Default 500: DEFLATE packs one line of more
     * than 16 bytes, again and again, at most about 410 to 1, so what packs better is no flow log.
     */
    readonly maxCompressionRatio: number;
}
/** The limits unless the caller gives others. */
declare const DEFAULT_DECOMPRESSION_LIMITS: DecompressionLimits;

/** How the names of the files end that are read from a folder, in any case of letters. */
declare const FLOW_LOG_FILE_SUFFIXES: readonly string[];
/** A path that gives no file to read. */
interface PathProblem {
    readonly path: string;
    readonly message: string;
}
/**
 * The files that paths mean, in the order of the paths, each file once.
 *
 * - A file is read whatever its name.
 * - A folder means the files below it at any depth that end in {@link FLOW_LOG_FILE_SUFFIXES}, in the order of their
 *   names. As for Hive and Athena, what begins with `.` or `_` is hidden. Links are followed, never in a circle.
 * - Everything else with `*`, `?`, `[…]` or `{…}` is a glob; it means the files that match, whatever their names.
 */
declare function findFiles(paths: readonly string[]): AsyncGenerator<FlowLogFile | PathProblem, void>;

/** One event of a log group: for flow logs, its message is one record. */
interface LogEvent {
    /** When the event happened, in milliseconds of Unix time, where the payload says so. */
    readonly timestampMilliseconds?: number;
    readonly message: string;
}
/** A payload that is none of the forms that CloudWatch Logs writes. */
declare class LogPayloadError extends Error {
    readonly code = "INVALID_LOG_PAYLOAD";
    readonly name = "LogPayloadError";
}
/**
 * The log events of a payload of CloudWatch Logs, in its order. Payloads are, as parsed JSON:
 *
 * - what a subscription filter sends: `{ messageType: 'DATA_MESSAGE', logEvents: [{ message }] }`; a CONTROL_MESSAGE has
 *   no events (CloudWatch Logs user guide, "Using subscription filters"),
 * - how that arrives: the event of a Lambda function `{ awslogs: { data } }`, of a Kinesis stream
 *   `{ Records: [{ kinesis: { data } }] }` or of a Firehose transformation `{ records: [{ data }] }`, with `data` in base64,
 *   compressed with gzip or not,
 * - the answers of FilterLogEvents and GetLogEvents `{ events: [{ message }] }` and of GetQueryResults
 *   `{ results: [[{ field: '@message', value }]] }`,
 * - one event `{ message }`, and an array of any of these.
 *
 * @throws LogPayloadError for anything else.
 */
declare function logEventsOf(payload: unknown, maxPayloadBytes?: number): LogEvent[];

/**
 * Which decoder works: `kernel` is WebAssembly and throws where that cannot be loaded, `typescript` gives the same results
 * at less speed, `auto` takes the kernel where it can.
 */
type DecoderChoice = 'auto' | 'kernel' | 'typescript';

/**
 * What can be wrong with the input.
 *
 * The first group is found by the parser itself, one issue at most per line; the second group by the adapters that feed
 * it.
 */
type ParseIssueCode = 'too-few-columns' | 'too-many-columns' | 'empty-field' | 'invalid-number' | 'number-out-of-range' | 'invalid-address' | 'control-character' | 'invalid-utf8' | 'line-too-long' | 'truncated-line' | 'empty-file' | 'invalid-gzip' | 'truncated-gzip' | 'decompression-limit' | 'invalid-parquet' | 'invalid-payload' | 'unreadable-file';
/** Something in the input that is not a record, and where it stands. */
interface ParseIssue {
    readonly code: ParseIssueCode;
    /** What went wrong, the value received and what is allowed, in one sentence or two. */
    readonly message: string;
    /** The file's name, when the parser was given one. */
    readonly file?: string;
    /** Counted from 1. */
    readonly line?: number;
    /** Byte within the line, counted from 1. */
    readonly column?: number;
    /** The field that was being read. */
    readonly field?: string;
    /** The line, or the payload, cut to {@link RAW_TEXT_LIMIT} characters. */
    readonly raw?: string;
}
/** `file:line:column: message`, as compilers write it. */
declare function formatParseIssue(issue: ParseIssue): string;
/** The first issue of an input that is parsed with `strict`. */
declare class FlowLogParseError extends Error {
    readonly name = "FlowLogParseError";
    readonly code: ParseIssueCode;
    readonly issue: ParseIssue;
    constructor(issue: ParseIssue, options?: ErrorOptions);
}

/** Bounds on what one input may make the parser hold. */
interface FlowLogParserLimits {
    /** Bytes that a line may have; a longer one is an issue and is skipped. 65,536 unless given, at most 1,048,576. */
    readonly maxLineBytes?: number;
    /** Rows of a batch at most. 8,192 unless given, at most 1,048,576. */
    readonly batchRows?: number;
}
/** How a {@link FlowLogParser} reads, and where its records and issues go. */
interface FlowLogParserOptions {
    /** The fields of the lines until a header line says otherwise. AWS's default format unless given. */
    readonly format?: LogFormat;
    /** The fields that are wanted, in the order that batches shall have; the others are not looked into. All unless given. */
    readonly fields?: readonly string[];
    /** The file's name, for issues. */
    readonly file?: string;
    /** Throws the first issue as a {@link FlowLogParseError}. */
    readonly strict?: boolean;
    /** Called with every record, at the latest when `push` or `end` returns. */
    readonly onRecord?: (record: FlowLogRecord) => void;
    /** Called with every full batch, with the rest at `end` or {@link FlowLogParser.flush}, and before the format changes. */
    readonly onBatch?: (batch: ColumnBatch) => void;
    /** Called with every issue when it is found, so perhaps before the records of the lines above it. */
    readonly onIssue?: (issue: ParseIssue) => void;
    readonly limits?: FlowLogParserLimits;
    /** Which decoder works: the WebAssembly kernel where it can be loaded (`auto`), or one of the two for certain. */
    readonly decoder?: DecoderChoice;
}
/** What a parser has seen so far. `lines` is the sum of the other four counts of lines. */
interface ParseCounts {
    readonly bytes: number;
    readonly lines: number;
    readonly records: number;
    readonly headerLines: number;
    readonly blankLines: number;
    /** Lines that gave an issue. */
    readonly issueLines: number;
}
/**
 * Parses flow-log text that arrives in pieces: `push` each piece, cut anywhere, then `end`.
 *
 * - The format comes from a header line where there is one, anywhere in the input, else from `format`.
 * - `-` is an absent value. NODATA and SKIPDATA lines are records. Unknown fields and unknown words are kept.
 * - A line that is no record gives one issue, and the lines around it are still read. `records`, `headerLines`,
 *   `blankLines` and `issueLines` of {@link counts} account for every line.
 * - Line ends are LF or CRLF; the last line needs none. A byte order mark, blank lines and spaces at a line's end are
 *   ignored.
 * - Memory does not grow with the input: it holds one window of bytes and one batch.
 *
 * @throws FlowLogParseError from `push` and `end`, with `strict` only. After a throw, its own or one of a callback, the
 * parser cannot go on.
 */
declare class FlowLogParser {
    #private;
    constructor(options?: FlowLogParserOptions);
    get counts(): ParseCounts;
    /** The format of the lines now: that of the last header, or the one that was given. */
    get format(): LogFormat;
    /** Parses the next bytes. The caller may reuse the chunk afterwards. */
    push(chunk: Uint8Array): void;
    /** Hands over the rows that are waiting for a full batch. */
    flush(): void;
    /**
     * Parses what is left. Where the input broke off (a truncated gzip file), `truncated` says so: then a last line without
     * a newline is an issue, because its last field may be cut.
     */
    end(options?: {
        readonly truncated?: boolean;
    }): void;
}

/**
 * A record as the line that AWS writes for it, without the line end.
 *
 * Fields that the format does not have are left out; fields that the record does not have become `-`. Numeric fields take
 * whole numbers or bigints. What `formatRecord` writes, the parser reads back as the same record.
 *
 * @throws FlowLogWriteError `UNWRITABLE_VALUE` for what a line cannot carry: a text that is empty or has a space, a
 *   control character or half a surrogate pair (AWS percent-encodes such characters in tag values: `%20`), a number that
 *   is negative, broken or too large, or a text that is no address in an address field.
 */
declare function formatRecord(record: FlowLogRecord, format?: LogFormat): string;
/**
 * A whole log file as text: the header line, then a line per record, each ended by a newline, as AWS delivers to S3.
 * Events in CloudWatch Logs have no header: use {@link formatRecord} for these.
 */
declare function formatRecords(records: Iterable<FlowLogRecord>, format?: LogFormat): string;

/** How a text log file is written. */
interface TextLogFileOptions {
    /** Default: the version 2 fields, as for a flow log without a format of its own. */
    readonly format?: LogFormat;
    /** Compress, as AWS does with all it delivers to S3. Default false. */
    readonly gzip?: boolean;
    /** Begin with the header line, as AWS does in S3. Default true. */
    readonly header?: boolean;
}
/**
 * The bytes of a text log file, piece by piece; memory does not grow with the number of records. To write them:
 * `await writeFile(path, formatTextLogFile(records, { gzip: true }))` with `writeFile` of `node:fs/promises`.
 *
 * @throws FlowLogWriteError as `formatRecord` does.
 */
declare function formatTextLogFile(records: Iterable<FlowLogRecord> | AsyncIterable<FlowLogRecord>, options?: TextLogFileOptions): AsyncGenerator<Uint8Array, void>;

/** The service part of the keys and names. AWS's page on transit-gateway flow logs shows no other one. */
declare const FLOW_LOG_SERVICE = "vpcflowlogs";
/**
 * How a log file's name ends, by the flow log's `FileFormat`.
 *
 * AWS prints only `.log.gz`; `.log.parquet` is what delivered Parquet objects in public repositories are called. Readers
 * should go by a file's first bytes, not by its name.
 */
declare const LOG_FILE_SUFFIX: Readonly<Record<FlowLogFileFormat, string>>;
/** Seconds that one log file covers: AWS publishes a file per flow log every five minutes. */
declare const DELIVERY_WINDOW_SECONDS = 300;
/** `FileFormat` of CreateFlowLogs' `DestinationOptions`. */
type FlowLogFileFormat = 'plain-text' | 'parquet';
/** What the key of a flow-log object in S3 says. */
type FlowLogObjectKey = {
    /** The sub-folder of the flow log's destination, without slashes at its ends; absent if there is none. */
    readonly prefix?: string;
    /** Account that owns the flow log: 12 digits. */
    readonly accountId: string;
    readonly region: string;
    /** `fl-` and hexadecimal digits. */
    readonly flowLogId: string;
    /** Start of the window, in Unix seconds: a whole minute. The records in the file *end* in this window. */
    readonly windowStartSeconds: number;
    /** The part that makes names unique; AWS uses 8 hexadecimal digits. */
    readonly hash: string;
    readonly fileFormat: FlowLogFileFormat;
    /** `HiveCompatiblePartitions`: folders are named `key=value`. */
    readonly hiveCompatible: boolean;
    /** `PerHourPartition`: one more folder, for the hour. */
    readonly perHour: boolean;
};
/**
 * The S3 object key of a log file, as AWS lays it out
 * (VPC user guide, "Flow log files": plain, per hour, Hive-compatible, and both).
 *
 * @throws FlowLogWriteError `INVALID_OBJECT_KEY` where a part has a form that AWS does not use.
 */
declare function formatObjectKey(key: FlowLogObjectKey): string;
/**
 * Reads the S3 object key of a log file (a path on disk in the same layout will do: it is a key with a prefix).
 *
 * @returns `undefined` for a key that is not in AWS's layout, or whose folders and name contradict each other; for every
 *   other one `formatObjectKey` gives the key back.
 */
declare function parseObjectKey(key: string): FlowLogObjectKey | undefined;
/** The window of the log file that a record with this `end` time goes to (Unix seconds). */
declare function deliveryWindow(endSeconds: number): DeliveryWindow;
/** Five minutes; both bounds belong to it, in Unix seconds. */
type DeliveryWindow = {
    readonly startSeconds: number;
    readonly lastSecond: number;
};

/** How a Parquet log file is written. */
interface ParquetLogFileOptions {
    /** Which fields become columns, and their order. Default: the version 2 fields. */
    readonly format?: LogFormat;
    /** Rows of a row group: so many records are held in memory. Default 100,000. */
    readonly rowGroupRows?: number;
}
/**
 * The bytes of a Parquet log file, a row group at a time, compressed with gzip as AWS's are.
 *
 * @throws FlowLogWriteError as `formatRecord` does: the text and the Parquet form of a flow log hold the same values.
 */
declare function formatParquetLogFile(records: Iterable<FlowLogRecord> | AsyncIterable<FlowLogRecord>, { format, rowGroupRows }?: ParquetLogFileOptions): AsyncGenerator<Uint8Array, void>;

/** What this adapter needs of a web stream (WHATWG `ReadableStream`), such as the body of a `fetch`. */
interface WebStream {
    getReader(): {
        read(): Promise<{
            readonly done: boolean;
            readonly value?: unknown;
        }>;
        cancel(reason?: unknown): Promise<void>;
        releaseLock(): void;
    };
}

type Chunk = Uint8Array | string;
/** Chunks that are one file: a Node or web stream, or any iterable of bytes or text. */
type ChunkSource = AsyncIterable<Chunk> | Iterable<Chunk> | WebStream;

/** What keeps hostile files from taking time and memory. */
interface ContentLimits extends DecompressionLimits {
    /** Characters of one payload of CloudWatch Logs. Default 64 MiB. */
    readonly maxPayloadBytes: number;
    /** Bytes of a Parquet file that comes as a stream, and so has to be held in memory. Default 256 MiB. */
    readonly maxBufferedParquetBytes: number;
}

/**
 * Where flow logs come from:
 *
 * - a `string`: the text itself, not a path
 * - bytes (`Uint8Array`, so a `Buffer` too, or `ArrayBuffer`): a file's content, compressed or not
 * - a stream or iterable of bytes or text: the content of one file, in pieces
 * - `{ paths }`: files, folders and globs (`FLOW_LOG_FILE_SUFFIXES` says what counts in a folder)
 * - `{ files }`: anything that can be opened, such as what `s3Source` of `@flowtap/parser/s3` gives
 * - `{ event }`: the event of a Lambda function that CloudWatch Logs, Kinesis or Firehose calls, or an answer of
 *   FilterLogEvents, GetLogEvents or GetQueryResults
 */
type FlowLogSource = string | Uint8Array | ArrayBuffer | ChunkSource | {
    readonly paths: string | readonly string[];
} | {
    readonly files: Iterable<FlowLogFile> | AsyncIterable<FlowLogFile>;
} | {
    readonly event: object;
};
/** What keeps hostile input from taking time and memory; each has a default. */
interface ParseFlowLogsLimits extends Partial<ContentLimits>, FlowLogParserLimits {
}
/** How to parse; everything has a default. */
interface ParseFlowLogsOptions {
    /** The format of lines without a header, as in CloudWatch Logs. Default: the version 2 fields. */
    readonly format?: LogFormat;
    /** The fields that are wanted; others are not looked at. Default: all that a file has. */
    readonly fields?: readonly string[];
    /** Called with every issue. Without it they are only counted. */
    readonly onIssue?: (issue: ParseIssue) => void;
    /** Throw the first issue as a FlowLogParseError, after the records before it. */
    readonly strict?: boolean;
    /** Ends the iteration with the signal's reason, even where the source never answers. */
    readonly signal?: AbortSignal;
    readonly limits?: ParseFlowLogsLimits;
}
/** What was read so far; complete once the iteration has ended. */
interface ParseSummary {
    readonly files: number;
    /** Bytes as they are stored, so before decompression. */
    readonly bytesRead: number;
    /** Bytes of text that was parsed. */
    readonly textBytes: number;
    readonly records: number;
    /** Records that say that there was no traffic. */
    readonly nodata: number;
    /** Records that say that records were left out. */
    readonly skipdata: number;
    readonly issues: number;
}
/** Records or batches, with the count of what was read. It can be iterated once. */
interface FlowLogIterable<T> extends AsyncIterable<T> {
    readonly summary: ParseSummary;
}
/**
 * Parses flow logs from anywhere, record by record. It reads on only as the records are taken, and memory does not grow
 * with the input.
 *
 * @throws FlowLogParseError with `strict`; the signal's reason. What is wrong with the input throws nothing else.
 */
declare function parseFlowLogs(source: FlowLogSource, options?: ParseFlowLogsOptions): FlowLogIterable<FlowLogRecord>;
/**
 * Parses flow logs from anywhere into typed columns, batch by batch: the fastest way. A batch is of one file and one
 * format; `fields` makes them all alike.
 *
 * @throws as {@link parseFlowLogs} does.
 */
declare function parseFlowLogColumns(source: FlowLogSource, options?: ParseFlowLogsOptions): FlowLogIterable<ColumnBatch>;
/**
 * Parses flow logs from anywhere into Arrow record batches. A batch is of one file and one format, so the schema may
 * change from batch to batch; `fields` makes them all alike.
 *
 * @throws as {@link parseFlowLogs} does.
 */
declare function parseFlowLogBatches(source: FlowLogSource, options?: ParseFlowLogsOptions): FlowLogIterable<RecordBatch>;

/** Why a value could not be written. */
type FlowLogWriteErrorCode = 
/** A value that a flow-log line cannot carry: a space, a newline, an empty text, a number out of range. */
'UNWRITABLE_VALUE'
/** A part of an S3 object key that AWS would not use. */
 | 'INVALID_OBJECT_KEY';
/** Thrown where something cannot be written in AWS's format; it is the caller's value, not an input file. */
declare class FlowLogWriteError extends Error {
    readonly code: FlowLogWriteErrorCode;
    constructor(code: FlowLogWriteErrorCode, message: string);
}

export { type ChunkSource, ColumnBatch, type ContentLimits, DEFAULT_DECOMPRESSION_LIMITS, DEFAULT_LOG_FORMAT, DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT, DELIVERY_WINDOW_SECONDS, type DecoderChoice, type DecompressionLimits, type DeliveryWindow, FLOW_LOG_FILE_SUFFIXES, FLOW_LOG_SERVICE, FlowLogFile, type FlowLogFileFormat, type FlowLogIterable, type FlowLogObjectKey, FlowLogParseError, FlowLogParser, type FlowLogParserLimits, type FlowLogParserOptions, FlowLogRecord, type FlowLogSource, FlowLogWriteError, type FlowLogWriteErrorCode, LOG_FILE_SUFFIX, type LogEvent, type LogFormat, LogFormatError, LogPayloadError, type ParquetLogFileOptions, type ParseCounts, type ParseFlowLogsLimits, type ParseFlowLogsOptions, type ParseIssue, type ParseIssueCode, type ParseSummary, type PathProblem, type TextLogFileOptions, type WebStream, deliveryWindow, findFiles, formatHeader, formatLogFormat, formatObjectKey, formatParquetLogFile, formatParseIssue, formatRecord, formatRecords, formatTextLogFile, logEventsOf, logFormatFromHeader, parseFlowLogBatches, parseFlowLogColumns, parseFlowLogs, parseLogFormat, parseObjectKey };
