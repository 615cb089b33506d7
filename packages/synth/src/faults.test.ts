import type { Design, FlowLogDeliveryStatus } from '@flowtap/core'
import type { FlowLogRecord } from '@flowtap/parser'
import { describe, expect, it } from 'vitest'
import { minutes, seconds } from './duration.ts'
import type { DeliveryDisturbance, Faults } from './faults.ts'
import { DEFAULT_START_MICROSECONDS, defineScenario, type Scenario } from './scenario.ts'
import { simulate } from './simulation.ts'
import { TEST_DESIGN } from './simulation-fixture.ts'
import { ping } from './workloads/ping.ts'

/** Every host of TEST_DESIGN's private subnets pings: demo the worker and Google's resolver. */
function pings(putIn: (faults: Faults) => void, durationMicroseconds: number = minutes(12)): Scenario {
  return defineScenario({
    name: 'pings',
    durationMicroseconds,
    setup({ host, faults }) {
      putIn(faults)
      const often = { count: 20, meanGapMicroseconds: seconds(20), gaps: 'regular' as const }
      host('demo').spawn('neighbour', ping({ to: '10.0.2.50', ...often }))
      host('demo').spawn('internet', ping({ to: '8.8.8.8', ...often }))
    },
  })
}

const OPEN: Design = {
  ...TEST_DESIGN,
  instances: {
    ...TEST_DESIGN.instances,
    demo: { subnet: 'private-a', privateIpAddress: '10.0.1.101', securityGroups: ['web'] },
    worker: { subnet: 'private-b', privateIpAddress: '10.0.2.50', securityGroups: ['web'] },
  },
}

/** How many packets passed each ENI in each direction, by the address at the other end. */
function passages(putIn: (faults: Faults) => void, seed = 1): Record<string, number> {
  const counts: Record<string, number> = {}
  simulate(OPEN, pings(putIn), { seed }).runSync({
    onPacket: ({ networkInterface, direction, packet }) => {
      const peer = direction === 'egress' ? packet.destination : packet.source
      const key = `${networkInterface.name} ${direction} ${peer}`
      counts[key] = (counts[key] ?? 0) + 1
    },
  })
  return counts
}

function recordsOf(putIn: (faults: Faults) => void, seed = 1): FlowLogRecord[] {
  const records: FlowLogRecord[] = []
  simulate(OPEN, pings(putIn), { seed }).runSync({ onRecord: (record) => records.push(record) })
  return records
}

const TO_WORKER = 'demo/eth0 egress 10.0.2.50'
const AT_WORKER = 'worker/eth0 ingress 10.0.1.101'
const FROM_WORKER = 'worker/eth0 egress 10.0.1.101'
const BACK = 'demo/eth0 ingress 10.0.2.50'

describe('packet loss between two ENIs', () => {
  const between = ['demo', 'worker'] as const

  it('leaves packets at the first ENI and none at the second', () => {
    const clean = passages(() => {})
    expect(clean[TO_WORKER]).toBeGreaterThan(100)
    expect([clean[AT_WORKER], clean[FROM_WORKER], clean[BACK]]).toEqual(Array(3).fill(clean[TO_WORKER]))
    const lost = passages((faults) => faults.losePackets({ probability: 1, between }))
    expect(lost[TO_WORKER]).toBeGreaterThan(100)
    expect(lost).not.toHaveProperty([AT_WORKER])
    // What goes to the internet goes another way.
    expect(lost['demo/eth0 ingress 8.8.8.8']).toBe(clean['demo/eth0 ingress 8.8.8.8'])
  })

  it('acts in both directions, for its time, and through gateways by their ENIs', () => {
    const clean = passages(() => {})
    const half = passages((faults) => faults.losePackets({ probability: 0.5, between }))
    expect(half[AT_WORKER]).toBeLessThan((half[TO_WORKER] ?? 0) * 0.7)
    expect(half[AT_WORKER]).toBeGreaterThan((half[TO_WORKER] ?? 0) * 0.3)
    expect(half[BACK]).toBeLessThan((half[FROM_WORKER] ?? 0) * 0.7)
    const until = passages((faults) => faults.losePackets({ probability: 1, between, untilMicroseconds: minutes(6) }))
    expect(until[AT_WORKER]).toBeGreaterThan(0)
    expect(until[AT_WORKER]).toBeLessThan((clean[AT_WORKER] ?? 0) * 0.7)
    const gateway = ['demo', 'nat-a/nat-gateway'] as const
    const cut = passages((faults) => faults.losePackets({ probability: 1, between: gateway }))
    expect(cut['demo/eth0 egress 8.8.8.8']).toBeGreaterThan(0)
    expect(Object.keys(cut).filter((key) => key.startsWith('nat-a'))).toEqual([])
    expect(cut[BACK]).toBe(clean[BACK])
  })

  it('loses the same packets with the same seed', () => {
    const lossy = (faults: Faults): void => faults.losePackets({ probability: 0.5, between })
    expect(passages(lossy, 3)).toEqual(passages(lossy, 3))
    expect(passages(lossy, 3)).not.toEqual(passages(lossy, 4))
  })
})

describe('packet loss on the way to an internet host', () => {
  it('leaves packets at every ENI on the way, and none that come back', () => {
    const lost = passages((faults) => faults.losePackets({ probability: 1, hosts: ['dns.google'] }))
    expect(lost['nat-a/nat-gateway egress 8.8.8.8']).toBeGreaterThan(100)
    expect(lost).not.toHaveProperty(['nat-a/nat-gateway ingress 8.8.8.8'])
  })
})

describe('a record clock', () => {
  const timesOf = (records: readonly FlowLogRecord[], offset: number): string[] =>
    records.map(
      (one) => `${one['interface-id']} ${one['log-status']} ${Number(one.start) - offset} ${Number(one.end) - offset}`,
    )

  it('moves start and end of all records of an ENI, and of no other', () => {
    const idOf = (records: readonly FlowLogRecord[]): string | undefined =>
      records.find(({ srcaddr }) => srcaddr === '10.0.1.101')?.['interface-id']
    for (const bySeconds of [45, -45, 600]) {
      const clean = recordsOf(() => {})
      const skewed = recordsOf((faults) => faults.skewRecordClock({ networkInterface: 'demo', bySeconds }))
      const own = idOf(clean)
      expect(own).toBeDefined()
      const [mine, others] = [true, false].map(
        (isOwn) => (one: FlowLogRecord) => (one['interface-id'] === own) === isOwn,
      ) as [(one: FlowLogRecord) => boolean, (one: FlowLogRecord) => boolean]
      expect(clean.filter(mine).length).toBeGreaterThan(10)
      expect(timesOf(skewed.filter(mine), bySeconds)).toEqual(timesOf(clean.filter(mine), 0))
      expect(skewed.filter(others)).toEqual(clean.filter(others))
    }
  })

  it('moves records into the log files of their new times', async () => {
    const windows = async (bySeconds: number): Promise<Set<string | undefined>> => {
      const found = new Set<string | undefined>()
      const skewed = pings((faults) => faults.skewRecordClock({ networkInterface: 'demo', bySeconds }))
      for await (const artefact of simulate(OPEN, skewed)) {
        if (artefact.kind === 'log-file') found.add(/_(\d{8}T\d{4}Z)_/u.exec(artefact.object.key)?.[1])
      }
      return found
    }
    expect([...(await windows(0))].sort()).toEqual(['20260105T0000Z', '20260105T0005Z', '20260105T0010Z'])
    expect([...(await windows(-3_600))].sort()).toContain('20260104T2300Z')
    expect([...(await windows(3_600))].sort()).toContain('20260105T0110Z')
  })

  it('is off by whole seconds', () => {
    const skew = (bySeconds: number) => () =>
      recordsOf((faults) => faults.skewRecordClock({ networkInterface: 'demo', bySeconds }))
    expect(skew(0.5)).toThrow('whole seconds, since records have no others, not by 0.5')
    expect(() => recordsOf((faults) => faults.skewRecordClock({ networkInterface: 'nobody', bySeconds: 1 }))).toThrow(
      "no host 'nobody'",
    )
  })
})

describe('skipped data', () => {
  it('leaves SKIPDATA in the intervals in which packets were lost, and records of the rest', () => {
    const records = recordsOf((faults) =>
      faults.skipData({ networkInterface: 'demo', afterMicroseconds: minutes(3), untilMicroseconds: minutes(5) }),
    )
    const start = DEFAULT_START_MICROSECONDS / 1e6
    const minutesOf = (status: string): number[] => [
      ...new Set(
        records.flatMap((one) =>
          one['log-status'] === status && one.srcaddr !== '10.0.2.50'
            ? [Math.floor((Number(one.start) - start) / 60)]
            : [],
        ),
      ),
    ]
    expect(minutesOf('SKIPDATA').sort()).toEqual([3, 4])
  })

  it('ends after it begins', () => {
    expect(() =>
      recordsOf((faults) => faults.skipData({ networkInterface: 'demo', afterMicroseconds: 5, untilMicroseconds: 4 })),
    ).toThrow('skipped data ends at 4, before it begins at 5 microseconds')
  })
})

describe('delivery faults', () => {
  interface Delivered {
    /** Keys and log streams, each with the time of its delivery. */
    readonly deliveries: readonly string[]
    readonly bodies: readonly string[]
    readonly statuses: Readonly<Record<string, FlowLogDeliveryStatus>>
  }

  async function deliver(disturbances: readonly DeliveryDisturbance[], seed = 1): Promise<Delivered> {
    const deliveries: string[] = []
    const bodies: string[] = []
    const simulation = simulate(
      OPEN,
      pings((faults) => {
        for (const one of disturbances) faults.disturbDeliveries(one)
      }),
      {
        seed,
        objectSink: {
          put: ({ key, body, deliveredAtMicroseconds }) => {
            deliveries.push(`${key} ${deliveredAtMicroseconds}`)
            bodies.push(Buffer.from(body).toString('base64'))
          },
        },
        eventSink: {
          put: ({ logStreamName, ingestionTimeMilliseconds, events }) => {
            deliveries.push(`${logStreamName} ${ingestionTimeMilliseconds * 1_000}`)
            bodies.push(events.map(({ message }) => message).join('\n'))
          },
        },
      },
    )
    await simulation.run()
    const statuses = Object.fromEntries(['vpc', 'subnet', 'eni'].map((name) => [name, simulation.deliveryStatus(name)]))
    return { deliveries, bodies: bodies.sort(), statuses }
  }

  const SUCCESS = { flowLogStatus: 'ACTIVE', deliverLogsStatus: 'SUCCESS' }

  it('deliver late', async () => {
    const clean = await deliver([])
    const late = await deliver([{ fault: { kind: 'late', byMicroseconds: minutes(30) } }])
    const moved = clean.deliveries.map((one) => one.replace(/\d+$/u, (time) => `${Number(time) + minutes(30)}`))
    expect(clean.deliveries.length).toBeGreaterThan(10)
    expect([...late.deliveries].sort()).toEqual(moved.sort())
    expect(late.bodies).toEqual(clean.bodies)
  })

  it('deliver twice, with the same records under another key', async () => {
    const clean = await deliver([])
    const twice = await deliver([{ fault: { kind: 'duplicate' } }])
    expect(twice.bodies).toEqual([...clean.bodies, ...clean.bodies].sort())
    const keys = twice.deliveries.filter((one) => one.includes('AWSLogs')).map((one) => one.split(' ')[0])
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('leave out what they hit, by flow log and time', async () => {
    const clean = await deliver([])
    const missing = await deliver([
      { fault: { kind: 'missing' }, flowLogs: ['vpc'], afterMicroseconds: minutes(5), untilMicroseconds: minutes(10) },
    ])
    const left = clean.deliveries.filter((one) => !missing.deliveries.includes(one))
    expect(left.length).toBe(1)
    expect(left[0]).toContain('20260105T0005Z')
    expect(missing.statuses.vpc).toEqual(SUCCESS)
  })

  const refusals = {
    'access-denied': 'Access error',
    'no-such-destination': 'Access error',
    'rate-limited': 'Rate limited',
    unknown: 'Unknown error',
  } as const
  for (const [code, message] of Object.entries(refusals)) {
    it(`refuse with ${code}, and the flow log says "${message}"`, async () => {
      const fault = { kind: 'refused', code: code as keyof typeof refusals } as const
      const { deliveries, statuses } = await deliver([{ fault, flowLogs: ['subnet'] }])
      const clean = await deliver([])
      expect(deliveries.length).toBeLessThan(clean.deliveries.length)
      expect(statuses.subnet).toEqual({
        flowLogStatus: 'ACTIVE',
        deliverLogsStatus: 'FAILED',
        deliverLogsErrorMessage: message,
      })
      expect([statuses.vpc, statuses.eni]).toEqual([SUCCESS, SUCCESS])
    })
  }

  it('hit the same deliveries with the same seed; the first that fits acts', async () => {
    const some: DeliveryDisturbance[] = [
      { fault: { kind: 'missing' }, probability: 0.5 },
      { fault: { kind: 'duplicate' } },
    ]
    const once = await deliver(some, 3)
    expect(await deliver(some, 3)).toEqual(once)
    const clean = await deliver([], 3)
    const count = (body: string): number => once.bodies.filter((other) => other === body).length
    const counts = new Set(clean.bodies.map(count))
    expect(counts).toEqual(new Set([0, 2]))
    expect((await deliver(some, 4)).bodies).not.toEqual(once.bodies)
  })

  it('name flow logs, probabilities and times that are there', async () => {
    const fault = { kind: 'missing' } as const
    await expect(deliver([{ fault, flowLogs: ['nobody'] }])).rejects.toThrow(
      "there is no flow log 'nobody'; the flow logs are vpc, subnet, eni",
    )
    await expect(deliver([{ fault, probability: 2 }])).rejects.toThrow('a number from 0 to 1, not 2')
    await expect(deliver([{ fault, afterMicroseconds: -1 }])).rejects.toThrow('afterMicroseconds of a delivery fault')
    expect(() =>
      simulate(
        OPEN,
        pings(() => {}),
      ).deliveryStatus('nobody'),
    ).toThrow("there is no flow log 'nobody'")
  })
})
