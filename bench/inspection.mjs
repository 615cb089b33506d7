// The builtin inspector beside the real Suricata: `flowtap inspect capture.pcap --rules 100.rules --out DIR` and `suricata -r capture.pcap
// -S 100.rules -l DIR -k none` as processes of their own, from start to end, in turns. Suricata runs as its package configures it
// (suricata.yaml as installed, threads as it chooses), and besides with the configuration that flowtap makes for it, which is leaner:
// the same events as flowtap's, none of the other protocols. The promise is held against the first. Both must give the same alerts.
// flowtap keeps its compiled code from one process to the next; the first run, which has none, is told apart and not measured.
//
// Packets a second are those of the inspector as a library, per second of processor time, events as JSON included: the mean payload is
// about 650 bytes; a mix of conversations, then HTTP alone and then TCP that no parser knows alone. Memory is that of the whole process.
//
// `node bench/inspection.mjs --rounds 1 --passes 2` is a quick look. Without Suricata its cases are left out.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SuricataFolder } from '@flowtap/core/inspect'
import { capture, mixInWords, openFlows, ruleFile } from './lib/inspection-traffic.mjs'
import {
  alternate,
  atLeast,
  atMost,
  conclude,
  machine,
  measure,
  median,
  megabytes,
  nodeCase,
  numericOptions,
  thousands,
  times,
} from './lib/side-by-side.mjs'

const { rounds: ROUNDS, passes: PASSES } = numericOptions({ rounds: 5, passes: 5 })
const PROMISED = {
  packetsPerSecond: 150_000,
  timesSuricata: { '1 MB': 1, '10 MB': 1, '50,000 packets': 1, '50 MB': 2 },
  openFlows: 100_000,
  peakBytes: 300e6,
}
const PACKAGED = '/etc/suricata/suricata.yaml'

const rules = ruleFile()
const command = fileURLToPath(new URL('../packages/cli/bin/flowtap.js', import.meta.url))
const timed = (...args) =>
  measure(['python3', fileURLToPath(new URL('lib/whole-process.py', import.meta.url)), ...args])
const hasSuricata = spawnSync('suricata', ['-V']).status === 0
if (!hasSuricata) console.log('suricata is left out, as it is not installed here')
const folder = hasSuricata ? await SuricataFolder.make({ rules: [rules], fileHashes: ['sha256'] }) : undefined

/** One run, with what it wrote. */
function inspect(name, path) {
  const out = mkdtempSync(join(tmpdir(), 'flowtap-bench-'))
  try {
    const suricata = (configuration) =>
      timed('suricata', '-c', configuration, '-r', path, '-S', rules, '-l', out, '-k', 'none')
    const measured = {
      flowtap: () => timed(process.execPath, command, 'inspect', path, '--rules', rules, '--out', out),
      suricata: () => suricata(existsSync(PACKAGED) ? PACKAGED : folder.configuration),
      'suricata, our configuration': () => suricata(folder.configuration),
    }[name]()
    return { ...measured, alerts: alertsIn(join(out, 'eve.json')) }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** How often each rule alerted, as text. */
function alertsIn(path) {
  const counts = new Map()
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (!line.includes('"event_type":"alert"')) continue
    const { signature_id: sid } = JSON.parse(line).alert
    counts.set(sid, (counts.get(sid) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([sid, count]) => `${sid}: ${count}`)
    .join(', ')
}

const CAPTURES = {
  '1 MB': capture({ mix: 'mixed', bytes: 1e6, open: 50 }),
  '10 MB': capture({ mix: 'mixed', bytes: 10e6 }),
  '50,000 packets': capture({ mix: 'mixed', packets: 50_000 }),
  '50 MB': capture({ mix: 'mixed', bytes: 50e6 }),
}
const NAMES = hasSuricata ? ['flowtap', 'suricata', 'suricata, our configuration'] : ['flowtap']
const wholeRuns = {}
const checks = []
process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), 'flowtap-bench-cache-'))
const first = inspect('flowtap', CAPTURES['1 MB'].path)

console.log(`${machine()}; 100 rules; medians of ${ROUNDS} rounds; ${mixInWords('mixed')} of the conversations`)
console.log(
  `  1 MB, nothing compiled before: ${first.seconds.toFixed(2)} s, processor ${first.cpuSeconds.toFixed(2)} s`,
)
for (const [size, { path, facts }] of Object.entries(CAPTURES)) {
  const cases = Object.fromEntries(NAMES.map((name) => [name, name]))
  const { runs } = alternate(cases, ROUNDS, (name) => inspect(name, path))
  const alerts = new Set(Object.values(runs).flatMap((all) => all.map((run) => run.alerts)))
  if (alerts.size !== 1) throw new Error(`${size}: the alerts differ:\n${[...alerts].join('\n')}`)
  wholeRuns[size] = runs
  const { packets, meanPayload } = JSON.parse(readFileSync(facts, 'utf8'))
  console.log(
    `  ${size}: ${packets} packets, mean payload ${meanPayload.toFixed(0)} bytes; alerts by rule: ${[...alerts][0]}`,
  )
  const seconds = Object.fromEntries(NAMES.map((name) => [name, median(runs[name], (run) => run.seconds).seconds]))
  for (const name of NAMES) {
    const { cpuSeconds, peakBytes } = median(runs[name])
    const ratio = name === 'flowtap' ? '' : `; flowtap takes ${times(seconds.flowtap / seconds[name])}`
    console.log(
      `    ${name.padEnd(28)} ${seconds[name].toFixed(2)} s, processor ${cpuSeconds.toFixed(2)} s, peak ${megabytes(peakBytes)}${ratio}`,
    )
  }
  if (hasSuricata) {
    const promised = PROMISED.timesSuricata[size]
    checks.push(atMost(`${size}: times Suricata's time`, seconds.flowtap / seconds.suricata, promised, times))
  }
}

const LIBRARY = Object.fromEntries(
  ['mixed', 'http', 'tcp'].map((mix) => [
    mix,
    nodeCase('inspection-case.mjs', capture({ mix, bytes: 50e6 }).path, rules, PASSES),
  ]),
)
const library = alternate(LIBRARY, ROUNDS)
for (const [mix, { packets, cpuSeconds }] of Object.entries(library.results)) {
  console.log(`  ${mix} (${mixInWords(mix)}): ${thousands(packets / cpuSeconds)} packets as a library`)
}
const { packets, cpuSeconds } = library.results.mixed
checks.push(atLeast('packets, mixed', packets / cpuSeconds, PROMISED.packetsPerSecond, thousands))

const open = openFlows(PROMISED.openFlows)
const memory = alternate(Object.fromEntries(NAMES.slice(0, 2).map((name) => [name, name])), 1, (name) =>
  inspect(name, open.path),
)
for (const [name, { peakBytes, seconds }] of Object.entries(memory.results)) {
  console.log(`  ${PROMISED.openFlows} open flows, ${name}: peak ${megabytes(peakBytes)}, ${seconds.toFixed(2)} s`)
}
checks.push(
  atMost(`peak, ${PROMISED.openFlows} open flows`, memory.results.flowtap.peakBytes, PROMISED.peakBytes, megabytes),
)

await folder?.remove()
rmSync(process.env.XDG_CACHE_HOME, { recursive: true, force: true })
conclude('inspection', checks, { rounds: ROUNDS, promised: PROMISED, first, whole: wholeRuns, library, memory })
