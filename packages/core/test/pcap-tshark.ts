import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

// tshark as an independent referee: what it says of a capture file.

/** Checksums are verified, and a capture's name resolution and other preferences of the user do not matter. */
const OPTIONS = [
  '-n',
  ...['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]),
  ...['-o', 'tcp.desegment_tcp_streams:FALSE', '-o', 'tcp.analyze_sequence_numbers:FALSE'],
  ...['-o', 'tcp.relative_sequence_numbers:FALSE'],
]

/** The command, found on PATH. */
export const TSHARK: string = 'tshark'

function hasTshark(): boolean {
  try {
    execFileSync(TSHARK, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export const tsharkIsPresent: boolean = hasTshark()

/** A test that fails where tshark has to be there and is not; to be called where others are skipped. */
export function requireTshark(): void {
  if (tsharkIsPresent || process.env.FLOWTAP_REQUIRE_REAL !== '1') return
  it('has tshark', () => {
    expect.fail('tshark is not installed: apt-get install -y --no-install-recommends tshark')
  })
}

const folder = tsharkIsPresent ? mkdtempSync(join(tmpdir(), 'flowtap-tshark-')) : ''
let files = 0

/** To be called once in a test file: removes what the functions here wrote. */
export function cleanUpTshark(): void {
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  })
}

export function temporaryFile(bytes: Uint8Array, ending = 'pcap'): string {
  files += 1
  const path = join(folder, `${files}.${ending}`)
  writeFileSync(path, bytes)
  return path
}

export function temporaryPath(ending: string): string {
  files += 1
  return join(folder, `${files}.${ending}`)
}

/** Leaves payloads on the ports that the arbitraries use alone: random bytes may look like some protocol. */
export const NO_APPLICATIONS: readonly string[] = ['tcp', 'udp'].flatMap((protocol) => [
  '-d',
  `${protocol}.port==50000-65000,data`,
])

/** The values of fields for each packet; a field that occurs several times has its values separated by commas. */
export function tsharkFields(
  path: string,
  fields: readonly string[],
  extra: readonly string[] = [],
): readonly (readonly string[])[] {
  const output = execFileSync(
    TSHARK,
    [
      ...OPTIONS,
      ...extra,
      '-r',
      path,
      '-T',
      'fields',
      '-E',
      'separator=|',
      ...fields.flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 },
  )
  return output === ''
    ? []
    : output
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => line.split('|'))
}

/** Severity of what tshark's experts call an error; notes and warnings speak of what is unusual. */
const EXPERT_ERROR = 0x800000

/** What tshark finds wrong with the packets of a file: malformed ones, bad checksums and errors of its experts. */
export function tsharkComplaints(path: string, extra: readonly string[] = []): readonly string[] {
  const fields = [
    '_ws.malformed',
    '_ws.expert.severity',
    '_ws.expert.message',
    'ip.checksum.status',
    'tcp.checksum.status',
    'udp.checksum.status',
    'icmp.checksum.status',
    'icmpv6.checksum.status',
  ]
  return tsharkFields(path, fields, extra).flatMap((values, index) => {
    const [malformed = '', severities = '', messages = '', ...statuses] = values
    const isError = severities.split(',').some((severity) => Number(severity) >= EXPERT_ERROR)
    const bad = statuses.flatMap((status, at) => (/0/.test(status) ? [`${fields[at + 3]} bad`] : []))
    const found = [malformed, isError ? messages : '', ...bad].filter((text) => text !== '')
    return found.length > 0 ? [`packet ${index + 1}: ${found.join('; ')}`] : []
  })
}
