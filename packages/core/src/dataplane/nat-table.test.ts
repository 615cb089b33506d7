import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { Packet, type PacketFields } from '../packet/packet.ts'
import type { NatGateway } from '../topology/topology.ts'
import { NAT_CONNECTIONS_PER_DESTINATION, NAT_FIRST_PORT, NAT_LAST_PORT } from './nat-ports.ts'
import { NAT_CLOSED_SECONDS, NAT_IDLE_SECONDS, type NatFailure, NatTable } from './nat-table.ts'
import type { RandomSource } from './random-source.ts'
import { packetBetween } from './tracking-fixture.ts'

const TCP = 6
const UDP = 17
const ICMP = 1
const SYN = 2
const SYN_ACK = 18
const ACK = 16
const FIN_ACK = 17
const RST = 4
const SECOND = 1_000_000
const GATEWAY = '10.0.101.5'
const HOST = '10.0.1.101'
const FAR = '203.0.113.7'

/** Park and Miller's generator, enough for a test. */
class ParkMiller implements RandomSource {
  #state: number

  constructor(seed: number) {
    this.#state = (seed % 2_147_483_646) + 1
  }

  nextUint32(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647
    return this.#state
  }
}

function gateway(addresses: readonly string[] = [GATEWAY]): NatGateway {
  const list = addresses.map((address) => ({ address: IpAddress.of(address), publicAddress: undefined }))
  return { networkInterface: { addresses: list } } as unknown as NatGateway
}

function makeTable(addresses?: readonly string[], seed = 1): NatTable {
  return new NatTable(gateway(addresses), new ParkMiller(seed))
}

function translated(result: Packet | NatFailure): Packet {
  if (result instanceof Packet) return result
  throw new Error(`not translated: ${result.verdict.reason.kind}`)
}

function outcome(result: Packet | NatFailure): string {
  if (result instanceof Packet) return `${result.source}>${result.destination}`
  return `${result.verdict.reason.kind}${result.reset ? ' with RST' : ''}`
}

/** What the far side answers. */
function answerTo(packet: Packet, fields: Partial<PacketFields> = {}): Packet {
  return packet.with({
    source: packet.destination,
    destination: packet.source,
    sourcePort: packet.destinationPort,
    destinationPort: packet.sourcePort,
    tcpFlags: packet.protocol === TCP ? SYN_ACK : 0,
    icmpType: 0,
    ...fields,
  })
}

const opening = fc
  .record({
    protocol: fc.constantFrom(TCP, UDP, ICMP),
    host: fc.nat({ max: 3 }),
    far: fc.nat({ max: 3 }),
    sourcePort: fc.nat({ max: 65_535 }),
    destinationPort: fc.constantFrom(53, 80, 443),
    payloadLength: fc.nat({ max: 1000 }),
  })
  .map(({ protocol, host, far, sourcePort, destinationPort, payloadLength }) =>
    packetBetween(`10.0.1.${host}`, `203.0.113.${far}`, protocol, {
      ...(protocol === ICMP ? { icmpType: 8, icmpIdentifier: sourcePort } : { sourcePort, destinationPort }),
      tcpFlags: protocol === TCP ? SYN : 0,
      payloadLength,
    }),
  )

describe('translation', () => {
  it('gives each connection an address and port of its own, and the answers back to its client', () => {
    fc.assert(
      fc.property(fc.array(opening, { maxLength: 60 }), fc.nat(), (packets, seed) => {
        const table = makeTable([GATEWAY, '10.0.101.6'], seed)
        const outside = new Map<string, string>()
        for (const packet of packets) {
          const sent = translated(table.translateOutbound(packet, 0))
          const isIcmp = packet.protocol === ICMP
          const port = isIcmp ? sent.icmpIdentifier : sent.sourcePort
          expect([GATEWAY, '10.0.101.6']).toContain(`${sent.source}`)
          expect(port).toBeGreaterThanOrEqual(NAT_FIRST_PORT)
          expect(port).toBeLessThanOrEqual(NAT_LAST_PORT)
          expect([sent.length, sent.destination, sent.destinationPort]).toEqual([
            packet.length,
            packet.destination,
            packet.destinationPort,
          ])
          const client = `${packet.source} ${packet.sourcePort} ${packet.icmpIdentifier}`
          const far = `${packet.protocol} ${sent.source} ${port} ${packet.destination} ${packet.destinationPort}`
          expect(outside.get(far) ?? client).toBe(client)
          outside.set(far, client)
          expect(translated(table.translateOutbound(packet, 1))).toEqual(sent)
          expect(translated(table.translateInbound(answerTo(sent), 2))).toEqual(answerTo(packet))
        }
        expect(table.size).toBe(new Set(outside.keys()).size)
      }),
      { numRuns: 200 },
    )
  })

  it('is the same for the same seed', () => {
    const ports = (seed: number): number[] => {
      const table = makeTable(undefined, seed)
      return [1, 2, 3].map(
        (port) => translated(table.translateOutbound(packetBetween(`${HOST}:${port}`, FAR, UDP), 0)).sourcePort,
      )
    }
    expect(ports(7)).toEqual(ports(7))
    expect(ports(7)).not.toEqual(ports(8))
  })

  it('translates ICMP errors and the packets that they quote, both ways', () => {
    const outer = { icmpType: 11, icmpCode: 0 }
    fc.assert(
      fc.property(opening, (packet) => {
        const table = makeTable()
        const sent = translated(table.translateOutbound(packet, 0))
        const expired = packetBetween('198.51.100.1', GATEWAY, ICMP, { ...outer, quoted: sent })
        const inside = translated(table.translateInbound(expired, 1))
        expect([`${inside.source}`, `${inside.destination}`, inside.length]).toEqual([
          '198.51.100.1',
          `${packet.source}`,
          expired.length,
        ])
        expect(inside.quoted).toEqual(packet)
        const answer = answerTo(sent)
        const answerInside = translated(table.translateInbound(answer, 2))
        const refused = packetBetween(`${packet.source}`, `${packet.destination}`, ICMP, {
          icmpType: 3,
          icmpCode: 3,
          quoted: answerInside,
        })
        const outside = translated(table.translateOutbound(refused, 3))
        expect([`${outside.source}`, `${outside.destination}`]).toEqual([GATEWAY, `${packet.destination}`])
        expect(outside.quoted).toEqual(answer)
      }),
    )
  })

  it('lets in nothing that no connection has', () => {
    const table = makeTable()
    const sent = translated(table.translateOutbound(packetBetween(`${HOST}:1`, `${FAR}:53`, UDP), 0))
    const isUnsolicited = (packet: Packet): boolean => outcome(table.translateInbound(packet, 1)) === 'unsolicited'
    expect(isUnsolicited(packetBetween(`${FAR}:54`, `${GATEWAY}:${sent.sourcePort}`, UDP))).toBe(true)
    expect(isUnsolicited(packetBetween(`203.0.113.8:53`, `${GATEWAY}:${sent.sourcePort}`, UDP))).toBe(true)
    expect(isUnsolicited(packetBetween(`${FAR}:53`, `${GATEWAY}:${sent.sourcePort}`, TCP, { tcpFlags: SYN }))).toBe(
      true,
    )
    expect(isUnsolicited(packetBetween(FAR, GATEWAY, ICMP, { icmpType: 8 }))).toBe(true)
    const stray = packetBetween(`${GATEWAY}:9999`, `${FAR}:53`, UDP)
    expect(isUnsolicited(packetBetween(FAR, GATEWAY, ICMP, { icmpType: 3, quoted: stray }))).toBe(true)
  })

  it('lets no echo request in that has the identifier of one that went out', () => {
    const table = makeTable()
    const sent = translated(
      table.translateOutbound(packetBetween(HOST, FAR, ICMP, { icmpType: 8, icmpIdentifier: 5 }), 0),
    )
    expect(outcome(table.translateInbound(answerTo(sent, { icmpType: 8 }), 1))).toBe('unsolicited')
  })

  it('refuses other protocols, IPv6, and ICMP messages that ask nothing', () => {
    const table = makeTable()
    const refused = 'protocol-not-translated'
    expect(outcome(table.translateOutbound(packetBetween(HOST, FAR, 50), 0))).toBe(refused)
    expect(
      outcome(table.translateOutbound(packetBetween('2001:db8::1', '2001:db8::2', TCP, { tcpFlags: SYN }), 0)),
    ).toBe(refused)
    expect(outcome(table.translateOutbound(packetBetween(HOST, FAR, ICMP, { icmpType: 0 }), 0))).toBe(refused)
    expect(outcome(table.translateInbound(packetBetween(FAR, GATEWAY, 47), 0))).toBe(refused)
    expect(table.translateOutbound(packetBetween(HOST, FAR, 50), 0)).toMatchObject({
      verdict: { action: 'ACCEPT' },
      reset: false,
    })
  })

  it('lowers the maximum segment size of SYNs both ways to what fits 8,500 bytes', () => {
    const options = (size: number): Uint8Array => Uint8Array.of(1, 1, 1, 1, 2, 4, size >> 8, size & 255)
    const table = makeTable()
    const big = packetBetween(`${HOST}:1`, `${FAR}:443`, TCP, { tcpFlags: SYN, tcpOptions: options(8961) })
    const sent = translated(table.translateOutbound(big, 0))
    expect(sent.tcpOptions).toEqual(options(8460))
    const answer = translated(table.translateInbound(answerTo(sent, { tcpOptions: options(8961) }), 0))
    expect(answer.tcpOptions).toEqual(options(8460))
    const small = packetBetween(`${HOST}:2`, `${FAR}:443`, TCP, { tcpFlags: SYN, tcpOptions: options(1460) })
    expect(translated(table.translateOutbound(small, 0)).tcpOptions).toEqual(options(1460))
    expect(big.tcpOptions).toEqual(options(8961))
  })
})

describe('fragments', () => {
  it('of TCP and ICMP are dropped', () => {
    const table = makeTable()
    const first = { moreFragments: true, identification: 9 }
    const later = { fragmentOffset: 1480, identification: 9 }
    const dropped = [
      packetBetween(HOST, FAR, ICMP, { icmpType: 8, ...first }),
      packetBetween(HOST, FAR, ICMP, { icmpType: 8, ...later }),
      packetBetween(`${HOST}:1`, `${FAR}:443`, TCP, { tcpFlags: SYN, ...first }),
    ]
    for (const packet of dropped) {
      expect(outcome(table.translateOutbound(packet, 0))).toBe('fragment-not-translated')
      expect(outcome(table.translateInbound(packet, 0))).toBe('fragment-not-translated')
    }
    expect(table.size).toBe(0)
  })

  it('of UDP follow their first one, both ways', () => {
    const table = makeTable()
    const first = { moreFragments: true, identification: 9 }
    const later = { fragmentOffset: 1480, identification: 9 }
    const sent = translated(table.translateOutbound(packetBetween(`${HOST}:1`, `${FAR}:53`, UDP, first), 0))
    expect(outcome(table.translateOutbound(packetBetween(HOST, FAR, UDP, later), 1))).toBe(`${GATEWAY}>${FAR}`)
    expect(outcome(table.translateInbound(packetBetween(FAR, GATEWAY, UDP, later), 1))).toBe('unsolicited')
    table.translateInbound(answerTo(sent), 2)
    expect(outcome(table.translateInbound(packetBetween(FAR, GATEWAY, UDP, later), 3))).toBe(`${FAR}>${HOST}`)
    const unknown = packetBetween(HOST, FAR, UDP, { fragmentOffset: 1480, identification: 10 })
    expect(outcome(table.translateOutbound(unknown, 3))).toBe('fragment-not-translated')
  })
})

describe('idle connections', () => {
  const syn = packetBetween(`${HOST}:40000`, `${FAR}:443`, TCP, { tcpFlags: SYN })
  const data = packetBetween(`${HOST}:40000`, `${FAR}:443`, TCP, { tcpFlags: ACK })

  it('are forgotten after 350 s: the next segment from inside is answered with a RST, from outside dropped', () => {
    const table = makeTable()
    const sent = translated(table.translateOutbound(syn, 0))
    let now = 0
    for (let turn = 0; turn < 3; turn++) {
      now += NAT_IDLE_SECONDS * SECOND - 1
      expect(outcome(table.translateInbound(answerTo(sent), now))).toBe(`${FAR}>${HOST}`)
      now += NAT_IDLE_SECONDS * SECOND - 1
      expect(outcome(table.translateOutbound(data, now))).toBe(`${GATEWAY}>${FAR}`)
    }
    now += NAT_IDLE_SECONDS * SECOND
    expect(outcome(table.translateOutbound(data, now))).toBe('idle-timeout with RST')
    expect(table.size).toBe(0)
    expect(outcome(table.translateInbound(answerTo(sent), now))).toBe('unsolicited')
    expect(outcome(table.translateOutbound(data.with({ tcpFlags: RST }), now))).toBe('idle-timeout')
    // The RST is no memory: a SYN begins anew.
    expect(outcome(table.translateOutbound(syn, now))).toBe(`${GATEWAY}>${FAR}`)
  })

  it('of UDP and ICMP are forgotten in silence: the next packet is a new connection', () => {
    for (const packet of [
      packetBetween(`${HOST}:1`, `${FAR}:53`, UDP),
      packetBetween(HOST, FAR, ICMP, { icmpType: 8, icmpIdentifier: 7 }),
    ]) {
      const table = makeTable()
      const sent = translated(table.translateOutbound(packet, 0))
      expect(outcome(table.translateInbound(answerTo(sent), NAT_IDLE_SECONDS * SECOND))).toBe('unsolicited')
      const again = translated(table.translateOutbound(packet, NAT_IDLE_SECONDS * SECOND))
      expect([again.sourcePort, again.icmpIdentifier]).not.toEqual([sent.sourcePort, sent.icmpIdentifier])
    }
  })

  it('after FIN both ways, or a RST, the port is free again soon', () => {
    for (const closing of [[FIN_ACK, FIN_ACK], [RST], [undefined, RST]]) {
      const table = makeTable()
      const sent = translated(table.translateOutbound(syn, 0))
      const [own, far] = closing
      if (own !== undefined) table.translateOutbound(data.with({ tcpFlags: own }), 1)
      if (far !== undefined) table.translateInbound(answerTo(sent, { tcpFlags: far }), 2)
      expect(outcome(table.translateOutbound(data, 3))).toBe(`${GATEWAY}>${FAR}`)
      // Another packet is enough for the port to be free.
      table.translateOutbound(packetBetween(`${HOST}:9`, `${FAR}:53`, UDP), (NAT_CLOSED_SECONDS + 1) * SECOND)
      expect(table.size).toBe(1)
      expect(outcome(table.translateOutbound(data, (NAT_CLOSED_SECONDS + 1) * SECOND))).toBe('idle-timeout with RST')
    }
  })

  it('a SYN with the ports of a closed connection is a new one, which stays', () => {
    const table = makeTable()
    table.translateOutbound(syn, 0)
    table.translateOutbound(data.with({ tcpFlags: RST }), 1)
    table.translateOutbound(syn, 2)
    expect(outcome(table.translateOutbound(data, 300 * SECOND))).toBe(`${GATEWAY}>${FAR}`)
  })
})

describe('ports', () => {
  it('are 55,000 for each destination and gateway address, and free again when connections are over', () => {
    const table = makeTable([GATEWAY, '10.0.101.6'])
    const host = (index: number): string => `10.1.${index >>> 8}.${index & 255}:40000`
    const open = (index: number, far: string, time = 0): string =>
      outcome(table.translateOutbound(packetBetween(host(index), far, UDP), time))
    const outside = new Set<number>()
    for (let index = 0; index < 2 * NAT_CONNECTIONS_PER_DESTINATION; index++) {
      const result = table.translateOutbound(
        packetBetween(`10.${1 + (index >>> 16)}.${(index >>> 8) & 255}.${index & 255}:40000`, `${FAR}:53`, UDP),
        0,
      )
      if (result instanceof Packet) outside.add(result.source.word3 * 65_536 + result.sourcePort)
    }
    expect([outside.size, table.size]).toEqual([
      2 * NAT_CONNECTIONS_PER_DESTINATION,
      2 * NAT_CONNECTIONS_PER_DESTINATION,
    ])
    const another = '10.9.9.9:40000'
    const full = (): string => outcome(table.translateOutbound(packetBetween(another, `${FAR}:53`, UDP), SECOND))
    expect(full()).toBe('port-allocation')
    // Another port, protocol or address has its own 55,000.
    expect(open(0, `${FAR}:54`, SECOND)).toMatch('>203.0.113.7')
    expect(open(0, '203.0.113.8:53', SECOND)).toMatch('>203.0.113.8')
    expect(
      outcome(table.translateOutbound(packetBetween(another, `${FAR}:53`, TCP, { tcpFlags: SYN }), SECOND)),
    ).toMatch('>203.0.113.7')
    const later = NAT_IDLE_SECONDS * SECOND
    expect(outcome(table.translateOutbound(packetBetween(another, `${FAR}:53`, UDP), later))).toMatch('>203.0.113.7')
    expect(table.size).toBe(4)
  })

  it('of an address that was taken from the gateway serve its old connections only, and those while it drains', () => {
    const table = makeTable()
    const old = packetBetween(`${HOST}:1`, `${FAR}:53`, UDP)
    table.translateOutbound(old, 0)
    table.update(gateway(['10.0.101.9']), () => true)
    expect(outcome(table.translateOutbound(old, 1))).toBe(`${GATEWAY}>${FAR}`)
    expect(outcome(table.translateOutbound(packetBetween(`${HOST}:2`, `${FAR}:53`, UDP), 1))).toBe(`10.0.101.9>${FAR}`)
    table.update(gateway(['10.0.101.9']), (address) => `${address}` === '10.0.101.9')
    expect(table.size).toBe(1)
    expect(outcome(table.translateOutbound(old, 2))).toBe(`10.0.101.9>${FAR}`)
  })
})
