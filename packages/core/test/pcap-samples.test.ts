import { describe, expect, it } from 'vitest'
import { decodePacket } from '../src/packet/decode-packet.ts'
import { encodeLayers } from '../src/packet/encode-layers.ts'
import { encodeIpPacket } from '../src/packet/encode-packet.ts'
import { LINK_TYPE } from '../src/packet/link-type.ts'
import { type CapturePacket, captureTimeNanoseconds } from '../src/packet/pcap/capture-packet.ts'
import { CaptureReader } from '../src/packet/pcap/capture-reader.ts'
import { toPacket } from '../src/packet/to-packet.ts'
import { unwrapVxlan, type VxlanFrame } from '../src/packet/unwrap-vxlan.ts'
import { requireSampleCaptures, SAMPLE_CAPTURES, sampleCapture, sampleCapturePath } from './pcap-samples.ts'
import { tsharkFields, tsharkIsPresent } from './pcap-tshark.ts'

function read(name: string): readonly CapturePacket[] {
  const packets: CapturePacket[] = []
  const reader = new CaptureReader({
    onPacket: (packet) => packets.push(packet),
    onIssue: ({ message }) => expect.fail(message),
  })
  reader.push(sampleCapture(name))
  reader.end()
  return packets
}

const MIRROR = 'aws-traffic-mirror-2019.pcap'

requireSampleCaptures()

describe.skipIf(SAMPLE_CAPTURES.length === 0)('real captures (skipped where they are not beside the project)', () => {
  it.each(SAMPLE_CAPTURES)('%s: every packet decodes, unwraps and is written again as it was', (name) => {
    const packets = read(name)
    expect(packets.length).toBeGreaterThan(0)
    for (const { data, linkType, originalLength } of packets) {
      const { layers, layerOffsets, payload, issues } = decodePacket(data, linkType)
      expect(issues).toEqual([])
      expect(layers.map(({ kind }) => kind)).toContain('vxlan')
      expect(layers.length).toBe(layerOffsets.length)
      const written = encodeLayers(layers, payload)
      expect(written).toEqual(data.subarray(0, written.length))
      const { outer, frame } = unwrapVxlan(data, linkType) as VxlanFrame
      const outerBytes = new Uint8Array(outer.length)
      encodeIpPacket(outer, outerBytes, 0)
      expect(outerBytes).toEqual(data.subarray(14, 14 + outer.length))
      const inner = toPacket(frame, LINK_TYPE.ethernet, originalLength)
      if (inner.kind === 'not-ip') continue
      if (inner.kind !== 'packet') throw new Error(inner.kind)
      const innerBytes = new Uint8Array(inner.packet.length)
      encodeIpPacket(inner.packet, innerBytes, 0)
      expect(innerBytes).toEqual(frame.subarray(14, 14 + inner.packet.length))
    }
  })

  it('the mirror of 2019 has the form that traffic mirroring writes', () => {
    const frames = read(MIRROR).map(({ data }) => unwrapVxlan(data) as VxlanFrame)
    expect(frames).toHaveLength(100)
    expect(new Set(frames.map(({ virtualNetworkId }) => virtualNetworkId)).size).toBe(1)
    for (const { outer } of frames) {
      expect(outer).toMatchObject({
        hopLimit: 255,
        trafficClass: 0,
        identification: 0,
        dontFragment: false,
        hasUdpChecksum: false,
      })
      expect(outer.sourcePort).toBeGreaterThanOrEqual(65_408)
    }
    const kinds = new Set(read(MIRROR).flatMap(({ data }) => decodePacket(data).layers.map(({ kind }) => kind)))
    expect(kinds).toContain('ntp')
    expect(kinds).toContain('dns')
  })

  it.skipIf(!tsharkIsPresent)('tshark reads the same in the mirror of 2019', () => {
    const rows = tsharkFields(sampleCapturePath(MIRROR), ['frame.time_epoch', 'frame.len', 'vxlan.vni', 'ip.src', 'ip.len', 'tcp.seq', 'dns.id', 'ntp.xmt']) // biome-ignore format: a list
    const own = read(MIRROR).map((packet) => {
      const { outer, virtualNetworkId, frame } = unwrapVxlan(packet.data, packet.linkType) as VxlanFrame
      const inner = toPacket(frame)
      if (inner.kind !== 'packet') throw new Error(inner.kind)
      const time = `${captureTimeNanoseconds(packet)}`
      const dns = decodePacket(packet.data).layers.find(({ kind }) => kind === 'dns')
      const ntp = decodePacket(packet.data).layers.some(({ kind }) => kind === 'ntp')
      return [
        `${time.slice(0, -9)}.${time.slice(-9)}`,
        packet.originalLength,
        virtualNetworkId,
        `${outer.source},${inner.packet.source}`,
        `${outer.length},${inner.packet.length}`,
        inner.packet.protocol === 6 ? inner.packet.tcpSequence : '',
        dns?.kind === 'dns' ? `0x${dns.id.toString(16).padStart(4, '0')}` : '',
        ntp,
      ].map(String)
    })
    expect(rows.map((row) => [...row.slice(0, 7), `${row[7] !== ''}`])).toEqual(own)
  })
})
