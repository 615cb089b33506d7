import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CaptureReader,
  captureTimeMicroseconds,
  type Design,
  demoDesign,
  encodePacket,
  frameLength,
  MacAddress,
  type MirrorFilterRule,
  type MirrorSession,
  type Packet,
  resolveDesign,
  routerMacAddress,
  type Topology,
  unwrapVxlan,
} from '@flowtap/core'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { design } from '../src/arbitraries/index.ts'
import { minutes } from '../src/duration.ts'
import { MirrorTaps, mirrorCaptureName } from '../src/mirror-taps.ts'
import { cataloguedScenario } from '../src/scenarios/scenario-catalogue.ts'
import { type SimulationOptions, type SimulationSummary, simulate } from '../src/simulation.ts'
import type { CapturedPacket, MirroredPacket } from '../src/simulation-observer.ts'

// The captures of mirror sessions beside those of the ENIs: which packets are in them follows from the design's own words by a second
// reading of the rules, and their bytes from the capture of the source.

const FULL_OVERHEAD = 20 + 8 + 8
/** Gateway Load Balancer guide: "adds 68 bytes to the original packet". */
const GENEVE_OVERHEAD = 68
/** Bytes of a frame that a copy has at the most, by what the target is. */
const LONGEST: Readonly<Record<MirrorSession['target']['target']['kind'], number>> = {
  'network-interface': 8_961,
  'load-balancer': 8_500,
  'gateway-load-balancer-endpoint': 8_460,
}

interface Run {
  readonly topology: Topology
  /** What every ENI captured. */
  readonly captured: readonly CapturedPacket[]
  readonly mirrored: readonly MirroredPacket[]
  /** Files by session. */
  readonly files: ReadonlyMap<MirrorSession, Uint8Array>
  readonly summary: SimulationSummary
}

function run(made: Design, name: string, duration: number, seed: number, options: SimulationOptions = {}): Run {
  const scenario = cataloguedScenario(name, { durationMicroseconds: duration })
  if (!scenario) throw new Error(`the catalogue has no scenario "${name}"`)
  const topology = resolveDesign(made)
  const captured: CapturedPacket[] = []
  const mirrored: MirroredPacket[] = []
  const pieces = new Map<MirrorSession, Uint8Array[]>()
  const taps = new MirrorTaps((session) => {
    const own: Uint8Array[] = []
    pieces.set(session, own)
    return (bytes) => void own.push(bytes.slice())
  })
  const summary = simulate(topology, scenario, { seed, ...options }).runSync({
    onPacket: (packet) => captured.push(packet),
    onMirroredPacket: (packet) => {
      mirrored.push(packet)
      taps.write(packet)
    },
  })
  taps.end()
  const files = new Map([...pieces].map(([session, own]) => [session, new Uint8Array(Buffer.concat(own))]))
  return { topology, captured, mirrored, files, summary }
}

/** What AWS's guide says that a session mirrors, word by word; no code of the data plane. */
function wanted({ networkInterface, direction, packet, verdict }: CapturedPacket, { filter }: MirrorSession): boolean {
  if ([4789, 6081].includes(packet.destinationPort) && packet.protocol === 17) return false
  const peer = (direction === 'egress' ? packet.destination : packet.source).toString()
  const base = networkInterface.vpc.cidrBlocks[0]?.network.plus(2).toString()
  if (peer === base || ['169.254.169.253', 'fd00:ec2::253'].includes(peer)) {
    return filter.networkServices.includes('amazon-dns')
  }
  if (/^(?:169\.254\.(?:169|170)\.|fd00:ec2::)/.test(peer)) return false
  if (packet.protocol === 17 && [67, 68].includes(packet.sourcePort) && [67, 68].includes(packet.destinationPort)) {
    return false
  }
  if (verdict.action === 'REJECT') {
    const isBehindInterface = ['network-acl', 'block-public-access'].includes(verdict.reason.kind)
    if (direction === 'ingress' || !isBehindInterface) return false
  }
  const matching = filter.rules.filter((rule) => rule.direction === direction && matches(rule, packet))
  return matching.toSorted((one, other) => one.ruleNumber - other.ruleNumber)[0]?.action === 'accept'
}

function matches(rule: MirrorFilterRule, packet: Packet): boolean {
  const hasPorts = [6, 17].includes(packet.protocol) && packet.fragmentOffset === 0
  const within = (range: MirrorFilterRule['sourcePorts'], port: number): boolean =>
    !range || (hasPorts && port >= range.from && port <= range.to)
  return (
    (rule.protocol === undefined || rule.protocol === packet.protocol) &&
    rule.sourceCidr.version === packet.source.version &&
    rule.sourceCidr.contains(packet.source) &&
    rule.destinationCidr.contains(packet.destination) &&
    within(rule.sourcePorts, packet.sourcePort) &&
    within(rule.destinationPorts, packet.destinationPort)
  )
}

/** The frame as the capture of the source ENI has it. */
function frameOf({ networkInterface, direction, packet }: MirroredPacket['original']): Uint8Array {
  const own = MacAddress.of(networkInterface.macAddress)
  const router = routerMacAddress(networkInterface.subnet)
  const macs = direction === 'ingress' ? { source: router, destination: own } : { source: own, destination: router }
  const bytes = new Uint8Array(frameLength(packet))
  encodePacket(packet, bytes, 0, macs)
  return bytes
}

/** Where checksums stand that the sender's network card leaves out where a frame is cut. */
function checksumPlaces({ source, protocol, ipOptions, fragmentOffset, moreFragments }: Packet): number[] {
  const isFragment = fragmentOffset > 0 || moreFragments
  const transport = 14 + (source.version === 4 ? 20 : 40 + (isFragment ? 8 : 0)) + ipOptions.length
  const offset = fragmentOffset > 0 ? undefined : { 6: 16, 17: 6, 1: 2, 58: 2 }[protocol]
  return offset === undefined ? [] : [transport + offset, transport + offset + 1]
}

/** How the packets of a run are mirrored, by the design; every packet of a source once. */
function check({ topology, captured, mirrored, files, summary }: Run): void {
  const ofSources = captured.filter(
    ({ networkInterface, verdict }) =>
      verdict.reason.kind !== 'mirrored-traffic' &&
      topology.mirrorSessions.some(({ source }) => source === networkInterface),
  )
  const expected = new Map<string, number>()
  for (const one of ofSources) {
    const sessions = topology.mirrorSessions
      .filter(({ source }) => source === one.networkInterface)
      .toSorted((a, b) => a.sessionNumber - b.sessionNumber)
    const first = sessions.find((session) => wanted(one, session))
    if (first) expected.set(first.id, (expected.get(first.id) ?? 0) + 1)
  }
  // Exactly one session accepted each packet: as many as the sessions were to mirror did arrive or were lost on the way.
  const sent = summary.mirrorTallies.reduce(
    (sum, { mirrored: count, dropped }) => sum + count + Object.values(dropped).reduce((all, each) => all + each, 0),
    0,
  )
  expect(sent).toBe([...expected.values()].reduce((sum, count) => sum + count, 0))
  expect(summary.mirrorTallies.reduce((sum, one) => sum + one.mirrored, 0)).toBe(mirrored.length)
  for (const session of topology.mirrorSessions) {
    const count = mirrored.filter((one) => one.session === session).length
    expect(count).toBeLessThanOrEqual(expected.get(session.id) ?? 0)
  }
  // Every packet of a source is in one of the four numbers, and the metrics add up.
  for (const tally of summary.mirrorTallies) {
    const own = ofSources.filter(({ networkInterface }) => networkInterface.id === tally.networkInterface.id)
    const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0)
    expect(tally.mirrored + tally.filtered + sum(tally.excluded) + sum(tally.dropped)).toBe(own.length)
    const { NetworkPacketsMirrorIn, NetworkPacketsMirrorOut } = tally.metrics
    expect(NetworkPacketsMirrorIn + NetworkPacketsMirrorOut).toBe(tally.mirrored + sum(tally.dropped))
  }
  for (const { original, session } of mirrored) {
    const passed = { ...original, verdict: { action: 'ACCEPT', reason: { kind: 'not-filtered' } } } as const
    const [first] = topology.mirrorSessions
      .filter((each) => each.source === original.networkInterface && wanted(passed, each))
      .toSorted((a, b) => a.sessionNumber - b.sessionNumber)
    expect(session).toBe(first)
  }
  // The bytes of the session's capture are those of the source's, in a tunnel, cut to the length that is due.
  for (const [session, bytes] of files) {
    const own = mirrored.filter((one) => one.session === session)
    let place = 0
    let last = 0
    const reader = new CaptureReader({
      onIssue: ({ message }) => expect.fail(message),
      onPacket: (packet) => {
        const { original, timeMicroseconds } = own[place] as MirroredPacket
        place += 1
        const unwrapped = unwrapVxlan(packet.data)
        expect(unwrapped?.virtualNetworkId).toBe(session.virtualNetworkId)
        expect(captureTimeMicroseconds(packet)).toBe(timeMicroseconds)
        const whole = frameOf(original)
        const { kind } = session.target.target
        const least = original.packet.source.version === 4 ? 35 : 55
        const most = Math.max(least, Math.min(session.packetLength ?? 100_000, LONGEST[kind]))
        const due = Buffer.from(whole.subarray(0, Math.min(whole.length, most)))
        const found = Buffer.from(unwrapped?.frame ?? [])
        if (due.length < whole.length && original.direction === 'egress') {
          for (const at of checksumPlaces(original.packet)) if (at < due.length) due[at] = 0
        }
        expect(found.equals(due)).toBe(true)
        const geneve = kind === 'gateway-load-balancer-endpoint' ? GENEVE_OVERHEAD : 0
        expect(packet.data.length).toBe(14 + geneve + FULL_OVERHEAD + due.length)
        expect(timeMicroseconds).toBeGreaterThanOrEqual(last)
        last = timeMicroseconds
      },
    })
    reader.push(bytes)
    reader.end()
    expect(place).toBe(own.length)
  }
}

/** The design with groups and filters that let everything of IPv4 pass: copies come from many sources and to many sensors. */
function opened(made: Design): Design {
  const ingress = [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] as const
  const rules = [
    { ruleNumber: 1, ruleAction: 'accept', sourceCidrBlock: '0.0.0.0/0', destinationCidrBlock: '0.0.0.0/0' },
  ] as const
  const each = <Value>(
    all: Readonly<Record<string, Value>> = {},
    change: (one: Value) => Value,
  ): Record<string, Value> => Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)]))
  return {
    ...made,
    vpcs: each(made.vpcs, (vpc) => ({
      ...vpc,
      ...(vpc.securityGroups && { securityGroups: each(vpc.securityGroups, (group) => ({ ...group, ingress })) }),
    })),
    trafficMirrorFilters: each(made.trafficMirrorFilters, (filter) => ({
      ...filter,
      ingressFilterRules: rules,
      egressFilterRules: rules,
    })),
  }
}

const SCENARIOS = ['reference', 'web', 'services', 'port-scan', 'background', 'dns-tunnelling'] as const

describe('captures of mirror sessions', () => {
  it('are what the filters let through of the sources’ captures, cut and wrapped, in designs of all kinds', () => {
    const seen = { mirrored: 0, throughGateway: 0, cut: 0, lost: 0, filtered: 0, excluded: 0 }
    fc.assert(
      fc.property(
        design({ maxVpcs: 2, maxInstances: 4 }).filter(
          ({ trafficMirrorSessions }) => trafficMirrorSessions !== undefined,
        ),
        fc.constantFrom(...SCENARIOS),
        fc.nat({ max: 1_000 }),
        fc.boolean(),
        (made, name, seed, isOpen) => {
          const one = run(isOpen ? opened(made) : made, name, minutes(3), seed)
          check(one)
          seen.mirrored += one.mirrored.length
          for (const { original, packet } of one.mirrored) {
            if (packet.destinationPort === 6081) seen.throughGateway += 1
            else if (packet.length < FULL_OVERHEAD + 14 + original.packet.length) seen.cut += 1
          }
          for (const tally of one.summary.mirrorTallies) {
            seen.filtered += tally.filtered
            seen.excluded += Object.keys(tally.excluded).length
          }
          seen.lost += one.summary.mirrorLosses.length
        },
      ),
      { numRuns: Number(process.env.FLOWTAP_RUNS ?? 60) },
    )
    for (const [kind, count] of Object.entries(seen)) expect([kind, count > 0]).toEqual([kind, true])
  }, 300_000)

  it('of the reference design hold the demo instance’s traffic', () => {
    const one = run(demoDesign(), 'reference', minutes(30), 1)
    check(one)
    expect(one.mirrored.length).toBeGreaterThan(500)
    expect(one.summary.mirrorLosses).toEqual([])
    expect([...one.files.keys()].map(mirrorCaptureName)).toEqual([
      expect.stringMatching(/^mirror-tms-[0-9a-f]{17}\.pcap$/),
    ])
  })
})

describe('both ways to deploy sensors', () => {
  const sensor = (privateIpAddress: string): NonNullable<Design['instances']>[string] => ({
    subnet: 'private-b',
    privateIpAddress,
    securityGroups: ['sensor'],
  })
  /** The reference design with three sensors behind a balancer in the place of one. */
  function balancedDesign(vxlanFrom: Readonly<{ cidrBlock: string } | { securityGroup: string }>): Design {
    const made = demoDesign()
    const { main } = made.vpcs
    if (!main) throw new Error('the reference design has another VPC')
    const ingress = [{ ipProtocol: 'udp' as const, fromPort: 4789, ...vxlanFrom }]
    return {
      ...made,
      vpcs: { main: { ...main, securityGroups: { ...main.securityGroups, sensor: { ingress } } } },
      instances: { ...made.instances, second: sensor('10.0.2.102'), third: sensor('10.0.2.103') },
      loadBalancers: {
        sensors: {
          scheme: 'internal',
          subnets: [{ subnet: 'private-b' }],
          listeners: [{ protocol: 'UDP', port: 4789, targetGroup: 'sensors' }],
        },
      },
      targetGroups: {
        sensors: {
          protocol: 'UDP',
          port: 4789,
          vpc: 'main',
          targets: [{ instance: 'suricata' }, { instance: 'second' }, { instance: 'third', healthy: false }],
        },
      },
      trafficMirrorTargets: { suricata: { loadBalancer: 'sensors' } },
    }
  }

  /** The least and the most time between a packet at its source and its copy at the sensor, in microseconds. */
  const delays = ({ mirrored }: Run): readonly [number, number] => {
    const all = mirrored.map(({ original, timeMicroseconds }) => timeMicroseconds - original.timeMicroseconds)
    return [Math.min(...all), Math.max(...all)]
  }

  it('mirror the same packets; behind a balancer each flow goes to one healthy sensor', () => {
    const alone = run(demoDesign(), 'web', minutes(20), 1)
    const balanced = run(balancedDesign({ cidrBlock: '10.0.1.0/24' }), 'web', minutes(20), 1)
    check(balanced)
    const inner = ({ mirrored }: Run): string[] =>
      mirrored.map(
        ({ original }) => `${original.timeMicroseconds} ${createHash('sha1').update(frameOf(original)).digest('hex')}`,
      )
    expect(inner(balanced).sort()).toEqual(inner(alone).sort())
    // An ENI gets them in order. Behind a balancer some come out of order, all within 20 microseconds.
    const isInOrder = (times: readonly number[]): boolean => times.every((time, at) => time >= (times[at - 1] ?? 0))
    expect(isInOrder(alone.mirrored.map(({ original }) => original.timeMicroseconds))).toBe(true)
    const order = new Map(inner(alone).map((one, at) => [one, at]))
    const places = inner(balanced).map((one) => order.get(one) ?? -1)
    expect(places.filter((place, at) => place < (places[at - 1] ?? 0)).length).toBeGreaterThan(10)
    const [least, most] = delays(balanced)
    expect(most - least).toBeGreaterThan(0)
    expect(most - least).toBeLessThanOrEqual(20)
    expect(new Set(delays(alone)).size).toBe(1)
    const sensors = new Map<string, Set<string>>()
    for (const { networkInterface, original } of balanced.mirrored) {
      const { protocol, source, destination, sourcePort, destinationPort } = original.packet
      const ends = [`${source} ${sourcePort}`, `${destination} ${destinationPort}`].sort()
      // Answers of the Amazon resolver have a port of their own.
      if (ends.some((end) => end.endsWith(' 53'))) continue
      const flow = [protocol, ...ends].join(' ')
      sensors.set(flow, (sensors.get(flow) ?? new Set()).add(networkInterface.name))
    }
    expect([...sensors.values()].every(({ size }) => size === 1)).toBe(true)
    expect(new Set([...sensors.values()].flatMap((names) => [...names]))).toEqual(new Set(['suricata', 'second/eth0']))
  })

  it('without re-ordering, mirror the same packets in the same order', () => {
    const made = balancedDesign({ cidrBlock: '10.0.1.0/24' })
    const inOrder = run(made, 'web', minutes(5), 1, { mirrorReordering: { maximumMicroseconds: 0 } })
    const times = inOrder.mirrored.map(({ original }) => original.timeMicroseconds)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(new Set(delays(inOrder)).size).toBe(1)
  })

  it('lose everything behind a balancer where the sensors let in the sources’ group, and say so', () => {
    const { mirrored, summary } = run(balancedDesign({ securityGroup: 'demo' }), 'web', minutes(20), 1)
    expect(mirrored).toEqual([])
    expect(summary.mirrorLosses.map(({ reason }) => reason)).toEqual(['no-security-group-rule'])
    expect(summary.mirrorLosses[0]?.packets).toBeGreaterThan(100)
  })
})

/** The reference design with two appliances behind a Gateway Load Balancer in the place of the sensor. */
function gatewayDesign(): Design {
  const made = demoDesign()
  const { main } = made.vpcs
  if (!main) throw new Error('the reference design has another VPC')
  const subnets = ['private-a', 'private-b']
  const ingress = [{ ipProtocol: 'udp' as const, fromPort: 6081, cidrBlock: '10.0.0.0/16' }]
  const appliance = { subnet: 'private-b', securityGroups: ['appliance'] }
  const endpoint = { vpcEndpointType: 'GatewayLoadBalancer', gatewayLoadBalancer: 'inspection' } as const
  return {
    ...made,
    vpcs: {
      main: {
        ...main,
        securityGroups: { ...main.securityGroups, appliance: { ingress } },
        vpcEndpoints: { ...main.vpcEndpoints, mirror: { ...endpoint, subnets: ['private-a'] } },
      },
    },
    instances: { ...made.instances, first: appliance, second: appliance },
    gatewayLoadBalancers: {
      inspection: { subnets, crossZoneEnabled: true, listeners: [{ targetGroup: 'appliances' }] },
    },
    targetGroups: {
      appliances: {
        protocol: 'GENEVE',
        port: 6081,
        vpc: 'main',
        targets: [{ instance: 'first' }, { instance: 'second' }],
      },
    },
    trafficMirrorTargets: { suricata: { gatewayLoadBalancerEndpoint: 'mirror' } },
  }
}

/** Prints of each packet its destination, the network identifier and the frame, as scapy takes it apart. */
const SCAPY_UNWRAP = `
import sys
from scapy.all import Ether, IP, rdpcap
from scapy.layers.vxlan import VXLAN
from scapy.contrib.geneve import GENEVE
for packet in rdpcap(sys.argv[1]):
    vxlan = packet[GENEVE][VXLAN]
    print(packet[IP].dst, vxlan.vni, bytes(vxlan.payload).hex())
`

/** Fields of each packet of a capture, as tshark prints them. */
function tsharkFields(path: string, fields: readonly string[]): readonly (readonly string[])[] {
  const wanted = fields.flatMap((field) => ['-e', field])
  const output = execFileSync('tshark', ['-n', '-r', path, '-T', 'fields', '-E', 'separator=|', ...wanted], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  })
  return output
    .trimEnd()
    .split('\n')
    .map((line) => line.split('|'))
}

function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env.FLOWTAP_REQUIRE_REAL === '1') throw new Error('tshark is not installed: apt-get install tshark')
    return false
  }
}

describe.skipIf(!hasTshark())(
  'captures of mirror sessions as tshark reads them (skipped where it is not installed)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowtap-mirror-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it.each(['reference', 'web', 'dns-tunnelling'])(
      '%s: all of one network identifier, nothing malformed, checksums right',
      (name) => {
        const { files, mirrored } = run(demoDesign(), name, minutes(10), 3)
        expect(files.size).toBe(1)
        for (const [session, bytes] of files) {
          const path = join(folder, mirrorCaptureName(session))
          writeFileSync(path, bytes)
          const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`])
          const fields = [
            'vxlan.vni',
            'udp.dstport',
            '_ws.malformed',
            'ip.checksum.status',
            'tcp.checksum.status',
            'ip.ttl',
          ]
          const output = execFileSync(
            'tshark',
            [
              '-n',
              ...checks,
              '-r',
              path,
              '-T',
              'fields',
              '-E',
              'separator=|',
              ...fields.flatMap((field) => ['-e', field]),
            ],
            { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 },
          )
          const lines = output
            .trimEnd()
            .split('\n')
            .map((line) => line.split('|'))
          expect(lines.length).toBe(mirrored.length)
          for (const [vni, port, malformed, ip, tcp, ttl] of lines) {
            expect(vni).toBe(`${session.virtualNetworkId}`)
            expect(port?.startsWith('4789')).toBe(true)
            expect(malformed).toBe('')
            expect(/0/.test(`${ip}${tcp}`)).toBe(false)
            expect(ttl?.startsWith('255')).toBe(true)
          }
        }
      },
      60_000,
    )

    it('through a Gateway Load Balancer: GENEVE around VXLAN, in words of both', () => {
      const { files, mirrored, topology } = run(gatewayDesign(), 'web', minutes(10), 3)
      const [endpoint] = topology.gatewayLoadBalancerEndpoints
      for (const [session, bytes] of files) {
        const path = join(folder, mirrorCaptureName(session))
        writeFileSync(path, bytes)
        const fields = [
          ...['geneve.version', 'geneve.vni', 'geneve.proto_type', 'geneve.option.class'],
          ...['geneve.option.type', 'geneve.option.unknown.data', 'vxlan.vni', 'udp.dstport', '_ws.malformed'],
        ]
        const cookies = new Set<string>()
        const lines = tsharkFields(path, fields)
        expect(lines.length).toBe(mirrored.length)
        for (const line of lines) {
          const [version, vni, protocol, classes, types, data, vxlan, ports, malformed] = line
          expect([version, vni, protocol]).toEqual(['0', '0x000000', '0x0800'])
          expect(classes).toBe('0x0108,0x0108,0x0108')
          expect(types?.split(',').map(Number)).toEqual([1, 2, 3])
          // The endpoint's id without its first digit, which is 0; no attachment; a cookie for each flow.
          const [id, attachment, cookie = ''] = (data ?? '').replaceAll(':', '').split(',')
          expect([id, attachment]).toEqual([endpoint?.id.slice(-16), '0'.repeat(16)])
          cookies.add(cookie)
          expect(vxlan).toBe(`${session.virtualNetworkId}`)
          expect(ports?.startsWith('6081,4789')).toBe(true)
          expect(malformed).toBe('')
        }
        expect(cookies.size).toBeGreaterThan(5)
      }
    })
  },
)

// Debian's package belongs to the system's own Python.
const python = ['python3', '/usr/bin/python3'].find((one) => {
  try {
    execFileSync(one, ['-c', 'import scapy.contrib.geneve'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})
if (python === undefined && process.env.FLOWTAP_REQUIRE_REAL === '1') {
  throw new Error('scapy is not installed: apt-get install python3-scapy')
}

describe.skipIf(python === undefined)(
  'captures behind a Gateway Load Balancer as scapy reads them (skipped without it)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowtap-geneve-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('hold the frames of the source, byte for byte', () => {
      const { files, mirrored } = run(gatewayDesign(), 'web', minutes(5), 5)
      expect(files.size).toBe(1)
      for (const [session, bytes] of files) {
        const path = join(folder, mirrorCaptureName(session))
        writeFileSync(path, bytes)
        const output = execFileSync(python ?? '', ['-c', SCAPY_UNWRAP, path], { encoding: 'utf8', maxBuffer: 1 << 28 })
        const own = mirrored.map(({ original, networkInterface }) => {
          const address = networkInterface.addresses[0]?.address
          return `${address} ${session.virtualNetworkId} ${Buffer.from(frameOf(original)).toString('hex')}`
        })
        expect(output.trimEnd().split('\n')).toEqual(own)
      }
    })
  },
)
