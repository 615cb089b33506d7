import { createHash, type Hash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { articleDesign, type Design, demoDesign, type LogObject } from '@flowtap/core'
import { parseFlowLogs } from '@flowtap/parser'
import {
  cataloguedScenario,
  defineScenario,
  hours,
  MirrorTaps,
  minutes,
  openShell,
  PcapTaps,
  type Scenario,
  seconds,
  simulate,
} from '@flowtap/synth'

// Simulations whose every byte is a promise. The test imports this file against the sources, and runs it as a program in other versions of
// Node against the built packages, so that it must stay TypeScript that Node reads by leaving the types out.

interface PinnedSimulation {
  readonly design: Design
  readonly scenario: Scenario
  readonly seed: number
}

const CATALOGUED: readonly (readonly [name: string, minutes: number])[] = [
  ['web', 30],
  ['port-scan', 10],
  ['port-sweep', 10],
  ['ssh-brute-force', 10],
  ['rdp-brute-force', 10],
  ['beaconing', 30],
  ['dns-tunnelling', 10],
  ['crypto-mining', 30],
  ['tor', 10],
  ['spam', 10],
  ['dga', 10],
  ['dos-udp', 1],
  ['dos-tcp', 1],
  ['dos-dns', 1],
  ['dos-unusual-protocol', 1],
]

function pinnedSimulations(): ReadonlyMap<string, PinnedSimulation> {
  const simulations = new Map<string, PinnedSimulation>([
    ['reference', { design: demoDesign(), scenario: catalogued('reference', hours(2)), seed: 1 }],
    ['reference, seed 2', { design: demoDesign(), scenario: catalogued('reference', minutes(30)), seed: 2 }],
    ['article', { design: articleDesign(), scenario: catalogued('reference', hours(1)), seed: 1 }],
    [
      'services, delivered otherwise',
      { design: otherwiseDelivered(), scenario: catalogued('services', hours(1)), seed: 3 },
    ],
    ['two VPCs', { design: twoVpcs(), scenario: betweenVpcs(), seed: 4 }],
    ['faults', { design: demoDesign(), scenario: withFaults(), seed: 5 }],
  ])
  for (const [name, duration] of CATALOGUED) {
    simulations.set(name, { design: demoDesign(), scenario: catalogued(name, minutes(duration)), seed: 6 })
  }
  return simulations
}

/**
 * What all of them come to, one line each: name, kind of artefact, count, SHA-256. Compressed bytes may differ with the version of zlib, so
 * log files are taken uncompressed, and those in Parquet, whose pages are compressed too, by their records.
 */
export async function pinnedDigests(isWanted: (name: string) => boolean = () => true): Promise<string> {
  const lines: string[] = []
  for (const [name, simulation] of pinnedSimulations()) {
    if (isWanted(name)) lines.push(...(await digestsOf(name, simulation)))
  }
  lines.push(await shellDigest())
  return `${lines.join('\n')}\n`
}

async function digestsOf(name: string, { design, scenario, seed }: PinnedSimulation): Promise<string[]> {
  const digests = new Digests()
  const captures = new Map<string, Hash>()
  const taps = new PcapTaps(({ id }) => {
    const file = createHash('sha256')
    captures.set(id, file)
    return (bytes) => file.update(bytes)
  })
  const mirrorCaptures = new Map<string, Hash>()
  const mirrorTaps = new MirrorTaps(({ id }) => {
    const file = createHash('sha256')
    mirrorCaptures.set(id, file)
    return (bytes) => file.update(bytes)
  })
  const options = { seed, records: true, packets: 'all', mirroredPackets: true } as const
  for await (const artefact of simulate(design, scenario, options)) {
    switch (artefact.kind) {
      case 'packet':
        taps.write(artefact)
        break
      case 'mirrored-packet':
        mirrorTaps.write(artefact)
        break
      case 'flow-log-record':
        digests.add('records', artefact.flowLog.id, namesAndValues(artefact.record))
        break
      case 'log-file': {
        const { bucket, key, deliveredAtMicroseconds, flowLogId, recordCount } = artefact.object
        const place = `${bucket}/${key} ${deliveredAtMicroseconds} ${flowLogId} ${recordCount}`
        digests.add('log files', place, ...(await uncompressed(artefact.object)))
        break
      }
      case 'log-events': {
        const { logGroupName, logStreamName, flowLogId, ingestionTimeMilliseconds, events } = artefact.batch
        const lines = events.map(({ timestampMilliseconds, message }) => `${timestampMilliseconds} ${message}`)
        digests.add(
          'log events',
          `${logGroupName} ${logStreamName} ${flowLogId} ${ingestionTimeMilliseconds}`,
          ...lines,
        )
        break
      }
      case 'activity':
        digests.add('activities', JSON.stringify(artefact.activity))
        break
    }
  }
  taps.end()
  mirrorTaps.end()
  for (const [id, file] of captures) digests.add('captures', id, file.digest('hex'))
  for (const [id, file] of mirrorCaptures) digests.add('mirror captures', id, file.digest('hex'))
  return digests.lines(name)
}

async function uncompressed({ key, body }: LogObject): Promise<(string | Uint8Array)[]> {
  if (!key.endsWith('.parquet')) return [gunzipSync(body)]
  const rows: string[] = []
  for await (const record of parseFlowLogs(body)) rows.push(namesAndValues(record))
  return rows
}

function namesAndValues(record: object): string {
  return Object.entries(record)
    .map(([field, value]) => `${field}=${value}`)
    .join(' ')
}

/** One digest and one count for each kind of artefact. */
class Digests {
  readonly #kinds = new Map<string, { readonly hash: Hash; count: number }>()

  add(kind: string, ...parts: readonly (string | Uint8Array)[]): void {
    const digest = this.#kinds.get(kind) ?? { hash: createHash('sha256'), count: 0 }
    this.#kinds.set(kind, digest)
    digest.count += 1
    for (const part of parts) digest.hash.update(part).update('\n')
  }

  lines(name: string): string[] {
    return [...this.#kinds].sort().map(([kind, { hash, count }]) => `${name}: ${count} ${kind} ${hash.digest('hex')}`)
  }
}

function catalogued(name: string, durationMicroseconds: number): Scenario {
  const scenario = cataloguedScenario(name, { durationMicroseconds })
  if (!scenario) throw new Error(`the catalogue has no scenario '${name}'`)
  return scenario
}

/** The reference design with its three flow logs going to Parquet files, to a log group, and to hourly Hive folders. */
function otherwiseDelivered(): Design {
  const design = demoDesign()
  const {
    'vpc-flow-log': ofVpc,
    'subnet-flow-log': ofSubnet,
    'interface-flow-log': ofInterface,
  } = design.flowLogs ?? {}
  if (!ofVpc || !ofSubnet || !ofInterface) throw new Error('the reference design has other flow logs')
  const { logDestination: _, ...toGroup } = ofSubnet
  return {
    ...design,
    flowLogs: {
      'vpc-flow-log': { ...ofVpc, destinationOptions: { fileFormat: 'parquet' } },
      'subnet-flow-log': { ...toGroup, logGroupName: 'flows' },
      'interface-flow-log': {
        ...ofInterface,
        destinationOptions: { hiveCompatiblePartitions: true, perHourPartition: true },
      },
    },
  }
}

/** Two VPCs behind a transit gateway, one of them with IPv6 and a public host; flow logs in default formats. */
function twoVpcs(): Design {
  const open = { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } as const
  return {
    vpcs: {
      client: {
        cidrBlocks: ['10.20.0.0/16'],
        ipv6CidrBlocks: ['2600:1f13:20::/56'],
        internetGateway: true,
        subnets: {
          'client-a': {
            cidrBlock: '10.20.1.0/24',
            ipv6CidrBlock: '2600:1f13:20:1::/64',
            availabilityZone: 'us-west-2a',
            routeTable: 'hosts',
          },
        },
        routeTables: {
          hosts: {
            routes: [
              { destinationCidrBlock: '10.0.0.0/8', transitGateway: 'tgw' },
              { destinationCidrBlock: '0.0.0.0/0', internetGateway: true },
              { destinationCidrBlock: '::/0', internetGateway: true },
            ],
          },
        },
        securityGroups: { open },
      },
      server: {
        cidrBlocks: ['10.40.0.0/16'],
        subnets: { 'server-a': { cidrBlock: '10.40.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'servers' } },
        routeTables: { servers: { routes: [{ destinationCidrBlock: '10.0.0.0/8', transitGateway: 'tgw' }] } },
        securityGroups: {
          narrow: { ingress: [{ ipProtocol: 'tcp', fromPort: 8080, toPort: 8080, cidrBlock: '10.20.0.0/16' }] },
        },
      },
    },
    transitGateways: {
      tgw: {
        vpcAttachments: {
          clients: { vpc: 'client', subnets: ['client-a'] },
          servers: { vpc: 'server', subnets: ['server-a'] },
        },
      },
    },
    instances: {
      client: {
        subnet: 'client-a',
        privateIpAddress: '10.20.1.10',
        publicIp: '44.224.1.20',
        ipv6Addresses: ['2600:1f13:20:1::10'],
        securityGroups: ['open'],
      },
      server: { subnet: 'server-a', privateIpAddress: '10.40.1.10', securityGroups: ['narrow'] },
    },
    flowLogs: {
      client: { vpc: 'client', logDestination: 'arn:aws:s3:::logs/client/' },
      server: { vpc: 'server', maxAggregationInterval: 60, logDestination: 'arn:aws:s3:::logs/server/' },
      tgw: { transitGateway: 'tgw', logDestination: 'arn:aws:s3:::logs/tgw/' },
    },
  }
}

/** Connections, pings and look-ups between the VPCs and to the internet by both versions of IP. */
function betweenVpcs(): Scenario {
  return defineScenario({
    name: 'between VPCs',
    durationMicroseconds: minutes(30),
    setup({ host }) {
      const client = host('client')
      host('server').listen({ port: 8080 })
      client.spawn('calls', function* (own) {
        for (;;) {
          const connection = yield* own.connect({ to: '10.40.1.10', port: 8080 })
          yield* connection.exchange({ send: own.random.integer(40, 4_000), receive: own.random.integer(40, 40_000) })
          yield* connection.close()
          yield* own.ping({ to: '10.40.1.10' })
          yield* own.sleep(seconds(20))
        }
      })
      client.spawn('web', function* (own) {
        for (;;) {
          for (const to of ['2607:f8b0:400a:80b::200e', '142.250.217.78']) {
            const connection = yield* own.connect({ to, port: 80 })
            yield* connection.exchange({ send: 74, receive: 773 })
            yield* connection.close()
          }
          yield* own.sleep(Math.round(own.random.exponential(seconds(30))))
        }
      })
    },
  })
}

/** The reference scenario with packets lost, flow logs skipped, and a group closed half-way. */
function withFaults(): Scenario {
  const reference = catalogued('reference', minutes(30))
  return defineScenario({
    name: 'faults',
    durationMicroseconds: minutes(30),
    setup(context) {
      reference.setup(context)
      context.faults.losePackets({ probability: 0.02 })
      context.faults.skipData({
        networkInterface: 'demo',
        afterMicroseconds: minutes(5),
        untilMicroseconds: minutes(7),
      })
    },
  })
}

const SCRIPT = `
echo $RANDOM; date; hostname
for i in 1 2 3; do curl -s -o /dev/null -w '%{http_code} %{time_total}\\n' google.com; sleep 30; done
ping -c 3 google.com; dig +noall +answer example.com; traceroute -n google.com
printf '%s\\n' pear apple fig | sort | awk '{ print NR, $1 }'
nc -z -v -w 2 10.0.2.50 443; echo $? $SECONDS
`

/** What a shell on an instance prints, and its packets. */
async function shellDigest(): Promise<string> {
  const hash = createHash('sha256')
  let outputs = 0
  const scenario = defineScenario({
    name: 'shell',
    durationMicroseconds: minutes(10),
    setup(context) {
      const shell = openShell(context, 'demo', {
        onOutput: ({ stream, text, timeMicroseconds }) => {
          hash.update(`${stream} ${timeMicroseconds} ${text}\n`)
          outputs += 1
        },
      })
      void shell.run(SCRIPT)
    },
  })
  const taps = new PcapTaps(() => (bytes) => hash.update(bytes))
  await simulate(demoDesign(), scenario, { seed: 7, packets: ['demo'] }).run({
    onPacket: (packet) => taps.write(packet),
  })
  taps.end()
  return `shell: ${outputs} outputs and a capture ${hash.digest('hex')}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await pinnedDigests())
