import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import type { NetworkAclEntryDesign, SecurityGroupRuleDesign } from '../design/security-group-design.ts'
import { answerTo, TestNetwork, tcp, udp } from './network-fixture.ts'

// Random designs of one VPC: three subnets with ACLs and groups of few rules, two hosts in each subnet, all with a public address. A
// second, slow and simple reading of AWS's rules, made from the design's own words, tells what must happen to a first packet.

const SECOND = 1_000_000
const SUBNETS = ['one', 'two', 'three'] as const
const GROUPS = ['red', 'green', 'blue'] as const
const OUTSIDE = '203.0.113.9'

interface Host {
  readonly name: string
  readonly subnet: (typeof SUBNETS)[number]
  readonly address: string
  readonly publicIp: string
  readonly groups: readonly string[]
}

interface World {
  readonly acls: Readonly<Record<string, Readonly<Record<'ingress' | 'egress', readonly NetworkAclEntryDesign[]>>>>
  readonly groups: Readonly<Record<string, Readonly<Record<'ingress' | 'egress', readonly SecurityGroupRuleDesign[]>>>>
  readonly hosts: readonly Host[]
}

const cidr = fc.constantFrom('0.0.0.0/0', '10.0.0.0/16', '10.0.1.0/24', '10.0.2.0/24', '10.0.3.11/32', '203.0.113.0/24')
const protocol = fc.constantFrom('tcp' as const, 'udp' as const, 'all' as const)
const ports = fc
  .constantFrom([80, 80], [0, 65_535], [443, 8080], [1024, 65_535])
  .map(([from = 0, to = 0]) => ({ from, to }))

const rule: fc.Arbitrary<SecurityGroupRuleDesign> = fc
  .record({ ipProtocol: protocol, range: ports, peer: fc.oneof(cidr, fc.constantFrom(...GROUPS)) })
  .map(({ ipProtocol, range, peer }) => ({
    ipProtocol,
    ...(ipProtocol !== 'all' && { fromPort: range.from, toPort: range.to }),
    ...(peer.includes('/') ? { cidrBlock: peer } : { securityGroup: peer }),
  }))
const rules = fc.uniqueArray(rule, { maxLength: 3, selector: (one) => JSON.stringify(one) })

const entries: fc.Arbitrary<readonly NetworkAclEntryDesign[]> = fc
  .array(
    fc.record({
      ruleAction: fc.constantFrom('allow' as const, 'deny' as const),
      protocol,
      range: ports,
      cidrBlock: cidr,
    }),
    {
      maxLength: 3,
    },
  )
  .map((list) => [
    ...list.map(({ range, ...entry }, index) => ({
      ...entry,
      ruleNumber: (index + 1) * 10,
      ...(entry.protocol !== 'all' && { portRange: range }),
    })),
    // Mostly open below, so that packets come through often enough.
    { ruleNumber: 500, ruleAction: 'allow' as const, protocol: 'all' as const, cidrBlock: '10.0.0.0/8' },
  ])

const hosts = fc.array(fc.subarray([...GROUPS], { minLength: 1 }), { minLength: 6, maxLength: 6 }).map((memberships) =>
  memberships.map((groups, index): Host => {
    const subnet = index % SUBNETS.length
    return {
      name: `host${index}`,
      subnet: SUBNETS[subnet] ?? 'one',
      address: `10.0.${subnet + 1}.${10 + Math.floor(index / SUBNETS.length)}`,
      publicIp: `52.0.0.${10 + index}`,
      groups,
    }
  }),
)

const sides = <T>(side: fc.Arbitrary<T>): fc.Arbitrary<{ ingress: T; egress: T }> =>
  fc.record({ ingress: side, egress: side })
const world: fc.Arbitrary<World> = fc.record({
  acls: fc.record({ one: sides(entries), two: sides(entries), three: sides(entries) }),
  groups: fc.record({ red: sides(rules), green: sides(rules), blue: sides(rules) }),
  hosts,
})

function designOf({ acls, groups, hosts: all }: World): Design {
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: Object.fromEntries(
          SUBNETS.map((name, index) => [
            name,
            { cidrBlock: `10.0.${index + 1}.0/24`, networkAcl: name, routeTable: 'public' },
          ]),
        ),
        routeTables: { public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
        networkAcls: acls,
        securityGroups: groups,
      },
    },
    instances: Object.fromEntries(
      all.map(({ name, subnet, address, publicIp, groups: securityGroups }) => [
        name,
        { subnet, privateIpAddress: address, publicIp, securityGroups },
      ]),
    ),
  }
}

/** A first packet: from one host (or the outside, -1) to another. */
interface Step {
  readonly from: number
  readonly to: number
  readonly isTcp: boolean
  readonly port: number
}

const place = fc.integer({ min: -1, max: 5 })
const step: fc.Arbitrary<Step> = fc
  .record({ from: place, to: place, isTcp: fc.boolean(), port: fc.constantFrom(80, 443, 53, 8081, 60_000) })
  .filter(({ from, to }) => from !== to)

function addressOf({ hosts: all }: World, index: number): string {
  return all[index]?.address ?? OUTSIDE
}

function perform(
  test: TestNetwork,
  of: World,
  { from, to, isTcp, port }: Step,
  clientPort: number,
  time: number,
): readonly string[] {
  const make = isTcp ? tcp : udp
  const sender = of.hosts[from]
  if (sender)
    return test.send(sender.name, make(`${sender.address}:${clientPort}`, `${addressOf(of, to)}:${port}`), time)
  return test.sendFromInternet(make(`${OUTSIDE}:${clientPort}`, `${of.hosts[to]?.publicIp}:${port}`), time)
}

// The second reading: text and linear search, nothing compiled, nothing shared with the data plane.

function bits(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function isIn(address: string, block: string): boolean {
  const [network = '', length = '0'] = block.split('/')
  const size = 2 ** (32 - Number(length))
  return Math.floor(bits(address) / size) === Math.floor(bits(network) / size)
}

function groupAllows(of: World, host: Host, side: 'ingress' | 'egress', far: string, { isTcp, port }: Step): boolean {
  return host.groups.some((group) =>
    of.groups[group]?.[side].some((one) => {
      const isProtocol = one.ipProtocol === 'all' || one.ipProtocol === (isTcp ? 'tcp' : 'udp')
      const isPort = one.ipProtocol === 'all' || (port >= (one.fromPort ?? 0) && port <= (one.toPort ?? 0))
      const { cidrBlock, securityGroup } = one
      const isPeer = cidrBlock
        ? isIn(far, cidrBlock)
        : of.hosts.some((other) => other.address === far && other.groups.includes(securityGroup ?? ''))
      return isProtocol && isPort && isPeer
    }),
  )
}

function aclAllows(of: World, host: Host, side: 'ingress' | 'egress', far: string, { isTcp, port }: Step): boolean {
  const first = of.acls[host.subnet]?.[side].find((entry) => {
    const isProtocol = entry.protocol === 'all' || entry.protocol === (isTcp ? 'tcp' : 'udp')
    const isPort = !entry.portRange || (port >= entry.portRange.from && port <= entry.portRange.to)
    return isProtocol && isPort && isIn(far, entry.cidrBlock)
  })
  return first?.ruleAction === 'allow'
}

/** What must be captured of a first packet, and whether it arrives. */
function expectedOf(of: World, one: Step): readonly string[] {
  const sender = of.hosts[one.from]
  const receiver = of.hosts[one.to]
  const isNeighbour = sender !== undefined && sender.subnet === receiver?.subnet
  const lines: string[] = []
  if (sender) {
    const far = addressOf(of, one.to)
    const passes =
      groupAllows(of, sender, 'egress', far, one) && (isNeighbour || aclAllows(of, sender, 'egress', far, one))
    lines.push(`${sender.name} egress ${passes ? 'ACCEPT' : 'REJECT'}`)
    if (!passes) return lines
  }
  if (receiver) {
    const far = addressOf(of, one.from)
    const passes =
      (isNeighbour || aclAllows(of, receiver, 'ingress', far, one)) && groupAllows(of, receiver, 'ingress', far, one)
    lines.push(`${receiver.name} ingress ${passes ? 'ACCEPT' : 'REJECT'}`)
    if (!passes) return lines
  }
  return [...lines, `delivered to ${receiver?.name ?? 'internet'}`]
}

/** Captures and deliveries, without addresses and reasons. */
function summaryOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^(\w+ (?:in|e)gress (?:ACCEPT|REJECT)|delivered to \w+)/.exec(line)?.slice(1) ?? [])
}

describe('the network over random designs', () => {
  it('does to first packets what a second reading of the rules says', () => {
    let delivered = 0
    let refused = 0
    fc.assert(
      fc.property(world, fc.array(step, { minLength: 5, maxLength: 20 }), (of, steps) => {
        const test = new TestNetwork(designOf(of))
        for (const [index, one] of steps.entries()) {
          const happened = summaryOf(perform(test, of, one, 2000 + index, index * SECOND))
          expect(happened).toEqual(expectedOf(of, one))
          if (happened.at(-1)?.startsWith('delivered')) delivered += 1
          else refused += 1
        }
      }),
      { numRuns: 150 },
    )
    // The designs are worth something only where both happen often.
    expect(Math.min(delivered, refused)).toBeGreaterThan(100)
  })

  it('tells of every packet in order of time, and ends each exactly once', () => {
    fc.assert(
      fc.property(world, fc.array(step, { maxLength: 20 }), (of, steps) => {
        const test = new TestNetwork(designOf(of))
        for (const [index, one] of steps.entries()) {
          const before = test.observer.times.length
          const lines = perform(test, of, one, 2000 + index, index * SECOND)
          const ends = lines.filter((line) => line.startsWith('delivered') || line.startsWith('dropped'))
          expect(ends).toEqual(lines.slice(-1))
          const times = test.observer.times.slice(before)
          expect(times).toEqual(times.toSorted((first, second) => first - second))
          expect(times[0]).toBeGreaterThanOrEqual(index * SECOND)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('brings the answer to whatever was delivered back, where ACLs are open', () => {
    const open: readonly NetworkAclEntryDesign[] = [
      { ruleNumber: 100, ruleAction: 'allow', protocol: 'all', cidrBlock: '0.0.0.0/0' },
    ]
    const acls = Object.fromEntries(SUBNETS.map((name) => [name, { ingress: open, egress: open }]))
    fc.assert(
      fc.property(world, fc.array(step, { maxLength: 20 }), (made, steps) => {
        const of = { ...made, acls }
        const test = new TestNetwork(designOf(of))
        for (const [index, one] of steps.entries()) {
          const lines = perform(test, of, one, 2000 + index, index * SECOND)
          if (!lines.at(-1)?.startsWith('delivered')) continue
          const last = test.observer.deliveries.at(-1)
          if (!last) throw new Error('nothing was delivered')
          test.network.sendFromService(last.receiver, answerTo(last.packet), index * SECOND + 1000)
          const back = of.hosts[one.from]?.name ?? 'internet'
          expect(test.observer.take().at(-1)).toMatch(new RegExp(`^delivered to ${back}:`))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('after a rule is removed, treats new connections as if it had never been there', () => {
    const gone = fc.record({
      group: fc.constantFrom(...GROUPS),
      side: fc.constantFrom('ingress', 'egress'),
      index: fc.nat(2),
    })
    fc.assert(
      fc.property(world, gone, fc.array(step), fc.array(step), (of, { group, side, index }, before, after) => {
        const old = of.groups[group]
        const without: World = {
          ...of,
          groups: {
            ...of.groups,
            [group]: { ...old, [side]: old?.[side as 'ingress' | 'egress'].filter((_, at) => at !== index) },
          },
        } as World
        const changed = new TestNetwork(designOf(of))
        for (const [at, one] of before.entries()) perform(changed, of, one, 2000 + at, at * SECOND)
        changed.update(designOf(without), 100 * SECOND)
        const never = new TestNetwork(designOf(without))
        for (const [at, one] of after.entries()) {
          const time = (200 + at) * SECOND
          expect(perform(changed, without, one, 4000 + at, time)).toEqual(perform(never, without, one, 4000 + at, time))
        }
      }),
      { numRuns: 100 },
    )
  })
})
