// Describe a network

export { articleDesign } from './design/article-design.ts'
export { checkDesign } from './design/check-design.ts'
export { defineDesign } from './design/define-design.ts'
export { demoDesign } from './design/demo-design.ts'
export { DesignError, formatDesignIssue } from './design/design-issue.ts'
export { resolveDesign } from './topology/resolve-design.ts'

// Run it, and write its flow logs

export { NAT_CLOSED_SECONDS, NAT_IDLE_SECONDS } from './dataplane/nat-table.ts'
export { Network } from './dataplane/network.ts'
export { FlowLogPipeline } from './delivery/flow-log-pipeline.ts'
export { InMemoryLogEventSink, InMemoryLogObjectSink } from './delivery/in-memory-sinks.ts'
export { LogObjectFolder } from './delivery/log-object-folder.ts'
export { LogDeliveryError } from './delivery/log-sinks.ts'
export {
  CHECKED_FIELDS,
  checkConservation,
  checkNodata,
  checkNothingUnlogged,
  checkSkipdata,
  checkTimes,
  checkUnion,
  FLOW_RECORD_CHECKERS,
} from './flow/flow-record-checkers.ts'
export { FlowRecordReferee } from './flow/flow-record-referee.ts'
export { FlowRow } from './flow/flow-row.ts'
export { isCovered } from './flow/is-covered.ts'
export { LineBuffer } from './flow/line-buffer.ts'
export { interfaceRecordFormat, recordContext } from './flow/record-formats.ts'

// The flow logs of captures

export { CapturedPacketJudge } from './dataplane/captured-packet-judge.ts'
export { interfaceNamed } from './replay/interface-directory.ts'
export { replayCaptures } from './replay/replay-captures.ts'
export { formatReplayIssue } from './replay/replay-issue.ts'

// Traffic mirroring

export { BROKER_PORTS, MirrorBroker } from './mirror/broker.ts'
export { MirrorCounters } from './mirror/mirror-counters.ts'
export { MirrorEncapsulation, mirrorSourcePort } from './mirror/mirror-encapsulation.ts'
export { PacketRules } from './mirror/mirror-filter.ts'
export { TrafficMirror } from './mirror/traffic-mirror.ts'
export { routerMacAddress } from './topology/router-mac-address.ts'

// Addresses and packets

export { CidrBlock } from './net/cidr-block.ts'
export { equalFiveTuples, formatFiveTuple, reverseFiveTuple } from './net/five-tuple.ts'
export { IpAddress } from './net/ip-address.ts'
export { MacAddress } from './net/mac-address.ts'
export { decodePacket, findLayer } from './packet/decode-packet.ts'
export { encodeLayers } from './packet/encode-layers.ts'
export { encodeIpPacket, encodePacket, frameLength } from './packet/encode-packet.ts'
export { fragmentPacket } from './packet/fragment-packet.ts'
export { IP_PROTOCOL } from './packet/ip-protocol.ts'
export { LINK_TYPE } from './packet/link-type.ts'
export { Packet } from './packet/packet.ts'
export { formatPacketIssue } from './packet/packet-issue.ts'
export { toPacket } from './packet/to-packet.ts'
export { withTunnelBytes } from './packet/tunnel-bytes.ts'
export { unwrapVxlan } from './packet/unwrap-vxlan.ts'

// What packets carry

export { decodeDnsMessage, dnsMessage, encodeDnsMessage, encodeDnsOverTcp } from './packet/dns/dns-message.ts'
export { DNS_CLASS, DNS_RESPONSE_CODE, DNS_TYPE, dnsTypeName, dnsTypeNumber } from './packet/dns/dns-numbers.ts'
export { ednsRecord, readEdns } from './packet/dns/edns.ts'
export { decodeHttpHead, encodeHttpHead, httpHeader } from './packet/http/http-message.ts'
export { decodeNtp, encodeNtp, ntpTimestamp, ntpUnixMicroseconds } from './packet/ntp.ts'
export { opensslClientHello, opensslServerHello } from './packet/tls/openssl-hello.ts'
export { TLS_CONTENT_TYPE, TLS_VERSION } from './packet/tls/tls-numbers.ts'
export { decodeTls, encodeTlsRecords, tlsHandshakeRecords } from './packet/tls/tls-record.ts'

// Capture files

export { captureTimeMicroseconds, captureTimeNanoseconds } from './packet/pcap/capture-packet.ts'
export { CaptureReader } from './packet/pcap/capture-reader.ts'
export { PcapWriter } from './packet/pcap/pcap-writer.ts'
export { readCapture } from './packet/pcap/read-capture.ts'

// Types

export type { JudgementObserver } from './dataplane/captured-packet-judge.ts'
export type { ConnectionTrackerOptions } from './dataplane/connection-tracker.ts'
export type { NetworkOptions, PacketLossRule } from './dataplane/network.ts'
export type { LinkLocalService, NetworkObserver, Receiver } from './dataplane/network-observer.ts'
export type { NextHop } from './dataplane/next-hop.ts'
export type { RandomSource } from './dataplane/random-source.ts'
export type { Verdict, VerdictReason } from './dataplane/verdict.ts'
export type { DeliveryFault, DeliveryFaults, PlannedDelivery } from './delivery/delivery-fault.ts'
export type { FlowLogDeliveryStatus } from './delivery/delivery-status.ts'
export type { FlowLogPipelineOptions } from './delivery/flow-log-pipeline.ts'
export type {
  FlowLogEvent,
  LogDeliveryErrorCode,
  LogEventBatch,
  LogEventSink,
  LogObject,
  LogObjectSink,
} from './delivery/log-sinks.ts'
export type { AvailabilityZoneDesign, Design, DetectorDesign, Named, ResourceDesign } from './design/design.ts'
export type { DesignIssue, DesignIssueCode } from './design/design-issue.ts'
export type { DestinationOptionsDesign, FlowLogDesign, TagFieldSpecificationDesign } from './design/flow-log-design.ts'
export type {
  AutoScalingGroupDesign,
  ConnectionTrackingDesign,
  InstanceDesign,
  InterfaceSettings,
  NetworkInterfaceDesign,
} from './design/instance-design.ts'
export type { AwsServiceRangeDesign, InternetHostDesign, InternetServiceDesign } from './design/internet-design.ts'
export type { IpProtocolDesign } from './design/ip-protocol-design.ts'
export type {
  GatewayListenerDesign,
  GatewayLoadBalancerDesign,
  ListenerDesign,
  LoadBalancerDesign,
  LoadBalancerProtocol,
  TargetDesign,
  TargetGroupDesign,
  TargetGroupProtocol,
} from './design/load-balancer-design.ts'
export type {
  NetworkAclDesign,
  NetworkAclEntryDesign,
  PrefixListDesign,
  SecurityGroupDesign,
  SecurityGroupRuleDesign,
} from './design/security-group-design.ts'
export type {
  TrafficMirrorFilterDesign,
  TrafficMirrorFilterRuleDesign,
  TrafficMirrorSessionDesign,
  TrafficMirrorTargetDesign,
} from './design/traffic-mirror-design.ts'
export type {
  TransitGatewayDesign,
  TransitGatewayRouteDesign,
  TransitGatewayRouteTableDesign,
  TransitGatewayVpcAttachmentDesign,
  VpcPeeringConnectionDesign,
} from './design/transit-gateway-design.ts'
export type {
  AddressPairDesign,
  BlockPublicAccessDesign,
  BlockPublicAccessExclusionDesign,
  DefaultSecurityGroupDesign,
  InterfaceAddressDesign,
  InternetGatewayDesign,
  NatGatewayDesign,
  RouteDesign,
  RouteTableDesign,
  SubnetDesign,
  SubnetMappingDesign,
  SubnetPlacementDesign,
  VpcDesign,
  VpcEndpointDesign,
} from './design/vpc-design.ts'
export type {
  CheckedPacket,
  FlowLogRecords,
  FlowLogTimes,
  FlowRecordChecker,
  FlowRecordExemptions,
  SkippedPackets,
} from './flow/flow-record-checkers.ts'
export type { KnownFaults } from './flow/flow-record-referee.ts'
export type { BrokerPlatform, BrokerTally, MirrorBrokerOptions } from './mirror/broker.ts'
export type { BandwidthLimit } from './mirror/instance-bandwidth.ts'
export type { MirrorLoss, MirrorMetrics, MirrorTally } from './mirror/mirror-counters.ts'
export type { EncapsulationOptions } from './mirror/mirror-encapsulation.ts'
export type { PacketRule } from './mirror/mirror-filter.ts'
export type {
  MirrorArrival,
  MirrorDropReason,
  MirrorExclusion,
  MirroredCopy,
  MirrorOutcome,
} from './mirror/mirror-outcome.ts'
export type { MirrorReorderingOptions } from './mirror/mirror-reordering.ts'
export type { MirroredTopology } from './mirror/traffic-mirror.ts'
export type { FiveTuple } from './net/five-tuple.ts'
export type { IpVersion } from './net/ip-address.ts'
export type { DecodedPacket } from './packet/decode-packet.ts'
export type { DnsMessage, DnsMessageFields } from './packet/dns/dns-message.ts'
export type { DnsQuestion, DnsRecord, DnsRecordData, EdnsOption } from './packet/dns/dns-record.ts'
export type { Edns } from './packet/dns/edns.ts'
export type { EthernetAddresses } from './packet/ethernet.ts'
export type { HttpHead, HttpHeader, HttpRequestHead, HttpResponseHead } from './packet/http/http-message.ts'
export type { Layer, LayerKind } from './packet/layer.ts'
export type { NtpMessage, NtpTimestamp } from './packet/ntp.ts'
export type { PacketFields } from './packet/packet.ts'
export type { PacketIssue, PacketIssueCode } from './packet/packet-issue.ts'
export type { CaptureHandlers, CaptureIssue, CaptureIssueCode } from './packet/pcap/capture-issue.ts'
export type { CapturePacket } from './packet/pcap/capture-packet.ts'
export type { PcapWriterOptions } from './packet/pcap/pcap-writer.ts'
export type { OpensslClientHelloFields, OpensslServerHelloFields } from './packet/tls/openssl-hello.ts'
export type { TlsClientHello, TlsHandshake, TlsServerHello } from './packet/tls/tls-handshake.ts'
export type { TlsLayer, TlsRecord } from './packet/tls/tls-record.ts'
export type { PacketReading } from './packet/to-packet.ts'
export type { TunnelPayload } from './packet/tunnel-payload.ts'
export type { VxlanFrame } from './packet/unwrap-vxlan.ts'
export type { CaptureBytes } from './replay/merge-captures.ts'
export type { Capture, ReplayOptions } from './replay/replay-captures.ts'
export type { ReplayIssue, ReplayIssueCode } from './replay/replay-issue.ts'
export type { CapturedPlace, InterfacePackets, ReplaySummary } from './replay/replay-summary.ts'
export type {
  AvailabilityZone,
  BlockPublicAccessMode,
  ConnectionTrackingTimeouts,
  Detector,
  EgressOnlyInternetGateway,
  FlowDirection,
  FlowLog,
  FlowLogDestination,
  GatewayEndpoint,
  GatewayLoadBalancer,
  GatewayLoadBalancerEndpoint,
  Instance,
  InterfaceAddress,
  InterfaceAttachment,
  InterfaceEndpoint,
  InterfaceType,
  InternetGateway,
  InternetHost,
  LoadBalancerListener,
  LoadBalancerTarget,
  MirrorFilter,
  MirrorFilterRule,
  MirrorSession,
  MirrorTarget,
  NatGateway,
  NetworkAcl,
  NetworkAclEntry,
  NetworkInterface,
  NetworkLoadBalancer,
  PeeringConnection,
  PrefixList,
  Resource,
  Route,
  RouteTable,
  RouteTarget,
  SecurityGroup,
  SecurityGroupRule,
  ServiceRange,
  Subnet,
  TargetGroup,
  Topology,
  TrafficType,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayRoute,
  Vpc,
} from './topology/topology.ts'
