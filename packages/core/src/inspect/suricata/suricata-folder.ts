import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  classificationFile,
  referenceFile,
  type SuricataConfigurationOptions,
  suricataConfiguration,
} from './suricata-configuration.ts'
import { badRules } from './suricata-error.ts'

/** Rules: the path of a file, or a text with the name that errors give it. */
export type SuricataRules = string | { readonly file: string; readonly text: string }

/** What a run of Suricata needs on disk. */
export interface SuricataFolderOptions extends SuricataConfigurationOptions {
  /** Files of rules, loaded in this order; none unless given. */
  readonly rules?: readonly SuricataRules[]
  /** The temporary folder is made in here; in the system's one unless given. */
  readonly temporaryFolder?: string
}

/**
 * A temporary folder with a configuration and the rules, which are copied: Suricata takes names of rule files as patterns. `remove` leaves
 * nothing behind.
 */
export class SuricataFolder {
  readonly path: string
  readonly configuration: string
  /** By its copy's path, the file as the caller named it. */
  readonly #files: ReadonlyMap<string, string>

  private constructor(path: string, files: ReadonlyMap<string, string>) {
    this.path = path
    this.configuration = join(path, 'suricata.yaml')
    this.#files = files
  }

  /** SuricataError for rule files that cannot be read, RangeError for options that are none. */
  static async make(options: SuricataFolderOptions): Promise<SuricataFolder> {
    const path = await mkdtemp(join(options.temporaryFolder ?? tmpdir(), 'flowtap-suricata-'))
    try {
      await mkdir(join(path, 'rules'))
      const files = new Map<string, string>()
      for (const [index, rules] of (options.rules ?? []).entries()) {
        const copy = join(path, 'rules', `${index}.rules`)
        files.set(copy, typeof rules === 'string' ? rules : rules.file)
        if (typeof rules === 'string') await copyRules(rules, copy)
        else await writeFile(copy, rules.text)
      }
      const folder = new SuricataFolder(path, files)
      const classifications = join(path, 'classification.config')
      const references = join(path, 'reference.config')
      await writeFile(classifications, classificationFile())
      await writeFile(references, referenceFile())
      const paths = { folder: path, classifications, references, rules: [...files.keys()] }
      await writeFile(folder.configuration, suricataConfiguration(options, paths))
      return folder
    } catch (error) {
      await rm(path, { recursive: true, force: true })
      throw error
    }
  }

  /** The copies' paths with the names that the caller gave their files. */
  get rules(): ReadonlyMap<string, string> {
    return this.#files
  }

  readRules(copy: string): Promise<string> {
    return readFile(copy, 'utf8')
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

async function copyRules(file: string, copy: string): Promise<void> {
  try {
    await copyFile(file, copy)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw badRules([{ file, line: 0, rule: '', message: `the file of rules cannot be read: ${reason}` }])
  }
}
