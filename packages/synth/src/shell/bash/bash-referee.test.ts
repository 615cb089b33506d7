import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runInShell } from '../testing/run-shell.ts'
import { REFEREE_SCRIPTS } from './bash-referee-scripts.ts'

const version = /version (\d+)\.(\d+)/.exec(spawnSync('bash', ['--version'], { encoding: 'utf8' }).stdout ?? '')
const isThere = version !== null && (Number(version[1]) > 5 || (Number(version[1]) === 5 && Number(version[2]) >= 2))

/** Line numbers and process ids differ from run to run of a real bash. */
function comparable(text: string): string {
  return text
    .replace(/(\S+): (?:-c: )?line \d+: +/g, '$1: ')
    .replace(/bash: +/g, 'bash: ')
    .replace(/(bash: )\d+ (?=[A-Z])/g, '$1N ')
    .replace(/\b\d{4,7}\b/g, 'N')
}

function runReal(script: string): {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
} {
  const directory = mkdtempSync(join(tmpdir(), 'flowtap-bash-'))
  try {
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
      cwd: directory,
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: '/home/ssm-user' },
      input: '',
      timeout: 20_000,
      encoding: 'utf8',
    })
    return { stdout, stderr, exitCode: status }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

if (!isThere && process.env.FLOWTAP_REQUIRE_REAL === '1') throw new Error('bash 5.2 or newer is not installed')

describe.skipIf(!isThere)('against a real bash (skipped where bash 5.2 or newer is not installed)', () => {
  it.each(REFEREE_SCRIPTS.map((script) => [script]))('%s', async (script) => {
    const real = runReal(script)
    const simulated = await runInShell(script, { isTerminal: false })
    expect({
      stdout: comparable(simulated.stdout),
      stderr: comparable(simulated.stderr),
      exitCode: simulated.exitCode,
    }).toEqual({ stdout: comparable(real.stdout), stderr: comparable(real.stderr), exitCode: real.exitCode })
  })
})
