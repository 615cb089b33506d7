import type { FlowLogFieldName } from '@flowtap/parser'

// What AWS does not document about records: one named constant each. docs/flow-records.md explains them; where a measurement of real AWS
// proves one wrong, this is the only place to change.

/**
 * How much earlier than the latest time seen a packet may still be captured and fall into its own aggregation interval, so how long after
 * its end an interval stays open. The hops of one packet are captured at once and lie less than half a second apart.
 */
export const INTERVAL_GRACE_MICROSECONDS: number = 1_000_000

/**
 * Aggregation intervals begin so many seconds after whole multiples of their length since 1970, the same for all ENIs. In AWS's examples
 * they have a phase that differs from ENI to ENI.
 */
export const INTERVAL_PHASE_SECONDS: number = 0

/**
 * The VPC user guide promises intervals of at most a minute for ENIs of Nitro instances alone. ENIs without an instance (NAT gateways,
 * endpoints, load balancers, transit gateways) get the interval that the flow log asks for.
 */
export const INTERFACE_WITHOUT_INSTANCE_IS_NITRO: boolean = false

/**
 * An ENI's NODATA records begin after its first logged traffic: the guide says of log groups, streams and files that they appear only once
 * there is traffic, and of later ENIs that a VPC's flow log has them from their first traffic on.
 */
export const NODATA_BEFORE_FIRST_TRAFFIC: boolean = false

/**
 * NODATA and SKIPDATA records do not fill their interval: real ones of a 60-second interval last 52 or 53 seconds, 8 or 9 seconds apart.
 * So many seconds of the interval are left out, one more or less.
 */
export const STATUS_RECORD_GAP_SECONDS: number = 8

/** NODATA and SKIPDATA records go to flow logs of every traffic type: they have no action to filter by. */
export const STATUS_RECORDS_PASS_EVERY_TRAFFIC_TYPE: boolean = true

/**
 * Which fields of a NODATA or SKIPDATA record have a value. AWS's examples show the version 2 fields of this list; of later fields those
 * are taken that say where the ENI stands.
 */
export const STATUS_RECORD_FIELDS: ReadonlySet<FlowLogFieldName> = new Set([
  'version',
  'account-id',
  'interface-id',
  'start',
  'end',
  'log-status',
  'vpc-id',
  'subnet-id',
  'region',
  'az-id',
  'sublocation-type',
  'sublocation-id',
])

/**
 * The target of a mirror session has records of the VXLAN packets that it gets. The flow-log page says so; the Traffic Mirroring guide has
 * an older, shorter sentence that no mirrored traffic is logged.
 */
export const MIRRORED_TRAFFIC_LOGGED_AT_TARGET: boolean = true

/** Packets that are dropped because an instance tracks as many connections as it may (`conntrack_allowance_exceeded`) have no record. */
export const UNTRACKABLE_CONNECTIONS_LOGGED: boolean = false

/** "Traffic to the reserved address of the VPC router" is not logged; here neither are the router's own messages to an instance. */
export const ROUTER_MESSAGES_LOGGED: boolean = false

/**
 * TCP flag combinations that AWS calls invalid, for which `tcp-flags` is `-`: SYN with FIN, and SYN with RST, in one packet. One such
 * packet makes the field of the whole record `-`.
 */
export const INVALID_TCP_FLAG_COMBINATIONS: readonly number[] = [0x03, 0x06]

/** `tcp-flags` of records of other protocols than TCP: no supported flag was seen. */
export const TCP_FLAGS_OF_OTHER_PROTOCOLS: number = 0

/**
 * Later fragments have no ports. They count as packets of the first fragment's flow for so long after the first fragment passed the same
 * ENI (Linux gives up reassembly after 30 seconds), and else as a flow with ports 0.
 */
export const FRAGMENT_MEMORY_MICROSECONDS: number = 30_000_000

/** Records of packets that Block Public Access refused carry no bytes: the field is `-`. */
export const BLOCK_PUBLIC_ACCESS_RECORDS_HAVE_BYTES: boolean = false

/** `account-id` of ENIs that an AWS service made: the owner's, or `unknown`, which AWS says is possible. */
export const SERVICE_INTERFACE_ACCOUNT_ID: 'owner' | 'unknown' = 'owner'

/** `encryption-status` where encryption controls are off: never 0, always `-`. */
export const ENCRYPTION_STATUS_WITHOUT_CONTROLS: number | undefined = undefined

/** The range of `pkt-src-aws-service` and `pkt-dst-aws-service` that gives way to every other one, however small: it covers most of AWS. */
export const LEAST_SPECIFIC_SERVICE = 'AMAZON'

/** `packets` and `bytes` of transit-gateway records count the packets that the gateway lost as well. */
export const LOST_PACKETS_ARE_COUNTED: boolean = true
