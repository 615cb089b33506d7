import { gunzipSync } from 'node:zlib'
import { type FlowLogRecord, formatRecord, parseFlowLogs, parseObjectKey } from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ACCEPT,
  type FlowLogSpec,
  flowTopology,
  INTERNET,
  interfaceOf,
  packetOf,
  REJECT,
} from '../flow/flow-fixture.ts'
import type { Topology } from '../topology/topology.ts'
import {
  LOG_EVENT_JITTER_MICROSECONDS,
  LOG_EVENT_LAG_MICROSECONDS,
  S3_DELIVERY_JITTER_MICROSECONDS,
  S3_DELIVERY_LAG_MICROSECONDS,
} from './delivery-assumptions.ts'
import type { DeliveryFaults } from './delivery-fault.ts'
import { FlowLogPipeline, type FlowLogPipelineOptions } from './flow-log-pipeline.ts'
import { InMemoryLogEventSink, InMemoryLogObjectSink } from './in-memory-sinks.ts'
import type { LogObject } from './log-sinks.ts'

const SECOND = 1_000_000
const START = 1_700_000_400
/** 2023-11-14T22:20:00Z. */
const STAMP = '20231114T2220Z'

const INTERFACES = [
  { id: 'eni-0a', addresses: ['10.0.0.10'] },
  { id: 'eni-0b', addresses: ['10.0.0.11'], isNitro: false },
]

function topologyOf(...flowLogs: FlowLogSpec[]): Topology {
  return flowTopology({ interfaces: INTERFACES, flowLogs })
}

interface Run {
  readonly pipeline: FlowLogPipeline
  readonly objects: InMemoryLogObjectSink
  readonly events: InMemoryLogEventSink
  readonly records: Map<string, FlowLogRecord[]>
}

function start(topology: Topology, options: FlowLogPipelineOptions = {}): Run {
  const objects = new InMemoryLogObjectSink()
  const events = new InMemoryLogEventSink()
  const records = new Map<string, FlowLogRecord[]>()
  const pipeline = new FlowLogPipeline(topology, {
    startMicroseconds: START * SECOND,
    objectSink: objects,
    eventSink: events,
    onRecord: (record, { id }) => records.set(id, [...(records.get(id) ?? []), record]),
    ...options,
  })
  return { pipeline, objects, events, records }
}

/** Captures a packet of a flow of its own. */
function flow(
  { pipeline }: Run,
  topology: Topology,
  id: string,
  port: number,
  atSeconds: number,
  verdict = ACCEPT,
): void {
  const own = interfaceOf(topology, id)
  const packet = packetOf(`198.51.100.7:${port}`, `${own.addresses[0]?.address}:443`, 6, { payloadLength: port % 1400 })
  pipeline.capture(own, 'ingress', packet, (START + atSeconds) * SECOND, verdict, INTERNET)
}

async function recordsIn(object: LogObject): Promise<FlowLogRecord[]> {
  const found: FlowLogRecord[] = []
  for await (const record of parseFlowLogs(object.body, { strict: true })) found.push(record)
  return found
}

function lines(records: readonly FlowLogRecord[], fields: readonly string[]): string[] {
  return records.map((record) => formatRecord(record, { fields })).sort()
}

describe('log files in S3', () => {
  it.each([
    [{}, 'AWSLogs/123456789010/vpcflowlogs/us-west-2/2023/11/14/123456789010_vpcflowlogs_us-west-2_fl-01'],
    [
      { prefix: 'team/a', perHourPartition: true },
      'team/a/AWSLogs/123456789010/vpcflowlogs/us-west-2/2023/11/14/22/123456789010_vpcflowlogs_us-west-2_fl-01',
    ],
    [
      { hiveCompatiblePartitions: true },
      'AWSLogs/aws-account-id=123456789010/aws-service=vpcflowlogs/aws-region=us-west-2/year=2023/month=11/day=14/' +
        '123456789010_vpcflowlogs_us-west-2_fl-01',
    ],
  ])('have AWS’s keys: %o', async (destination, stem) => {
    const topology = topologyOf({ on: 'vpc-0a1', destination })
    const run = start(topology)
    flow(run, topology, 'eni-0a', 1000, 10)
    await run.pipeline.end((START + 60) * SECOND)
    const [object] = run.objects.objects
    expect(object?.key).toMatch(new RegExp(`^${stem}_${STAMP}_[0-9a-f]{8}\\.log\\.gz$`))
    expect(object).toMatchObject({ bucket: 'flow-logs', flowLogId: 'fl-01', recordCount: 1 })
    const text = gunzipSync(object?.body ?? '').toString()
    expect(text).toBe(
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n' +
        `2 123456789010 eni-0a 198.51.100.7 10.0.0.10 1000 443 6 1 1040 ${START + 10} ${START + 10} ACCEPT OK\n`,
    )
  })

  it('hold the records whose END is in their five minutes, and come about ten minutes after them', async () => {
    const topology = topologyOf({ on: 'vpc-0a1' })
    const run = start(topology)
    for (let at = 0; at < 900; at += 30) flow(run, topology, 'eni-0a', 1000 + at, at)
    await run.pipeline.advance((START + 300) * SECOND + S3_DELIVERY_LAG_MICROSECONDS - 1)
    expect(run.objects.objects).toEqual([])
    await run.pipeline.advance((START + 600) * SECOND + S3_DELIVERY_LAG_MICROSECONDS - 1)
    expect(run.objects.objects.length).toBe(1)
    await run.pipeline.end((START + 2000) * SECOND)
    const { objects } = run.objects
    const windows = new Map<number, number>()
    for (const object of objects) {
      const window = parseObjectKey(object.key)?.windowStartSeconds ?? 0
      const records = await recordsIn(object)
      windows.set(window, (windows.get(window) ?? 0) + records.filter((one) => one['log-status'] === 'OK').length)
      expect(records.length).toBe(object.recordCount)
      for (const { end = 0 } of records) expect(Math.floor(end / 300) * 300).toBe(window)
      const lag = object.deliveredAtMicroseconds - (window + 300) * SECOND - S3_DELIVERY_LAG_MICROSECONDS
      expect(lag).toBeGreaterThanOrEqual(0)
      expect(lag).toBeLessThan(S3_DELIVERY_JITTER_MICROSECONDS)
    }
    expect([...windows].slice(0, 3)).toEqual([0, 300, 600].map((at) => [START + at, 10]))
    expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length)
  })

  it('wait for a long aggregation interval that reaches into their five minutes', async () => {
    const topology = topologyOf({ on: 'vpc-0a1', interval: 600 })
    const run = start(topology)
    // 600-second intervals begin at START + 0; one record ends at second 100 and is known at 600.
    flow(run, topology, 'eni-0b', 1000, 100)
    flow(run, topology, 'eni-0a', 1000, 110)
    flow(run, topology, 'eni-0b', 2000, 400)
    await run.pipeline.end((START + 1200) * SECOND)
    const first = run.objects.objects.filter(({ key }) => parseObjectKey(key)?.windowStartSeconds === START)
    expect(first.length).toBe(1)
    const records = first[0] ? await recordsIn(first[0]) : []
    expect(records.filter((one) => one['log-status'] === 'OK').map((one) => one['interface-id'])).toEqual([
      'eni-0a',
      'eni-0b',
    ])
    expect(first[0]?.deliveredAtMicroseconds).toBeGreaterThanOrEqual(
      (START + 600) * SECOND + S3_DELIVERY_LAG_MICROSECONDS,
    )
  })

  it('go by the end of a record that began in earlier five minutes', async () => {
    const topology = topologyOf({ on: 'eni-0b', interval: 600 })
    const run = start(topology)
    for (const at of [100, 400]) flow(run, topology, 'eni-0b', 1000, at)
    await run.pipeline.end((START + 500) * SECOND)
    const windows = run.objects.objects.map(({ key }) => parseObjectKey(key)?.windowStartSeconds)
    expect(windows).toEqual([START + 300])
  })

  it('are several where one would be too large, none larger than the limit, with all records', async () => {
    const topology = topologyOf({ on: 'eni-0a' })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4096, max: 40_000 }),
        fc.constantFrom(0, 1, 6),
        async (largestFileBytes, gzipLevel) => {
          const run = start(topology, { largestFileBytes, gzipLevel })
          for (let port = 0; port < 1500; port += 1) flow(run, topology, 'eni-0a', (port * 7919) % 65_536, port / 30)
          await run.pipeline.end((START + 60) * SECOND)
          const { objects } = run.objects
          expect(Math.max(...objects.map(({ body }) => body.length))).toBeLessThanOrEqual(largestFileBytes)
          expect(objects.length > 1).toBe(objects.reduce((sum, { body }) => sum + body.length, 0) > largestFileBytes)
          expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length)
          const found = (await Promise.all(objects.map(recordsIn))).flat()
          const { logFormat } = topology.flowLogs[0] ?? { logFormat: [] }
          expect(lines(found, logFormat)).toEqual(lines(run.records.get('fl-01') ?? [], logFormat))
          expect(objects.reduce((sum, { recordCount }) => sum + recordCount, 0)).toBe(1500)
        },
      ),
      { numRuns: 12 },
    )
  })

  it('as Parquet hold the same records', async () => {
    const format = 'version interface-id pkt-srcaddr srcport packets bytes start end action tcp-flags log-status'.split(
      ' ',
    )
    const topology = topologyOf(
      { on: 'vpc-0a1', format },
      { on: 'vpc-0a1', format, destination: { fileFormat: 'parquet' } },
    )
    const run = start(topology)
    for (let at = 0; at < 300; at += 7) flow(run, topology, at % 2 ? 'eni-0a' : 'eni-0b', 1000 + at, at)
    await run.pipeline.end((START + 700) * SECOND)
    const of = async (id: string): Promise<string[]> => {
      const objects = run.objects.objects.filter(({ flowLogId }) => flowLogId === id)
      return lines((await Promise.all(objects.map(recordsIn))).flat(), format)
    }
    expect(run.objects.objects.filter(({ key }) => key.endsWith('.log.parquet')).length).toBeGreaterThan(1)
    expect(await of('fl-02')).toEqual(await of('fl-01'))
  })

  it('are the same for the same seed, and have other names and times for another', async () => {
    const objectsOf = async (seed: number): Promise<string[]> => {
      const topology = topologyOf({ on: 'vpc-0a1' })
      const run = start(topology, { seed })
      for (let at = 0; at < 900; at += 30) flow(run, topology, 'eni-0a', 1000 + at, at)
      await run.pipeline.end((START + 900) * SECOND)
      return run.objects.objects.map(
        ({ key, body, deliveredAtMicroseconds }) =>
          `${key} ${deliveredAtMicroseconds} ${Buffer.from(body).toString('base64')}`,
      )
    }
    const [one, again, other] = await Promise.all([objectsOf(1), objectsOf(1), objectsOf(2)])
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
  })

  it('come twice where two flow logs of the same ENIs share a bucket', async () => {
    const topology = topologyOf({ on: 'vpc-0a1' }, { on: 'eni-0a' })
    const run = start(topology)
    flow(run, topology, 'eni-0a', 1000, 1)
    await run.pipeline.end((START + 60) * SECOND)
    const contents = run.objects.objects.map(({ body }) => gunzipSync(body).toString())
    expect(contents.length).toBe(2)
    expect(contents[0]).toBe(contents[1])
  })

  it('refuse options out of their range', () => {
    const topology = topologyOf({ on: 'vpc-0a1' })
    expect(() => start(topology, { gzipLevel: 10 })).toThrow('gzipLevel is a whole number from 0 to 9, not 10')
    expect(() => start(topology, { largestFileBytes: 100 })).toThrow('largestFileBytes is at least 4096, not 100')
  })
})

describe('log streams in CloudWatch Logs', () => {
  it('are one per ENI and traffic type, with an event per record and no header', async () => {
    const topology = topologyOf({ on: 'vpc-0a1', destination: { logGroupName: 'all' } })
    const run = start(topology)
    flow(run, topology, 'eni-0a', 1000, 10)
    flow(run, topology, 'eni-0a', 2000, 5)
    flow(run, topology, 'eni-0b', 3000, 20)
    await run.pipeline.advance((START + 60) * SECOND + LOG_EVENT_LAG_MICROSECONDS - 1)
    expect(run.events.batches).toEqual([])
    await run.pipeline.end((START + 62) * SECOND)
    expect(run.events.events('all', 'eni-0a-all').slice(0, 2)).toEqual([
      {
        timestampMilliseconds: (START + 5) * 1000,
        message: `2 123456789010 eni-0a 198.51.100.7 10.0.0.10 2000 443 6 1 640 ${START + 5} ${START + 5} ACCEPT OK`,
      },
      {
        timestampMilliseconds: (START + 10) * 1000,
        message: `2 123456789010 eni-0a 198.51.100.7 10.0.0.10 1000 443 6 1 1040 ${START + 10} ${START + 10} ACCEPT OK`,
      },
    ])
    expect(run.events.events('all', 'eni-0b-all')[0]?.message).toContain('10.0.0.11 3000 443')
    const lag = (run.events.batches[0]?.ingestionTimeMilliseconds ?? 0) * 1000 - (START + 60) * SECOND
    expect(lag).toBeGreaterThanOrEqual(LOG_EVENT_LAG_MICROSECONDS - 1000)
    expect(lag).toBeLessThan(LOG_EVENT_LAG_MICROSECONDS + LOG_EVENT_JITTER_MICROSECONDS)
  })

  it('are named by the traffic type, and combined where flow logs of several types share a group', async () => {
    const topology = topologyOf(
      { on: 'vpc-0a1', trafficType: 'ACCEPT', destination: { logGroupName: 'shared' } },
      { on: 'eni-0a', trafficType: 'REJECT', destination: { logGroupName: 'shared' } },
      { on: 'eni-0a', trafficType: 'REJECT', destination: { logGroupName: 'own' } },
    )
    const run = start(topology)
    for (const verdict of [ACCEPT, REJECT]) {
      flow(run, topology, 'eni-0a', 1000, 10, verdict)
      flow(run, topology, 'eni-0b', 1000, 10, verdict)
    }
    await run.pipeline.end((START + 20) * SECOND)
    const streams = run.events.batches.map(({ logGroupName, logStreamName, events }) => [
      logGroupName,
      logStreamName,
      events.length,
    ])
    expect(streams.sort()).toEqual([
      ['own', 'eni-0a-reject', 1],
      ['shared', 'eni-0a-all', 1],
      ['shared', 'eni-0a-all', 1],
      ['shared', 'eni-0b-accept', 1],
    ])
  })

  it('take at most 10,000 events and a mebibyte at once, in order', async () => {
    const topology = topologyOf(
      { on: 'eni-0a', destination: { logGroupName: 'long' } },
      { on: 'eni-0a', destination: { logGroupName: 'short' }, format: ['srcport', 'bytes'] },
    )
    const run = start(topology, { onRecord: () => undefined })
    for (let port = 0; port < 15_000; port += 1) flow(run, topology, 'eni-0a', port, (port * 7919) % 60)
    await run.pipeline.end((START + 60) * SECOND)
    for (const group of ['long', 'short']) {
      const batches = run.events.batches.filter(({ logGroupName }) => logGroupName === group)
      const sizes = batches.map(({ events }) => events.length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10_000)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(15_000)
      const times = batches.flatMap(({ events }) => events.map((event) => event.timestampMilliseconds))
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      for (const { events } of batches) {
        const bytes = events.reduce((sum, { message }) => sum + message.length + 26, 0)
        expect(bytes).toBeLessThanOrEqual(1_048_576)
      }
    }
  })
})

describe('deliveries that fail', () => {
  it('are told by the status, and the next one that succeeds resets it', async () => {
    const topology = topologyOf(
      { on: 'vpc-0a1', destination: { bucket: 'missing' } },
      { on: 'vpc-0a1', destination: { bucket: 'there' } },
      { on: 'vpc-0a1', destination: { logGroupName: 'missing' } },
    )
    const objects = new InMemoryLogObjectSink(['there'])
    const run = start(topology, { objectSink: objects, eventSink: new InMemoryLogEventSink(['there']) })
    const FAILED = { flowLogStatus: 'ACTIVE', deliverLogsStatus: 'FAILED', deliverLogsErrorMessage: 'Access error' }
    objects.refuse('there', 'rate-limited')
    flow(run, topology, 'eni-0a', 1000, 10)
    await run.pipeline.advance((START + 2000) * SECOND)
    expect(run.pipeline.deliveryStatus('fl-01')).toEqual(FAILED)
    expect(run.pipeline.deliveryStatus('fl-02').deliverLogsErrorMessage).toBe('Rate limited')
    expect(run.pipeline.deliveryStatus('fl-03')).toEqual(FAILED)
    objects.refuse('there', undefined)
    flow(run, topology, 'eni-0a', 1000, 2010)
    await run.pipeline.end((START + 2020) * SECOND)
    expect(run.pipeline.deliveryStatus('fl-02')).toEqual({ flowLogStatus: 'ACTIVE', deliverLogsStatus: 'SUCCESS' })
  })

  it('on purpose: late, twice, never', async () => {
    const topology = topologyOf({ on: 'eni-0a' })
    const faults: DeliveryFaults = ({ windowSeconds }) =>
      windowSeconds === START
        ? { kind: 'duplicate' }
        : windowSeconds === START + 300
          ? { kind: 'missing' }
          : { kind: 'late', byMicroseconds: 3600 * SECOND }
    const run = start(topology, { faults })
    for (const at of [10, 310, 610]) flow(run, topology, 'eni-0a', 1000, at)
    await run.pipeline.end((START + 620) * SECOND)
    const windows = run.objects.objects.map(({ key }) => (parseObjectKey(key)?.windowStartSeconds ?? 0) - START)
    expect(windows).toEqual([0, 0, 600])
    expect(run.objects.objects[0]?.key).not.toBe(run.objects.objects[1]?.key)
    expect(run.objects.objects[0]?.body).toEqual(run.objects.objects[1]?.body)
    expect(run.objects.objects[2]?.deliveredAtMicroseconds).toBeGreaterThan((START + 900 + 3600 + 500) * SECOND)
  })
})

describe('everything that is recorded is delivered', () => {
  it('once, in its file or stream, for any packets', async () => {
    const captures = fc.array(
      fc.record({
        after: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2000 })),
        id: fc.constantFrom('eni-0a', 'eni-0b'),
        port: fc.nat({ max: 5 }),
        verdict: fc.constantFrom(ACCEPT, REJECT),
      }),
      { minLength: 1, maxLength: 60 },
    )
    const specs = fc.array(
      fc.record({
        on: fc.constantFrom('vpc-0a1', 'eni-0a', 'eni-0b'),
        interval: fc.constantFrom<60 | 600>(60, 600),
        trafficType: fc.constantFrom<'ALL' | 'ACCEPT' | 'REJECT'>('ALL', 'ACCEPT', 'REJECT'),
        destination: fc.constantFrom<NonNullable<FlowLogSpec['destination']>>({}, { logGroupName: 'group' }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(specs, captures, fc.boolean(), async (flowLogs, all, advances) => {
        const topology = topologyOf(...flowLogs)
        const run = start(topology)
        let at = 0
        for (const { after, id, port, verdict } of all) {
          at += after
          flow(run, topology, id, port, at, verdict)
          if (advances) await run.pipeline.advance((START + at) * SECOND)
        }
        await run.pipeline.end((START + at) * SECOND)
        const { batches } = run.events
        for (const { id, logFormat, destination } of topology.flowLogs) {
          const objects = run.objects.objects.filter(({ flowLogId }) => flowLogId === id)
          const found =
            destination.kind === 's3'
              ? lines((await Promise.all(objects.map(recordsIn))).flat(), logFormat)
              : batches
                  .filter(({ flowLogId }) => flowLogId === id)
                  .flatMap(({ events }) => events.map(({ message }) => message))
                  .sort()
          expect(found).toEqual(lines(run.records.get(id) ?? [], logFormat))
        }
        const times = run.objects.objects.map(({ deliveredAtMicroseconds }) => deliveredAtMicroseconds)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }),
      { numRuns: 60 },
    )
  })
})
