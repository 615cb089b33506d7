import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Design, resolveDesign } from '@flowtap/core'
import { parseFlowLogs } from '@flowtap/parser'
import { afterAll, describe, expect, it } from 'vitest'
import { PYTHON_WITH_SCAPY, requireScapy } from '../../core/test/inspect/scapy.ts'
import { runCommand } from './memory-streams.ts'

// Captures by scapy, and what is expected of them told by the script that makes them, packet by packet: captures/make_captures.py.

const here = (name: string): string => fileURLToPath(new URL(`captures/${name}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'flowtap-scapy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NAMES: ReadonlyMap<string, string> = new Map(
  resolveDesign(JSON.parse(readFileSync(here('design.json'), 'utf8')) as Design).interfaces.map(({ id, name }) => [
    id,
    name.replace(/\/.*/, ''),
  ]),
)

interface MadeCapture {
  readonly arguments: readonly string[]
  readonly expected: readonly string[]
}

function makeCaptures(): Readonly<Record<string, MadeCapture>> {
  if (PYTHON_WITH_SCAPY === undefined) return {}
  const options = { encoding: 'utf8' as const, stdio: 'pipe' as const }
  return JSON.parse(execFileSync(PYTHON_WITH_SCAPY, [here('make_captures.py'), folder], options))
}

async function recordsIn(out: string): Promise<string[]> {
  const lines: string[] = []
  for await (const one of parseFlowLogs({ paths: [join(folder, out)] })) {
    if (one['log-status'] !== 'OK') continue
    const { srcaddr, dstaddr, srcport, dstport, protocol, action, packets, bytes, start, end } = one
    const at = NAMES.get(one['interface-id'] ?? '')
    const direction = one['flow-direction']
    const words = [at, direction, srcaddr, dstaddr, srcport, dstport, protocol, action]
    lines.push([...words, packets, bytes, start, end, one['tcp-flags']].join(' '))
  }
  return lines.sort()
}

requireScapy()

describe.skipIf(PYTHON_WITH_SCAPY === undefined)('captures by scapy (skipped where it is not installed)', () => {
  const captures = makeCaptures()
  const flowtap = (out: string, args: readonly string[], stdin?: Uint8Array): ReturnType<typeof runCommand> =>
    runCommand(['flows', ...args, '--design', here('design.json'), '--out', out], {
      workingDirectory: folder,
      ...(stdin === undefined ? {} : { stdin }),
    })

  for (const [name, capture] of Object.entries(captures)) {
    if (name === 'faulty.pcap') continue
    it(`${name} gives the records of its packets, and no others`, async () => {
      const out = `logs-${name}`
      expect(await flowtap(out, capture.arguments)).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await recordsIn(out)).toEqual(capture.expected)
      expect(capture.expected.length).toBeGreaterThan(0)
    })
  }

  it('standard input is read as a file is', async () => {
    const capture = captures['tcp.pcap']
    const bytes = readFileSync(join(folder, 'tcp.pcap'))
    expect(await flowtap('logs-stdin', ['-', '--interface', 'web'], bytes)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await recordsIn('logs-stdin')).toEqual(capture?.expected)
  })

  it('tells of every packet that is no use, and uses the others', async () => {
    const run = await flowtap('logs-faulty', ['faulty.pcap', '--json'])
    expect(run.stderr.split('\n')).toEqual([
      'faulty.pcap: packet 3: ipv4 at byte 30: an IPv4 header needs 20 bytes, the packet has 16 of them [truncated]',
      'faulty.pcap: packet 4: ipv4 at byte 14: an IPv4 header has at least 20 bytes, not 8 [invalid-length]',
      '2 issues in the captures; the good packets were used',
      '1 packet between addresses that no network interface of the design has; the first: faulty.pcap: packet 5, 192.0.2.1 to 192.0.2.9',
      '1 packet of the link itself, which no flow log has',
      '2 frames without IP: 1 ARP, 1 LLDP',
      '',
    ])
    expect(JSON.parse(run.stdout)).toMatchObject({
      packets: 7,
      faultyPackets: 2,
      nonIpFrames: { ARP: 1, LLDP: 1 },
      interfaces: [{ name: 'web/eth0', egress: 0, ingress: 1, rejected: 0 }],
    })
    expect(await recordsIn('logs-faulty')).toEqual(captures['faulty.pcap']?.expected)
    expect(run.exitCode).toBe(0)
    expect((await flowtap('logs-strict', ['faulty.pcap', '--strict'])).exitCode).toBe(2)
  })
})
