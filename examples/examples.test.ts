import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

// Runs each example as a user would: by plain Node, on the built packages.

const folder = mkdtempSync(join(tmpdir(), 'flowtap-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Records of AWS's documentation ("Flow log record examples", Amazon VPC user guide).
const LOG = `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK
2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK
`

function runExample(name: string, log: string): { readonly status: number | null; readonly stdout: string } {
  const file = join(folder, `${name}.log`)
  writeFileSync(file, log)
  const main = fileURLToPath(new URL(`${name}/main.mjs`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, file], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return { status, stdout }
}

describe('examples', () => {
  it('refused-connections counts who was refused', () => {
    expect(runExample('refused-connections', LOG)).toEqual({ status: 0, stdout: '1\t172.31.9.69 → port 3389\n' })
  })

  it('assert-on-flow-logs fails on an unexpected connection and passes without it', () => {
    expect(runExample('assert-on-flow-logs', LOG)).toEqual({
      status: 1,
      stdout: '203.0.113.12 reached 172.31.16.139 on port 0 with 4 packets\n',
    })
    const withoutPing = LOG.split('\n')
      .filter((line) => !line.includes('203.0.113.12'))
      .join('\n')
    expect(runExample('assert-on-flow-logs', withoutPing)).toEqual({ status: 0, stdout: '' })
  })

  it('try-a-rule lists what the stricter group would refuse: what is not HTTPS', () => {
    const { status, stdout } = runExample('try-a-rule', '')
    expect(status).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.some((line) => /^\d+\t10\.0\.1\.101 → 142\.250\.217\.78 port 80 protocol 6$/.test(line))).toBe(true)
    expect(lines.filter((line) => !line.includes('10.0.1.101 → ') || line.includes(' port 443 '))).toEqual([])
  })
})
