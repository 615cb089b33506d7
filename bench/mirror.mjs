// Traffic mirroring: packets of 650 bytes of a source with three sessions and eleven rules in each direction, of which all are asked, are
// filtered, given to a session and wrapped into VXLAN; first without and then with the bytes of the copies. Beside it scapy wraps the same
// packets, with a comparison of ports for a filter.
//
// Every measurement is a process of its own; a round runs each of them once, and the medians of the rounds count. Packets are made before.
// Packets are counted per second of processor time. Before that, both sides' copies must be the same bytes, but for the source port, whose
// hash is not known. `node bench/mirror.mjs --rounds 1 --packets 500000` is a quick look.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { scapyInterpreter } from './lib/scapy.mjs'

const { values: given } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, packets: { type: 'string', default: '5000000' } },
})
const ROUNDS = Number(given.rounds)
const PACKETS = Number(given.packets)
const SCAPY_PACKETS = 5000
const PROMISED_PACKETS_PER_SECOND = 2e6

const here = fileURLToPath(new URL('.', import.meta.url))
const python = scapyInterpreter()
const node = (name, packets) => [process.execPath, `${here}lib/mirror-case.mjs`, name, String(packets)]
const compared = measure(node('digest', 1000))
const scapyCase = (name, packets) => [
  python,
  `${here}lib/scapy-mirror-case.py`,
  name,
  String(packets),
  compared.source,
  compared.router,
]
const CASES = {
  copies: node('copies', PACKETS),
  'copies and their bytes': node('bytes', PACKETS),
  ...(python === undefined ? {} : { scapy: scapyCase('bytes', SCAPY_PACKETS) }),
}
if (python !== undefined) {
  const other = measure(scapyCase('digest', 1000))
  if (compared.digest !== other.digest) {
    throw new Error(`the copies of 1,000 packets differ: ${compared.digest} and ${other.digest}`)
  }
}

const runs = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]))
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [name, command] of Object.entries(CASES)) {
    process.stderr.write(`round ${round} of ${ROUNDS}: ${name}\n`)
    runs[name].push(measure(command))
  }
}
const results = Object.fromEntries(Object.entries(runs).map(([name, measured]) => [name, median(measured)]))
const speed = (name) => results[name].packets / results[name].cpuSeconds

console.log(
  `${PACKETS} packets of ${results.copies.meanBytes} bytes; ${cpus()[0]?.model}, Node ${process.version}; medians of ${ROUNDS} rounds`,
)
for (const name of Object.keys(results)) {
  console.log(`  ${name.padEnd(24)} ${(speed(name) / 1e3).toFixed(1)} thousand packets/s`)
}
if (python !== undefined) {
  console.log(`  flowtap / scapy = ${(speed('copies and their bytes') / speed('scapy')).toFixed(0)} x, same bytes`)
}
const isKept = speed('copies') >= PROMISED_PACKETS_PER_SECOND
console.log(
  `  ${isKept ? 'kept  ' : 'BROKEN'} ${(speed('copies') / 1e6).toFixed(2)} million packets/s (promised at least ${PROMISED_PACKETS_PER_SECOND / 1e6} million)`,
)

mkdirSync(`${here}results`, { recursive: true })
writeFileSync(
  `${here}results/mirror.json`,
  `${JSON.stringify({ packets: PACKETS, rounds: ROUNDS, promised: PROMISED_PACKETS_PER_SECOND, timesScapy: python === undefined ? null : speed('copies and their bytes') / speed('scapy'), isKept, results, runs }, null, 2)}\n`,
)
if (!isKept) process.exitCode = 1

function measure([command, ...args]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed\n${stderr}`)
  return JSON.parse(stdout)
}

function median(measured) {
  return measured.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[Math.floor(measured.length / 2)]
}
