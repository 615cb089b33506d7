// How long `flowtap query` takes on a small file, process start included: the median of several runs.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RUNS = 9
const PROMISED_SECONDS = 1.2

const command = fileURLToPath(new URL('../packages/cli/bin/flowtap.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'flowtap-bench-'))
const file = join(folder, 'small.log')
const header =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
const record = (index) =>
  `2 123456789010 eni-1235b8ca123456789 172.31.16.${index} 172.31.16.21 20641 22 6 20 ${4000 + index} 1418530010 1418530070 ${index % 3 ? 'ACCEPT' : 'REJECT'} OK`
writeFileSync(file, `${[header, ...Array.from({ length: 100 }, (_, index) => record(index))].join('\n')}\n`)

const cases = {
  'node -e 0 (the floor)': ['-e', '0'],
  'flowtap --help': [command, '--help'],
  'flowtap query': [command, 'query', '--logs', file, 'SELECT action, sum(bytes) FROM vpc_flow_logs GROUP BY 1'],
}

try {
  const seconds = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
  for (let run = 0; run <= RUNS; run += 1) {
    for (const [name, args] of Object.entries(cases)) {
      const start = performance.now()
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      const elapsed = (performance.now() - start) / 1000
      if (status !== 0) throw new Error(`${name} failed: ${stderr}`)
      if (run > 0) seconds[name].push(elapsed)
    }
  }
  const median = Object.fromEntries(
    Object.entries(seconds).map(([name, values]) => [
      name,
      values.sort((a, b) => a - b)[Math.floor(values.length / 2)],
    ]),
  )
  for (const [name, value] of Object.entries(median)) console.log(`${name.padEnd(24)} ${value.toFixed(2)} s`)
  const share = median['flowtap query'] / PROMISED_SECONDS
  console.log(`flowtap query / promised ${PROMISED_SECONDS} s = ${share.toFixed(2)}`)
  const results = fileURLToPath(new URL('results/', import.meta.url))
  mkdirSync(results, { recursive: true })
  writeFileSync(
    `${results}command-start.json`,
    `${JSON.stringify({ runs: RUNS, median, promised: PROMISED_SECONDS }, null, 2)}\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
