import { execFileSync } from 'node:child_process'
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

/** A Python that has scapy; undefined without one. */
export const PYTHON_WITH_SCAPY: string | undefined = findPython()

/** A test that fails where scapy has to be there and is not; to be called where others are skipped. */
export function requireScapy(): void {
  if (PYTHON_WITH_SCAPY !== undefined || process.env.FLOWTAP_REQUIRE_REAL !== '1') return
  it('has scapy', () => {
    expect.fail('scapy is not installed: apt-get install -y --no-install-recommends python3-scapy')
  })
}
