// Packets through the network and into flow logs: routes, groups with tracking, network ACLs, gateways, the verdict at each ENI, the flow
// table, and the records that it gives as text in gzip files of level 1, which nobody keeps.
//
// A packet counts once, however many ENIs capture it on its way: two where an instance calls another one, one through an internet
// gateway, three through a NAT gateway. So many TCP connections are open at a time, each in the order of SYN, data, acknowledgments and
// FIN, with 11 to 188 packets; two million packets are a minute of simulated time, and aggregation intervals last 60 seconds. What counts
// is processor time of the process, garbage collection included; packets are made shortly before they are sent, outside of it. Every
// measurement is a process of its own; a round runs each once, and the medians of the rounds count.
//
// Beside it scapy dissects the packets that the internet gateway's case sends and sums them by 5-tuple, without any verdict: first both
// must find the same flows and bytes. `node bench/packet-path.mjs --rounds 1 --packets 1000000` is a quick look; it needs 2.1 million
// packets for an interval to end before the last packet.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { scapyInterpreter } from './lib/scapy.mjs'

const { values: given } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, packets: { type: 'string', default: '3000000' } },
})
const ROUNDS = Number(given.rounds)
const PACKETS = Number(given.packets)
const SCAPY_PACKETS = 20_000
const SCAPY_PATH = 'internet-gateway'
/** Packets a second by concurrent flows. */
const PROMISED = { 10000: 400_000, 100000: 200_000 }

const here = fileURLToPath(new URL('.', import.meta.url))
const node = (...args) => [process.execPath, `${here}lib/packet-path-case.mjs`, ...args.map(String)]
const python = scapyInterpreter()
const folder = mkdtempSync(`${tmpdir()}/flowtap-packet-path-`)
const capture = `${folder}/packets.pcap`

const CASES = Object.fromEntries(
  ['local', 'internet-gateway', 'nat-gateway'].flatMap((path) =>
    Object.keys(PROMISED).map((flows) => [`${path}, ${flows} flows`, { flows, command: node(path, flows, PACKETS) }]),
  ),
)
if (python) {
  CASES.scapy = { command: [python, `${here}lib/scapy-flows-case.py`, capture] }
  const sent = measure(node(SCAPY_PATH, 10_000, SCAPY_PACKETS, capture))
  const read = measure(CASES.scapy.command)
  for (const key of ['packets', 'flows', 'bytes']) {
    if (sent[key] !== read[key])
      throw new Error(`${key} of the capture file: ${sent[key]} sent, scapy reads ${read[key]}`)
  }
}

const runs = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]))
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [name, { command }] of Object.entries(CASES)) {
    process.stderr.write(`round ${round} of ${ROUNDS}: ${name}\n`)
    runs[name].push(measure(command))
  }
}
rmSync(folder, { recursive: true })

const results = Object.fromEntries(
  Object.entries(runs).map(([name, measured]) => {
    const sorted = measured.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)
    const middle = sorted[Math.floor(sorted.length / 2)]
    return [name, { ...middle, packetsPerSecond: middle.packets / middle.cpuSeconds }]
  }),
)
console.log(
  `${PACKETS} packets; ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; ` +
    `medians of ${ROUNDS} rounds, per second of processor time`,
)
let isAllKept = true
for (const [name, { flows }] of Object.entries(CASES)) {
  const { packetsPerSecond, capturesPerPacket, records, peakBytes } = results[name]
  const thousands = (packetsPerSecond / 1e3).toFixed(0)
  if (flows === undefined) {
    const ratio = results[`${SCAPY_PATH}, 10000 flows`].packetsPerSecond / packetsPerSecond
    console.log(
      `  ${name.padEnd(32)} ${thousands.padStart(5)} thousand packets/s; flowtap / scapy = ${ratio.toFixed(0)} x`,
    )
    continue
  }
  const isKept = packetsPerSecond >= PROMISED[flows]
  isAllKept &&= isKept
  console.log(
    `  ${name.padEnd(32)} ${thousands.padStart(5)} thousand packets/s, captured ${capturesPerPacket} times, ${records} records, ` +
      `${(peakBytes / 1e6).toFixed(0)} MB; ${isKept ? 'kept' : 'BROKEN'} (promised ${PROMISED[flows] / 1e3} thousand)`,
  )
}
mkdirSync(`${here}results`, { recursive: true })
writeFileSync(
  `${here}results/packet-path.json`,
  `${JSON.stringify({ packets: PACKETS, rounds: ROUNDS, promised: PROMISED, load: loadavg(), isKept: isAllKept, results, runs }, null, 2)}\n`,
)
if (!isAllKept) process.exitCode = 1

function measure([command, ...args]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed\n${stderr}`)
  return JSON.parse(stdout)
}
