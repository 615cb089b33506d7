// `npm run bench [name …]`: builds, then runs the benchmarks one after another; each prints its ratios and writes
// bench/results/<name>.json. The numbers are of this machine, the ratios are what a promise is about.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}`)
  process.exit(2)
}

const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: `${folder}..`, stdio: 'inherit' })
if (build.status !== 0) process.exit(build.status ?? 1)
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n# ${name}`)
  const { status } = spawnSync(process.execPath, [`${folder}${name}.mjs`], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = status ?? 1
}
