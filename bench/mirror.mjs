// Traffic mirroring: packets of 650 bytes of a source with three sessions and eleven rules in each direction, of which all are asked, are
// filtered, given to a session and wrapped into VXLAN: as copies whose bytes nobody wants yet, as copies whose bytes are written then, and
// as bytes at once, which the promise is about. Beside it scapy wraps the same packets, with a comparison of ports for a filter.
//
// Every measurement is a process of its own; a round runs each of them once, and the medians of the rounds count. Packets are made before.
// Packets are counted per second of processor time. Before that, both sides' copies must be the same bytes, but for the source port, whose
// hash is not known. `node bench/mirror.mjs --rounds 1 --packets 500000` is a quick look.
import { scapyCase, scapyInterpreter } from './lib/scapy.mjs'
import {
  alternate,
  atLeast,
  conclude,
  machine,
  measure,
  millions,
  nodeCase,
  numericOptions,
  times,
} from './lib/side-by-side.mjs'

const { rounds, packets } = numericOptions({ rounds: 5, packets: 5_000_000 })
const SCAPY_PACKETS = 5000
const PROMISED_PACKETS_PER_SECOND = 2e6

const hasScapy = scapyInterpreter() !== undefined
const flowtap = (name, count) => nodeCase('mirror-case.mjs', name, count)
const own = measure(flowtap('digest', 1000))
const scapy = (name, count) => scapyCase('scapy-mirror-case.py', name, count, own.source, own.router)
if (hasScapy) {
  const other = measure(scapy('digest', 1000))
  if (own.digest !== other.digest)
    throw new Error(`the copies of 1,000 packets differ: ${own.digest} and ${other.digest}`)
}
const { runs, results } = alternate(
  {
    copies: flowtap('copies', packets),
    'copies, then bytes': flowtap('copies, then bytes', packets),
    bytes: flowtap('bytes', packets),
    ...(hasScapy && { scapy: scapy('bytes', SCAPY_PACKETS) }),
  },
  rounds,
)
const speed = (name) => results[name].packets / results[name].cpuSeconds

console.log(`${packets} packets of ${results.bytes.meanBytes} bytes; ${machine()}; medians of ${rounds} rounds`)
for (const name of Object.keys(results)) console.log(`  ${name.padEnd(24)} ${millions(speed(name))}`)
const timesScapy = hasScapy ? speed('bytes') / speed('scapy') : null
if (timesScapy !== null) console.log(`  flowtap / scapy = ${times(timesScapy)}, same bytes`)
conclude('mirror', [atLeast('bytes', speed('bytes'), PROMISED_PACKETS_PER_SECOND, millions)], {
  packets,
  rounds,
  promised: PROMISED_PACKETS_PER_SECOND,
  timesScapy,
  results,
  runs,
})
