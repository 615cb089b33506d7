import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { Packet } from '../packet/packet.ts'
import { NAT_IDLE_SECONDS } from './nat-table.ts'
import { Nat64 } from './nat64.ts'
import { answerTo, ping, TestNetwork, tcp, udp } from './network-fixture.ts'

const CLIENTS = ['2001:db8:0:1::10', '2001:db8:0:1::11', 'fd00::5']

const packet6 = fc
  .record({
    client: fc.constantFrom(...CLIENTS),
    host: fc.integer({ min: 0x0100_0000, max: 0xffff_ffff }),
    protocol: fc.constantFrom(IP_PROTOCOL.tcp, IP_PROTOCOL.udp, IP_PROTOCOL.icmpv6),
    port: fc.nat({ max: 65_535 }),
    payloadLength: fc.nat({ max: 1400 }),
    tcpFlags: fc.nat({ max: 255 }),
    isReply: fc.boolean(),
    hopLimit: fc.integer({ min: 1, max: 255 }),
    trafficClass: fc.nat({ max: 255 }),
  })
  .map(({ client, host, protocol, port, payloadLength, tcpFlags, isReply, hopLimit, trafficClass }) => {
    const isIcmp = protocol === IP_PROTOCOL.icmpv6
    return new Packet({
      source: IpAddress.of(client),
      destination: IpAddress.fromIpv6Words(0x0064_ff9b, 0, 0, host),
      protocol,
      hopLimit,
      trafficClass,
      payloadLength,
      ...(isIcmp
        ? { icmpType: isReply ? 129 : 128, icmpIdentifier: port }
        : { sourcePort: port, destinationPort: 443 }),
      ...(protocol === IP_PROTOCOL.tcp && { tcpFlags }),
    })
  })

describe('translation between IPv6 and IPv4 (RFC 7915)', () => {
  it('there and back is the packet itself, and in between 20 bytes shorter', () => {
    fc.assert(
      fc.property(packet6, (packet) => {
        const nat64 = new Nat64()
        const inside = nat64.toIpv4(packet) as Packet
        const bits = packet.destination.word3
        expect(`${inside.destination}`).toBe([24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.'))
        expect([inside.source.version, inside.length]).toEqual([4, packet.length - 20])
        expect(inside.protocol).toBe(packet.protocol === 58 ? 1 : packet.protocol)
        expect(nat64.isStandIn(inside.source)).toBe(true)
        expect(nat64.toIpv6(inside)).toEqual(packet)
        expect(inside.dontFragment).toBe(inside.length > 1260)
      }),
    )
  })

  it('gives each client a stand-in of its own, and takes no other address for one', () => {
    const nat64 = new Nat64()
    const standIns = CLIENTS.map((client) => nat64.toIpv4(udp(`[${client}]:1`, '[64:ff9b::7.0.0.1]:2'))?.source)
    expect(new Set(standIns.map(String)).size).toBe(CLIENTS.length)
    expect(nat64.toIpv4(udp(`[${CLIENTS[0]}]:1`, '[64:ff9b::7.0.0.9]:2'))?.source).toEqual(standIns[0])
    expect(
      [IpAddress.of('0.0.0.4'), IpAddress.of('0.0.0.0'), IpAddress.of('10.0.0.1')].map((one) => nat64.isStandIn(one)),
    ).toEqual([false, false, false])
  })

  it('carries ICMP errors over by type and code, with what they quote and their MTU', () => {
    const nat64 = new Nat64()
    const sent = udp('[2001:db8:0:1::10]:4000', '[64:ff9b::203.0.113.5]:53')
    const quoted = nat64.toIpv4(sent) as Packet
    const error = (icmpType: number, icmpCode: number, icmpMtu = 0): string => {
      const { source, destination } = quoted
      const packet = new Packet({
        source: destination,
        destination: source,
        protocol: IP_PROTOCOL.icmp,
        icmpType,
        icmpCode,
        icmpMtu,
        quoted,
      })
      const inside = nat64.toIpv6(packet)
      if (!inside) return 'dropped'
      expect(inside.quoted).toEqual(sent)
      const outside = nat64.toIpv4(
        inside.with({ source: sent.source, destination: sent.destination, quoted: sent }),
      ) as Packet
      return `${inside.icmpType}/${inside.icmpCode} ${inside.icmpMtu} and back ${outside.icmpType}/${outside.icmpCode} ${outside.icmpMtu}`
    }
    expect(error(3, 3)).toBe('1/4 0 and back 3/3 0')
    expect(error(3, 4, 1500)).toBe('2/0 1520 and back 3/4 1500')
    expect(error(11, 0)).toBe('3/0 0 and back 11/0 0')
    expect(error(3, 13)).toBe('1/1 0 and back 3/10 0')
    expect(error(3, 2)).toBe('4/1 0 and back 3/2 0')
    expect(error(5, 0)).toBe('dropped')
    expect(error(3, 200)).toBe('dropped')
  })
})

describe('a NAT gateway for IPv6 hosts (VPC user guide, "DNS64 and NAT64")', () => {
  const design: Design = {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        ipv6CidrBlocks: ['2001:db8::/56'],
        internetGateway: true,
        subnets: {
          public: { cidrBlock: '10.0.101.0/24', routeTable: 'public' },
          six: { cidrBlock: '10.0.1.0/24', ipv6CidrBlock: '2001:db8:0:1::/64', routeTable: 'six' },
        },
        routeTables: {
          public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] },
          six: { routes: [{ destinationCidrBlock: '64:ff9b::/96', natGateway: 'nat' }] },
        },
        natGateways: { nat: { subnet: 'public', privateIpAddress: '10.0.101.200', publicIp: '52.0.0.200' } },
        securityGroups: { out: { egress: [{ ipProtocol: 'all', cidrBlock: '64:ff9b::/96' }] } },
      },
    },
    instances: { host: { subnet: 'six', ipv6Addresses: ['2001:db8:0:1::10'], securityGroups: ['out'] } },
  }
  const withoutPorts = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.replaceAll(/(10\.0\.101\.200|52\.0\.0\.200):\d+/g, '$1:NAT'))

  it('speaks IPv6 inside and IPv4 outside', () => {
    const test = new TestNetwork(design)
    const six = '[2001:db8:0:1::10]:40000'
    expect(withoutPorts(test.send('host', tcp(six, '[64:ff9b::203.0.113.5]:443')))).toEqual([
      'host egress ACCEPT: tcp S [2001:db8:0:1::10]:40000 > [64:ff9b::cb00:7105]:443 to nat path 1',
      'nat ingress ACCEPT: tcp S [2001:db8:0:1::10]:40000 > [64:ff9b::cb00:7105]:443 from host',
      'nat egress ACCEPT: tcp S 10.0.101.200:NAT > 203.0.113.5:443 to - path 2',
      'delivered to internet: tcp S 52.0.0.200:NAT > 203.0.113.5:443',
    ])
    expect(withoutPorts(test.answer())).toEqual([
      'nat ingress ACCEPT: tcp SA 203.0.113.5:443 > 10.0.101.200:NAT from -',
      'nat egress ACCEPT: tcp SA [64:ff9b::cb00:7105]:443 > [2001:db8:0:1::10]:40000 to host path 1',
      'host ingress ACCEPT: tcp SA [64:ff9b::cb00:7105]:443 > [2001:db8:0:1::10]:40000 from nat',
      'delivered to host: tcp SA [64:ff9b::cb00:7105]:443 > [2001:db8:0:1::10]:40000',
    ])
  })

  it('translates ping, answers late TCP with a RST, and lets nothing in unasked', () => {
    const test = new TestNetwork(design)
    test.send('host', ping('2001:db8:0:1::10', '64:ff9b::203.0.113.5'))
    expect(test.observer.deliveries.at(-1)?.packet).toMatchObject({ protocol: IP_PROTOCOL.icmp, icmpType: 8 })
    expect(test.answer().at(-1)).toBe('delivered to host: icmp 129/0 64:ff9b::cb00:7105 > 2001:db8:0:1::10')
    const syn = tcp('[2001:db8:0:1::10]:40000', '[64:ff9b::203.0.113.5]:443')
    test.send('host', syn, 2_000)
    test.answer({}, 3_000)
    test.send('host', syn.with({ tcpFlags: 16 }), 4_000)
    const late = 4_000 + (NAT_IDLE_SECONDS + 1) * 1_000_000
    expect(test.send('host', syn.with({ tcpFlags: 16 }), late).at(-1)).toBe(
      'delivered to host: tcp R [64:ff9b::cb00:7105]:443 > [2001:db8:0:1::10]:40000',
    )
    expect(test.sendFromInternet(udp('203.0.113.5:1', '52.0.0.200:2000'), late).at(-1)).toMatch(
      /^dropped at nat, unsolicited/,
    )
    expect(test.send('host', tcp('[2001:db8:0:1::10]:40000', '[64:ff9c::1]:443'), late).at(-1)).toMatch(
      /^dropped at host, no-security-group-rule/,
    )
  })

  it('tells the host of a path that is narrower in IPv4, in the terms of IPv6', () => {
    const test = new TestNetwork(design)
    const lines = test.send(
      'host',
      udp('[2001:db8:0:1::10]:4000', '[64:ff9b::203.0.113.5]:53', { payloadLength: 1600 }),
    )
    expect(lines.at(-1)).toMatch(/^delivered to host: icmp 2\/0 /)
    const told = test.observer.deliveries.at(-1)?.packet
    expect(told?.icmpMtu).toBe(1520)
    expect(test.send('host', tcp('[2001:db8:0:1::10]:40000', '[64:ff9b::1]:443'), 1).at(-1)).toMatch(
      /^dropped at nat, protocol-not-translated/,
    )
    expect(`${told?.quoted?.source} ${told?.quoted?.destination}`).toBe('2001:db8:0:1::10 64:ff9b::cb00:7105')
  })

  it('sends UDP fragments on, and their answers back', () => {
    const test = new TestNetwork(design)
    const whole = { payloadLength: 1400, identification: 77, udpLength: 2808 }
    const first = udp('[2001:db8:0:1::10]:4000', '[64:ff9b::203.0.113.5]:53', { ...whole, moreFragments: true })
    const later = udp('2001:db8:0:1::10', '64:ff9b::203.0.113.5', { ...whole, fragmentOffset: 1408 })
    test.send('host', first)
    expect(test.send('host', later).at(-1)).toMatch(
      /^delivered to internet: udp 52\.0\.0\.200 > 203\.0\.113\.5 fragment at 1408/,
    )
    const asked = test.observer.deliveries.at(-2)?.packet as Packet
    const reply = answerTo(asked, { identification: 78 })
    test.sendFromInternet(reply, 1_000)
    const rest = reply.with({ sourcePort: 0, destinationPort: 0, moreFragments: false, fragmentOffset: 1408 })
    expect(test.sendFromInternet(rest, 1_001).at(-1)).toMatch(
      /^delivered to host: udp 64:ff9b::cb00:7105 > 2001:db8:0:1::10 fragment at 1408/,
    )
  })
})
