import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Design, demoDesign } from '@flowtap/core'
import { parseFlowLogs } from '@flowtap/parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-flows-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const flowtap = (...args: readonly string[]): Promise<CommandOutcome> => runCommand(args, { workingDirectory: folder })

/** Records of flows, without those that say that there were none. */
async function recordsIn(name: string): Promise<string[]> {
  const texts: string[] = []
  for await (const record of parseFlowLogs({ paths: [join(folder, name)] })) {
    if (record['log-status'] === 'OK') texts.push(Object.values(record).join(' '))
  }
  return texts.sort()
}

/** A capture with nothing in it. */
const EMPTY = Uint8Array.from([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0])

describe('flowtap flows', () => {
  let captures: readonly string[] = []

  beforeAll(async () => {
    expect((await flowtap('synth', 'reference', '--duration', '20m', '--out', 'traffic', '--pcap')).exitCode).toBe(0)
    captures = readdirSync(join(folder, 'traffic', 'pcap')).map((name) => `traffic/pcap/${name}`)
    expect(captures.length).toBeGreaterThan(2)
  })

  it('makes the records of flowtap synth out of its captures, which are called as their ENIs', async () => {
    const run = await flowtap('flows', ...captures, '--design', 'demo', '--out', 'again', '--json')
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const outcome = JSON.parse(run.stdout)
    expect(outcome.interfaces.length).toBe(captures.filter((name) => /eni-[^/]*$/.test(name)).length)
    rmSync(join(folder, 'traffic', 'pcap'), { recursive: true })
    expect(await recordsIn('again')).toEqual(await recordsIn('traffic'))
  })

  it('reads compressed captures, and what is before the damage of one', async () => {
    expect((await flowtap('synth', 'web', '--duration', '10m', '--out', 'web', '--pcap')).exitCode).toBe(0)
    const names = readdirSync(join(folder, 'web', 'pcap'))
    mkdirSync(join(folder, 'compressed'))
    for (const name of names) {
      writeFileSync(join(folder, 'compressed', `${name}.gz`), gzipSync(readFileSync(join(folder, 'web', 'pcap', name))))
    }
    const paths = names.map((name) => `compressed/${name}.gz`)
    expect(await flowtap('flows', ...paths, '--design', 'demo', '--out', 'web-again')).toMatchObject({ exitCode: 0 })
    const plain = names.map((name) => `web/pcap/${name}`)
    await flowtap('flows', ...plain, '--design', 'demo', '--out', 'web-plain')
    expect(await recordsIn('web-again')).toEqual(await recordsIn('web-plain'))

    const [first = ''] = paths
    const whole = readFileSync(join(folder, first))
    writeFileSync(join(folder, first), whole.subarray(0, whole.length >> 1))
    const damaged = await flowtap('flows', first, '--design', 'demo', '--out', 'web-damaged')
    expect(damaged.stderr).toContain(`${first}: the gzip data is damaged`)
  })

  it.each([
    [['empty.pcap', '--design', 'demo'], 'empty.pcap holds no packets: no flow logs were written'],
    [['text.pcap', '--design', 'demo'], 'text.pcap: byte 0: the file is neither pcap nor pcapng'],
    [['text.pcap', '--design', 'demo'], 'nothing could be read from text.pcap'],
    [['absent.pcap', '--design', 'demo'], 'cannot read absent.pcap: there is no such file'],
    [['.', '--design', 'demo'], '. is a folder; name the captures in it'],
    [['empty.pcap'], 'which design? add --design FILE'],
    [['--design', 'demo'], 'which captures? name pcap or pcapng files'],
    [['empty.pcap', '--design', 'demo', '--interface', 'dmeo'], 'no network interface "dmeo"; did you mean demo?'],
    [['--capture', 'demo', '--design', 'demo'], '--capture demo: write it as ENI=FILE'],
    [['empty.pcap', '--design', 'silent.json'], 'silent.json has no flow logs; add one to the design'],
  ])('%j says what is wrong', async (args, message) => {
    writeFileSync(join(folder, 'empty.pcap'), EMPTY)
    writeFileSync(join(folder, 'text.pcap'), 'hello, this is no capture')
    writeFileSync(join(folder, 'silent.json'), JSON.stringify({ ...demoDesign(), flowLogs: {} }))
    const run = await flowtap('flows', ...args, '--out', 'nothing')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(message)
  })

  it('wants to know where to', async () => {
    expect((await flowtap('flows', 'empty.pcap', '--design', 'demo')).stderr).toContain('where to? add --out DIR')
  })
})

const SAMPLE = fileURLToPath(new URL('../../../../shared/samples/pcap/aws-traffic-mirror-2019.pcap', import.meta.url))
const isRequired = process.env.FLOWTAP_REQUIRE_REAL === '1'

describe.skipIf(!existsSync(SAMPLE) && !isRequired)(
  'a capture of a real mirror target (skipped where it is not beside the project)',
  () => {
    const security = { ingress: [{ ipProtocol: 'all' as const, cidrBlock: '0.0.0.0/0' }] }
    const all = { sourceCidrBlock: '0.0.0.0/0', destinationCidrBlock: '0.0.0.0/0' }
    const rule = { ruleNumber: 1, ruleAction: 'accept' as const, ...all }
    const design: Design = {
      vpcs: {
        main: {
          cidrBlocks: ['172.31.0.0/16'],
          internetGateway: true,
          subnets: {
            a: { cidrBlock: '172.31.0.0/20', routeTable: 'public' },
            b: { cidrBlock: '172.31.16.0/20', routeTable: 'public' },
          },
          routeTables: { public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
          securityGroups: { open: security },
        },
      },
      instances: {
        source: { subnet: 'a', privateIpAddress: '172.31.0.238', securityGroups: ['open'] },
        target: { subnet: 'b', privateIpAddress: '172.31.17.188', securityGroups: ['open'] },
      },
      trafficMirrorTargets: { ids: { networkInterface: 'target' } },
      trafficMirrorFilters: { all: { ingressFilterRules: [rule], egressFilterRules: [rule] } },
      trafficMirrorSessions: {
        session: {
          networkInterface: 'source',
          trafficMirrorTarget: 'ids',
          trafficMirrorFilter: 'all',
          sessionNumber: 1,
          virtualNetworkId: 5_569_041,
        },
      },
      flowLogs: {
        all: {
          vpc: 'main',
          logDestination: 's3://flow-logs',
          logFormat:
            '${srcaddr} ${dstaddr} ${packets} ${bytes} ${log-status} ${flow-direction} ${instance-id} ${action}',
        },
      },
    }

    it.each([
      ['its session', design],
      ['the addresses inside alone', { ...design, trafficMirrorSessions: {} }],
    ])('gives the records of the mirrored instance by %s, as tshark counts its packets', async (name, made) => {
      expect(existsSync(SAMPLE)).toBe(true)
      const out = `real-${name}`
      writeFileSync(join(folder, 'mirror.json'), JSON.stringify(made))
      const run = await flowtap('flows', SAMPLE, '--design', 'mirror.json', '--out', out)
      expect(run).toMatchObject({ exitCode: 0, stderr: '' })
      const sums = new Map<string, [number, number]>()
      for await (const record of parseFlowLogs({ paths: [join(folder, out)] })) {
        if (record['log-status'] !== 'OK') continue
        expect(record.action).toBe('ACCEPT')
        const isOuter = record.dstaddr === '172.31.17.188'
        const key = isOuter ? 'target' : `source ${record['flow-direction']}`
        const [packets, bytes] = sums.get(key) ?? [0, 0]
        sums.set(key, [packets + Number(record.packets), bytes + Number(record.bytes)])
      }
      // tshark -T fields -e ip.len, without the 16 packets to and from the resolver, which AWS does not log.
      expect(Object.fromEntries(sums)).toEqual({
        'source egress': [39, 9140],
        'source ingress': [45, 8800],
        target: [100, 24648],
      })
    })
  },
)
