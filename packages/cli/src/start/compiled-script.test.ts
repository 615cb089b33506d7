import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CompiledScript } from './compiled-script.ts'

let folder: string
let path: string
let kept: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowtap-compiled-'))
  path = join(folder, 'script.cjs')
  kept = join(folder, 'kept')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(answer: string): void {
  writeFileSync(
    path,
    `exports.answer = () => '${answer}'; exports.place = __filename; exports.path = require('node:path')`,
  )
}

/** What the script answers; its compiled code is kept afterwards. */
function runOnce(into: string | undefined = kept): string {
  const script = new CompiledScript(path, into)
  const { answer } = script.load() as { answer: () => string }
  const said = answer()
  script.keep()
  return said
}

it('runs a file as CommonJS', () => {
  write('one')
  const loaded = new CompiledScript(path, undefined).load() as { place: string; path: { sep: string } }
  expect(loaded.place).toBe(path)
  expect(loaded.path.sep).toBe(join('a', 'b')[1])
})

it('keeps compiled code for this user alone, and says the same with it', () => {
  write('one')
  expect(runOnce()).toBe('one')
  const [name = ''] = readdirSync(kept)
  expect(statSync(kept).mode & 0o077).toBe(0)
  expect(statSync(join(kept, name)).mode & 0o077).toBe(0)
  const before = readFileSync(join(kept, name))
  expect(runOnce()).toBe('one')
  expect(readdirSync(kept)).toEqual([name])
  expect(readFileSync(join(kept, name)).equals(before)).toBe(true)
})

it('forgets what another build of the same length left', () => {
  write('one')
  runOnce()
  const [old = ''] = readdirSync(kept)
  write('two')
  utimesSync(path, 1_700_000_000, 1_700_000_000)
  expect(runOnce()).toBe('two')
  expect(readdirSync(kept)).toHaveLength(1)
  expect(readdirSync(kept)).not.toContain(old)
})

it('compiles anew where what is kept is damaged, or others may write to it', () => {
  // The same name for what is kept, and another source: this process has not compiled it yet.
  const writeAgain = (answer: string): void => {
    write(answer)
    utimesSync(path, 1_700_000_000, 1_700_000_000)
  }
  writeAgain('one')
  runOnce()
  const [name = ''] = readdirSync(kept)
  const place = join(kept, name)
  writeFileSync(place, 'no code')
  writeAgain('two')
  expect(runOnce()).toBe('two')
  expect(readFileSync(place).length).toBeGreaterThan(100)
  chmodSync(place, 0o666)
  expect(runOnce()).toBe('two')
  expect(statSync(place).mode & 0o022).toBe(0)
})

it('does without a folder that cannot be made, and without any', () => {
  write('one')
  writeFileSync(kept, 'a file')
  expect(runOnce()).toBe('one')
  expect(runOnce('/proc/none/flowtap')).toBe('one')
  expect(runOnce(undefined)).toBe('one')
})
