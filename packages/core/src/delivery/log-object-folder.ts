import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { LogObject, LogObjectSink } from './log-sinks.ts'

const MICROSECONDS = 1_000_000

/**
 * Writes log files to `folder/bucket/key`, where `flowtap query --s3-root folder` finds them. A file is there whole or not at all; its
 * modification time is the simulated time of delivery. Node only.
 */
export class LogObjectFolder implements LogObjectSink {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = resolve(folder)
  }

  /** @throws RangeError where bucket and key lead out of the folder; what the file system throws. */
  async put({ bucket, key, body, deliveredAtMicroseconds }: LogObject): Promise<void> {
    const bucketFolder = join(this.#folder, bucket)
    const path = join(bucketFolder, key)
    if (dirname(bucketFolder) !== this.#folder || !path.startsWith(bucketFolder + sep)) {
      throw new RangeError(
        `bucket "${bucket}" and key "${key}" do not name a file inside of the folder ${this.#folder}`,
      )
    }
    await mkdir(dirname(path), { recursive: true })
    const part = `${path}.part`
    try {
      await writeFile(part, body)
      const seconds = deliveredAtMicroseconds / MICROSECONDS
      await utimes(part, seconds, seconds)
      await rename(part, path)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  }
}
