import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PYTHON_WITH_SCAPY as python } from './scapy.ts'

export const scapyIsPresent: boolean = python !== undefined

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
