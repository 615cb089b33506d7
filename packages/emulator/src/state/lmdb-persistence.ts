import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { open, type RootDatabase } from 'lmdb'
import { DataFolderError, unwritable, writeFailed } from './data-folder-error.ts'
import type { Persistence, RowChange } from './persistence.ts'

/** A row as it is kept: by its place in the order of first writing. */
type KeptRow = readonly [table: string, key: string, row: object]

/** Who has the folder open. */
interface Owner {
  readonly pid: number
  /** Tells a process from an earlier one with the same number, where the system says when it began. */
  readonly start?: string
}

/** The place of the owner; rows have numbers from 1 on. */
const OWNER = 0
/** Folders that this process has open. */
const openHere = new Set<string>()

/** Rows in an LMDB environment: a transaction is on the disk whole, or not at all. */
export class LmdbPersistence implements Persistence {
  readonly #database: RootDatabase<KeptRow | Owner, number>
  readonly #folder: string
  /** As its user gave it. */
  readonly #given: string
  readonly #places = new Map<string, number>()
  #last = OWNER

  private constructor(database: RootDatabase<KeptRow | Owner, number>, folder: string, given: string) {
    this.#database = database
    this.#folder = folder
    this.#given = given
  }

  /** Opens the folder; `given` is what messages call it. @throws DataFolderError for one that is open, or cannot be written. */
  static async open(folder: string, given: string): Promise<LmdbPersistence> {
    if (openHere.has(folder)) throw inUse(given, process.pid)
    openHere.add(folder)
    let database: RootDatabase<KeptRow | Owner, number> | undefined
    try {
      await mkdir(folder, { recursive: true })
      database = open<KeptRow | Owner, number>({ path: folder, encoding: 'json', keyEncoding: 'uint32' })
      await takeOver(database, given)
      return new LmdbPersistence(database, folder, given)
    } catch (error) {
      openHere.delete(folder)
      await database?.close().catch(() => undefined)
      throw error instanceof DataFolderError ? error : unwritable(given, error)
    }
  }

  *load(): Iterable<readonly [table: string, key: string, row: object]> {
    for (const { key: place, value } of this.#database.getRange({ start: OWNER + 1 })) {
      const row = value as KeptRow
      this.#places.set(`${row[0]}\0${row[1]}`, place)
      this.#last = Math.max(this.#last, place)
      yield row
    }
  }

  async write(changes: readonly RowChange[]): Promise<void> {
    const database = this.#database
    try {
      // Both are asked for now, so that what is written later is not waited for.
      const written = database.batch(() => {
        for (const { table, key, row } of changes) {
          const name = `${table}\0${key}`
          const known = this.#places.get(name)
          if (row) {
            const place = known ?? ++this.#last
            this.#places.set(name, place)
            database.put(place, [table, key, row])
          } else if (known !== undefined) {
            this.#places.delete(name)
            database.remove(known)
          }
        }
      })
      await written
      await database.flushed
    } catch (error) {
      throw writeFailed(this.#given, error)
    }
  }

  async close(): Promise<void> {
    try {
      await this.#database.remove(OWNER)
      await this.#database.flushed
    } catch {
      // An owner that has ended owns nothing.
    } finally {
      await this.#database.close()
      openHere.delete(this.#folder)
    }
  }
}

/** Writes this process down as the owner; LMDB lets one process at a time do so. */
async function takeOver(database: RootDatabase<KeptRow | Owner, number>, given: string): Promise<void> {
  const start = processStart(process.pid)
  const own: Owner = { pid: process.pid, ...(start !== undefined && { start }) }
  const other = await database.transaction(() => {
    const owner = database.get(OWNER) as Owner | undefined
    if (owner && isAlive(owner)) return owner.pid
    database.put(OWNER, own)
    return undefined
  })
  if (other !== undefined) throw inUse(given, other)
  await database.flushed
}

function inUse(folder: string, pid: number): DataFolderError {
  return new DataFolderError(
    'in-use',
    `The data folder ${folder} is open in the process ${pid}: end that one first, or give another folder.`,
  )
}

function isAlive({ pid, start }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // A process that belongs to someone else is there, too.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = processStart(pid)
  return start === undefined || now === undefined || start === now
}

/** When a process began, as Linux counts; undefined where the system has no such file. Source: proc(5), /proc/pid/stat, field 22. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
