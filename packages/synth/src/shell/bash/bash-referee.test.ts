import { describe, expect, it } from 'vitest'
import { isBashThere, runRealBash } from '../testing/real-bash.ts'
import { runInShell } from '../testing/run-shell.ts'
import { REFEREE_SCRIPTS } from './bash-referee-scripts.ts'

/** Line numbers and process ids differ from run to run of a real bash. */
function comparable(text: string): string {
  return text
    .replace(/(\S+): (?:-c: )?line \d+: +/g, '$1: ')
    .replace(/bash: +/g, 'bash: ')
    .replace(/(bash: )\d+ (?=[A-Z])/g, '$1N ')
    .replace(/\b\d{4,7}\b/g, 'N')
}

describe.skipIf(!isBashThere())('against a real bash (skipped where bash 5.2 or newer is not installed)', () => {
  it.each(REFEREE_SCRIPTS.map((script) => [script]))('%s', async (script) => {
    const real = runRealBash(script)
    const simulated = await runInShell(script, { isTerminal: false })
    expect({
      stdout: comparable(simulated.stdout),
      stderr: comparable(simulated.stderr),
      exitCode: simulated.exitCode,
    }).toEqual({ stdout: comparable(real.stdout), stderr: comparable(real.stderr), exitCode: real.exitCode })
  })
})
