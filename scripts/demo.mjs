// `npm run demo` on a fresh clone: installs and builds what is missing, then runs `flowtap demo`.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`flowtap needs Node 20.19 or later; this is ${process.version}`)
  process.exit(2)
}

function run(what, command, args) {
  console.log(what)
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) {
    console.error(`${stdout}${stderr}\n${command} ${args.join(' ')} failed with exit code ${status}`)
    process.exit(status ?? 1)
  }
}

if (!existsSync(`${root}/node_modules/.package-lock.json`)) {
  run('Installing the dependencies (npm ci) …', npm, ['ci', '--no-audit', '--no-fund'])
}
// Turbo knows what has changed; with nothing changed this takes about a second.
run('Building …', npm, ['run', '--silent', 'build'])

const { status } = spawnSync(process.execPath, ['packages/cli/bin/flowtap.js', 'demo', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
