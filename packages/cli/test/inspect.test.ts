import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { articleDesign, resolveDesign } from '@flowtap/core'
import type { EveEvent } from '@flowtap/core/inspect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../src/main.ts'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-inspect-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const flowtap = (...args: readonly string[]): Promise<CommandOutcome> => runCommand(args, { workingDirectory: folder })

function eventsOf(text: string): EveEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

const RULES = `alert http any any -> any any (msg:"a request"; http.method; content:"GET"; sid:1; rev:1;)
alert tcp any any -> any any (msg:"odd"; no-such-keyword; sid:2;)
alert tcp $HOME_NET any -> any any (msg:"a SYN from home"; flags:S; sid:3;)
alert dns any any -> any any (msg:"unfinished; sid:4;)
`

/** A classic pcap of Ethernet frames with each one in VXLAN (RFC 7348) between two addresses. */
function inVxlan(pcap: Buffer, networkId: number): Buffer {
  const parts = [pcap.subarray(0, 24)]
  for (let at = 24; at + 16 <= pcap.length; at += 16 + pcap.readUInt32LE(at + 8)) {
    const length = pcap.readUInt32LE(at + 8)
    const record = Buffer.from(pcap.subarray(at, at + 16))
    record.writeUInt32LE(length + 50, 8)
    record.writeUInt32LE(length + 50, 12)
    const outer = Buffer.alloc(50)
    outer.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0])
    outer.writeUInt16BE(length + 36, 16)
    outer.set([64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], 22)
    outer.writeUInt16BE(40_000, 34)
    outer.writeUInt16BE(4789, 36)
    outer.writeUInt16BE(length + 16, 38)
    outer[42] = 8
    outer.writeUInt32BE(networkId * 256, 46)
    parts.push(record, outer, pcap.subarray(at + 16, at + 16 + length))
  }
  return Buffer.concat(parts)
}

describe('flowtap inspect', () => {
  let capture = ''

  beforeAll(async () => {
    const made = await flowtap('synth', 'web', '--duration', '5m', '--out', 'web', '--pcap')
    expect(made.exitCode).toBe(0)
    const sizes = readdirSync(join(folder, 'web', 'pcap')).map((name) => `web/pcap/${name}`)
    const bySize = sizes.sort((a, b) => readFileSync(join(folder, b)).length - readFileSync(join(folder, a)).length)
    capture = bySize[0] ?? ''
    writeFileSync(join(folder, 'mixed.rules'), RULES)
    const [request = '', , syn = ''] = RULES.split('\n')
    writeFileSync(join(folder, 'good.rules'), `${request}\n${syn}\n`)
  })

  it('writes one event per line, and a summary on standard error', async () => {
    const outcome = await flowtap('inspect', capture)
    expect(outcome.exitCode).toBe(0)
    const events = eventsOf(outcome.stdout)
    const flows = events.filter(({ event_type: type }) => type === 'flow')
    expect(flows.length).toBeGreaterThan(0)
    expect(events.at(-1)?.event_type).toBe('stats')
    expect(outcome.stderr).toMatch(new RegExp(`^[\\d,]+ packets?: .*\\b${flows.length} flow\\b`))
  })

  it('reads standard input and compressed captures alike', async () => {
    const bytes = readFileSync(join(folder, capture))
    writeFileSync(join(folder, 'again.pcap.gz'), gzipSync(bytes))
    const plain = await flowtap('inspect', capture)
    expect(await flowtap('inspect', 'again.pcap.gz')).toEqual(plain)
    expect(await runCommand(['inspect', '-'], { workingDirectory: folder, stdin: bytes })).toEqual(plain)
  })

  it('lists every wrong rule by file and line, and ends with exit code 2', async () => {
    const outcome = await flowtap('inspect', capture, '--rules', 'mixed.rules')
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' })
    expect(outcome.stderr).toMatch(/^mixed\.rules:2: .*no-such-keyword/m)
    expect(outcome.stderr).toMatch(/^mixed\.rules:4: /m)
    expect(outcome.stderr).toContain('2 rules cannot be used; --keep-good-rules goes on with the others')
  })

  it('goes on with the good rules where asked', async () => {
    const kept = await flowtap('inspect', capture, '--rules', 'mixed.rules', '--keep-good-rules')
    expect(kept.exitCode).toBe(0)
    const alone = await flowtap('inspect', capture, '--rules', 'good.rules')
    const alerts = (text: string): EveEvent[] => eventsOf(text).filter(({ event_type: type }) => type === 'alert')
    expect(alerts(kept.stdout).length).toBeGreaterThan(0)
    expect(alerts(kept.stdout)).toEqual(alerts(alone.stdout))
  })

  it('takes what is at home from --home-net', async () => {
    const alerts = async (homeNet: string): Promise<number> => {
      const { stdout } = await flowtap('inspect', capture, '--rules', 'good.rules', '--home-net', homeNet)
      return eventsOf(stdout).filter((event) => event.event_type === 'alert' && event.alert.signature_id === 3).length
    }
    expect(await alerts('0.0.0.0/0')).toBeGreaterThan(0)
    expect(await alerts('240.0.0.0/8,fd00::/8')).toBe(0)
  })

  it("writes Zeek's logs and EVE to a folder", async () => {
    expect(await flowtap('inspect', capture, '--format', 'zeek', '--out', 'zeek')).toMatchObject({
      exitCode: 0,
      stdout: '',
    })
    const conn = readFileSync(join(folder, 'zeek', 'conn.log'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(conn[0]).toBe('#separator \\x09')
    expect(conn.at(-1)).toMatch(/^#close\t/)
    expect(await flowtap('inspect', capture, '--format', 'zeek-json', '--out', 'json')).toMatchObject({ exitCode: 0 })
    const json = readFileSync(join(folder, 'json', 'conn.log'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(json.length).toBe(conn.filter((line) => !line.startsWith('#')).length)
    const piped = await flowtap('inspect', capture)
    await flowtap('inspect', capture, '--out', 'eve')
    expect(readFileSync(join(folder, 'eve', 'eve.json'), 'utf8')).toBe(piped.stdout)
  })

  it('ends quietly when the reader is gone', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    let said = ''
    const stderr = new Writable({
      write: (chunk, _encoding, done) => {
        said += String(chunk)
        done()
      },
    })
    const streams = { stdin: Readable.from([]), stdout, stderr, workingDirectory: folder }
    expect(await run(['inspect', capture], streams)).toBe(0)
    expect(said).toBe('')
  })

  it('names the mirror session of VXLAN packets', async () => {
    const [session] = resolveDesign(articleDesign()).mirrorSessions
    writeFileSync(
      join(folder, 'copies.pcap'),
      inVxlan(readFileSync(join(folder, capture)), session?.virtualNetworkId ?? 0),
    )
    const { stdout } = await flowtap('inspect', 'copies.pcap', '--design', 'article')
    const tunnels = eventsOf(stdout).flatMap((event) => ('tunnel' in event && event.tunnel ? [event.tunnel] : []))
    expect(tunnels.length).toBeGreaterThan(0)
    for (const tunnel of tunnels) {
      expect(tunnel).toMatchObject({ vni: session?.virtualNetworkId, mirror_session: session?.id })
    }
  })

  const isSuricataHere = spawnSync('suricata', ['-V']).status === 0
  const canSkip = process.env.FLOWTAP_REQUIRE_REAL !== '1'
  it.skipIf(!isSuricataHere && canSkip)(
    'asks the installed Suricata, and lists the rules that it refuses',
    async () => {
      const wrong = await flowtap('inspect', capture, '--ids', 'suricata', '--rules', 'mixed.rules')
      expect(wrong).toMatchObject({ exitCode: 2, stdout: '' })
      expect(wrong.stderr).toMatch(/^mixed\.rules:2: /m)
      expect(wrong.stderr).toMatch(/^mixed\.rules:4: /m)
      const kept = ['--rules', 'mixed.rules', '--keep-good-rules']
      const real = await flowtap('inspect', capture, '--ids', 'suricata', ...kept)
      expect(real.exitCode).toBe(0)
      const builtin = await flowtap('inspect', capture, ...kept)
      const ids = (text: string): number[] =>
        eventsOf(text)
          .flatMap((event) => (event.event_type === 'alert' ? [event.alert.signature_id] : []))
          .sort()
      expect(ids(builtin.stdout)).toEqual(ids(real.stdout))
    },
  )

  it.skipIf(!isSuricataHere && canSkip)('tells the installed Suricata what is at home', async () => {
    const alerts = async (...args: readonly string[]): Promise<number> => {
      const { stdout, exitCode } = await flowtap('inspect', capture, '--rules', 'good.rules', ...args)
      expect(exitCode).toBe(0)
      return eventsOf(stdout).filter((event) => event.event_type === 'alert' && event.alert.signature_id === 3).length
    }
    for (const home of ['0.0.0.0/1', '10.0.0.0/8', '240.0.0.0/8,fd00::/8']) {
      expect(await alerts('--ids', 'suricata', '--home-net', home), home).toBe(await alerts('--home-net', home))
    }
    expect(await alerts('--ids', 'suricata', '--home-net', '10.0.0.0/8')).toBeGreaterThan(0)
    expect(await alerts('--ids', 'suricata', '--home-net', '240.0.0.0/8')).toBe(0)
    const every = ['--rules', 'good.rules', '--ids', 'suricata', '--home-net', '0.0.0.0/0']
    const refused = await flowtap('inspect', capture, ...every)
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('--home-net is every address, which leaves none for $EXTERNAL_NET')
  })

  it('says how Suricata is installed where it is not', async () => {
    const path = process.env.PATH
    process.env.PATH = join(folder, 'nothing')
    try {
      for (const [args, message] of [
        [[], 'the command "suricata" was not found; install Suricata 7 or newer (Debian 12: apt-get install '],
        [['--container'], 'the command "docker" was not found: Suricata in a container needs Docker; install it, or '],
      ] as const) {
        const outcome = await flowtap('inspect', capture, '--ids', 'suricata', ...args)
        expect(outcome).toMatchObject({ exitCode: 3, stdout: '' })
        expect(outcome.stderr).toContain(message)
        expect(outcome.stderr).toContain('use the builtin inspector')
      }
    } finally {
      process.env.PATH = path
    }
  })

  it.each([
    [['absent.pcap'], 'cannot read absent.pcap: there is no such file'],
    [[], 'which captures? name pcap or pcapng files'],
    [['text.pcap'], 'text.pcap: byte 0: the file is neither pcap nor pcapng'],
    [['text.pcap', '--format', 'zeek'], "Zeek's logs are several files: add --out DIR"],
    [['text.pcap', '--rules', 'absent.rules'], 'cannot read the rules absent.rules: there is no such file'],
    [['text.pcap', '--home-net', '10.0.0.0'], '"10.0.0.0" is not a network'],
    [['text.pcap', '--ids', 'snort'], 'Allowed choices are builtin, suricata'],
  ])('%j says what is wrong', async (args, message) => {
    writeFileSync(join(folder, 'text.pcap'), 'hello, this is no capture')
    const outcome = await flowtap('inspect', ...args)
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' })
    expect(outcome.stderr).toContain(message)
  })
})
