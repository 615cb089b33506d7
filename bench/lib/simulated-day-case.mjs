// One measurement of bench/simulated-day.mjs in a process of its own: `node simulated-day-case.mjs DAYS`. Prints one line of JSON.
import { demoDesign, InMemoryLogObjectSink } from '@flowtap/core'
import { cataloguedScenario, hours, simulate } from '@flowtap/synth'

const days = Number(process.argv[2])
const design = JSON.parse(JSON.stringify(demoDesign()))
const scenario = cataloguedScenario('reference', { durationMicroseconds: hours(24 * days) })
const objectSink = new InMemoryLogObjectSink()
const { packetCount } = await simulate(design, scenario, { seed: 1, objectSink }).run()

const { user, system } = process.cpuUsage()
console.log(
  JSON.stringify({
    packets: packetCount,
    records: objectSink.objects.reduce((sum, { recordCount }) => sum + recordCount, 0),
    files: objectSink.objects.length,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
)
