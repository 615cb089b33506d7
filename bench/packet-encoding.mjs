// Packets of full-size frames encoded with checksums into a capture file that goes nowhere, beside scapy with the same packets.
//
// Every measurement is a process of its own; a round runs each of them once, and the medians of the rounds count. Packets are made
// before; what is measured is their bytes, checksums and capture records. Bytes are counted per second of processor time. Before that,
// both sides write a small file, and the two must be the same.
//
// `node bench/packet-encoding.mjs --rounds 1 --packets 100000` is a quick look.
import { scapyCase, scapyInterpreter } from './lib/scapy.mjs'
import {
  alternate,
  atLeast,
  conclude,
  machine,
  measure,
  nodeCase,
  numericOptions,
  thousands,
  times,
} from './lib/side-by-side.mjs'

const { rounds, packets } = numericOptions({ rounds: 5, packets: 1_000_000 })
const SCAPY_PACKETS = 5000
const PROMISED_BYTES_PER_SECOND = 1e9

const hasScapy = scapyInterpreter() !== undefined
const flowtap = (name, count) => nodeCase('packet-encoding-case.mjs', name, count)
const scapy = (name, count) => scapyCase('scapy-case.py', name, count)
if (hasScapy) {
  const digests = [measure(flowtap('digest', 1000)), measure(scapy('digest', 1000))].map(({ digest }) => digest)
  if (digests[0] !== digests[1]) throw new Error(`the files of 1,000 packets differ: ${digests.join(' and ')}`)
}
const { runs, results } = alternate(
  {
    'payload bytes': flowtap('bytes', packets),
    'payload of zeros': flowtap('zeros', packets),
    ...(hasScapy && { scapy: scapy('bytes', SCAPY_PACKETS) }),
  },
  rounds,
)
const speed = (name) => results[name].bytes / results[name].cpuSeconds

console.log(
  `${packets} frames of ${results['payload bytes'].frameBytes} bytes; ${machine()}; medians of ${rounds} rounds`,
)
for (const [name, { packets: count, cpuSeconds }] of Object.entries(results)) {
  console.log(`  ${name.padEnd(20)} ${gigabytes(speed(name))}, ${thousands(count / cpuSeconds)} packets`)
}
const timesScapy = hasScapy ? speed('payload bytes') / speed('scapy') : null
if (timesScapy !== null) console.log(`  flowtap / scapy = ${times(timesScapy)}, same bytes`)
conclude('packet-encoding', [atLeast('payload bytes', speed('payload bytes'), PROMISED_BYTES_PER_SECOND, gigabytes)], {
  packets,
  rounds,
  promised: PROMISED_BYTES_PER_SECOND,
  timesScapy,
  results,
  runs,
})

function gigabytes(bytesPerSecond) {
  return `${(bytesPerSecond / 1e9).toFixed(3)} GB/s`
}
