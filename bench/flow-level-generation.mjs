// Flow logs without packets: records a second of processor time to plain text (gzip level 0: deflate stores the lines) and to gzip at level
// 1, with a sink that keeps nothing; a simulated day of the reference traffic, beside the same conversations with their packets; and whether
// time grows with the records while memory does not. Each measurement is a process of its own that begins with nothing loaded.
//
// The peer is our own packet path: it gives the same records of the same conversations, and there is no other generator that does.
// `node bench/flow-level-generation.mjs --rounds 1 --largest 10000000` is a quick look; 100 million records take some minutes.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { demoDesign, resolveDesign } from '@flowtap/core'
import { conversationsScenario, everydayTraffic, generateFlowLogs, referenceTraffic, simulate } from '@flowtap/synth'

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    largest: { type: 'string', default: '100000000' },
    measure: { type: 'string' },
  },
})
const PROMISED = { textPerSecond: 1e6, gzipPerSecond: 0.5e6, daySeconds: 1, peakBytes: 300e6, growth: 1.25 }
const DAY = 86_400_000_000
const NO_SINK = { put() {} }
const CONVERSATIONS_PER_SECOND = 200
/** AWS's default format, as the other benchmarks have it. */
const FORMAT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'

const MEASUREMENTS = {
  volume: async (records, gzipLevel) => {
    const resolved = resolveDesign(demoDesign())
    const flowLogs = resolved.flowLogs.map((flowLog) => ({ ...flowLog, logFormat: FORMAT.split(' ') }))
    const traffic = everydayTraffic({
      durationMicroseconds: 10_000 * DAY,
      conversationsPerSecond: CONVERSATIONS_PER_SECOND,
    })
    const { recordCount } = await generateFlowLogs({ ...resolved, flowLogs }, traffic, {
      records,
      gzipLevel,
      objectSink: NO_SINK,
    })
    return recordCount
  },
  flows: async () => {
    const traffic = referenceTraffic({ durationMicroseconds: DAY })
    return (await generateFlowLogs(demoDesign(), traffic, { objectSink: NO_SINK })).recordCount
  },
  packets: async () => {
    const scenario = conversationsScenario(referenceTraffic({ durationMicroseconds: DAY }))
    return (await simulate(demoDesign(), scenario, { objectSink: NO_SINK }).run()).packetCount
  },
}

if (given.measure) {
  const [name, ...numbers] = given.measure.split(' ')
  const started = performance.now()
  const used = process.cpuUsage()
  const count = await MEASUREMENTS[name](...numbers.map(Number))
  const { user, system } = process.cpuUsage(used)
  const cpuSeconds = (user + system) / 1e6
  const seconds = (performance.now() - started) / 1e3
  console.log(JSON.stringify({ count, seconds, cpuSeconds, peakBytes: process.resourceUsage().maxRSS * 1024 }))
} else {
  compare()
}

function compare() {
  const rounds = Number(given.rounds)
  const largest = Number(given.largest)
  const amounts = [1e6, 1e7, 1e8].filter((records) => records <= largest)
  const results = {
    text: median(rounds, 'volume 10000000 0'),
    gzip: median(rounds, 'volume 10000000 1'),
    flows: median(rounds, 'flows'),
    packets: median(rounds, 'packets'),
    // The largest takes minutes and is measured once.
    amounts: amounts.map((records) => median(records < 1e8 ? rounds : 1, `volume ${records} 1`)),
  }
  const perSecond = ({ count, cpuSeconds }) => count / cpuSeconds
  const growth = results.amounts
    .slice(1)
    .map(
      (more, place) =>
        more.cpuSeconds / more.count / (results.amounts[place].cpuSeconds / results.amounts[place].count),
    )
  const peak = Math.max(...results.amounts.map(({ peakBytes }) => peakBytes))
  console.log(
    `${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; medians of ${rounds} rounds`,
  )
  console.log(`  text          ${millions(perSecond(results.text))} records/s of processor time`)
  console.log(`  gzip level 1  ${millions(perSecond(results.gzip))} records/s`)
  console.log(
    `  24 h of the reference traffic: ${results.flows.cpuSeconds.toFixed(2)} s of processor time without packets, ` +
      `${results.packets.cpuSeconds.toFixed(2)} s with its ${results.packets.count} packets`,
  )
  for (const { count, cpuSeconds, peakBytes } of results.amounts) {
    console.log(`  ${count} records: ${cpuSeconds.toFixed(1)} s, ${(peakBytes / 1e6).toFixed(0)} MB`)
  }
  const checks = [
    ['text, records/s', perSecond(results.text), PROMISED.textPerSecond, true],
    ['gzip level 1, records/s', perSecond(results.gzip), PROMISED.gzipPerSecond, true],
    ['a reference day, s', results.flows.cpuSeconds, PROMISED.daySeconds, false],
    ['time for a record, more over fewer', Math.max(0, ...growth), PROMISED.growth, false],
    ['peak memory, bytes', peak, PROMISED.peakBytes, false],
  ].map(([name, value, limit, isLeast]) => ({ name, value, limit, isKept: isLeast ? value >= limit : value < limit }))
  for (const { name, value, limit, isKept } of checks) {
    console.log(`  ${isKept ? 'kept  ' : 'BROKEN'} ${name}: ${value.toPrecision(3)} (promised ${limit})`)
    if (!isKept) process.exitCode = 1
  }
  const folder = fileURLToPath(new URL('./results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    `${folder}flow-level-generation.json`,
    `${JSON.stringify({ promises: PROMISED, results, checks }, null, 2)}\n`,
  )
}

/** By processor time. */
function median(rounds, measure) {
  const runs = Array.from({ length: rounds }, () => {
    process.stderr.write(`${measure}\n`)
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--measure', measure], {
      encoding: 'utf8',
    })
    if (child.status !== 0) throw new Error(child.stderr)
    return JSON.parse(child.stdout)
  })
  return runs.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[Math.floor(rounds / 2)]
}

function millions(value) {
  return `${(value / 1e6).toFixed(2)} M`
}
