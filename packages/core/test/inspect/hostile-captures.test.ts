import { describe, expect, it } from 'vitest'
import { BuiltinInspector } from '../../src/inspect/builtin/builtin-inspector.ts'
import type { EveEvent } from '../../src/inspect/eve-event.ts'
import { IpAddress } from '../../src/net/ip-address.ts'
import { fragmentPacket } from '../../src/packet/fragment-packet.ts'
import { LINK_TYPE } from '../../src/packet/link-type.ts'
import { Packet } from '../../src/packet/packet.ts'
import { bytesOf, ipBytes, tcpConversation } from './conversation.ts'

// What a hostile network sends, ten thousand times over: an event that says what is wrong, and no time or memory beyond bounds.

const TIMES = 10_000
const SIDES = { source: IpAddress.of('10.0.1.10'), destination: IpAddress.of('10.0.2.20') }
const HELLO = bytesOf('GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n')

interface Outcome {
  readonly flows: number
  readonly anomalies: ReadonlyMap<string, number>
  readonly events: readonly EveEvent[]
}

/** The packets, all of them `times` times, each time a millisecond later. */
function inspect(packets: readonly Uint8Array[], times: number): Outcome {
  const anomalies = new Map<string, number>()
  const events: EveEvent[] = []
  let flows = 0
  const inspector = new BuiltinInspector({
    onEvent: (event) => {
      if (event.event_type === 'flow') flows += 1
      if (event.event_type === 'anomaly')
        anomalies.set(event.anomaly.event, (anomalies.get(event.anomaly.event) ?? 0) + 1)
      if (events.length < 1000) events.push(event)
    },
  })
  for (let time = 0; time < times; time += 1) {
    for (const data of packets) {
      inspector.push({
        number: time + 1,
        linkType: LINK_TYPE.raw,
        timeSeconds: 1_700_000_000 + Math.floor(time / 1000),
        timeNanoseconds: (time % 1000) * 1_000_000,
        data,
        originalLength: data.length,
      })
    }
  }
  inspector.end()
  return { flows, anomalies, events }
}

function udp(destinationPort: number, payload: Uint8Array, sourcePort = 5000): Packet {
  return new Packet({ ...SIDES, protocol: 17, sourcePort, destinationPort, payload })
}

function vxlan(inner: Uint8Array, etherType: readonly number[] = [8, 0]): Uint8Array {
  const payload = new Uint8Array(22 + inner.length)
  payload.set([8, 0, 0, 0, 0, 0, 7, 0])
  payload.set(etherType, 20)
  payload.set(inner, 22)
  return ipBytes(udp(4789, payload))
}

/** A connection up to its first data, then segments with the client's data at these places behind it. */
function segments(places: readonly (readonly [number, string])[]): readonly Uint8Array[] {
  const whole = tcpConversation(40_000, 80, [HELLO])
  const open = whole.slice(0, 3)
  const [data, acknowledgment] = whole.slice(3, 5)
  if (!data || !acknowledgment) throw new Error('a conversation has data and its acknowledgment')
  const others = places.map(([place, text]) =>
    data.with({ tcpSequence: (data.tcpSequence + place) >>> 0, payload: bytesOf(text) }),
  )
  return [...open, ...others, acknowledgment].map((packet) => ipBytes(packet))
}

describe('hostile captures', () => {
  it('overlapping fragments', () => {
    const pieces = fragmentPacket(udp(9, new Uint8Array(3000)).with({ identification: 5 }), 600)
    const overlapping = pieces.map((piece) => piece.with({ fragmentOffset: Math.max(0, piece.fragmentOffset - 8) }))
    const { anomalies } = inspect([...pieces.slice(0, 2), ...overlapping.slice(1)].map(ipBytes), TIMES / 10)
    expect(anomalies.get('decoder.ipv4.frag_overlap')).toBeGreaterThan(100)
  })

  it('fragments of datagrams that never end', () => {
    const { flows } = inspect(
      Array.from(
        { length: 50 },
        (_, index) => fragmentPacket(udp(9, new Uint8Array(3000)).with({ identification: index }), 600)[0],
      ).flatMap((piece) => (piece ? [ipBytes(piece)] : [])),
      TIMES / 10,
    )
    expect(flows).toBe(0)
  })

  it('segments that say different things, and out of order', () => {
    const { anomalies, events } = inspect(
      segments([
        [20, 'x'.repeat(20)],
        [10, 'y'.repeat(20)],
        [0, 'GET /b HTTP'],
      ]),
      1,
    )
    expect([...anomalies.keys()]).toContain('stream.reassembly_overlap_different_data')
    expect(events.some((event) => event.event_type === 'flow')).toBe(true)
  })

  it('segments beyond the window', () => {
    const far = Array.from({ length: 20 }, (_, index): [number, string] => [1_000_000 + index * 100_000, 'far away'])
    const { anomalies } = inspect(segments(far), 1)
    expect(anomalies.get('stream.est_packet_out_of_window')).toBe(20)
  })

  it('loops of compressed names in DNS', () => {
    const head = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    const good = Uint8Array.from([...head, 1, 97, 0, 0, 1, 0, 1])
    const loop = Uint8Array.from([...head, 0xc0, 0x0c, 0, 1, 0, 1])
    const { anomalies } = inspect(
      [good, loop].map((bytes) => ipBytes(udp(53, bytes))),
      TIMES,
    )
    expect(anomalies.get('MALFORMED_DATA')).toBeGreaterThanOrEqual(TIMES - 1)
  })

  it('headers without end', () => {
    const endless = bytesOf(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(20_000)}`)
    const { anomalies } = inspect(tcpConversation(1, 80, [endless]).map(ipBytes), 1)
    expect(anomalies.get('REQUEST_FIELD_TOO_LONG')).toBe(1)
    const line = bytesOf(`GET /${'a'.repeat(200_000)}`)
    expect(inspect(tcpConversation(1, 80, [line]).map(ipBytes), 1).anomalies.get('REQUEST_FIELD_TOO_LONG')).toBe(1)
  })

  it('gigantic TLS records, and handshake messages over records without end', () => {
    const record = new Uint8Array(3000)
    record.set([22, 3, 1, 255, 255])
    const gigantic = inspect(tcpConversation(1, 443, [record]).map(ipBytes), 1)
    expect(gigantic.anomalies.get('INVALID_RECORD_LENGTH')).toBe(1)
    const pieces = new Uint8Array(6 * 5000)
    for (let at = 0; at < pieces.length; at += 6) pieces.set([22, 3, 1, 0, 1, at === 0 ? 1 : 255], at)
    const endless = inspect(tcpConversation(1, 443, [pieces]).map(ipBytes), 1)
    expect(endless.anomalies.size).toBeGreaterThan(0)
  })

  it('VXLAN in VXLAN in VXLAN, and deeper', () => {
    const plain = ipBytes(udp(2, bytesOf('x'), 1))
    const three = inspect([vxlan(vxlan(vxlan(plain)))], TIMES)
    expect(three.flows).toBe(4)
    expect(three.anomalies.size).toBe(0)
    let deep = plain
    for (let level = 0; level < 20; level += 1) deep = vxlan(deep)
    const tooDeep = inspect([deep], TIMES)
    expect(tooDeep.anomalies.get('decoder.too_many_layers')).toBe(TIMES)
  })

  it('noise on port 4789', () => {
    const noise = Array.from({ length: 100 }, (_, index) =>
      ipBytes(
        udp(
          4789,
          Uint8Array.from({ length: index }, (_each, at) => (at * 31 + index * 17) & 255),
        ),
      ),
    )
    expect(inspect(noise, TIMES / 100).flows).toBeGreaterThan(0)
    const unknown = inspect([vxlan(new Uint8Array(40), [0x88, 0xb5])], TIMES)
    expect(unknown.anomalies.get('decoder.vxlan.unknown_payload_type')).toBe(TIMES)
    const broken = inspect([vxlan(new Uint8Array(40))], TIMES)
    expect(broken.anomalies.get('decoder.ipv4.wrong_ip_version')).toBe(TIMES)
  })
})
