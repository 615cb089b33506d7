import { IpAddress, Packet } from '@flowtap/core'
import { describe, expect, it } from 'vitest'
import { hours, seconds } from '../duration.ts'
import type { DnsAnswer } from './dns-answer.ts'
import type { Host, ProbeOutcome } from './host.ts'
import { httpServer } from './http-service.ts'
import { TestWire } from './network-fixture.ts'
import { NetworkError, type Process } from './process.ts'
import type { SimulatedHost } from './simulated-host.ts'
import type { Datagram } from './udp.ts'

interface Net {
  readonly wire: TestWire
  readonly client: SimulatedHost
  readonly server: SimulatedHost
}

const CLIENT = '10.0.0.1'
const SERVER = '10.0.0.2'

function net(options: Parameters<TestWire['host']>[2] = {}): Net {
  const wire = new TestWire()
  return {
    wire,
    client: wire.host('client', [CLIENT, '2001:db8::1'], { resolver: SERVER, ...options }),
    server: wire.host('server', [SERVER, '2001:db8::2']),
  }
}

function resultOf<Result>({ wire, client }: Net, body: (host: Host) => Process<Result>): Result {
  const results: Result[] = []
  const handle = client.view.spawn('test', function* (host): Process {
    results.push(yield* body(host))
  })
  wire.run(hours(1))
  if (handle.failure) throw handle.failure
  expect(handle.state).toBe('finished')
  return results[0] as Result
}

function failureOf({ wire, client }: Net, body: (host: Host) => Process<unknown>): string | undefined {
  const handle = client.view.spawn('test', body)
  wire.run(hours(1))
  return handle.failure?.code
}

/** An ICMP error of a router in the middle for packets for which it is asked to make one. */
function routerSays(wire: TestWire, when: (packet: Packet) => boolean, type: number, code: number, mtu = 0): void {
  const router = wire.host('router', '10.0.0.254')
  wire.drops = (packet) => {
    if (packet.source.toString() === '10.0.0.254' || !when(packet)) return false
    router.stack.transmit(
      new Packet({
        source: IpAddress.of('10.0.0.254'),
        destination: packet.source,
        protocol: 1,
        icmpType: type,
        icmpCode: code,
        icmpMtu: mtu,
        quoted: packet,
      }),
    )
    return true
  }
}

describe('UDP', () => {
  it('exchanges a datagram and its answer, as the sender describes it', () => {
    const hosts = net()
    hosts.server.view.listenUdp({ port: 9000 })
    const answer = resultOf(hosts, (host) =>
      host.exchangeUdp({ to: SERVER, port: 9000, send: 'ask', receive: 'answer', serverDelayMicroseconds: 5_000 }),
    )
    expect(new TextDecoder().decode(answer?.payload)).toBe('answer')
    expect(answer).toMatchObject({ length: 6, fromPort: 9000, hopLimit: 64, timeMicroseconds: 1_025_000 })
    expect(hosts.wire.packets.map(({ packet }) => packet.length)).toEqual([31, 34])
  })

  it('gives nothing where nothing comes, and says when a port is closed', () => {
    const hosts = net()
    hosts.server.view.listenUdp({ port: 9000 })
    expect(resultOf(hosts, (host) => host.exchangeUdp({ to: SERVER, port: 9000, send: 10 }))).toBeUndefined()
    expect(failureOf(hosts, (host) => host.exchangeUdp({ to: SERVER, port: 9001, send: 10 }))).toBe('ECONNREFUSED')
    const unreachable = hosts.wire.packets.at(-1)?.packet
    expect(unreachable).toMatchObject({ protocol: 1, icmpType: 3, icmpCode: 3, length: 20 + 8 + 38 })
  })

  it('limits how often it says that a port is closed', () => {
    const hosts = net()
    resultOf(hosts, function* (host): Process {
      const socket = host.openUdp()
      for (let i = 0; i < 100; i += 1) socket.send(IpAddress.of(SERVER), 9001, 10)
      try {
        yield* socket.receive()
      } catch (error) {
        expect(error).toBeInstanceOf(NetworkError)
      }
    })
    expect(hosts.wire.packets.filter(({ packet }) => packet.protocol === 1)).toHaveLength(6)
  })

  it('is served by applications: content at once, or a process that takes its time', () => {
    const hosts = net()
    hosts.server.view.listenUdp({ port: 1, application: (_host, { length }) => `${length}` })
    hosts.server.view.listenUdp({
      port: 2,
      application: function* (host, datagram, reply): Process {
        yield* host.sleep(seconds(1))
        reply(datagram.payload)
        reply('and more')
      },
    })
    const answers = resultOf(hosts, function* (host): Process<readonly (Datagram | undefined)[]> {
      const first = yield* host.exchangeUdp({ to: SERVER, port: 1, send: 77 })
      const socket = host.openUdp()
      socket.send(IpAddress.of(SERVER), 2, 'echo')
      return [
        first,
        yield* socket.receive(),
        yield* socket.receive(),
        yield* socket.receive({ timeoutMicroseconds: 1 }),
      ]
    })
    expect(answers.map((answer) => answer && new TextDecoder().decode(answer.payload))).toEqual([
      '77',
      'echo',
      'and more',
      undefined,
    ])
  })

  it('fragments large datagrams and puts them together again', () => {
    const hosts = net()
    const sent = Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7) & 255)
    hosts.server.view.listenUdp({ port: 7 })
    const answer = resultOf(hosts, (host) => host.exchangeUdp({ to: SERVER, port: 7, send: sent }))
    expect(Buffer.compare(answer?.payload ?? new Uint8Array(0), sent)).toBe(0)
    expect(hosts.wire.packets.map(({ packet }) => packet.length)).toEqual([
      1500, 1500, 1500, 588, 1500, 1500, 1500, 588,
    ])
    // One lost fragment is a lost datagram.
    let count = 0
    hosts.wire.drops = () => {
      count += 1
      return count === 2
    }
    expect(resultOf(hosts, (host) => host.exchangeUdp({ to: SERVER, port: 7, send: sent }))).toBeUndefined()
  })

  it('refuses what no datagram holds', () => {
    const hosts = net()
    expect(failureOf(hosts, (host) => host.exchangeUdp({ to: SERVER, port: 7, send: 65_508 }))).toBe('EMSGSIZE')
  })
})

describe('ping', () => {
  it('sends one request a second and tells of each answer', () => {
    const hosts = net()
    const told: string[] = []
    const outcomes = resultOf(hosts, (host) =>
      host.ping({ to: SERVER, count: 3, onOutcome: ({ kind }, sequence) => told.push(`${sequence} ${kind}`) }),
    )
    expect(outcomes).toHaveLength(3)
    expect(outcomes[0]).toMatchObject({ kind: 'echo-reply', bytes: 56, hopLimit: 64, roundTripMicroseconds: 20_000 })
    expect(told).toEqual(['1 echo-reply', '2 echo-reply', '3 echo-reply'])
    // 84 bytes each, as AWS's documented ping has them.
    expect(
      hosts.wire.packets.map(({ timeMicroseconds, packet }) => [(timeMicroseconds - 1e6) / 1e6, packet.length]),
    ).toEqual([
      [0, 84],
      [0.01, 84],
      [1, 84],
      [1.01, 84],
      [2, 84],
      [2.01, 84],
    ])
  })

  it('goes on without answers and says which are missing', () => {
    const hosts = net()
    hosts.wire.drops = (packet) => packet.icmpSequence === 2
    const kinds = resultOf(hosts, function* (host): Process<readonly string[]> {
      return (yield* host.ping({ to: SERVER, count: 3 })).map(({ kind }) => kind)
    })
    expect(kinds).toEqual(['echo-reply', 'timeout', 'echo-reply'])
  })

  it('is not answered by hosts that do not, and has the sizes of Windows there', () => {
    const wire = new TestWire()
    const hosts = {
      wire,
      client: wire.host('client', CLIENT, { operatingSystem: 'windows' }),
      server: wire.host('server', SERVER, { answersPing: false }),
    }
    const outcomes = resultOf(hosts, (host) => host.ping({ to: SERVER, count: 1 }))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['timeout'])
    expect(wire.packets[0]?.packet).toMatchObject({ length: 60, hopLimit: 128 })
  })

  it('works with IPv6, and with more than fits a packet', () => {
    const hosts = net()
    const outcomes = resultOf(hosts, (host) => host.ping({ to: '2001:db8::2', count: 1, bytes: 3_000 }))
    expect(outcomes[0]).toMatchObject({ kind: 'echo-reply', bytes: 3_000 })
    expect(hosts.wire.packets.length).toBe(6)
    expect(hosts.wire.packets.every(({ packet }) => packet.protocol === 58)).toBe(true)
  })
})

describe('probe', () => {
  const probe = (hosts: Net, options: Parameters<Host['probe']>[0]): ProbeOutcome =>
    resultOf(hosts, (host) => host.probe(options))

  it('tells open, closed and silent TCP ports apart, as a SYN scan does', () => {
    const hosts = net()
    hosts.server.view.listen({ port: 80 })
    expect(probe(hosts, { to: SERVER, protocol: 'tcp', port: 80 }).kind).toBe('open')
    expect(probe(hosts, { to: SERVER, protocol: 'tcp', port: 81 }).kind).toBe('closed')
    expect(probe(hosts, { to: '10.0.0.9', protocol: 'tcp', port: 80 }).kind).toBe('timeout')
    // The kernel, which knows of no such connection, resets the open one.
    expect(hosts.wire.packets.slice(0, 3).map(({ packet }) => [packet.tcpFlags, packet.length])).toEqual([
      [2, 44],
      [18, 44],
      [4, 40],
    ])
    expect(hosts.server.stack.tcp.connectionCount).toBe(0)
  })

  it('tells UDP ports apart', () => {
    const hosts = net()
    hosts.server.view.listenUdp({ port: 7 })
    expect(probe(hosts, { to: SERVER, protocol: 'udp', port: 7 })).toMatchObject({ kind: 'open', bytes: 32 })
    expect(probe(hosts, { to: SERVER, protocol: 'udp', port: 8 }).kind).toBe('closed')
  })

  it('sees routers on the way by hop limits that end there', () => {
    const hosts = net()
    routerSays(hosts.wire, (packet) => packet.hopLimit === 1, 11, 0)
    for (const protocol of ['icmp', 'tcp', 'udp'] as const) {
      const outcome = probe(hosts, { to: SERVER, protocol, port: 33_434, hopLimit: 1 })
      expect(outcome).toMatchObject({ kind: 'hop-limit-exceeded', roundTripMicroseconds: 10_000 })
      expect(outcome.kind !== 'timeout' && outcome.from.toString()).toBe('10.0.0.254')
    }
  })

  it('hears of paths that are too narrow and hosts that cannot be reached', () => {
    const hosts = net()
    routerSays(hosts.wire, (packet) => packet.length > 1_000, 3, 4, 1_000)
    expect(probe(hosts, { to: SERVER, protocol: 'icmp', bytes: 1_400, dontFragment: true })).toMatchObject({
      kind: 'too-big',
      mtu: 1_000,
    })
    const far = net()
    routerSays(far.wire, (packet) => packet.protocol !== 1, 3, 1)
    expect(probe(far, { to: SERVER, protocol: 'tcp', port: 80 })).toMatchObject({ kind: 'unreachable', code: 1 })
    expect(failureOf(far, (host) => host.connect({ to: SERVER, port: 80 }))).toBe('EHOSTUNREACH')
    expect(failureOf(far, (host) => host.exchangeUdp({ to: SERVER, port: 80, send: 1 }))).toBe('EHOSTUNREACH')
  })
})

describe('names', () => {
  function named(): Net {
    const hosts = net()
    const { names } = hosts.wire.world
    hosts.server.view.listenUdp({ port: 53 })
    hosts.server.view.listen({ port: 53 })
    names.addHost(['example.org', 'www.example.org'], [IpAddress.of('192.0.2.10'), IpAddress.of('2001:db8::10')])
    names.addHost(['*.tunnel.example'], [IpAddress.of('192.0.2.53')])
    names.addRecord({
      name: 'alias.example.org',
      type: 5,
      class: 1,
      ttl: 60,
      data: { kind: 'name', name: 'www.example.org' },
    })
    names.addRecord({
      name: 'example.org',
      type: 15,
      class: 1,
      ttl: 60,
      data: { kind: 'mx', preference: 10, exchange: 'mail.example.org' },
    })
    for (let i = 0; i < 40; i += 1) {
      names.addRecord({
        name: 'long.example.org',
        type: 16,
        class: 1,
        ttl: 60,
        data: { kind: 'txt', strings: ['x'.repeat(100)] },
      })
    }
    return hosts
  }
  const resolve = (hosts: Net, name: string, options: Parameters<Host['resolve']>[1] = {}): DnsAnswer =>
    resultOf(hosts, (host) => host.resolve(name, options))

  it('are looked up for both families at once, from one port', () => {
    const hosts = named()
    const addresses = resultOf(hosts, (host) => host.lookup('example.org'))
    expect(addresses.map(String)).toEqual(['192.0.2.10', '2001:db8::10'])
    const queries = hosts.wire.packets.filter(({ packet }) => packet.destinationPort === 53)
    expect(queries).toHaveLength(2)
    expect(queries[0]?.packet.sourcePort).toBe(queries[1]?.packet.sourcePort)
    expect(queries[0]?.timeMicroseconds).toBe(queries[1]?.timeMicroseconds)
  })

  it('are answered by type, through aliases and wildcards', () => {
    const hosts = named()
    expect(resolve(hosts, 'example.org').records).toMatchObject([{ type: 'A', data: '192.0.2.10' }])
    expect(resolve(hosts, 'example.org', { type: 'MX' }).records).toMatchObject([
      { type: 'MX', data: '10 mail.example.org.' },
    ])
    expect(resolve(hosts, 'alias.example.org', { type: 'AAAA' }).records).toMatchObject([
      { type: 'CNAME', data: 'www.example.org.' },
      { type: 'AAAA', data: '2001:db8::10' },
    ])
    expect(resolve(hosts, 'a.b.tunnel.example').records).toMatchObject([
      { name: 'a.b.tunnel.example', data: '192.0.2.53' },
    ])
    expect(resolve(hosts, '192.0.2.10', { type: 'PTR' }).records).toMatchObject([
      { name: '10.2.0.192.in-addr.arpa', data: 'example.org.' },
    ])
    expect(new Set(resolve(hosts, 'example.org', { type: 'ANY' }).records.map(({ type }) => type))).toEqual(
      new Set(['A', 'AAAA', 'MX']),
    )
  })

  it('that do not exist are NXDOMAIN, and those without such a record are empty', () => {
    const hosts = named()
    expect(resolve(hosts, 'nowhere.example.org')).toMatchObject({
      status: 'NXDOMAIN',
      records: [],
      authority: [{ type: 'SOA' }],
    })
    expect(resolve(hosts, 'example.org', { type: 'SRV' })).toMatchObject({
      status: 'NOERROR',
      records: [],
      authority: [{ type: 'SOA' }],
    })
    expect(failureOf(hosts, (host) => host.lookup('nowhere.example.org'))).toBe('ENOTFOUND')
    expect(failureOf(hosts, (host) => host.connect({ to: 'nowhere.example.org', port: 80 }))).toBe('ENOTFOUND')
  })

  it('fall back to TCP where the answer is too long for UDP', () => {
    const hosts = named()
    const answer = resolve(hosts, 'long.example.org', { type: 'TXT' })
    expect(answer).toMatchObject({ transport: 'tcp', status: 'NOERROR' })
    expect(answer.records).toHaveLength(40)
    expect(resolve(hosts, 'example.org', { transport: 'tcp' }).records).toHaveLength(1)
  })

  it('are asked for again where the server is silent, and then given up', () => {
    const hosts = named()
    hosts.wire.drops = (packet) => packet.destinationPort === 53
    expect(
      failureOf(hosts, (host) => host.resolve('example.org', { timeoutMicroseconds: seconds(1), attempts: 3 })),
    ).toBe('ETIMEDOUT')
    expect(hosts.wire.packets).toHaveLength(3)
    expect(failureOf(hosts, (host) => host.lookup('example.org'))).toBe('EAI_AGAIN')
  })

  it('have times to live that run down', () => {
    const hosts = named()
    const first = resolve(hosts, 'example.org').records[0]?.ttlSeconds ?? 0
    hosts.wire.run(seconds(10))
    hosts.client.view.spawn('pause', (host) => host.sleep(seconds(7)))
    hosts.wire.run(seconds(8))
    expect(first - (resolve(hosts, 'example.org').records[0]?.ttlSeconds ?? 0)).toBe(7)
  })
})

describe('well-known services', () => {
  it('answer HTTP requests, keep the connection, and redirect as google.com does', () => {
    const hosts = net()
    hosts.server.view.listen({ port: 80 })
    const text = resultOf(hosts, function* (host): Process<string> {
      const connection = yield* host.connect({ to: SERVER, port: 80, peer: 'service' })
      let received = ''
      connection.send(
        'GET /x HTTP/1.1\r\nHost: example.org\r\n\r\nGET / HTTP/1.1\r\nHost: google.com\r\nConnection: close\r\n\r\n',
      )
      for (;;) {
        const bytes = yield* connection.read()
        if (!bytes) break
        received += new TextDecoder().decode(bytes)
      }
      return received
    })
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*<h1>example\.org<\/h1>/s)
    expect(text).toContain('HTTP/1.1 301 Moved Permanently\r\nLocation: http://www.google.com/\r\n')
    // The body of google.com's redirection has 219 bytes.
    expect(text).toContain('Content-Length: 219\r\n')
  })

  it('are what a scenario makes them', () => {
    const hosts = net()
    hosts.server.view.listen({
      port: 8080,
      application: httpServer(({ method, target, bodyBytes }) => ({
        status: 201,
        body: `${method} ${target} ${bodyBytes}`,
      })),
    })
    const text = resultOf(hosts, function* (host): Process<string> {
      const connection = yield* host.connect({ to: SERVER, port: 8080 })
      connection.send('POST /upload HTTP/1.0\r\nContent-Length: 5\r\n\r\n')
      connection.send('12345')
      let received = ''
      for (;;) {
        const bytes = yield* connection.read()
        if (!bytes) return received
        received += new TextDecoder().decode(bytes)
      }
    })
    expect(text.endsWith('\r\n\r\nPOST /upload 5')).toBe(true)
  })

  it('greet', () => {
    const hosts = net()
    for (const port of [22, 25]) hosts.server.view.listen({ port })
    const greetings = resultOf(hosts, function* (host): Process<readonly string[]> {
      const found: string[] = []
      for (const port of [22, 25]) {
        const connection = yield* host.connect({ to: SERVER, port, peer: 'service' })
        found.push(new TextDecoder().decode(yield* connection.read()))
        yield* connection.close()
      }
      return found
    })
    expect(greetings[0]).toMatch(/^SSH-2\.0-OpenSSH/)
    expect(greetings[1]).toMatch(/^220 /)
  })
})
