import { opendir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { compareKeys } from './s3-uri.ts'

/** A file below a folder; `key` is its path from there with `/` between the parts. */
export interface LocalFile {
  readonly key: string
  readonly path: string
  readonly size: number
  readonly lastModifiedMillis: number
}

/**
 * The files below `root` whose key starts with `prefix`, in the order of their keys' UTF-8 bytes. Only folders that can hold
 * such a file are read, one at a time. Symbolic links are followed as long as they stay below `realRoot`; links out of it,
 * dangling ones and loops are left out, as are files that are gone by the time they are looked at.
 */
export async function* listFiles(root: string, prefix: string, realRoot: string): AsyncGenerator<LocalFile> {
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  if (!isPlainKey(start)) return
  yield* walk({ root, prefix, realRoot }, start, [])
}

/** Prefixes one level below `prefix`, each with its final `/`, in the same order. A folder without a file in it is none. */
export async function* listFolders(root: string, prefix: string, realRoot: string): AsyncGenerator<string> {
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  if (!isPlainKey(start)) return
  for (const entry of await readFolder(join(root, start), start)) {
    if (!entry.isFolder || !entry.key.startsWith(prefix)) continue
    for await (const _file of listFiles(root, entry.key, realRoot)) {
      yield entry.key
      break
    }
  }
}

/** A key that names one place below the root: no empty part, `.`, `..`, backslash or NUL. */
export function isPlainKey(key: string): boolean {
  const parts = key.replace(/\/$/, '').split('/')
  return key === '' || parts.every((part) => part !== '' && part !== '.' && part !== '..' && isPlainName(part))
}

function isPlainName(name: string): boolean {
  return !name.includes('\0') && (sep === '/' || !/[\\:]/.test(name))
}

/** The file that a path leads to, when it lies inside `realRoot`. */
export async function resolveInside(path: string, realRoot: string): Promise<string | undefined> {
  try {
    const real = await realpath(path)
    return real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep) ? real : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** What a path is that does not exist, or leads through something that is no folder, or in a circle. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG'
}

interface Walk {
  readonly root: string
  readonly prefix: string
  readonly realRoot: string
}

/** `ancestors`: the real paths of the folders above, which a link must not lead back to. */
async function* walk(options: Walk, folderKey: string, ancestors: readonly string[]): AsyncGenerator<LocalFile> {
  const real = await resolveInside(join(options.root, folderKey), options.realRoot)
  if (real === undefined || ancestors.includes(real)) return
  for (const entry of await readFolder(real, folderKey)) {
    if (entry.isFolder) {
      if (entry.key.startsWith(options.prefix) || options.prefix.startsWith(entry.key)) {
        yield* walk(options, entry.key, [...ancestors, real])
      }
    } else if (entry.key.startsWith(options.prefix)) {
      const file = await statFile(options, entry)
      if (file !== undefined) yield file
    }
  }
}

interface FolderEntry {
  /** With a final `/` for a folder, so that sorting by keys gives S3's order of the objects below. */
  readonly key: string
  readonly path: string
  readonly isFolder: boolean
  readonly isLink: boolean
}

async function readFolder(path: string, folderKey: string): Promise<readonly FolderEntry[]> {
  const entries: FolderEntry[] = []
  try {
    for await (const entry of await opendir(path)) {
      const entryPath = join(path, entry.name)
      const isLink = entry.isSymbolicLink()
      const isFolder = isLink ? await isFolderAt(entryPath) : entry.isDirectory()
      entries.push({ key: `${folderKey}${entry.name}${isFolder ? '/' : ''}`, path: entryPath, isFolder, isLink })
    }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return entries.sort((a, b) => compareKeys(a.key, b.key))
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

async function statFile(options: Walk, entry: FolderEntry): Promise<LocalFile | undefined> {
  const { key } = entry
  const path = entry.isLink ? await resolveInside(entry.path, options.realRoot) : entry.path
  if (path === undefined) return undefined
  try {
    const status = await stat(path)
    return status.isFile()
      ? { key, path, size: status.size, lastModifiedMillis: Math.trunc(status.mtimeMs) }
      : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
