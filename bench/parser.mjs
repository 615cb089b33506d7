// How fast the parser is: 5 million default-format records, all 14 fields decoded and validated into typed columns
// (addresses are dictionary-encoded Utf8), beside DuckDB and flowlogs-reader, and how much memory it takes.
//
// Every measurement is a process of its own; a round runs each of them once, and the medians of the rounds count. On one
// core, records are counted per second of processor time, with that of every thread of the process; so other work on the
// machine does not count. On two cores, wall time counts. The targets for gzip are for a machine whose gunzip gives
// 650 MB/s, and are scaled by what this machine's gives in the same rounds.
//
// `node bench/parser.mjs --rounds 1 --records 1000000` is a quick look.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { flowLogFile } from './lib/flow-log-data.mjs'
import {
  alternate,
  atLeast,
  atMost,
  conclude,
  machine,
  measure,
  megabytes,
  millions,
  nodeCase,
  numericOptions,
  times,
} from './lib/side-by-side.mjs'

const { rounds: ROUNDS, records: RECORDS } = numericOptions({ rounds: 5, records: 5_000_000 })
const PYTHON_RECORDS = 200_000
const MEMORY_RECORDS = 1_000_000
const MEMORY_REPEAT = 20

const PROMISES = {
  plainRecordsPerSecond: 3e6,
  gzipOneCoreRecordsPerSecond: 2e6,
  gzipTwoCoresRecordsPerSecond: 2.8e6,
  gunzipBytesPerSecondOfThese: 650e6,
  timesDuckDb: 2.5,
  timesFlowlogsReader: 30,
  peakBytes: 200 * 1024 * 1024,
  peakGrowth: 1.2,
}

const here = fileURLToPath(new URL('.', import.meta.url))
const plain = await flowLogFile(RECORDS)
const gzip = await flowLogFile(RECORDS, { gzip: true })
const small = await flowLogFile(PYTHON_RECORDS)
const memoryFile = await flowLogFile(MEMORY_RECORDS, { gzip: true })
const python = flowlogsReader()
const node = (name, path, ...rest) => nodeCase('parser-case.mjs', name, path, ...rest)
const CASES = {
  'plain, one core': node('kernel', plain),
  'plain, one core, TypeScript decoder': node('typescript', plain),
  'plain, one core, parseFlowLogColumns': node('columns', plain),
  gzip: node('columns', gzip),
  'gunzip alone': node('gunzip', gzip),
  'DuckDB, one thread': node('duckdb', plain),
  ...(python === undefined ? {} : { 'flowlogs-reader': [python, `${here}lib/flowlogs-reader-case.py`, small] }),
}

const { runs, results } = alternate(CASES, ROUNDS, measureWithoutIssues)
const memory = {
  oneMillion: measureWithoutIssues(node('repeated', memoryFile, '1')),
  twentyMillion: measureWithoutIssues(node('repeated', memoryFile, String(MEMORY_REPEAT))),
}

const gunzipBytesPerSecond = results['gunzip alone'].bytes / results['gunzip alone'].cpuSeconds
const scale = gunzipBytesPerSecond / PROMISES.gunzipBytesPerSecondOfThese
const speed = (name) => results[name].records / results[name].cpuSeconds
const wallSpeed = (name) => results[name].records / results[name].seconds
const checks = [
  atLeast('plain, one core', speed('plain, one core'), PROMISES.plainRecordsPerSecond, millions),
  atLeast('gzip, one core', speed('gzip'), PROMISES.gzipOneCoreRecordsPerSecond * scale, millions),
  atLeast('gzip, two cores', wallSpeed('gzip'), PROMISES.gzipTwoCoresRecordsPerSecond * scale, millions),
  atLeast('times DuckDB', speed('plain, one core') / speed('DuckDB, one thread'), PROMISES.timesDuckDb, times),
  ...(python === undefined
    ? []
    : [
        atLeast(
          'times flowlogs-reader',
          speed('plain, one core') / speed('flowlogs-reader'),
          PROMISES.timesFlowlogsReader,
          times,
        ),
      ]),
  atMost('peak memory, 20 million', memory.twentyMillion.peakBytes, PROMISES.peakBytes, megabytes),
  atMost(
    'peak memory, 20 million to 1 million',
    memory.twentyMillion.peakBytes / memory.oneMillion.peakBytes,
    PROMISES.peakGrowth,
    times,
  ),
]

console.log(
  `${RECORDS} records, ${Math.round(statSync(plain).size / 1e6)} MB, ${Math.round(statSync(gzip).size / 1e6)} MB as gzip; ` +
    `${machine()}; medians of ${ROUNDS} rounds`,
)
console.log(`  ${''.padEnd(38)} per processor second      per second`)
for (const [name, { records, bytes, seconds, cpuSeconds, peakBytes }] of Object.entries(results)) {
  const rate = (time) =>
    [records > 0 ? millions(records / time) : '', bytes > 0 ? `${Math.round(bytes / time / 1e6)} MB/s` : ''].join(' ')
  const peak = peakBytes === undefined ? '' : `peak ${megabytes(peakBytes)}`
  console.log(`  ${name.padEnd(38)} ${rate(cpuSeconds).padEnd(25)} ${rate(seconds).padEnd(20)} ${peak}`)
}
console.log(`gunzip is ${scale.toFixed(2)} times the machine of the promise; the gzip targets are scaled by that`)
conclude('parser', checks, { records: RECORDS, rounds: ROUNDS, promises: PROMISES, scale, results, memory, runs })

function measureWithoutIssues(command) {
  const result = measure(command)
  if (result.issues > 0) throw new Error(`${result.issues} issues in a file that has none`)
  return result
}

/** The interpreter of a virtual environment with flowlogs-reader, made once; undefined where Python is missing. */
function flowlogsReader() {
  const folder = `${here}.cache/flowlogs-reader`
  const interpreter = `${folder}/bin/python`
  const works = () => spawnSync(interpreter, ['-c', 'import flowlogs_reader']).status === 0
  if (!existsSync(interpreter)) spawnSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
  if (existsSync(interpreter) && !works()) {
    spawnSync(interpreter, ['-m', 'pip', 'install', '--quiet', 'flowlogs-reader'], { stdio: 'inherit' })
  }
  if (existsSync(interpreter) && works()) return interpreter
  console.log('flowlogs-reader cannot be installed here and is left out')
  return undefined
}
