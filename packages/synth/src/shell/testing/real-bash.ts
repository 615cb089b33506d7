import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a real bash made of a script. */
export interface RealBashRun {
  readonly stdout: string
  readonly stderr: string
  /** null where it took too long. */
  readonly exitCode: number | null
}

/** Whether a bash is installed that is new enough to compare with. Throws where tests with real programs are required and it is not. */
export function isBashThere(): boolean {
  const version = /version (\d+)\.(\d+)/.exec(spawnSync('bash', ['--version'], { encoding: 'utf8' }).stdout ?? '')
  const isThere = version !== null && Number(version[1]) * 100 + Number(version[2]) >= 502
  if (!isThere && process.env.FLOWTAP_REQUIRE_REAL === '1') throw new Error('bash 5.2 or newer is not installed')
  return isThere
}

/** Runs a script by the bash that is installed, in an empty directory. */
export function runRealBash(script: string): RealBashRun {
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
