import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  CidrBlock,
  DEFAULT_VARIABLES,
  parseRules,
  type RuleError,
  type RuleVariables,
  type Signature,
} from '@flowtap/core/inspect'
import { UsageError } from './exit-code.ts'
import type { Streams } from './streams.ts'

/** A file of rules as it was read. */
export interface RuleFile {
  readonly file: string
  readonly text: string
}

/** A rule that is wrong, and where. */
export type RuleFileError = Pick<RuleError, 'file' | 'line' | 'message'>

/** @throws UsageError for a file that cannot be read. */
export async function readRuleFiles(names: readonly string[], { workingDirectory }: Streams): Promise<RuleFile[]> {
  const files: RuleFile[] = []
  for (const file of names) {
    try {
      files.push({ file, text: await readFile(resolve(workingDirectory, file), 'utf8') })
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      throw new UsageError(`cannot read the rules ${file}: ${isMissing ? 'there is no such file' : String(error)}`)
    }
  }
  return files
}

/** The signatures of all files, numbered through, and what is wrong with the others. */
export function parseRuleFiles(
  files: readonly RuleFile[],
  homeNet: string | undefined,
): { readonly signatures: readonly Signature[]; readonly errors: readonly RuleFileError[] } {
  const signatures: Signature[] = []
  const errors: RuleFileError[] = []
  const known = new Map<string, Signature>()
  const variables = homeNet === undefined ? {} : { variables: { addresses: { HOME_NET: homeNet } } }
  for (const { file, text } of files) {
    const parsed = parseRules(text, { file, ...variables })
    errors.push(...parsed.errors)
    for (const signature of parsed.signatures) {
      const id = `${signature.gid}:${signature.sid}`
      const before = known.get(id)
      if (before) {
        const message = `the sid ${signature.sid} is that of ${before.file}:${before.line}; give it another`
        errors.push({ file, line: signature.line, message })
        continue
      }
      const numbered = { ...signature, index: signatures.length }
      known.set(id, numbered)
      signatures.push(numbered)
    }
  }
  return { signatures, errors }
}

/** Turns the rules that begin on the given lines into comments. */
export function withoutRules({ file, text }: RuleFile, errors: readonly RuleFileError[]): RuleFile {
  const lines = text.split('\n')
  for (const { line } of errors.filter((error) => error.file === file)) {
    let at = line - 1
    while (lines[at]?.trimEnd().endsWith('\\')) {
      lines[at] = '#'
      at += 1
    }
    lines[at] = '#'
  }
  return { file, text: lines.join('\n') }
}

/** Every error on standard error, by file and line. */
export function reportRuleErrors(errors: readonly RuleFileError[], { stderr }: Streams): void {
  for (const { file, line, message } of errors) stderr.write(`${file}:${line}: ${message}\n`)
}

/** What is at home. */
export interface HomeNetwork {
  /** In the rules' language. */
  readonly group: string
  readonly blocks: readonly CidrBlock[]
}

/** `10.0.0.0/8,192.168.0.0/16` as an address group. @throws UsageError for what is no network. */
export function homeNetwork(text: string | undefined): HomeNetwork | undefined {
  if (text === undefined) return undefined
  const blocks = text.split(',').map((word) => {
    const block = CidrBlock.parse(word.trim())
    if (!block)
      throw new UsageError(`--home-net ${text}: "${word}" is not a network; write CIDR blocks, such as 10.0.0.0/16`)
    return block
  })
  return { group: `[${blocks.map(String).join(',')}]`, blocks }
}

/** Suricata's own variables with another $HOME_NET; the groups that follow from it, such as $EXTERNAL_NET, follow from the other one. */
export function variablesAt(homeNet: string): RuleVariables {
  return { ...DEFAULT_VARIABLES, addresses: { ...DEFAULT_VARIABLES.addresses, HOME_NET: homeNet } }
}
