import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { type Design, demoDesign, IpAddress, resolveDesign, type Topology } from '@flowtap/core'
import type { FlowLogRecord } from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { design } from '../arbitraries/index.ts'
import { hours, milliseconds, minutes, seconds } from '../duration.ts'
import { cataloguedScenario } from '../scenarios/scenario-catalogue.ts'
import { simulate } from '../simulation.ts'
import type { Conversation, ConversationExchange, ConversationShape } from './conversation.ts'
import { everydayTraffic } from './everyday-traffic.ts'
import { generateFlowLogs } from './generate-flow-logs.ts'
import { referenceTraffic } from './reference-traffic.ts'
import { listedTraffic, type Traffic } from './traffic.ts'
import { ofFlows, ofPackets, portsOf, withAllFields } from './two-paths-fixture.ts'

const SHAPES: readonly ConversationShape[] = [
  { kind: 'tcp', exchanges: [{ send: 74, receive: 773 }] },
  { kind: 'tcp', exchanges: [{ send: 300, receive: 5_000, serverDelayMicroseconds: milliseconds(40) }], end: 'abort' },
  { kind: 'tcp', exchanges: [0, 45, 70, 700].map((s) => ({ send: 80, receive: 900, thinkMicroseconds: seconds(s) })) },
  { kind: 'tcp', exchanges: [], connectTimeoutMicroseconds: seconds(10) },
  { kind: 'syn' },
  { kind: 'udp', exchanges: [{ send: 40, receive: 120 }] },
  { kind: 'udp', exchanges: [30, 30, 30].map((s) => ({ send: 48, receive: 48, thinkMicroseconds: seconds(s) })) },
  { kind: 'udp', exchanges: [{ send: 20, receive: 0 }], timeoutMicroseconds: seconds(1) },
  { kind: 'udp', exchanges: [{ send: 3_000, receive: 5_000 }] },
  { kind: 'ping', count: 3 },
  { kind: 'ping', count: 90 },
  { kind: 'ping', count: 2, bytes: 2_000 },
]

/** A design in which more gets through: groups, or groups and network ACLs, that let everything pass. */
function opened(made: Design, open: 'as-drawn' | 'groups' | 'all'): Design {
  if (open === 'as-drawn') return made
  const everything = [{ cidrBlock: '0.0.0.0/0' }, { cidrBlock: '::/0' }].map((peer) => ({
    ipProtocol: 'all' as const,
    ...peer,
  }))
  const vpcs = Object.entries(made.vpcs ?? {}).map(([name, vpc]) => {
    const groups = Object.keys(vpc.securityGroups ?? {}).map((group) => [
      group,
      { ingress: everything, egress: everything },
    ])
    const subnets = Object.entries(vpc.subnets ?? {}).map(([subnet, { networkAcl, ...rest }]) => [
      subnet,
      open === 'all' || networkAcl === undefined ? rest : { ...rest, networkAcl },
    ])
    return [name, { ...vpc, securityGroups: Object.fromEntries(groups), subnets: Object.fromEntries(subnets) }]
  })
  return { ...made, vpcs: Object.fromEntries(vpcs) }
}

/** Conversations among the hosts of a topology, some with addresses that nobody has and ports that are closed. */
function conversations(topology: Topology): fc.Arbitrary<readonly Conversation[]> {
  const clients = [
    ...topology.instances.map(({ name }) => name),
    ...topology.internetHosts.map(({ name }) => name).slice(0, 2),
  ]
  const servers = [
    ...topology.interfaces.flatMap(({ addresses, ipv6Addresses }) => [
      ...addresses.flatMap(({ address, publicAddress }) => (publicAddress ? [address, publicAddress] : [address])),
      ...ipv6Addresses,
    ]),
    ...topology.internetHosts.slice(0, 3).flatMap(({ addresses }) => addresses),
    ...topology.vpcs.flatMap(({ cidrBlocks: [block] }) =>
      block ? [IpAddress.fromIpv4Bits(block.network.word3 + 2), IpAddress.fromIpv4Bits(block.network.word3 + 200)] : [],
    ),
    IpAddress.of('169.254.169.123'),
  ].map((address) => address.toString())
  return fc
    .array(
      fc.record({
        gap: fc.nat({ max: 40_000 }),
        client: fc.constantFrom(...clients),
        server: fc.constantFrom(...servers),
        serverPort: fc.constantFrom(22, 80, 443, 53, 123, 8_080, 30_000),
        clientPort: fc.oneof(fc.constantFrom(1_023, 1_024, 32_768, 65_535), fc.integer({ min: 1_024, max: 65_535 })),
        shape: fc.constantFrom(...SHAPES),
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((drawn) => {
      let afterMicroseconds = 0
      const ports = new Set<number>()
      const pairs = new Set<string>()
      // Hosts keep what they learn of a path's MTU for the next conversation, of which flows alone know nothing.
      const first = drawn.filter(
        ({ client, server }) => !pairs.has(`${client} ${server}`) && pairs.add(`${client} ${server}`),
      )
      return first.map(({ gap, clientPort: wanted, ...rest }) => {
        afterMicroseconds += milliseconds(gap)
        // Two conversations do not have one port at a time.
        let clientPort = wanted
        while (ports.has(clientPort)) clientPort -= 1
        ports.add(clientPort)
        return { ...rest, afterMicroseconds, clientPort }
      })
    })
}

/** Kinds of records that a property must have seen; what is rarer (transit gateways, balancers) comes along. */
const KINDS = ['action=ACCEPT', 'action=REJECT', 'NODATA', 'type=IPv6', 'protocol=1 ', 'nat_gateway'] as const

describe('flow logs without packets', () => {
  it('are those of the same conversations with packets, in designs of all kinds', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc
          .tuple(design({ maxVpcs: 2, maxInstances: 3 }), fc.constantFrom('as-drawn', 'groups', 'all'))
          .chain(([made, open]) => {
            const topology = resolveDesign(opened(made, open))
            return fc.record({
              topology: fc.subarray([60, 600] as const).map((added) => withAllFields(topology, added)),
              list: conversations(topology),
            })
          }),
        fc.integer({ min: 3, max: 25 }),
        async ({ topology, list }, length) => {
          const traffic = listedTraffic({ name: 'list', durationMicroseconds: minutes(length), conversations: list })
          const expected = ofPackets(topology, traffic, portsOf(list))
          const texts = Object.values(expected).flat()
          for (const kind of KINDS) if (texts.some((text) => text.includes(kind))) seen.add(kind)
          expect(await ofFlows(topology, traffic, portsOf(list))).toEqual(expected)
        },
      ),
      { numRuns: Number(process.env.FLOWTAP_RUNS ?? 60) },
    )
    expect([...seen].sort()).toEqual([...KINDS].sort())
  }, 600_000)

  it('are those of a transfer over several intervals, next to conversations that it does not touch', async () => {
    const bulk: Conversation = {
      afterMicroseconds: seconds(50),
      client: 'demo',
      server: 'google.com',
      serverPort: 443,
      clientPort: 40_000,
      shape: { kind: 'tcp', exchanges: [0, 30, 30].map((s) => exchange(500, 400_000, s)) },
    }
    await expectSame(resolveDesign(demoDesign()), [
      bulk,
      { ...bulk, clientPort: 40_001, afterMicroseconds: seconds(300) },
    ])
  })

  it('merge what has one 5-tuple in one interval, with the port that the NAT gateway gave first', async () => {
    const ping: Omit<Conversation, 'afterMicroseconds'> = {
      client: 'demo',
      server: 'google.com',
      shape: { kind: 'ping', count: 3 },
    }
    const question: Omit<Conversation, 'afterMicroseconds'> = {
      client: 'demo',
      server: '8.8.8.8',
      serverPort: 53,
      clientPort: 5_353,
      shape: { kind: 'udp', exchanges: [exchange(40, 90, 0)] },
    }
    const list = [2, 9, 16, 75].flatMap((second) => [
      { ...ping, afterMicroseconds: seconds(second) },
      { ...question, afterMicroseconds: seconds(second) },
    ])
    const records = await expectSame(resolveDesign(demoDesign()), list)
    expect(records.flat().filter((text) => text.includes('srcport=5353'))).toHaveLength(8)
  })

  it('tell ports apart that rules tell apart, of clients and of NAT gateways', async () => {
    const made = demoDesign()
    const { main } = made.vpcs ?? {}
    if (!main) throw new Error('the reference design has no VPC "main"')
    const rule = { ruleNumber: 100, ruleAction: 'allow' as const, cidrBlock: '0.0.0.0/0' }
    const narrow = {
      ingress: [{ ...rule, protocol: 'tcp' as const, portRange: { from: 80, to: 40_000 } }],
      egress: [{ ...rule, protocol: 'all' as const }],
    }
    const subnets = Object.entries(main.subnets ?? {}).map(([name, subnet]) => [
      name,
      { ...subnet, networkAcl: 'narrow' },
    ])
    const vpcs = { main: { ...main, networkAcls: { narrow }, subnets: Object.fromEntries(subnets) } }
    const shape: ConversationShape = {
      kind: 'tcp',
      exchanges: [exchange(74, 773, 0)],
      connectTimeoutMicroseconds: seconds(2),
    }
    const list = Array.from(
      { length: 24 },
      (_, place): Conversation => ({
        afterMicroseconds: seconds(20 * place),
        client: 'demo',
        server: 'google.com',
        serverPort: 80,
        clientPort: 39_990 + place,
        shape,
      }),
    )
    const texts = (await expectSame(resolveDesign({ ...made, vpcs }), list)).flat()
    // An answer to a port that the ACL refuses is refused at the client's ENI, or before that at the gateway's.
    const answers = texts.flatMap((text) => {
      const [, port] = /pkt-dstaddr=10\.0\.1\.101/.test(text) ? (/ dstport=(\d+) /.exec(text) ?? []) : []
      return port && text.includes('flow-direction=ingress') ? [`${Number(port) > 40_000} ${/REJECT/.test(text)}`] : []
    })
    expect(new Set(answers)).toEqual(new Set(['true true', 'false false']))
    expect(texts.some((text) => text.includes('REJECT') && text.includes('pkt-dstaddr=10.0.101.157'))).toBe(true)
  })

  it('end where the run ends, in the middle of conversations', async () => {
    const shape: ConversationShape = { kind: 'tcp', exchanges: [0, 1, 1, 1, 1].map((s) => exchange(100, 30_000, s)) }
    const list = Array.from(
      { length: 40 },
      (_, place): Conversation => ({
        afterMicroseconds: seconds(50) + milliseconds(251) * place,
        client: 'demo',
        server: 'google.com',
        serverPort: 443,
        clientPort: 40_000 + place,
        shape,
      }),
    )
    for (const length of [minutes(1), minutes(1) - 1, seconds(58) + milliseconds(7), seconds(61)]) {
      await expectSame(resolveDesign(demoDesign()), list, length)
    }
  })

  it('of everyday traffic are those of its packets', async () => {
    const ports = new Set([443, 8_080, 5_432, 53, 123, 873, 23, 22, 3_389, 5_555, 445, 6_379])
    const topology = withAllFields(resolveDesign(demoDesign()), [600])
    const traffic = everydayTraffic({ durationMicroseconds: minutes(25), conversationsPerSecond: 2 })
    expect(await ofFlows(topology, traffic, ports)).toEqual(ofPackets(topology, traffic, ports))
  })

  it('of the reference traffic are those of its packets', async () => {
    const topology = resolveDesign(demoDesign())
    const ports = new Set([80, 443])
    const traffic = referenceTraffic({ durationMicroseconds: hours(3) })
    expect(await ofFlows(topology, traffic, ports)).toEqual(ofPackets(topology, traffic, ports))
  })

  it('of the reference traffic are as many as those of the scenario that it stands for', async () => {
    const durationMicroseconds = hours(6)
    const scenario = cataloguedScenario('reference', { durationMicroseconds })
    if (!scenario) throw new Error('the catalogue has no scenario "reference"')
    const counts = new Map<string, [number, number]>()
    const count =
      (place: 0 | 1) =>
      (record: FlowLogRecord): void => {
        const key = `${record['interface-id']} ${record['flow-direction']} ${record.action}`
        const both = counts.get(key) ?? [0, 0]
        both[place] += 1
        counts.set(key, both)
      }
    simulate(demoDesign(), scenario, { records: true, mirroring: false }).runSync({ onRecord: count(0) })
    await generateFlowLogs(demoDesign(), referenceTraffic({ durationMicroseconds }), { onRecord: count(1) })
    for (const [packets, flows] of counts.values()) {
      if (packets > 200) expect(flows / packets).toBeCloseTo(1, 0.7)
    }
    expect(counts.size).toBeGreaterThan(5)
  })
})

describe('generation', () => {
  /** Inflated log files by key. */
  async function files(traffic: Traffic, seed: number, records?: number): Promise<{ digest: string; count: number }> {
    const hash = createHash('sha256')
    const { recordCount } = await generateFlowLogs(demoDesign(), traffic, {
      seed,
      gzipLevel: 1,
      ...(records !== undefined && { records }),
      objectSink: { put: ({ key, body }) => void hash.update(`${key}\n`).update(gunzipSync(body)) },
    })
    return { digest: hash.digest('hex'), count: recordCount }
  }

  it('gives the same bytes for the same seed, and others for another', async () => {
    const traffic = everydayTraffic({ durationMicroseconds: minutes(20), conversationsPerSecond: 10 })
    const first = await files(traffic, 1)
    expect(first.count).toBeGreaterThan(10_000)
    expect(await files(traffic, 1)).toEqual(first)
    expect((await files(traffic, 2)).digest).not.toBe(first.digest)
  })

  it('ends with the interval in which there are enough records, and is then the beginning of a longer run', async () => {
    const options = { conversationsPerSecond: 10 }
    const some = await generateFlowLogs(
      demoDesign(),
      everydayTraffic({ ...options, durationMicroseconds: hours(24) }),
      { records: 20_000, objectSink: { put: () => {} } },
    )
    const durationMicroseconds = some.endMicroseconds - some.startMicroseconds
    expect(durationMicroseconds % minutes(1)).toBe(0)
    expect(durationMicroseconds).toBeLessThan(hours(1))
    expect(some.recordCount).toBeGreaterThan(19_000)
    expect(some.recordCount).toBeLessThan(25_000)
    const traffic = everydayTraffic({ ...options, durationMicroseconds })
    const bounded = await files(everydayTraffic({ ...options, durationMicroseconds: hours(24) }), 1, 20_000)
    expect(bounded).toEqual(await files(traffic, 1))
  })

  it('walks a conversation of each kind once', async () => {
    const few = await generateFlowLogs(
      demoDesign(),
      everydayTraffic({ durationMicroseconds: hours(1), conversationsPerSecond: 5 }),
    )
    const many = await generateFlowLogs(
      demoDesign(),
      everydayTraffic({ durationMicroseconds: hours(1), conversationsPerSecond: 50 }),
    )
    expect(many.conversationCount).toBeGreaterThan(few.conversationCount * 8)
    expect(many.walkCount).toBeLessThan(few.walkCount * 1.5)
  })

  it('refuses what it cannot use, and says where it is', async () => {
    const good: Conversation = {
      afterMicroseconds: 0,
      client: 'demo',
      server: 'google.com',
      serverPort: 80,
      shape: { kind: 'syn' },
    }
    const run = (...conversations: Conversation[]): Promise<unknown> =>
      generateFlowLogs(demoDesign(), listedTraffic({ name: 'bad', durationMicroseconds: minutes(1), conversations }))
    await expect(run(good, { ...good, client: 'nobody' })).rejects.toThrow(
      "conversation 2: there is no host 'nobody'; the hosts are demo, suricata",
    )
    await expect(run({ ...good, serverPort: 0 })).rejects.toThrow(
      'conversation 1: serverPort is a port from 1 to 65535, not 0',
    )
    await expect(run({ ...good, afterMicroseconds: 5 }, good)).rejects.toThrow('conversation 2: afterMicroseconds is')
    expect(() => everydayTraffic({ durationMicroseconds: 1, conversationsPerSecond: 0 })).toThrow(
      'conversationsPerSecond is a number above 0, at most 1,000,000, not 0',
    )
    await expect(
      generateFlowLogs(demoDesign(), referenceTraffic({ durationMicroseconds: minutes(1) }), { records: 0 }),
    ).rejects.toThrow('records is a number above 0, not 0')
  })
})

function exchange(send: number, receive: number, thinkSeconds: number): ConversationExchange {
  return { send, receive, thinkMicroseconds: seconds(thinkSeconds) }
}

async function expectSame(
  topology: Topology,
  list: readonly Conversation[],
  durationMicroseconds = minutes(12),
): Promise<readonly string[][]> {
  const traffic = listedTraffic({ name: 'list', durationMicroseconds, conversations: list })
  const expected = ofPackets(topology, traffic, portsOf(list))
  expect(Object.values(expected).flat().length).toBeGreaterThan(0)
  expect(await ofFlows(topology, traffic, portsOf(list))).toEqual(expected)
  return Object.values(expected)
}
