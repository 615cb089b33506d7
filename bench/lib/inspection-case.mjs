// One measurement of bench/inspection.mjs in a process of its own: `node inspection-case.mjs CAPTURE RULES PASSES`. The capture is read
// into memory and inspected PASSES times, each time by a new inspector, after one pass that is not measured. Prints one line of JSON.
import { readFileSync } from 'node:fs'
import { CaptureReader } from '@flowtap/core'
import { BuiltinInspector, compileSignatures, parseRules } from '@flowtap/core/inspect'

const [capture, rules, passes] = process.argv.slice(2)
// A plain array, as flowtap inspect makes of what it reads: views of a Buffer are slow.
const bytes = new Uint8Array(readFileSync(capture))
const { signatures, errors } = parseRules(readFileSync(rules, 'utf8'), { file: rules })
if (errors.length > 0) throw new Error(errors[0].message)

inspect()
const used = process.cpuUsage()
let packets = 0
let alerts = 0
for (let pass = 0; pass < Number(passes); pass += 1) {
  const seen = inspect()
  packets += seen.packets
  alerts += seen.alerts
}
const { user, system } = process.cpuUsage(used)
console.log(JSON.stringify({ packets, alerts, cpuSeconds: (user + system) / 1e6 }))

function inspect() {
  const seen = { packets: 0, alerts: 0, characters: 0 }
  const inspector = new BuiltinInspector({
    rules: compileSignatures(signatures),
    onEvent: (event) => {
      if (event.event_type === 'alert') seen.alerts += 1
      seen.characters += JSON.stringify(event).length
    },
  })
  const reader = new CaptureReader({
    onPacket: (packet) => {
      seen.packets += 1
      inspector.push(packet)
    },
    onIssue: ({ message }) => {
      throw new Error(message)
    },
  })
  // In pieces of a file's usual reads.
  for (let at = 0; at < bytes.length; at += 1 << 20) reader.push(bytes.subarray(at, at + (1 << 20)))
  reader.end()
  inspector.end()
  return seen
}
