import { IpAddress, Packet } from '@flowtap/core'
import { describe, expect, it } from 'vitest'
import { hours, minutes, seconds } from '../duration.ts'
import type { Connection } from './connection.ts'
import type { Host } from './host.ts'
import { TestWire } from './network-fixture.ts'
import { NetworkError, type Process, type ProcessHandle } from './process.ts'
import type { SimulatedHost } from './simulated-host.ts'
import { decodeSynOptions } from './tcp-options.ts'

interface Pair {
  readonly wire: TestWire
  readonly client: SimulatedHost
  readonly server: SimulatedHost
}

function pair(options: Parameters<TestWire['host']>[2] = {}): Pair {
  const wire = new TestWire()
  return { wire, client: wire.host('client', '10.0.0.1', options), server: wire.host('server', '10.0.0.2') }
}

/** Runs a process on the client to its end. */
function run<Result>({ wire, client }: Pair, body: (host: Host) => Process<Result>): ProcessHandle<Result> {
  const handle = client.view.spawn('test', body)
  wire.run(hours(24))
  return handle
}

function resultOf<Result>(pairing: Pair, body: (host: Host) => Process<Result>): Result {
  const results: Result[] = []
  const handle = run(pairing, function* (host) {
    results.push(yield* body(host))
  })
  if (handle.failure) throw handle.failure
  expect(handle.state).toBe('finished')
  return results[0] as Result
}

/** Direction, flags and payload of all packets, e.g. `> S`, `< SA`, `> A 100`. */
function trace(wire: TestWire): readonly string[] {
  return wire.packets.map(({ packet }) => {
    const flags = [...'FSRPA'].filter((_, bit) => (packet.tcpFlags & (1 << bit)) !== 0).join('')
    const direction = packet.source.toString() === '10.0.0.1' ? '>' : '<'
    return `${direction} ${flags}${packet.payloadLength > 0 ? ` ${packet.payloadLength}` : ''}`
  })
}

const get = function* (host: Host): Process {
  const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
  yield* connection.exchange({ send: 100, receive: 4_000 })
  yield* connection.close()
}

describe('a TCP connection', () => {
  it('has the packets of a real one', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    resultOf(hosts, get)
    expect(trace(hosts.wire)).toEqual([
      '> S',
      '< SA',
      '> A',
      '> PA 100',
      '< A',
      '< A 1448',
      '< A 1448',
      '< PA 1104',
      '> A',
      '> A',
      '> FA',
      '< FA',
      '> A',
    ])
  })

  it('has the sizes of Linux: 60 bytes for a SYN, 52 without data', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    resultOf(hosts, get)
    const sizes = hosts.wire.packets.map(({ packet }) => packet.length - packet.payloadLength)
    expect(sizes).toEqual([60, 60, ...new Array(11).fill(52)])
    const [syn] = hosts.wire.packets
    expect(syn && decodeSynOptions(syn.packet.tcpOptions)).toMatchObject({
      maximumSegmentSize: 1460,
      windowScale: 7,
      selectiveAcknowledgments: true,
    })
    expect(syn?.packet).toMatchObject({ hopLimit: 64, tcpWindow: 64_240, dontFragment: true })
  })

  it('has the sizes of Windows where a client is one: no timestamps', () => {
    const hosts = pair({ operatingSystem: 'windows' })
    hosts.server.view.listen({ port: 80 })
    resultOf(hosts, get)
    const sizes = hosts.wire.packets.map(({ packet }) => packet.length - packet.payloadLength)
    expect(sizes.slice(0, 4)).toEqual([52, 52, 40, 40])
    expect(hosts.wire.packets[0]?.packet.hopLimit).toBe(128)
    expect(hosts.wire.packets[0]?.packet.sourcePort).toBeGreaterThanOrEqual(49_152)
  })

  it('is refused by a closed port', () => {
    const hosts = pair()
    const handle = run(hosts, (host) => host.connect({ to: '10.0.0.2', port: 81 }))
    expect(handle.failure?.code).toBe('ECONNREFUSED')
    expect(trace(hosts.wire)).toEqual(['> S', '< RA'])
    const [syn, reset] = hosts.wire.packets
    expect(reset?.packet.length).toBe(40)
    expect(reset?.packet.tcpAcknowledgment).toBe(((syn?.packet.tcpSequence ?? 0) + 1) >>> 0)
  })

  it.each([
    ['linux', [0, 1, 3, 7, 15, 31, 63], 127],
    ['windows', [0, 3, 9], 21],
  ] as const)('asks again as %s does, and fails', (operatingSystem, times, end) => {
    const hosts = pair({ operatingSystem })
    let failedAfter = 0
    const handle = run(hosts, function* (host): Process {
      const begin = host.nowMicroseconds
      try {
        yield* host.connect({ to: '10.0.0.9', port: 80 })
      } finally {
        failedAfter = host.nowMicroseconds - begin
      }
    })
    expect(handle.failure?.code).toBe('ETIMEDOUT')
    expect(failedAfter).toBe(seconds(end))
    expect(hosts.wire.packets.map(({ timeMicroseconds }) => (timeMicroseconds - 1_000_000) / 1e6)).toEqual(times)
  })

  it('stops asking at the time that the caller gives', () => {
    const hosts = pair()
    const handle = run(hosts, (host) => host.connect({ to: '10.0.0.9', port: 80, timeoutMicroseconds: seconds(2) }))
    expect(handle.failure?.code).toBe('ETIMEDOUT')
    expect(hosts.wire.packets).toHaveLength(2)
  })

  it('answers a SYN/ACK flood of nobody with resets, as a spoofed SYN causes', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    run(hosts, function* (host): Process {
      host.sendPacket({ to: IpAddress.of('10.0.0.2'), protocol: 6, sourcePort: 999, destinationPort: 80, tcpFlags: 2 })
      yield* host.sleep(0)
    })
    expect(trace(hosts.wire)).toEqual(['> S', '< SA', '> R'])
  })

  it('sends SYN/ACKs again to who does not answer, and forgets them after 63 s', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    hosts.wire.drops = (packet) => packet.source.toString() === '10.0.0.2'
    run(hosts, function* (host): Process {
      host.sendPacket({ to: IpAddress.of('10.0.0.2'), protocol: 6, sourcePort: 999, destinationPort: 80, tcpFlags: 2 })
      yield* host.sleep(0)
    })
    const answers = hosts.wire.packets.slice(1).map(({ timeMicroseconds }) => Math.round(timeMicroseconds / 1e6) - 1)
    expect(answers).toEqual([0, 1, 3, 7, 15, 31])
    expect(hosts.server.stack.tcp.connectionCount).toBe(0)
  })

  it('takes connections by cookies while it is flooded', () => {
    const hosts = pair()
    const { wire, server } = hosts
    server.view.listen({ port: 80 })
    const flood = wire.host('flood', '10.0.0.3')
    flood.view.spawn('flood', function* (host): Process {
      for (let i = 0; i < 1_000; i += 1) {
        // From addresses that nobody has: the answers get lost.
        const from = IpAddress.fromIpv4Bits(0x0b000000 + i)
        host.sendPacket({
          to: IpAddress.of('10.0.0.2'),
          from,
          protocol: 6,
          sourcePort: 1_000,
          destinationPort: 80,
          tcpFlags: 2,
        })
      }
      yield* host.sleep(0)
    })
    const handle = hosts.client.view.spawn('get', get, { delayMicroseconds: seconds(1) })
    wire.run(seconds(5))
    expect(handle.state).toBe('finished')
    expect(server.stack.tcp.connectionCount).toBeLessThan(300)
    wire.run(minutes(5))
    expect(server.stack.tcp.connectionCount).toBe(0)
  })

  it('limits its segments to what the SYN of the other side was clamped to', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    hosts.wire.changes = (packet) => {
      if ((packet.tcpFlags & 2) === 0) return packet
      const tcpOptions = packet.tcpOptions.slice()
      tcpOptions[2] = 1_000 >>> 8
      tcpOptions[3] = 1_000 & 255
      return packet.with({ tcpOptions })
    }
    resultOf(hosts, get)
    expect(Math.max(...hosts.wire.packets.map(({ packet }) => packet.payloadLength))).toBe(988)
  })

  it('finds the path MTU by "fragmentation needed"', () => {
    const hosts = pair()
    const { wire, server } = hosts
    server.view.listen({ port: 80 })
    let told = 0
    wire.drops = (packet) => {
      if (packet.length <= 1_200) return false
      told += 1
      const error = new Packet({
        source: IpAddress.of('10.0.0.254'),
        destination: packet.source,
        protocol: 1,
        icmpType: 3,
        icmpCode: 4,
        icmpMtu: 1_200,
        quoted: packet,
      })
      wire.clock.schedule(wire.clock.nowMicroseconds + 1_000, () => server.stack.receive(error), undefined, undefined)
      return true
    }
    resultOf(hosts, get)
    expect(told).toBeGreaterThan(0)
    expect(wire.packets.some(({ packet }) => packet.length === 1_200)).toBe(true)
    // The next connection knows already.
    const before = told
    resultOf(hosts, get)
    expect(told).toBe(before)
    // After ten minutes it has forgotten.
    resultOf(hosts, function* (host) {
      yield* host.sleep(minutes(10))
      return yield* get(host)
    })
    expect(told).toBeGreaterThan(before)
  })

  it('is reset where its process ends while the other side still sends', () => {
    const hosts = pair()
    let atServer: unknown
    hosts.server.view.listen({
      port: 80,
      application: function* (_host, connection): Process {
        connection.send(1_000_000)
        try {
          yield* connection.flush()
        } catch (error) {
          atServer = error instanceof NetworkError ? error.code : error
        }
      },
    })
    run(hosts, function* (host): Process {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
      yield* connection.receive(10_000)
    })
    expect(atServer).toBe('ECONNRESET')
    expect(hosts.server.stack.tcp.connectionCount + hosts.client.stack.tcp.connectionCount).toBe(0)
  })

  it('says that the other side closed before everything came', () => {
    const hosts = pair()
    hosts.server.view.listen({
      port: 80,
      application: function* (_host, connection): Process {
        connection.send('short')
        yield* connection.close()
      },
    })
    const handle = run(hosts, function* (host): Process {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
      yield* connection.exchange({ send: 'question', receive: 100 })
    })
    expect(handle.failure?.code).toBe('EOF')
  })

  it('lets a server speak first, wait, and close', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 22 })
    const took = resultOf(hosts, function* (host): Process<number> {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 22 })
      const begin = host.nowMicroseconds
      yield* connection.exchange({
        send: 0,
        receive: 'SSH-2.0-x\r\n',
        serverDelayMicroseconds: seconds(1),
        thenServerCloses: true,
      })
      const waited = host.nowMicroseconds - begin
      yield* connection.receiveUntilClosed()
      expect(connection.state).toBe('half-closed')
      yield* connection.close()
      expect(connection.state).toBe('closed')
      return waited
    })
    // The script is known at once, before the last packet of the handshake has come: then a second, and one way back.
    expect(took).toBe(seconds(1) + 20_000)
  })

  it('ends a wait at the time that the caller gives, and goes on after it', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    const outcome = resultOf(hosts, function* (host): Process<string> {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
      let code = ''
      try {
        yield* connection.exchange({
          send: 10,
          receive: 10,
          serverDelayMicroseconds: seconds(10),
          timeoutMicroseconds: seconds(3),
        })
      } catch (error) {
        code = error instanceof NetworkError ? error.code : 'other'
      }
      yield* connection.receive(10)
      yield* connection.close()
      return code
    })
    expect(outcome).toBe('ETIMEDOUT')
  })

  it('answers a FIN that comes again from TIME-WAIT', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    let isDropped = false
    hosts.wire.drops = (packet) => {
      const isLast =
        packet.tcpFlags === 16 && packet.source.toString() === '10.0.0.1' && hosts.client.stack.tcp.connectionCount > 0
      if (isDropped || !isLast || hosts.wire.packets.filter(({ packet: { tcpFlags } }) => tcpFlags === 17).length < 2)
        return false
      isDropped = true
      return true
    }
    const handle = hosts.client.view.spawn('twice', function* (host): Process {
      for (let i = 0; i < 2; i += 1) {
        const connection = yield* host.connect({ to: '10.0.0.2', port: 80, fromPort: 40_000 + i })
        yield* connection.close()
        yield* host.sleep(seconds(10))
      }
      expect(hosts.client.stack.tcp.connectionCount).toBe(2)
      expect(hosts.server.stack.tcp.connectionCount).toBe(0)
    })
    hosts.wire.run(minutes(5))
    expect(handle.state).toBe('finished')
    expect(isDropped).toBe(true)
    expect(trace(hosts.wire).slice(0, 8)).toEqual(['> S', '< SA', '> A', '> FA', '< FA', '> A', '< FA', '> A'])
    expect(hosts.client.stack.tcp.connectionCount).toBe(0)
  })

  it('lets a new connection take the place of one in TIME-WAIT', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    const handle = run(hosts, function* (host): Process {
      for (let i = 0; i < 3; i += 1) {
        const connection = yield* host.connect({ to: '10.0.0.2', port: 80, fromPort: 40_000 })
        yield* connection.exchange({ send: 10, receive: 10, thenServerCloses: true })
        yield* connection.receiveUntilClosed()
        yield* connection.close()
        expect(hosts.server.stack.tcp.connectionCount).toBe(1)
      }
    })
    expect(handle.failure).toBeUndefined()
    expect(trace(hosts.wire).some((line) => line.includes('R'))).toBe(false)
    expect(hosts.server.stack.tcp.connectionCount).toBe(0)
  })

  it('refuses to send after close', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    const handle = run(hosts, function* (host): Process {
      const connection: Connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
      yield* connection.close()
      connection.send(1)
    })
    expect(handle.failure?.code).toBe('EPIPE')
  })

  it('reads what was sent, in any pieces', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 7 })
    const text = 'abcdefghij'.repeat(1_000)
    const back = resultOf(hosts, function* (host): Process<string> {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 7, peer: 'service' })
      connection.send(text)
      let received = ''
      while (received.length < text.length) {
        const bytes = yield* connection.read()
        received += new TextDecoder().decode(bytes)
      }
      yield* connection.close()
      return received
    })
    expect(back).toBe(text)
  })

  it('works over IPv6 and within the host', () => {
    const wire = new TestWire()
    const client = wire.host('client', ['10.0.0.1', '2001:db8::1'])
    const server = wire.host('server', ['10.0.0.2', '2001:db8::2'])
    server.view.listen({ port: 80 })
    client.view.listen({ port: 8080 })
    const ends = ['2001:db8::2', '127.0.0.1', '2001:db8::1'].map((to) =>
      client.view.spawn('get', function* (host): Process {
        const connection = yield* host.connect({ to, port: to === '2001:db8::2' ? 80 : 8080 })
        yield* connection.exchange({ send: 100, receive: 10_000 })
        yield* connection.close()
      }),
    )
    wire.run()
    expect(ends.map(({ state }) => state)).toEqual(['finished', 'finished', 'finished'])
    // IPv6 headers are 20 bytes longer, and what stays on the host is not on the wire.
    expect(wire.packets[0]?.packet.length).toBe(80)
    expect(wire.packets.every(({ packet }) => packet.source.version === 6)).toBe(true)
    expect(Math.max(...wire.packets.map(({ packet }) => packet.length))).toBe(1_500)
  })

  it('runs out of ports to one destination, and not before', () => {
    const hosts = pair()
    hosts.server.view.listen({ port: 80 })
    const handle = run(hosts, function* (host): Process<number> {
      let opened = 0
      try {
        for (;;) {
          yield* host.connect({ to: '10.0.0.2', port: 80 })
          opened += 1
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'EADDRNOTAVAIL' })
        return opened
      }
    })
    let opened = 0
    hosts.client.view.spawn('count', function* (): Process {
      opened = yield* handle.join()
    })
    hosts.wire.run(seconds(1))
    expect(opened).toBe(60_999 - 32_768 + 1)
  }, 60_000)
})
