import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import { IpAddress } from '../net/ip-address.ts'
import { fragmentPacket } from '../packet/fragment-packet.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { Packet } from '../packet/packet.ts'
import { answerTo, TestNetwork, udp } from './network-fixture.ts'

const open = { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } as const

/** A UDP service on two targets behind a balancer in one zone, reached from the internet, from inside and by an endpoint. */
function design(targetGroups: readonly string[] = ['open']): Design {
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          front: { cidrBlock: '10.0.1.0/24', routeTable: 'public' },
          back: { cidrBlock: '10.0.3.0/24' },
        },
        routeTables: { public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
        securityGroups: {
          open,
          balancer: open,
          fromBalancer: { ingress: [{ ipProtocol: 'udp', fromPort: 5353, securityGroup: 'balancer' }], egress: [] },
        },
      },
      consumer: {
        cidrBlocks: ['10.8.0.0/16'],
        subnets: { consumer: { cidrBlock: '10.8.1.0/24' } },
        securityGroups: { consumers: open },
        vpcEndpoints: {
          service: {
            vpcEndpointType: 'Interface',
            loadBalancer: 'lb',
            subnets: [{ subnet: 'consumer', privateIpAddress: '10.8.1.100' }],
            securityGroups: ['consumers'],
          },
        },
      },
    },
    loadBalancers: {
      lb: {
        subnets: [{ subnet: 'front', privateIpAddress: '10.0.1.100', publicIp: '52.0.0.100' }],
        securityGroups: ['balancer'],
        listeners: [{ protocol: 'UDP', port: 53, targetGroup: 'dns' }],
      },
    },
    targetGroups: {
      dns: {
        protocol: 'UDP',
        port: 5353,
        vpc: 'main',
        targets: [{ instance: 'target-1' }, { instance: 'target-2' }],
      },
    },
    instances: {
      client: { subnet: 'front', privateIpAddress: '10.0.1.10', securityGroups: ['open'] },
      'target-1': { subnet: 'back', privateIpAddress: '10.0.3.11', securityGroups: targetGroups },
      'target-2': { subnet: 'back', privateIpAddress: '10.0.3.12', securityGroups: targetGroups },
      consumer: { subnet: 'consumer', privateIpAddress: '10.8.1.10', securityGroups: ['consumers'] },
    },
  }
}

type Client = 'internet' | 'client' | 'consumer'
const ADDRESSES: Readonly<Record<Client, readonly [client: string, service: string]>> = {
  internet: ['203.0.113.9', '52.0.0.100'],
  client: ['10.0.1.10', '10.0.1.100'],
  consumer: ['10.8.1.10', '10.8.1.100'],
}

function send(test: TestNetwork, client: Client, packet: Packet): void {
  if (client === 'internet') test.sendFromInternet(packet)
  else test.send(client, packet)
}

/** Who has received packets since the last call, and the packets. */
function received(test: TestNetwork): { who: string; packets: Packet[] } {
  const deliveries = test.observer.deliveries.splice(0)
  const names = deliveries.map(({ receiver }) =>
    receiver.kind === 'interface' ? receiver.networkInterface.attachment : receiver.kind,
  )
  const who = new Set(
    names.map((one) => (typeof one === 'string' ? one : one.kind === 'instance' && one.instance.name)),
  )
  return { who: [...who].join(), packets: deliveries.map(({ packet }) => packet) }
}

/** Payload bytes at their places in the datagram, without the transport header. */
function reassembled(packets: readonly Packet[]): string {
  const parts = packets.map(({ fragmentOffset, payload, payloadOffset, payloadLength }) => {
    const bytes = payload?.subarray(payloadOffset, payloadOffset + payloadLength) ?? []
    return { at: fragmentOffset, text: Buffer.from(bytes).toString('hex') }
  })
  return parts
    .sort((one, other) => one.at - other.at)
    .map(({ text }) => text)
    .join('')
}

describe('fragments through a Network Load Balancer', () => {
  it('follow the first of their datagram to one target, and those of its answer back to the client', () => {
    fc.assert(
      fc.property(
        fc.record({
          client: fc.constantFrom<Client>('internet', 'client', 'consumer'),
          group: fc.constantFrom<'kept' | 'hidden'>('kept', 'hidden'),
          targetGroups: fc.constantFrom(['open'], ['fromBalancer']),
          datagrams: fc.array(
            fc.record({
              port: fc.integer({ min: 1024, max: 65_535 }),
              size: fc.integer({ min: 0, max: 4000 }),
              answerSize: fc.integer({ min: 0, max: 4000 }),
              mtu: fc.constantFrom(576, 1000, 1500),
            }),
            { minLength: 1, maxLength: 6 },
          ),
        }),
        ({ client, targetGroups, datagrams }) => {
          const test = new TestNetwork(design(targetGroups))
          const [address, service] = ADDRESSES[client]
          for (const [at, { port, size, answerSize, mtu }] of datagrams.entries()) {
            const identification = 100 + at
            const payload = Uint8Array.from({ length: size }, (_, place) => (place * 7 + at) & 0xff)
            const whole = udp(`${address}:${port}`, `${service}:53`, { payload, payloadLength: size, identification })
            for (const fragment of fragmentPacket(whole, mtu)) send(test, client, fragment)
            const request = received(test)
            expect(request.who).toMatch(/^target-[12]$/)
            expect(reassembled(request.packets)).toBe(Buffer.from(payload).toString('hex'))
            const first = request.packets[0] as Packet
            expect(first.destinationPort).toBe(5353)
            // Of UDP, only PrivateLink hides the client.
            const isKept = client !== 'consumer'
            for (const packet of request.packets) {
              expect(`${packet.source}`).toBe(isKept ? address : '10.0.1.100')
              if (packet.fragmentOffset > 0) expect([packet.sourcePort, packet.destinationPort]).toEqual([0, 0])
            }
            const answerPayload = Uint8Array.from({ length: answerSize }, (_, place) => (place * 3 + at) & 0xff)
            const fields = { payload: answerPayload, payloadOffset: 0, payloadLength: answerSize, moreFragments: false }
            const answer = answerTo(first, { ...fields, udpLength: 0, unseenSum: 0, identification: 9000 + at })
            for (const fragment of fragmentPacket(answer, mtu)) test.send(request.who, fragment)
            const reply = received(test)
            expect(reply.who).toBe(client)
            expect(reassembled(reply.packets)).toBe(Buffer.from(answerPayload).toString('hex'))
            for (const packet of reply.packets)
              expect(`${packet.source} ${packet.destination}`).toBe(`${service} ${address}`)
            expect([reply.packets[0]?.sourcePort, reply.packets[0]?.destinationPort]).toEqual([53, port])
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('without a first one are lost', () => {
    const test = new TestNetwork(design())
    const whole = udp('203.0.113.9:4000', '52.0.0.100:53', { payloadLength: 3000, identification: 1 })
    const later = fragmentPacket(whole, 1500)[1] as Packet
    expect(test.sendFromInternet(later).at(-1)).toMatch(/^dropped at lb-[a-z], no-listener/)
  })
})

describe('ICMP errors through a Network Load Balancer', () => {
  /** The error that a host sends about a packet: port unreachable. */
  function unreachable(from: string, about: Packet): Packet {
    return new Packet({
      source: IpAddress.of(from),
      destination: about.source,
      protocol: IP_PROTOCOL.icmp,
      icmpType: 3,
      icmpCode: 3,
      quoted: about,
    })
  }
  const five = (packet: Packet | undefined): string =>
    `${packet?.source}:${packet?.sourcePort} > ${packet?.destination}:${packet?.destinationPort}`

  it('of a target reach the client and quote what the client sent; those of a client reach the target', () => {
    for (const client of ['internet', 'client', 'consumer'] as const) {
      const test = new TestNetwork(design(['fromBalancer']))
      const [address, service] = ADDRESSES[client]
      const request = udp(`${address}:4000`, `${service}:53`, { payloadLength: 20 })
      send(test, client, request)
      const { who: target, packets } = received(test)
      const asked = packets[0] as Packet
      test.send(target, unreachable(`${asked.destination}`, asked))
      const told = received(test)
      expect(told.who).toBe(client)
      expect(five(told.packets[0])).toBe(`${service}:0 > ${address}:0`)
      expect(five(told.packets[0]?.quoted)).toBe(five(request))

      const answer = answerTo(asked, { payloadLength: 30 })
      test.send(target, answer)
      const answered = received(test).packets[0] as Packet
      send(test, client, unreachable(address, answered))
      const toldTarget = received(test)
      expect(toldTarget.who).toBe(target)
      expect(five(toldTarget.packets[0])).toBe(`${asked.source}:0 > ${asked.destination}:0`)
      expect(five(toldTarget.packets[0]?.quoted)).toBe(five(answer))
    }
  })

  it('about an unknown flow are lost', () => {
    const test = new TestNetwork(design())
    const never = udp('52.0.0.100:53', '203.0.113.9:4000')
    expect(test.sendFromInternet(unreachable('203.0.113.9', never)).at(-1)).toMatch(/^dropped at lb-[a-z], no-listener/)
  })
})
