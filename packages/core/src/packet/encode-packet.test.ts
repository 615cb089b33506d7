import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, isError, mac, packet } from '../../test/pcap-arbitraries.ts'
import { IpAddress } from '../net/ip-address.ts'
import { MacAddress } from '../net/mac-address.ts'
import { decodePacket, findLayer } from './decode-packet.ts'
import { encodeIpPacket, encodePacket, frameLength } from './encode-packet.ts'
import { LINK_TYPE } from './link-type.ts'
import { Packet, type PacketFields } from './packet.ts'
import { toPacket } from './to-packet.ts'

const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const udp = {
  source: IpAddress.of('10.0.1.101'),
  destination: IpAddress.of('10.0.2.101'),
  protocol: 17,
  sourcePort: 1,
  destinationPort: 2,
}

/** The bytes that stand for the payload: what is missing is zeros. */
function payloadBytes({ payload, payloadOffset, payloadLength }: Packet): Uint8Array {
  const data = new Uint8Array(payloadLength)
  data.set(payload?.subarray(payloadOffset, payloadOffset + payloadLength) ?? [])
  return data
}

/** The fields of a packet, quotes and payload in a form that compares. */
function plain(value: Packet): Record<string, unknown> {
  const { payload, payloadOffset, quoted, ...fields } = value
  return { ...fields, payload: payloadBytes(value), quoted: quoted && plain(quoted) }
}

function framed(value: Packet): Uint8Array {
  const frame = new Uint8Array(frameLength(value))
  expect(encodePacket(value, frame, 0, MACS)).toBe(frame.length)
  return frame
}

function read(frame: Uint8Array): Packet {
  const reading = toPacket(frame)
  if (reading.kind !== 'packet') throw new Error(`no packet: ${JSON.stringify(reading)}`)
  return reading.packet
}

describe('encodePacket', () => {
  it('writes what toPacket reads back', () => {
    fc.assert(
      fc.property(
        packet().filter((value) => !isError(value)),
        (value) => {
          expect(plain(read(framed(value)))).toEqual(plain(value))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('writes a cut quote with the whole packet’s checksums: the quote reads as the packet it was', () => {
    fc.assert(
      fc.property(packet().filter(isError), (value) => {
        const frame = framed(value)
        const back = read(frame)
        expect(back.length).toBe(value.length)
        const { quoted } = value
        if (!quoted || !back.quoted) throw new Error('no quote')
        // Headers are all there; of the payload the part that was quoted. The rest is in the checksum.
        const { payload, unseenSum, length, ...headers } = plain(back.quoted)
        const { payload: whole, unseenSum: none, length: wholeLength, ...wholeHeaders } = plain(quoted)
        expect(headers).toEqual(wholeHeaders)
        expect(length).toBe(wholeLength)
        expect((payload as Uint8Array).subarray(0, value.quotedLength - quoted.headerLength)).toEqual(
          (whole as Uint8Array).subarray(0, value.quotedLength - quoted.headerLength),
        )
        expect(framed(back)).toEqual(frame)
      }),
      { numRuns: 500 },
    )
  })

  it('has no fault that decodePacket finds, and the same headers', () => {
    fc.assert(
      fc.property(packet(), mac, mac, (value, source, destination) => {
        const frame = new Uint8Array(frameLength(value))
        encodePacket(value, frame, 0, { source, destination })
        const decoded = decodePacket(frame)
        expect(decoded.issues).toEqual([])
        expect(findLayer(decoded, 'ethernet')).toMatchObject({ source, destination })
        expect(findLayer(decoded, value.source.version === 4 ? 'ipv4' : 'ipv6')).toMatchObject({
          source: value.source,
          destination: value.destination,
          protocol: value.protocol,
        })
      }),
      { numRuns: 500 },
    )
  })

  it('writes the same bytes anywhere in a buffer, and none beside them', () => {
    fc.assert(
      fc.property(packet(), fc.nat(9), fc.nat(9), (value, offset, shift) => {
        const frame = framed(value)
        const buffer = new Uint8Array(shift + offset + frame.length + 9).fill(0xee)
        encodePacket(value, buffer.subarray(shift), offset, MACS)
        const at = shift + offset
        expect(buffer.subarray(at, at + frame.length)).toEqual(frame)
        const around = [...buffer.subarray(0, at), ...buffer.subarray(at + frame.length)]
        expect(around.every((byte) => byte === 0xee)).toBe(true)
        const alone = new Uint8Array(value.length)
        expect(encodeIpPacket(value, alone, 0)).toBe(value.length)
        expect(alone).toEqual(frame.subarray(14))
      }),
    )
  })

  it('writes zeros for a payload of which only the size is known, over what was there', () => {
    fc.assert(
      fc.property(bytes(40), fc.nat(3000), (data, length) => {
        const sized = new Packet({ ...udp, payloadLength: length })
        const zeros = new Packet({ ...udp, payload: new Uint8Array(length) })
        const frame = new Uint8Array(frameLength(sized)).fill(0xee)
        encodePacket(sized, frame, 0, MACS)
        expect(frame).toEqual(framed(zeros))
        // The same for what a payload is short of.
        const short = new Packet({ ...udp, payload: data, payloadLength: data.length + length })
        const padded = new Uint8Array(data.length + length)
        padded.set(data)
        expect(framed(short)).toEqual(framed(new Packet({ ...udp, payload: padded })))
      }),
    )
  })

  it('sends a UDP checksum of 0 as 0xffff', () => {
    // The payload makes up for the rest of the sum.
    const base = framed(new Packet({ ...udp, payload: Uint8Array.of(0, 0) }))
    const payload = base.subarray(40, 42)
    const frame = framed(new Packet({ ...udp, payload }))
    expect([...frame.subarray(40, 42)]).toEqual([0xff, 0xff])
    expect(decodePacket(frame).issues).toEqual([])
  })

  it('leaves out a UDP checksum where the sender does', () => {
    const frame = framed(new Packet({ ...udp, payload: Uint8Array.of(1, 2, 3), hasUdpChecksum: false }))
    expect([...frame.subarray(40, 42)]).toEqual([0, 0])
    expect(read(frame).hasUdpChecksum).toBe(false)
  })

  it('puts the MTU where ICMP and ICMPv6 have it', () => {
    const quoted = new Packet({ ...udp, payloadLength: 8 })
    const four = framed(new Packet({ ...udp, protocol: 1, icmpType: 3, icmpCode: 4, icmpMtu: 1500, quoted }))
    expect([...four.subarray(38, 42)]).toEqual([0, 0, 0x05, 0xdc])
    const [source, destination] = [IpAddress.of('2001:db8::1'), IpAddress.of('2001:db8::2')]
    const big = { source, destination, protocol: 58, icmpType: 2, icmpMtu: 0x12345 }
    expect([...framed(new Packet(big)).subarray(58, 62)]).toEqual([0, 1, 0x23, 0x45])
  })

  it('refuses a buffer that is too small and headers that cannot be', () => {
    const small = new Packet({ ...udp, payloadLength: 10 })
    expect(() => encodePacket(small, new Uint8Array(51), 0, MACS)).toThrow('a frame of 52 bytes does not fit 51 bytes')
    expect(() => encodePacket(small, new Uint8Array(60), 9, MACS)).toThrow(RangeError)
    expect(() => encodeIpPacket(small, new Uint8Array(38), 1)).toThrow('a packet of 38 bytes does not fit')
    const broken = (fields: Partial<PacketFields>) => () => framed(new Packet({ ...udp, ...fields }))
    expect(broken({ ipOptions: new Uint8Array(3) })).toThrow('IPv4 options are a multiple of 4 bytes')
    expect(broken({ protocol: 6, tcpOptions: new Uint8Array(44) })).toThrow('TCP options are a multiple of 4 bytes')
    expect(broken({ payloadLength: 65_508 })).toThrow('at most 65,535 bytes')
    const [source, destination] = [IpAddress.of('2001:db8::1'), IpAddress.of('2001:db8::2')]
    expect(broken({ source, destination, ipOptions: Uint8Array.of(0, 3, 0, 0, 0, 0, 0, 0) })).toThrow(
      'extension header 0',
    )
  })
})

describe('toPacket', () => {
  const whole = new Packet({
    ...udp,
    protocol: 6,
    tcpFlags: 24,
    payload: Uint8Array.from({ length: 100 }, (_, at) => at),
  })

  it('takes the IP length, not the padding of a short frame', () => {
    const frame = new Uint8Array(60)
    encodePacket(new Packet({ ...udp, payload: Uint8Array.of(1) }), frame, 0, MACS)
    expect(read(frame)).toMatchObject({ length: 29, payloadLength: 1 })
    expect(decodePacket(frame).payload).toEqual(Uint8Array.of(1))
  })

  it('keeps the lengths and the checksum of a packet that the capture cut', () => {
    const frame = framed(whole)
    for (let kept = 54; kept < frame.length; kept += 1) {
      const reading = toPacket(frame.subarray(0, kept), LINK_TYPE.ethernet, frame.length)
      if (reading.kind !== 'packet') throw new Error(reading.kind)
      expect(reading.packet).toMatchObject({ length: 140, payloadLength: 100, tcpFlags: 24 })
      const again = framed(reading.packet)
      expect(again.subarray(0, kept)).toEqual(frame.subarray(0, kept))
    }
    expect(toPacket(frame.subarray(0, 53), LINK_TYPE.ethernet, frame.length)).toMatchObject({
      code: 'truncated',
      layer: 'tcp',
      offset: 53,
    })
  })

  it('says where a packet is shorter than its header says', () => {
    const frame = framed(whole)
    expect(toPacket(frame.subarray(0, 100))).toEqual({
      kind: 'issue',
      code: 'truncated',
      layer: 'ipv4',
      offset: 100,
      message: 'the packet has 140 bytes by its header, 86 of them are here',
    })
  })

  it('reads a length of 0, which segmentation offload leaves, as the whole frame', () => {
    const frame = framed(whole)
    frame[16] = 0
    frame[17] = 0
    expect(read(frame).length).toBe(140)
  })

  it('tells what is no IP packet from what cannot be read', () => {
    const arp = new Uint8Array(60)
    arp.set([8, 6], 12)
    expect(toPacket(arp)).toEqual({ kind: 'not-ip' })
    expect(toPacket(new Uint8Array(13))).toMatchObject({ kind: 'issue', layer: 'ethernet', code: 'truncated' })
    expect(toPacket(framed(whole), 147)).toMatchObject({ kind: 'issue', code: 'unsupported' })
  })
})
