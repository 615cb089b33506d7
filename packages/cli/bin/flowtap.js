#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/start.js', import.meta.url)
if (existsSync(main)) {
  const { start } = await import(main.href)
  process.exitCode = await start(process.argv.slice(2))
} else {
  process.stderr.write('flowtap: the command is not built yet; run `npm run build` in the workspace first\n')
  process.exitCode = 2
}
