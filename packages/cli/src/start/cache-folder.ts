import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Where flowtap keeps what it can make again: the user's cache folder as the system has it (XDG Base Directory Specification on Linux).
 * Undefined where it must not: `NODE_DISABLE_COMPILE_CACHE` is set, as for Node's own.
 */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (environment.NODE_DISABLE_COMPILE_CACHE) return undefined
  const { XDG_CACHE_HOME: named, LOCALAPPDATA: local } = environment
  if (platform === 'win32') return local ? join(local, 'flowtap', 'cache') : undefined
  // The specification: what is not absolute is to be ignored.
  if (named !== undefined && isAbsolute(named)) return join(named, 'flowtap')
  const home = homedir()
  if (!isAbsolute(home)) return undefined
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'flowtap') : join(home, '.cache', 'flowtap')
}
