import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { articleDesign, type Design, DesignError, defineDesign, demoDesign, formatDesignIssue } from '@flowtap/core'
import { UsageError } from './exit-code.ts'

/**
 * The design that a command is given: `demo`, `article`, a JSON file, or a JavaScript module whose default export is a design.
 *
 * @throws UsageError with every issue of the design, or why the file cannot be read.
 */
export async function loadDesign(name: string, workingDirectory: string): Promise<Design> {
  if (name === 'demo') return demoDesign()
  if (name === 'article') return articleDesign()
  const content = await loadData(name, workingDirectory, 'a design: demo, article, a JSON file or a module')
  try {
    return defineDesign(content as Design)
  } catch (error) {
    if (!(error instanceof DesignError)) throw error
    const lines = error.issues.map((issue) => `  ${formatDesignIssue(issue)}`)
    throw new UsageError(`${name} is not a valid design:\n${lines.join('\n')}`)
  }
}

const MODULE = /\.(?:mjs|cjs|js|mts|cts|ts)$/

/** What a JSON file holds, or a module exports by default. */
export async function loadData(name: string, workingDirectory: string, wanted: string): Promise<unknown> {
  const path = resolve(workingDirectory, name)
  if (MODULE.test(name)) {
    try {
      const { default: content } = await import(pathToFileURL(path).href)
      if (content === undefined) throw new UsageError(`${name} has no default export; it should be ${wanted}`)
      return content
    } catch (error) {
      if (error instanceof UsageError) throw error
      throw new UsageError(`cannot load ${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : String(error)
    throw new UsageError(`${name} is not ${wanted}: ${reason}`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
