import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { Packet } from '../packet/packet.ts'
import type {
  FlowDirection,
  InterfaceAttachment,
  NetworkInterface,
  NetworkLoadBalancer,
  SecurityGroupRule,
  Topology,
  Vpc,
} from '../topology/topology.ts'
import { ConnectionTracker } from './connection-tracker.ts'
import { DIRECT_PATH, type GroupPath, type GroupReferences } from './group-path.ts'
import { type RuleSpec, TRACKING_VPC, type TrackingSpec, trackingTopology } from './tracking-fixture.ts'
import type { Verdict } from './verdict.ts'

// A second implementation of security groups, slow and with nothing shared: rules looked through as they stand, addresses tested by
// Node, flows in an array by text. Random groups, packets, waits and rule changes must give the same verdicts in both.

const SECOND = 1_000_000

interface Judged {
  readonly action: string
  readonly kind: string
  readonly tracked: boolean | undefined
}

interface ModelFlow {
  readonly name: string
  readonly openedBy: FlowDirection
  expires: number
  flags: { direction: FlowDirection; tcpFlags: number }[]
  balanced: boolean
}

class SlowSecurityGroups {
  topology: Topology
  flows: ModelFlow[] = []
  datagrams: { name: string; expires: number; judged: Judged }[] = []

  constructor(topology: Topology) {
    this.topology = topology
  }

  change(topology: Topology): void {
    this.topology = topology
    const isPresent = ({ name }: { name: string }): boolean =>
      topology.interfaces.some(({ id }) => name.startsWith(`${id} `))
    this.flows = this.flows.filter(isPresent)
    this.datagrams = this.datagrams.filter(isPresent)
  }

  judge(eni: NetworkInterface, direction: FlowDirection, packet: Packet, now: number, path: GroupPath): Judged {
    this.flows = this.flows.filter(({ expires }) => now < expires)
    this.datagrams = this.datagrams.filter(({ expires }) => now < expires)
    const datagram = `${eni.id} ${direction} ${packet.source} ${packet.destination} ${packet.protocol} ${packet.identification}`
    const headless = isHeadless(packet)
    if (headless) {
      const first = this.datagrams.find(({ name }) => name === datagram)
      if (first) return first.judged
    }
    const judged = this.#judgeOne(eni, direction, packet, now, path, headless)
    if (packet.moreFragments && packet.fragmentOffset === 0) {
      this.datagrams = this.datagrams.filter(({ name }) => name !== datagram)
      this.datagrams.push({ name: datagram, expires: now + 30 * SECOND, judged })
    }
    return judged
  }

  #judgeOne(
    eni: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    now: number,
    path: GroupPath,
    headless: boolean,
  ): Judged {
    const balanced = path.throughLoadBalancer !== false || eni.attachment.kind === 'load-balancer'
    const automatic = balanced || path.automaticTracking
    const name = headless ? undefined : this.#nameOf(eni, direction, packet)
    const flow = name === undefined ? undefined : this.flows.find((one) => one.name === name)
    if (flow && !(packet.protocol === 6 && this.#isClosed(flow) && this.#isFirst(packet))) {
      flow.balanced ||= balanced
      this.#extend(eni, flow, direction, packet, now)
      return { action: 'ACCEPT', kind: 'tracked-connection', tracked: undefined }
    }
    if (flow) this.flows.splice(this.flows.indexOf(flow), 1)
    if (packet.quoted && isErrorType(packet) && !isHeadless(packet.quoted)) {
      const other = direction === 'ingress' ? 'egress' : 'ingress'
      const about = this.#nameOf(eni, other, packet.quoted)
      if (about !== undefined && this.flows.some((one) => one.name === about)) {
        return { action: 'ACCEPT', kind: 'tracked-connection', tracked: undefined }
      }
    }
    const rules = eni.securityGroups.flatMap((group) => group[direction])
    const allowing = rules.filter((rule) => this.#allows(rule, direction, packet, headless, path))
    if (allowing.length === 0) return { action: 'REJECT', kind: 'no-security-group-rule', tracked: undefined }
    const untracked = { action: 'ACCEPT', kind: 'security-group-rule', tracked: false }
    if (headless) return untracked
    if ((packet.protocol === 6 || packet.protocol === 17) && !automatic) {
      const back = eni.securityGroups.flatMap((group) => group[direction === 'ingress' ? 'egress' : 'ingress'])
      const version = packet.source.version
      const isRequest =
        allowing.some((rule) => this.#isEverywhere(rule, version)) &&
        back.some((rule) => this.#isEverything(rule, version, packet.protocol))
      const turned = packet.with({
        source: packet.destination,
        destination: packet.source,
        sourcePort: packet.destinationPort,
        destinationPort: packet.sourcePort,
      })
      const isAnswer =
        !this.#isFirst(packet) &&
        rules.some((rule) => this.#isEverything(rule, version, packet.protocol)) &&
        back.some(
          (rule) =>
            this.#isEverywhere(rule, version) &&
            this.#allows(rule, direction === 'ingress' ? 'egress' : 'ingress', turned, false, path),
        )
      if (isRequest || isAnswer) return untracked
    }
    if (packet.protocol === 6 && !this.#isFirst(packet)) return untracked
    if (name === undefined) return untracked
    if (packet.protocol === 1 && ![8, 13, 15, 17].includes(packet.icmpType)) return untracked
    if (packet.protocol === 58 && packet.icmpType !== 128) return untracked
    const opened: ModelFlow = { name, openedBy: direction, expires: 0, flags: [], balanced }
    this.flows.push(opened)
    this.#extend(eni, opened, direction, packet, now)
    return { action: 'ACCEPT', kind: 'security-group-rule', tracked: true }
  }

  #nameOf(eni: NetworkInterface, direction: FlowDirection, packet: Packet): string | undefined {
    const [near, far] =
      direction === 'egress' ? [packet.source, packet.destination] : [packet.destination, packet.source]
    const base = `${eni.id} ${packet.protocol} ${near} ${far}`
    if (packet.protocol === 6 || packet.protocol === 17) {
      const ports =
        direction === 'egress'
          ? `${packet.sourcePort} ${packet.destinationPort}`
          : `${packet.destinationPort} ${packet.sourcePort}`
      return `${base} ${ports}`
    }
    if (packet.protocol !== 1 && packet.protocol !== 58) return base
    const asker = direction === 'egress' ? 'near asks' : 'far asks'
    const asked = direction === 'egress' ? 'far asks' : 'near asks'
    const pairs = packet.protocol === 58 ? { 128: 129 } : { 8: 0, 13: 14, 15: 16, 17: 18 }
    for (const [query, answer] of Object.entries(pairs)) {
      if (packet.icmpType === Number(query)) return `${base} ${packet.icmpIdentifier} ${query} ${asker}`
      if (packet.icmpType === answer) return `${base} ${packet.icmpIdentifier} ${query} ${asked}`
    }
    return undefined
  }

  #extend(eni: NetworkInterface, flow: ModelFlow, direction: FlowDirection, packet: Packet, now: number): void {
    flow.flags.push({ direction, tcpFlags: packet.tcpFlags })
    flow.expires = now + this.#idleSeconds(eni, flow, packet.protocol) * SECOND
  }

  #idleSeconds(eni: NetworkInterface, flow: ModelFlow, protocol: number): number {
    const own = flow.flags.filter(({ direction }) => direction === flow.openedBy)
    const others = flow.flags.filter(({ direction }) => direction !== flow.openedBy)
    const timeouts = eni.connectionTracking
    if (protocol === 6) {
      if (flow.flags.some(({ tcpFlags }) => tcpFlags & 4)) return 0
      const fins = [own, others].filter((side) => side.some(({ tcpFlags }) => tcpFlags & 1)).length
      if (fins === 2) return 10
      if (fins === 1) return 120
      if (!own.some(({ tcpFlags }) => (tcpFlags & 16) !== 0 && (tcpFlags & 2) === 0)) return 60
      return flow.balanced ? 350 : timeouts.tcpEstablishedSeconds
    }
    if (protocol === 17) {
      if (flow.balanced) return 120
      return own.length > 1 && others.length > 1 ? timeouts.udpStreamSeconds : timeouts.udpSeconds
    }
    return protocol === 1 || protocol === 58 ? 30 : 600
  }

  #isClosed(flow: ModelFlow): boolean {
    const fins = new Set(flow.flags.filter(({ tcpFlags }) => tcpFlags & 1).map(({ direction }) => direction))
    return fins.size === 2 || flow.flags.some(({ tcpFlags }) => tcpFlags & 4)
  }

  #isFirst(packet: Packet): boolean {
    return (packet.tcpFlags & (1 | 2 | 4 | 16)) === 2
  }

  #isEverywhere(rule: SecurityGroupRule, version: number): boolean {
    const everywhere = version === 4 ? '0.0.0.0/0' : '::/0'
    if (rule.peer.kind === 'cidr') return rule.peer.block.toString() === everywhere
    return rule.peer.kind === 'prefix-list' && rule.peer.prefixList.entries.some((entry) => `${entry}` === everywhere)
  }

  #isEverything(rule: SecurityGroupRule, version: number, protocol: number): boolean {
    if (!this.#isEverywhere(rule, version)) return false
    return rule.protocol === -1 || (rule.protocol === protocol && rule.fromPort === 0 && rule.toPort === 65_535)
  }

  #allows(
    rule: SecurityGroupRule,
    direction: FlowDirection,
    packet: Packet,
    headless: boolean,
    path: GroupPath,
  ): boolean {
    if (rule.protocol !== -1 && rule.protocol !== packet.protocol) return false
    if (rule.protocol === 6 || rule.protocol === 17) {
      if (headless && (rule.fromPort > 0 || rule.toPort < 65_535)) return false
      if (!headless && (packet.destinationPort < rule.fromPort || packet.destinationPort > rule.toPort)) return false
    }
    if (rule.protocol === 1 || rule.protocol === 58) {
      if (headless && (rule.fromPort !== -1 || rule.toPort !== -1)) return false
      if (!headless && rule.fromPort !== -1 && rule.fromPort !== packet.icmpType) return false
      if (!headless && rule.toPort !== -1 && rule.toPort !== packet.icmpCode) return false
    }
    const far = direction === 'ingress' ? packet.source : packet.destination
    const family = far.version === 4 ? 'ipv4' : 'ipv6'
    const { peer } = rule
    if (peer.kind === 'security-group') {
      const members = this.topology.interfaces.filter((one) => peer.group && one.securityGroups.includes(peer.group))
      if (path.throughLoadBalancer !== false && members.some((one) => one.attachment.kind === 'load-balancer'))
        return true
      if (path.groupReferences !== 'all' && path.groupReferences !== peer.group?.vpc) return false
      const addresses = members.flatMap((one) => [...one.addresses.map(({ address }) => address), ...one.ipv6Addresses])
      return addresses.some((address) => `${address}` === `${far}`)
    }
    const blocks = peer.kind === 'cidr' ? [peer.block] : peer.prefixList.entries
    return blocks.some((block) => {
      if (block.version !== far.version) return false
      const list = new BlockList()
      list.addSubnet(`${block.network}`, block.prefixLength, family)
      return list.check(`${far}`, family)
    })
  }
}

function isHeadless(packet: Packet): boolean {
  return packet.fragmentOffset > 0 && [1, 6, 17, 58].includes(packet.protocol)
}

function isErrorType(packet: Packet): boolean {
  if (packet.protocol === 1) return [3, 4, 5, 11, 12].includes(packet.icmpType)
  return packet.protocol === 58 && packet.icmpType < 128
}

// What is drawn: few peers and ports, so that packets belong together and rules overlap.
const NEAR = { 4: ['10.0.1.1', '10.0.1.2', '10.0.1.9'], 6: ['2001:db8::1', '2001:db8::2', '2001:db8::9'] } as const
const FAR = { 4: ['10.0.1.2', '203.0.113.7'], 6: ['2001:db8::2', '2001:db8:f::7'] } as const

const BALANCER: InterfaceAttachment = { kind: 'load-balancer', loadBalancer: { id: 'nlb-1' } as NetworkLoadBalancer }
const OTHER_VPC = { id: 'vpc-2' } as Vpc

const rule: fc.Arbitrary<RuleSpec> = fc
  .record({
    direction: fc.constantFrom<FlowDirection>('ingress', 'egress'),
    protocol: fc.constantFrom(-1, 6, 6, 17, 17, 1, 58, 47),
    ports: fc.constantFrom([0, 65_535], [0, 1023], [80, 80], [53, 443], [1024, 65_535]),
    icmp: fc.constantFrom([-1, -1], [8, -1], [128, 0], [3, 4], [0, -1]),
    peer: fc.constantFrom(
      ...['0.0.0.0/0', '0.0.0.0/0', '::/0', '10.0.1.0/24', '203.0.113.7/32', '2001:db8::/64', '2001:db8:f::7/128'],
      ...['one', 'two', 'stale', 'list', 'wide-list'],
    ),
  })
  .map(({ direction, protocol, ports, icmp, peer }) => {
    const [from = 0, to = 0] =
      protocol === 6 || protocol === 17 ? ports : protocol === 1 || protocol === 58 ? icmp : [-1, -1]
    return { direction, protocol, from, to, peer }
  })
const rules = fc.array(rule, { maxLength: 6 })
const spec: fc.Arbitrary<TrackingSpec> = fc
  .record({
    one: rules,
    two: rules,
    membership: fc.constantFrom(
      [['one'], ['two']],
      [['one', 'two'], ['two']],
      [['two', 'one'], ['one']],
      [['one'], []],
    ),
    established: fc.constantFrom(60, 350, 432_000),
    udp: fc.constantFrom(30, 45),
    stream: fc.constantFrom(60, 180),
    attachment: fc.constantFrom<InterfaceAttachment>({ kind: 'none' }, { kind: 'none' }, BALANCER),
    before: fc.subarray(['eni-3', 'eni-4']),
    after: fc.subarray(['eni-5']),
  })
  .map(({ one, two, membership, established, udp, stream, attachment, before, after }) => {
    const passing = (id: string): TrackingSpec['interfaces'][number] => ({
      id,
      addresses: ['10.0.1.3'],
      groups: ['one'],
    })
    const timeouts = { tcpEstablishedSeconds: established, udpSeconds: udp, udpStreamSeconds: stream }
    return {
      groups: { one, two },
      prefixLists: { list: ['203.0.113.0/28', '2001:db8:f::/48'], 'wide-list': ['192.0.2.0/24', '0.0.0.0/0'] },
      interfaces: [
        ...before.map(passing),
        { id: 'eni-1', addresses: ['10.0.1.1', '10.0.1.9', '2001:db8::1'], groups: membership[0] ?? [], timeouts },
        { id: 'eni-2', addresses: ['10.0.1.2', '2001:db8::2'], groups: membership[1] ?? [], attachment },
        ...after.map(passing),
      ],
    }
  })

interface Send {
  readonly kind: 'send'
  readonly eni: number
  readonly direction: FlowDirection
  readonly packet: Packet
  readonly path: GroupPath
}

/** Two ends and a protocol; a sequence has few of them, so that its packets make conversations. */
const conversation = fc.record({
  version: fc.constantFrom<4 | 6>(4, 4, 6),
  near: fc.nat({ max: 1 }),
  far: fc.nat({ max: 1 }),
  protocol: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'gre'),
  nearPort: fc.constantFrom(80, 40_000),
  farPort: fc.constantFrom(53, 443, 40_001),
  icmpIdentifier: fc.constantFrom(1, 2),
  identification: fc.constantFrom(7, 0x1_0007),
  eni: fc.constantFrom(0, 0, 0, 1, 2, 3),
  automaticTracking: fc.constantFrom(false, false, false, true),
  balanced: fc.constantFrom(false, false, false, false, true),
  groupReferences: fc.constantFrom<GroupReferences>('all', 'all', 'all', 'none', TRACKING_VPC, OTHER_VPC),
})
type Conversation = typeof conversation extends fc.Arbitrary<infer T> ? T : never

const move = fc.record({
  kind: fc.constant('send' as const),
  which: fc.nat({ max: 3 }),
  direction: fc.constantFrom<FlowDirection>('ingress', 'egress'),
  tcpFlags: fc.constantFrom(2, 2, 18, 16, 16, 24, 17, 17, 4, 20, 0, 3, 194),
  icmpType: fc.constantFrom(8, 8, 0, 0, 128, 128, 129, 129, 3, 13, 14),
  fragment: fc.constantFrom('no', 'no', 'no', 'no', 'no', 'no', 'first', 'later', 'last'),
  isError: fc.constantFrom(false, false, false, false, true),
  isOtherPath: fc.constantFrom(false, false, false, false, false, true),
})
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never

function packetOf(ends: Conversation, { direction, tcpFlags, icmpType, fragment }: Move): Packet {
  const near = IpAddress.of(NEAR[ends.version][ends.near] ?? '')
  const far = IpAddress.of(FAR[ends.version][ends.far] ?? '')
  const isEgress = direction === 'egress'
  const protocol = { tcp: 6, udp: 17, icmp: ends.version === 4 ? 1 : 58, gre: 47 }[ends.protocol] ?? 47
  const hasPorts = protocol === 6 || protocol === 17
  const isIcmp = protocol === 1 || protocol === 58
  return new Packet({
    source: isEgress ? near : far,
    destination: isEgress ? far : near,
    protocol,
    sourcePort: hasPorts ? (isEgress ? ends.nearPort : ends.farPort) : 0,
    destinationPort: hasPorts ? (isEgress ? ends.farPort : ends.nearPort) : 0,
    tcpFlags: protocol === 6 ? tcpFlags : 0,
    icmpType: isIcmp ? icmpType : 0,
    icmpCode: isIcmp && icmpType === 3 ? 4 : 0,
    icmpIdentifier: isIcmp ? ends.icmpIdentifier : 0,
    identification: ends.identification,
    fragmentOffset: fragment === 'later' || fragment === 'last' ? 1480 : 0,
    moreFragments: fragment === 'first' || fragment === 'later',
    payloadLength: 100,
  })
}

/** The packet of a move, now and then wrapped into the ICMP error that the other side would send about it. */
function sendOf(ends: Conversation, one: Move): Send {
  const { eni, automaticTracking, groupReferences } = ends
  const path = { automaticTracking, throughLoadBalancer: ends.balanced !== one.isOtherPath, groupReferences }
  const packet = packetOf(ends, one)
  if (!one.isError) return { kind: 'send', eni, direction: one.direction, packet, path }
  const isIpv4 = packet.source.version === 4
  const error = new Packet({
    source: packet.destination,
    destination: packet.source,
    protocol: isIpv4 ? 1 : 58,
    icmpType: isIpv4 ? 3 : 2,
    icmpCode: isIpv4 ? 4 : 0,
    quoted: packet,
  })
  const direction = one.direction === 'egress' ? 'ingress' : 'egress'
  return { kind: 'send', eni, direction, packet: error, path }
}
const wait = fc.record({
  kind: fc.constant('wait' as const),
  wholeSecond: fc.boolean(),
  seconds: fc.constantFrom(0, 0, 0.001, 0.4, 1, 9, 10, 29.9, 30, 45, 60, 119, 120, 180, 349.999999, 350, 600, 432_000),
})
const change = fc.record({ kind: fc.constant('change' as const), spec })
const conversations = fc.array(conversation, { minLength: 1, maxLength: 4 })

/** Packets of a few conversations, with what else happens between them. */
function withPackets<T>(steps: fc.Arbitrary<(Move | T)[]>): fc.Arbitrary<(Send | T)[]> {
  const isMove = (step: Move | T): step is Move => (step as { kind: string }).kind === 'send'
  return fc
    .tuple(conversations, steps)
    .map(([ends, list]) =>
      list.map((step) => (isMove(step) ? sendOf(ends[step.which % ends.length] as Conversation, step) : step)),
    )
}

const sends = withPackets<never>(fc.array(move, { maxLength: 60, size: 'max' }))
const steps = withPackets(
  fc.array(
    fc.oneof({ weight: 12, arbitrary: move }, { weight: 3, arbitrary: wait }, { weight: 1, arbitrary: change }),
    { maxLength: 120, size: 'max' },
  ),
)

function judgedOf(verdict: Verdict): Judged {
  const { action, reason } = verdict
  return {
    action,
    kind: reason.kind,
    tracked: reason.kind === 'security-group-rule' ? reason.tracked : undefined,
  }
}

describe('connection tracker against a second implementation', () => {
  it('gives the same verdicts and holds as many flows, whatever the groups, packets, waits and rule changes', () => {
    fc.assert(
      fc.property(spec, steps, (first, sequence) => {
        let topology = trackingTopology(first)
        const tracker = new ConnectionTracker(topology)
        const model = new SlowSecurityGroups(topology)
        let now = 1_630_000_000 * SECOND
        let isAtWholeSecond = false
        for (const step of sequence) {
          if (step.kind === 'wait') {
            now += Math.round(step.seconds * SECOND)
            isAtWholeSecond = step.seconds >= 1 && step.wholeSecond
            if (isAtWholeSecond) now = Math.ceil(now / SECOND) * SECOND
          } else if (step.kind === 'change') {
            topology = trackingTopology(step.spec)
            tracker.update(topology)
            model.change(topology)
          } else {
            const { eni, direction, packet, path } = step
            const networkInterface = topology.interfaces[eni % topology.interfaces.length] as NetworkInterface
            const verdict = tracker.judge(networkInterface, direction, packet, now, path)
            const expected = model.judge(networkInterface, direction, packet, now, path)
            expect(judgedOf(verdict)).toEqual(expected)
            // Timers that ran out are cleared away at whole seconds.
            if (isAtWholeSecond) expect(tracker.size).toBe(model.flows.length)
            isAtWholeSecond = false
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('names a rule of the groups that allows the packet', () => {
    fc.assert(
      fc.property(spec, sends, (first, sequence) => {
        const topology = trackingTopology(first)
        const tracker = new ConnectionTracker(topology)
        for (const { eni, direction, packet } of sequence) {
          const networkInterface = topology.interfaces[eni % topology.interfaces.length] as NetworkInterface
          const { reason } = tracker.judge(networkInterface, direction, packet, 0)
          if (reason.kind === 'no-security-group-rule') expect(reason.groups).toBe(networkInterface.securityGroups)
          if (reason.kind !== 'security-group-rule') continue
          expect(networkInterface.securityGroups).toContain(reason.group)
          expect(reason.group[direction]).toContain(reason.rule)
          const alone = new SlowSecurityGroups(topology)
          const lone = {
            ...networkInterface,
            securityGroups: [{ ...reason.group, ingress: [], egress: [], [direction]: [reason.rule] }],
          }
          // A later fragment may pass by the ports of its first one.
          if (packet.fragmentOffset === 0)
            expect(alone.judge(lone, direction, packet, 0, DIRECT_PATH).action).toBe('ACCEPT')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('without a rule, new connections fare as if it had never been there', () => {
    fc.assert(
      fc.property(spec, fc.nat(), sends, (withRule, which, sequence) => {
        const at = which % (withRule.groups.one?.length || 1)
        const one = (withRule.groups.one ?? []).filter((_, index) => index !== at)
        const without: TrackingSpec = { ...withRule, groups: { ...withRule.groups, one } }
        const before = trackingTopology(withRule)
        const after = trackingTopology(without)
        const changed = new ConnectionTracker(before)
        const never = new ConnectionTracker(trackingTopology(without))
        for (const { eni, direction, packet, path } of sequence) {
          changed.judge(
            before.interfaces[eni % before.interfaces.length] as NetworkInterface,
            direction,
            packet,
            0,
            path,
          )
        }
        changed.update(after)
        never.update(after)
        for (const { eni, direction, packet, path } of sequence) {
          // New connections: from another near address, so that nothing that is remembered has them.
          const renewed = renew(packet, direction)
          const networkInterface = after.interfaces[eni % after.interfaces.length] as NetworkInterface
          const verdict = changed.judge(networkInterface, direction, renewed, SECOND, path)
          expect(verdict).toEqual(never.judge(networkInterface, direction, renewed, SECOND, path))
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** The packet with the ENI's own address replaced by another one, and other identifiers. */
function renew(packet: Packet, direction: FlowDirection): Packet {
  const near = IpAddress.of(NEAR[packet.source.version][2])
  return packet.with({
    ...(direction === 'egress' ? { source: near } : { destination: near }),
    icmpIdentifier: packet.icmpIdentifier + 100,
    identification: packet.identification + 100,
    ...(packet.quoted && { quoted: renew(packet.quoted, direction === 'egress' ? 'ingress' : 'egress') }),
  })
}
