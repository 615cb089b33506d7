// Simulate

export { MirrorTaps, mirrorCaptureName } from './mirror-taps.ts'
export { simulate } from './simulation.ts'
export { PcapTaps } from './taps.ts'

// Flow logs without packets, for volume

export { everydayTraffic } from './flow-level/everyday-traffic.ts'
export { generateFlowLogs } from './flow-level/generate-flow-logs.ts'
export { referenceTraffic } from './flow-level/reference-traffic.ts'
export { conversationsScenario, listedTraffic } from './flow-level/traffic.ts'

// Write scenarios

export { hours, milliseconds, minutes, seconds } from './duration.ts'
export { Content } from './host/content.ts'
export { httpServer } from './host/http-service.ts'
export { NetworkError } from './host/process.ts'
export { Random } from './random.ts'
export { DEFAULT_START_MICROSECONDS, defineScenario } from './scenario.ts'

// Run a shell on an instance

export { openShell } from './shell/open-shell.ts'

// Traffic of known kinds

export { cataloguedScenario, SCENARIO_NAMES } from './scenarios/scenario-catalogue.ts'
export { backups } from './workloads/backups.ts'
export { beaconing } from './workloads/beaconing.ts'
export { rdpBruteForce, sshBruteForce } from './workloads/brute-force.ts'
export { cryptoMining } from './workloads/crypto-mining.ts'
export { curl } from './workloads/curl.ts'
export { dataExfiltration } from './workloads/data-exfiltration.ts'
export { databaseQueries } from './workloads/database-queries.ts'
export { denialOfService } from './workloads/denial-of-service.ts'
export { dgaLookups } from './workloads/dga-lookups.ts'
export { diurnal } from './workloads/diurnal.ts'
export { dnsLookups } from './workloads/dns-lookups.ts'
export { dnsTunnelling } from './workloads/dns-tunnelling.ts'
export { internetNoise } from './workloads/internet-noise.ts'
export { ntpPolls } from './workloads/ntp-polls.ts'
export { objectStorage } from './workloads/object-storage.ts'
export { ping } from './workloads/ping.ts'
export { portScan } from './workloads/port-scan.ts'
export { portSweep } from './workloads/port-sweep.ts'
export { rdpSessions, sshSessions } from './workloads/remote-sessions.ts'
export { serviceCalls } from './workloads/service-calls.ts'
export { spamBot } from './workloads/spam-bot.ts'
export { torClient } from './workloads/tor-client.ts'
export { traceroute } from './workloads/traceroute.ts'
export { webSessions } from './workloads/web-sessions.ts'

// Types

export type { AsyncParticipant } from './async-participant.ts'
export type {
  ClockSkew,
  DeliveryDisturbance,
  Faults,
  PacketLoss,
  RecordClockSkew,
  SkippedData,
} from './faults.ts'
export type {
  Conversation,
  ConversationExchange,
  ConversationPair,
  ConversationShape,
  ConversationSlot,
  ConversationSource,
} from './flow-level/conversation.ts'
export type { EverydayTrafficOptions } from './flow-level/everyday-traffic.ts'
export type { FlowLogGenerationOptions, FlowLogGenerationSummary } from './flow-level/generate-flow-logs.ts'
export type { ListedTraffic, Traffic, TrafficContext } from './flow-level/traffic.ts'
export type {
  Connection,
  ExchangeOptions,
  Listener,
  ReceiveOptions,
  TcpApplication,
  TlsOptions,
} from './host/connection.ts'
export type { ContentLike } from './host/content.ts'
export type { DnsAnswer, DnsQuestionType, DnsRecord } from './host/dns-answer.ts'
export type {
  Answered,
  ConnectOptions,
  Destination,
  ExchangeUdpOptions,
  Host,
  ListenOptions,
  ListenUdpOptions,
  LookupOptions,
  OperatingSystem,
  PingOptions,
  ProbeOptions,
  ProbeOutcome,
  RawPacket,
  ResolveOptions,
  SpawnOptions,
  UdpOptions,
} from './host/host.ts'
export type { HttpRequest, HttpResponse } from './host/http-service.ts'
export type { NetworkErrorCode, Process, ProcessBody, ProcessHandle } from './host/process.ts'
export type { Datagram, UdpApplication, UdpSocket } from './host/udp.ts'
export type { ActivityLabel, ActivityRecord, LabelledFlow } from './labels.ts'
export type { AddedBrokerPlatform, AddedMirrorBroker, MirrorBrokerTally } from './mirror-brokers.ts'
export type { OpenMirrorCapture } from './mirror-taps.ts'
export type { AddedDnsRecord, AddedInternetHost, Scenario, ScenarioContext } from './scenario.ts'
export type { ScenarioTimes } from './scenarios/scenario-catalogue.ts'
export type { ShellOutput } from './shell/kernel/terminal.ts'
export type { OpenShellOptions } from './shell/open-shell.ts'
export type { RunOptions, Shell, ShellOptions, ShellResult } from './shell/shell.ts'
export type {
  Artefact,
  Simulation,
  SimulationHandlers,
  SimulationOptions,
  SimulationSummary,
  TopologyObserver,
} from './simulation.ts'
export type { CapturedOriginal, CapturedPacket, MirroredPacket } from './simulation-observer.ts'
export type { OpenCapture } from './taps.ts'
export type { BackupsOptions } from './workloads/backups.ts'
export type { BeaconingOptions } from './workloads/beaconing.ts'
export type { BruteForceOptions } from './workloads/brute-force.ts'
export type { CryptoMiningOptions } from './workloads/crypto-mining.ts'
export type { CurlOptions } from './workloads/curl.ts'
export type { DataExfiltrationOptions } from './workloads/data-exfiltration.ts'
export type { DatabaseQueriesOptions } from './workloads/database-queries.ts'
export type { DenialOfServiceOptions, FloodKind } from './workloads/denial-of-service.ts'
export type { DgaLookupsOptions } from './workloads/dga-lookups.ts'
export type { DiurnalOptions } from './workloads/diurnal.ts'
export type { DnsLookupsOptions } from './workloads/dns-lookups.ts'
export type { DnsTunnellingOptions } from './workloads/dns-tunnelling.ts'
export type { InternetNoiseOptions } from './workloads/internet-noise.ts'
export type { NtpPollsOptions } from './workloads/ntp-polls.ts'
export type { ObjectStorageOptions } from './workloads/object-storage.ts'
export type { PingOptions as PingWorkloadOptions } from './workloads/ping.ts'
export type { PortScanOptions } from './workloads/port-scan.ts'
export type { PortSweepOptions } from './workloads/port-sweep.ts'
export type { RemoteSessionOptions } from './workloads/remote-sessions.ts'
export type { RoundOptions } from './workloads/rounds.ts'
export type { ServiceCallsOptions } from './workloads/service-calls.ts'
export type { SpamBotOptions } from './workloads/spam-bot.ts'
export type { TorClientOptions } from './workloads/tor-client.ts'
export type { TracerouteOptions } from './workloads/traceroute.ts'
export type { WebSessionsOptions } from './workloads/web-sessions.ts'
