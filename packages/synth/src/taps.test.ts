import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IpAddress } from '@flowtap/core'
import { afterAll, describe, expect, it } from 'vitest'
import { minutes, seconds } from './duration.ts'
import type { Host } from './host/host.ts'
import type { Process } from './host/process.ts'
import { defineScenario, type ScenarioContext } from './scenario.ts'
import { simulate } from './simulation.ts'
import { TEST_DESIGN } from './simulation-fixture.ts'
import { PcapTaps } from './taps.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-taps-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env.FLOWTAP_REQUIRE_REAL === '1') throw new Error('tshark is not installed: apt-get install tshark')
    return false
  }
}

/** Simulates and writes a file for each ENI; gives the paths by ENI name. */
function record(
  name: string,
  setup: (context: ScenarioContext) => void,
  duration: number = minutes(10),
): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  const files: number[] = []
  const taps = new PcapTaps((networkInterface) => {
    const path = join(folder, `${name}-${networkInterface.name.replaceAll('/', '-')}.pcap`)
    const file = openSync(path, 'w')
    files.push(file)
    paths.set(networkInterface.name, path)
    return (bytes) => void writeSync(file, bytes)
  })
  const scenario = defineScenario({ name, durationMicroseconds: duration, setup })
  simulate(TEST_DESIGN, scenario, { packets: 'all' }).runSync({ onPacket: (captured) => taps.write(captured) })
  taps.end()
  for (const file of files) closeSync(file)
  return paths
}

/** Severity of what tshark's experts call an error. */
const EXPERT_ERROR = 0x800000

function fieldsOf(
  path: string,
  fields: readonly string[],
  extra: readonly string[] = [],
): readonly (readonly string[])[] {
  const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`])
  const wanted = fields.flatMap((field) => ['-e', field])
  const output = execFileSync(
    'tshark',
    ['-n', ...checks, ...extra, '-r', path, '-T', 'fields', '-E', 'separator=|', ...wanted],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    },
  )
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|'))
}

/** Malformed packets, bad checksums and expert errors. */
function complaintsOf(path: string): readonly string[] {
  const fields = [
    '_ws.malformed',
    '_ws.expert.severity',
    '_ws.expert.message',
    'ip.checksum.status',
    'tcp.checksum.status',
    'udp.checksum.status',
    'icmp.checksum.status',
  ]
  return fieldsOf(path, fields).flatMap(([malformed = '', severities = '', messages = '', ...statuses], index) => {
    const isError = severities.split(',').some((severity) => Number(severity) >= EXPERT_ERROR)
    const isBad = statuses.some((status) => /0/.test(status))
    return malformed !== '' || isError || isBad ? [`packet ${index + 1}: ${malformed} ${messages} ${statuses}`] : []
  })
}

/** A little of everything, from one instance. */
function* tour(host: Host): Process {
  const web = yield* host.connect({ to: 'google.com', port: 80 })
  yield* web.exchange({
    send: 'GET / HTTP/1.1\r\nHost: google.com\r\nUser-Agent: test\r\n\r\n',
    receive: `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9000\r\n\r\n${'text '.repeat(1_800)}`,
  })
  yield* web.close()
  for (const version of ['1.3', '1.2'] as const) {
    const secure = yield* host.connect({ to: 'www.google.com', port: 443 })
    yield* secure.startTls({ serverName: 'www.google.com', alpn: ['h2', 'http/1.1'], version })
    yield* secure.exchange({ send: 400, receive: 70_000 })
    yield* secure.close()
  }
  yield* host.resolve('example.com', { type: 'ANY' })
  yield* host.resolve('nowhere.example.com')
  yield* host.resolve('example.com', { server: '8.8.8.8', transport: 'tcp' })
  yield* host.ping({ to: '8.8.8.8', count: 3 })
  yield* host.ping({ to: host.addresses[0]?.plus(1) ?? '10.0.1.102', count: 1, timeoutMicroseconds: 1_000 })
  yield* host.ping({ to: '10.0.2.50', count: 2, bytes: 20_000 })
  host.openUdp().send(IpAddress.of('10.0.2.50'), 9999, 30_000)
  const refused = host.spawn('refused', (own) => own.connect({ to: '10.0.2.50', port: 4444 }))
  try {
    yield* refused.join()
  } catch {
    // Refused, as it should be.
  }
  for (const protocol of ['tcp', 'udp', 'icmp'] as const) yield* host.probe({ to: '10.0.2.50', protocol, port: 7 })
  const ntp = new Uint8Array(48)
  ntp[0] = 0x23
  yield* host.exchangeUdp({ to: 'pool.ntp.org', port: 123, send: ntp })
  const shell = yield* host.connect({ to: '10.0.2.50', port: 22, peer: 'service' })
  yield* shell.read()
  shell.abort()
  host.sendPacket({ to: IpAddress.of('10.0.2.50'), protocol: 47, payload: 100 })
  yield* host.sleep(seconds(1))
}

describe('PcapTaps', () => {
  it('writes each ENI its own packets, whole and in the order of time', () => {
    let packets = 0
    const pieces: Uint8Array[] = []
    const taps = new PcapTaps(() => (bytes) => void pieces.push(bytes))
    const scenario = defineScenario({
      name: 'one',
      durationMicroseconds: minutes(1),
      setup: ({ host }) => void host('demo').spawn('ping', (own) => own.ping({ to: '8.8.8.8', count: 3 })),
    })
    simulate(TEST_DESIGN, scenario, { packets: ['demo'] }).runSync({
      onPacket: (captured) => {
        packets += 1
        taps.write(captured)
      },
    })
    taps.end()
    const file = Buffer.concat(pieces)
    expect(packets).toBe(6)
    expect(taps.packetCount).toBe(6)
    expect(file.readUInt32LE(0)).toBe(0xa1b2c3d4)
    expect(file.length).toBe(24 + 6 * (16 + 14 + 84))
  })

  describe.skipIf(!hasTshark())('as tshark reads them (skipped where it is not installed)', () => {
    it('have no malformed packet, no bad checksum and no expert error', () => {
      const paths = record('tour', ({ host }) => {
        host('worker').listen({ port: 9998 })
        host('demo').spawn('tour', tour)
      })
      expect([...paths.keys()].length).toBeGreaterThanOrEqual(3)
      for (const path of paths.values()) expect(complaintsOf(path)).toEqual([])
      const demo = paths.get('demo/eth0') ?? ''
      const seen = new Set(fieldsOf(demo, ['_ws.col.Protocol']).flat())
      for (const protocol of ['HTTP', 'TLSv1.3', 'TLSv1.2', 'DNS', 'ICMP', 'NTP', 'SSH'])
        expect(seen).toContain(protocol)
      expect(
        new Set(fieldsOf(demo, ['tls.handshake.extensions_server_name'], ['-Y', 'tls.handshake.type == 1']).flat()),
      ).toEqual(new Set(['www.google.com']))
      expect(fieldsOf(demo, ['http.response.code', 'http.content_length'], ['-Y', 'http.response'])).toContainEqual([
        '200',
        '9000',
      ])
    })

    it('show no lost, repeated or reordered segment where none was lost', () => {
      const paths = record('clean', ({ host }) => void host('demo').spawn('tour', tour))
      const analysis = [
        'retransmission',
        'fast_retransmission',
        'lost_segment',
        'ack_lost_segment',
        'out_of_order',
        'duplicate_ack',
        'zero_window',
      ]
      for (const [name, path] of paths) {
        const found = fieldsOf(
          path,
          analysis.map((flag) => `tcp.analysis.${flag}`),
          ['-Y', 'tcp'],
        )
          .flat()
          .filter((flag) => flag !== '')
        expect([name, found]).toEqual([name, []])
      }
    })

    it('show retransmissions where packets were lost, and are well-formed all the same', () => {
      const paths = record('lossy', ({ host, faults }) => {
        faults.losePackets({ probability: 0.03, hosts: ['demo', 'google'] })
        host('demo').spawn('download', function* (own): Process {
          const connection = yield* own.connect({ to: '142.250.217.78', port: 80 })
          yield* connection.exchange({ send: 100, receive: 2_000_000 })
          yield* connection.close()
        })
      })
      const path = paths.get('demo/eth0') ?? ''
      expect(complaintsOf(path)).toEqual([])
      const found = (field: string): number => fieldsOf(path, [field], ['-Y', field]).length
      expect(found('tcp.analysis.retransmission')).toBeGreaterThan(10)
      expect(found('tcp.options.sack.count')).toBeGreaterThan(10)
      expect(readFileSync(path).length).toBeGreaterThan(2_000_000)
    })
  })
})
