import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EveEvent, EveTunnel } from '../../src/inspect/eve-event.ts'
import type { InspectedFrame, Inspector } from '../../src/inspect/inspector.ts'
import { checkSuricataRules } from '../../src/inspect/suricata/check-rules.ts'
import { SuricataBatch } from '../../src/inspect/suricata/suricata-batch.ts'
import { SuricataError } from '../../src/inspect/suricata/suricata-error.ts'
import { SuricataInspector } from '../../src/inspect/suricata/suricata-inspector.ts'
import {
  requireSuricata,
  type SuricataEvent,
  suricataEvents,
  suricataIsPresent,
} from '../../src/inspect/testing/real-suricata.ts'
import { framesOf } from './frames-of.ts'
import { requireScapy } from './scapy.ts'
import { scapyCaptures, scapyIsPresent } from './scapy-captures.ts'

// The real Suricata behind the Inspector interface, against a Suricata that is run by hand, over captures that scapy wrote.

requireSuricata()
requireScapy()

const RULES = `alert tcp any any -> any any (msg:"any packet"; flow:established; sid:4;)
alert http any any -> any any (msg:"uri"; http.uri; content:"/"; classtype:attempted-admin; sid:1;)
alert dns any any -> any any (msg:"query"; dns.query; content:"example"; nocase; sid:3;)
`

async function inspectAll(inspector: Inspector, frames: readonly InspectedFrame[]): Promise<void> {
  for (const frame of frames) await inspector.push(frame)
  await inspector.end()
}

/** Events as text in an order of their own: flows end in the order of a seeded hash, and ids are drawn. `tunnel` loses what we add. */
function comparable(events: readonly (EveEvent | SuricataEvent)[]): readonly string[] {
  return events
    .filter(({ event_type }) => event_type !== 'stats')
    .map((event) => {
      const { flow_id: _, tunnel, ...rest } = event as EveEvent & { flow_id?: number; tunnel?: EveTunnel }
      const { vni: _vni, mirror_session: _session, ...own } = tunnel ?? {}
      return JSON.stringify({ ...rest, ...(event.event_type === 'alert' && tunnel && { tunnel: own }) })
    })
    .sort()
}

/** A frame as a mirror target receives it: IPv4, UDP to port 4789, VXLAN (RFC 7348 section 5). */
function mirrored(frame: Uint8Array, vni: number): Uint8Array {
  const length = 50 + frame.length
  const bytes = Buffer.alloc(length)
  bytes.write('02000000000102000000000208004500', 'hex')
  bytes.writeUInt16BE(length - 14, 16)
  bytes.writeUInt8(255, 22)
  bytes.writeUInt8(17, 23)
  Buffer.from([10, 0, 0, 10, 10, 0, 0, 20]).copy(bytes, 26)
  bytes.writeUInt16BE(65_408, 34)
  bytes.writeUInt16BE(4789, 36)
  bytes.writeUInt16BE(length - 34, 38)
  bytes.writeUInt8(8, 42)
  bytes.writeUIntBE(vni, 46, 3)
  bytes.set(frame, 50)
  return bytes
}

describe.skipIf(!suricataIsPresent || !scapyIsPresent)('the real Suricata as an inspector', () => {
  const captures = suricataIsPresent ? scapyCaptures('./captures.py') : new Map<string, Uint8Array>()
  const capture = (name: string): Uint8Array => captures.get(name) ?? new Uint8Array()
  let temporaryFolder = ''
  beforeAll(() => {
    temporaryFolder = mkdtempSync(join(tmpdir(), 'flowtap-test-'))
  })
  afterAll(() => {
    const left = readdirSync(temporaryFolder)
    rmSync(temporaryFolder, { recursive: true, force: true })
    expect(left).toEqual([])
  })

  async function eventsOf(
    frames: readonly InspectedFrame[],
    options: Partial<Parameters<typeof SuricataInspector.open>[0]> = {},
  ): Promise<readonly EveEvent[]> {
    const events: EveEvent[] = []
    const rules = [{ file: 'test.rules', text: RULES }]
    const onEvent = (event: EveEvent): void => void events.push(event)
    const inspector = await SuricataInspector.open({ rules, temporaryFolder, ...options, onEvent })
    try {
      await inspectAll(inspector, frames)
    } finally {
      await inspector.close()
    }
    return events
  }

  it('gives what a run by hand gives: one process per capture', async () => {
    for (const name of ['http-simple', 'tls12', 'http-ipv6', 'fragments', 'vxlan', 'geneve', 'vlan']) {
      const real = suricataEvents(capture(name), { rules: RULES })
      const ours = await eventsOf(framesOf(capture(name)))
      expect(comparable(ours), name).toEqual(comparable(real))
      expect(ours.some(({ event_type }) => event_type === 'stats')).toBe(true)
    }
  })

  it('gives what a run by hand gives: a batch of all captures', { timeout: 120_000 }, async () => {
    const batch = await SuricataBatch.start({ rules: [{ file: 'test.rules', text: RULES }], temporaryFolder })
    const events = new Map<string, EveEvent[]>()
    try {
      await Promise.all(
        [...captures].map(async ([name, bytes]) => {
          const found: EveEvent[] = []
          events.set(name, found)
          await inspectAll(batch.open({ onEvent: (event) => void found.push(event) }), framesOf(bytes))
        }),
      )
      const path = join(temporaryFolder, 'one.pcap')
      writeFileSync(path, capture('http-simple'))
      const found: EveEvent[] = []
      await batch.inspectFile(path, (event) => void found.push(event))
      expect(comparable(found)).toEqual(comparable(events.get('http-simple') ?? []))
      writeFileSync(path, 'this is no capture')
      await expect(batch.inspectFile(path, () => {})).rejects.toMatchObject({ code: 'bad-capture' })
      rmSync(path)
      await inspectAll(batch.open({ onEvent: () => expect.fail('no packets, no events') }), [])
    } finally {
      await batch.close()
    }
    for (const [name, bytes] of [...captures].filter((_, index) => index % 4 === 0)) {
      const real = suricataEvents(bytes, { rules: RULES })
      expect(comparable(events.get(name) ?? []), name).toEqual(comparable(real))
    }
    await expect(batch.inspectFile('any.pcap', () => {})).rejects.toThrow('the batch is closed')
  })

  it('follows one direction alone where asked', async () => {
    const frames = framesOf(capture('http-egress-only'))
    const real = suricataEvents(capture('http-egress-only'), { rules: RULES, midstream: true, asyncOneside: true })
    const ours = await eventsOf(frames, { midstream: true, oneSided: true })
    expect(comparable(ours)).toEqual(comparable(real))
    const types = (events: readonly EveEvent[]): number =>
      events.filter((event) => event.event_type === 'fileinfo').length
    expect([types(ours), types(await eventsOf(frames))]).toEqual([1, 0])
  })

  it('joins the network identifier and the mirror session by packet, and keeps the frames own numbers', async () => {
    const http = framesOf(capture('http-simple')).map((frame) => ({ ...frame, data: mirrored(frame.data, 7) }))
    const dns = framesOf(capture('dns-udp')).map((frame) => ({ ...frame, data: mirrored(frame.data, 9) }))
    const frames = [...http, ...dns].map((frame, index) => ({
      ...frame,
      number: 1001 + 2 * index,
      timeSeconds: 1_700_000_000 + index,
      originalLength: frame.data.length,
    }))
    const events = await eventsOf(frames, { mirrorSession: (vni) => (vni === 7 ? 'tms-7' : undefined) })
    const inner = events.flatMap((event) => (event.event_type === 'stats' || event.dest_port === 4789 ? [] : [event]))
    expect(new Set(inner.map(({ event_type }) => event_type))).toEqual(
      new Set(['alert', 'http', 'fileinfo', 'dns', 'flow']),
    )
    for (const event of inner) {
      const { vni, mirror_session, src_ip, dest_port, depth } = event.tunnel ?? {}
      const expected = event.proto === 'TCP' ? [7, 'tms-7'] : [9, undefined]
      expect([vni, mirror_session], event.event_type).toEqual(expected)
      expect([src_ip, dest_port, depth]).toEqual(['10.0.0.10', 4789, 1])
      const number = event.tunnel?.pcap_cnt
      if (event.event_type === 'alert' && event.pkt_src === 'vxlan encapsulation') expect((number ?? 0) % 2).toBe(1)
      if (number !== undefined) expect(frames.some((frame) => frame.number === number)).toBe(true)
    }
    const outer = events.filter((event) => event.event_type === 'flow' && event.dest_port === 4789)
    expect(outer.length).toBeGreaterThan(0)
    for (const event of outer) expect(event).not.toHaveProperty('tunnel')
  })

  it('tells the two mirrored ends of one flow apart', async () => {
    const frames = framesOf(capture('http-simple')).map((frame, index) => {
      const isToServer = frame.data[26 + 3] === framesOf(capture('http-simple'))[0]?.data[26 + 3]
      return { ...frame, data: mirrored(frame.data, isToServer ? 1 : 2), timeSeconds: 1_700_000_000 + index }
    })
    const alerts = (await eventsOf(frames)).flatMap((event) =>
      event.event_type === 'alert' && event.pkt_src === 'vxlan encapsulation' ? [event] : [],
    )
    expect(alerts.length).toBeGreaterThan(1)
    for (const alert of alerts) {
      // The frame itself says through which tunnel it came: bytes 46 to 48.
      const frame = frames.find(({ number }) => number === alert.tunnel?.pcap_cnt)
      expect(alert.tunnel?.vni).toBe(frame?.data[48])
    }
    expect(new Set(alerts.map(({ tunnel }) => tunnel?.vni))).toEqual(new Set([1, 2]))
  })

  it('locates every rule that Suricata refuses', async () => {
    const file = join(temporaryFolder, 'a [1].rules')
    const text = [
      'alert tcp any any -> any any (msg:"good"; sid:1;)',
      '',
      '# a comment',
      'alert tcp any any -> any any (msg:"two \\',
      '  lines"; nosuchkeyword:1; sid:2;)',
      'alert nosuch any any -> any any (sid:3;)',
      // Suricata's own messages are cut after 2,048 bytes: in the rule, and behind it.
      `alert tcp any any -> any any (msg:"${'x'.repeat(5000)}"; nosuchkeyword:1; sid:4;)`,
      ...[1780, 1790, 1800, 1810, 1820, 1830].map(
        (length) => `alert tcp any any -> any any (msg:"${'y'.repeat(length)}"; nosuchkeyword:1; sid:${length};)`,
      ),
    ].join('\n')
    writeFileSync(file, `${text}\n`)
    const rules = [file, { file: 'second', text: 'alert tcp any any -> any any (msg:"same"; sid:1;)\nnonsense\n' }]
    const { errors } = await checkSuricataRules(rules, { temporaryFolder })
    expect(errors.map((error) => [error.file, error.line])).toEqual([
      [file, 4],
      [file, 6],
      ...[7, 8, 9, 10, 11, 12, 13].map((line) => [file, line]),
      ['second', 1],
      ['second', 2],
    ])
    expect(errors[0]?.message).toContain("unknown rule keyword 'nosuchkeyword'")
    expect(errors[2]?.rule).toContain('xxx')
    expect((await checkSuricataRules([{ file: 'good', text: RULES }], { temporaryFolder })).errors).toEqual([])
    for (const frames of [[], framesOf(capture('http-simple'))]) {
      const error = await eventsOf(frames, { rules }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(SuricataError)
      expect((error as SuricataError).code).toBe('bad-rules')
      expect((error as SuricataError).message).toContain('second:2: ')
    }
    await expect(SuricataBatch.start({ rules, temporaryFolder })).rejects.toMatchObject({ code: 'bad-rules' })
    rmSync(file)
    await expect(checkSuricataRules([file], { temporaryFolder })).rejects.toThrow('the file of rules cannot be read')
  })

  it('ends without packets at once, and says so of captures that cannot be read', async () => {
    expect(await eventsOf([])).toEqual([])
    const [frame] = framesOf(capture('http-simple'))
    if (!frame) throw new Error('the capture is empty')
    await expect(eventsOf([{ ...frame, linkType: 276 }])).rejects.toThrow('has the link type 276')
    await expect(eventsOf([frame, { ...frame, linkType: 101 }])).rejects.toThrow('captures of one link type')
  })

  it('passes types of events on that have no type here', async () => {
    const events = await eventsOf(framesOf(capture('http-simple')), { moreEventTypes: ['netflow'] })
    expect(events.map(({ event_type }) => String(event_type))).toContain('netflow')
  })
})
