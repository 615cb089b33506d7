// Runs all tests with vitest and leaves a machine-readable report for scripts/test-summary.mjs.
import { mkdirSync, rmSync } from 'node:fs'
import { startVitest } from 'vitest/node'

const report = '.flowtap/test-report.json'
mkdirSync('.flowtap', { recursive: true })
rmSync(report, { force: true })

const vitest = await startVitest('test', process.argv.slice(2), {
  watch: false,
  reporters: ['default', 'json'],
  outputFile: { json: report },
})
await vitest.close()
