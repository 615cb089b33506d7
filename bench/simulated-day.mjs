// Simulated days of the reference design with packets: from the design as JSON to its flow logs' files in memory, in a process of its own
// that begins with nothing loaded. Time is that of the whole process by the clock, so that it holds for a machine with two cores or more;
// processor time stands beside it. 1, 2, 4 and 8 days show whether time grows with the days and memory does not.
//
// `node bench/simulated-day.mjs --rounds 1` is a quick look.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values: given } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const ROUNDS = Number(given.rounds)
const DAYS = [1, 2, 4, 8]
const PROMISED = {
  /** Of one day, by the clock. */
  seconds: 5,
  /** Of any number of days. */
  peakBytes: 300e6,
  /** Processor time of a day more among eight over that of a day more among two; 1 is linear. */
  growth: 1.25,
}

const here = fileURLToPath(new URL('.', import.meta.url))
const runs = Object.fromEntries(DAYS.map((days) => [days, []]))
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const days of DAYS) {
    process.stderr.write(`round ${round} of ${ROUNDS}: ${days} days\n`)
    runs[days].push(measure(days))
  }
}
const results = Object.fromEntries(
  DAYS.map((days) => [days, runs[days].toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[Math.floor(ROUNDS / 2)]]),
)
const cpu = (days) => results[days].cpuSeconds
// What the process needs before it simulates is in all of them.
const growth = (cpu(8) - cpu(4)) / 4 / ((cpu(4) - cpu(2)) / 2)
const largest = Math.max(...DAYS.map((days) => results[days].peakBytes))

console.log(
  `the reference design; ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; medians of ${ROUNDS} rounds`,
)
for (const days of DAYS) {
  const { seconds, cpuSeconds, packets, records, files, peakBytes } = results[days]
  console.log(
    `  ${days} day${days === 1 ? ' ' : 's'} ${seconds.toFixed(2)} s (processor ${cpuSeconds.toFixed(2)} s), ` +
      `${packets} packets at ENIs, ${records} records in ${files} files, ${(peakBytes / 1e6).toFixed(0)} MB`,
  )
}
const checks = [
  ['a day', results[1].seconds, PROMISED.seconds, 's'],
  ['a day more, late over early', growth, PROMISED.growth, 'x'],
  ['peak memory', largest / 1e6, PROMISED.peakBytes / 1e6, 'MB'],
]
for (const [name, value, limit, unit] of checks) {
  console.log(
    `  ${value < limit ? 'kept  ' : 'BROKEN'} ${name}: ${value.toFixed(2)} ${unit} (promised below ${limit} ${unit})`,
  )
  if (!(value < limit)) process.exitCode = 1
}
mkdirSync(`${here}results`, { recursive: true })
writeFileSync(
  `${here}results/simulated-day.json`,
  `${JSON.stringify({ rounds: ROUNDS, promised: PROMISED, load: loadavg(), growth, results, runs }, null, 2)}\n`,
)

function measure(days) {
  const start = performance.now()
  const command = [`${here}lib/simulated-day-case.mjs`, String(days)]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command.join(' ')} failed\n${stderr}`)
  return { seconds: (performance.now() - start) / 1000, ...JSON.parse(stdout) }
}
