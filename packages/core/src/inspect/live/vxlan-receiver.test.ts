import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePacket } from '../../packet/decode-packet.ts'
import { encodeVxlan, VXLAN_HEADER_LENGTH } from '../../packet/vxlan.ts'
import { BuiltinInspector } from '../builtin/builtin-inspector.ts'
import type { InspectedFrame } from '../inspector.ts'
import { type DatagramSocket, VxlanReceiver, type VxlanReceiverOptions } from './vxlan-receiver.ts'

/** A socket without a network: `deliver` is the network. */
class FakeSocket implements DatagramSocket {
  readonly #listeners = new Map<string, ((...values: never[]) => void)[]>()
  readonly #address: string
  isClosed = false
  refusal: Error | undefined

  constructor(address: string) {
    this.#address = address
  }

  bind(): void {
    queueMicrotask(() => (this.refusal ? this.#emit('error', this.refusal) : this.#emit('listening')))
  }
  address(): { address: string; port: number } {
    return { address: this.#address, port: 4789 }
  }
  close(): void {
    this.isClosed = true
  }
  on(event: string, listener: (...values: never[]) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }
  deliver(data: Uint8Array, address = '192.0.2.1', port = 65_408): void {
    this.#emit('message', data, { address, port })
  }
  fail(error: Error): void {
    this.#emit('error', error)
  }
  #emit(event: string, ...values: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(values as never[]))
  }
}

function inVxlan(frame: Uint8Array, virtualNetworkId = 7): Uint8Array {
  const bytes = new Uint8Array(VXLAN_HEADER_LENGTH + frame.length)
  encodeVxlan({ kind: 'vxlan', virtualNetworkId }, bytes, 0)
  bytes.set(frame, VXLAN_HEADER_LENGTH)
  return bytes
}

async function listen(
  address: string,
  options: Partial<VxlanReceiverOptions> = {},
): Promise<{ socket: FakeSocket; receiver: VxlanReceiver }> {
  const socket = new FakeSocket(address)
  const receiver = await VxlanReceiver.listen({ address, clock: () => 0, createSocket: () => socket, ...options })
  return { socket, receiver }
}

function takeAll(receiver: VxlanReceiver): InspectedFrame[] {
  const frames: InspectedFrame[] = []
  for (let frame = receiver.take(); frame; frame = receiver.take()) {
    frames.push({ ...frame, data: Uint8Array.from(frame.data) })
  }
  return frames
}

const ARP = Uint8Array.from([...new Array(12).fill(1), 8, 6, ...new Array(28).fill(0)])

describe('VxlanReceiver', () => {
  it.each([
    ['127.0.0.1', '192.0.2.1', '192.0.2.1', '127.0.0.1'],
    ['::1', '2001:db8::1', '2001:db8::1', '::1'],
    ['::1', 'fe80::1%eth0', 'fe80::1', '::1'],
    ['::', '::ffff:192.0.2.1', '192.0.2.1', '0.0.0.0'],
    ['0.0.0.0', '192.0.2.1', '192.0.2.1', '0.0.0.0'],
  ])('listening to %s, restores the headers of a datagram of %s', async (own, sender, source, destination) => {
    const { socket, receiver } = await listen(own, { clock: () => 1_700_000_000_123_456.5 })
    for (const length of [0, 1, 1000, 60_000]) {
      const payload = inVxlan(Uint8Array.from({ length }, (_, at) => at))
      socket.deliver(payload, sender, 65_409)
      const frame = receiver.take()
      if (!frame) return expect.fail('nothing came')
      expect(frame).toMatchObject({ linkType: 1, timeSeconds: 1_700_000_000, timeNanoseconds: 123_456_000 })
      expect(frame.originalLength).toBe(frame.data.length)
      const decoded = decodePacket(frame.data)
      const [, ip, udp, vxlan] = decoded.layers
      expect(ip).toMatchObject({ kind: own.includes(':') && source.includes(':') ? 'ipv6' : 'ipv4' })
      if (ip?.kind !== 'ipv4' && ip?.kind !== 'ipv6') return expect.fail('no IP')
      expect([`${ip.source}`, `${ip.destination}`, ip.protocol]).toEqual([source, destination, 17])
      expect(udp).toMatchObject({ sourcePort: 65_409, destinationPort: 4789, length: payload.length + 8 })
      expect(vxlan).toMatchObject({ kind: 'vxlan', virtualNetworkId: 7 })
      expect(frame.data.subarray(-payload.length)).toEqual(payload)
    }
  })

  it('counts what comes: taken, waiting or dropped, in bounded memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 60, size: 'max' }), fc.constant('take' as const)), {
          maxLength: 200,
          size: 'max',
        }),
        async (steps) => {
          const { socket, receiver } = await listen('127.0.0.1', { queuedDatagrams: 5, queuedBytes: 100 })
          const sent = steps.filter((step) => step !== 'take')
          let waiting: Uint8Array[] = []
          let taken = 0
          let dropped = 0
          for (const step of steps) {
            if (step !== 'take') {
              const bytes = waiting.reduce((sum, { length }) => sum + length, 0)
              if (waiting.length === 5 || bytes + step.length > 100) dropped += 1
              else waiting = [...waiting, step]
              socket.deliver(step)
              continue
            }
            const frame = receiver.take()
            const [first, ...rest] = waiting
            expect(frame?.data.subarray(42)).toEqual(first)
            if (first) {
              taken += 1
              expect(frame?.number).toBe(taken)
            }
            waiting = rest
          }
          expect(receiver.counts).toMatchObject({ received: sent.length, dropped })
          expect(takeAll(receiver).length).toBe(waiting.length)
        },
      ),
    )
  })

  it('counts noise, and hands it on as what it is', async () => {
    const { socket, receiver } = await listen('127.0.0.1')
    const noise = [new Uint8Array(0), Uint8Array.of(8, 0, 0), new Uint8Array(60), inVxlan(ARP.subarray(0, 13))]
    for (const datagram of [...noise, inVxlan(ARP)]) socket.deliver(datagram)
    expect(receiver.counts).toEqual({ received: 5, malformed: 4, dropped: 0 })
    const types: string[] = []
    const inspector = new BuiltinInspector({ onEvent: ({ event_type: type }) => types.push(type) })
    for (const frame of takeAll(receiver)) inspector.push(frame)
    inspector.end()
    expect(types.filter((type) => type === 'flow')).toEqual(['flow'])
  })

  it('survives whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.boolean(), fc.nat(65_535)), { maxLength: 30 }),
        async (datagrams) => {
          const { socket, receiver } = await listen('127.0.0.1')
          const inspector = new BuiltinInspector({ onEvent: () => undefined })
          for (const [data, isVxlan, port] of datagrams) {
            socket.deliver(isVxlan ? inVxlan(data) : data, '127.0.0.1', port)
            const frame = receiver.take()
            if (frame) inspector.push(frame)
          }
          inspector.end()
        },
      ),
      { numRuns: 300 },
    )
  })

  it('never turns time back', async () => {
    const times = [5_000_000, 4_000_000, 6_000_000]
    const { socket, receiver } = await listen('127.0.0.1', { clock: () => times.shift() ?? 0 })
    for (let count = 0; count < 4; count += 1) socket.deliver(inVxlan(ARP))
    expect(takeAll(receiver).map(({ timeSeconds }) => timeSeconds)).toEqual([5, 5, 6, 6])
  })

  it('waits until something comes, is given up, or ends', async () => {
    const { socket, receiver } = await listen('127.0.0.1')
    const controller = new AbortController()
    const seen: string[] = []
    const waited = receiver.wait().then(() => seen.push('came'))
    expect(await Promise.race([waited, new Promise((resolve) => setImmediate(resolve, 'nothing'))])).toBe('nothing')
    socket.deliver(inVxlan(ARP))
    await waited
    receiver.take()
    const givenUp = receiver.wait(controller.signal)
    controller.abort()
    await givenUp
    const ended = receiver.wait()
    receiver.close()
    await ended
    expect([seen, socket.isClosed, receiver.isClosed]).toEqual([['came'], true, true])
    socket.deliver(inVxlan(ARP))
    expect(receiver.counts.received).toBe(1)
  })

  it('says what the socket failed with', async () => {
    const { socket, receiver } = await listen('127.0.0.1')
    socket.deliver(inVxlan(ARP))
    socket.fail(new Error('the network is down'))
    expect(receiver.take()?.number).toBe(1)
    expect(() => receiver.take()).toThrow('the network is down')
    await expect(VxlanReceiver.listen({ address: 'localhost', clock: () => 0 })).rejects.toThrow(
      'an IP address such as 127.0.0.1 is listened to, not "localhost"',
    )
    const refused = new FakeSocket('127.0.0.1')
    refused.refusal = new Error('EACCES')
    await expect(VxlanReceiver.listen({ clock: () => 0, createSocket: () => refused })).rejects.toThrow('EACCES')
    expect(refused.isClosed).toBe(true)
  })

  it('receives from a real socket on loopback', async () => {
    const receiver = await VxlanReceiver.listen({ port: 0, clock: () => 1_000_000 })
    const client: Socket = createSocket('udp4')
    client.send(inVxlan(ARP), receiver.port, receiver.address)
    await Promise.all([once(client, 'listening'), receiver.wait()])
    const { port } = client.address()
    const packet = decodePacket(receiver.take()?.data ?? new Uint8Array(0))
    expect(packet.layers[2]).toMatchObject({ sourcePort: port, destinationPort: 4789 })
    await expect(VxlanReceiver.listen({ port: receiver.port, clock: () => 0 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    client.close()
    receiver.close()
  })
})
