import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// Real captures beside the project, read in place: AWS traffic mirroring and VXLAN.

const FOLDER = fileURLToPath(new URL('../../../../shared/samples/pcap/', import.meta.url))

/** Names of the captures; none where the folder is missing. */
export const SAMPLE_CAPTURES: readonly string[] = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => name.endsWith('.pcap'))
  : []

export const sampleCapturePath = (name: string): string => `${FOLDER}${name}`
export const sampleCapture = (name: string): Uint8Array => Uint8Array.from(readFileSync(sampleCapturePath(name)))

/** A test that fails where the captures have to be there and are not. */
export function requireSampleCaptures(): void {
  if (SAMPLE_CAPTURES.length > 0 || process.env.FLOWTAP_REQUIRE_REAL !== '1') return
  it('has the captures beside the project', () => {
    expect.fail(`${FOLDER} has no captures`)
  })
}
