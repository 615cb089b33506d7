import fs from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { compareKeys } from './s3-uri.ts'

/** A file below a folder; `key` is its path from there with `/` between the parts. */
export interface LocalFile {
  readonly key: string
  readonly path: string
  readonly size: number
  readonly lastModifiedMillis: number
}

/** A third of the time that the promises of `node:fs/promises` take. */
const stat = promisify(fs.stat)
/** Files of a folder that are looked at at the same time. */
const STATS_AT_ONCE = 256
/** Folders beside each other that are read at the same time. */
const FOLDERS_AHEAD = 4

/**
 * The files below `root` whose key starts with `prefix`, in the order of their keys' UTF-8 bytes. Only folders that can hold
 * such a file are read, a few ahead. Symbolic links are followed as long as they stay below `realRoot`; links out of it,
 * dangling ones and loops are left out, as are files that are gone by the time they are looked at.
 */
export async function* listFiles(root: string, prefix: string, realRoot: string): AsyncGenerator<LocalFile> {
  for await (const entries of walk({ root, prefix, realRoot })) {
    for (let from = 0; from < entries.length; from += STATS_AT_ONCE) {
      const slice = entries.slice(from, from + STATS_AT_ONCE)
      for (const file of await Promise.all(slice.map((entry) => statFile(realRoot, entry)))) {
        if (file !== undefined) yield file
      }
    }
  }
}

/** The keys of the same files, a folder at a time. It costs little, as no file is looked at but those behind links. */
export async function* listKeys(root: string, prefix: string, realRoot: string): AsyncGenerator<readonly string[]> {
  for await (const entries of walk({ root, prefix, realRoot })) {
    const keys: string[] = []
    for (const entry of entries) {
      if (!entry.isLink || (await statFile(realRoot, entry)) !== undefined) keys.push(entry.key)
    }
    if (keys.length > 0) yield keys
  }
}

/** One file of known key; undefined where there is none, or it lies outside of `realRoot`. */
export async function findFile(root: string, key: string, realRoot: string): Promise<LocalFile | undefined> {
  return isPlainKey(key) ? await statFile(realRoot, { key, path: join(root, key), isLink: true }) : undefined
}

/** Prefixes one level below `prefix`, each with its final `/`, in the same order. A folder without a file in it is none. */
export async function* listFolders(root: string, prefix: string, realRoot: string): AsyncGenerator<string> {
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  if (!isPlainKey(start)) return
  for (const entry of await readFolder(join(root, start), start)) {
    if (!entry.isFolder || !entry.key.startsWith(prefix)) continue
    for await (const _keys of listKeys(root, entry.key, realRoot)) {
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

/** Files and links, in order, as many at a time as stand beside each other in a folder. */
async function* walk(options: Walk): AsyncGenerator<readonly FolderEntry[]> {
  const start = options.prefix.slice(0, options.prefix.lastIndexOf('/') + 1)
  if (!isPlainKey(start)) return
  const real = await resolveInside(join(options.root, start), options.realRoot)
  if (real !== undefined) yield* walkFolder(options, { real, entries: await readFolder(real, start) }, [real])
}

/** A folder that was read, and its real path. */
interface ReadFolder {
  readonly real: string
  readonly entries: readonly FolderEntry[]
}

const NOTHING = Promise.resolve(undefined)

/** `folders`: the real path of the folder and of those above it, which a link must not lead back to. */
async function* walkFolder(
  options: Walk,
  { entries }: ReadFolder,
  folders: readonly string[],
): AsyncGenerator<readonly FolderEntry[]> {
  const below = entries.filter(
    ({ isFolder, key }) => isFolder && (key.startsWith(options.prefix) || options.prefix.startsWith(key)),
  )
  const reading: Promise<ReadFolder | undefined>[] = []
  const readAhead = (index: number): void => {
    for (const entry of below.slice(reading.length, index + FOLDERS_AHEAD)) {
      const folder = openFolder(options, entry, folders)
      // Its failure is that of whoever comes to it.
      folder.catch(() => undefined)
      reading.push(folder)
    }
  }
  let files: FolderEntry[] = []
  let index = 0
  for (const entry of entries) {
    if (!entry.isFolder) {
      if (entry.key.startsWith(options.prefix)) files.push(entry)
      continue
    }
    if (entry !== below[index]) continue
    readAhead(index)
    if (files.length > 0) yield files
    files = []
    const folder = await reading[index]
    reading[index] = NOTHING
    index += 1
    if (folder !== undefined) yield* walkFolder(options, folder, [...folders, folder.real])
  }
  if (files.length > 0) yield files
}

/** Undefined for a link that leads out, or back to a folder above. */
async function openFolder(
  options: Walk,
  entry: FolderEntry,
  folders: readonly string[],
): Promise<ReadFolder | undefined> {
  const real = entry.isLink ? await resolveInside(entry.path, options.realRoot) : entry.path
  if (real === undefined || folders.includes(real)) return undefined
  return { real, entries: await readFolder(real, entry.key) }
}

interface FolderEntry {
  /** With a final `/` for a folder, so that sorting by keys gives S3's order of the objects below. */
  readonly key: string
  readonly path: string
  readonly isFolder: boolean
  readonly isLink: boolean
}

/** Folders, files and links; pipes, sockets and devices are none of them. */
async function readFolder(path: string, folderKey: string): Promise<readonly FolderEntry[]> {
  const entries: FolderEntry[] = []
  try {
    const folder = path.endsWith(sep) ? path : path + sep
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const entryPath = folder + entry.name
      const isLink = entry.isSymbolicLink()
      const isFolder = isLink ? await isFolderAt(entryPath) : entry.isDirectory()
      if (!isFolder && !isLink && !entry.isFile()) continue
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

async function statFile(
  realRoot: string,
  entry: Pick<FolderEntry, 'key' | 'path' | 'isLink'>,
): Promise<LocalFile | undefined> {
  const { key } = entry
  const path = entry.isLink ? await resolveInside(entry.path, realRoot) : entry.path
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
