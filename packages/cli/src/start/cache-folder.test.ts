import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cacheFolder } from './cache-folder.ts'

it.each([
  ['linux', { XDG_CACHE_HOME: '/var/cache/me' }, '/var/cache/me/flowtap'],
  ['linux', { XDG_CACHE_HOME: 'relative' }, join(homedir(), '.cache/flowtap')],
  ['linux', {}, join(homedir(), '.cache/flowtap')],
  ['darwin', {}, join(homedir(), 'Library/Caches/flowtap')],
  ['win32', {}, undefined],
  ['linux', { NODE_DISABLE_COMPILE_CACHE: '1' }, undefined],
] as const)('on %s with %j is %s', (platform, environment, folder) => {
  expect(cacheFolder(environment, platform)).toBe(folder)
})
