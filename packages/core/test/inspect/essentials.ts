import { BuiltinInspector, type BuiltinInspectorOptions } from '../../src/inspect/builtin/builtin-inspector.ts'
import type { EveEvent } from '../../src/inspect/eve-event.ts'
import { compileSignatures, type DetectionEngine } from '../../src/inspect/rules/detection-engine.ts'
import { parseRules } from '../../src/inspect/rules/parse-rules.ts'
import type { SuricataEvent } from '../../src/inspect/testing/real-suricata.ts'
import { CaptureReader } from '../../src/packet/pcap/capture-reader.ts'

/** Rules that are ready to be matched; those with errors are refused. */
export function compileRules(text: string): DetectionEngine {
  const { signatures, errors } = parseRules(text, { file: 'test.rules' })
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join('\n'))
  return compileSignatures(signatures)
}

/** The builtin inspector's events of a capture, without stats. Rules with errors are refused. */
export function builtinEvents(
  capture: Uint8Array,
  options: Omit<BuiltinInspectorOptions, 'onEvent' | 'rules'> & { readonly rules?: DetectionEngine | string } = {},
): readonly EveEvent[] {
  const events: EveEvent[] = []
  const { rules, ...others } = options
  const inspector = new BuiltinInspector({
    fileHashes: ['md5', 'sha256'],
    ...others,
    rules: typeof rules === 'string' ? compileRules(rules) : rules,
    onEvent: (event) => {
      if (event.event_type !== 'stats') events.push(event)
    },
  })
  const reader = new CaptureReader({
    onPacket: (packet) => inspector.push(packet),
    onIssue: ({ message }) => {
      throw new Error(message)
    },
  })
  reader.push(capture)
  reader.end()
  inspector.end()
  return events
}

const HEADER = ['event_type', 'src_ip', 'src_port', 'dest_ip', 'dest_port', 'proto', 'vlan', 'icmp_type', 'icmp_code']

/** What is compared of each type of event. Anomalies are compared by decode and stream events, without what docs/inspection.md names. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  flow: ['app_proto', 'flow', 'tcp', 'response_icmp_type', 'response_icmp_code'],
  dns: ['dns', 'pcap_cnt'],
  http: ['http', 'tx_id'],
  tls: ['tls'],
  ssh: ['ssh', 'tx_id'],
  fileinfo: ['fileinfo', 'http', 'app_proto'],
  alert: ['alert'],
  anomaly: ['anomaly'],
}

/** Events of streams that the real one raises only where a rule asks for them. */
const OURS_ALONE: ReadonlySet<string> = new Set(['stream.reassembly_overlap_different_data'])

/** The essentials of events as text, sorted, so that two inspectors' can be compared. */
export function essentials(events: readonly (EveEvent | SuricataEvent)[]): readonly string[] {
  return events.flatMap((event) => one(event as Readonly<Record<string, unknown>>)).sort()
}

function one(event: Readonly<Record<string, unknown>>): string[] {
  const type = String(event.event_type)
  const picked: Record<string, unknown> = {}
  for (const field of [...HEADER, ...(FIELDS[type] ?? [])]) if (event[field] !== undefined) picked[field] = event[field]
  if (type === 'anomaly') {
    const { event: name, type: kind } = event.anomaly as { event: string; type: string }
    if (kind === 'applayer' || OURS_ALONE.has(name)) return []
  }
  if (type === 'flow') {
    const { reason: _reason, ...flow } = event.flow as Record<string, unknown>
    picked.flow = flow
    const { ts_max_regions: _ts, tc_max_regions: _tc, ...tcp } = (event.tcp ?? {}) as Record<string, unknown>
    picked.tcp = tcp
  }
  if (type === 'fileinfo') {
    const { md5, sha256, ...facts } = event.fileinfo as Record<string, unknown>
    // The digests of files of which parts are missing mean nothing.
    picked.fileinfo = facts.state === 'CLOSED' ? { ...facts, md5, sha256 } : facts
  }
  return [canonical(picked)]
}

/** JSON with keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
