import fc from 'fast-check'
import { describe, it } from 'vitest'
import { randomScript } from '../testing/random-scripts.ts'
import { isBashThere, runRealBash } from '../testing/real-bash.ts'
import { runInShell } from '../testing/run-shell.ts'

/**
 * More by hand, and others: FLOWTAP_BASH_SCRIPTS=5000 FLOWTAP_BASH_SEED=2 npx vitest run packages/synth/src/shell/bash/bash-referee-random
 */
const SCRIPTS = Number(process.env.FLOWTAP_BASH_SCRIPTS ?? 400)
/** The same scripts each time: one of some thousands comes upon what is left of differences (docs/shell.md names them). */
const SEED = Number(process.env.FLOWTAP_BASH_SEED ?? 1)

/** bash evaluates an expression as it reads it: of a wrong one it has assigned the beginning. The messages have tests of their own. */
const FAILED_EXPANSION =
  /syntax error|division by 0|substring expression|bad array subscript|exponent less|unexpected EOF/

describe.skipIf(!isBashThere())('random scripts (skipped where bash 5.2 or newer is not installed)', () => {
  it('print what a real bash prints, and end with its status', { timeout: 30_000 + SCRIPTS * 100 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomScript(), async (script) => {
        const real = runRealBash(script)
        fc.pre(real.exitCode !== null && !FAILED_EXPANSION.test(real.stderr + real.stdout))
        const { stdout, exitCode } = await runInShell(script, { isTerminal: false })
        const expected = { stdout: messages(real.stdout), exitCode: real.exitCode }
        const found = { stdout: messages(stdout), exitCode }
        if (JSON.stringify(found) !== JSON.stringify(expected)) {
          throw new Error(`bash: ${JSON.stringify(expected)}\nflowtap: ${JSON.stringify(found)}`)
        }
      }),
      { numRuns: SCRIPTS, seed: SEED },
    )
  })
})

/** In functions of a script of `-c` bash names itself `environment`; lines of its messages are those of other commands. */
function messages(text: string): string {
  return text.replace(/^(?:environment|bash): (?:line \d+: )?/gm, 'bash: ')
}
