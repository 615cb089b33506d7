import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hasAddress } from '../src/dataplane/address-lookup.ts'
import { answerTo, labelOf, ping, type SeenCapture, TestNetwork, tcp } from '../src/dataplane/network-fixture.ts'
import type { Design } from '../src/design/design.ts'
import type { NetworkAclEntryDesign } from '../src/design/security-group-design.ts'

// The examples of AWS's documentation, as what is captured at each interface. Sources: VPC user guide, "Flow log record examples";
// Traffic that a record does not show (the far ends) is made up.

const samples = new URL('../../../../shared/samples/flow-logs/', import.meta.url)

/** The rows of a sample file by field name; the documented values also stand in the tests themselves. */
function sampleRows(context: { skip(note?: string): void }, file: string): readonly Readonly<Record<string, string>>[] {
  let text: string
  try {
    text = readFileSync(new URL(file, samples), 'utf8')
  } catch (error) {
    if (process.env.FLOWTAP_REQUIRE_REAL === '1') throw error
    context.skip('the folder shared/samples is not beside this repository')
    return []
  }
  const [header = '', ...lines] = text.trim().split('\n')
  const names = header.split(' ')
  return lines.map((line) => Object.fromEntries(line.split(' ').map((value, index) => [names[index], value])))
}

/** The addresses of a record: those of the packet, but the interface's own side shows its primary address. */
function addresses({ networkInterface, direction, packet }: SeenCapture): Readonly<Record<string, string>> {
  const own = direction === 'egress' ? packet.source : packet.destination
  const shown = hasAddress(networkInterface, own) ? own : networkInterface.addresses[0]?.address
  return {
    srcaddr: String(direction === 'egress' ? shown : packet.source),
    dstaddr: String(direction === 'egress' ? packet.destination : shown),
    'pkt-srcaddr': packet.source.toString(),
    'pkt-dstaddr': packet.destination.toString(),
  }
}

describe('ping from 203.0.113.12 to 172.31.16.139', () => {
  const allowIcmp: NetworkAclEntryDesign = {
    ruleNumber: 100,
    ruleAction: 'allow',
    protocol: 'icmp',
    cidrBlock: '0.0.0.0/0',
  }

  interface Case {
    readonly group: 'allow' | 'deny'
    readonly inbound: 'allow' | 'deny'
    readonly outbound: 'allow' | 'deny'
    readonly records: readonly string[]
  }

  const cases: readonly Case[] = [
    { group: 'allow', inbound: 'allow', outbound: 'deny', records: ['ingress ACCEPT', 'egress REJECT'] },
    { group: 'allow', inbound: 'allow', outbound: 'allow', records: ['ingress ACCEPT', 'egress ACCEPT'] },
    { group: 'deny', inbound: 'allow', outbound: 'allow', records: ['ingress REJECT'] },
    { group: 'deny', inbound: 'allow', outbound: 'deny', records: ['ingress REJECT'] },
    { group: 'allow', inbound: 'deny', outbound: 'allow', records: ['ingress REJECT'] },
    { group: 'deny', inbound: 'deny', outbound: 'deny', records: ['ingress REJECT'] },
  ]

  it.each(cases)(
    'group $group, ACL in $inbound, ACL out $outbound: $records',
    ({ group, inbound, outbound, records }) => {
      const test = new TestNetwork({
        vpcs: {
          default: {
            cidrBlocks: ['172.31.0.0/16'],
            internetGateway: true,
            subnets: { subnet: { cidrBlock: '172.31.16.0/20', routeTable: 'public', networkAcl: 'acl' } },
            routeTables: { public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
            networkAcls: {
              acl: {
                ingress: inbound === 'allow' ? [allowIcmp] : [],
                egress: outbound === 'allow' ? [allowIcmp] : [],
              },
            },
            securityGroups: {
              group: {
                ingress: group === 'allow' ? [{ ipProtocol: 'icmp', cidrBlock: '0.0.0.0/0' }] : [],
                egress: [],
              },
            },
          },
        },
        instances: {
          host: {
            subnet: 'subnet',
            privateIpAddress: '172.31.16.139',
            publicIp: '52.0.0.1',
            securityGroups: ['group'],
          },
        },
      })
      for (let second = 0; second < 4; second++) {
        const time = second * 1_000_000
        const before = test.observer.deliveries.length
        test.sendFromInternet(ping('203.0.113.12', '52.0.0.1', { icmpSequence: second + 1 }), time)
        const delivery = test.observer.deliveries[before]
        if (delivery) test.send('host', answerTo(delivery.packet), delivery.timeMicroseconds + 50)
      }
      const seen = new Map<string, { packets: number; bytes: number }>()
      for (const { direction, verdict, packet } of test.observer.captures) {
        const key = `${direction} ${verdict.action}`
        const { packets = 0, bytes = 0 } = seen.get(key) ?? {}
        seen.set(key, { packets: packets + 1, bytes: bytes + packet.length })
      }
      expect([...seen.keys()]).toEqual(records)
      for (const record of seen.values()) expect(record).toEqual({ packets: 4, bytes: 336 })
      const ends = test.observer.captures.map((capture) => Object.values(addresses(capture)).slice(0, 2).join(' > '))
      expect([...new Set(ends)]).toEqual(
        ['203.0.113.12 > 172.31.16.139', '172.31.16.139 > 203.0.113.12'].slice(0, records.length),
      )
    },
  )
})

describe('a conversation through a NAT gateway', () => {
  const design: Design = {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          public: { cidrBlock: '10.0.0.0/24', routeTable: 'public' },
          private: { cidrBlock: '10.0.1.0/24', routeTable: 'private' },
        },
        routeTables: {
          public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] },
          private: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' }] },
        },
        natGateways: {
          nat: { subnet: 'public', privateIpAddress: '10.0.0.220', networkInterfaceId: 'eni-1235b8ca123456789' },
        },
      },
    },
    instances: {
      instance: {
        id: 'i-01234567890123456',
        subnet: 'private',
        privateIpAddress: '10.0.1.5',
        networkInterfaceId: 'eni-1111aaaa2222bbbb3',
      },
    },
  }

  /** The four records of the gateway's interface and the two of the instance's, in the guide's order. */
  const documented = [
    '- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5',
    '- eni-1235b8ca123456789 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5',
    '- eni-1235b8ca123456789 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220',
    '- eni-1235b8ca123456789 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5',
    'i-01234567890123456 eni-1111aaaa2222bbbb3 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5',
    'i-01234567890123456 eni-1111aaaa2222bbbb3 203.0.113.5 10.0.1.5 203.0.113.5 10.0.1.5',
  ]

  it('leaves four records at the gateway and two at the instance', () => {
    const test = new TestNetwork(design)
    test.send('instance', tcp('10.0.1.5:40000', '203.0.113.5:443'))
    test.answer()
    const rows = test.observer.captures.map((capture) => {
      const { id, attachment } = capture.networkInterface
      const instance = attachment.kind === 'instance' ? attachment.instance.id : '-'
      return [instance, id, ...Object.values(addresses(capture))].join(' ')
    })
    const atGateway = rows.filter((row) => row.startsWith('-'))
    expect([...atGateway, ...rows.filter((row) => !row.startsWith('-'))]).toEqual(documented)
    expect(rows.map((row) => (row.startsWith('-') ? 'gateway' : 'instance')).join(' ')).toBe(
      'instance gateway gateway gateway gateway instance',
    )
    expect(test.observer.captures.every(({ verdict }) => verdict.action === 'ACCEPT')).toBe(true)
  })

  it('is as the sample of the guide has it', (context) => {
    const rows = sampleRows(context, 'v3-nat-gateway.log')
    expect(rows.map((row) => Object.values(row).join(' '))).toEqual(documented)
  })
})

describe('a web request through a transit gateway', () => {
  const design: Design = {
    vpcs: {
      client: {
        cidrBlocks: ['10.20.0.0/16'],
        subnets: { client: { cidrBlock: '10.20.33.0/24', availabilityZone: 'us-west-2a', routeTable: 'hosts' } },
        routeTables: { hosts: { routes: [{ destinationCidrBlock: '10.40.0.0/16', transitGateway: 'tgw' }] } },
      },
      server: {
        id: 'vpc-abcdefab012345678',
        cidrBlocks: ['10.40.0.0/16'],
        subnets: {
          one: {
            id: 'subnet-11111111aaaaaaaaa',
            cidrBlock: '10.40.1.0/24',
            availabilityZone: 'us-west-2a',
            routeTable: 'server-hosts',
          },
          two: {
            id: 'subnet-22222222bbbbbbbbb',
            cidrBlock: '10.40.2.0/24',
            availabilityZone: 'us-west-2b',
            routeTable: 'server-hosts',
          },
        },
        routeTables: { 'server-hosts': { routes: [{ destinationCidrBlock: '10.20.0.0/16', transitGateway: 'tgw' }] } },
        securityGroups: { web: { ingress: [{ ipProtocol: 'tcp', fromPort: 80, cidrBlock: '10.20.0.0/16' }] } },
      },
    },
    transitGateways: {
      tgw: {
        vpcAttachments: {
          client: { vpc: 'client', subnets: ['client'] },
          server: {
            vpc: 'server',
            subnets: [
              { subnet: 'one', privateIpAddress: '10.40.1.175', networkInterfaceId: 'eni-11111111111111111' },
              { subnet: 'two', privateIpAddress: '10.40.2.31', networkInterfaceId: 'eni-22222222222222222' },
            ],
          },
        },
      },
    },
    instances: {
      client: { subnet: 'client', privateIpAddress: '10.20.33.164' },
      server: {
        id: 'i-01234567890123456',
        subnet: 'two',
        privateIpAddress: '10.40.2.236',
        networkInterfaceId: 'eni-33333333333333333',
        securityGroups: ['web'],
      },
    },
  }

  /** interface-id subnet-id instance-id srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr action, in the guide's order. */
  const documented = [
    'eni-33333333333333333 subnet-22222222bbbbbbbbb i-01234567890123456 10.20.33.164 10.40.2.236 39812 80 10.20.33.164 10.40.2.236 ACCEPT',
    'eni-33333333333333333 subnet-22222222bbbbbbbbb i-01234567890123456 10.40.2.236 10.20.33.164 80 39812 10.40.2.236 10.20.33.164 ACCEPT',
    'eni-11111111111111111 subnet-11111111aaaaaaaaa - 10.40.1.175 10.40.2.236 39812 80 10.20.33.164 10.40.2.236 ACCEPT',
    'eni-22222222222222222 subnet-22222222bbbbbbbbb - 10.40.2.236 10.40.2.31 80 39812 10.40.2.236 10.20.33.164 ACCEPT',
  ]

  it('is captured at the server and at one interface of the gateway per direction', () => {
    const test = new TestNetwork(design)
    test.send('client', tcp('10.20.33.164:39812', '10.40.2.236:80'))
    test.answer()
    const rows = test.observer.captures
      .filter(({ networkInterface }) => networkInterface.vpc.id === 'vpc-abcdefab012345678')
      .map((capture) => {
        const { id, subnet, attachment } = capture.networkInterface
        const { packet } = capture
        const seen = addresses(capture)
        const instance = attachment.kind === 'instance' ? attachment.instance.id : '-'
        const ends = [seen.srcaddr, seen.dstaddr, packet.sourcePort, packet.destinationPort]
        const inside = [seen['pkt-srcaddr'], seen['pkt-dstaddr']]
        return [id, subnet.id, instance, ...ends, ...inside, capture.verdict.action].join(' ')
      })
    expect(rows.toSorted()).toEqual(documented.toSorted())
    expect(test.observer.captures.map(({ networkInterface }) => labelOf(networkInterface))).toEqual([
      'client',
      'client-a',
      'server-a',
      'server',
      'server',
      'server-b',
      'client-a',
      'client',
    ])
  })

  it('is as the sample of the guide has it', (context) => {
    const fields = 'interface-id subnet-id instance-id srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr action'
    const rows = sampleRows(context, 'v3-transit-gateway-eni.log')
    expect(
      rows.map((row) =>
        fields
          .split(' ')
          .map((field) => row[field])
          .join(' '),
      ),
    ).toEqual(documented)
  })
})

describe('a Nitro instance that talks to S3 through an internet gateway', () => {
  const design: Design = {
    region: 'ap-southeast-2',
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: { public: { cidrBlock: '10.0.0.0/24', availabilityZone: 'ap-southeast-2a', routeTable: 'public' } },
        routeTables: { public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
      },
    },
    instances: { host: { subnet: 'public', privateIpAddress: '10.0.0.71', publicIp: '13.55.0.71' } },
  }

  /** flow-direction srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr traffic-path, in the guide's order. */
  const documented = [
    'ingress 52.95.128.179 10.0.0.71 80 34210 52.95.128.179 10.0.0.71 -',
    'egress 10.0.0.71 52.95.128.179 34210 80 10.0.0.71 52.95.128.179 8',
  ]

  it('shows its private address and traffic path 8', () => {
    const test = new TestNetwork(design)
    test.send('host', tcp('10.0.0.71:34210', '52.95.128.179:80'))
    test.answer()
    const rows = test.observer.captures.map((capture) => {
      const { packet, direction, nextHop } = capture
      const seen = addresses(capture)
      const path = direction === 'ingress' || nextHop.trafficPath === 0 ? '-' : nextHop.trafficPath
      const ends = [seen.srcaddr, seen.dstaddr, packet.sourcePort, packet.destinationPort]
      return [direction, ...ends, seen['pkt-srcaddr'], seen['pkt-dstaddr'], path].join(' ')
    })
    expect(rows.toSorted()).toEqual(documented.toSorted())
  })

  it('is as the sample of the guide has it', (context) => {
    const fields = 'flow-direction srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr traffic-path'
    const rows = sampleRows(context, 'v5-traffic-path.log')
    expect(
      rows.map((row) =>
        fields
          .split(' ')
          .map((field) => row[field])
          .join(' '),
      ),
    ).toEqual(documented)
  })
})
