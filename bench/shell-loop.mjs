// How long a simulated day of the reference article's loop takes, shell, packets and flow logs included: elapsed and processor
// seconds, the median of several runs. `node bench/shell-loop.mjs --runs 1` is a quick look.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { demoDesign } from '@flowtap/core'
import { defineScenario, hours, openShell, simulate } from '@flowtap/synth'

const { values: given } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const RUNS = Number(given.runs)
const PROMISED_SECONDS = 2

const CASES = {
  'curl every 30 s': 'while true; do curl google.com; sleep 30; done',
  'ping every second': 'ping google.com',
  'dig | grep | cut every 30 s': 'while true; do dig google.com | grep -v "^;" | cut -f1; sleep 30; done',
  'loop without programs, every second': 'while true; do echo $((i++)) $SECONDS; sleep 1; done',
}

async function day(script) {
  let outputBytes = 0
  const scenario = defineScenario({
    name: 'loop',
    durationMicroseconds: hours(24),
    setup(context) {
      const shell = openShell(context, 'demo', {
        onOutput: ({ text }) => {
          outputBytes += text.length
        },
      })
      void shell.run(script)
    },
  })
  const before = process.cpuUsage()
  const start = performance.now()
  const { packetCount } = await simulate(demoDesign(), scenario, { seed: 1 }).run()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, packetCount, outputBytes }
}

const results = []
for (const [name, script] of Object.entries(CASES)) {
  const runs = []
  for (let run = 0; run < RUNS; run += 1) runs.push(await day(script))
  runs.sort((one, other) => one.seconds - other.seconds)
  const median = runs[Math.floor(RUNS / 2)]
  results.push({ name, script, ...median })
  console.log(
    `${name.padEnd(36)} ${median.seconds.toFixed(2)} s (processor ${median.cpuSeconds.toFixed(2)} s), ${median.packetCount} packets, ${(median.outputBytes / 1e6).toFixed(1)} MB printed`,
  )
}
const share = results[0].seconds / PROMISED_SECONDS
console.log(`${results[0].name} / promised ${PROMISED_SECONDS} s = ${share.toFixed(2)}`)
const folder = fileURLToPath(new URL('results/', import.meta.url))
mkdirSync(folder, { recursive: true })
writeFileSync(
  `${folder}shell-loop.json`,
  `${JSON.stringify({ runs: RUNS, promisedSeconds: PROMISED_SECONDS, results }, null, 2)}\n`,
)
if (share > 1) process.exitCode = 1
