import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { pinnedDigests } from './pinned-simulations.ts'

// A change of `pinned-digests.txt` is a breaking change for users: what they make from a design, a scenario and a seed, and keep the
// results of, comes out differently. It belongs into the change log and a new major version (minor before 1.0). Pin digests anew only
// where the change is meant: `npx vitest run packages/synth/test/pinned-digest.test.ts --update`, and read the difference.

const DIGESTS = './pinned-digests.txt'
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The other versions of Node that the promise is for, of which this folder's lock file has the binaries. */
const OTHER_VERSIONS = ['22', '24'].map((version) => ({
  version,
  binary: path(`./node-versions/node_modules/node-${version}/bin/node`),
}))
const areRequired = process.env.FLOWTAP_REQUIRE_REAL === '1'
const hint = 'npm ci --prefix packages/synth/test/node-versions --no-bin-links'

let digests: string
beforeAll(async () => {
  digests = await pinnedDigests()
}, 120_000)

describe('what is simulated with a seed', () => {
  it('is the same bytes as ever', async () => {
    await expect(digests).toMatchFileSnapshot(DIGESTS)
  })

  it('is the same bytes in a second run of the same process', async () => {
    const again = await pinnedDigests((name) => name === 'reference')
    expect(again.split('\n')[0]).toMatch(/^reference: /)
    for (const line of again.split('\n')) expect(digests.split('\n')).toContain(line)
  })

  it('is other bytes with another seed', () => {
    const ofReference = digests.split('\n').filter((line) => line.startsWith('reference'))
    const sums = ofReference.map((line) => line.slice(line.lastIndexOf(' ')))
    expect(sums.length).toBeGreaterThan(5)
    expect(new Set(sums).size).toBe(sums.length)
  })
})

describe.each(OTHER_VERSIONS)('Node $version', ({ version, binary }) => {
  const isThere = existsSync(binary)

  // The built packages, as their users have them.
  it.skipIf(!isThere && !areRequired)(
    `gives the same bytes${isThere ? '' : ` (not installed: ${hint})`}`,
    async () => {
      if (!isThere) expect.fail(`Node ${version} is not installed: ${hint}`)
      const run = promisify(execFile)
      const { stdout } = await run(binary, [path('./pinned-simulations.ts')], { maxBuffer: 1 << 24 })
      expect(stdout).toBe(digests)
    },
    120_000,
  )
})
