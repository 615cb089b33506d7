import type { FlowLogRecord } from '@flowtap/parser'
import type { FlowDirection, FlowLog, NetworkInterface } from '../topology/topology.ts'

// Checkers for the records of a simulation, for tests. They know the packets that were captured and the records that came out, and
// nothing of how the one becomes the other: keys are texts, times are looked up in lists.

/** A packet at an ENI, as the test made it. */
export interface CapturedPacket {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly source: string
  readonly destination: string
  readonly sourcePort: number
  readonly destinationPort: number
  readonly protocol: number
  readonly bytes: number
  readonly timeMicroseconds: number
  readonly action: 'ACCEPT' | 'REJECT'
  readonly isBlockedPublicAccess: boolean
  /** What AWS leaves out of flow logs, as the test made it. */
  readonly isUnlogged: boolean
}

/** The records of a flow log; its format has every field that the checkers look at. */
export interface FlowLogRecords {
  readonly flowLog: FlowLog
  readonly records: readonly FlowLogRecord[]
}

/** Fields that the checkers need. */
export const CHECKED_FIELDS: readonly string[] = (
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
  'pkt-srcaddr pkt-dstaddr flow-direction reject-reason tcp-flags'
).split(' ')

/** Everything that is wrong, in words; empty where all is well. */
export type Checker = (packets: readonly CapturedPacket[], logs: readonly FlowLogRecords[]) => string[]

/**
 * Packets and bytes of a flow log's records equal those of the captured packets, per ENI, interval, direction, 5-tuple and action; bytes
 * are exempt where Block Public Access refused.
 */
export const checkConservation: Checker = (packets, logs) =>
  logs.flatMap(({ flowLog, records }) => {
    const expected = new Map<string, { packets: number; bytes: number }>()
    for (const packet of packets) {
      const { networkInterface } = packet
      if (packet.isUnlogged || !isCovered(flowLog, networkInterface)) continue
      if (flowLog.trafficType !== 'ALL' && flowLog.trafficType !== packet.action) continue
      const second = Math.floor(packet.timeMicroseconds / 1e6)
      const interval = Math.floor(second / intervalSeconds(flowLog, networkInterface))
      const reason = packet.isBlockedPublicAccess ? 'BPA' : undefined
      const key = [
        ...[networkInterface.id, interval, packet.direction, packet.source, packet.destination],
        ...[packet.sourcePort, packet.destinationPort, packet.protocol, packet.action, reason],
      ].join(' ')
      const sum = expected.get(key) ?? { packets: 0, bytes: 0 }
      expected.set(key, { packets: sum.packets + 1, bytes: sum.bytes + packet.bytes })
    }
    const found = new Map<string, string>()
    for (const record of records.filter(isFlow)) {
      const networkInterface = packets.find((one) => one.networkInterface.id === record['interface-id'])
      if (!networkInterface) return [`${flowLog.id}: a record of the unknown ENI ${record['interface-id']}`]
      const interval = Math.floor(Number(record.start) / intervalSeconds(flowLog, networkInterface.networkInterface))
      const key = [
        ...[record['interface-id'], interval, record['flow-direction'], record['pkt-srcaddr'], record['pkt-dstaddr']],
        ...[record.srcport, record.dstport, record.protocol, record.action, record['reject-reason']],
      ].join(' ')
      if (found.has(key)) return [`${flowLog.id}: two records of ${key}`]
      found.set(key, `${record.packets} packets, ${record.bytes ?? '-'} bytes`)
    }
    const faults: string[] = []
    for (const [key, sum] of expected) {
      const words = `${sum.packets} packets, ${key.endsWith('BPA') ? '-' : sum.bytes} bytes`
      if (found.get(key) !== words) faults.push(`${flowLog.id}: ${key}: ${words} captured, ${found.get(key)} recorded`)
      found.delete(key)
    }
    return [...faults, ...[...found.keys()].map((key) => `${flowLog.id}: a record of no packet: ${key}`)]
  })

/** Where a VPC's flow log and flow logs of all its ENIs ask for the same, the first has the records of all the others together. */
export const checkUnion: Checker = (packets, logs) =>
  logs.flatMap(({ flowLog, records }) => {
    const { resource, trafficType, maxAggregationIntervalSeconds } = flowLog
    if (resource.kind !== 'vpc') return []
    const ids = packets.map((one) => one.networkInterface).filter((one) => one.vpc.id === resource.vpc.id)
    const ofInterfaces = [...new Set(ids.map(({ id }) => id))].map((id) =>
      logs.find(
        ({ flowLog: other }) =>
          other.resource.kind === 'network-interface' &&
          other.resource.networkInterface.id === id &&
          other.trafficType === trafficType &&
          other.maxAggregationIntervalSeconds === maxAggregationIntervalSeconds,
      ),
    )
    if (ofInterfaces.includes(undefined)) return []
    const together = ofInterfaces.flatMap((log) => log?.records.map(line) ?? []).sort()
    const own = records.map(line).sort()
    return together.join('\n') === own.join('\n')
      ? []
      : [`${flowLog.id} has ${own.length} records, those of its ENIs are ${together.length} or others`]
  })

/** No record speaks of a 5-tuple whose packets were all of traffic that AWS leaves out. */
export const checkNothingUnlogged: Checker = (packets, logs) => {
  const key = (...parts: readonly unknown[]): string => parts.join(' ')
  const keyOf = (one: CapturedPacket): string =>
    key(
      one.networkInterface.id,
      one.direction,
      one.source,
      one.destination,
      one.sourcePort,
      one.destinationPort,
      one.protocol,
    )
  const logged = new Set(packets.filter((one) => !one.isUnlogged).map(keyOf))
  const unlogged = new Set(packets.filter((one) => one.isUnlogged).map(keyOf))
  return logs.flatMap(({ flowLog, records }) =>
    records
      .filter(isFlow)
      .map((one) =>
        key(
          one['interface-id'],
          one['flow-direction'],
          one['pkt-srcaddr'],
          one['pkt-dstaddr'],
          one.srcport,
          one.dstport,
          one.protocol,
        ),
      )
      .filter((one) => unlogged.has(one) && !logged.has(one))
      .map((one) => `${flowLog.id}: a record of traffic that is not logged: ${one}`),
  )
}

/** Start is not after end, and both lie in one aggregation interval; a flow's are the times of captured packets. */
export const checkTimes: Checker = (packets, logs) => {
  const seconds = new Set(packets.map((one) => `${one.networkInterface.id} ${Math.floor(one.timeMicroseconds / 1e6)}`))
  return logs.flatMap(({ flowLog, records }) =>
    records.flatMap((record) => {
      const { start = -1, end = -1, 'interface-id': id } = record
      const packet = packets.find((one) => one.networkInterface.id === id)
      if (!packet) return [`${flowLog.id}: a record of the unknown ENI ${id}`]
      const interval = intervalSeconds(flowLog, packet.networkInterface)
      const isInside = start <= end && Math.floor(start / interval) === Math.floor(end / interval)
      const isSeen = !isFlow(record) || (seconds.has(`${id} ${start}`) && seconds.has(`${id} ${end}`))
      return isInside && isSeen ? [] : [`${flowLog.id}: ${start} to ${end} of ${id} at ${interval} seconds`]
    }),
  )
}

/** A silent ENI has one NODATA record per interval from its first traffic on, another none. */
export const checkNodata: Checker = (packets, logs) => {
  const logged = packets.filter((one) => !one.isUnlogged)
  return logs.flatMap(({ flowLog, records }) => {
    const faults: string[] = []
    for (const { networkInterface } of new Map(logged.map((one) => [one.networkInterface.id, one])).values()) {
      if (!isCovered(flowLog, networkInterface)) continue
      const length = intervalSeconds(flowLog, networkInterface)
      const intervalOf = (microseconds: number): number => Math.floor(microseconds / 1e6 / length)
      const busy = new Set(
        logged
          .filter((one) => one.networkInterface === networkInterface)
          .map((one) => intervalOf(one.timeMicroseconds)),
      )
      const silent = records
        .filter((one) => one['interface-id'] === networkInterface.id && one['log-status'] === 'NODATA')
        .map((one) => Math.floor(Number(one.start) / length))
      const first = Math.min(...busy)
      const last = Math.max(
        intervalOf(packets.reduce((latest, one) => Math.max(latest, one.timeMicroseconds), 0)) - 1,
        first,
      )
      for (let interval = first; interval <= last; interval += 1) {
        const count = silent.filter((one) => one === interval).length
        if (count !== (busy.has(interval) ? 0 : 1)) {
          faults.push(`${flowLog.id}: ${count} NODATA records of ${networkInterface.id} in interval ${interval}`)
        }
      }
      if (silent.some((one) => one < first))
        faults.push(`${flowLog.id}: NODATA of ${networkInterface.id} before its traffic`)
    }
    return faults
  })
}

function isFlow(record: FlowLogRecord): boolean {
  return record['log-status'] === 'OK'
}

function line(record: FlowLogRecord): string {
  return CHECKED_FIELDS.map((field) => record[field] ?? '-').join(' ')
}

function isCovered({ resource }: FlowLog, { id, subnet, vpc }: NetworkInterface): boolean {
  return [vpc.id, subnet.id, id].includes(
    resource.kind === 'vpc'
      ? resource.vpc.id
      : resource.kind === 'subnet'
        ? resource.subnet.id
        : resource.kind === 'network-interface'
          ? resource.networkInterface.id
          : '',
  )
}

function intervalSeconds(flowLog: FlowLog, { attachment }: NetworkInterface): number {
  return attachment.kind === 'instance' && attachment.instance.isNitro ? 60 : flowLog.maxAggregationIntervalSeconds
}
