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
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { scapyCase, scapyInterpreter } from './lib/scapy.mjs'
import {
  alternate,
  atLeast,
  conclude,
  machine,
  measure,
  megabytes,
  nodeCase,
  numericOptions,
  thousands,
  times,
} from './lib/side-by-side.mjs'

const { rounds, packets } = numericOptions({ rounds: 5, packets: 3_000_000 })
const SCAPY_PACKETS = 20_000
const SCAPY_PATH = 'internet-gateway'
/** Packets a second by concurrent flows. */
const PROMISED = { 10000: 400_000, 100000: 200_000 }

const flowtap = (...args) => nodeCase('packet-path-case.mjs', ...args)
const folder = mkdtempSync(`${tmpdir()}/flowtap-packet-path-`)
const capture = `${folder}/packets.pcap`
const paths = ['local', 'internet-gateway', 'nat-gateway'].flatMap((path) =>
  Object.keys(PROMISED).map((flows) => ({ name: `${path}, ${flows} flows`, path, flows })),
)
const cases = Object.fromEntries(paths.map(({ name, path, flows }) => [name, flowtap(path, flows, packets)]))
const hasScapy = scapyInterpreter() !== undefined
if (hasScapy) {
  cases.scapy = scapyCase('scapy-flows-case.py', capture)
  const sent = measure(flowtap(SCAPY_PATH, 10_000, SCAPY_PACKETS, capture))
  const read = measure(cases.scapy)
  for (const key of ['packets', 'flows', 'bytes']) {
    if (sent[key] !== read[key])
      throw new Error(`${key} of the capture file: ${sent[key]} sent, scapy reads ${read[key]}`)
  }
}
const { runs, results } = alternate(cases, rounds)
rmSync(folder, { recursive: true })

const speed = (name) => results[name].packets / results[name].cpuSeconds
console.log(`${packets} packets; ${machine()}; medians of ${rounds} rounds, per second of processor time`)
for (const { name } of paths) {
  const { capturesPerPacket, records, peakBytes } = results[name]
  console.log(
    `  ${name.padEnd(32)} ${thousands(speed(name))} packets, captured ${capturesPerPacket} times, ${records} records, ${megabytes(peakBytes)}`,
  )
}
if (hasScapy) {
  const ratio = speed(`${SCAPY_PATH}, 10000 flows`) / speed('scapy')
  console.log(`  ${'scapy'.padEnd(32)} ${thousands(speed('scapy'))} packets; flowtap / scapy = ${times(ratio)}`)
}
const checks = paths.map(({ name, flows }) => atLeast(name, speed(name), PROMISED[flows], thousands))
conclude('packet-path', checks, { packets, rounds, promised: PROMISED, results, runs })
