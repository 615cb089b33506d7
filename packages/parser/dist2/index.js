import {
  byteChunks,
  isChunkSource,
  streamFile
} from "./chunk-PBAO6P3L.js";

// src/adapters/decompression-budget.ts
var DEFAULT_DECOMPRESSION_LIMITS = {
  maxDecompressedBytes: 8 * 1024 ** 3,
  maxCompressionRatio: 500
};
var RATIO_GRACE_BYTES = 16 * 1024 * 1024;
var DecompressionBudget = class {
  #limits;
  #decompressed = 0;
  #exceeded;
  constructor(limits = {}) {
    this.#limits = { ...DEFAULT_DECOMPRESSION_LIMITS, ...limits };
  }
  /** Says which limit was passed; undefined as long as none was. */
  get exceeded() {
    return this.#exceeded;
  }
  /** The part of a chunk that is within the limits. */
  spend(chunk, compressedBytes) {
    const { maxDecompressedBytes, maxCompressionRatio } = this.#limits;
    const left = maxDecompressedBytes - this.#decompressed;
    this.#decompressed += chunk.length;
    if (chunk.length > left) {
      this.#exceeded = `It decompresses to more than ${maxDecompressedBytes} bytes; limits.maxDecompressedBytes allows no more.`;
      return chunk.subarray(0, Math.max(left, 0));
    }
    if (this.#decompressed > RATIO_GRACE_BYTES && this.#decompressed > maxCompressionRatio * compressedBytes) {
      this.#exceeded = `${compressedBytes} bytes of it decompress to ${this.#decompressed}, more than ${maxCompressionRatio} to 1, as a decompression bomb does; limits.maxCompressionRatio allows no more.`;
    }
    return chunk;
  }
};

// src/adapters/files.ts
import { createReadStream } from "fs";
import { open, readdir, realpath, stat } from "fs/promises";
import { join } from "path";
import { glob, isDynamicPattern } from "tinyglobby";
var READ_BYTES = 256 * 1024;
var FLOW_LOG_FILE_SUFFIXES = [".log", ".txt", ".gz", ".parquet"];
async function* findFiles(paths) {
  const seen = /* @__PURE__ */ new Set();
  for (const path of paths) {
    let found = false;
    for await (const entry of filesOfPath(path)) {
      found = true;
      if ("message" in entry) {
        yield entry;
        continue;
      }
      const real = await realpath(entry.path).catch(() => entry.path);
      if (seen.has(real)) continue;
      seen.add(real);
      yield diskFile(entry.path);
    }
    if (!found) yield { path, message: nothingFound(path) };
  }
}
function nothingFound(path) {
  return isDynamicPattern(path) ? "No file matches the pattern." : `There is no flow-log file in the folder. Files there must end in ${FLOW_LOG_FILE_SUFFIXES.join(", ")}; others can be named one by one or by a glob.`;
}
async function* filesOfPath(path) {
  if (path.startsWith("s3://")) {
    yield { path, message: "Places in S3 are read by s3Source({ client, url }) of @flowtap/parser/s3." };
    return;
  }
  try {
    const status = await stat(path);
    if (status.isDirectory()) yield* filesInFolder(path, []);
    else yield { path };
  } catch (error) {
    if (isMissing(error) && isDynamicPattern(path)) yield* filesOfGlob(path);
    else yield { path, message: errorText(error) };
  }
}
async function* filesOfGlob(pattern) {
  try {
    const matches = await glob(pattern, { expandDirectories: false, onlyFiles: true });
    for (const path of matches.sort()) yield { path };
  } catch (error) {
    yield { path: pattern, message: errorText(error) };
  }
}
async function* filesInFolder(folder, ancestors) {
  let names;
  let real;
  try {
    real = await realpath(folder);
    if (ancestors.includes(real)) return;
    names = await readdir(folder);
  } catch (error) {
    yield { path: folder, message: errorText(error) };
    return;
  }
  for (const name of names.sort()) {
    if (name.startsWith(".") || name.startsWith("_")) continue;
    const path = join(folder, name);
    const isLog = FLOW_LOG_FILE_SUFFIXES.some((suffix) => name.toLowerCase().endsWith(suffix));
    try {
      const status = await stat(path);
      if (status.isDirectory()) yield* filesInFolder(path, [...ancestors, real]);
      else if (status.isFile() && isLog) yield { path };
    } catch (error) {
      if (isLog) yield { path, message: errorText(error) };
    }
  }
}
function diskFile(path) {
  return {
    name: path,
    canReopen: true,
    open: () => createReadStream(path, { highWaterMark: READ_BYTES }),
    async randomAccess() {
      const handle = await open(path);
      const { size } = await handle.stat();
      return {
        byteLength: size,
        async read(start, end) {
          const bytes = new Uint8Array(end - start);
          for (let at = 0; at < bytes.length; ) {
            const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
            if (bytesRead === 0) throw new Error("the file ended while it was read");
            at += bytesRead;
          }
          return bytes;
        },
        close: () => handle.close()
      };
    }
  };
}
function isMissing(error) {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EINVAL");
}
function errorText(error) {
  return error instanceof Error ? error.message : String(error);
}

// src/cloudwatch-logs.ts
import { gunzipSync } from "zlib";

// src/adapters/json-documents.ts
var [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [34, 92, 91, 93, 123, 125];
var JsonDocumentLimitError = class extends Error {
};
var JsonDocuments = class {
  #maxLength;
  /** The document that has begun, up to the piece at hand. */
  #pending = "";
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  constructor(maxLength) {
    this.#maxLength = maxLength;
  }
  /** The documents that end in this piece. */
  *push(piece) {
    let start = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const boundary = this.#boundary(piece.charCodeAt(at), at);
      if (boundary === void 0) continue;
      yield* this.#take(piece.slice(start, boundary));
      start = boundary;
    }
    this.#pending += piece.slice(start);
    if (this.#pending.length > this.#maxLength) {
      throw new JsonDocumentLimitError(
        `A payload is longer than ${this.#maxLength} characters (limits.maxPayloadBytes).`
      );
    }
  }
  /** What is left: a document that was cut off. */
  *end() {
    yield* this.#take("");
  }
  /** Where a document begins or ends, if it does so at this character. */
  #boundary(code, at) {
    if (this.#inString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#inString = false;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      this.#depth += 1;
      if (this.#depth === 1) return at;
    } else if (this.#depth > 0 && code === QUOTE) {
      this.#inString = true;
    } else if (this.#depth > 0 && (code === CLOSE_BRACE || code === CLOSE_BRACKET)) {
      this.#depth -= 1;
      if (this.#depth === 0) return at + 1;
    }
    return void 0;
  }
  *#take(rest) {
    const document = this.#pending + rest;
    this.#pending = "";
    if (/[^\s,]/.test(document)) yield document;
  }
};

// src/cloudwatch-logs.ts
var LogPayloadError = class extends Error {
  code = "INVALID_LOG_PAYLOAD";
  name = "LogPayloadError";
};
var DEFAULT_MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;
var MAX_DEPTH = 6;
function logEventsOf(payload, maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES) {
  const events = [];
  collect(payload, events, { depth: 0, maxPayloadBytes });
  return events;
}
function collect(payload, events, position) {
  if (position.depth > MAX_DEPTH)
    throw new LogPayloadError("The payload is nested more deeply than CloudWatch Logs does.");
  const below = { ...position, depth: position.depth + 1 };
  if (Array.isArray(payload)) {
    for (const part of payload) collect(part, events, below);
    return;
  }
  if (!isObject(payload)) throw new LogPayloadError(`The payload holds ${describe(payload)} where an event should be.`);
  const data = dataOf(payload);
  if (data !== void 0) {
    for (const document of decodeData(data, position.maxPayloadBytes)) collect(document, events, below);
    return;
  }
  const list = payload.Records ?? payload.records;
  if (Array.isArray(list)) {
    for (const record of list) collect(record, events, below);
  } else if (payload.messageType === "CONTROL_MESSAGE") {
    return;
  } else if (Array.isArray(payload.logEvents)) {
    for (const event of payload.logEvents) events.push(eventOf(event));
  } else if (Array.isArray(payload.events)) {
    for (const event of payload.events) events.push(eventOf(event));
  } else if (Array.isArray(payload.results)) {
    for (const row of payload.results) events.push(eventOfResult(row));
  } else {
    events.push(eventOf(payload));
  }
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function describe(value) {
  return `${JSON.stringify(value) ?? String(value)}`.slice(0, 80);
}
function dataOf(payload) {
  const holder = [payload.awslogs, payload.kinesis, payload].find(
    (part) => isObject(part) && typeof part.data === "string"
  );
  return isObject(holder) && typeof holder.data === "string" ? holder.data : void 0;
}
function decodeData(data, maxPayloadBytes) {
  const bytes = Buffer.from(data, "base64");
  let text;
  try {
    const isGzip2 = bytes[0] === 31 && bytes[1] === 139;
    text = (isGzip2 ? gunzipSync(bytes, { maxOutputLength: maxPayloadBytes }) : bytes).toString();
  } catch (cause) {
    throw new LogPayloadError(
      "The base64 data of the payload is no gzip that can be read within limits.maxPayloadBytes.",
      {
        cause
      }
    );
  }
  const documents = new JsonDocuments(maxPayloadBytes);
  return [...documents.push(text), ...documents.end()].map(parseJson);
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LogPayloadError(`The payload is not JSON: ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
}
function eventOf(event) {
  if (!isObject(event) || typeof event.message !== "string") {
    throw new LogPayloadError(
      `The payload is none of CloudWatch Logs: no "message" in ${describe(event)}. A payload has logEvents, events, results, awslogs.data, Records, records, or is an event itself.`
    );
  }
  const { message, timestamp } = event;
  return typeof timestamp === "number" ? { timestampMilliseconds: timestamp, message } : { message };
}
function eventOfResult(row) {
  const cells = Array.isArray(row) ? row : [];
  const cell = cells.find((part) => isObject(part) && part.field === "@message");
  if (isObject(cell) && typeof cell.value === "string") return { message: cell.value };
  throw new LogPayloadError('A row of the query results has no field "@message"; add it to the query.');
}
function messageLines(events) {
  return events.map(({ message }) => `${message.replace(/\r?\n$/, "").replaceAll("\n", "\r")}
`).join("");
}
var EXPORT_TIMESTAMP_FIELD = "@timestamp";
function isExportedLog(start) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /.test(start);
}
function isLogPayload(start) {
  return /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[{\]]|$))/.test(start) || isBase64Gzip(start);
}
function isBase64Gzip(start) {
  return /^\s*H4sI/.test(start);
}

// src/column-batch.ts
var TextDictionary = class {
  offsets;
  bytes;
  #texts = [];
  constructor(offsets, bytes) {
    this.offsets = offsets;
    this.bytes = bytes;
  }
  get size() {
    return this.offsets.length - 1;
  }
  /** Text `index`, decoded when it is first asked for. */
  text(index) {
    let text = this.#texts[index];
    if (text === void 0) {
      text = utf8.decode(this.bytes.subarray(this.offsets[index], this.offsets[index + 1]));
      this.#texts[index] = text;
    }
    return text;
  }
};
var utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
var ColumnBatch = class {
  rowCount;
  columns;
  constructor(rowCount, columns) {
    this.rowCount = rowCount;
    this.columns = columns;
  }
  /** The column of a field, or undefined for a field that the format or the projection does not have. */
  column(name) {
    return this.columns.find((column) => column.name === name);
  }
  /** The rows as records, made one by one as they are asked for. */
  *records() {
    const { columns, rowCount } = this;
    for (let row = 0; row < rowCount; row += 1) {
      const record = {};
      for (const column of columns) record[column.name] = valueAt(column, row);
      yield record;
    }
  }
};
function valueAt(column, row) {
  if (column.validity !== void 0 && ((column.validity[row >> 3] ?? 0) & 1 << (row & 7)) === 0) return void 0;
  switch (column.kind) {
    case "int32":
      return column.values[row];
    case "int64":
      return column.values[row];
    case "seconds":
      return Number(column.values[row]);
    case "string":
    case "address":
      return column.dictionary.text(column.values[row] ?? 0);
  }
}
function countTexts(batch, name) {
  const counts = /* @__PURE__ */ new Map();
  const column = batch.column(name);
  if (column === void 0 || column.kind !== "string" && column.kind !== "address") return counts;
  const perIndex = new Uint32Array(column.dictionary.size);
  for (let row = 0; row < batch.rowCount; row += 1) {
    if (column.validity === void 0 || ((column.validity[row >> 3] ?? 0) & 1 << (row & 7)) !== 0) {
      const index = column.values[row] ?? 0;
      perIndex[index] = (perIndex[index] ?? 0) + 1;
    }
  }
  perIndex.forEach((count, index) => {
    if (count > 0) counts.set(column.dictionary.text(index), count);
  });
  return counts;
}
function absentColumn(plan, rowCount) {
  const absent = { name: plan.name, validity: new Uint8Array(rowCount + 7 >> 3), nullCount: rowCount };
  switch (plan.decoder) {
    case "int32":
      return { ...absent, kind: plan.decoder, values: new Int32Array(rowCount) };
    case "int64":
    case "seconds":
      return { ...absent, kind: plan.decoder, values: new BigInt64Array(rowCount) };
    case "string":
    case "address":
      return {
        ...absent,
        kind: plan.decoder,
        values: new Int32Array(rowCount),
        dictionary: new TextDictionary(new Int32Array(1), new Uint8Array(0))
      };
  }
}

// src/fields.ts
var CATALOGUE = {
  version: [2, "int32", "both", "Highest version among the fields of the format; 2 for the default format"],
  "account-id": [2, "string", "both", "Account that owns the source network interface, or `unknown`"],
  "interface-id": [2, "string", "vpc", "Network interface of the record; absent for a regional NAT gateway"],
  srcaddr: [2, "address", "both", "Source address; for outgoing traffic the interface's primary address"],
  dstaddr: [2, "address", "both", "Destination address; for incoming traffic the interface's primary address"],
  srcport: [2, "int32", "both", "Source port"],
  dstport: [2, "int32", "both", "Destination port"],
  protocol: [2, "int32", "both", "IANA protocol number"],
  packets: [2, "int64", "both", "Packets in the aggregation interval"],
  bytes: [2, "int64", "both", "Bytes in the aggregation interval"],
  start: [2, "seconds", "both", "When the first packet of the interval was received, Unix seconds"],
  end: [2, "seconds", "both", "When the last packet of the interval was received, Unix seconds"],
  action: [2, "string", "vpc", "ACCEPT or REJECT"],
  "log-status": [2, "string", "both", "OK, NODATA or SKIPDATA"],
  "vpc-id": [3, "string", "vpc", "VPC of the network interface"],
  "subnet-id": [3, "string", "vpc", "Subnet of the network interface"],
  "instance-id": [3, "string", "vpc", "Instance of the network interface; absent for requester-managed interfaces"],
  "tcp-flags": [3, "int32", "both", "FIN 1, SYN 2, RST 4, SYN-ACK 18, combined by OR over the interval"],
  type: [3, "string", "both", "IPv4, IPv6 or EFA"],
  "pkt-srcaddr": [3, "address", "vpc", "Source address in the packet itself"],
  "pkt-dstaddr": [3, "address", "vpc", "Destination address in the packet itself"],
  region: [4, "string", "both", "Region of the network interface"],
  "az-id": [4, "string", "vpc", "Availability Zone id, such as use1-az1"],
  "sublocation-type": [4, "string", "vpc", "wavelength, outpost or localzone"],
  "sublocation-id": [4, "string", "vpc", "Id of the sublocation"],
  "pkt-src-aws-service": [5, "string", "both", "AWS service whose address range holds pkt-srcaddr"],
  "pkt-dst-aws-service": [5, "string", "both", "AWS service whose address range holds pkt-dstaddr"],
  "flow-direction": [5, "string", "both", "ingress or egress, seen from the network interface"],
  "traffic-path": [5, "int32", "vpc", "Path of outgoing traffic, 1 to 8; absent for incoming traffic"],
  "resource-type": [6, "string", "transit-gateway", "TransitGateway or TransitGatewayAttachment"],
  "tgw-id": [6, "string", "transit-gateway", "Transit gateway"],
  "tgw-attachment-id": [6, "string", "transit-gateway", "Attachment of the transit gateway"],
  "tgw-src-vpc-account-id": [6, "string", "transit-gateway", "Account of the source VPC"],
  "tgw-dst-vpc-account-id": [6, "string", "transit-gateway", "Account of the destination VPC"],
  "tgw-src-vpc-id": [6, "string", "transit-gateway", "Source VPC"],
  "tgw-dst-vpc-id": [6, "string", "transit-gateway", "Destination VPC"],
  "tgw-src-subnet-id": [6, "string", "transit-gateway", "Subnet of the source"],
  "tgw-dst-subnet-id": [6, "string", "transit-gateway", "Subnet of the destination"],
  "tgw-src-eni": [6, "string", "transit-gateway", "Attachment interface on the source side"],
  "tgw-dst-eni": [6, "string", "transit-gateway", "Attachment interface on the destination side"],
  "tgw-src-az-id": [6, "string", "transit-gateway", "Availability Zone id of the source"],
  "tgw-dst-az-id": [6, "string", "transit-gateway", "Availability Zone id of the destination"],
  "tgw-pair-attachment-id": [6, "string", "transit-gateway", "The other attachment of the flow"],
  "packets-lost-no-route": [6, "int64", "transit-gateway", "Packets lost because no route was found"],
  "packets-lost-blackhole": [6, "int64", "transit-gateway", "Packets lost to a blackhole route"],
  "packets-lost-mtu-exceeded": [6, "int64", "transit-gateway", "Packets lost because they exceeded the MTU"],
  "packets-lost-ttl-expired": [6, "int64", "transit-gateway", "Packets lost because their TTL expired"],
  "ecs-cluster-arn": [7, "string", "vpc", "ECS cluster"],
  "ecs-cluster-name": [7, "string", "vpc", "Name of the ECS cluster"],
  "ecs-container-instance-arn": [7, "string", "vpc", "ECS container instance"],
  "ecs-container-instance-id": [7, "string", "vpc", "Id of the ECS container instance"],
  "ecs-container-id": [7, "string", "vpc", "Docker runtime id of the first container"],
  "ecs-second-container-id": [7, "string", "vpc", "Docker runtime id of the second container"],
  "ecs-service-name": [7, "string", "vpc", "Name of the ECS service"],
  "ecs-task-definition-arn": [7, "string", "vpc", "ECS task definition"],
  "ecs-task-arn": [7, "string", "vpc", "ECS task"],
  "ecs-task-id": [7, "string", "vpc", "Id of the ECS task"],
  "reject-reason": [8, "string", "vpc", "BPA (Block Public Access) or EC (encryption controls at a VPC endpoint)"],
  "resource-id": [9, "string", "vpc", "Resource that has no interface of its own, such as a regional NAT gateway"],
  "encryption-status": [10, "int32", "vpc", "0 not encrypted, 1 by Nitro, 2 by the application, 3 by both"],
  "instance-tag": [11, "string", "vpc", "Value of the first chosen tag of the instance, percent-encoded"],
  "instance-tag-2": [11, "string", "vpc", "Value of the second chosen tag of the instance"],
  "interface-tag": [11, "string", "vpc", "Value of the first chosen tag of the network interface"],
  "interface-tag-2": [11, "string", "vpc", "Value of the second chosen tag of the network interface"],
  "asg-tag": [11, "string", "vpc", "Value of the first chosen tag of the Auto Scaling group"],
  "asg-tag-2": [11, "string", "vpc", "Value of the second chosen tag of the Auto Scaling group"],
  "interface-type": [11, "string", "vpc", "Type of the network interface, such as nat_gateway"],
  "next-hop-interface-id": [11, "string", "vpc", "Interface that receives (egress) or sent (ingress) the traffic"],
  "next-hop-subnet-id": [11, "string", "vpc", "Subnet of the next hop"],
  "next-hop-az-id": [11, "string", "vpc", "Availability Zone id of the next hop"],
  "next-hop-vpc-id": [11, "string", "vpc", "VPC of the next hop"],
  "next-hop-interface-type": [11, "string", "vpc", "Type of the next hop interface"]
};
var APPLIES_TO = {
  vpc: ["vpc"],
  "transit-gateway": ["transit-gateway"],
  both: ["vpc", "transit-gateway"]
};
var COLUMN_TYPES = {
  int32: { hiveType: "int", parquetType: "INT32" },
  int64: { hiveType: "bigint", parquetType: "INT64" },
  seconds: { hiveType: "bigint", parquetType: "INT64" },
  address: { hiveType: "string", parquetType: "STRING" },
  string: { hiveType: "string", parquetType: "STRING" }
};
var HIVE_TYPE_EXCEPTIONS = {
  protocol: "bigint"
};
function catalogueEntry(name) {
  const [version, decoder, kind, description] = CATALOGUE[name];
  const { hiveType, parquetType } = COLUMN_TYPES[decoder];
  return Object.freeze({
    name,
    version,
    hiveType: HIVE_TYPE_EXCEPTIONS[name] ?? hiveType,
    parquetType,
    decoder,
    appliesTo: APPLIES_TO[kind],
    description
  });
}
var FLOW_LOG_FIELDS = Object.freeze(
  Object.keys(CATALOGUE).map(catalogueEntry)
);
var BY_NAME = new Map(FLOW_LOG_FIELDS.map((entry) => [entry.name, entry]));
function flowLogField(name) {
  return BY_NAME.get(name);
}

// src/batch-decoder.ts
var DEFAULT_MAX_LINE_BYTES = 65536;
var LARGEST_MAX_LINE_BYTES = 1048576;
var DEFAULT_BATCH_ROWS = 8192;
var LARGEST_BATCH_ROWS = 1048576;
var BATCH_TEXT_BYTES = 2097152;
var WINDOW_BYTES = 262144;

// src/column-layout.ts
var LARGEST_VALUE = {
  int32: 2n ** 31n - 1n,
  int64: 2n ** 63n - 1n,
  seconds: BigInt(Number.MAX_SAFE_INTEGER)
};
function resolveColumnLayout(format, projection) {
  const names = [...new Set(projection ?? format.fields)];
  const columns = names.map((name) => ({
    name,
    decoder: flowLogField(name)?.decoder ?? "string",
    source: format.fields.indexOf(name)
  }));
  return { format, columns };
}

// src/log-format.ts
var LogFormatError = class extends Error {
  code = "INVALID_LOG_FORMAT";
  name = "LogFormatError";
};
function logFormat(fields) {
  return Object.freeze({ fields: Object.freeze(fields.split(" ")) });
}
var DEFAULT_LOG_FORMAT = logFormat(
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
);
var DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT = logFormat(
  "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service"
);
var FIELD_NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
function parseLogFormat(text) {
  const tokens = text.trim().split(/\s+/);
  const fields = tokens.map((token) => {
    const name = /^\$\{([^{}\s]*)\}$/.exec(token)?.[1];
    if (name === void 0 || !FIELD_NAME.test(name)) {
      throw new LogFormatError(
        `"${token}" is not a field of a log format. A format is a list of \${field} tokens separated by spaces, such as "\${srcaddr} \${dstaddr} \${action}".`
      );
    }
    return name;
  });
  const twice = fields.find((name, index) => fields.indexOf(name) !== index);
  if (twice !== void 0) {
    throw new LogFormatError(`The log format names the field "${twice}" twice. Each field may stand once.`);
  }
  return { fields };
}
function formatLogFormat(format) {
  return format.fields.map((name) => `\${${name}}`).join(" ");
}
function logFormatFromHeader(line) {
  const fields = line.replace(/^\uFEFF/, "").trim().split(" ");
  if (!fields.every((name) => FIELD_NAME.test(name)) || new Set(fields).size !== fields.length) return void 0;
  const known = fields.filter((name) => flowLogField(name) !== void 0).length;
  return known * 2 > fields.length ? { fields } : void 0;
}
function formatHeader(format) {
  return format.fields.join(" ");
}

// src/header-line.ts
var HEADER_KEY_BYTES = 8;
var KNOWN_KEYS = new Set(FLOW_LOG_FIELDS.map((field) => headerKey(field.name)));
function headerKey(name) {
  return name.slice(0, HEADER_KEY_BYTES);
}
function headerKeys(format) {
  const isComplete = format.fields.every((name) => KNOWN_KEYS.has(headerKey(name)));
  return isComplete ? KNOWN_KEYS : /* @__PURE__ */ new Set([...KNOWN_KEYS, ...format.fields.map(headerKey)]);
}
var FEWEST_FIELDS_OF_ANOTHER_HEADER = 3;
function laterHeader(line, format) {
  const header = logFormatFromHeader(line);
  const [first = ""] = header?.fields ?? [];
  if (header === void 0 || flowLogField(first) === void 0 && !format.fields.includes(first)) return void 0;
  if (header.fields.length >= FEWEST_FIELDS_OF_ANOTHER_HEADER) return header;
  return header.fields.join(" ") === format.fields.join(" ") ? header : void 0;
}

// src/kernel.generated.ts
var KERNEL_BASE64 = "AGFzbQEAAAABMglgAX8Bf2ACf38Bf2AAAX9gAABgAn9/AX5gAn9/AGAGf39/f39/AX9gAX4AYAN/f34AAxYVBAABAwUCAwICAQEBBgAAAAAAAAcIBQMBAAAGfhl/AUEAC38BQQALfwFBAAt/AUEAC38BQQALfwFBAAt/AUEAC38BQQALfwFBAAt/AUEAC38BQQALfwFBAAt/AUEBC38BQQALfwFBAAt/AUEAC38BQQALfwFBAAt/AUEAC38BQQALfwFBAAt/AUEAC38BQQALfwFBAAt/AUEACwfYARAJY29uZmlndXJlAAwJYWRkSGVhZGVyABMJYWRkQ29sdW1uABQGZGVjb2RlAAsLZGVjb2RlZFVwVG8ABwxkZWNvZGVkTGluZXMACApkZWNvZGVMaW5lAAoIcm93Q291bnQABQxjb2x1bW5WYWx1ZXMADQ5jb2x1bW5WYWxpZGl0eQAOC2NvbHVtbk51bGxzABIPY29sdW1uVGV4dENvdW50ABAPY29sdW1uVGV4dEJ5dGVzABELY29sdW1uVGV4dHMADwluZXh0QmF0Y2gABgZtZW1vcnkCAAgBAwqmLhX5BAEDfiABQQFrQRNPBEBCfw8LIAAgAWpBCGspAwBCsODAgYOGjJgwhSEDIAFBEE0EQCADIANC9uzZs+fOnbv2AHyEQoCBgoSIkKDAgH+DIAApAwBCsODAgYOGjJgwhUIIIAFBCGutfUIDhoYiAkL27Nmz586du/YAfCAChEKAgYKEiJCgwIB/g4RCAFIEfkJ/BSACQgp+IAJCCIh8Qv+B/Ifwn8D/AIMiAkLkAH4gAkIQiHxC//+DgPD/P4MiAkKQzgB+IAJCIIh8Qv////8Pg0KAwtcvfiADQgp+IANCCIh8Qv+B/Ifwn8D/AIMiAkLkAH4gAkIQiHxC//+DgPD/P4MiAkKQzgB+IAJCIIh8Qv////8Pg3wLDwsgACkDAEKw4MCBg4aMmDCFQgggAUEQa619QgOGhiIEQvbs2bPnzp279gB8IASEQoCBgoSIkKDAgH+DIAMgA0L27Nmz586du/YAfIRCgIGChIiQoMCAf4MgACABakEQaykDAEKw4MCBg4aMmDCFIgJC9uzZs+fOnbv2AHwgAoRCgIGChIiQoMCAf4OEhEIAUgR+Qn8FIARCCn4gBEIIiHxC/4H8h/CfwP8AgyIEQuQAfiAEQhCIfEL//4OA8P8/gyIEQpDOAH4gBEIgiHxC/////w+DQoDC1y9+IAJCCn4gAkIIiHxC/4H8h/CfwP8AgyICQuQAfiACQhCIfEL//4OA8P8/gyICQpDOAH4gAkIgiHxC/////w+DfEKAwtcvfiADQgp+IANCCIh8Qv+B/Ifwn8D/AIMiAkLkAH4gAkIQiHxC//+DgPD/P4MiAkKQzgB+IAJCIIh8Qv////8Pg3wLC9QGAgp/An4gACEBA0AgBSMCSQRAIwEgBUEsbGoiBygCACICBEAgAkEBRgRAIAEhA0EAIQIgBygCBCEIIAcpAwghCyAHKAIQIxNBA3RqIQECQANAIAIgA0kEQCMDIAgjBSACQQJ0aigCAGpBAnRqIglBBGsoAgBBAWohCiABIgQCfiAJKAIAIAprIglBAWtBCEkEQCAKKQMAQrDgwIGDhoyYMIVCCCAJrX1CA4aGIgxC9uzZs+fOnbv2AHwgDIRCgIGChIiQoMCAf4NCAFIEfkJ/BSAMQgp+IAxCCIh8Qv+B/Ifwn8D/AIMiDELkAH4gDEIQiHxC//+DgPD/P4MiDEKQzgB+IAxCIIh8Qv////8PgwsMAQsgCiAJEAALIgwgC1YEfiACIQEgCUEBRwR/QQEFIAotAABBLUcLDQMgBygCFCMTIAJqIgFBA3ZqIgkgCS0AAEF+IAFBB3F3cToAAEIABSAMCzcDACAEQQhqIQEgAkEBaiECDAELCyADIQELBSAHIAEQCSEBCwUgASEDQQAhAiAHKAIEIQggBykDCCELIAcoAhAjE0ECdGohAQJAA0AgAiADSQRAIwMgCCMFIAJBAnRqKAIAakECdGoiCUEEaygCAEEBaiEKIAEiBAJ+IAkoAgAgCmsiCUEBa0EISQRAIAopAwBCsODAgYOGjJgwhUIIIAmtfUIDhoYiDEL27Nmz586du/YAfCAMhEKAgYKEiJCgwIB/g0IAUgR+Qn8FIAxCCn4gDEIIiHxC/4H8h/CfwP8AgyIMQuQAfiAMQhCIfEL//4OA8P8/gyIMQpDOAH4gDEIgiHxC/////w+DCwwBCyAKIAkQAAsiDCALVgR+IAIhASAJQQFHBH9BAQUgCi0AAEEtRwsNAyAHKAIUIxMgAmoiAUEDdmoiCSAJLQAAQX4gAUEHcXdxOgAAQgAFIAwLPgIAIARBBGohASACQQFqIQIMAQsLIAMhAQsLIAVBAWohBQwBCwsgACABSwRAIxMgAWohAiMTIABqIQMDQCAGIwJJBEAjASAGQSxsaiEEIAIhAANAIAAgA0kEQCAEKAIUIABBA3ZqIgUgBS0AAEEBIABBB3F0cjoAACAAQQFqIQAMAQsLIAZBAWohBgwBCwsLIAELuQEBA39BASEDA0AgACECQQAhBANAIAAgAUkEfyAALQAAQTBrQQlNBUEACwRAIAAtAABBMGsgBEEKbGohBCAAQQFqIgAgAmtBA0sEQEEADwsMAQsLIAAgAkYgBEH/AUtyBH9BAQUgACACa0EBSwR/IAItAABBMEYFQQALCwRAQQAPCyADQQRGBEAgACABRg8LIAAgAUYEf0EBBSAALQAAQS5HC0UEQCAAQQFqIQAgA0EBaiEDDAELC0EACwcAQYAIJAALhwQDA34EfwR7IwNBBGsgAEEBazYCAANAIAAgAUkEQCAA/QAEACIJ/QwhISEhISEhISEhISEhISEh/SX9ZCAA/QAEECIK/QwhISEhISEhISEhISEhISEh/SX9ZEEQdHKtIAD9AAQgIgv9DCEhISEhISEhISEhISEhISH9Jf1kIAD9AAQwIgz9DCEhISEhISEhISEhISEhISH9Jf1kQRB0cq1CIIaEIQMgCf0MICAgICAgICAgICAgICAgIP0l/WQgCv0MICAgICAgICAgICAgICAgIP0l/WRBEHRyrSAL/QwgICAgICAgICAgICAgICAg/SX9ZCAM/QwgICAgICAgICAgICAgICAg/SX9ZEEQdHKtQiCGhCECIAEgAGsiBUHAAEkEQEIBIAWthkIBfSIEIAODIQMgAiAEgyECCwNAIAJCAFIEQCMEIAZBAnRqIAcgAyACQgAgAn2DQgF9g3unajYCACAGQQFqIQYgAiACQgF9gyECDAELCyMDIAdBAnRqIQUjAyAHIAN7p2oiB0ECdGohCANAIAUgCEkEQCAFIAAgA3qnajYCACAFIAAgAyADQgF9gyICeqdqNgIEIAUgACACIAJCAX2DIgJ6p2o2AgggBSAAIAIgAkIBfYMiAnqnajYCDCACIAJCAX2DIQMgBUEQaiEFDAELCyAAQUBrIQAMAQsLIAYkBgsEACMTC1ABAn8DQCAAIwJJBEAjASAAQSxsaiIBKAIUQf8BIxNBB2pBA3b8CwAgAUEANgIkIAFBADYCKCAAQQFqIQAMAQsLQQAkEyMMQQFqJAwjDSQPCwcAIxcjEmsLBAAjGAuDCwMOfwJ+AXsgACgCBCEKIAAoAhAjE0ECdGohCQNAIAEgCEsEQCMDIAojBSAIQQJ0aigCAGpBAnRqIgRBBGsoAgBBAWohAkEAIQMgBCgCACACayINQQFNBH8gDQR/IAItAABBLUYFQQELBUEACwRAIA1FBEAgCA8LIAAoAhQjEyAIaiICQQN2aiIEIAQtAABBfiACQQdxd3E6AAAFIAL9AAQAIxFBEGpBECANIA1BEE8ba/0ABAD9TiIS/R0AQpX4qfqXt96bnn9+Qh2JIBL9HQGFQrnLk+fR7ZGsv39+IRAgDUEQSwRAIAIgDWpBEGsiBCkDCCAEKQMAIBBCHYmFQuujxJmxt5LolH9+Qh2JhUKV+Kn6l7fem55/fiEQIA1BIEsEQCACQRBqIQMDQCADIARJBEAgAykDACAQQh2JhULro8SZsbeS6JR/fiEQIANBCGohAwwBCwsLCyANrSMMrUIghoQhESAQQiCIpyAQQi+Ip3MiDiAAKAIcIgRxIQMDfwJ/IAAoAhggA0EFdGoiCykDGCARUQR/IAv9AAQAIBL9Uf1TBUEBCwR/QQAFIA1BEE0Ef0EBBSANQRBrIgUgACgCICALKAIUQQN0aigCACIGav0ABAAgAiAFav0ABAD9Uf1TBH9BAAUgDUEgTQR/QQEFIAZBEGohBiACQRBqIQcgBUEQayEMQQAhBQJ/A0AgBSAMSQRAQQAgBSAGaikDACAFIAdqKQMAUg0CGiAFQQhqIQUMAQsLQQELCwsLCwRAIAsoAhQMAQsjDCALKAIcRwR/IAIhA0F/IQUgACgCAEEDRgR/QQAhBkEAIQcgAiACIA1qIg8QAgR/QQEFAn9BACAPIAJrQQJJDQAaIAItAABBOkYEQEEAIAItAAFBOkcNARpBASEHQQEgDyACQQJqIgJGDQEaCwNAIAZBCEgEQCACIQQDQCACIA9JBH8gAi0AACIMQTBrQQlNBH9BAQUgDEEgckHhAGtBBU0LBUEACwRAIAJBAWohAgwBCwsgAiAPSQR/IAItAABBLkYFQQALBEAgBCAPEAIEfyAGQQZIIAZBBkYgBxsFQQALDAMLQQAgAiAERiACIARrQQRLcg0CGiAGQQFqIgZBCEgiBCAGQQhGIAcbIAIgD0YNAhpBACACLQAAQTpHDQIaQQAgDyACQQFqIgJGDQIaIAItAABBOkYEQEEAIAcNAxpBASEHIAQgDyACQQFqIgJGDQMaCwwBCwtBAAsLBUEBCwRAIAAoAiQhBSMPIBL9CwQAIA1BEEsEQCMPQRBqIQIgA0EQaiEEIA1BEGshBkEAIQMDQCADIAZJBEAgAiADaiADIARq/QAEAP0LBAAgA0EQaiEDDAELCwsgACgCICAFQQN0aiMPNgIAIAAoAiAgBUEDdGogDTYCBCMPIA1qJA8gACAFQQFqNgIkIAAgDSAAKAIoajYCKCALIBL9CwQAIAsgDjYCECALIAU2AhQgCyANNgIYIAsjDDYCHCAAKAIcIgIgACgCJEECQQEgAkGAIEkbdEkEQCAAKAIYIQQjAEE/akFAcSIGIAJBAWoiB0EBdEEBayILQQFqQQV0IgJqJAAjAEH//wNqQRB2IgM/AEoEfyADPwBrQABBAEgFQQALBEAACyAGQQAgAvwLAEEAIQMDQCADIAdJBEAjDCAEIANBBXRqIgwoAhxGBEAgDCgCECALcSECA0AjDCAGIAJBBXRqKAIcRgRAIAJBAWogC3EhAgwBCwsgBiACQQV0aiAMQSD8CgAACyADQQFqIQMMAQsLIAAgBjYCGCAAIAs2AhwLCyAFBSADQQFqIARxIQMMAgsLCyIDQX9GBEAgCA8LCyAJIAM2AgAgCUEEaiEJIAhBAWohCAwBCwsgAQueAQEBfyMTIxRGBH9BAQUjE0EARyMOIw9rIAEgAGtJcQsEQEEADwsjEiABaiECIwNBBGsjEiAAaiIAQQFrNgIAQQAhAQNAIAAgAkkEQCAALQAAQSBGBEAjAyABQQJ0aiAANgIAIAFBAWohAQsgAEEBaiEADAELCyMDIAFBAnRqIAI2AgAjBUEANgIAQQEQAUUEQEECDwsjE0EBaiQTQQEL6AQCCX8CfiMSIAFqIQcjEiAAaiQXQQAkGANAIxcgB0kEQCMTIxRGBEBBAQ8LIxcjFyMVaiIAIAcgACAHSRsiBhAEIxchCiMUIxNrIQVBACEIQQAhCUEAIQBBACQLA0AgCCMGSSAFIAlLcQRAAkAjAyMEIAhBAnRqKAIAIgRBAnRqKAIAIQIgBEEBaiEBIAIiAy0AAEENRgRAIAYgA0EBaiIDRg0BIAhBAWohCCAEQQJqIQELIAMtAABBCkcEf0EBBSMHIAEgAGsgAiADR2tHCwR/QQEFIAJBAWstAABBIEYLIwggAyAKa0lyIAIgCkZyBH9BAQUgCi0AAEHhAGtBGkkEfyMJIwMgAEECdGooAgAgCmutIgtCCFoEfiAKKQMABSAKKQMAQgEgC0IDhoZCAX2DCyIMQpX4qfqXt96bnn9+QjeIp0EDdGohAgJ/A0AgAikDACILQgBSBEBBASALIAxRDQIaIwkgAkEIaiMJa0H/H3FqIQIMAQsLQQALBUEACwsEQEEBJAsMAQsjBSAJQQJ0aiAANgIAIAlBAWohCSABIQAgA0EBaiEKIAhBAWohCAwCCwsLIAokCiMLIgIgCXJFBEAjFSMWTwRAQQIPCyMVQQF0IgEjFiIAIAAgAUsbJBUMAgsjEwR/Iw4jD2sjCiMXa0kFQQALBEBBAQ8LIwohASAJEAEiACAJRwR/IwMjBSAAQQJ0aigCAEECdGpBBGsoAgBBAWoFIAELJBcjEyAAaiQTIxggAGokGEEBIAIgACAJSRsEQEGAECQVQQIPCyMVQQF0IgEjFiIAIAAgAUsbJBUMAQsLQQALhgUAQYAIJAAgAEGACWokACMAQf//A2pBEHYiAD8ASgR/IAA/AGtAAEEASAVBAAsEQAALQcAIJBJBgIACIAFBAmoiACAAQYCAAkkbJBZBgBAkFSACJBRBACQTIAMkByABJAgjAEE/akFAcSIAIxYiAUECdEGUAmpqJAAjAEH//wNqQRB2IgM/AEoEfyADPwBrQABBAEgFQQALBEAACyAAQRBqJAMjAEE/akFAcSIAIAFBAWpBAnRqJAAjAEH//wNqQRB2IgM/AEoEfyADPwBrQABBAEgFQQALBEAACyAAJAQjAEE/akFAcSIAIAIgASABIAJLG0ECdGokACMAQf//A2pBEHYiAT8ASgR/IAE/AGtAAEEASAVBAAsEQAALIAAkBSMAQT9qQUBxIgBBgCBqJAAjAEH//wNqQRB2IgE/AEoEfyABPwBrQABBAEgFQQALBEAACyAAQQBBgCD8CwAgACQJIwBBP2pBQHEiACAEQSxsaiQAIwBB//8DakEQdiIBPwBKBH8gAT8Aa0AAQQBIBUEACwRAAAsgACQBQQAkAiMAQT9qQUBxIgAgBUFAa2okACMAQf//A2pBEHYiAT8ASgR/IAE/AGtAAEEASAVBAAsEQAALIAAkDSMNJA8jDSAFaiQOIwBBP2pBQHEiACACQQJ0IAVqQcQAamokACMAQf//A2pBEHYiAT8ASgR/IAE/AGtAAEEASAVBAAsEQAALIAAkECMAQT9qQUBxIgBBIGokACMAQf//A2pBEHYiAT8ASgR/IAE/AGtAAEEASAVBAAsEQAALIABBAEEg/AsAIAAkESMR/Qz//////////////////////QsAACMMQQFqJAwjDSQPIxILDQAjASAAQSxsaigCEAsNACMBIABBLGxqKAIUC6MBAQd/IxAjASAAQSxsaiIDKAIkQQFqQQJ0aiEFA0AgASADKAIkSQRAIAMoAiAgAUEDdGoiACgCBCEEIxAgAUECdGogAjYCACACIAVqIQYgACgCACEHQQAhAANAIAAgBEkEQCAAIAZqIAAgB2r9AAQA/QsEACAAQRBqIQAMAQsLIAIgBGohAiABQQFqIQEMAQsLIxAgAygCJEECdGogAjYCACMQCw0AIwEgAEEsbGooAiQLDQAjASAAQSxsaigCKAt2AQN/IwEgAEEsbGooAhQhAyMTQQV2IQADQCAAIAJLBEAgASADIAJBAnRqKAIAaWohASACQQFqIQIMAQsLIABBBXQhAANAIAAjE0kEQCABIAMgAEEDdmotAAAgAEEHcXZBAXFqIQEgAEEBaiEADAELCyMTIAFrC1ACAX8BfiMJIABClfip+pe33puef35CN4inQQN0aiEBA0AgASkDACICIABSIAJCAFJxBEAjCSABQQhqIwlrQf8fcWohAQwBCwsgASAANwMAC+cCAQJ/IwJBAWokAiMBIwJBAWtBLGxqIgMgADYCACADIAE2AgQgAyACNwMIIwBBP2pBQHEiASMUQQNBAiAAQQFGG3RqJAAjAEH//wNqQRB2IgQ/AEoEfyAEPwBrQABBAEgFQQALBEAACyADIAE2AhAjAEE/akFAcSIBIxRBB2pBA3ZqJAAjAEH//wNqQRB2IgQ/AEoEfyAEPwBrQABBAEgFQQALBEAACyADIAE2AhQgAygCFEH/ASMUQQdqQQN2/AsAIANBADYCJCADQQA2AiggAEEDRiAAQQJGcgRAIANB/wc2AhwjAEE/akFAcSIAQYCAAmokACMAQf//A2pBEHYiAT8ASgR/IAE/AGtAAEEASAVBAAsEQAALIABBAEGAgAL8CwAgAyAANgIYIwBBP2pBQHEiACMUQQN0aiQAIwBB//8DakEQdiIBPwBKBH8gAT8Aa0AAQQBIBUEACwRAAAsgAyAANgIgCws=";

// src/kernel-decoder.ts
var STOPS = ["done", "batch-full", "odd-line"];
var KINDS = {
  int32: [0, LARGEST_VALUE.int32],
  int64: [1, LARGEST_VALUE.int64],
  seconds: [1, LARGEST_VALUE.seconds],
  string: [2, 0n],
  address: [3, 0n]
};
var LARGEST_IDLE_BYTES = 32 * 1024 * 1024;
var MOST_IDLE_DECODERS = 2;
var idle = [];
var KNOWN_HEADER_WORDS = [...new Set(FLOW_LOG_FIELDS.map((field) => headerWord(field.name)))];
var compiled;
var KernelDecoder = class _KernelDecoder {
  position = 0;
  lineCount = 0;
  #kernel;
  #columns = [];
  #window = new Uint8Array(0);
  #windowStart = 0;
  #windowBytes = 0;
  /** A decoder that another parser has released, or a new one. Throws where there is no WebAssembly with SIMD. */
  static open() {
    return idle.pop() ?? new _KernelDecoder();
  }
  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, "base64"));
    const abort = () => {
      throw new Error("The kernel has run into its own error");
    };
    const { exports } = new WebAssembly.Instance(compiled, { env: { abort } });
    this.#kernel = exports;
  }
  get window() {
    const { buffer } = this.#kernel.memory;
    if (this.#window.buffer !== buffer) this.#window = new Uint8Array(buffer, this.#windowStart, this.#windowBytes);
    return this.#window;
  }
  get rowCount() {
    return this.#kernel.rowCount();
  }
  configure(layout, limits) {
    const { maxLineBytes, batchRows } = limits;
    const kernel = this.#kernel;
    const fields = layout.format.fields.length;
    this.#columns = layout.columns;
    this.#windowBytes = WINDOW_BYTES + maxLineBytes;
    const present = layout.columns.filter((plan) => plan.source >= 0);
    this.#windowStart = kernel.configure(
      this.#windowBytes,
      maxLineBytes,
      batchRows,
      fields,
      present.length,
      BATCH_TEXT_BYTES
    );
    this.#window = new Uint8Array(0);
    for (const word of KNOWN_HEADER_WORDS) kernel.addHeader(word);
    for (const name of layout.format.fields) {
      if (flowLogField(name) === void 0) kernel.addHeader(headerWord(name));
    }
    for (const plan of present) {
      const [kind, largest] = KINDS[plan.decoder];
      kernel.addColumn(kind, plan.source, largest);
    }
  }
  decode(start, end) {
    const stop = STOPS[this.#kernel.decode(start, end)];
    this.position = this.#kernel.decodedUpTo();
    this.lineCount = this.#kernel.decodedLines();
    if (stop === void 0) throw new Error("The kernel stopped without a reason");
    return stop;
  }
  decodeLine(start, end) {
    const taken = this.#kernel.decodeLine(start, end);
    if (taken === 2) throw new Error("The kernel and the TypeScript rules disagree on a line; please report this line");
    return taken === 1;
  }
  takeBatch() {
    const rowCount = this.#kernel.rowCount();
    let index = 0;
    const columns = this.#columns.map((plan) => {
      if (plan.source < 0) return absentColumn(plan, rowCount);
      const column = this.#takeColumn(plan, index, rowCount);
      index += 1;
      return column;
    });
    this.#kernel.nextBatch();
    return new ColumnBatch(rowCount, columns);
  }
  release() {
    const isSmall = this.#kernel.memory.buffer.byteLength <= LARGEST_IDLE_BYTES;
    if (isSmall && idle.length < MOST_IDLE_DECODERS) idle.push(this);
  }
  #takeColumn(plan, index, rowCount) {
    const { name, decoder } = plan;
    const { buffer } = this.#kernel.memory;
    const values = this.#kernel.columnValues(index);
    const validity = this.#takeValidity(index, rowCount);
    switch (decoder) {
      case "int32":
        return { kind: decoder, name, values: new Int32Array(buffer, values, rowCount).slice(), ...validity };
      case "int64":
      case "seconds":
        return { kind: decoder, name, values: new BigInt64Array(buffer, values, rowCount).slice(), ...validity };
      case "string":
      case "address": {
        const indices = new Int32Array(buffer, values, rowCount).slice();
        return { kind: decoder, name, values: indices, dictionary: this.#takeDictionary(index), ...validity };
      }
    }
  }
  #takeValidity(index, rowCount) {
    const nullCount = this.#kernel.columnNulls(index);
    if (nullCount === 0) return { validity: void 0, nullCount };
    const { buffer } = this.#kernel.memory;
    const validity = new Uint8Array(buffer, this.#kernel.columnValidity(index), rowCount + 7 >> 3).slice();
    if ((rowCount & 7) !== 0) validity[rowCount >> 3] = (validity[rowCount >> 3] ?? 0) & (1 << (rowCount & 7)) - 1;
    return { validity, nullCount };
  }
  #takeDictionary(index) {
    const size = this.#kernel.columnTextCount(index);
    const textBytes = this.#kernel.columnTextBytes(index);
    const start = this.#kernel.columnTexts(index);
    const { buffer } = this.#kernel.memory;
    const offsets = new Int32Array(buffer, start, size + 1).slice();
    return new TextDictionary(offsets, new Uint8Array(buffer, start + offsets.byteLength, textBytes).slice());
  }
};
function headerWord(name) {
  const word = Buffer.alloc(HEADER_KEY_BYTES);
  word.write(headerKey(name), "utf8");
  return word.readBigUInt64LE();
}

// src/field-decoders.ts
var MAX_DIGITS = 19;
var DASH = 45;
var DOT = 46;
var COLON = 58;
var ZERO = 48;
function isAbsent(bytes, start, end) {
  return end - start === 1 && bytes[start] === DASH;
}
function isDigits(bytes, start, end) {
  for (let at = start; at < end; at += 1) {
    if (!isDigit(bytes[at])) return false;
  }
  return end > start;
}
function decodeNumber(bytes, start, end) {
  if (end === start || end - start > 15) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
function decodeBigInt(bytes, start, end) {
  if (end - start > MAX_DIGITS || !isDigits(bytes, start, end)) return void 0;
  return BigInt(String.fromCharCode(...bytes.subarray(start, end)));
}
function isAddress(bytes, start, end) {
  return isIpv4Address(bytes, start, end) || isIpv6Address(bytes, start, end);
}
function isIpv4Address(bytes, start, end) {
  let at = start;
  for (let octets = 1; ; octets += 1) {
    const first = at;
    let value = 0;
    while (at < end && isDigit(bytes[at])) {
      value = value * 10 + ((bytes[at] ?? 0) - ZERO);
      at += 1;
      if (at - first > 3) return false;
    }
    const digits = at - first;
    if (digits === 0 || value > 255 || digits > 1 && bytes[first] === ZERO) return false;
    if (octets === 4) return at === end;
    if (at === end || bytes[at] !== DOT) return false;
    at += 1;
  }
}
function isIpv6Address(bytes, start, end) {
  let at = start;
  let groups = 0;
  let compressed = false;
  if (end - start < 2) return false;
  if (bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON) return false;
    compressed = true;
    at += 2;
    if (at === end) return true;
  }
  while (groups < 8) {
    const first = at;
    while (at < end && isHexDigit(bytes[at])) at += 1;
    if (at < end && bytes[at] === DOT) {
      return isIpv4Address(bytes, first, end) && (compressed ? groups < 6 : groups === 6);
    }
    if (at === first || at - first > 4) return false;
    groups += 1;
    if (at === end) return compressed ? groups < 8 : groups === 8;
    if (bytes[at] !== COLON) return false;
    at += 1;
    if (at === end) return false;
    if (bytes[at] === COLON) {
      if (compressed) return false;
      compressed = true;
      at += 1;
      if (at === end) return groups < 8;
    }
  }
  return false;
}
function isDigit(byte) {
  return byte !== void 0 && byte >= ZERO && byte <= 57;
}
function isHexDigit(byte) {
  return isDigit(byte) || byte !== void 0 && (byte | 32) >= 97 && (byte | 32) <= 102;
}

// src/text-interner.ts
var FIRST_SLOTS = 256;
var FIRST_BYTES = 4096;
var TextInterner = class {
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);
  #offsets = new Int32Array(FIRST_SLOTS);
  #bytes = new Uint8Array(FIRST_BYTES);
  #size = 0;
  get textBytes() {
    return this.#offsets[this.#size] ?? 0;
  }
  /** The index of the text `bytes[start, end)`, or -1 when it is not known yet. */
  find(bytes, start, end) {
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = slot + 1 & mask) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0) return -1;
      if (this.#hashes[slot] === hash && this.#equals(index, bytes, start, end)) return index;
    }
  }
  /** Adds a text that {@link find} did not find, and gives its index. */
  add(bytes, start, end) {
    const index = this.#size;
    const from = this.textBytes;
    const to = from + end - start;
    if (to > this.#bytes.length) this.#bytes = grown(this.#bytes, to);
    this.#bytes.set(bytes.subarray(start, end), from);
    this.#size += 1;
    if (this.#size >= this.#offsets.length) this.#offsets = grown(this.#offsets, this.#size + 1);
    this.#offsets[this.#size] = to;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    this.#insert(hashOf(bytes, start, end), index);
    return index;
  }
  /** The texts so far; the table is empty afterwards. */
  take() {
    const dictionary = new TextDictionary(this.#offsets.slice(0, this.#size + 1), this.#bytes.slice(0, this.textBytes));
    this.#slots.fill(0);
    this.#size = 0;
    return dictionary;
  }
  #equals(index, bytes, start, end) {
    let from = this.#offsets[index] ?? 0;
    if ((this.#offsets[index + 1] ?? 0) - from !== end - start) return false;
    for (let at = start; at < end; at += 1) {
      if (this.#bytes[from] !== bytes[at]) return false;
      from += 1;
    }
    return true;
  }
  #insert(hash, index) {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = slot + 1 & mask;
    this.#slots[slot] = index + 1;
    this.#hashes[slot] = hash;
  }
  #rehash() {
    const { length } = this.#slots;
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Int32Array(length * 2);
    this.#hashes = new Int32Array(length * 2);
    slots.forEach((entry, slot) => {
      if (entry !== 0) this.#insert(hashes[slot] ?? 0, entry - 1);
    });
  }
};
function hashOf(bytes, start, end) {
  let hash = 2166136261;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 16777619);
  hash ^= hash >>> 15;
  return Math.imul(hash, 739982445);
}
function grown(values, needed) {
  const larger = new values.constructor(Math.max(values.length * 2, needed));
  larger.set(values);
  return larger;
}

// src/typescript-decoder.ts
var NEWLINE = 10;
var CARRIAGE_RETURN = 13;
var SPACE = 32;
var TypescriptDecoder = class {
  window = new Uint8Array(0);
  rowCount = 0;
  position = 0;
  lineCount = 0;
  #builders = [];
  #fieldCount = 0;
  #fieldEnds = new Int32Array(0);
  #headerKeys = /* @__PURE__ */ new Set();
  /** Bytes of text that certainly fit into this batch. */
  #textRoom = BATCH_TEXT_BYTES;
  #limits = { maxLineBytes: 0, batchRows: 0 };
  configure(layout, limits) {
    const windowBytes = WINDOW_BYTES + limits.maxLineBytes;
    if (this.window.length !== windowBytes) this.window = Buffer.allocUnsafeSlow(windowBytes);
    this.#limits = limits;
    this.#fieldCount = layout.format.fields.length;
    this.#fieldEnds = new Int32Array(this.#fieldCount);
    this.#headerKeys = headerKeys(layout.format);
    this.#builders = layout.columns.map((plan) => columnBuilder(plan, limits.batchRows));
  }
  decode(start, end) {
    this.lineCount = 0;
    this.position = start;
    while (this.position < end) {
      const newline = this.window.indexOf(NEWLINE, this.position);
      const textEnd = newline > this.position && this.window[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
      const lineBytes = newline - this.position;
      if (lineBytes > this.#limits.maxLineBytes || !this.#isPlainLine(this.position, textEnd)) return "odd-line";
      if (!this.#hasRoom(lineBytes)) return "batch-full";
      if (!this.#decodeFields(this.position)) return "odd-line";
      this.position = newline + 1;
      this.lineCount += 1;
    }
    return "done";
  }
  decodeLine(start, end) {
    if (!this.#hasRoom(end - start)) return false;
    let field = 0;
    for (let at = start; at <= end; at += 1) {
      if (at === end || this.window[at] === SPACE) {
        this.#fieldEnds[field] = at;
        field += 1;
      }
    }
    if (field !== this.#fieldCount || !this.#decodeFields(start)) throw new Error("decodeLine needs a valid record");
    return true;
  }
  takeBatch() {
    const { rowCount } = this;
    this.rowCount = 0;
    this.#textRoom = BATCH_TEXT_BYTES;
    return new ColumnBatch(
      rowCount,
      this.#builders.map((builder) => builder.take(rowCount))
    );
  }
  release() {
  }
  #hasRoom(lineBytes) {
    if (this.rowCount >= this.#limits.batchRows) return false;
    this.#textRoom -= lineBytes;
    if (this.#textRoom >= 0 || this.rowCount === 0) return true;
    this.#textRoom = BATCH_TEXT_BYTES - lineBytes;
    for (const builder of this.#builders) this.#textRoom -= builder.textBytes;
    return this.#textRoom >= 0;
  }
  /** Finds the fields; false for a line that needs judging. */
  #isPlainLine(start, end) {
    const { window } = this;
    let field = 0;
    for (let at = start; at < end; at += 1) {
      const byte = window[at] ?? 0;
      if (byte > SPACE && byte < 128) continue;
      if (byte !== SPACE || field >= this.#fieldCount - 1) return false;
      this.#fieldEnds[field] = at;
      field += 1;
    }
    if (field !== this.#fieldCount - 1 || end === start || window[end - 1] === SPACE) return false;
    this.#fieldEnds[field] = end;
    const first = window[start] ?? 0;
    return first < 97 || first > 122 || !this.#mayBeHeader(start);
  }
  #mayBeHeader(start) {
    const end = Math.min(this.#fieldEnds[0] ?? start, start + HEADER_KEY_BYTES);
    return this.#headerKeys.has(String.fromCharCode(...this.window.subarray(start, end)));
  }
  #decodeFields(start) {
    for (const builder of this.#builders) {
      const { source } = builder;
      if (source < 0) continue;
      const fieldStart = source === 0 ? start : (this.#fieldEnds[source - 1] ?? 0) + 1;
      const fieldEnd = this.#fieldEnds[source] ?? 0;
      if (fieldStart === fieldEnd || !builder.set(this.rowCount, this.window, fieldStart, fieldEnd)) return false;
    }
    this.rowCount += 1;
    return true;
  }
};
function columnBuilder(plan, rows) {
  if (plan.source < 0) return new AbsentBuilder(plan);
  switch (plan.decoder) {
    case "int32":
      return new Int32Builder(plan, rows);
    case "int64":
      return new Int64Builder(plan, plan.decoder, rows);
    case "seconds":
      return new Int64Builder(plan, plan.decoder, rows);
    case "string":
      return new TextBuilder(plan, plan.decoder, rows);
    case "address":
      return new TextBuilder(plan, plan.decoder, rows);
  }
}
var AbsentBuilder = class {
  source = -1;
  textBytes = 0;
  #plan;
  constructor(plan) {
    this.#plan = plan;
  }
  set() {
    return true;
  }
  take(rowCount) {
    return absentColumn(this.#plan, rowCount);
  }
};
var Validity = class {
  #bits;
  constructor(rows) {
    this.#bits = new Uint8Array(rows + 7 >> 3);
  }
  set(row, isValid) {
    const bits = this.#bits[row >> 3] ?? 0;
    this.#bits[row >> 3] = isValid ? bits | 1 << (row & 7) : bits & ~(1 << (row & 7));
  }
  take(rowCount) {
    const validity = this.#bits.slice(0, rowCount + 7 >> 3);
    if ((rowCount & 7) !== 0) validity[rowCount >> 3] = (validity[rowCount >> 3] ?? 0) & (1 << (rowCount & 7)) - 1;
    let nullCount = rowCount;
    for (let bits of validity) {
      for (; bits !== 0; bits &= bits - 1) nullCount -= 1;
    }
    return { validity: nullCount === 0 ? void 0 : validity, nullCount };
  }
};
var Int32Builder = class {
  source;
  textBytes = 0;
  #name;
  #values;
  #validity;
  constructor(plan, rows) {
    this.source = plan.source;
    this.#name = plan.name;
    this.#values = new Int32Array(rows);
    this.#validity = new Validity(rows);
  }
  set(row, bytes, start, end) {
    const isValue = !isAbsent(bytes, start, end);
    this.#validity.set(row, isValue);
    this.#values[row] = 0;
    if (!isValue) return true;
    let value = decodeNumber(bytes, start, end);
    if (value < 0) value = Number(decodeBigInt(bytes, start, end) ?? -1);
    if (value < 0 || value > LARGEST_INT32) return false;
    this.#values[row] = value;
    return true;
  }
  take(rowCount) {
    const values = this.#values.slice(0, rowCount);
    return { kind: "int32", name: this.#name, values, ...this.#validity.take(rowCount) };
  }
};
var LARGEST_INT32 = Number(LARGEST_VALUE.int32);
var Int64Builder = class {
  source;
  textBytes = 0;
  #name;
  #kind;
  #values;
  #words;
  #validity;
  constructor(plan, kind, rows) {
    this.source = plan.source;
    this.#name = plan.name;
    this.#kind = kind;
    this.#values = new BigInt64Array(rows);
    this.#words = new Uint32Array(this.#values.buffer);
    this.#validity = new Validity(rows);
  }
  set(row, bytes, start, end) {
    const isValue = !isAbsent(bytes, start, end);
    this.#validity.set(row, isValue);
    const value = isValue ? decodeNumber(bytes, start, end) : 0;
    if (value >= 0) {
      this.#words[2 * row + LOW_WORD] = value >>> 0;
      this.#words[2 * row + 1 - LOW_WORD] = Math.floor(value / 2 ** 32);
      return true;
    }
    const exact = decodeBigInt(bytes, start, end);
    if (exact === void 0 || exact > LARGEST_VALUE[this.#kind]) return false;
    this.#values[row] = exact;
    return true;
  }
  take(rowCount) {
    const values = this.#values.slice(0, rowCount);
    return { kind: this.#kind, name: this.#name, values, ...this.#validity.take(rowCount) };
  }
};
var LOW_WORD = new Uint32Array(BigInt64Array.of(1n).buffer)[0] === 1 ? 0 : 1;
var TextBuilder = class {
  source;
  #name;
  #kind;
  #values;
  #validity;
  #interner = new TextInterner();
  constructor(plan, kind, rows) {
    this.source = plan.source;
    this.#name = plan.name;
    this.#kind = kind;
    this.#values = new Int32Array(rows);
    this.#validity = new Validity(rows);
  }
  get textBytes() {
    return this.#interner.textBytes;
  }
  set(row, bytes, start, end) {
    const isValue = !isAbsent(bytes, start, end);
    this.#validity.set(row, isValue);
    this.#values[row] = 0;
    if (!isValue) return true;
    let index = this.#interner.find(bytes, start, end);
    if (index < 0) {
      if (this.#kind === "address" && !isAddress(bytes, start, end)) return false;
      index = this.#interner.add(bytes, start, end);
    }
    this.#values[row] = index;
    return true;
  }
  take(rowCount) {
    const values = this.#values.slice(0, rowCount);
    const dictionary = this.#interner.take();
    return { kind: this.#kind, name: this.#name, values, dictionary, ...this.#validity.take(rowCount) };
  }
};

// src/decoder-choice.ts
var OPENERS = {
  kernel: () => KernelDecoder.open(),
  typescript: () => new TypescriptDecoder(),
  auto: () => {
    try {
      return KernelDecoder.open();
    } catch {
      return new TypescriptDecoder();
    }
  }
};
function openDecoder(choice) {
  return OPENERS[choice]();
}

// src/line-problem.ts
import { isUtf8 } from "buffer";

// src/parse-issue.ts
var RAW_TEXT_LIMIT = 200;
function cutRawText(text) {
  if (text.length <= RAW_TEXT_LIMIT) return text;
  const last = text.charCodeAt(RAW_TEXT_LIMIT - 2);
  const end = last >= 55296 && last <= 56319 ? RAW_TEXT_LIMIT - 2 : RAW_TEXT_LIMIT - 1;
  return `${text.slice(0, end)}\u2026`;
}
function formatParseIssue(issue) {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== void 0).join(":");
  return place === "" ? issue.message : `${place}: ${issue.message}`;
}
var FlowLogParseError = class extends Error {
  name = "FlowLogParseError";
  code;
  issue;
  constructor(issue, options) {
    super(formatParseIssue(issue), options);
    this.code = issue.code;
    this.issue = issue;
  }
};

// src/line-problem.ts
var SPACE2 = 32;
var CARRIAGE_RETURN2 = 13;
function lineTextEnd(bytes, start, newline) {
  let end = newline;
  if (end > start && bytes[end - 1] === CARRIAGE_RETURN2) end -= 1;
  while (end > start && bytes[end - 1] === SPACE2) end -= 1;
  return end;
}
function findLineProblem(bytes, start, end, layout) {
  return textProblem(bytes, start, end) ?? fieldProblem(bytes, start, end, layout);
}
function textProblem(bytes, start, end) {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE2) {
      const hex = byte.toString(16).padStart(2, "0");
      return { code: "control-character", message: `The line holds the control character 0x${hex}.`, at };
    }
  }
  if (isUtf8(bytes.subarray(start, end))) return void 0;
  return { code: "invalid-utf8", message: "The line is not valid UTF-8.", at: invalidUtf8At(bytes, start, end) };
}
function invalidUtf8At(bytes, start, end) {
  let possible = start;
  let impossible = end + 1;
  while (impossible - possible > 1) {
    const middle = possible + impossible >> 1;
    if (couldGoOn(bytes.subarray(start, middle))) possible = middle;
    else impossible = middle;
  }
  while (!isUtf8(bytes.subarray(start, possible))) possible -= 1;
  return possible;
}
function couldGoOn(prefix) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(prefix, { stream: true });
    return true;
  } catch {
    return false;
  }
}
function fieldProblem(bytes, start, end, layout) {
  const ends = fieldEnds(bytes, start, end);
  const expected = layout.format.fields.length;
  if (ends.length !== expected) return countProblem(start, end, ends, expected);
  let first;
  for (const plan of layout.columns) {
    if (plan.source < 0) continue;
    const fieldStart = plan.source === 0 ? start : (ends[plan.source - 1] ?? start) + 1;
    const problem = valueProblem(bytes, fieldStart, ends[plan.source] ?? end, plan);
    if (problem !== void 0 && (first === void 0 || problem.at < first.at)) first = problem;
  }
  return first;
}
function fieldEnds(bytes, start, end) {
  const ends = [];
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === SPACE2) ends.push(at);
  }
  ends.push(end);
  return ends;
}
function countProblem(start, end, ends, expected) {
  const empty = ends.findIndex((fieldEnd, index) => fieldEnd === (ends[index - 1] ?? start - 1) + 1);
  if (empty !== -1) {
    const message = `Field ${empty + 1} is empty: one space separates fields, and an absent value is written "-".`;
    return { code: "empty-field", message, at: ends[empty] ?? end };
  }
  const counts = `The line has ${ends.length} field${ends.length === 1 ? "" : "s"}, its format has ${expected}.`;
  return ends.length < expected ? { code: "too-few-columns", message: counts, at: end } : { code: "too-many-columns", message: counts, at: (ends[expected - 1] ?? start) + 1 };
}
function valueProblem(bytes, start, end, plan) {
  const { name, decoder } = plan;
  if (start === end) {
    return { code: "empty-field", message: `${name} is empty; an absent value is written "-".`, at: start, field: name };
  }
  if (isAbsent(bytes, start, end)) return void 0;
  switch (decoder) {
    case "string":
      return void 0;
    case "address":
      if (isAddress(bytes, start, end)) return void 0;
      return {
        code: "invalid-address",
        message: `${name} is ${quoted(bytes, start, end)}, which is neither an IPv4 nor an IPv6 address nor "-".`,
        at: start,
        field: name
      };
    case "int32":
    case "int64":
    case "seconds": {
      if (!isDigits(bytes, start, end)) {
        const message2 = `${name} is ${quoted(bytes, start, end)}, which is neither a whole number nor "-".`;
        return { code: "invalid-number", message: message2, at: start, field: name };
      }
      const value = decodeBigInt(bytes, start, end);
      const largest = LARGEST_VALUE[decoder];
      if (value !== void 0 && value <= largest) return void 0;
      const message = `${name} is ${quoted(bytes, start, end)}, which is not between 0 and ${largest}.`;
      return { code: "number-out-of-range", message, at: start, field: name };
    }
  }
}
function quoted(bytes, start, end) {
  const text = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 60)));
  return `"${cutRawText(text)}${end - start > 60 ? "\u2026" : ""}"`;
}

// src/flow-log-parser.ts
var UNUSABLE = {
  working: "a call of it has not returned yet",
  failed: "an earlier call threw",
  ended: "end() was called"
};
var NEWLINE2 = 10;
var BYTE_ORDER_MARK = [239, 187, 191];
var FlowLogParser = class {
  #options;
  #limits;
  #decoder;
  #layout;
  #state = "open";
  /** The bytes of the window that are not decoded yet. */
  #start = 0;
  #end = 0;
  /** Inside a line that is too long: everything to the next newline is dropped. */
  #isSkipping = false;
  #bytes = 0;
  #records = 0;
  #headerLines = 0;
  #blankLines = 0;
  #issueLines = 0;
  constructor(options = {}) {
    this.#options = options;
    this.#limits = {
      maxLineBytes: limit("maxLineBytes", options.limits?.maxLineBytes, DEFAULT_MAX_LINE_BYTES, LARGEST_MAX_LINE_BYTES),
      batchRows: limit("batchRows", options.limits?.batchRows, DEFAULT_BATCH_ROWS, LARGEST_BATCH_ROWS)
    };
    this.#layout = resolveColumnLayout(options.format ?? DEFAULT_LOG_FORMAT, options.fields);
    this.#decoder = openDecoder(options.decoder ?? "auto");
    this.#decoder.configure(this.#layout, this.#limits);
  }
  get counts() {
    return {
      bytes: this.#bytes,
      lines: this.#lines,
      records: this.#records,
      headerLines: this.#headerLines,
      blankLines: this.#blankLines,
      issueLines: this.#issueLines
    };
  }
  /** The format of the lines now: that of the last header, or the one that was given. */
  get format() {
    return this.#layout.format;
  }
  /** Parses the next bytes. The caller may reuse the chunk afterwards. */
  push(chunk) {
    this.#work("push", () => {
      this.#bytes += chunk.length;
      for (let at = 0; at < chunk.length; ) at += this.#fill(chunk, at);
      if (this.#options.onRecord !== void 0) this.#takeBatch();
    });
  }
  /** Hands over the rows that are waiting for a full batch. */
  flush() {
    this.#work("flush", () => this.#takeBatch());
  }
  /**
   * Parses what is left. Where the input broke off (a truncated gzip file), `truncated` says so: then a last line without
   * a newline is an issue, because its last field may be cut.
   */
  end(options = {}) {
    this.#work("end", () => {
      this.#lastLine(options.truncated ?? false);
      if (this.#bytes === 0) this.#report({ code: "empty-file", message: "The input is empty." });
      this.#takeBatch();
    });
    this.#state = "ended";
    this.#decoder.release();
  }
  get #lines() {
    return this.#records + this.#headerLines + this.#blankLines + this.#issueLines;
  }
  #work(method, work) {
    if (this.#state !== "open") {
      throw new Error(
        `FlowLogParser.${method}() cannot be called: ${UNUSABLE[this.#state]}. Use a new parser for each input.`
      );
    }
    this.#state = "working";
    try {
      work();
      this.#state = "open";
    } catch (error) {
      this.#state = "failed";
      this.#decoder.release();
      throw error;
    }
  }
  /** Takes bytes from `chunk[at…]` into the window and decodes the whole lines; returns how many bytes it took. */
  #fill(chunk, at) {
    if (this.#isSkipping) {
      const newline2 = chunk.indexOf(NEWLINE2, at);
      this.#isSkipping = newline2 === -1;
      return (newline2 === -1 ? chunk.length : newline2 + 1) - at;
    }
    const { window } = this.#decoder;
    const taken = Math.min(chunk.length - at, window.length - 1 - this.#end);
    window.set(chunk.subarray(at, at + taken), this.#end);
    const newline = window.subarray(this.#end, this.#end + taken).lastIndexOf(NEWLINE2);
    const linesEnd = this.#end + newline + 1;
    this.#end += taken;
    if (newline !== -1) this.#decodeLines(linesEnd);
    this.#keepTail();
    return taken;
  }
  /** Moves the unfinished line to the front of the window, or gives it up when it is too long. */
  #keepTail() {
    const tail = this.#end - this.#start;
    const start = afterByteOrderMark(this.#decoder.window, this.#start);
    if (this.#end - start > this.#limits.maxLineBytes) {
      this.#tooLong(start);
      this.#isSkipping = true;
      this.#start = this.#end = 0;
    } else if (this.#start > 0) {
      this.#decoder.window.copyWithin(0, this.#start, this.#end);
      this.#start = 0;
      this.#end = tail;
    }
  }
  #lastLine(isTruncated) {
    if (this.#end === this.#start) return;
    if (isTruncated) {
      const message = "The input broke off within this line.";
      this.#lineIssue({ code: "truncated-line", message, at: this.#end }, this.#start, this.#end);
      return;
    }
    this.#decoder.window[this.#end] = NEWLINE2;
    this.#end += 1;
    this.#decodeLines(this.#end);
  }
  #decodeLines(end) {
    if (this.#lines === 0) this.#oddLine();
    while (this.#start < end) {
      const stop = this.#decoder.decode(this.#start, end);
      this.#start = this.#decoder.position;
      this.#records += this.#decoder.lineCount;
      switch (stop) {
        case "done":
          break;
        case "batch-full":
          this.#takeBatch();
          break;
        case "odd-line":
          this.#oddLine();
          break;
      }
    }
  }
  /** Judges the line at the start of the window, and goes on to the next. */
  #oddLine() {
    const { window } = this.#decoder;
    const newline = window.indexOf(NEWLINE2, this.#start);
    const start = afterByteOrderMark(window, this.#start);
    const end = lineTextEnd(window, start, newline);
    this.#start = newline + 1;
    if (newline - start > this.#limits.maxLineBytes) this.#tooLong(start);
    else if (end === start) this.#blankLines += 1;
    else this.#headerOrRecord(start, end);
  }
  #headerOrRecord(start, end) {
    const header = this.#headerFormat(start, end);
    if (header !== void 0) {
      this.#changeFormat(header);
      return;
    }
    const problem = findLineProblem(this.#decoder.window, start, end, this.#layout);
    if (problem !== void 0) {
      this.#lineIssue(problem, start, end);
      return;
    }
    if (!this.#decoder.decodeLine(start, end)) {
      this.#takeBatch();
      this.#decoder.decodeLine(start, end);
    }
    this.#records += 1;
  }
  #headerFormat(start, end) {
    const { window } = this.#decoder;
    const first = window[start] ?? 0;
    if (first < 97 || first > 122) return void 0;
    const line = new TextDecoder().decode(window.subarray(start, end));
    return this.#lines === this.#blankLines ? logFormatFromHeader(line) : laterHeader(line, this.#layout.format);
  }
  #changeFormat(format) {
    this.#headerLines += 1;
    if (format.fields.join(" ") === this.#layout.format.fields.join(" ")) return;
    this.#takeBatch();
    const rest = this.#decoder.window.slice(this.#start, this.#end);
    this.#layout = resolveColumnLayout(format, this.#options.fields);
    this.#decoder.configure(this.#layout, this.#limits);
    this.#decoder.window.set(rest, this.#start);
  }
  #takeBatch() {
    if (this.#decoder.rowCount === 0) return;
    const batch = this.#decoder.takeBatch();
    this.#options.onBatch?.(batch);
    const { onRecord } = this.#options;
    if (onRecord === void 0) return;
    for (const record of batch.records()) onRecord(record);
  }
  #tooLong(start) {
    const { maxLineBytes } = this.#limits;
    const end = start + maxLineBytes;
    const message = `The line is longer than ${maxLineBytes} bytes (limits.maxLineBytes) and is skipped.`;
    this.#lineIssue({ code: "line-too-long", message, at: end }, start, end);
  }
  #lineIssue(problem, start, end) {
    const line = this.#lines + 1;
    this.#issueLines += 1;
    const { code, message, at, field } = problem;
    const raw = this.#decoder.window.subarray(start, Math.min(end, start + 4 * (RAW_TEXT_LIMIT + 1)));
    this.#report({
      code,
      message,
      line,
      column: at - start + 1,
      ...field === void 0 ? {} : { field },
      raw: cutRawText(new TextDecoder().decode(raw))
    });
  }
  #report(found) {
    const { file, strict, onIssue } = this.#options;
    const issue = file === void 0 ? found : { ...found, file };
    if (strict) {
      this.#takeBatch();
      throw new FlowLogParseError(issue);
    }
    onIssue?.(issue);
  }
};
function afterByteOrderMark(bytes, start) {
  return BYTE_ORDER_MARK.every((byte, index) => bytes[start + index] === byte) ? start + 3 : start;
}
function limit(name, value, standard, largest) {
  if (value === void 0) return standard;
  if (Number.isSafeInteger(value) && value >= 1 && value <= largest) return value;
  throw new RangeError(`limits.${name} is ${value}; it must be a whole number from 1 to ${largest}.`);
}

// src/write-error.ts
var FlowLogWriteError = class extends Error {
  code;
  constructor(code, message) {
    super(message);
    this.name = "FlowLogWriteError";
    this.code = code;
  }
};

// src/format-record.ts
var ABSENT = "-";
function formatRecord(record, format = DEFAULT_LOG_FORMAT) {
  let line = "";
  for (const field of format.fields) {
    const text = formatValue(field, record[field]);
    line = line === "" ? text : `${line} ${text}`;
  }
  return line;
}
function formatValue(field, value) {
  if (value === void 0 || value === ABSENT) return ABSENT;
  checkWritable(field, value);
  return String(value);
}
function checkWritable(field, value) {
  const fault = FAULT_OF[flowLogField(field)?.decoder ?? "string"](value);
  if (fault === void 0) return;
  throw new FlowLogWriteError(
    "UNWRITABLE_VALUE",
    `${field} cannot be written: ${typeof value === "string" ? JSON.stringify(value).slice(0, 100) : value} ${fault}`
  );
}
var FAULT_OF = {
  int32: (value) => numberFault(value, LARGEST_VALUE.int32),
  int64: (value) => numberFault(value, LARGEST_VALUE.int64),
  seconds: (value) => numberFault(value, LARGEST_VALUE.seconds),
  address: (value) => isAddressText(value) ? void 0 : "is neither an IPv4 nor an IPv6 address.",
  string: textFault
};
function numberFault(value, largest) {
  if (typeof value === "number" && value >= 0 && value <= 2147483647 && Number.isInteger(value)) return void 0;
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    return "is not a whole number that a JavaScript number holds exactly; give large values as bigint.";
  }
  if (typeof value === "string") return "is a text; the field takes a number, or a bigint.";
  return value >= 0 && value <= largest ? void 0 : `is not between 0 and ${largest}.`;
}
var IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
function isAddressText(value) {
  if (typeof value !== "string") return false;
  if (IPV4.test(value)) return true;
  const bytes = Buffer.from(value);
  return isAddress(bytes, 0, bytes.length);
}
var UNWRITABLE = /[\u0000-\u0020]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
var PLAIN = /^[!-~]+$/;
function textFault(value) {
  if (typeof value === "string" && PLAIN.test(value)) return void 0;
  if (typeof value !== "string") return "is a number; the field takes a text.";
  if (value === "") return "is an empty text; leave the field undefined where there is no value.";
  if (!UNWRITABLE.test(value)) return void 0;
  return 'has a character that would break the line; percent-encode it, as AWS does in tag values ("%20" for a space).';
}
function formatRecords(records, format = DEFAULT_LOG_FORMAT) {
  const lines = [formatHeader(format)];
  for (const record of records) lines.push(formatRecord(record, format));
  return `${lines.join("\n")}
`;
}

// src/log-file.ts
import { createGzip } from "zlib";
var CHUNK_CHARACTERS = 256 * 1024;
async function* formatTextLogFile(records, options = {}) {
  const text = textChunks(records, options);
  if (options.gzip === true) yield* compress(text);
  else yield* text;
}
async function* textChunks(records, { format = DEFAULT_LOG_FORMAT, header = true }) {
  let text = header ? `${formatHeader(format)}
` : "";
  for await (const record of records) {
    text += `${formatRecord(record, format)}
`;
    if (text.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(text);
      text = "";
    }
  }
  if (text !== "") yield Buffer.from(text);
}
async function* compress(chunks) {
  const gzip = createGzip({ chunkSize: CHUNK_CHARACTERS });
  const compressed = [];
  gzip.on("data", (chunk) => compressed.push(chunk));
  const done = new Promise((resolve, reject) => {
    gzip.on("end", resolve);
    gzip.on("error", reject);
  });
  try {
    for await (const chunk of chunks) {
      await new Promise((resolve, reject) => {
        gzip.write(chunk, (error) => error ? reject(error) : resolve());
      });
      yield* compressed.splice(0);
    }
    gzip.end();
    await done;
    yield* compressed.splice(0);
  } finally {
    gzip.destroy();
  }
}

// src/object-key.ts
var FLOW_LOG_SERVICE = "vpcflowlogs";
var LOG_FILE_SUFFIX = {
  "plain-text": ".log.gz",
  parquet: ".log.parquet"
};
var DELIVERY_WINDOW_SECONDS = 300;
var ACCOUNT_ID = /^\d{12}$/;
var REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;
var FLOW_LOG_ID = /^fl-[0-9a-f]+$/;
var HASH = /^[0-9a-f]+$/;
var RESERVED_FOLDER = "AWSLogs";
var LAST_WINDOW_START_SECONDS = 253402300740;
function formatObjectKey(key) {
  check("accountId", key.accountId, ACCOUNT_ID, "the 12 digits of an account id");
  check("region", key.region, REGION, "a Region code such as us-east-1");
  check("flowLogId", key.flowLogId, FLOW_LOG_ID, "fl- and hexadecimal digits");
  check("hash", key.hash, HASH, "hexadecimal digits in lower case, 8 in AWS\u2019s names");
  checkPrefix(key.prefix);
  const time = windowTime(key.windowStartSeconds);
  const folders = key.hiveCompatible ? [
    `aws-account-id=${key.accountId}`,
    `aws-service=${FLOW_LOG_SERVICE}`,
    `aws-region=${key.region}`,
    `year=${time.year}`,
    `month=${time.month}`,
    `day=${time.day}`,
    ...key.perHour ? [`hour=${time.hour}`] : []
  ] : [
    key.accountId,
    FLOW_LOG_SERVICE,
    key.region,
    time.year,
    time.month,
    time.day,
    ...key.perHour ? [time.hour] : []
  ];
  const stamp = `${time.year}${time.month}${time.day}T${time.hour}${time.minute}Z`;
  const name = [key.accountId, FLOW_LOG_SERVICE, key.region, key.flowLogId, stamp, key.hash].join("_");
  return [
    ...key.prefix === void 0 ? [] : [key.prefix],
    RESERVED_FOLDER,
    ...folders,
    name + LOG_FILE_SUFFIX[key.fileFormat]
  ].join("/");
}
var NAME = /^(?<accountId>\d{12})_vpcflowlogs_(?<region>[a-z0-9-]+)_(?<flowLogId>fl-[0-9a-f]+)_(?<stamp>\d{8}T\d{4}Z)_(?<hash>[0-9a-f]+)(?<suffix>\.log\.gz|\.log\.parquet)$/;
function parseObjectKey(key) {
  const segments = key.split("/");
  const name = NAME.exec(segments.at(-1) ?? "")?.groups;
  if (name === void 0) return void 0;
  const { accountId = "", region = "", flowLogId = "", stamp = "", hash = "", suffix } = name;
  const windowStartSeconds = parseStamp(stamp);
  if (windowStartSeconds === void 0) return void 0;
  const start = segments.lastIndexOf(RESERVED_FOLDER);
  const folders = segments.slice(start + 1, -1);
  const parsed = {
    ...start > 0 ? { prefix: segments.slice(0, start).join("/") } : {},
    accountId,
    region,
    flowLogId,
    windowStartSeconds,
    hash,
    fileFormat: suffix === LOG_FILE_SUFFIX.parquet ? "parquet" : "plain-text",
    hiveCompatible: folders[0]?.startsWith("aws-account-id=") ?? false,
    perHour: folders.length === 7
  };
  return formatsAs(parsed, key) ? parsed : void 0;
}
function deliveryWindow(endSeconds) {
  const startSeconds = Math.floor(endSeconds / DELIVERY_WINDOW_SECONDS) * DELIVERY_WINDOW_SECONDS;
  return { startSeconds, lastSecond: startSeconds + DELIVERY_WINDOW_SECONDS - 1 };
}
function formatsAs(parsed, key) {
  try {
    return formatObjectKey(parsed) === key;
  } catch (error) {
    if (error instanceof FlowLogWriteError) return false;
    throw error;
  }
}
function check(part, value, allowed, words) {
  if (allowed.test(value)) return;
  throw new FlowLogWriteError("INVALID_OBJECT_KEY", `${part} of an object key must be ${words}, not ${quote(value)}`);
}
function checkPrefix(prefix) {
  if (prefix === void 0) return;
  const segments = prefix.split("/");
  if (segments.includes(RESERVED_FOLDER)) {
    throw new FlowLogWriteError(
      "INVALID_OBJECT_KEY",
      `prefix of an object key may not have a folder ${RESERVED_FOLDER}, which AWS reserves: ${quote(prefix)}`
    );
  }
  if (prefix === "" || prefix.endsWith("/")) {
    throw new FlowLogWriteError(
      "INVALID_OBJECT_KEY",
      `prefix of an object key must be a text that does not end in a slash, not ${quote(prefix)}; leave it out for none`
    );
  }
}
function quote(value) {
  return JSON.stringify(value)?.slice(0, 100) ?? String(value);
}
function windowTime(windowStartSeconds) {
  const valid = Number.isInteger(windowStartSeconds) && windowStartSeconds % 60 === 0 && windowStartSeconds >= 0 && windowStartSeconds <= LAST_WINDOW_START_SECONDS;
  if (!valid) {
    throw new FlowLogWriteError(
      "INVALID_OBJECT_KEY",
      `windowStartSeconds of an object key must be a whole minute in Unix seconds up to the year 9999, not ${windowStartSeconds}; deliveryWindow(endSeconds) gives one`
    );
  }
  const iso = new Date(windowStartSeconds * 1e3).toISOString();
  return {
    year: iso.slice(0, 4),
    month: iso.slice(5, 7),
    day: iso.slice(8, 10),
    hour: iso.slice(11, 13),
    minute: iso.slice(14, 16)
  };
}
function parseStamp(stamp) {
  const day = `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`;
  const milliseconds = Date.parse(`${day}T${stamp.slice(9, 11)}:${stamp.slice(11, 13)}:00Z`);
  return Number.isNaN(milliseconds) || milliseconds < 0 ? void 0 : milliseconds / 1e3;
}

// src/parquet/write-parquet.ts
import { gzipSync } from "zlib";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

// src/parquet/column-name.ts
var FIELD_OF_COLUMN = new Map(
  FLOW_LOG_FIELDS.map(({ name }) => [columnOfKnownField(name), name])
);
var COLUMN_OF_FIELD = new Map(
  FLOW_LOG_FIELDS.map(({ name }) => [name, columnOfKnownField(name)])
);
function columnOfKnownField(name) {
  return name.replaceAll("-", "_");
}
function parquetColumnOfField(field) {
  return COLUMN_OF_FIELD.get(field) ?? field;
}
function fieldOfParquetColumn(column) {
  return FIELD_OF_COLUMN.get(column) ?? column;
}

// src/parquet/write-parquet.ts
var DEFAULT_ROW_GROUP_ROWS = 1e5;
var SCHEMA_OF = {
  INT32: { type: "INT32", converted_type: "INT_32" },
  INT64: { type: "INT64", converted_type: "INT_64" },
  STRING: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }
};
async function* formatParquetLogFile(records, { format = DEFAULT_LOG_FORMAT, rowGroupRows = DEFAULT_ROW_GROUP_ROWS } = {}) {
  const writer = new ByteWriter();
  const columns = format.fields.map((field) => new ParquetColumn(field));
  const file = new ParquetWriter({
    writer,
    schema: [{ name: "flow_log", num_children: columns.length }, ...columns.map(({ schema }) => schema)],
    codec: "GZIP",
    compressors: { GZIP: (bytes) => gzipSync(bytes) },
    createdBy: "flowtap"
  });
  let rows = 0;
  for await (const record of records) {
    for (const column of columns) column.add(record);
    rows += 1;
    if (rows < rowGroupRows) continue;
    await file.write({ columnData: columns.map((column) => column.take()), rowGroupSize: rows });
    rows = 0;
    yield takeBytes(writer);
  }
  if (rows > 0) await file.write({ columnData: columns.map((column) => column.take()), rowGroupSize: rows });
  await file.finish();
  yield takeBytes(writer);
}
var ParquetColumn = class {
  schema;
  #field;
  #type;
  #data = [];
  constructor(field) {
    this.#field = field;
    this.#type = flowLogField(field)?.parquetType ?? "STRING";
    this.schema = { name: parquetColumnOfField(field), repetition_type: "OPTIONAL", ...SCHEMA_OF[this.#type] };
  }
  add(record) {
    const value = record[this.#field];
    if (value === void 0 || value === "-") {
      this.#data.push(void 0);
      return;
    }
    checkWritable(this.#field, value);
    if (this.#type === "INT64") this.#data.push(BigInt(value));
    else if (this.#type === "INT32") this.#data.push(Number(value));
    else this.#data.push(value);
  }
  take() {
    const data = this.#data;
    this.#data = [];
    return { name: this.schema.name, data };
  }
};
function takeBytes(writer) {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

// src/adapters/content.ts
var PIECE_SIZE = 256 * 1024;
function textFile(text) {
  return {
    canReopen: true,
    async *open() {
      for (let at = 0; at < text.length; ) {
        let end = at + PIECE_SIZE;
        if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1;
        yield text.slice(at, end);
        at = end;
      }
    }
  };
}
function bytesFile(bytes) {
  return {
    canReopen: true,
    async *open() {
      for (let at = 0; at < bytes.length; at += PIECE_SIZE) yield bytes.subarray(at, at + PIECE_SIZE);
    },
    async randomAccess() {
      return { byteLength: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
    }
  };
}

// src/content-piece.ts
var DEFAULT_CONTENT_LIMITS = {
  ...DEFAULT_DECOMPRESSION_LIMITS,
  maxPayloadBytes: DEFAULT_MAX_PAYLOAD_BYTES,
  maxBufferedParquetBytes: 256 * 1024 * 1024
};
var ContentError = class extends Error {
  code;
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
};

// src/adapters/byte-reader.ts
var EMPTY = new Uint8Array(0);
var ByteReader = class {
  #source;
  #buffer = EMPTY;
  #offset = 0;
  #ended = false;
  #failure;
  constructor(source) {
    this.#source = source[Symbol.asyncIterator]();
  }
  /** Bytes taken so far. */
  get offset() {
    return this.#offset;
  }
  /** The bytes that are at hand and not yet taken. */
  get available() {
    return this.#buffer;
  }
  /** Like {@link need}, but a source that fails does not throw before the bytes that it gave are taken. */
  async peek(count) {
    try {
      await this.need(count);
    } catch (error) {
      this.#failure = { error };
    }
  }
  /** Waits until `count` bytes are at hand; false if the source ends before. */
  async need(count) {
    while (this.#buffer.length < count) {
      if (this.#failure !== void 0) throw this.#failure.error;
      if (this.#ended) return false;
      const next = await this.#source.next();
      if (next.done === true) this.#ended = true;
      else this.#buffer = this.#buffer.length === 0 ? next.value : concat(this.#buffer, next.value);
    }
    return true;
  }
  /** Takes bytes that are at hand. */
  take(count) {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(taken.length);
    this.#offset += taken.length;
    return taken;
  }
  /** All bytes that are not yet taken, as they come. */
  async *rest() {
    while (await this.need(1)) yield this.take(this.#buffer.length);
  }
  /** Tells the source that nothing more is wanted. */
  async close() {
    if (!this.#ended) await this.#source.return?.();
    this.#ended = true;
  }
};
function concat(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

// src/adapters/gunzip.ts
import { crc32 } from "zlib";

// src/adapters/gzip-header.ts
function isGzip(start) {
  return start[0] === 31 && start[1] === 139;
}
var FHCRC = 2;
var FEXTRA = 4;
var FNAME = 8;
var FCOMMENT = 16;
var RESERVED = 224;
var DEFLATE = 8;
var MAX_TEXT_BYTES = 64 * 1024;
async function takeGzipHeader(reader) {
  if (!await reader.need(10)) return isGzip(reader.available) ? "truncated" : "not-a-header";
  if (!looksLikeGzipHeader(reader.available, 0)) return "not-a-header";
  const flags = reader.take(10)[3] ?? 0;
  if ((flags & FEXTRA) !== 0) {
    if (!await reader.need(2)) return "truncated";
    const [low = 0, high = 0] = reader.take(2);
    const length = low | high << 8;
    if (!await reader.need(length)) return "truncated";
    reader.take(length);
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue;
    const text = await takeText(reader);
    if (text !== "header") return text;
  }
  if ((flags & FHCRC) !== 0) {
    if (!await reader.need(2)) return "truncated";
    reader.take(2);
  }
  return "header";
}
async function takeText(reader) {
  for (let length = 0; length < MAX_TEXT_BYTES; length++) {
    if (!await reader.need(1)) return "truncated";
    if (reader.take(1)[0] === 0) return "header";
  }
  return "not-a-header";
}
function looksLikeGzipHeader(bytes, at) {
  const flags = bytes[at + 3] ?? RESERVED;
  return bytes[at] === 31 && bytes[at + 1] === 139 && bytes[at + 2] === DEFLATE && (flags & RESERVED) === 0;
}
function looksLikeUsualHeader(bytes, at) {
  const [extraFlags = 1, system = 254] = bytes.subarray(at + 8, at + 10);
  return looksLikeGzipHeader(bytes, at) && [0, 2, 4].includes(extraFlags) && (system <= 13 || system === 255);
}
async function skipToGzipHeader(reader) {
  while (await reader.need(10)) {
    const bytes = reader.available;
    const last = bytes.length - 10;
    let at = bytes.indexOf(31);
    while (at !== -1 && at <= last && !looksLikeUsualHeader(bytes, at)) at = bytes.indexOf(31, at + 1);
    if (at !== -1 && at <= last) {
      reader.take(at);
      return true;
    }
    reader.take(last + 1);
  }
  return false;
}

// src/adapters/inflater.ts
import { createInflateRaw } from "zlib";
var OUTPUT_CHUNK_BYTES = 64 * 1024;
var MAX_QUEUED_CHUNKS = 2;
var Inflater = class {
  #stream = createInflateRaw({ chunkSize: OUTPUT_CHUNK_BYTES });
  #queue = [];
  #bytesGiven = 0;
  #writing = false;
  #failed = false;
  #wake;
  constructor() {
    this.#stream.on("data", (chunk) => {
      this.#queue.push(chunk);
      if (this.#queue.length >= MAX_QUEUED_CHUNKS) this.#stream.pause();
      this.#wake?.();
    });
    this.#stream.on("error", () => {
      this.#failed = true;
      this.#wake?.();
    });
  }
  /** A write is going on; its chunks come by and by. */
  get writing() {
    return this.#writing;
  }
  /** Bytes of the input that belong to the DEFLATE stream, as far as is known. */
  get bytesConsumed() {
    return this.#stream.bytesWritten;
  }
  /** The DEFLATE stream ended before the end of what was written. */
  get finished() {
    return !(this.#writing || this.#failed) && this.bytesConsumed < this.#bytesGiven;
  }
  /** The input is not a DEFLATE stream. */
  get failed() {
    return this.#failed;
  }
  /** Starts to inflate the next bytes; only when no write is going on. */
  write(compressed) {
    this.#writing = true;
    this.#bytesGiven += compressed.length;
    this.#stream.write(compressed, (error) => {
      this.#writing = false;
      if (error) this.#failed = true;
      this.#wake?.();
    });
  }
  /** Takes the next chunk, if there is one yet. */
  shift() {
    const chunk = this.#queue.shift();
    if (this.#queue.length < MAX_QUEUED_CHUNKS && this.#stream.isPaused()) this.#stream.resume();
    return chunk;
  }
  /** Waits until there is a chunk, or the write is done. */
  async wait() {
    if (this.#queue.length > 0 || !this.#writing || this.#failed) return;
    await new Promise((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = void 0;
  }
  close() {
    this.#stream.destroy();
  }
};

// src/adapters/inflate-up-to-fault.ts
var COARSE_BYTES = 64 * 1024;
var FINE_BYTES = 256;
async function* inflateUpToFault(again, known) {
  const search = inflateInPieces(again(), known.bytesBeforeFault, FINE_BYTES);
  let step = await search.next();
  while (step.done !== true) step = await search.next();
  let delivered = known.bytesDelivered;
  for await (const chunk of inflateInPieces(again(), step.value, 1)) {
    if (chunk.length > delivered) yield chunk.subarray(delivered);
    delivered -= Math.min(delivered, chunk.length);
  }
}
async function* inflateInPieces(input, fineFrom, fineBytes) {
  const reader = new ByteReader(input);
  const inflater = new Inflater();
  try {
    while (!(inflater.failed || inflater.finished) && await reader.need(1)) {
      const coarse = Math.min(fineFrom - reader.offset, COARSE_BYTES);
      const piece = reader.available.subarray(0, coarse > 0 ? coarse : fineBytes);
      inflater.write(piece);
      for (let busy = true; busy; ) {
        await inflater.wait();
        const chunk = inflater.shift();
        if (chunk !== void 0) yield chunk;
        busy = chunk !== void 0 || inflater.writing && !inflater.failed;
      }
      if (inflater.failed) break;
      reader.take(piece.length);
    }
    return reader.offset;
  } finally {
    inflater.close();
    await reader.close();
  }
}

// src/adapters/gunzip.ts
var INPUT_SLICE_BYTES = 64 * 1024;
var MAX_RETAINED_BYTES = 4 * 1024 * 1024;
var MAX_FAULTS = 100;
var TRAILER_BYTES = 8;
async function* gunzip(compressed, options) {
  const reader = new ByteReader(compressed);
  const budget = new DecompressionBudget(options.limits);
  let faults = 0;
  try {
    while (await skipPadding(reader)) {
      const problem = yield* decompressMember(reader, budget, options);
      if (problem === void 0) continue;
      options.onProblem(problem);
      faults += 1;
      if (faults > MAX_FAULTS || budget.exceeded !== void 0 || !await skipToGzipHeader(reader)) return;
    }
  } finally {
    await reader.close();
  }
}
async function skipPadding(reader) {
  while (await reader.need(1)) {
    const padding = reader.available.findIndex((byte) => byte !== 0);
    if (padding === 0) return true;
    reader.take(padding === -1 ? reader.available.length : padding);
  }
  return false;
}
async function* decompressMember(reader, budget, options) {
  const member = reader.offset;
  const invalid = (fault, isCut = false) => ({
    code: "invalid-gzip",
    message: `Invalid gzip: ${fault} (in the data from byte ${member} on).`,
    isCut
  });
  const truncated = {
    code: "truncated-gzip",
    message: `Truncated gzip: the file ends within the data that begins at byte ${member}.`,
    isCut: true
  };
  const header = await takeGzipHeader(reader);
  if (header === "truncated") return truncated;
  if (header === "not-a-header") return invalid("there is no gzip header where one should be");
  const data = reader.offset;
  const sum = { crc: 0, length: 0 };
  const outcome = yield* inflate(reader, budget, sum);
  if (outcome.kind === "limit") return { code: "decompression-limit", message: outcome.message, isCut: true };
  if (outcome.kind === "truncated") return truncated;
  if (outcome.kind === "damaged") {
    const { reopen } = options;
    const again = outcome.retained ?? (reopen && (() => skip(reopen(), data)));
    if (again !== void 0) {
      yield* inflateUpToFault(again, { bytesBeforeFault: reader.offset - data, bytesDelivered: sum.length });
    }
    return invalid("the compressed data is damaged", true);
  }
  if (!await reader.need(TRAILER_BYTES)) return truncated;
  const trailer = reader.take(TRAILER_BYTES);
  const view = new DataView(trailer.buffer, trailer.byteOffset);
  if (view.getUint32(0, true) !== sum.crc) return invalid("the checksum of the decompressed data is another");
  if (view.getUint32(4, true) !== sum.length % 2 ** 32) return invalid("the length of the decompressed data is another");
  return void 0;
}
async function* inflate(reader, budget, sum) {
  const start = reader.offset;
  const inflater = new Inflater();
  const retained = new RetainedInput();
  let slice;
  try {
    for (; ; ) {
      if (!(inflater.writing || inflater.failed || inflater.finished)) {
        if (slice !== void 0) retained.add(reader.take(slice.length));
        slice = void 0;
        if (reader.available.length > 0) {
          slice = reader.available.subarray(0, INPUT_SLICE_BYTES);
          inflater.write(slice);
        }
      }
      const chunk = inflater.shift();
      if (chunk !== void 0) {
        const allowed = budget.spend(chunk, start + inflater.bytesConsumed);
        sum.crc = crc32(allowed, sum.crc);
        sum.length += allowed.length;
        yield allowed;
        if (budget.exceeded !== void 0) return { kind: "limit", message: budget.exceeded };
      } else if (inflater.failed) {
        return { kind: "damaged", retained: retained.with(slice) };
      } else if (inflater.finished) {
        reader.take(start + inflater.bytesConsumed - reader.offset);
        return { kind: "complete" };
      } else if (inflater.writing) {
        await inflater.wait();
      } else if (!await reader.need(1)) {
        return { kind: "truncated" };
      }
    }
  } finally {
    inflater.close();
  }
}
var RetainedInput = class {
  #slices = [];
  #length = 0;
  add(slice) {
    this.#length += slice.length;
    if (this.#length > MAX_RETAINED_BYTES) this.#slices = void 0;
    this.#slices?.push(slice);
  }
  with(slice) {
    if (this.#slices === void 0 || slice === void 0) return void 0;
    const slices = [...this.#slices, slice];
    return async function* () {
      yield* slices;
    };
  }
};
async function* skip(source, count) {
  let left = count;
  for await (const chunk of source) {
    if (chunk.length > left) yield chunk.subarray(left);
    left -= Math.min(chunk.length, left);
  }
}

// src/parquet/read-parquet.ts
import { parquetMetadataAsync, parquetSchema } from "hyparquet";

// src/parquet/decode-column.ts
import { gunzipSync as gunzipSync2 } from "zlib";

// src/parquet/byte-cursor.ts
var ByteCursor = class {
  bytes;
  #view;
  offset = 0;
  constructor(bytes) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get left() {
    return this.bytes.length - this.offset;
  }
  uint8() {
    return this.#view.getUint8(this.#advance(1));
  }
  uint32() {
    return this.#view.getUint32(this.#advance(4), true);
  }
  int32() {
    return this.#view.getInt32(this.#advance(4), true);
  }
  int64() {
    return this.#view.getBigInt64(this.#advance(8), true);
  }
  float32() {
    return this.#view.getFloat32(this.#advance(4), true);
  }
  float64() {
    return this.#view.getFloat64(this.#advance(8), true);
  }
  take(length) {
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }
  /** Unsigned LEB128, at most 64 bits. */
  varint() {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.uint8();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new RangeError("a number has more than 64 bits");
  }
  /** Unsigned LEB128 that counts or measures something, so below 2^31. */
  length() {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.uint8();
      value += (byte & 127) * scale;
      if (byte < 128 && value < 2 ** 31) return value;
    }
    throw new RangeError("a length of more than 31 bits");
  }
  zigzag() {
    const value = this.varint();
    return value >> 1n ^ -(value & 1n);
  }
  #advance(length) {
    const start = this.offset;
    if (length < 0 || length > this.left) throw new RangeError(`${length} bytes are wanted where ${this.left} are left`);
    this.offset += length;
    return start;
  }
};

// src/parquet/column-type.ts
var utf82 = new TextDecoder();
function decodePlain(cursor, element, count) {
  if (count * minimalBits(element) > cursor.left * 8) throw new Error("a page has fewer bytes than its values need");
  const values = [];
  switch (element.type) {
    case "BOOLEAN": {
      const packed = cursor.take(count + 7 >> 3);
      for (let index = 0; index < count; index += 1) values.push(((packed[index >> 3] ?? 0) & 1 << (index & 7)) !== 0);
      return values;
    }
    case "INT32":
      for (let index = 0; index < count; index += 1) values.push(int32Value(cursor.int32(), element));
      return values;
    case "INT64":
      for (let index = 0; index < count; index += 1) values.push(int64Value(cursor.int64(), element));
      return values;
    case "INT96":
      for (let index = 0; index < count; index += 1) values.push(int96Value(cursor));
      return values;
    case "FLOAT":
      for (let index = 0; index < count; index += 1) values.push(cursor.float32());
      return values;
    case "DOUBLE":
      for (let index = 0; index < count; index += 1) values.push(cursor.float64());
      return values;
    case "BYTE_ARRAY":
      for (let index = 0; index < count; index += 1) values.push(bytesValue(cursor.take(cursor.uint32()), element));
      return values;
    case "FIXED_LEN_BYTE_ARRAY":
      for (let index = 0; index < count; index += 1) {
        values.push(bytesValue(cursor.take(element.type_length ?? 0), element));
      }
      return values;
    default:
      throw new Error(`column ${element.name} has no type that is known`);
  }
}
function minimalBits({ type, type_length: length = 0 }) {
  if (type === "BOOLEAN") return 1;
  if (type === "FIXED_LEN_BYTE_ARRAY") return Math.max(length * 8, 1);
  if (type === "INT96") return 96;
  return type === "INT64" || type === "DOUBLE" ? 64 : 32;
}
function int32Value(value, element) {
  if (isDecimal(element)) return decimalText(BigInt(value), element);
  if (element.converted_type === "DATE") return new Date(value * 864e5);
  return isUnsigned(element) ? value >>> 0 : value;
}
function int64Value(value, element) {
  if (isDecimal(element)) return decimalText(value, element);
  const perMillisecond = timestampUnit(element);
  if (perMillisecond === "micro") return new Date(Number(value) / 1e3);
  if (perMillisecond === "nano") return new Date(Number(value / 1000n) / 1e3);
  if (perMillisecond === "milli") return new Date(Number(value));
  return isUnsigned(element) ? BigInt.asUintN(64, value) : value;
}
function timestampUnit({ converted_type: converted, logical_type: logical }) {
  if (converted === "TIMESTAMP_MILLIS") return "milli";
  if (converted === "TIMESTAMP_MICROS") return "micro";
  if (logical?.type !== "TIMESTAMP") return void 0;
  return { MILLIS: "milli", MICROS: "micro", NANOS: "nano" }[logical.unit];
}
function int96Value(cursor) {
  const nanoseconds = cursor.int64();
  const julianDay = cursor.int32();
  return new Date((julianDay - 2440588) * 864e5 + Number(nanoseconds / 1000000n));
}
function bytesValue(bytes, element) {
  if (!isDecimal(element)) return utf82.decode(bytes);
  let unscaled = 0n;
  for (const byte of bytes) unscaled = unscaled << 8n | BigInt(byte);
  return decimalText(BigInt.asIntN(8 * bytes.length, unscaled), element);
}
function isUnsigned({ converted_type: converted, logical_type: logical }) {
  return (converted?.startsWith("UINT_") ?? false) || logical?.type === "INTEGER" && !logical.isSigned;
}
function isDecimal({ converted_type: converted, logical_type: logical }) {
  return converted === "DECIMAL" || logical?.type === "DECIMAL";
}
function decimalText(unscaled, element) {
  const scale = element.logical_type?.type === "DECIMAL" ? element.logical_type.scale : element.scale ?? 0;
  if (scale < 0 || scale > 76) throw new Error(`column ${element.name} has the scale ${scale}`);
  const factor = 10n ** BigInt(scale);
  if (unscaled % factor === 0n) return unscaled / factor;
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

// src/parquet/decode-delta.ts
function decodeDelta(cursor, limit2) {
  const blockSize = cursor.length();
  const miniblocks = cursor.length();
  const count = cursor.length();
  const perMiniblock = blockSize / miniblocks;
  if (count > limit2 || !Number.isInteger(perMiniblock) || perMiniblock === 0 || perMiniblock % 8 !== 0) {
    throw new Error("a delta encoding with sizes that do not fit");
  }
  const values = new BigInt64Array(count);
  let value = cursor.zigzag();
  let filled = 0;
  if (count > 0) values[filled++] = value;
  while (filled < count) {
    const least = cursor.zigzag();
    const widths = cursor.take(miniblocks);
    for (const width of widths) {
      if (filled >= count) break;
      if (width > 64) throw new Error(`deltas of ${width} bits`);
      const packed = cursor.take(perMiniblock / 8 * width);
      const end = Math.min(filled + perMiniblock, count);
      for (let bit = 0; filled < end; bit += width) {
        value += least + bitsAt(packed, bit, width);
        values[filled++] = value;
      }
    }
  }
  return values;
}
function bitsAt(packed, bit, width) {
  let value = 0n;
  for (let taken = 0; taken < width; ) {
    const inByte = bit + taken & 7;
    const part = Math.min(8 - inByte, width - taken);
    const bits = (packed[bit + taken >> 3] ?? 0) >> inByte & (1 << part) - 1;
    value |= BigInt(bits) << BigInt(taken);
    taken += part;
  }
  return value;
}

// src/parquet/decode-levels.ts
function decodeHybrid(cursor, bitWidth, count) {
  if (bitWidth > 32) throw new Error(`indices of ${bitWidth} bits`);
  const values = new Int32Array(count);
  const valueBytes = bitWidth + 7 >> 3;
  for (let filled = 0; filled < count; ) {
    const header = cursor.length();
    const length = header >>> 1;
    if (length === 0) throw new Error("a run of no values");
    if ((header & 1) === 0) {
      let value = 0;
      for (let index = 0; index < valueBytes; index += 1) value |= cursor.uint8() << 8 * index;
      const end = Math.min(filled + length, count);
      values.fill(value, filled, end);
      filled = end;
    } else {
      filled = unpack(cursor, bitWidth, length, values, filled);
    }
  }
  return values;
}
function unpack(cursor, bitWidth, groups, values, from) {
  const wanted = Math.min(groups * 8, values.length - from);
  const packed = cursor.take(Math.min(groups * bitWidth, Math.max(cursor.left, Math.ceil(wanted * bitWidth / 8))));
  let bit = 0;
  for (let index = 0; index < wanted; index += 1) {
    let value = 0;
    for (let taken = 0; taken < bitWidth; ) {
      const inByte = bit & 7;
      const part = Math.min(8 - inByte, bitWidth - taken);
      value |= ((packed[bit >> 3] ?? 0) >> inByte & (1 << part) - 1) << taken;
      taken += part;
      bit += part;
    }
    values[from + index] = value;
  }
  return from + wanted;
}

// src/parquet/page-header.ts
var KINDS2 = { 0: "data", 2: "dictionary", 3: "data-v2" };
var FIELD_OF_KIND = { data: 5, dictionary: 7, "data-v2": 8, other: 6 };
function readPageHeader(cursor) {
  const page = readStruct(cursor, 0);
  const kind = KINDS2[integer(page, 1)] ?? "other";
  const nested = page.get(FIELD_OF_KIND[kind]);
  const header = nested instanceof Map ? nested : /* @__PURE__ */ new Map();
  const isV2 = kind === "data-v2";
  return {
    kind,
    uncompressedBytes: integer(page, 2),
    compressedBytes: integer(page, 3),
    valueCount: kind === "other" ? 0 : integer(header, 1),
    encoding: kind === "other" ? 0 : integer(header, isV2 ? 4 : 2),
    definitionLevelBytes: isV2 ? integer(header, 5) : 0,
    repetitionLevelBytes: isV2 ? integer(header, 6) : 0,
    isCompressed: !isV2 || header.get(7) !== false
  };
}
function integer(struct, field) {
  const value = struct.get(field);
  if (typeof value === "bigint" && value >= 0n && value <= 0x7fffffffn) return Number(value);
  throw new Error(`field ${field} of a page header is ${value === void 0 ? "missing" : "out of range"}`);
}
var MAX_DEPTH2 = 8;
function readStruct(cursor, depth) {
  if (depth > MAX_DEPTH2) throw new Error("a page header is nested too deeply");
  const struct = /* @__PURE__ */ new Map();
  let field = 0;
  for (; ; ) {
    const byte = cursor.uint8();
    const type = byte & 15;
    if (type === 0) return struct;
    field = byte >> 4 === 0 ? Number(cursor.zigzag()) : field + (byte >> 4);
    struct.set(field, type === 1 || type === 2 ? type === 1 : readValue(cursor, type, depth));
  }
}
function readValue(cursor, type, depth) {
  switch (type) {
    case 1:
    case 2:
    case 3:
      return BigInt(cursor.uint8());
    case 4:
    case 5:
    case 6:
      return cursor.zigzag();
    case 7:
      cursor.take(8);
      return void 0;
    case 8:
      cursor.take(cursor.length());
      return void 0;
    case 9: {
      const byte = cursor.uint8();
      const size = byte >> 4 === 15 ? cursor.length() : byte >> 4;
      if (size > cursor.left) throw new Error("a list in a page header is longer than the file");
      for (let index = 0; index < size; index += 1) readValue(cursor, byte & 15, depth + 1);
      return void 0;
    }
    case 12:
      return readStruct(cursor, depth + 1);
    default:
      throw new Error(`a page header has a value of the unknown type ${type}`);
  }
}

// src/parquet/snappy.ts
function decompressSnappy(compressed, length) {
  const cursor = new ByteCursor(compressed);
  if (cursor.length() !== length) throw new Error("snappy data of another length");
  const output = new Uint8Array(length);
  let filled = 0;
  while (cursor.left > 0) {
    const tag = cursor.uint8();
    if ((tag & 3) === 0) {
      const size = literalLength(cursor, tag >> 2);
      if (size > length - filled) throw new Error("snappy data of another length");
      output.set(cursor.take(size), filled);
      filled += size;
    } else {
      const size = (tag & 3) === 1 ? (tag >> 2 & 7) + 4 : (tag >> 2) + 1;
      const offset = copyOffset(cursor, tag);
      if (offset === 0 || offset > filled || size > length - filled) throw new Error("a snappy copy from nowhere");
      for (const end = filled + size; filled < end; filled += 1) output[filled] = output[filled - offset] ?? 0;
    }
  }
  if (filled !== length) throw new Error("snappy data of another length");
  return output;
}
function literalLength(cursor, tag) {
  if (tag < 60) return tag + 1;
  let length = 0;
  for (let index = 0; index < tag - 59; index += 1) length += cursor.uint8() * 2 ** (8 * index);
  return length + 1;
}
function copyOffset(cursor, tag) {
  if ((tag & 3) === 1) return tag >> 5 << 8 | cursor.uint8();
  const low = cursor.uint8() | cursor.uint8() << 8;
  return (tag & 3) === 2 ? low : low + (cursor.uint8() | cursor.uint8() << 8) * 65536;
}

// src/parquet/decode-column.ts
var MAX_PAGE_VALUES = 4194304;
var MAX_PAGE_BYTES = 256 * 1024 * 1024;
function* decodeColumn(bytes, chunk, element) {
  const cursor = new ByteCursor(bytes);
  let dictionary;
  let left = Number(chunk.num_values);
  while (left > 0) {
    const header = readPageHeader(cursor);
    const stored = cursor.take(header.compressedBytes);
    if (header.valueCount > MAX_PAGE_VALUES) throw new Error(`a page has ${header.valueCount} values`);
    if (header.uncompressedBytes > MAX_PAGE_BYTES) throw new Error(`a page has ${header.uncompressedBytes} bytes`);
    if (header.kind === "dictionary") {
      const page = decompress(stored, header.uncompressedBytes, chunk.codec);
      dictionary = decodePlain(new ByteCursor(page), element, header.valueCount);
    } else if (header.kind !== "other") {
      if (header.valueCount > left) throw new Error("the pages have more values than the column");
      left -= header.valueCount;
      yield decodePage(stored, header, chunk, element, dictionary);
    }
  }
}
function decodePage(stored, header, chunk, element, dictionary) {
  const { kind, valueCount, encoding, definitionLevelBytes, repetitionLevelBytes } = header;
  const isOptional = element.repetition_type !== "REQUIRED";
  let levels;
  let values;
  if (kind === "data-v2") {
    const parts = new ByteCursor(stored);
    parts.take(repetitionLevelBytes);
    const levelBytes = new ByteCursor(parts.take(definitionLevelBytes));
    if (isOptional && valueCount > 0) levels = decodeHybrid(levelBytes, 1, valueCount);
    const length = header.uncompressedBytes - definitionLevelBytes - repetitionLevelBytes;
    const rest = parts.take(parts.left);
    values = new ByteCursor(header.isCompressed ? decompress(rest, length, chunk.codec) : rest);
  } else {
    values = new ByteCursor(decompress(stored, header.uncompressedBytes, chunk.codec));
    if (isOptional) levels = decodeHybrid(new ByteCursor(values.take(values.uint32())), 1, valueCount);
  }
  if (levels === void 0) return decodeValues(values, encoding, element, dictionary, valueCount);
  let count = 0;
  for (const level of levels) count += level;
  return spread(decodeValues(values, encoding, element, dictionary, count), levels);
}
function spread(values, levels) {
  if (values.length === levels.length) return values;
  const spaced = [];
  let next = 0;
  for (const level of levels) spaced.push(level === 0 ? void 0 : values[next++]);
  return spaced;
}
var DECODER_OF = {
  0: decodePlain,
  3: (cursor, _, count) => Array.from(decodeHybrid(new ByteCursor(cursor.take(cursor.uint32())), 1, count), Boolean),
  5: (cursor, element, count) => Array.from(
    decodeDelta(cursor, count),
    (value) => element.type === "INT32" ? int32Value(Number(BigInt.asIntN(32, value)), element) : int64Value(value, element)
  ),
  6: (cursor, element, count) => Array.from(decodeDelta(cursor, count), Number).map((length) => bytesValue(cursor.take(length), element)),
  7: (cursor, element, count) => {
    const prefixes = Array.from(decodeDelta(cursor, count), Number);
    const suffixes = Array.from(decodeDelta(cursor, count), Number);
    let before = new Uint8Array(0);
    return prefixes.map((prefix, index) => {
      if (prefix < 0 || prefix > before.length) throw new Error("a text shares more than there is with the one before");
      before = Buffer.concat([before.subarray(0, prefix), cursor.take(suffixes[index] ?? -1)]);
      return bytesValue(before, element);
    });
  }
};
var DICTIONARY_ENCODINGS = [2, 8];
function decodeValues(cursor, encoding, element, dictionary, count) {
  if (count === 0) return [];
  if (!DICTIONARY_ENCODINGS.includes(encoding)) {
    const decoder = DECODER_OF[encoding];
    if (decoder === void 0)
      throw new Error(`column ${element.name} has the encoding ${encoding}, which is not supported`);
    const values2 = decoder(cursor, element, count);
    if (values2.length !== count) throw new Error(`a page has ${values2.length} values in place of ${count}`);
    return values2;
  }
  if (dictionary === void 0) throw new Error("a page needs a dictionary that is not there");
  const values = [];
  for (const index of decodeHybrid(cursor, cursor.uint8(), count)) {
    const value = dictionary[index];
    if (value === void 0) throw new Error(`a value has the number ${index} in a dictionary of ${dictionary.length}`);
    values.push(value);
  }
  return values;
}
function decompress(bytes, length, codec) {
  if (length < 0) throw new Error("a page is shorter than its levels");
  const page = decompressAs(bytes, length, codec);
  if (page.length !== length) throw new Error(`a page has ${page.length} bytes in place of ${length}`);
  return page;
}
function decompressAs(bytes, length, codec) {
  switch (codec) {
    case "UNCOMPRESSED":
      return bytes;
    case "GZIP":
      return length === 0 ? bytes.subarray(0, 0) : gunzipSync2(bytes, { maxOutputLength: length });
    case "SNAPPY":
      return decompressSnappy(bytes, length);
    default:
      throw new Error(`the codec ${codec} is not supported; none, GZIP and SNAPPY are`);
  }
}

// src/parquet/read-parquet.ts
function isParquet(start) {
  return start[0] === 80 && start[1] === 65 && start[2] === 82 && start[3] === 49;
}
var ParquetLimitError = class extends Error {
};
var ROWS_PER_CHUNK = 4096;
async function openParquet(file, options) {
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  const flat = parquetSchema(metadata).children.filter(
    ({ element, children }) => children.length === 0 && element.repetition_type !== "REPEATED"
  );
  const wanted = options.fields?.map(parquetColumnOfField);
  const chosen = flat.filter(({ element }) => wanted?.includes(element.name) ?? true);
  const columns = (chosen.length > 0 ? chosen : flat.slice(0, 1)).map(({ element }) => element);
  if (columns.length === 0) throw new Error("the file has no columns");
  const format = { fields: columns.map(({ name }) => fieldOfParquetColumn(name)) };
  return { format, lines: readLines(file, metadata, columns, options.maxDecompressedBytes) };
}
async function* readLines(file, metadata, columns, maxBytes) {
  let textBytes = 0;
  for (const group of metadata.row_groups) {
    const cells = await Promise.all(columns.map((element) => openColumn(file, group, element)));
    for (let left = Number(group.num_rows); left > 0; ) {
      const rows = Math.min(left, ROWS_PER_CHUNK);
      const { text, fault } = linesOf(cells, rows);
      textBytes += text.length;
      if (textBytes > maxBytes) {
        throw new ParquetLimitError(`Its rows are more than ${maxBytes} characters (limits.maxDecompressedBytes).`);
      }
      if (text !== "") yield Buffer.from(text);
      if (fault !== void 0) throw fault;
      left -= rows;
    }
    for (const { done } of cells.map((cell) => cell.next())) {
      if (done !== true) throw new Error("a column has more values than there are rows");
    }
  }
}
function linesOf(cells, rows) {
  let text = "";
  try {
    for (let row = 0; row < rows; row += 1) text += lineOf(cells);
    return { text };
  } catch (fault) {
    return { text, fault };
  }
}
function lineOf(cells) {
  let line = "";
  for (const cell of cells) {
    const { value } = cell.next();
    if (value === void 0) throw new Error("a column has fewer values than there are rows");
    line = line === "" ? value : `${line} ${value}`;
  }
  return `${line}
`;
}
async function openColumn(file, group, element) {
  const chunk = group.columns.find(({ meta_data: data }) => data?.path_in_schema.join(".") === element.name)?.meta_data;
  if (chunk === void 0) throw new Error(`a row group lacks the column ${element.name}`);
  const offsets = [chunk.dictionary_page_offset, chunk.data_page_offset].filter((offset) => offset !== void 0);
  const start = Math.min(...offsets.map(Number).filter((offset) => offset > 0));
  const end = start + Number(chunk.total_compressed_size);
  if (!(start >= 4 && end >= start && end <= file.byteLength))
    throw new Error(`column ${element.name} is not in the file`);
  const bytes = new Uint8Array(await file.slice(start, end));
  return cellsOf(
    decodeColumn(bytes, chunk, element),
    flowLogField(fieldOfParquetColumn(element.name))?.decoder === "seconds"
  );
}
function* cellsOf(pages, isSeconds) {
  for (const page of pages) for (const value of page) yield cellText(value, isSeconds);
}
var UNWRITABLE2 = /[\u0000-\u0020]/g;
function cellText(value, isSeconds) {
  if (value === void 0 || value === "") return "-";
  if (value instanceof Date) {
    if (isSeconds) return String(Math.floor(value.getTime() / 1e3));
    return Number.isNaN(value.getTime()) ? "-" : value.toISOString();
  }
  if (typeof value !== "string" || value.search(UNWRITABLE2) === -1) return String(value);
  return value.replace(UNWRITABLE2, percentEncoded);
}
function percentEncoded(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

// src/parquet/parquet-content.ts
async function* readParquetFile(file, options) {
  const access = await file.randomAccess?.();
  if (access === void 0) return;
  try {
    let failure;
    const slice = async (start, end = access.byteLength) => {
      options.signal?.throwIfAborted();
      try {
        const bytes = await access.read(start, end);
        options.onBytesRead(bytes.length);
        return exactBuffer(bytes);
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    yield* readParquet({ byteLength: access.byteLength, slice }, options, () => failure);
  } finally {
    await access.close?.();
  }
}
async function* readParquetStream(reader, options) {
  const { maxBufferedParquetBytes } = options.limits;
  const chunks = [];
  let length = 0;
  for await (const chunk of reader.rest()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBufferedParquetBytes) {
      const message = `The Parquet stream is longer than ${maxBufferedParquetBytes} bytes (limits.maxBufferedParquetBytes); read it from a file.`;
      throw new ContentError("decompression-limit", message);
    }
  }
  const bytes = exactBuffer(Buffer.concat(chunks));
  const slice = (start, end) => bytes.slice(start, end);
  yield* readParquet({ byteLength: length, slice }, options, () => void 0);
}
function exactBuffer(bytes) {
  return new Uint8Array(bytes).buffer;
}
async function* readParquet(file, options, failureOfSource) {
  try {
    const { fields, limits } = options;
    const { format, lines } = await openParquet(file, { fields, maxDecompressedBytes: limits.maxDecompressedBytes });
    yield { kind: "format", format, fields: fields ?? format.fields };
    for await (const bytes of lines) yield { kind: "text", bytes };
    yield { kind: "understood" };
  } catch (error) {
    const failure = failureOfSource();
    if (failure !== void 0) throw failure;
    if (error instanceof ParquetLimitError) throw new ContentError("decompression-limit", error.message);
    throw new ContentError(
      "invalid-parquet",
      `Invalid Parquet file: ${error instanceof Error ? error.message : error}`,
      {
        cause: error
      }
    );
  }
}

// src/payload-content.ts
async function* readPayloads(reader, isBase64, options) {
  const { maxPayloadBytes } = options.limits;
  const documents = new JsonDocuments(maxPayloadBytes);
  const decoder = new TextDecoder();
  try {
    if (isBase64) {
      const data = await wholeText(reader, maxPayloadBytes);
      yield eventsPiece(() => ({ data }), data, maxPayloadBytes);
    } else {
      for await (const chunk of reader.rest()) {
        for (const text of documents.push(decoder.decode(chunk, { stream: true })))
          yield documentPiece(text, maxPayloadBytes);
      }
      for (const text of documents.end()) yield documentPiece(text, maxPayloadBytes);
    }
  } catch (error) {
    if (!(error instanceof JsonDocumentLimitError)) throw error;
    throw new ContentError("decompression-limit", error.message);
  }
}
async function wholeText(reader, maxLength) {
  let text = "";
  for await (const chunk of reader.rest()) {
    text += Buffer.from(chunk).toString("latin1");
    if (text.length > maxLength) {
      throw new JsonDocumentLimitError(`A payload is longer than ${maxLength} characters (limits.maxPayloadBytes).`);
    }
  }
  return text;
}
function documentPiece(text, maxPayloadBytes) {
  return eventsPiece(() => parseJson(text), text, maxPayloadBytes);
}
function eventsPiece(payload, raw, maxPayloadBytes) {
  try {
    const lines = messageLines(logEventsOf(payload(), maxPayloadBytes));
    return lines === "" ? { kind: "understood" } : { kind: "text", bytes: Buffer.from(lines) };
  } catch (cause) {
    if (!(cause instanceof LogPayloadError)) throw cause;
    const code = "invalid-payload";
    return { kind: "problem", code, message: cause.message, isCut: false, raw: cutRawText(raw), cause };
  }
}

// src/content-reader.ts
var START_BYTES = 64;
async function* readContent(file, options) {
  try {
    yield* readStored(file, options);
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    yield problemOf(error);
  }
}
function problemOf(error) {
  const code = error instanceof ContentError ? error.code : "unreadable-file";
  const text = error instanceof Error ? error.message : String(error);
  const message = code === "unreadable-file" ? `The input cannot be read: ${text}` : text;
  return { kind: "problem", code, message, isCut: true, cause: error };
}
async function* readStored(file, options) {
  const reader = new ByteReader(counted(byteChunks(file.open(), options.signal), options.onBytesRead));
  try {
    await reader.peek(START_BYTES);
    const start = reader.available;
    if (isGzip(start)) {
      yield* readGzip(file, reader, options);
    } else if (isParquet(start) && file.randomAccess !== void 0) {
      await reader.close();
      yield* readParquetFile(file, options);
    } else {
      yield* readPlain(reader, options);
    }
  } finally {
    await reader.close();
  }
}
async function* counted(chunks, onBytesRead) {
  for await (const chunk of chunks) {
    onBytesRead(chunk.length);
    yield chunk;
  }
}
async function* readGzip(file, stored, options) {
  const problems = [];
  let delivered = 0;
  const decompressed = gunzip(stored.rest(), {
    limits: options.limits,
    onProblem: ({ code, message, isCut }) => {
      problems.push({ at: delivered, piece: { kind: "problem", code, message, isCut } });
    },
    ...file.canReopen === true ? { reopen: () => byteChunks(file.open(), options.signal) } : {}
  });
  const reader = new ByteReader(
    counted(decompressed, (count) => {
      delivered += count;
    })
  );
  try {
    await reader.peek(START_BYTES);
    yield* readPlain(reader, options, problems);
  } finally {
    await reader.close();
  }
}
async function* readPlain(reader, options, problems = []) {
  const start = Buffer.from(reader.available.subarray(0, START_BYTES)).toString().replace(/^\uFEFF/, "");
  if (isParquet(reader.available)) {
    yield* readParquetStream(reader, options);
  } else if (isLogPayload(start)) {
    yield* readPayloads(reader, isBase64Gzip(start), options);
  } else {
    if (isExportedLog(start)) yield exportFormat(options);
    yield* readText(reader, problems);
  }
  for (const { piece } of problems) yield piece;
}
async function* readText(reader, problems) {
  while (await reader.need(1)) {
    for (const { at, piece } of problems.splice(0)) {
      if (at > reader.offset) yield { kind: "text", bytes: reader.take(at - reader.offset) };
      yield piece;
    }
    if (reader.available.length > 0) yield { kind: "text", bytes: reader.take(reader.available.length) };
  }
}
function exportFormat({ format = DEFAULT_LOG_FORMAT, fields = format.fields }) {
  return { kind: "format", format: { fields: [EXPORT_TIMESTAMP_FIELD, ...format.fields] }, fields };
}

// src/file-run.ts
var STATUS_FIELD = "log-status";
var FileRun = class {
  #file;
  #options;
  #counts;
  #batches = [];
  #format;
  #fields;
  #parser;
  /** Lines that earlier parsers of this file have seen. */
  #linesBefore = 0;
  #hasContent = false;
  constructor(file, options, counts) {
    this.#file = file;
    this.#options = options;
    this.#counts = counts;
    this.#format = options.format;
    this.#fields = options.fields;
  }
  /** The records of the file. With `strict`, the records before the first issue come before it is thrown. */
  async *batches() {
    const { format, fields, signal, limits } = this.#options;
    const pieces = readContent(this.#file, {
      format,
      fields,
      signal,
      limits: { ...DEFAULT_CONTENT_LIMITS, ...limits },
      onBytesRead: (count) => {
        this.#counts.bytesRead += count;
      }
    });
    try {
      for await (const piece of pieces) {
        this.#take(piece);
        yield* this.#batches.splice(0);
        signal?.throwIfAborted();
      }
      this.#finish(false);
      if (!this.#hasContent) this.#report({ code: "empty-file", message: "The input is empty." });
    } catch (error) {
      yield* this.#batches.splice(0);
      throw error;
    }
    yield* this.#batches.splice(0);
  }
  #take(piece) {
    this.#hasContent = true;
    switch (piece.kind) {
      case "format":
        this.#format = piece.format;
        this.#fields = piece.fields ?? this.#fields;
        break;
      case "text":
        this.#push(piece.bytes);
        break;
      case "problem": {
        const { code, message, isCut, raw, cause } = piece;
        this.#finish(isCut);
        this.#report({ code, message, ...this.#place(), ...raw === void 0 ? {} : { raw } }, cause);
        break;
      }
      case "understood":
        break;
    }
  }
  #push(bytes) {
    this.#counts.textBytes += bytes.length;
    this.#parser ??= this.#openParser();
    this.#guard(this.#parser, (parser) => {
      parser.push(bytes);
      if (this.#options.isPrompt) parser.flush();
    });
  }
  /** Ends the text so far; what follows is parsed anew, with the same format. */
  #finish(isCut) {
    const parser = this.#parser;
    if (parser === void 0) return;
    this.#parser = void 0;
    this.#guard(parser, () => parser.end({ truncated: isCut }));
    this.#format = parser.format;
    this.#linesBefore += parser.counts.lines;
  }
  /** Counts the issue that the parser throws with `strict`. */
  #guard(parser, work) {
    try {
      work(parser);
    } catch (error) {
      if (error instanceof FlowLogParseError) this.#counts.issues += 1;
      throw error;
    }
  }
  #openParser() {
    const { strict = false, limits } = this.#options;
    const fields = this.#fields;
    const linesBefore = this.#linesBefore;
    return new FlowLogParser({
      ...this.#format === void 0 ? {} : { format: this.#format },
      ...fields === void 0 ? {} : { fields: [...fields, STATUS_FIELD] },
      ...this.#file.name === void 0 ? {} : { file: this.#file.name },
      ...limits === void 0 ? {} : { limits },
      strict,
      onBatch: (batch) => this.#batches.push(this.#counted(batch)),
      onIssue: (issue) => {
        this.#counts.issues += 1;
        this.#options.onIssue?.(issue.line === void 0 ? issue : { ...issue, line: issue.line + linesBefore });
      }
    });
  }
  /** Counts the records of a batch, and leaves out the column that is there for that only. */
  #counted(batch) {
    const statuses = countTexts(batch, STATUS_FIELD);
    this.#counts.records += batch.rowCount;
    this.#counts.nodata += statuses.get("NODATA") ?? 0;
    this.#counts.skipdata += statuses.get("SKIPDATA") ?? 0;
    const fields = this.#fields;
    if (fields === void 0 || fields.includes(STATUS_FIELD)) return batch;
    return new ColumnBatch(
      batch.rowCount,
      batch.columns.filter(({ name }) => name !== STATUS_FIELD)
    );
  }
  /** Where a problem of the file stands: after the lines that were read. */
  #place() {
    return this.#linesBefore === 0 ? {} : { line: this.#linesBefore };
  }
  #report(found, cause) {
    const { name } = this.#file;
    const issue = name === void 0 ? found : { ...found, file: name };
    this.#counts.issues += 1;
    if (this.#options.strict === true) throw new FlowLogParseError(issue, cause === void 0 ? void 0 : { cause });
    this.#options.onIssue?.(issue);
  }
};

// src/parse-flow-logs.ts
function parseFlowLogs(source, options = {}) {
  const summary = newSummary();
  return { summary, [Symbol.asyncIterator]: once(() => new RecordIterator(batchesOf(source, options, summary, true))) };
}
function parseFlowLogColumns(source, options = {}) {
  const summary = newSummary();
  return { summary, [Symbol.asyncIterator]: once(() => batchesOf(source, options, summary, false)) };
}
function parseFlowLogBatches(source, options = {}) {
  const summary = newSummary();
  async function* batches() {
    const { toArrowRecordBatch } = await import("./arrow.js");
    for await (const batch of batchesOf(source, options, summary, false)) yield toArrowRecordBatch(batch);
  }
  return { summary, [Symbol.asyncIterator]: once(batches) };
}
var RecordIterator = class {
  #batches;
  #records;
  /** The call of `next` that waits for a batch; later calls queue behind it. */
  #waiting;
  constructor(batches) {
    this.#batches = batches;
  }
  next() {
    if (this.#waiting === void 0) {
      const next = this.#records?.next();
      if (next !== void 0 && next.done !== true) return Promise.resolve(next);
    }
    const waiting = (this.#waiting ?? Promise.resolve()).then(() => this.#nextOfBatches());
    this.#waiting = waiting;
    const settle = () => {
      if (this.#waiting === waiting) this.#waiting = void 0;
    };
    waiting.then(settle, settle);
    return waiting;
  }
  async return() {
    this.#records = void 0;
    await this.#batches.return();
    return { done: true, value: void 0 };
  }
  async #nextOfBatches() {
    for (; ; ) {
      const next = this.#records?.next();
      if (next !== void 0 && next.done !== true) return next;
      const batch = await this.#batches.next();
      if (batch.done === true) return { done: true, value: void 0 };
      this.#records = batch.value.records();
    }
  }
};
function once(start) {
  let iterator;
  return () => {
    iterator ??= start();
    return iterator;
  };
}
function newSummary() {
  return { files: 0, bytesRead: 0, textBytes: 0, records: 0, nodata: 0, skipdata: 0, issues: 0 };
}
async function* batchesOf(source, options, summary, isPrompt) {
  for await (const file of filesOf(source)) {
    options.signal?.throwIfAborted();
    if ("message" in file) {
      const issue = { code: "unreadable-file", message: file.message, file: file.path };
      summary.issues += 1;
      if (options.strict === true) throw new FlowLogParseError(issue);
      options.onIssue?.(issue);
    } else {
      summary.files += 1;
      yield* new FileRun(file, { ...options, isPrompt }, summary).batches();
    }
  }
}
async function* filesOf(source) {
  if (typeof source === "string") yield textFile(source);
  else if (source instanceof Uint8Array) yield bytesFile(source);
  else if (source instanceof ArrayBuffer) yield bytesFile(new Uint8Array(source));
  else if ("paths" in source) yield* findFiles(typeof source.paths === "string" ? [source.paths] : source.paths);
  else if ("files" in source) yield* source.files;
  else if ("event" in source) yield textFile(JSON.stringify(source.event));
  else if (isChunkSource(source)) yield streamFile(source);
  else throw new TypeError('The source is none that parseFlowLogs knows; a path is given as { paths: "\u2026" }.');
}
export {
  ColumnBatch,
  DEFAULT_DECOMPRESSION_LIMITS,
  DEFAULT_LOG_FORMAT,
  DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT,
  DELIVERY_WINDOW_SECONDS,
  FLOW_LOG_FIELDS,
  FLOW_LOG_FILE_SUFFIXES,
  FLOW_LOG_SERVICE,
  FlowLogParseError,
  FlowLogParser,
  FlowLogWriteError,
  LOG_FILE_SUFFIX,
  LogFormatError,
  LogPayloadError,
  TextDictionary,
  countTexts,
  deliveryWindow,
  findFiles,
  flowLogField,
  formatHeader,
  formatLogFormat,
  formatObjectKey,
  formatParquetLogFile,
  formatParseIssue,
  formatRecord,
  formatRecords,
  formatTextLogFile,
  logEventsOf,
  logFormatFromHeader,
  parseFlowLogBatches,
  parseFlowLogColumns,
  parseFlowLogs,
  parseLogFormat,
  parseObjectKey,
  valueAt
};
//# sourceMappingURL=index.js.map