import type { FlowLogRecord } from '@flowtap/parser'
import type { FlowDirection, FlowLog, NetworkInterface } from '../topology/topology.ts'
import { isCovered } from './is-covered.ts'

// Checkers for the records of a run, for tests. They know the packets that were captured and the records that came out, and nothing of
// how the one becomes the other: keys are texts, times are looked up in lists.

/** A packet at an ENI, or several alike in the same second, as records are to show them. */
export interface CheckedPacket {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  /** Addresses of the packet itself, as in `pkt-srcaddr` and `pkt-dstaddr`. */
  readonly source: string
  readonly destination: string
  /** 0 for other protocols than TCP and UDP. */
  readonly sourcePort: number
  readonly destinationPort: number
  readonly protocol: number
  /** Of all of them together, IP headers included. */
  readonly bytes: number
  /** 1 unless given. */
  readonly packets?: number
  readonly timeMicroseconds: number
  readonly action: 'ACCEPT' | 'REJECT'
  readonly isBlockedPublicAccess: boolean
  /** What AWS leaves out of flow logs. Source: VPC user guide, "Flow log limitations". */
  readonly isUnlogged: boolean
}

/** The records of a flow log; its format has every field of {@link CHECKED_FIELDS}. */
export interface FlowLogRecords {
  readonly flowLog: FlowLog
  readonly records: readonly FlowLogRecord[]
}

/** What may differ from the packets on purpose. */
export interface FlowRecordExemptions {
  /** Times in which an ENI's packets were lost to its flow logs; the end does not belong to them. */
  readonly skippedData?: readonly SkippedPackets[]
  /** How far the clock by which an ENI's packets are recorded is ahead, in seconds, by the ENI's id. */
  readonly recordClockSeconds?: ReadonlyMap<string, number>
  /** When flow logs were made and deleted, by id; those that are not listed were there all the time. */
  readonly flowLogTimes?: ReadonlyMap<string, FlowLogTimes>
}

/** A time in which an ENI's packets were lost to its flow logs. */
export interface SkippedPackets {
  readonly networkInterfaceId: string
  readonly fromMicroseconds: number
  readonly untilMicroseconds: number
}

/** Microseconds since 1970. It records the aggregation intervals that begin in this time. */
export interface FlowLogTimes {
  readonly createdMicroseconds?: number
  readonly deletedMicroseconds?: number
}

/** Fields that the checkers look at. */
export const CHECKED_FIELDS: readonly string[] = (
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
  'pkt-srcaddr pkt-dstaddr flow-direction reject-reason tcp-flags'
).split(' ')

/** Everything that is wrong, in words; empty where all is well. */
export type FlowRecordChecker = (
  packets: readonly CheckedPacket[],
  logs: readonly FlowLogRecords[],
  exemptions?: FlowRecordExemptions,
) => string[]

/** What a flow's packets in one interval come to. */
interface Sum {
  packets: number
  bytes: number
  firstSecond: number
  lastSecond: number
}

/**
 * Packets and bytes of a flow log's records equal those of the captured packets, per ENI, interval, direction, 5-tuple and action, and no
 * record speaks of other packets. Exempt are bytes where Block Public Access refused, what AWS does not log, and packets that were skipped.
 */
export const checkConservation: FlowRecordChecker = (packets, logs, exemptions = {}) => {
  const interfaces = interfacesById(packets)
  const logged = loggedPackets(packets, exemptions)
  return logs.flatMap(({ flowLog, records }) => {
    const found = new Map<string, string>()
    const problems: string[] = []
    for (const record of records.filter(isFlow)) {
      const networkInterface = interfaces.get(`${record['interface-id']}`)
      if (!networkInterface) {
        problems.push(`${flowLog.id}: a record of the unknown ENI ${record['interface-id']}`)
        continue
      }
      const key = keyOfRecord(record, intervalOfRecord(flowLog, networkInterface, record, exemptions))
      if (found.has(key)) problems.push(`${flowLog.id}: two records of ${key}`)
      found.set(key, `${record.packets} packets, ${record.bytes ?? '-'} bytes`)
    }
    for (const [key, sum] of expectedFlows(flowLog, logged, exemptions)) {
      const words = `${sum.packets} packets, ${key.endsWith('BPA') ? '-' : sum.bytes} bytes`
      const recorded = found.get(key)
      if (recorded !== words) problems.push(`${flowLog.id}: ${key}: ${words} captured, ${recorded ?? 'none'} recorded`)
      found.delete(key)
    }
    return [...problems, ...[...found.keys()].map((key) => `${flowLog.id}: a record of no packet: ${key}`)]
  })
}

/**
 * What an ENI's own flow log records, one of its subnet or VPC that asks for the same traffic and interval records too, and nothing else of
 * that ENI: the wide one has the records of the narrow ones together.
 */
export const checkUnion: FlowRecordChecker = (_packets, logs, exemptions = {}) => {
  const linesOf = new Map(logs.map(({ flowLog, records }) => [flowLog.id, linesByInterface(records)]))
  return logs.flatMap(({ flowLog: narrow }) => {
    const { resource } = narrow
    if (resource.kind !== 'network-interface') return []
    const { id } = resource.networkInterface
    return logs.flatMap(({ flowLog: wide }) => {
      const isWide = wide.resource.kind === 'vpc' || wide.resource.kind === 'subnet'
      if (!isWide || !isCovered(wide, resource.networkInterface) || !asksForTheSame(narrow, wide, exemptions)) return []
      const own = linesOf.get(narrow.id)?.get(id) ?? []
      const others = linesOf.get(wide.id)?.get(id) ?? []
      return own.join('\n') === others.join('\n')
        ? []
        : [`${wide.id} has ${others.length} records of ${id}, ${narrow.id} has ${own.length} or others`]
    })
  })
}

/** No record speaks of a 5-tuple whose packets were all of traffic that AWS leaves out. */
export const checkNothingUnlogged: FlowRecordChecker = (packets, logs) => {
  const keyOf = (one: CheckedPacket): string => keyOfPacket(one, 0, false)
  const logged = new Set(packets.filter((one) => !one.isUnlogged).map(keyOf))
  const unlogged = new Set(packets.filter((one) => one.isUnlogged).map(keyOf))
  return logs.flatMap(({ flowLog, records }) =>
    records
      .filter(isFlow)
      .map((one) => keyOfRecord(one, 0, false))
      .filter((one) => unlogged.has(one) && !logged.has(one))
      .map((one) => `${flowLog.id}: a record of traffic that is not logged: ${one}`),
  )
}

/**
 * Start is not after end, and both lie in one aggregation interval in which the flow log existed; a flow's are the seconds of its first and
 * last packet there. Where an ENI's record clock is off, all of it is off by as much.
 */
export const checkTimes: FlowRecordChecker = (packets, logs, exemptions = {}) => {
  const interfaces = interfacesById(packets)
  const logged = loggedPackets(packets, exemptions)
  return logs.flatMap(({ flowLog, records }) => {
    const expected = expectedFlows(flowLog, logged, exemptions)
    return records.flatMap((record) => {
      const { start = -1, end = -1, 'interface-id': id = '' } = record
      const networkInterface = interfaces.get(id)
      if (!networkInterface) return [`${flowLog.id}: a record of the unknown ENI ${id}`]
      const length = intervalSeconds(flowLog, networkInterface)
      const interval = intervalOfRecord(flowLog, networkInterface, record, exemptions)
      const ahead = clockOf(id, exemptions)
      const isInside = start <= end && Math.floor((end - ahead) / length) === interval
      const sum = expected.get(keyOfRecord(record, interval))
      const isSeen = !isFlow(record) || (sum?.firstSecond === start - ahead && sum.lastSecond === end - ahead)
      if (isInside && isSeen && isActive(flowLog, interval * length, exemptions)) return []
      const words = sum ? `, its packets ${sum.firstSecond} to ${sum.lastSecond}` : ''
      return [`${flowLog.id}: ${start} to ${end} of ${id} at ${length} seconds${words}`]
    })
  })
}

/**
 * An ENI has one NODATA record for each interval without traffic from its first traffic on, and none for others. A flow log that was made
 * later may leave them out until it has traffic itself.
 */
export const checkNodata: FlowRecordChecker = (packets, logs, exemptions = {}) => {
  const busySeconds = loggedPackets(packets, exemptions).flatMap((own) => {
    const [first] = own
    const seconds = new Set(own.map(({ timeMicroseconds }) => Math.floor(timeMicroseconds / 1e6)))
    return first ? [{ networkInterface: first.networkInterface, seconds }] : []
  })
  const latest = packets.reduce((time, one) => Math.max(time, one.timeMicroseconds), 0)
  const interfaces = interfacesById(packets)
  return logs.flatMap(({ flowLog, records }) => {
    const problems: string[] = []
    const skipped = skippedIntervals(flowLog, packets, exemptions)
    const silent = statusCounts(flowLog, records, 'NODATA', interfaces, exemptions)
    const isLater = exemptions.flowLogTimes?.get(flowLog.id)?.createdMicroseconds !== undefined
    for (const { networkInterface, seconds } of busySeconds) {
      if (!isCovered(flowLog, networkInterface)) continue
      const { id } = networkInterface
      const length = intervalSeconds(flowLog, networkInterface)
      const busy = new Set([...seconds].map((second) => Math.floor(second / length)))
      const first = least(busy)
      const required = isLater ? least([...busy].filter((one) => isActive(flowLog, one * length, exemptions))) : first
      const last = Math.max(Math.floor(latest / 1e6 / length) - 1, first)
      for (let interval = first; interval <= last; interval += 1) {
        const key = `${id} ${interval}`
        const count = silent.get(key) ?? 0
        silent.delete(key)
        const isDue =
          !busy.has(interval) && !skipped.has(key) && isActive(flowLog, interval * length, exemptions) ? 1 : 0
        if (count === isDue || (count === 0 && interval < required)) continue
        problems.push(`${flowLog.id}: ${count} NODATA records of ${id} in interval ${interval}`)
      }
      for (const key of silent.keys())
        if (key.startsWith(`${id} `) && Number(key.split(' ')[1]) > last) silent.delete(key)
    }
    for (const key of silent.keys()) problems.push(`${flowLog.id}: NODATA of an ENI before its traffic: ${key}`)
    return problems
  })
}

/**
 * An ENI has one SKIPDATA record for each interval in which packets were lost to its flow logs, and no other; refusals of Block Public
 * Access alone make none (VPC user guide, "Block Public Access").
 */
export const checkSkipdata: FlowRecordChecker = (packets, logs, exemptions = {}) => {
  const interfaces = interfacesById(packets)
  return logs.flatMap(({ flowLog, records }) => {
    const found = statusCounts(flowLog, records, 'SKIPDATA', interfaces, exemptions)
    const problems: string[] = []
    for (const key of skippedIntervals(flowLog, packets, exemptions)) {
      const count = found.get(key) ?? 0
      found.delete(key)
      if (count !== 1) problems.push(`${flowLog.id}: ${count} SKIPDATA records of ${key}`)
    }
    return [...problems, ...[...found.keys()].map((key) => `${flowLog.id}: SKIPDATA, but nothing was lost: ${key}`)]
  })
}

/** All checkers by name. */
export const FLOW_RECORD_CHECKERS: Readonly<Record<string, FlowRecordChecker>> = {
  checkConservation,
  checkUnion,
  checkNothingUnlogged,
  checkTimes,
  checkNodata,
  checkSkipdata,
}

/** What a flow log is to record, by key; `logged` are the packets of each ENI that are to be in records. */
function expectedFlows(
  flowLog: FlowLog,
  logged: readonly CheckedPacket[][],
  exemptions: FlowRecordExemptions,
): ReadonlyMap<string, Sum> {
  const flows = new Map<string, Sum>()
  for (const packets of logged) {
    const [first] = packets
    if (!first || !isCovered(flowLog, first.networkInterface)) continue
    const length = intervalSeconds(flowLog, first.networkInterface)
    for (const packet of packets) {
      const { action, timeMicroseconds, bytes, packets: count = 1 } = packet
      if (flowLog.trafficType !== 'ALL' && flowLog.trafficType !== action) continue
      const second = Math.floor(timeMicroseconds / 1e6)
      const interval = Math.floor(second / length)
      if (!isActive(flowLog, interval * length, exemptions)) continue
      const key = keyOfPacket(packet, interval)
      const sum = flows.get(key)
      if (!sum) flows.set(key, { packets: count, bytes, firstSecond: second, lastSecond: second })
      else {
        sum.packets += count
        sum.bytes += bytes
        sum.firstSecond = Math.min(sum.firstSecond, second)
        sum.lastSecond = Math.max(sum.lastSecond, second)
      }
    }
  }
  return flows
}

/** Intervals of ENIs, as `id number`, in which packets were skipped that would have been logged. */
function skippedIntervals(
  flowLog: FlowLog,
  packets: readonly CheckedPacket[],
  exemptions: FlowRecordExemptions,
): ReadonlySet<string> {
  const intervals = new Set<string>()
  if (!exemptions.skippedData?.length) return intervals
  for (const packet of packets) {
    const { networkInterface, isUnlogged, isBlockedPublicAccess, timeMicroseconds } = packet
    if (isUnlogged || isBlockedPublicAccess || !isCovered(flowLog, networkInterface)) continue
    if (!isSkipped(packet, exemptions)) continue
    const length = intervalSeconds(flowLog, networkInterface)
    const interval = Math.floor(timeMicroseconds / 1e6 / length)
    if (isActive(flowLog, interval * length, exemptions)) intervals.add(`${networkInterface.id} ${interval}`)
  }
  return intervals
}

/** How many records of a status there are, by `id interval`. */
function statusCounts(
  flowLog: FlowLog,
  records: readonly FlowLogRecord[],
  status: FlowLogRecord['log-status'],
  interfaces: ReadonlyMap<string, NetworkInterface>,
  exemptions: FlowRecordExemptions,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const record of records) {
    const id = `${record['interface-id']}`
    const networkInterface = interfaces.get(id)
    if (record['log-status'] !== status || !networkInterface) continue
    const key = `${id} ${intervalOfRecord(flowLog, networkInterface, record, exemptions)}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

function keyOfPacket(packet: CheckedPacket, interval: number, withAction = true): string {
  const { networkInterface, direction, source, destination, sourcePort, destinationPort, protocol } = packet
  const flow =
    `${networkInterface.id} ${interval} ${direction} ${source} ${destination} ` +
    `${sourcePort} ${destinationPort} ${protocol}`
  return withAction ? `${flow} ${packet.action} ${packet.isBlockedPublicAccess ? 'BPA' : '-'}` : flow
}

function keyOfRecord(record: FlowLogRecord, interval: number, withAction = true): string {
  const flow =
    `${record['interface-id']} ${interval} ${record['flow-direction']} ${record['pkt-srcaddr']} ` +
    `${record['pkt-dstaddr']} ${record.srcport} ${record.dstport} ${record.protocol}`
  return withAction ? `${flow} ${record.action} ${record['reject-reason'] ?? '-'}` : flow
}

function interfacesById(packets: readonly CheckedPacket[]): ReadonlyMap<string, NetworkInterface> {
  const interfaces = new Map<string, NetworkInterface>()
  for (const { networkInterface } of packets) interfaces.set(networkInterface.id, networkInterface)
  return interfaces
}

/** The packets of each ENI that are to be in records. */
function loggedPackets(
  packets: readonly CheckedPacket[],
  exemptions: FlowRecordExemptions,
): readonly CheckedPacket[][] {
  const byInterface = new Map<string, CheckedPacket[]>()
  for (const packet of packets) {
    if (packet.isUnlogged || isSkipped(packet, exemptions)) continue
    const { id } = packet.networkInterface
    const own = byInterface.get(id)
    if (own) own.push(packet)
    else byInterface.set(id, [packet])
  }
  return [...byInterface.values()]
}

function linesByInterface(records: readonly FlowLogRecord[]): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>()
  for (const record of records) {
    const id = `${record['interface-id']}`
    const line = CHECKED_FIELDS.map((field) => record[field] ?? '-').join(' ')
    const own = lines.get(id)
    if (own) own.push(line)
    else lines.set(id, [line])
  }
  for (const own of lines.values()) own.sort()
  return lines
}

function asksForTheSame(one: FlowLog, other: FlowLog, { flowLogTimes }: FlowRecordExemptions): boolean {
  const a = flowLogTimes?.get(one.id)
  const b = flowLogTimes?.get(other.id)
  return (
    one.trafficType === other.trafficType &&
    one.maxAggregationIntervalSeconds === other.maxAggregationIntervalSeconds &&
    a?.createdMicroseconds === b?.createdMicroseconds &&
    a?.deletedMicroseconds === b?.deletedMicroseconds
  )
}

function isFlow(record: FlowLogRecord): boolean {
  return record['log-status'] === 'OK'
}

function isSkipped(packet: CheckedPacket, { skippedData = [] }: FlowRecordExemptions): boolean {
  const { networkInterface, timeMicroseconds } = packet
  return skippedData.some(
    (span) =>
      span.networkInterfaceId === networkInterface.id &&
      timeMicroseconds >= span.fromMicroseconds &&
      timeMicroseconds < span.untilMicroseconds,
  )
}

function isActive(flowLog: FlowLog, intervalStartSeconds: number, { flowLogTimes }: FlowRecordExemptions): boolean {
  const times = flowLogTimes?.get(flowLog.id)
  const start = intervalStartSeconds * 1e6
  return start >= (times?.createdMicroseconds ?? 0) && start < (times?.deletedMicroseconds ?? Number.POSITIVE_INFINITY)
}

/** VPC user guide, "Flow logs basics": at most a minute for ENIs of Nitro instances. */
function intervalSeconds(flowLog: FlowLog, { attachment }: NetworkInterface): number {
  return attachment.kind === 'instance' && attachment.instance.isNitro ? 60 : flowLog.maxAggregationIntervalSeconds
}

function intervalOfRecord(
  flowLog: FlowLog,
  networkInterface: NetworkInterface,
  { start }: FlowLogRecord,
  exemptions: FlowRecordExemptions,
): number {
  const ahead = clockOf(networkInterface.id, exemptions)
  return Math.floor((Number(start) - ahead) / intervalSeconds(flowLog, networkInterface))
}

function clockOf(networkInterfaceId: string, { recordClockSeconds }: FlowRecordExemptions): number {
  return recordClockSeconds?.get(networkInterfaceId) ?? 0
}

function least(numbers: Iterable<number>): number {
  let result = Number.POSITIVE_INFINITY
  for (const one of numbers) if (one < result) result = one
  return result
}
