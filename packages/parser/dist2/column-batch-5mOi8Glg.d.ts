/** What kind of flow log can carry a field. */
type FlowLogKind = 'vpc' | 'transit-gateway';
/**
 * How a field's text is read.
 *
 * - `int32`: 0 to 2^31-1, a `number`
 * - `int64`: 0 to 2^63-1, a `bigint`
 * - `seconds`: Unix time in seconds, 0 to 2^53-1, a `number`
 * - `address`: an IPv4 or IPv6 address, kept as the text that was written
 * - `string`: any other text, never refused
 */
type FieldDecoder = 'int32' | 'int64' | 'seconds' | 'address' | 'string';
/** One field that a flow log can carry. */
interface FlowLogField {
    /** AWS's spelling, as in `${pkt-srcaddr}` and in the header line of a file. */
    readonly name: FlowLogFieldName;
    /** The flow-log version that brought the field. */
    readonly version: number;
    /** The column type of AWS's own table definition for Athena. */
    readonly hiveType: 'int' | 'bigint' | 'string';
    /** The type in Parquet files that AWS delivers. */
    readonly parquetType: 'INT32' | 'INT64' | 'STRING';
    readonly decoder: FieldDecoder;
    readonly appliesTo: readonly FlowLogKind[];
    readonly description: string;
}
/**
 * Every field of VPC flow logs (54, versions 2 to 11) and of transit gateway flow logs (18 more, all of version 6), by
 * version and in AWS's order: version, decoder, kind of flow log, meaning. DDL, formatter, parser and generators derive
 * from this table.
 *
 * Source: Amazon VPC user guide, "Flow log records" (versions 2 to 5 and 7 to 11); Transit Gateway guide, "Transit
 * Gateway Flow Log records" (version 6).
 */
declare const CATALOGUE: {
    readonly version: readonly [2, "int32", "both", "Highest version among the fields of the format; 2 for the default format"];
    readonly 'account-id': readonly [2, "string", "both", "Account that owns the source network interface, or `unknown`"];
    readonly 'interface-id': readonly [2, "string", "vpc", "Network interface of the record; absent for a regional NAT gateway"];
    readonly srcaddr: readonly [2, "address", "both", "Source address; for outgoing traffic the interface's primary address"];
    readonly dstaddr: readonly [2, "address", "both", "Destination address; for incoming traffic the interface's primary address"];
    readonly srcport: readonly [2, "int32", "both", "Source port"];
    readonly dstport: readonly [2, "int32", "both", "Destination port"];
    readonly protocol: readonly [2, "int32", "both", "IANA protocol number"];
    readonly packets: readonly [2, "int64", "both", "Packets in the aggregation interval"];
    readonly bytes: readonly [2, "int64", "both", "Bytes in the aggregation interval"];
    readonly start: readonly [2, "seconds", "both", "When the first packet of the interval was received, Unix seconds"];
    readonly end: readonly [2, "seconds", "both", "When the last packet of the interval was received, Unix seconds"];
    readonly action: readonly [2, "string", "vpc", "ACCEPT or REJECT"];
    readonly 'log-status': readonly [2, "string", "both", "OK, NODATA or SKIPDATA"];
    readonly 'vpc-id': readonly [3, "string", "vpc", "VPC of the network interface"];
    readonly 'subnet-id': readonly [3, "string", "vpc", "Subnet of the network interface"];
    readonly 'instance-id': readonly [3, "string", "vpc", "Instance of the network interface; absent for requester-managed interfaces"];
    readonly 'tcp-flags': readonly [3, "int32", "both", "FIN 1, SYN 2, RST 4, SYN-ACK 18, combined by OR over the interval"];
    readonly type: readonly [3, "string", "both", "IPv4, IPv6 or EFA"];
    readonly 'pkt-srcaddr': readonly [3, "address", "vpc", "Source address in the packet itself"];
    readonly 'pkt-dstaddr': readonly [3, "address", "vpc", "Destination address in the packet itself"];
    readonly region: readonly [4, "string", "both", "Region of the network interface"];
    readonly 'az-id': readonly [4, "string", "vpc", "Availability Zone id, such as use1-az1"];
    readonly 'sublocation-type': readonly [4, "string", "vpc", "wavelength, outpost or localzone"];
    readonly 'sublocation-id': readonly [4, "string", "vpc", "Id of the sublocation"];
    readonly 'pkt-src-aws-service': readonly [5, "string", "both", "AWS service whose address range holds pkt-srcaddr"];
    readonly 'pkt-dst-aws-service': readonly [5, "string", "both", "AWS service whose address range holds pkt-dstaddr"];
    readonly 'flow-direction': readonly [5, "string", "both", "ingress or egress, seen from the network interface"];
    readonly 'traffic-path': readonly [5, "int32", "vpc", "Path of outgoing traffic, 1 to 8; absent for incoming traffic"];
    readonly 'resource-type': readonly [6, "string", "transit-gateway", "TransitGateway or TransitGatewayAttachment"];
    readonly 'tgw-id': readonly [6, "string", "transit-gateway", "Transit gateway"];
    readonly 'tgw-attachment-id': readonly [6, "string", "transit-gateway", "Attachment of the transit gateway"];
    readonly 'tgw-src-vpc-account-id': readonly [6, "string", "transit-gateway", "Account of the source VPC"];
    readonly 'tgw-dst-vpc-account-id': readonly [6, "string", "transit-gateway", "Account of the destination VPC"];
    readonly 'tgw-src-vpc-id': readonly [6, "string", "transit-gateway", "Source VPC"];
    readonly 'tgw-dst-vpc-id': readonly [6, "string", "transit-gateway", "Destination VPC"];
    readonly 'tgw-src-subnet-id': readonly [6, "string", "transit-gateway", "Subnet of the source"];
    readonly 'tgw-dst-subnet-id': readonly [6, "string", "transit-gateway", "Subnet of the destination"];
    readonly 'tgw-src-eni': readonly [6, "string", "transit-gateway", "Attachment interface on the source side"];
    readonly 'tgw-dst-eni': readonly [6, "string", "transit-gateway", "Attachment interface on the destination side"];
    readonly 'tgw-src-az-id': readonly [6, "string", "transit-gateway", "Availability Zone id of the source"];
    readonly 'tgw-dst-az-id': readonly [6, "string", "transit-gateway", "Availability Zone id of the destination"];
    readonly 'tgw-pair-attachment-id': readonly [6, "string", "transit-gateway", "The other attachment of the flow"];
    readonly 'packets-lost-no-route': readonly [6, "int64", "transit-gateway", "Packets lost because no route was found"];
    readonly 'packets-lost-blackhole': readonly [6, "int64", "transit-gateway", "Packets lost to a blackhole route"];
    readonly 'packets-lost-mtu-exceeded': readonly [6, "int64", "transit-gateway", "Packets lost because they exceeded the MTU"];
    readonly 'packets-lost-ttl-expired': readonly [6, "int64", "transit-gateway", "Packets lost because their TTL expired"];
    readonly 'ecs-cluster-arn': readonly [7, "string", "vpc", "ECS cluster"];
    readonly 'ecs-cluster-name': readonly [7, "string", "vpc", "Name of the ECS cluster"];
    readonly 'ecs-container-instance-arn': readonly [7, "string", "vpc", "ECS container instance"];
    readonly 'ecs-container-instance-id': readonly [7, "string", "vpc", "Id of the ECS container instance"];
    readonly 'ecs-container-id': readonly [7, "string", "vpc", "Docker runtime id of the first container"];
    readonly 'ecs-second-container-id': readonly [7, "string", "vpc", "Docker runtime id of the second container"];
    readonly 'ecs-service-name': readonly [7, "string", "vpc", "Name of the ECS service"];
    readonly 'ecs-task-definition-arn': readonly [7, "string", "vpc", "ECS task definition"];
    readonly 'ecs-task-arn': readonly [7, "string", "vpc", "ECS task"];
    readonly 'ecs-task-id': readonly [7, "string", "vpc", "Id of the ECS task"];
    readonly 'reject-reason': readonly [8, "string", "vpc", "BPA (Block Public Access) or EC (encryption controls at a VPC endpoint)"];
    readonly 'resource-id': readonly [9, "string", "vpc", "Resource that has no interface of its own, such as a regional NAT gateway"];
    readonly 'encryption-status': readonly [10, "int32", "vpc", "0 not encrypted, 1 by Nitro, 2 by the application, 3 by both"];
    readonly 'instance-tag': readonly [11, "string", "vpc", "Value of the first chosen tag of the instance, percent-encoded"];
    readonly 'instance-tag-2': readonly [11, "string", "vpc", "Value of the second chosen tag of the instance"];
    readonly 'interface-tag': readonly [11, "string", "vpc", "Value of the first chosen tag of the network interface"];
    readonly 'interface-tag-2': readonly [11, "string", "vpc", "Value of the second chosen tag of the network interface"];
    readonly 'asg-tag': readonly [11, "string", "vpc", "Value of the first chosen tag of the Auto Scaling group"];
    readonly 'asg-tag-2': readonly [11, "string", "vpc", "Value of the second chosen tag of the Auto Scaling group"];
    readonly 'interface-type': readonly [11, "string", "vpc", "Type of the network interface, such as nat_gateway"];
    readonly 'next-hop-interface-id': readonly [11, "string", "vpc", "Interface that receives (egress) or sent (ingress) the traffic"];
    readonly 'next-hop-subnet-id': readonly [11, "string", "vpc", "Subnet of the next hop"];
    readonly 'next-hop-az-id': readonly [11, "string", "vpc", "Availability Zone id of the next hop"];
    readonly 'next-hop-vpc-id': readonly [11, "string", "vpc", "VPC of the next hop"];
    readonly 'next-hop-interface-type': readonly [11, "string", "vpc", "Type of the next hop interface"];
};
type Catalogue = typeof CATALOGUE;
/** The name of a catalogued field, in AWS's spelling. */
type FlowLogFieldName = keyof Catalogue;
/** How the text of a catalogued field is read. */
type DecoderOf<Name extends FlowLogFieldName> = Catalogue[Name][1];
/** The 72 catalogued fields: 54 of VPC flow logs and 18 that only transit gateways have. */
declare const FLOW_LOG_FIELDS: readonly FlowLogField[];
/** The catalogue's entry for a field name in AWS's spelling, or undefined for a field that AWS has not documented. */
declare function flowLogField(name: FlowLogFieldName): FlowLogField;
declare function flowLogField(name: string): FlowLogField | undefined;

/** What a decoder makes of a field's text. */
interface DecodedTypes extends Record<FieldDecoder, number | bigint | string> {
    readonly int32: number;
    readonly int64: bigint;
    readonly seconds: number;
    readonly address: string;
    readonly string: string;
}
/** The value of a field in a record; undefined where the text was `-`. */
type FlowLogValue = number | bigint | string | undefined;
type CataloguedValues = {
    readonly [Name in FlowLogFieldName]?: DecodedTypes[DecoderOf<Name>] | undefined;
};
/**
 * One line of a flow log, keyed by AWS's own field names: `record.srcaddr`, `record['pkt-srcaddr']`.
 *
 * A field that the line gives as `-` is undefined. Ports, flags and times (Unix seconds) are numbers; `packets`, `bytes`
 * and `packets-lost-*` are bigints, exact to 2^63-1; everything else is the text as written, so a field that AWS has not
 * documented is a string.
 */
interface FlowLogRecord extends CataloguedValues {
    readonly [unknownField: string]: FlowLogValue;
}

/** The distinct texts of a column in one batch, laid out as Arrow's Utf8: text `i` is `bytes[offsets[i], offsets[i+1])`. */
declare class TextDictionary {
    #private;
    readonly offsets: Int32Array;
    readonly bytes: Uint8Array;
    constructor(offsets: Int32Array, bytes: Uint8Array);
    get size(): number;
    /** Text `index`, decoded when it is first asked for. */
    text(index: number): string;
}
interface ColumnOf<Kind, Values> {
    readonly kind: Kind;
    readonly name: string;
    readonly values: Values;
    /** Bit `row` (least significant first, as in Arrow) is 1 where there is a value; undefined where no value is absent. */
    readonly validity: Uint8Array | undefined;
    readonly nullCount: number;
}
/** Whole numbers of up to 32 bits: ports, flags, versions. */
type Int32Column = ColumnOf<'int32', Int32Array>;
/** Counters, and times in Unix seconds. */
type Int64Column = ColumnOf<'int64' | 'seconds', BigInt64Array>;
/** Text or addresses: `values` are indices into the dictionary. The dictionary may hold texts that no row uses. */
interface TextColumn extends ColumnOf<'string' | 'address', Int32Array> {
    readonly dictionary: TextDictionary;
}
/** A field of all records of a batch; `kind` is the field's decoder. */
type FlowLogColumn = Int32Column | Int64Column | TextColumn;
/** Records as typed columns. Every batch stands for itself: its dictionaries are its own, and its memory is not reused. */
declare class ColumnBatch {
    readonly rowCount: number;
    readonly columns: readonly FlowLogColumn[];
    constructor(rowCount: number, columns: readonly FlowLogColumn[]);
    /** The column of a field, or undefined for a field that the format or the projection does not have. */
    column(name: string): FlowLogColumn | undefined;
    /** The rows as records, made one by one as they are asked for. */
    records(): Generator<FlowLogRecord, void, undefined>;
}
/** The value of one row of a column, as a record has it. */
declare function valueAt(column: FlowLogColumn, row: number): FlowLogValue;
/** How many rows have each text of a column, such as OK, NODATA and SKIPDATA of `log-status`. */
declare function countTexts(batch: ColumnBatch, name: string): ReadonlyMap<string, number>;

export { ColumnBatch as C, type DecoderOf as D, type FlowLogRecord as F, type Int32Column as I, type TextColumn as T, FLOW_LOG_FIELDS as a, type FieldDecoder as b, type FlowLogColumn as c, type FlowLogField as d, type FlowLogFieldName as e, type FlowLogKind as f, type FlowLogValue as g, type Int64Column as h, TextDictionary as i, countTexts as j, flowLogField as k, valueAt as v };
