import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import {
  demoDesign,
  type FlowLog,
  LogObjectFolder,
  type MirrorTally,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import { EmbeddedEngine, FolderStore, InMemoryCatalog, type QueryIssue, type ResultText } from '@flowtap/core/athena'
import { mirrorCaptureName, simulate } from '@flowtap/synth'
import {
  ARTICLE_DATABASE,
  ARTICLE_SELECTS,
  BY_DESTINATION,
  CREATE_DATABASE,
  CREATE_TABLE,
} from '../demo/article-queries.ts'
import { articleScenario } from '../demo/article-scenario.ts'
import { type MirroredView, mirroredViews } from '../demo/mirrored-view.ts'
import type { SensorView } from '../demo/sensor-view.ts'
import { SessionTranscript } from '../demo/session-transcript.ts'
import { EXIT_SUCCESS, UsageError } from '../exit-code.ts'
import { CaptureFolder } from '../output/capture-folder.ts'
import { CountingSink } from '../output/counting-sink.ts'
import { formatBytes, formatCount } from '../output/format-quantity.ts'
import { LineFile } from '../output/line-file.ts'
import { renderTextTable } from '../output/text-table.ts'
import type { Streams } from '../streams.ts'

/** The options of `flowtap demo`, as commander gives them. */
export interface DemoOptions {
  readonly seed: number
  readonly out: string
  readonly json?: boolean
}

/** What the demo writes beside the buckets, by name. */
const FILES = { session: 'session.txt', labels: 'labels.jsonl', captures: 'pcap' } as const

interface TrafficOutcome {
  readonly start: string
  readonly end: string
  readonly packets: number
  readonly activities: number
  /** By flow log. */
  readonly flowLogs: readonly FlowLogOutcome[]
  /** Packets of the mirror source, and those that the sensor got. */
  readonly mirrorSourcePackets: number
  readonly mirrored: number
  readonly mirrorCapture: string
  readonly millis: number
}

interface FlowLogOutcome {
  readonly name: string
  readonly scope: string
  readonly place: string
  readonly records: number
  readonly objects: number
  readonly bytes: number
}

interface QueryOutcome {
  readonly sql: string
  readonly rows: number
  readonly firstRows: readonly (readonly ResultText[])[]
  readonly columns: readonly string[]
  readonly objectsOpened: number
  readonly objectsTotal: number
  readonly bytesScanned: number
  readonly issues: readonly QueryIssue[]
  readonly millis: number
}

/** Runs the reference article in simulated time: its session, the flow logs at three scopes, and its questions in Athena SQL. */
export async function runDemo(options: DemoOptions, streams: Streams): Promise<number> {
  const root = resolve(streams.workingDirectory, options.out)
  const place = relative(streams.workingDirectory, root) || '.'
  const topology = resolveDesign(demoDesign())
  await emptyOwnFolder(root, options.out, bucketsOf(topology))
  const print = (text: string): void => {
    if (!options.json) streams.stdout.write(`${text}\n`)
  }
  print(`${describeDesign(topology)}\n`)
  const traffic = await makeTraffic(topology, options.seed, root, options.json ? undefined : streams)
  print(`${describeTraffic(traffic, place)}\n`)
  const views = await mirroredViews(options.seed)
  print(`${describeMirroring(traffic, views, place)}\n`)

  const engine = new EmbeddedEngine({
    catalog: new InMemoryCatalog(),
    store: new FolderStore({ root }),
    database: ARTICLE_DATABASE,
  })
  try {
    for (const statement of [CREATE_DATABASE, CREATE_TABLE]) await (await engine.execute(statement)).close()
    print('Table      vpc_flow_logs, created by the reference article’s query, with partition projection\n')
    const outcomes: QueryOutcome[] = []
    for (const sql of [...ARTICLE_SELECTS, BY_DESTINATION]) {
      const outcome = await measure(engine, sql)
      outcomes.push(outcome)
      print(describeOutcome(outcome, streams.stdout.columns ?? 120))
    }
    if (options.json) {
      streams.stdout.write(
        `${JSON.stringify({ traffic: stable(traffic), mirroring: views, queries: outcomes.map(stable) }, null, 2)}\n`,
      )
    }
    print(`Ask your own question of these files, or open the packets behind them (${join(place, FILES.captures)}):`)
    print(`  npx --no-install flowtap query --logs ${place} "SELECT action, sum(bytes) FROM vpc_flow_logs GROUP BY 1"`)
    return EXIT_SUCCESS
  } finally {
    await engine.close()
  }
}

async function makeTraffic(
  topology: Topology,
  seed: number,
  root: string,
  streams: Streams | undefined,
): Promise<TrafficOutcome> {
  const startMillis = Date.now()
  const transcript = new SessionTranscript(join(root, FILES.session), (text) => streams?.stdout.write(text))
  const labels = new LineFile(join(root, FILES.labels))
  const captures = new CaptureFolder(join(root, FILES.captures))
  const activities = new Set<number>()
  const sinks = new Map(topology.flowLogs.map(({ id }) => [id, new CountingSink(new LogObjectFolder(root))] as const))
  try {
    const summary = await simulate(topology, articleScenario(transcript), {
      seed,
      packets: ['demo'],
      objectSink: { put: (object) => sinks.get(object.flowLogId)?.put(object) },
    }).run({
      onPacket: (captured) => captures.taps.write(captured),
      onMirroredPacket: (mirrored) => captures.mirrorTaps.write(mirrored),
      onActivity: (activity) => {
        activities.add(activity.activity)
        labels.write(JSON.stringify(activity))
      },
    })
    return {
      start: new Date(summary.startMicroseconds / 1_000).toISOString(),
      end: new Date(summary.endMicroseconds / 1_000).toISOString(),
      packets: summary.packetCount,
      activities: activities.size,
      flowLogs: topology.flowLogs.map((flowLog) => ({
        name: flowLog.name,
        scope: flowLog.resource.kind,
        place: s3Place(flowLog),
        records: sinks.get(flowLog.id)?.records ?? 0,
        objects: sinks.get(flowLog.id)?.objects ?? 0,
        bytes: sinks.get(flowLog.id)?.bytes ?? 0,
      })),
      mirrorSourcePackets: summary.mirrorTallies.reduce((sum, tally) => sum + packetsOf(tally), 0),
      mirrored: summary.mirrorTallies.reduce((sum, { mirrored }) => sum + mirrored, 0),
      mirrorCapture: topology.mirrorSessions.map(mirrorCaptureName).join(', '),
      millis: Date.now() - startMillis,
    }
  } finally {
    transcript.close()
    labels.close()
    captures.close()
  }
}

async function measure(engine: EmbeddedEngine, sql: string): Promise<QueryOutcome> {
  const startMillis = Date.now()
  const result = await engine.execute(sql)
  const rows = await result.rows()
  const { objectsOpened, objectsTotal, bytesScanned } = result.statistics
  return {
    sql,
    rows: rows.length,
    firstRows: rows.slice(0, 5),
    columns: result.columns.map((column) => column.name),
    objectsOpened,
    objectsTotal,
    bytesScanned,
    issues: result.issues,
    millis: Date.now() - startMillis,
  }
}

/** What the same seed gives again, so without the time. */
function stable<Outcome extends { readonly millis: number }>({
  millis: _millis,
  ...outcome
}: Outcome): Omit<Outcome, 'millis'> {
  return outcome
}

function describeDesign({ vpcs, interfaces, region, flowLogs }: Topology): string {
  const instances = interfaces.flatMap(({ attachment, addresses }) =>
    attachment.kind === 'instance' ? [`${attachment.instance.name} ${addresses[0]?.address}`] : [],
  )
  return [
    `Design     VPC ${vpcs.map(({ cidrBlocks }) => cidrBlocks.join(', ')).join(', ')} in ${region}`,
    instances.join(' · '),
    `flow logs of ${flowLogs.map(({ resource }) => SCOPES[resource.kind]).join(', ')}`,
  ].join(' · ')
}

const SCOPES = {
  vpc: 'the VPC',
  subnet: 'the subnet',
  'network-interface': 'the ENI',
  'transit-gateway': 'the transit gateway',
  'transit-gateway-attachment': 'the attachment',
} as const

function describeTraffic(traffic: TrafficOutcome, place: string): string {
  const { start, end, packets, flowLogs, activities, millis } = traffic
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000
  const table = renderTextTable(
    [
      { name: 'flow log', align: 'left' },
      { name: 'records', align: 'right' },
      { name: 'log files', align: 'right' },
      { name: 'size', align: 'right' },
      { name: 'in', align: 'left' },
    ],
    flowLogs.map((one) => [
      one.name,
      one.records.toLocaleString('en-US'),
      one.objects.toLocaleString('en-US'),
      formatBytes(one.bytes),
      join(place, one.place),
    ]),
    200,
  )
  return [
    `Traffic    ${formatCount(packets, 'packet')} at ENIs in ${days} simulated days from ${start.slice(0, 10)}, made in ${(millis / 1000).toFixed(1)} s · ${activities} activities labelled\n`,
    table.replace(/^(?=.)/gm, '  ').trimEnd(),
  ].join('\n')
}

function packetsOf({ mirrored, filtered, excluded, dropped }: MirrorTally): number {
  const others = [...Object.values(excluded), ...Object.values(dropped)]
  return others.reduce((sum, packets) => sum + packets, mirrored + filtered)
}

function describeMirroring(traffic: TrafficOutcome, views: readonly MirroredView[], place: string): string {
  const { mirrored, mirrorSourcePackets, mirrorCapture } = traffic
  const table = renderTextTable(
    [
      { name: 'the sensor sees of', align: 'left' },
      ...views.map(({ filter }) => ({ name: `with ${filter}`, align: 'left' as const })),
    ],
    [
      ...(views[0]?.requests ?? []).map(({ request }) => [
        `curl ${request}://google.com`,
        ...views.map(({ requests }) => {
          const seen = requests.find((one) => one.request === request)
          return seen
            ? `${seen.sentMirrored} of ${seen.sent} packets sent, ${seen.receivedMirrored} of ${seen.received} received`
            : null
        }),
      ]),
      ...SEEN.map(([name, seen]) => [name, ...views.map(({ sensor }) => seen(sensor) || 'none')]),
    ],
    200,
  )
  return [
    `Mirroring  ${mirrored.toLocaleString('en-US')} of the demo instance’s ${formatCount(mirrorSourcePackets, 'packet')} came to the sensor in VXLAN: ${join(place, FILES.captures, mirrorCapture)}\n`,
    table.replace(/^(?=.)/gm, '  ').trimEnd(),
  ].join('\n')
}

/** What an intrusion detection system at the sensor tells. */
const SEEN: readonly (readonly [name: string, seen: (sensor: SensorView) => string])[] = [
  ['HTTP hosts', ({ hosts }) => hosts.join(', ')],
  ['TLS server names', ({ serverNames }) => serverNames.join(', ')],
  ['alerts', ({ alerts }) => alerts.join(', ')],
  [
    'IDS events',
    ({ events }) =>
      Object.entries(events)
        .map(([type, count]) => `${count} ${type}`)
        .join(', '),
  ],
]

/** The columns that tell most; the others are in the files. */
const SHOWN = [
  'sourceaddress',
  'destinationaddress',
  'destinationport',
  'numpackets',
  'numbytes',
  'action',
  'logstatus',
]

function describeOutcome(outcome: QueryOutcome, width: number): string {
  const shown = outcome.columns.length > SHOWN.length ? SHOWN : outcome.columns
  const indexes = shown.map((name) => outcome.columns.indexOf(name))
  const table = renderTextTable(
    shown.map((name) => ({ name, align: /port|num|records|packets|bytes/.test(name) ? 'right' : 'left' })),
    outcome.firstRows.map((row) => indexes.map((index) => row[index] ?? null)),
    width - 2,
  )
  const more = outcome.rows > outcome.firstRows.length ? `  … ${formatCount(outcome.rows, 'row')} in all\n` : ''
  const issues = outcome.issues.map(
    (issue) =>
      `  ! ${issue.object}${issue.line === undefined ? '' : ` line ${issue.line}`}: ${issue.code}: ${issue.message}\n`,
  )
  return [
    `athena> ${outcome.sql}`,
    `${table.replace(/^(?=.)/gm, '  ')}${more}${issues.join('')}  ${formatCount(outcome.rows, 'row')} · ${outcome.objectsOpened} of ${formatCount(outcome.objectsTotal, 'object')} opened · ${formatBytes(outcome.bytesScanned)} scanned · ${(outcome.millis / 1000).toFixed(2)} s`,
    '',
  ].join('\n')
}

function bucketsOf({ flowLogs }: Topology): readonly string[] {
  return flowLogs.flatMap(({ destination }) => (destination.kind === 's3' ? [destination.bucket] : []))
}

function s3Place({ destination }: FlowLog): string {
  return destination.kind === 's3' ? join(destination.bucket, destination.prefix, 'AWSLogs') : ''
}

/** A demo may begin its own folder anew, and touches no other one. */
async function emptyOwnFolder(root: string, named: string, buckets: readonly string[]): Promise<void> {
  await mkdir(root, { recursive: true })
  const own = new Set<string>([...buckets, ...Object.values(FILES)])
  const entries = await readdir(root)
  const foreign = entries.find((entry) => !own.has(entry))
  if (foreign !== undefined) {
    throw new UsageError(`${named} holds other files (${foreign}, …); name an empty or new folder with --out`)
  }
  for (const entry of entries) await rm(join(root, entry), { recursive: true })
}
