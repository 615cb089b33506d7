import type { InstanceFileSystem } from '../files/instance-file-system.ts'
import { resolvePath } from '../files/path.ts'
import { GlobPattern, isPattern } from './glob-pattern.ts'

/** Switches of `shopt` that change which files a pattern finds. */
export interface PathnameOptions {
  readonly dotglob: boolean
  readonly globstar: boolean
  readonly nocaseglob: boolean
  readonly extglob: boolean
}

/** The paths that a pattern finds, sorted as in the C locale; empty where there are none. */
export function expandPathname(
  fileSystem: InstanceFileSystem,
  directory: string,
  pattern: string,
  options: PathnameOptions,
): string[] {
  const isAbsolute = pattern.startsWith('/')
  const segments = splitPattern(pattern)
  let found = [isAbsolute ? '/' : '']
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1
    found = found.flatMap((path) => expandSegment(fileSystem, directory, path, segment, isLast, options))
  })
  const wantsDirectories = pattern.endsWith('/')
  return found
    .filter((path) => path !== '' && fileSystem.find(resolvePath(directory, path), { followLast: false }))
    .map((path) => (wantsDirectories && !path.endsWith('/') ? `${path}/` : path))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function splitPattern(pattern: string): string[] {
  const segments: string[] = []
  let segment = ''
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern[i] as string
    if (character === '\\' && pattern[i + 1] !== '/') {
      segment += character + (pattern[i + 1] ?? '')
      i += 1
    } else if (character === '/') {
      if (segment !== '') segments.push(segment)
      segment = ''
    } else if (character !== '\\') segment += character
  }
  if (segment !== '') segments.push(segment)
  return segments
}

function expandSegment(
  fileSystem: InstanceFileSystem,
  directory: string,
  path: string,
  segment: string,
  isLast: boolean,
  options: PathnameOptions,
): string[] {
  const join = (name: string): string => (path === '' || path === '/' ? path + name : `${path}/${name}`)
  if (!isPattern(segment)) return [join(segment.replace(/\\(.)/g, '$1'))]
  if (segment === '**' && options.globstar) {
    const below = descend(fileSystem, directory, path, options, isLast)
    if (!isLast) return below
    // The directory itself is found too, with its slash.
    return below
      .map((name) => (name === path && path !== '/' ? `${path}/` : name))
      .filter((name) => name !== '/' || path === '/')
  }
  const matcher = new GlobPattern(segment, { extended: options.extglob, ignoreCase: options.nocaseglob })
  return namesIn(fileSystem, directory, path)
    .filter((name) => (!name.startsWith('.') || options.dotglob || segment.startsWith('.')) && matcher.matches(name))
    .map(join)
}

function namesIn(fileSystem: InstanceFileSystem, directory: string, path: string): string[] {
  const inode = fileSystem.find(resolvePath(directory, path === '' ? '.' : path))
  return inode?.kind === 'directory' ? [...inode.entries.keys()].sort() : []
}

function descend(
  fileSystem: InstanceFileSystem,
  directory: string,
  path: string,
  options: PathnameOptions,
  withFiles: boolean,
): string[] {
  const found = [path]
  for (const name of namesIn(fileSystem, directory, path)) {
    if (name.startsWith('.') && !options.dotglob) continue
    const child = path === '' || path === '/' ? path + name : `${path}/${name}`
    const inode = fileSystem.find(resolvePath(directory, child), { followLast: false })
    if (inode?.kind === 'directory') found.push(...descend(fileSystem, directory, child, options, withFiles))
    else if (withFiles) found.push(child)
  }
  return found
}
