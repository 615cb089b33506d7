import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { BuiltinInspector, type EveEvent } from '@flowtap/core/inspect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireSuricata, suricataIsPresent } from '../../core/src/inspect/testing/real-suricata.ts'
import { run } from '../src/main.ts'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

requireSuricata()

const folder = mkdtempSync(join(tmpdir(), 'flowtap-live-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A run that listens on a port of the system's choice. */
interface LiveRun {
  readonly port: number
  readonly ended: Promise<CommandOutcome>
  /** What was printed by now. */
  printed(): string
  interrupt(): void
}

async function listen(...args: readonly string[]): Promise<LiveRun> {
  let interrupt = (): void => undefined
  const texts = { stdout: '', stderr: '' }
  let listening = (_port: number): void => undefined
  const port = new Promise<number>((resolve) => {
    listening = resolve
  })
  const collector = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write: (chunk, _encoding, done) => {
        texts[name] += String(chunk)
        const found = /listening for VXLAN on 127\.0\.0\.1:(\d+); Ctrl-C ends\n/.exec(texts.stderr)?.[1]
        if (found !== undefined) listening(Number(found))
        done()
      },
    })
  const ended = run(['inspect', '--listen', '0', ...args], {
    stdin: Readable.from([]),
    stdout: collector('stdout'),
    stderr: collector('stderr'),
    workingDirectory: folder,
    onInterrupt: (listener) => {
      interrupt = listener
      return () => undefined
    },
  }).then((exitCode) => ({ exitCode, ...texts }))
  const isEarly = ended.then(({ stderr }) => Promise.reject(new Error(`ended before it listened: ${stderr}`)))
  return { port: await Promise.race([port, isEarly]), ended, printed: () => texts.stdout, interrupt: () => interrupt() }
}

/** The frames of a classic little-endian pcap. */
function framesOf(pcap: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 24; at + 16 <= pcap.length; ) {
    const length = pcap.readUInt32LE(at + 8)
    frames.push(pcap.subarray(at + 16, at + 16 + length))
    at += 16 + length
  }
  return frames
}

/** RFC 7348, section 5. */
function inVxlan(frame: Uint8Array, networkId: number): Buffer {
  const header = Buffer.alloc(8)
  header[0] = 8
  header.writeUInt32BE(networkId * 256, 4)
  return Buffer.concat([header, frame])
}

/** What tcpdump would have written of the datagrams on loopback, without the padding of its times: all in one second. */
function captureOf(datagrams: readonly { readonly payload: Buffer; readonly port: number }[]): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(262_144, 16)
  head.writeUInt32LE(1, 20)
  const parts: Buffer[] = [head]
  datagrams.forEach(({ payload, port }, index) => {
    const record: Buffer = Buffer.alloc(16 + 42)
    record.writeUInt32LE(1_700_000_000, 0)
    record.writeUInt32LE(index, 4)
    record.writeUInt32LE(42 + payload.length, 8)
    record.writeUInt32LE(42 + payload.length, 12)
    record.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0x45, 0], 16)
    record.writeUInt16BE(28 + payload.length, 32)
    record.set([0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1], 36)
    record.writeUInt16BE(port, 50)
    record.writeUInt16BE(4789, 52)
    record.writeUInt16BE(8 + payload.length, 54)
    parts.push(record, payload)
  })
  return Buffer.concat(parts)
}

const TIMES: ReadonlySet<string> = new Set(['timestamp', 'start', 'end', 'age', 'uptime', 'flow_id'])

/** Events as text without times and what is drawn; of statistics that memory has. */
function comparable(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.includes('"event_type":"stats"'))
    .map((line) => JSON.stringify(JSON.parse(line), (key, value: unknown) => (TIMES.has(key) ? undefined : value)))
    .sort()
}

const RULES = `alert http any any -> any any (msg:"a request"; http.method; content:"GET"; sid:1; rev:1;)
alert tcp any any -> any any (msg:"a SYN"; flags:S; sid:3;)
alert udp any any -> any 4789 (msg:"outer"; ttl:64; threshold:type limit, track by_src, count 1, seconds 3600; sid:5;)
`

describe('flowtap inspect --listen', () => {
  let frames: readonly Buffer[] = []

  beforeAll(async () => {
    const made = await runCommand(['synth', 'web', '--duration', '1h', '--out', 'web', '--pcap'], {
      workingDirectory: folder,
    })
    expect(made.exitCode).toBe(0)
    const captures = readdirSync(join(folder, 'web', 'pcap')).map((name) =>
      readFileSync(join(folder, 'web', 'pcap', name)),
    )
    const [largest] = captures.sort((a, b) => b.length - a.length)
    frames = framesOf(largest ?? Buffer.alloc(0)).slice(0, 1500)
    writeFileSync(join(folder, 'some.rules'), RULES)
  })

  /** Sends by two ports, with noise between, and not faster than loopback holds; gives what a capture of it would be. */
  async function send(to: number): Promise<{ readonly capture: Buffer; readonly count: number }> {
    const clients = [createSocket('udp4'), createSocket('udp4')]
    for (const client of clients) client.bind(0, '127.0.0.1')
    await Promise.all(clients.map((client) => once(client, 'listening')))
    const noise = [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(100)].map((payload) => ({ payload, by: 1 }))
    const mirrored = frames.map((frame, index) => ({ payload: inVxlan(frame, 7 + (index & 1)), by: index & 1 }))
    const sent = [...mirrored.slice(0, 10), ...noise, ...mirrored.slice(10)].map(({ payload, by }) => ({
      payload,
      port: clients[by]?.address().port ?? 0,
      by,
    }))
    for (const [index, { payload, by }] of sent.entries()) {
      await new Promise((resolve) => clients[by]?.send(payload, to, '127.0.0.1', resolve))
      if (index % 50 === 49) await delay(1)
    }
    for (const client of clients) client.close()
    return { capture: captureOf(sent), count: sent.length }
  }

  it.each(['builtin', 'suricata'].filter((ids) => ids === 'builtin' || suricataIsPresent))(
    'gives the events of a capture of the same traffic: %s',
    async (ids) => {
      const options = ['--ids', ids, '--rules', 'some.rules']
      const total = frames.length + 3
      const live = await listen('--packets', `${total}`, ...options)
      const { capture, count } = await send(live.port)
      expect(count).toBe(total)
      const outcome = await live.ended
      expect(outcome.exitCode).toBe(0)
      expect(outcome.stderr).toMatch(/^1,503 packets: .*; 3 datagrams without a VXLAN header or a frame$/m)
      writeFileSync(join(folder, 'same.pcap'), capture)
      const read = await runCommand(['inspect', 'same.pcap', ...options], { workingDirectory: folder })
      expect(read.exitCode).toBe(0)
      expect(comparable(outcome.stdout)).toEqual(comparable(read.stdout))
      const events = outcome.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as EveEvent]))
      const identifiers = new Set(events.flatMap((event) => ('tunnel' in event ? [event.tunnel?.vni] : [])))
      expect(identifiers).toEqual(new Set([7, 8]))
      for (const type of ['alert', 'http', 'flow']) expect(events.map((event) => event.event_type)).toContain(type)
    },
  )

  it('ends by Ctrl-C with what is there, and by time', async () => {
    const live = await listen('--out', 'eve')
    const { count } = await send(live.port)
    await delay(300)
    live.interrupt()
    const outcome = await live.ended
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' })
    expect(outcome.stderr).toContain(`${count.toLocaleString('en-US')} packets: `)
    expect(readFileSync(join(folder, 'eve', 'eve.json'), 'utf8')).toContain('"event_type":"stats"')
    const timed = await listen('--seconds', '1')
    expect(await timed.ended).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^0 packets: 1 stats$/m) })
  })

  it('writes events while it listens', async () => {
    const live = await listen()
    await send(live.port)
    for (let tries = 0; tries < 100 && !live.printed().includes('"http"'); tries += 1) await delay(50)
    expect(live.printed()).toContain('"event_type":"http"')
    live.interrupt()
    await live.ended
  })

  it('ends flows by the clock, without packets', async () => {
    const events: EveEvent[] = []
    const inspector = new BuiltinInspector({ onEvent: (event) => events.push(event) })
    const seconds = 1_700_000_000
    for (const [index, frame] of frames.slice(0, 20).entries()) {
      const packet = { data: frame, originalLength: frame.length, timeNanoseconds: 0, timeSeconds: seconds }
      inspector.push({ ...packet, number: index + 1, linkType: 1 })
    }
    const flows = (): number => events.filter(({ event_type: type }) => type === 'flow').length
    inspector.advance((seconds + 1) * 1e6)
    expect(flows()).toBe(0)
    inspector.advance((seconds + 3600) * 1e6)
    expect(flows()).toBeGreaterThan(0)
    const before = flows()
    inspector.end()
    expect(flows()).toBe(before)
  })

  it('says what is in the way', async () => {
    const live = await listen()
    const message = async (...args: readonly string[]): Promise<string> => {
      const outcome = await runCommand(['inspect', ...args], { workingDirectory: folder })
      expect(outcome).toMatchObject({ exitCode: 2, stdout: '' })
      return outcome.stderr
    }
    expect(await message('--listen', `${live.port}`)).toContain('another process listens there; name another port')
    live.interrupt()
    await live.ended
    expect(await message('--listen', ':4789')).toContain('--listen :4789: write an IP address of this machine')
    expect(await message('--listen', 'example.com:4789')).toContain('write an IP address of this machine')
    expect(await message('--listen', '127.0.0.1:65536')).toContain('a port is a number up to 65535')
    expect(await message('--listen', '192.0.2.1:4789')).toContain('this machine does not have that address')
    expect(await message('web.pcap', '--listen')).toContain('captures or live traffic?')
    expect(await message('web.pcap', '--packets', '3')).toContain('--packets is for --listen')
    expect(await message('web.pcap', '--container')).toContain('--container is for --ids suricata')
  })
})
