import { describe, expect, it } from 'vitest'
import { bytesOf, ipBytes, tcpConversation } from '../../../test/inspect/conversation.ts'
import { IpAddress } from '../../net/ip-address.ts'
import { LINK_TYPE } from '../../packet/link-type.ts'
import { Packet } from '../../packet/packet.ts'
import type { EveEvent } from '../eve-event.ts'
import { BuiltinInspector, type BuiltinInspectorOptions } from './builtin-inspector.ts'
import { INSPECTION_LIMITS } from './inspection-limits.ts'

const START = 1_700_000_000
const OUTER = { source: IpAddress.of('10.9.0.1'), destination: IpAddress.of('10.9.0.2') }
const HTTP = [
  bytesOf('GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n'),
  bytesOf('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
]

/** Raw IP packets, one per millisecond unless they bring their own seconds. */
function inspect(
  packets: readonly (Uint8Array | { readonly seconds: number; readonly bytes: Uint8Array })[],
  options: Omit<BuiltinInspectorOptions, 'onEvent'> = {},
): readonly EveEvent[] {
  const events: EveEvent[] = []
  const inspector = new BuiltinInspector({ ...options, onEvent: (event) => events.push(event) })
  packets.forEach((packet, index) => {
    const isTimed = !(packet instanceof Uint8Array)
    const data = isTimed ? packet.bytes : packet
    inspector.push({
      number: index + 1,
      linkType: LINK_TYPE.raw,
      timeSeconds: START + (isTimed ? packet.seconds : 0),
      timeNanoseconds: isTimed ? 0 : index * 1_000_000,
      data,
      originalLength: data.length,
    })
  })
  inspector.end()
  return events
}

function vxlan(inner: Uint8Array, vni: number, port = 4789): Uint8Array {
  const payload = new Uint8Array(22 + inner.length)
  payload.set([8, 0, 0, 0, vni >>> 16, (vni >>> 8) & 255, vni & 255, 0])
  payload.set([8, 0], 20)
  payload.set(inner, 22)
  return ipBytes(new Packet({ ...OUTER, protocol: 17, sourcePort: 65_500, destinationPort: port, payload }))
}

function anomalies(events: readonly EveEvent[]): readonly string[] {
  return events.flatMap((event) => (event.event_type === 'anomaly' ? [event.anomaly.event] : []))
}

describe('BuiltinInspector', () => {
  it('tells the tunnel, its network identifier and the mirror session of unwrapped traffic', () => {
    const packets = tcpConversation(40_000, 80, HTTP).map((packet) => vxlan(ipBytes(packet), 4242))
    const events = inspect(packets, { mirrorSession: (vni) => (vni === 4242 ? 'tms-1' : undefined) })
    const http = events.find((event) => event.event_type === 'http')
    expect(http?.src_ip).toBe('10.0.1.10')
    expect(http?.tunnel).toMatchObject({
      src_ip: '10.9.0.1',
      dest_port: 4789,
      depth: 1,
      pkt_src: 'wire/pcap',
      vni: 4242,
      mirror_session: 'tms-1',
    })
    const flows = events.filter((event) => event.event_type === 'flow')
    expect(flows.map((flow) => flow.tunnel?.vni)).toEqual([4242, undefined])
  })

  it('follows mirrored connections of which one direction alone is there, and others only when asked', () => {
    const egress = tcpConversation(40_000, 80, HTTP)
      .filter((packet) => packet.sourcePort === 80)
      .map(ipBytes)
    const statuses = (events: readonly EveEvent[]): readonly unknown[] =>
      events.flatMap((event) => (event.event_type === 'http' ? [event.http.status] : []))
    expect(statuses(inspect(egress.map((bytes) => vxlan(bytes, 1))))).toEqual([200])
    expect(statuses(inspect(egress))).toEqual([])
    expect(statuses(inspect(egress, { oneSided: true }))).toEqual([200])
    expect(
      statuses(
        inspect(
          egress.map((bytes) => vxlan(bytes, 1)),
          { oneSided: false },
        ),
      ),
    ).toEqual([])
  })

  it('follows the requests of a client whose server is not captured', () => {
    const ingress = tcpConversation(40_000, 80, HTTP).filter((packet) => packet.destinationPort === 80)
    const urls = inspect(ingress.map(ipBytes), { oneSided: true }).flatMap((event) =>
      event.event_type === 'http' ? [event.http.url] : [],
    )
    expect(urls).toEqual(['/a'])
  })

  it('ends flows in the time of the packets', () => {
    const datagram = (port: number): Uint8Array =>
      ipBytes(new Packet({ ...OUTER, protocol: 17, sourcePort: port, destinationPort: 7, payload: bytesOf('x') }))
    const events = inspect([
      { seconds: 0, bytes: datagram(1) },
      { seconds: 20, bytes: datagram(2) },
      { seconds: 25, bytes: datagram(1) },
      { seconds: 57, bytes: datagram(3) },
      { seconds: 100_000, bytes: datagram(4) },
    ])
    const flows = events.flatMap((event) => (event.event_type === 'flow' ? [event] : []))
    expect(flows.map((flow) => [flow.src_port, flow.flow.reason, flow.flow.age])).toEqual([
      [2, 'timeout', 0],
      [1, 'timeout', 25],
      [3, 'timeout', 0],
      [4, 'shutdown', 0],
    ])
  })

  it('refuses packets behind its end', () => {
    const inspector = new BuiltinInspector({ onEvent: () => undefined })
    inspector.end()
    const frame = { number: 1, linkType: LINK_TYPE.raw, timeSeconds: 0, timeNanoseconds: 0, originalLength: 0 }
    expect(() => inspector.push({ ...frame, data: new Uint8Array() })).toThrow(/has ended/)
  })

  it('announces endless heads, gigantic records and endless banners, and goes on', () => {
    const endless = bytesOf(`GET / HTTP/1.1\r\n${'X-Header: yyyyyyyyyyyyyyyyyyyyyyyy\r\n'.repeat(2000)}`)
    expect(anomalies(inspect(tcpConversation(1, 80, [endless]).map(ipBytes)))).toContain('REQUEST_FIELD_TOO_LONG')
    const record = new Uint8Array(3000)
    record.set([22, 3, 1, 255, 255])
    expect(anomalies(inspect(tcpConversation(1, 443, [record]).map(ipBytes)))).toContain('INVALID_RECORD_LENGTH')
    const banner = bytesOf(`SSH-2.0-${'a'.repeat(5000)}`)
    expect(anomalies(inspect(tcpConversation(1, 22, [banner]).map(ipBytes)))).toContain('LONG_BANNER')
  })

  it('unwraps VXLAN in VXLAN up to a bound', () => {
    let bytes = ipBytes(
      new Packet({ ...OUTER, protocol: 17, sourcePort: 1, destinationPort: 2, payload: bytesOf('x') }),
    )
    for (let level = 0; level < 12; level += 1) bytes = vxlan(bytes, level)
    const events = inspect([bytes])
    expect(anomalies(events)).toEqual(['decoder.too_many_layers'])
    expect(events.filter((event) => event.event_type === 'flow').length).toBeLessThan(INSPECTION_LIMITS.layers)
  })

  it('holds a bounded number of flows', () => {
    const count = INSPECTION_LIMITS.flows + 1000
    let ended = 0
    let forced = 0
    const inspector = new BuiltinInspector({
      onEvent: (event) => {
        if (event.event_type !== 'flow') return
        ended += 1
        if (event.flow.reason === 'forced') forced += 1
      },
    })
    const data = ipBytes(
      new Packet({ ...OUTER, protocol: 17, sourcePort: 1, destinationPort: 2, payload: bytesOf('x') }),
    )
    const frame = { linkType: LINK_TYPE.raw, timeSeconds: START, timeNanoseconds: 0, originalLength: data.length, data }
    for (let number = 1; number <= count; number += 1) {
      data[13] = number >>> 16
      data[14] = number >>> 8
      data[15] = number
      inspector.push({ ...frame, number })
    }
    expect(forced).toBe(1000)
    inspector.end()
    expect(ended).toBe(count)
  })
})
