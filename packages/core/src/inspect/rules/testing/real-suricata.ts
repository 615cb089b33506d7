import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suricataIsPresent } from '../../testing/real-suricata.ts'

/** Whether a Suricata 7 is installed. */
export function hasSuricata(): boolean {
  return suricataIsPresent
}

/** The lines, counted from 1, of the rules that the installed Suricata refuses, with its reasons. */
export function refusedLines(rules: string): ReadonlyMap<number, string> {
  const folder = mkdtempSync(join(tmpdir(), 'flowtap-rules-'))
  try {
    const file = join(folder, 'test.rules')
    writeFileSync(file, rules)
    const { stdout, stderr } = spawnSync('suricata', ['-T', '-S', file, '-l', folder], {
      encoding: 'utf8',
      timeout: 120_000,
    })
    const refused = new Map<number, string>()
    let reasons: string[] = []
    for (const line of `${stdout}\n${stderr}`.replaceAll(/\p{Cc}\[[0-9;]*m/gu, '').split('\n')) {
      const place = /error parsing signature ".*" from file .* at line ([0-9]+)$/.exec(line)
      if (place) {
        refused.set(Number(place[1]), reasons.join('; '))
        reasons = []
      } else if (line.startsWith('E')) {
        reasons.push(line)
      }
    }
    return refused
  } finally {
    rmSync(folder, { recursive: true })
  }
}
