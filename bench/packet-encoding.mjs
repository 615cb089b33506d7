// Packets of full-size frames encoded with checksums into a capture file that goes nowhere, beside scapy with the same packets.
//
// Every measurement is a process of its own; a round runs each of them once, and the medians of the rounds count. Packets are made
// before; what is measured is their bytes, checksums and capture records. Bytes are counted per second of processor time. Before that,
// both sides write a small file, and the two must be the same.
//
// `node bench/packet-encoding.mjs --rounds 1 --packets 100000` is a quick look.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { scapyInterpreter } from './lib/scapy.mjs'

const { values: given } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, packets: { type: 'string', default: '1000000' } },
})
const ROUNDS = Number(given.rounds)
const PACKETS = Number(given.packets)
const SCAPY_PACKETS = 5000
const PROMISED_BYTES_PER_SECOND = 1e9

const here = fileURLToPath(new URL('.', import.meta.url))
const python = scapyInterpreter()
const node = (name, packets) => [process.execPath, `${here}lib/packet-encoding-case.mjs`, name, String(packets)]
const scapyCase = (name, packets) => [python, `${here}lib/scapy-case.py`, name, String(packets)]
const CASES = {
  'payload bytes': node('bytes', PACKETS),
  'payload of zeros': node('zeros', PACKETS),
  ...(python === undefined ? {} : { scapy: scapyCase('bytes', SCAPY_PACKETS) }),
}

if (python !== undefined) {
  const digests = [measure(node('digest', 1000)), measure(scapyCase('digest', 1000))].map(({ digest }) => digest)
  if (digests[0] !== digests[1]) throw new Error(`the files of 1,000 packets differ: ${digests.join(' and ')}`)
}

const runs = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]))
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [name, command] of Object.entries(CASES)) {
    process.stderr.write(`round ${round} of ${ROUNDS}: ${name}\n`)
    runs[name].push(measure(command))
  }
}
const results = Object.fromEntries(Object.entries(runs).map(([name, measured]) => [name, median(measured)]))
const speed = (name) => results[name].bytes / results[name].cpuSeconds

console.log(
  `${PACKETS} frames of ${results['payload bytes'].frameBytes} bytes; ${cpus()[0]?.model}, Node ${process.version}; medians of ${ROUNDS} rounds`,
)
for (const [name, { packets, cpuSeconds }] of Object.entries(results)) {
  const packetsPerSecond = (packets / cpuSeconds / 1e3).toFixed(1)
  console.log(`  ${name.padEnd(20)} ${(speed(name) / 1e9).toFixed(3)} GB/s, ${packetsPerSecond} thousand packets/s`)
}
if (python !== undefined)
  console.log(`  flowtap / scapy = ${(speed('payload bytes') / speed('scapy')).toFixed(0)} x, same bytes`)
const isKept = speed('payload bytes') >= PROMISED_BYTES_PER_SECOND
console.log(
  `  ${isKept ? 'kept  ' : 'BROKEN'} ${(speed('payload bytes') / 1e9).toFixed(2)} GB/s (promised at least ${PROMISED_BYTES_PER_SECOND / 1e9} GB/s)`,
)

mkdirSync(`${here}results`, { recursive: true })
writeFileSync(
  `${here}results/packet-encoding.json`,
  `${JSON.stringify({ packets: PACKETS, rounds: ROUNDS, promised: PROMISED_BYTES_PER_SECOND, timesScapy: python === undefined ? null : speed('payload bytes') / speed('scapy'), isKept, results, runs }, null, 2)}\n`,
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
