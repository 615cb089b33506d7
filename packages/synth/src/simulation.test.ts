import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { type Design, type LogObject, withTunnelBytes } from '@flowtap/core'
import { describe, expect, it } from 'vitest'
import type { AsyncParticipant } from './async-participant.ts'
import { hours, minutes, seconds } from './duration.ts'
import type { Host } from './host/host.ts'
import type { Process, ProcessHandle } from './host/process.ts'
import type { ActivityRecord } from './labels.ts'
import { DEFAULT_START_MICROSECONDS, defineScenario, type Scenario, type ScenarioContext } from './scenario.ts'
import { type Artefact, type Simulation, type SimulationOptions, simulate } from './simulation.ts'
import { TEST_DESIGN } from './simulation-fixture.ts'
import type { CapturedPacket } from './simulation-observer.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function scenario(durationMicroseconds: number, setup: (context: ScenarioContext) => void): Scenario {
  return defineScenario({ name: 'test', durationMicroseconds, setup })
}

function* poll(host: Host): Process {
  for (;;) {
    const connection = yield* host.connect({ to: 'google.com', port: 80 })
    yield* connection.exchange({ send: 74, receive: host.random.integer(500, 5_000) })
    yield* connection.close()
    yield* host.sleep(host.random.exponential(seconds(30)))
  }
}

const polling = scenario(minutes(30), ({ host }) => {
  for (const name of ['demo', 'worker']) host(name).spawn('poll', poll)
})

async function artefactsOf(simulation: Simulation): Promise<readonly Artefact[]> {
  const artefacts: Artefact[] = []
  for await (const artefact of simulation) artefacts.push(artefact)
  return artefacts
}

/** What an artefact comes to in bytes that can be compared; log files uncompressed. */
function textOf(artefact: Artefact): string {
  const plain = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
  switch (artefact.kind) {
    case 'packet': {
      const { packet, timeMicroseconds, networkInterface, direction, verdict } = artefact
      const { payload, quoted, tunnel, ...fields } = packet
      return JSON.stringify([timeMicroseconds, networkInterface.id, direction, verdict.action, fields], plain)
    }
    case 'mirrored-packet': {
      const { session, networkInterface, packet, timeMicroseconds } = artefact
      return JSON.stringify([session.id, networkInterface.id, withTunnelBytes(packet), timeMicroseconds], plain)
    }
    case 'flow-log-record':
      return JSON.stringify([artefact.flowLog.id, artefact.record], plain)
    case 'log-file':
      return `${artefact.object.key}\n${gunzipSync(artefact.object.body).toString()}`
    case 'log-events':
      return JSON.stringify(artefact.batch)
    case 'activity':
      return JSON.stringify(artefact.activity)
  }
}

async function digestOf(options: SimulationOptions, what: Scenario = polling): Promise<string> {
  const hash = createHash('sha256')
  for (const artefact of await artefactsOf(simulate(TEST_DESIGN, what, options))) hash.update(`${textOf(artefact)}\n`)
  return hash.digest('hex')
}

function packetsOf(
  what: Scenario,
  packets: SimulationOptions['packets'] = 'all',
  design: Design = TEST_DESIGN,
): readonly CapturedPacket[] {
  const captured: CapturedPacket[] = []
  simulate(design, what, { packets }).runSync({ onPacket: (packet) => captured.push(packet) })
  return captured
}

describe('simulate', () => {
  it('gives packets, records, log files and log events in the order of their times', async () => {
    const artefacts = await artefactsOf(simulate(TEST_DESIGN, polling, { packets: ['demo'], records: true }))
    const kinds = new Set(artefacts.map(({ kind }) => kind))
    expect(kinds).toEqual(new Set(['packet', 'flow-log-record', 'log-file', 'log-events']))
    const delivered = artefacts.flatMap((artefact) =>
      artefact.kind === 'log-file' ? [artefact.object.deliveredAtMicroseconds] : [],
    )
    expect(delivered).toEqual([...delivered].sort((a, b) => a - b))
    // Instances behind a NAT gateway see the server's own address, and its answers.
    const records = artefacts.flatMap((artefact) => (artefact.kind === 'flow-log-record' ? [artefact.record] : []))
    expect(
      records.some(
        ({ dstaddr, dstport, action }) => dstaddr === '142.250.217.78' && dstport === 80 && action === 'ACCEPT',
      ),
    ).toBe(true)
    expect(records.some(({ srcaddr }) => srcaddr === '142.250.217.78')).toBe(true)
    // Amazon DNS was asked, and is not in the flow logs.
    expect(artefacts.some((artefact) => artefact.kind === 'packet' && artefact.packet.destinationPort === 53)).toBe(
      true,
    )
    expect(records.some(({ dstport, srcport }) => dstport === 53 || srcport === 53)).toBe(false)
  })

  it('gives the same bytes for the same seed, and others for another', async () => {
    const options = { packets: 'all', records: true } as const
    const first = await digestOf({ ...options, seed: 5 })
    expect(await digestOf({ ...options, seed: 5 })).toBe(first)
    expect(await digestOf({ ...options, seed: 6 })).not.toBe(first)
  })

  it('gives the same packets whether it is iterated or run, at once or in pieces', async () => {
    const iterated: string[] = []
    for await (const artefact of simulate(TEST_DESIGN, polling, { packets: 'all', logs: false }))
      iterated.push(textOf(artefact))
    const run: string[] = []
    await simulate(TEST_DESIGN, polling, { packets: 'all' }).run({
      onPacket: (packet) => run.push(textOf({ kind: 'packet', ...packet })),
    })
    const sync = packetsOf(polling).map((packet) => textOf({ kind: 'packet', ...packet }))
    expect(iterated.join('\n') === sync.join('\n')).toBe(true)
    expect(run.join('\n') === sync.join('\n')).toBe(true)
  })

  it('leaves the traffic of a process as it is when others come and go', () => {
    const own = (setup: (context: ScenarioContext) => void): readonly string[] =>
      packetsOf(scenario(minutes(10), setup), ['demo']).map((packet) => textOf({ kind: 'packet', ...packet }))
    const alone = own(({ host }) => void host('demo').spawn('poll', poll))
    const among = own(({ host, addInternetHost, after }) => {
      host('worker').spawn('other', poll)
      const stranger = addInternetHost({ name: 'stranger', addresses: ['198.51.100.7'] })
      after(
        seconds(5),
        () => void stranger.spawn('knock', (own) => own.probe({ to: host('web'), protocol: 'tcp', port: 80 })),
      )
      host('demo').spawn('poll', poll)
      host('worker').spawn('another', poll)
    })
    expect(alone.length).toBeGreaterThan(100)
    expect(among.join('\n') === alone.join('\n')).toBe(true)
  })

  it('stops early', async () => {
    let count = 0
    const endless = scenario(hours(1_000_000), ({ host }) => void host('demo').spawn('poll', poll))
    const simulation = simulate(TEST_DESIGN, endless, { packets: ['demo'] })
    for await (const artefact of simulation) {
      count += 1
      if (count === 5_000) break
      expect(artefact).toBeDefined()
    }
    expect(count).toBe(5_000)
    expect(simulation.nowMicroseconds).toBeLessThan(DEFAULT_START_MICROSECONDS + hours(24))
    await expect(artefactsOf(simulation)).rejects.toThrow('a simulation runs once')
  })

  it('keeps no more in memory however long it runs', async () => {
    const heapAfter = async (rounds: number): Promise<number> => {
      const busy = scenario(minutes(rounds), ({ host }) => {
        for (let i = 0; i < 20; i += 1) host('demo').spawn('poll', poll)
      })
      let bytes = 0
      for await (const artefact of simulate(TEST_DESIGN, busy, { packets: 'all', records: true }))
        bytes += artefact.kind.length
      expect(bytes).toBeGreaterThan(0)
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    await heapAfter(20)
    const short = await heapAfter(20)
    const long = await heapAfter(200)
    expect(long - short).toBeLessThan(4e6)
  }, 60_000)

  it('tells what went wrong in a scenario', async () => {
    const broken = scenario(minutes(1), ({ host }) => {
      host('demo').spawn('broken', function* (own): Process {
        yield* own.sleep(seconds(1))
        throw new TypeError('a mistake')
      })
    })
    await expect(artefactsOf(simulate(TEST_DESIGN, broken))).rejects.toThrow("process 'demo/broken': a mistake")
    expect(() =>
      simulate(
        TEST_DESIGN,
        scenario(1, ({ host }) => void host('nobody')),
      ).runSync(),
    ).toThrow(/there is no host 'nobody'; the hosts are demo, .*google/)
    expect(() => defineScenario({ name: '', durationMicroseconds: 1, setup: () => {} })).toThrow('needs a name')
    expect(() => defineScenario({ name: 'x', durationMicroseconds: 0.5, setup: () => {} })).toThrow(
      "scenario 'x': durationMicroseconds must be a natural number of microseconds, not 0.5",
    )
  })
})

describe('hosts of a simulation', () => {
  const outcomes = (
    what: (context: ScenarioContext, note: (text: string) => void) => void,
    duration: number = hours(1),
  ): readonly string[] => {
    const notes: string[] = []
    simulate(
      TEST_DESIGN,
      scenario(duration, (context) => what(context, (text) => notes.push(text))),
    ).runSync()
    return notes
  }
  const watch = (host: Host, handle: ProcessHandle<unknown>, note: (text: string) => void, name: string): void => {
    host.spawn('watch', function* (): Process {
      try {
        yield* handle.join()
        note(`${name} ok`)
      } catch {
        note(`${name} ${handle.failure?.code}`)
      }
    })
  }

  it('reach each other as groups, routes and gateways let them', () => {
    const notes = outcomes(({ host, addInternetHost }, note) => {
      const stranger = addInternetHost({ name: 'stranger', addresses: ['198.51.100.7'], tcpPorts: [8080] })
      host('web').listen({ port: 80 })
      host('worker').listen({ port: 5000 })
      const attempt = (from: Host, name: string, to: Host | string, port: number): void =>
        watch(
          from,
          from.spawn(name, function* (own): Process {
            const connection = yield* own.connect({ to, port })
            yield* connection.exchange({ send: 10, receive: 20_000 })
            yield* connection.close()
          }),
          note,
          name,
        )
      attempt(host('demo'), 'within the VPC', host('worker'), 5000)
      attempt(host('demo'), 'through NAT to a name', 'google.com', 443)
      attempt(host('demo'), 'to a stranger', stranger, 8080)
      attempt(host('demo'), 'to a closed port', stranger, 8081)
      attempt(host('demo'), 'to the web server', host('web'), 80)
      attempt(stranger, 'from outside', host('web'), 80)
      attempt(stranger, 'from outside, refused by the group', host('web'), 22)
      attempt(stranger, 'between strangers', 'google.com', 80)
      attempt(host('demo'), 'to S3', 'bucket.s3.us-west-2.amazonaws.com', 443)
      attempt(host('demo'), 'to another service', 'logs.us-west-2.amazonaws.com', 443)
    })
    expect(new Set(notes)).toEqual(
      new Set([
        'within the VPC ok',
        'through NAT to a name ok',
        'to a stranger ok',
        'to a closed port ECONNREFUSED',
        'to the web server ok',
        'from outside ok',
        'from outside, refused by the group ETIMEDOUT',
        'between strangers ok',
        'to S3 ok',
        'to another service ok',
      ]),
    )
  })

  it('have the link-local services: metadata, time, names of their VPC', () => {
    const notes = outcomes(({ host }, note) => {
      host('demo').spawn('look', function* (own): Process {
        const metadata = yield* own.connect({ to: '169.254.169.254', port: 80 })
        metadata.send(
          'PUT /latest/api/token HTTP/1.1\r\nHost: 169.254.169.254\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n',
        )
        const token = new TextDecoder().decode(yield* metadata.read()).split('\r\n\r\n')[1]
        metadata.send(
          `GET /latest/meta-data/local-ipv4 HTTP/1.1\r\nHost: x\r\nX-aws-ec2-metadata-token: ${token}\r\n\r\n`,
        )
        note(new TextDecoder().decode(yield* metadata.read()).split('\r\n\r\n')[1] ?? '')
        metadata.send('GET /latest/meta-data/local-ipv4 HTTP/1.1\r\nHost: x\r\nX-aws-ec2-metadata-token: wrong\r\n\r\n')
        note(new TextDecoder().decode(yield* metadata.read()).split('\r\n')[0] ?? '')
        yield* metadata.close()
        note(String(yield* own.lookup('ip-10-0-2-50.us-west-2.compute.internal')))
        // A public name is the private address inside the VPC.
        note(String(yield* own.lookup('ec2-44-224-1-20.us-west-2.compute.amazonaws.com')))
        note((yield* own.resolve('10.0.2.50', { type: 'PTR' })).records[0]?.data ?? '')
        const request = new Uint8Array(48)
        request[0] = 0x23
        const time = yield* own.exchangeUdp({ to: '169.254.169.123', port: 123, send: request })
        note(String(time?.length))
      })
      host('google').spawn('outside', function* (own): Process {
        note(String(yield* own.lookup('ec2-44-224-1-20.us-west-2.compute.amazonaws.com')))
      })
    })
    expect(new Set(notes)).toEqual(
      new Set([
        '10.0.1.101',
        'HTTP/1.1 401 Unauthorized',
        '10.0.2.50',
        '10.0.101.20',
        'ip-10-0-2-50.us-west-2.compute.internal.',
        '48',
        '44.224.1.20',
      ]),
    )
  })

  it('follow a change of the design: rules, routes, and instances that stop', () => {
    const notes = outcomes(({ host, changeDesign }, note) => {
      host('web').listen({ port: 80 })
      const knock = function* (own: Host, name: string): Process {
        try {
          const connection = yield* own.connect({ to: host('web'), port: 80, timeoutMicroseconds: seconds(5) })
          yield* connection.exchange({ send: 1, receive: 1, timeoutMicroseconds: seconds(5) })
          yield* connection.close()
          note(`${name} ok`)
        } catch {
          note(`${name} failed`)
        }
      }
      host('google').spawn('knock', function* (own): Process {
        yield* knock(own, 'before')
        yield* own.sleep(minutes(2))
        yield* knock(own, 'without the rule')
        yield* own.sleep(minutes(5))
        yield* knock(own, 'with the rule again')
        yield* own.sleep(minutes(5))
        yield* knock(own, 'stopped')
      })
      changeDesign(minutes(1), (design) => ({
        ...design,
        vpcs: {
          ...design.vpcs,
          main: { ...design.vpcs.main, securityGroups: { web: { ingress: [] } } },
        } as Design['vpcs'],
      }))
      changeDesign(minutes(5), () => TEST_DESIGN)
      changeDesign(minutes(10), (design) => ({
        ...design,
        instances: { ...design.instances, web: { ...design.instances?.web, state: 'stopped' } },
      }))
    })
    expect(notes).toEqual(['before ok', 'without the rule failed', 'with the rule again ok', 'stopped failed'])
  })

  it('label the packets that they cause at every ENI on the way', () => {
    const records: ActivityRecord[] = []
    const fetching = scenario(minutes(20), ({ host }) => {
      host('demo').spawn('fetch', function* (own): Process {
        yield* own.sleep(seconds(5))
        yield* own.during(
          { kind: 'fetch', intent: 'benign' },
          (function* (): Process {
            const connection = yield* own.connect({ to: '142.250.217.78', port: 80 })
            yield* connection.exchange({ send: 100, receive: 3_000 })
            yield* connection.close()
          })(),
        )
      })
      host('worker').spawn('noise', poll, { label: { kind: 'noise', intent: 'benign' } })
    })
    const captured: CapturedPacket[] = []
    simulate(TEST_DESIGN, fetching, { packets: 'all' }).runSync({
      onPacket: (packet) => captured.push(packet),
      onActivity: (record) => records.push(record),
    })
    expect(records.map(({ label }) => label.kind)).toEqual(['fetch', 'noise'])
    const [record, noise] = records
    expect(noise).toMatchObject({ host: 'worker', endMicroseconds: undefined, isLastPart: true })
    expect(record).toMatchObject({
      host: 'demo',
      process: 'demo/fetch',
      startMicroseconds: DEFAULT_START_MICROSECONDS + seconds(5),
      isLastPart: true,
    })
    // Every packet between demo and the server, on both legs of the NAT gateway, and none of the worker's.
    const isOfDemo = ({ packet }: CapturedPacket): boolean =>
      [packet.source, packet.destination].some((address) => address.toString() === '10.0.1.101')
    const atDemo = captured.filter((one) => isOfDemo(one) && one.networkInterface.attachment.kind === 'instance')
    const demoFlows =
      record?.flows.filter(({ source, destination }) => [source, destination].includes('10.0.1.101')) ?? []
    const outer = record?.flows.filter(({ source, destination }) => ![source, destination].includes('10.0.1.101')) ?? []
    expect(demoFlows.reduce((sum, { packets }) => sum + packets, 0)).toBe(captured.filter(isOfDemo).length)
    expect(outer.reduce((sum, { packets }) => sum + packets, 0)).toBe(atDemo.length)
    expect(new Set(outer.map(({ interfaceId }) => interfaceId)).size).toBe(1)
  })
})

describe('faults', () => {
  const count = (what: Scenario): number => packetsOf(what, ['demo']).length

  it('lose packets of the hosts that they name, for the time that they name', () => {
    const downloads = (probability: number, hosts?: readonly string[]): Scenario =>
      scenario(minutes(5), ({ host, faults }) => {
        if (probability > 0) {
          faults.losePackets({
            probability,
            ...(hosts && { hosts }),
            afterMicroseconds: minutes(1),
            untilMicroseconds: minutes(2),
          })
        }
        host('demo').spawn('fetch', function* (own): Process {
          for (let i = 0; i < 20; i += 1) {
            const connection = yield* own.connect({ to: '142.250.217.78', port: 80 })
            yield* connection.exchange({ send: 100, receive: 100_000 })
            yield* connection.close()
            yield* own.sleep(seconds(10))
          }
        })
      })
    const clean = count(downloads(0))
    const lossy = packetsOf(downloads(0.1), ['demo'])
    const afterwards = (packets: readonly CapturedPacket[]): number =>
      packets.filter(({ timeMicroseconds }) => timeMicroseconds < DEFAULT_START_MICROSECONDS + minutes(1)).length
    expect(lossy.length).not.toBe(clean)
    expect(afterwards(lossy)).toBe(afterwards(packetsOf(downloads(0), ['demo'])))
    expect(count(downloads(1, ['worker']))).toBe(clean)
    // What a host on the internet loses never comes to an ENI; what it is lost to has been there.
    const silenced = packetsOf(downloads(1, ['google']), ['demo']).filter(({ timeMicroseconds }) => {
      const after = timeMicroseconds - DEFAULT_START_MICROSECONDS
      return after > minutes(1) && after < minutes(2)
    })
    expect(silenced.length).toBeGreaterThan(3)
    expect(silenced.every(({ direction }) => direction === 'egress')).toBe(true)
    expect(() => count(downloads(2))).toThrow('from 0 to 1, not 2')
    expect(() => count(downloads(0.1, ['nobody']))).toThrow("no host 'nobody'")
  })

  it('lose packets to flow logs: SKIPDATA', async () => {
    const statuses = new Set<string | undefined>()
    const skipping = scenario(minutes(30), ({ host, faults }) => {
      host('demo').spawn('poll', poll)
      faults.skipData({ networkInterface: 'demo', afterMicroseconds: minutes(5), untilMicroseconds: minutes(10) })
    })
    await simulate(TEST_DESIGN, skipping).run({ onRecord: (record) => statuses.add(record['log-status'] as string) })
    expect(statuses).toContain('SKIPDATA')
  })

  it('disturb deliveries', async () => {
    const filesOf = async (setup: (context: ScenarioContext) => void): Promise<number> => {
      const disturbed = scenario(minutes(30), (context) => {
        context.host('demo').spawn('poll', poll)
        setup(context)
      })
      return (await artefactsOf(simulate(TEST_DESIGN, disturbed))).filter(({ kind }) => kind === 'log-file').length
    }
    const all = await filesOf(() => {})
    expect(all).toBeGreaterThan(4)
    expect(
      await filesOf(({ faults }) =>
        faults.disturbDeliveries(({ kind }) => (kind === 's3' ? { kind: 'missing' } : undefined)),
      ),
    ).toBe(0)
    expect(await filesOf(({ faults }) => faults.disturbDeliveries(() => ({ kind: 'duplicate' })))).toBe(2 * all)
  })

  it("put a host's clock off", () => {
    const clocks: number[] = []
    simulate(
      TEST_DESIGN,
      scenario(minutes(1), ({ host, faults }) => {
        faults.skewClock({ host: 'demo', byMicroseconds: -seconds(90) })
        for (const name of ['demo', 'worker']) {
          host(name).spawn('look', function* (own): Process {
            yield* own.sleep(1)
            clocks.push(own.clockMicroseconds - own.nowMicroseconds)
          })
        }
      }),
    ).runSync()
    expect(clocks).toEqual([-seconds(90), 0])
  })
})

describe('participants made of promises', () => {
  /** A participant whose steps take as many turns of the event loop as it is told. */
  class Sleepy implements AsyncParticipant {
    isBusy = false
    #idle: (() => void)[] = []

    idle(): Promise<void> {
      return this.isBusy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve()
    }

    async work(turns: number, action: () => void): Promise<void> {
      this.isBusy = true
      for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve))
      action()
      this.isBusy = false
      for (const resolve of this.#idle.splice(0)) resolve()
    }
  }

  const orderWith = async (turns: readonly number[]): Promise<readonly string[]> => {
    const order: string[] = []
    const working = scenario(seconds(10), ({ join, after, host, startMicroseconds }) => {
      const participant = new Sleepy()
      join(participant)
      turns.forEach((count, i) => {
        after(seconds(i), () => {
          void participant.work(count, () =>
            order.push(`${i} at ${(host('demo').nowMicroseconds - startMicroseconds) / 1e6}`),
          )
        })
      })
    })
    await simulate(TEST_DESIGN, working).run()
    return order
  }

  it('hold time still while they are busy, however long they take', async () => {
    expect(await orderWith([0, 1, 5, 0, 20])).toEqual(['0 at 0', '1 at 1', '2 at 2', '3 at 3', '4 at 4'])
    expect(await orderWith([20, 0, 0, 3, 1])).toEqual(['0 at 0', '1 at 1', '2 at 2', '3 at 3', '4 at 4'])
  })

  it('cannot be run without waiting', () => {
    const waiting = scenario(seconds(1), ({ join, after }) => {
      const participant = new Sleepy()
      join(participant)
      after(1, () => void participant.work(1, () => {}))
    })
    expect(() => simulate(TEST_DESIGN, waiting).runSync()).toThrow('use run')
  })
})

describe('a simulation that is stepped', () => {
  const objectsOf = async (
    setup: (context: ScenarioContext) => void,
    go: (simulation: Simulation) => Promise<void>,
  ) => {
    const objects: LogObject[] = []
    const objectSink = { put: (object: LogObject) => void objects.push(object) }
    const simulation = simulate(TEST_DESIGN, scenario(hours(3), setup), { objectSink })
    await go(simulation)
    return objects
  }
  const polls = (context: ScenarioContext): void =>
    void context.host('demo').spawn('poll', () => poll(context.host('demo')))

  it('delivers what it delivers in one go', async () => {
    const end = DEFAULT_START_MICROSECONDS + hours(3)
    const whole = await objectsOf(polls, async (simulation) => void (await simulation.run()))
    const stepped = await objectsOf(polls, async (simulation) => {
      for (let time = DEFAULT_START_MICROSECONDS; time < end; time += minutes(7)) await simulation.advanceTo(time)
      await simulation.advanceTo(end)
    })
    expect(stepped.length).toBeGreaterThan(10)
    const byKey = (objects: readonly LogObject[]) =>
      new Map(
        objects.map(({ key, body, deliveredAtMicroseconds }) => [
          key,
          [Buffer.from(body).toString('hex'), deliveredAtMicroseconds],
        ]),
      )
    const due = whole.filter(({ deliveredAtMicroseconds }) => deliveredAtMicroseconds <= end)
    expect(byKey(stepped)).toEqual(byKey(due))
  })

  it('delivers, after hours in which nothing happened, what then happens', async () => {
    let context: ScenarioContext | undefined
    let before = 0
    const objects = await objectsOf(
      (given) => {
        context = given
      },
      async (simulation) => {
        await simulation.advanceTo(DEFAULT_START_MICROSECONDS + hours(2))
        if (context) polls(context)
        before = simulation.nowMicroseconds
        await simulation.advanceTo(before + minutes(40))
      },
    )
    const later = objects.filter(({ deliveredAtMicroseconds }) => deliveredAtMicroseconds > before + minutes(10))
    expect(later.some(({ body }) => / ACCEPT OK/.test(gunzipSync(body).toString()))).toBe(true)
  })
})
