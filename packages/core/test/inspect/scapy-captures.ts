import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// scapy makes captures that this project did not write. Debian's package belongs to the system's own Python.

const PYTHONS = ['python3', '/usr/bin/python3']

function findPython(): string | undefined {
  return PYTHONS.find((python) => {
    try {
      execFileSync(python, ['-c', 'import scapy.all'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

const python = findPython()

export const scapyIsPresent: boolean = python !== undefined

/** A test that fails where scapy has to be there and is not; to be called where others are skipped. */
export function requireScapy(): void {
  if (scapyIsPresent || process.env.FLOWTAP_REQUIRE_REAL !== '1') return
  it('has scapy', () => {
    expect.fail('scapy is not installed: apt-get install -y --no-install-recommends python3-scapy')
  })
}

/** The captures that a script of this folder makes, by name: the bytes of pcap files. Empty without scapy. */
export function scapyCaptures(script: string): ReadonlyMap<string, Uint8Array> {
  const captures = new Map<string, Uint8Array>()
  if (python === undefined) return captures
  const folder = mkdtempSync(join(tmpdir(), 'flowtap-scapy-'))
  try {
    execFileSync(python, [fileURLToPath(new URL(script, import.meta.url)), folder], {
      stdio: 'ignore',
      timeout: 120_000,
    })
    for (const name of readdirSync(folder).sort()) {
      captures.set(name.replace(/\.pcap$/, ''), readFileSync(join(folder, name)))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return captures
}
