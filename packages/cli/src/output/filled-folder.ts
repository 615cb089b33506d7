import { mkdir, readdir } from 'node:fs/promises'
import { UsageError } from '../exit-code.ts'

/** Log files of before would be mixed with the new ones. */
export async function refuseFilledFolder(folder: string, named: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const [first] = await readdir(folder)
  if (first !== undefined)
    throw new UsageError(`${named} is not empty (${first}, …); name an empty or new folder with --out`)
}
