import type { Packet } from '@flowtap/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hours, minutes, seconds } from '../duration.ts'
import { Content } from './content.ts'
import { TestWire } from './network-fixture.ts'
import { NetworkError, type Process } from './process.ts'

/** Bytes of which each says where it stands, so that no two places can be taken for one another. */
function numbered(length: number, salt: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 31 + (i >>> 8) * 17 + salt) & 255
  return bytes
}

interface Transfer {
  readonly up: number
  readonly down: number
  readonly loss: number
  readonly delayMicroseconds: number
  readonly seed: number
}

const transfers: fc.Arbitrary<Transfer> = fc.record({
  up: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 200_000 })),
  down: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 200_000 })),
  loss: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.35, noNaN: true })),
  delayMicroseconds: fc.integer({ min: 1, max: 300_000 }),
  seed: fc.integer(),
})

/** Sends bytes both ways and reads them; what each side got is kept apart from what it was told. */
function transfer({ up, down, loss, delayMicroseconds, seed }: Transfer): {
  wire: TestWire
  state: string
  failure: NetworkError | undefined
  atServer: Uint8Array[]
  atClient: Uint8Array[]
} {
  const wire = new TestWire(seed)
  wire.loss = loss
  wire.delayMicroseconds = delayMicroseconds
  const client = wire.host('client', '10.0.0.1')
  const server = wire.host('server', '10.0.0.2')
  const atServer: Uint8Array[] = []
  const atClient: Uint8Array[] = []
  server.view.listen({
    port: 80,
    application: function* (_host, connection): Process {
      connection.send(numbered(down, 1))
      for (;;) {
        const bytes = yield* connection.read()
        if (!bytes) break
        atServer.push(bytes)
      }
      yield* connection.close()
    },
  })
  const handle = client.view.spawn('transfer', function* (host): Process {
    const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
    connection.send(numbered(up, 2))
    let missing = down
    while (missing > 0) {
      const bytes = yield* connection.read()
      if (!bytes) throw new NetworkError('EOF', 'too early')
      atClient.push(bytes)
      missing -= bytes.length
    }
    yield* connection.flush()
    yield* connection.close()
  })
  wire.run(hours(24))
  return { wire, state: handle.state, failure: handle.failure, atServer, atClient }
}

describe('TCP over a wire that loses packets', () => {
  it('brings every byte, or fails by its timers, and never hangs', () => {
    fc.assert(
      fc.property(transfers, (options) => {
        const { wire, state, failure, atServer, atClient } = transfer(options)
        expect(wire.clock.pendingEvents).toBe(0)
        expect(['finished', 'failed']).toContain(state)
        // What arrived is a beginning of what was sent, and all of it unless the connection failed.
        const up = Buffer.concat(atServer)
        const down = Buffer.concat(atClient)
        expect(up.equals(numbered(options.up, 2).subarray(0, up.length))).toBe(true)
        expect(down.equals(numbered(options.down, 1).subarray(0, down.length))).toBe(true)
        if (state === 'finished') {
          expect(up.length).toBe(options.up)
          expect(down.length).toBe(options.down)
        } else {
          expect(options.loss).toBeGreaterThan(0)
          expect(['ETIMEDOUT', 'ECONNRESET']).toContain(failure?.code)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('needs no retransmission without loss', () => {
    fc.assert(
      fc.property(transfers, (options) => {
        const { wire, state } = transfer({
          ...options,
          loss: 0,
          delayMicroseconds: Math.min(options.delayMicroseconds, 90_000),
        })
        expect(state).toBe('finished')
        const sent = new Set<string>()
        for (const { packet } of wire.packets) {
          if (packet.payloadLength === 0) continue
          const key = `${packet.source} ${packet.tcpSequence}`
          expect(sent.has(key)).toBe(false)
          sent.add(key)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('fails after 15 retransmissions when the other side is gone', () => {
    const wire = new TestWire()
    const client = wire.host('client', '10.0.0.1')
    wire.host('server', '10.0.0.2').view.listen({ port: 80 })
    let isCut = false
    wire.drops = () => isCut
    const handle = client.view.spawn('get', function* (host): Process {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
      isCut = true
      yield* connection.exchange({ send: 10, receive: 10 })
    })
    wire.run(hours(1))
    expect(handle.failure?.code).toBe('ETIMEDOUT')
    const data = wire.packets.filter(
      ({ packet }) => packet.payloadLength > 0 && packet.source.toString() === '10.0.0.1',
    )
    expect(data).toHaveLength(16)
    const gaps = data.slice(1).map(({ timeMicroseconds }, i) => timeMicroseconds - (data[i]?.timeMicroseconds ?? 0))
    // Doubled each time, up to two minutes.
    for (let i = 1; i < gaps.length; i += 1) expect(gaps[i]).toBe(Math.min((gaps[i - 1] ?? 0) * 2, seconds(120)))
  })

  it('finds a silent peer gone after two hours by keep-alive', () => {
    const wire = new TestWire()
    const client = wire.host('client', '10.0.0.1')
    wire.host('server', '10.0.0.2').view.listen({ port: 80 })
    let isCut = false
    wire.drops = () => isCut
    const handle = client.view.spawn('get', function* (host): Process {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
      // The answer is asked for and the request acknowledged, but the answer is never sent.
      yield* connection.exchange({ send: 10, receive: 10, serverDelayMicroseconds: hours(100) })
    })
    wire.run(minutes(1))
    isCut = true
    wire.run(hours(4))
    expect(handle.failure?.code).toBe('ETIMEDOUT')
    const probes = wire.packets.filter(({ timeMicroseconds }) => timeMicroseconds > minutes(60))
    expect(
      probes.filter(({ packet }) => packet.source.toString() === '10.0.0.1' && packet.tcpFlags === 16),
    ).toHaveLength(9)
  })
})

describe('TCP retransmission', () => {
  const firstData = (predicate: (packet: Packet) => boolean): ((packet: Packet) => boolean) => {
    let isDone = false
    return (packet) => {
      if (isDone || !predicate(packet)) return false
      isDone = true
      return true
    }
  }

  it('repairs one lost segment of a burst by duplicate acknowledgments, without waiting for the timer', () => {
    const wire = new TestWire()
    const client = wire.host('client', '10.0.0.1')
    wire.host('server', '10.0.0.2').view.listen({ port: 80 })
    wire.drops = firstData((packet) => packet.payloadLength > 0 && packet.source.toString() === '10.0.0.2')
    const handle = client.view.spawn('get', function* (host): Process<number> {
      const connection = yield* host.connect({ to: '10.0.0.2', port: 80 })
      const begin = host.nowMicroseconds
      yield* connection.exchange({ send: 10, receive: 14_480 })
      return host.nowMicroseconds - begin
    })
    let took = 0
    client.view.spawn('watch', function* (): Process {
      took = yield* handle.join()
    })
    wire.run(minutes(5))
    // Three ways: request, answer with a hole, duplicate acknowledgments and the repair.
    expect(took).toBe(40_000)
    const selective = wire.packets.filter(({ packet }) => packet.tcpOptions[14] === 5)
    expect(selective.length).toBeGreaterThan(2)
  })

  it('keeps views of large contents apart from one another', () => {
    const content = Content.join([numbered(1_000, 3), 100_000, numbered(777, 4)])
    const bytes = content.toBytes()
    const view = { bytes: new Uint8Array(0), offset: 0 }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: content.length }), fc.integer({ min: 0, max: 65_535 }), (from, wanted) => {
        const length = Math.min(wanted, content.length - from)
        content.view(from, length, view)
        expect(
          Buffer.compare(view.bytes.subarray(view.offset, view.offset + length), bytes.subarray(from, from + length)),
        ).toBe(0)
      }),
    )
  })
})
