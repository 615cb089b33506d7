// `npm run check`: lint and format, types, unused code, and the packed packages as their users would get them.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packages = readdirSync('packages')
let failures = 0

function step(name, command, args) {
  process.stdout.write(`• ${name}\n`)
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) {
    failures += 1
    process.stdout.write(`✗ ${name}: exit code ${status}\n`)
  }
}

step('lint and format', 'npx', ['biome', 'ci', '--error-on-warnings', '.'])
step('build', 'npm', ['run', '--silent', 'build'])
for (const name of packages) step(`types of packages/${name}`, 'npx', ['tsc', '-p', `packages/${name}`])
step('types of tests, examples and configuration', 'npx', ['tsc', '-p', '.'])
step('unused files, exports and dependencies', 'npx', ['knip'])

const tarballs = mkdtempSync(join(tmpdir(), 'flowtap-pack-'))
try {
  for (const name of packages) {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', tarballs, '-w', `packages/${name}`], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
    const tarball = join(tarballs, packed.filename)
    step(`publint ${packed.filename}`, 'npx', ['publint', 'run', tarball, '--strict'])
    if (name !== 'cli')
      step(`are the types wrong? ${packed.filename}`, 'npx', ['attw', tarball, '--profile', 'esm-only'])
  }
} finally {
  rmSync(tarballs, { recursive: true, force: true })
}

process.stdout.write(failures === 0 ? 'check: all good\n' : `check: ${failures} step(s) failed\n`)
process.exitCode = failures === 0 ? 0 : 1
