// Inspect packets

export { BuiltinInspector } from './builtin/builtin-inspector.ts'
export { FLOW_TIMEOUTS } from './builtin/flow/flow-timeouts.ts'
export { INSPECTION_LIMITS } from './builtin/inspection-limits.ts'

// Rules

export { compileSignatures, DetectionEngine } from './rules/detection-engine.ts'
export { TransactionMemory } from './rules/match-context.ts'
export { parseRules } from './rules/parse-rules.ts'
export { DEFAULT_VARIABLES } from './rules/variables.ts'

// Addresses of rules and events

export { CidrBlock } from '../net/cidr-block.ts'
export { IpAddress } from '../net/ip-address.ts'

// Packets from the network

export { VxlanReceiver } from './live/vxlan-receiver.ts'

// The installed Suricata

export { checkSuricataRules } from './suricata/check-rules.ts'
export { SURICATA_IMAGE } from './suricata/container-command.ts'
export { findSuricata, LEAST_SURICATA_VERSION } from './suricata/find-suricata.ts'
export { suricataLiveArguments } from './suricata/live-arguments.ts'
export { SuricataBatch } from './suricata/suricata-batch.ts'
export { SuricataError } from './suricata/suricata-error.ts'
export { SuricataFolder } from './suricata/suricata-folder.ts'
export { SuricataInspector } from './suricata/suricata-inspector.ts'
export { SuricataStream } from './suricata/suricata-stream.ts'

// Captures, and what becomes of events

export { mergeCaptures } from '../replay/merge-captures.ts'
export { BulkShipper } from '../ship/bulk-shipper.ts'
export { DeadLetterFile } from '../ship/dead-letters.ts'
export { DocumentFile } from '../ship/document-file.ts'
export { eveDocument } from '../ship/eve-document.ts'
export { DEFAULT_DATA_STREAM, indexTemplate } from '../ship/index-template.ts'
export { putIndexTemplate } from '../ship/put-index-template.ts'
export { ShipError } from '../ship/ship-error.ts'
export { ZeekLogs } from './zeek/zeek-logs.ts'

// Types

export type { MergedPackets } from '../replay/merge-captures.ts'
export type { BulkShipperOptions, ShipClock, ShipSummary } from '../ship/bulk-shipper.ts'
export type { DeadLetter, DeadLetterSink } from '../ship/dead-letters.ts'
export type { EcsEvent } from '../ship/ecs-event.ts'
export type { EveDocument, EveDocumentOptions } from '../ship/eve-document.ts'
export type { IndexTemplate } from '../ship/index-template.ts'
export type { RetryTimes } from '../ship/retry-delay.ts'
export type { FileHash } from './builtin/application/extracted-file.ts'
export type { BuiltinInspectorOptions } from './builtin/builtin-inspector.ts'
export type { StateTimeouts } from './builtin/flow/flow-timeouts.ts'
export type {
  EveAlert,
  EveAlertEvent,
  EveAnomaly,
  EveAnomalyEvent,
  EveApplication,
  EveCounters,
  EveDnsAnswer,
  EveDnsEvent,
  EveDnsQuery,
  EveDnsRecord,
  EveEvent,
  EveFile,
  EveFileinfoEvent,
  EveFlowCounts,
  EveFlowEvent,
  EveHeader,
  EveHttp,
  EveHttpEvent,
  EvePacketSource,
  EveSsh,
  EveSshEvent,
  EveStatsEvent,
  EveTcp,
  EveTls,
  EveTlsEvent,
  EveTunnel,
} from './eve-event.ts'
export type { AwaitedEveEventHandler, EveEventHandler, InspectedFrame, Inspector } from './inspector.ts'
export type {
  DatagramSender,
  DatagramSocket,
  VxlanReceiverCounts,
  VxlanReceiverOptions,
} from './live/vxlan-receiver.ts'
export type { ParsedRules, ParseRulesOptions } from './rules/parse-rules.ts'
export type { RuleError, Signature } from './rules/signature.ts'
export type { RuleVariables } from './rules/variables.ts'
export type { SuricataRuleReport } from './suricata/check-rules.ts'
export type { SuricataContainer } from './suricata/container-command.ts'
export type { SuricataInstallation } from './suricata/find-suricata.ts'
export type { SuricataLiveOptions } from './suricata/live-arguments.ts'
export type { BatchCaptureOptions, SuricataBatchOptions } from './suricata/suricata-batch.ts'
export type { SuricataConfigurationOptions } from './suricata/suricata-configuration.ts'
export type { SuricataErrorCode, SuricataRuleError } from './suricata/suricata-error.ts'
export type { SuricataFolderOptions, SuricataRules } from './suricata/suricata-folder.ts'
export type { SuricataInspectorOptions } from './suricata/suricata-inspector.ts'
export type { SpawnSuricata, SuricataProcessOptions } from './suricata/suricata-process.ts'
export type { ZeekLogName } from './zeek/zeek-log-fields.ts'
export type { ZeekLogsOptions } from './zeek/zeek-logs.ts'
export type { ZeekOptions } from './zeek/zeek-records.ts'
