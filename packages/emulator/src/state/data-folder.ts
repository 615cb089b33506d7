import { mkdir, readdir, readFile, realpath, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DataFolderError, unwritable } from './data-folder-error.ts'
import { FolderBlobStore, syncFolder } from './folder-blob-store.ts'
import type { Persistence } from './persistence.ts'

/** A folder that keeps an account across restarts. */
export interface DataFolder {
  readonly persistence: Persistence
  readonly blobs: FolderBlobStore
}

/** The format of what is written now; raised when a version could no longer read what it finds. */
export const DATA_FORMAT = 1

const FORMAT_FILE = 'flowtap.json'
const STATE_FOLDER = 'state'
const BLOBS_FOLDER = 'blobs'
/** What file managers leave in folders. */
const OF_NO_ACCOUNT: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', 'lost+found'])

/**
 * Opens a folder of data: an empty or new one is made ready.
 * @throws DataFolderError for one that another process has open, that holds something else or a newer format, or that cannot be written.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const given = resolve(path)
  let folder: string
  try {
    await mkdir(given, { recursive: true })
    folder = await realpath(given)
    await requireFormat(folder)
  } catch (error) {
    throw error instanceof DataFolderError ? error : unwritable(given, error)
  }
  const { LmdbPersistence } = await import('./lmdb-persistence.ts')
  const persistence = await LmdbPersistence.open(join(folder, STATE_FOLDER), given)
  try {
    const blobs = await FolderBlobStore.open(join(folder, BLOBS_FOLDER))
    await syncFolder(folder)
    return { persistence, blobs }
  } catch (error) {
    await persistence.close()
    throw unwritable(given, error)
  }
}

async function requireFormat(folder: string): Promise<void> {
  const file = join(folder, FORMAT_FILE)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const others = (await readdir(folder)).filter((name) => !OF_NO_ACCOUNT.has(name) && !isUnfinished(name))
    if (others.length > 0) {
      throw new DataFolderError(
        'foreign',
        `The folder ${folder} holds something else (${others.slice(0, 3).join(', ')}): give a new or an empty folder for the data.`,
      )
    }
    const unfinished = `${file}.${process.pid}.part`
    await writeFile(unfinished, `${JSON.stringify({ program: 'flowtap', format: DATA_FORMAT })}\n`, { flush: true })
    await rename(unfinished, file)
    await syncFolder(folder)
    return
  }
  const format = formatOf(text)
  if (format === undefined) {
    throw new DataFolderError(
      'damaged',
      `${file} does not say which format the data have: '${text.slice(0, 80)}'. Give another folder, or put the file back as it was.`,
    )
  }
  if (format > DATA_FORMAT) {
    throw new DataFolderError(
      'newer-format',
      `The data in ${folder} have format ${format}, and this flowtap knows formats up to ${DATA_FORMAT}: update flowtap, or give another folder.`,
    )
  }
}

function isUnfinished(name: string): boolean {
  return name.startsWith(`${FORMAT_FILE}.`) && name.endsWith('.part')
}

function formatOf(text: string): number | undefined {
  try {
    const { program, format } = JSON.parse(text)
    return program === 'flowtap' && Number.isInteger(format) && format >= 1 ? format : undefined
  } catch {
    return undefined
  }
}
