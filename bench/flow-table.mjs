// How fast packets become flows and flows become records: calls of capture() a second at 10,000 and 100,000 concurrent flows, and records
// a second from the table's numbers to text, to gzip at level 1, and (for comparison) to record objects. For comparison too: a Map by text.
//
// One core: what counts is processor time of the process. Packets are made anew shortly before they are captured, as they are in a
// simulation, outside of the time that counts; which flow comes next is random. `node bench/flow-table.mjs --rounds 1 --captures 1000000`
// is a quick look.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  FlowLogPipeline,
  FlowRow,
  IpAddress,
  interfaceRecordFormat,
  LineBuffer,
  Packet,
  recordContext,
} from '@flowtap/core'

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    captures: { type: 'string', default: '4000000' },
    records: { type: 'string', default: '2000000' },
  },
})
const ROUNDS = Number(given.rounds)
const CAPTURES = Number(given.captures)
const RECORDS = Number(given.records)

const PROMISES = {
  capturesPerSecondAt10000Flows: 5e6,
  capturesPerSecondAt100000Flows: 2e6,
  textRecordsPerSecond: 1e6,
  gzipRecordsPerSecond: 0.5e6,
}

const SECOND = 1_000_000
const START = 1_700_000_400
const INTERFACES = 100
const PEERS = 2000
const BATCH = 1024
const DEFAULT_FORMAT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
const LONG_FORMAT = `${DEFAULT_FORMAT} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path`
const ACCEPT = { action: 'ACCEPT', reason: { kind: 'tracked-connection' } }
const INTERNET = { trafficPath: 8, networkInterface: undefined }
const NO_SINK = { put() {} }

const CASES = {
  'capture, 10,000 flows': () => captures(10_000),
  'capture, 100,000 flows': () => captures(100_000),
  'Map with text keys, 10,000 flows': () => captures(10_000, textKeyMap),
  'Map with text keys, 100,000 flows': () => captures(100_000, textKeyMap),
  'text, 14 fields': () => text(DEFAULT_FORMAT),
  'text, 27 fields': () => text(LONG_FORMAT),
  'record objects, 14 fields': () => objects(DEFAULT_FORMAT),
  'flows to gzip files, level 1': () => files(1),
  'flows to gzip files, level 6': () => files(6),
}

const runs = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]))
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(CASES)) {
    process.stderr.write(`round ${round} of ${ROUNDS}: ${name}\n`)
    runs[name].push(await run())
  }
}
const results = Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, median(all)]))
const checks = [
  check('capture, 10,000 flows', PROMISES.capturesPerSecondAt10000Flows),
  check('capture, 100,000 flows', PROMISES.capturesPerSecondAt100000Flows),
  check('text, 14 fields', PROMISES.textRecordsPerSecond),
  check('flows to gzip files, level 1', PROMISES.gzipRecordsPerSecond),
]

console.log(
  `${CAPTURES} captures, ${RECORDS} records; ${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; ` +
    `medians of ${ROUNDS} rounds, per second of processor time`,
)
for (const [name, perSecond] of Object.entries(results)) console.log(`  ${name.padEnd(34)} ${millions(perSecond)}`)
for (const { name, value, target, isKept } of checks) {
  console.log(`  ${isKept ? 'kept  ' : 'BROKEN'} ${name.padEnd(30)} ${value} (promised ${target})`)
}
const folder = fileURLToPath(new URL('./results/', import.meta.url))
mkdirSync(folder, { recursive: true })
writeFileSync(
  `${folder}flow-table.json`,
  `${JSON.stringify({ captures: CAPTURES, records: RECORDS, rounds: ROUNDS, promises: PROMISES, results, checks, runs }, null, 2)}\n`,
)
if (checks.some(({ isKept }) => !isKept)) process.exitCode = 1

/** Captures a second, intervals written out on the way included; a million packets make a minute. */
async function captures(flows, counterOf = pipelineOf) {
  const topology = topologyOf(DEFAULT_FORMAT)
  const counter = counterOf(topology)
  const random = generator(flows)
  const peers = Array.from({ length: PEERS }, () => IpAddress.fromIpv4Bits(0x34000000 + random(1 << 24)))
  const peerOf = Uint16Array.from({ length: flows }, () => random(PEERS))
  const portOf = Uint16Array.from({ length: flows }, () => 1024 + random(64_000))
  const batch = new Array(BATCH)
  const flowOf = new Int32Array(BATCH)
  let microseconds = 0
  for (let done = 0; done < CAPTURES; done += BATCH) {
    for (let place = 0; place < BATCH; place += 1) {
      const flow = random(flows)
      const own = topology.interfaces[flow % INTERFACES].addresses[0].address
      const peer = peers[peerOf[flow]]
      flowOf[place] = flow
      batch[place] = new Packet({
        source: flow & 1 ? own : peer,
        destination: flow & 1 ? peer : own,
        protocol: 6,
        sourcePort: flow & 1 ? portOf[flow] : 443,
        destinationPort: flow & 1 ? 443 : portOf[flow],
        tcpFlags: 16,
        payloadLength: 1000,
      })
    }
    const before = process.cpuUsage()
    for (let place = 0; place < BATCH; place += 1) {
      const flow = flowOf[place]
      const time = START * SECOND + (done + place) * 60
      counter.capture(
        topology.interfaces[flow % INTERFACES],
        flow & 1 ? 'egress' : 'ingress',
        batch[place],
        time,
        ACCEPT,
        INTERNET,
      )
    }
    const used = process.cpuUsage(before)
    microseconds += used.user + used.system
  }
  await counter.end((START + 3600) * SECOND)
  return CAPTURES / (microseconds / 1e6)
}

function pipelineOf(topology) {
  return new FlowLogPipeline(topology, { startMicroseconds: START * SECOND, objectSink: NO_SINK, gzipLevel: 1 })
}

/** The plain way, for comparison: an object for each flow in a Map by text, emptied every minute and never written. */
function textKeyMap() {
  let flows = new Map()
  let end = (START + 60) * SECOND
  return {
    capture({ id }, direction, packet, time, { action }) {
      if (time >= end) {
        flows = new Map()
        end += 60 * SECOND
      }
      const { source, destination, sourcePort, destinationPort, protocol } = packet
      const key = `${id} ${direction} ${source} ${sourcePort} ${destination} ${destinationPort} ${protocol} ${action}`
      const flow = flows.get(key)
      if (flow) {
        flow.packets += 1
        flow.bytes += packet.length
        flow.last = time
        flow.tcpFlags |= packet.tcpFlags
      } else {
        flows.set(key, { packets: 1, bytes: packet.length, first: time, last: time, tcpFlags: packet.tcpFlags })
      }
    },
    end() {},
  }
}

/** Lines a second into a buffer. */
async function text(format) {
  const topology = topologyOf(format)
  const context = recordContext(topology)
  const recordFormat = interfaceRecordFormat(topology.flowLogs[0], () => context)
  const lines = new LineBuffer(1 << 20)
  return perSecond(() =>
    eachRow(topology, (row) => {
      recordFormat.write(row, lines)
      if (lines.length > 900_000) lines.length = 0
    }),
  )
}

async function objects(format) {
  const topology = topologyOf(format)
  const context = recordContext(topology)
  const recordFormat = interfaceRecordFormat(topology.flowLogs[0], () => context)
  let kept
  const speed = await perSecond(() =>
    eachRow(topology, (row) => {
      kept = recordFormat.record(row)
    }),
  )
  if (kept === undefined) throw new Error('no records')
  return speed
}

/** Flows through the table, the text and gzip to files that nobody keeps. */
function files(gzipLevel) {
  const topology = topologyOf(DEFAULT_FORMAT)
  const pipeline = new FlowLogPipeline(topology, { startMicroseconds: START * SECOND, objectSink: NO_SINK, gzipLevel })
  return perSecond(async () => {
    eachRow(topology, (row) => pipeline.writeFlow(row))
    await pipeline.end((START + 3600) * SECOND)
  })
}

/** Calls back with so many different rows, 50,000 a minute. */
function eachRow(topology, use) {
  const random = generator(7)
  const row = new FlowRow(topology.interfaces[0])
  row.nextHop = INTERNET
  for (let record = 0; record < RECORDS; record += 1) {
    const isEgress = (record & 1) === 1
    const second = START + Math.floor(record / 50_000) * 60
    row.networkInterface = topology.interfaces[record % INTERFACES]
    const own = row.networkInterface.addresses[0].address
    row.direction = isEgress ? 'egress' : 'ingress'
    row.action = record % 12 === 0 ? 'REJECT' : 'ACCEPT'
    row.source.word3 = isEgress ? own.word3 : 0x34000000 + random(1 << 24)
    row.destination.word3 = isEgress ? 0x34000000 + random(1 << 24) : own.word3
    row.sourcePort = isEgress ? 1024 + random(64_000) : 443
    row.destinationPort = isEgress ? 443 : 1024 + random(64_000)
    row.protocol = 6
    row.packets = 1 + random(1000)
    row.bytes = row.packets * (40 + random(1460))
    row.startSeconds = second + random(30)
    row.endSeconds = row.startSeconds + random(30)
    row.tcpFlags = 19
    use(row)
  }
}

async function perSecond(work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return RECORDS / ((user + system) / 1e6)
}

/** A VPC of 100 instances with one flow log. */
function topologyOf(format) {
  const vpc = { id: 'vpc-0123456789abcdef0', ownerId: '123456789012', region: 'us-west-2', cidrBlocks: [] }
  const availabilityZone = { id: 'usw2-az1', kind: 'availability-zone', sublocationId: undefined }
  const subnet = { id: 'subnet-0123456789abcdef0', vpc, availabilityZone }
  const interfaces = Array.from({ length: INTERFACES }, (_, index) => ({
    index,
    id: `eni-0${(0x123456789abcd00 + index).toString(16)}`,
    tags: {},
    vpc,
    subnet,
    ownerId: vpc.ownerId,
    interfaceType: 'interface',
    addresses: [{ address: IpAddress.fromIpv4Bits(0x0a000100 + index), publicAddress: undefined }],
    isRequesterManaged: false,
    attachment: { kind: 'instance', instance: { id: `i-0${index}`, tags: {}, isNitro: true }, deviceIndex: 0 },
  }))
  const flowLog = {
    id: 'fl-0123456789abcdef0',
    name: 'all',
    resource: { kind: 'vpc', vpc },
    trafficType: 'ALL',
    maxAggregationIntervalSeconds: 60,
    logFormat: format.split(' '),
    tagKeys: { instance: [], networkInterface: [], autoScalingGroup: [] },
    destination: {
      kind: 's3',
      bucket: 'flow-logs',
      prefix: '',
      fileFormat: 'plain-text',
      hiveCompatiblePartitions: false,
      perHourPartition: false,
    },
  }
  return {
    accountId: vpc.ownerId,
    region: vpc.region,
    interfaces,
    flowLogs: [flowLog],
    transitGateways: [],
    serviceRanges: [],
  }
}

/** Whole numbers below a limit, always the same (Numerical Recipes' linear congruential generator). */
function generator(seed) {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * limit)
  }
}

function median(measured) {
  return measured.toSorted((a, b) => a - b)[Math.floor(measured.length / 2)]
}

function check(name, promised) {
  const value = results[name]
  return { name, value: millions(value), target: `at least ${millions(promised)}`, isKept: value >= promised }
}

function millions(perSecond) {
  return `${(perSecond / 1e6).toFixed(2)} M/s`
}
