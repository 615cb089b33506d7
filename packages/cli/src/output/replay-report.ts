import { isCovered, type ReplaySummary, type Topology, type VerdictReason } from '@flowtap/core'
import { formatCount } from './format-quantity.ts'

/** What `flowtap flows --json` prints. */
export interface ReplayOutcome {
  readonly start: string
  readonly end: string
  readonly captures: readonly Readonly<{ name: string; packets: number }>[]
  readonly packets: number
  readonly interfaces: readonly Readonly<{
    id: string
    name: string
    egress: number
    ingress: number
    rejected: number
  }>[]
  readonly mirroredPackets: number
  readonly offloadedPackets: number
  readonly unknownAddressPackets: number
  readonly linkPackets: number
  readonly unrecordedPackets: Readonly<Record<string, number>>
  readonly nonIpFrames: Readonly<Record<string, number>>
  readonly faultyPackets: number
  readonly latePackets: number
  readonly logFiles: number
  /** Of the log files. */
  readonly records: number
  readonly logEvents: number
  readonly out: string
}

/** What was written where. */
export type Written = Pick<ReplayOutcome, 'logFiles' | 'records' | 'logEvents' | 'out'>

export function replayOutcome(summary: ReplaySummary, written: Written): ReplayOutcome {
  const { packets, captures, mirroredPackets, offloadedPackets, unknownAddressPackets, linkPackets } = summary
  const { faultyPackets, latePackets } = summary
  return {
    start: timeText(summary.startMicroseconds),
    end: timeText(summary.endMicroseconds),
    captures,
    packets,
    interfaces: summary.interfaces.map(({ networkInterface: { id, name }, egress, ingress, rejected }) => ({
      id,
      name,
      egress,
      ingress,
      rejected,
    })),
    mirroredPackets,
    offloadedPackets,
    unknownAddressPackets,
    linkPackets,
    unrecordedPackets: Object.fromEntries(summary.unrecordedPackets),
    nonIpFrames: Object.fromEntries(summary.nonIpFrames),
    faultyPackets,
    latePackets,
    ...written,
  }
}

/** The outcome on a terminal. */
export function describeOutcome(outcome: ReplayOutcome): string {
  const { start, end, captures, packets, interfaces, mirroredPackets, offloadedPackets } = outcome
  const { records, logFiles, logEvents, out } = outcome
  const width = Math.max(...interfaces.map(({ name }) => name.length))
  return `${[
    `${formatCount(captures.length, 'capture')}, ${start} to ${end}`,
    ...interfaces.map(
      ({ id, name, egress, ingress, rejected }) =>
        `  ${name.padEnd(width)}  ${id}  ${egress.toLocaleString('en-US')} out, ${ingress.toLocaleString('en-US')} in` +
        `${rejected > 0 ? `, ${rejected.toLocaleString('en-US')} of them refused` : ''}`,
    ),
    [
      formatCount(packets, 'packet'),
      ...(mirroredPackets > 0 ? [`${mirroredPackets.toLocaleString('en-US')} of them mirrored`] : []),
      ...(offloadedPackets > 0 ? [`${offloadedPackets.toLocaleString('en-US')} of them counted as segments`] : []),
      ...(logFiles > 0 || logEvents === 0
        ? [formatCount(records, 'record'), `${formatCount(logFiles, 'log file')} in ${out}`]
        : []),
      ...(logEvents > 0 ? [`${formatCount(logEvents, 'log event')} in ${out}/cloudwatch-logs`] : []),
    ].join(' · '),
  ].join('\n')}\n`
}

/** A line for each kind of packet that is in no record, and why. */
export function describeLosses(summary: ReplaySummary, topology: Topology): readonly string[] {
  const { captures, unknownAddressPackets, firstUnknownAddress, linkPackets, nonIpFrames, latePackets } = summary
  const lines = captures.filter(({ packets }) => packets === 0).map(({ name }) => `${name} holds no packets`)
  if (firstUnknownAddress) {
    const { capture, packetNumber, source, destination } = firstUnknownAddress
    lines.push(
      `${formatCount(unknownAddressPackets, 'packet')} between addresses that no network interface of the design has; ` +
        `the first: ${capture}: packet ${packetNumber}, ${source} to ${destination}`,
    )
  }
  for (const [reason, count] of summary.unrecordedPackets) {
    lines.push(`${formatCount(count, 'packet')} without a record: ${REASONS[reason] ?? reason}`)
  }
  if (linkPackets > 0) lines.push(`${formatCount(linkPackets, 'packet')} of the link itself, which no flow log has`)
  if (nonIpFrames.size > 0) {
    const kinds = [...nonIpFrames].map(([kind, count]) => `${count.toLocaleString('en-US')} ${kind}`)
    lines.push(`${formatCount(total(nonIpFrames.values()), 'frame')} without IP: ${kinds.join(', ')}`)
  }
  if (latePackets > 0) {
    lines.push(
      `${formatCount(latePackets, 'packet')} out of order by more than a second, counted in a later interval; reordercap sorts a capture`,
    )
  }
  for (const { networkInterface } of summary.interfaces) {
    if (topology.flowLogs.some((flowLog) => isCovered(flowLog, networkInterface))) continue
    lines.push(`no flow log of the design covers ${networkInterface.name} (${networkInterface.id})`)
  }
  return lines
}

const REASONS: Partial<Readonly<Record<VerdictReason['kind'], string>>> = {
  'source-destination-check':
    "the interface's source/destination check drops what is not from or for its own addresses",
  'instance-not-running': 'the instance does not run in the design',
  'mirrored-traffic': 'the copies that a mirror session sends are not recorded at its source',
}

function total(counts: Iterable<number>): number {
  let sum = 0
  for (const count of counts) sum += count
  return sum
}

function timeText(microseconds: number | undefined): string {
  return new Date((microseconds ?? 0) / 1_000).toISOString()
}
