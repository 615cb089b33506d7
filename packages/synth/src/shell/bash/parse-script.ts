import { parse, type ScriptNode, type StatementNode } from 'just-bash'
import { prepareScript } from './prepare-script.ts'

/** A script that cannot be read, with bash's messages. */
export class ScriptSyntaxError extends Error {
  override readonly name: 'ScriptSyntaxError' = 'ScriptSyntaxError'
  /** Line of the script, from 1. */
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/** Lines before an error that are looked through for what can be run. */
const PREFIX_LIMIT = 200

/** Words of bash's grammar that are refused by name. */
const NOT_SIMULATED: ReadonlySet<string> = new Set(['coproc', 'select'])

/** Reads a script. Throws a {@link ScriptSyntaxError}. */
export function parseScript(text: string): ScriptNode {
  let script: ScriptNode
  try {
    script = parse(prepareScript(text))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw translated(error, text)
  }
  check(script)
  return script
}

/**
 * Reads as much of a script as bash would run: it reads line by line, so what stands before the line of a mistake is run, and only then
 * is the mistake told.
 */
export function parseRunnable(text: string): {
  readonly script: ScriptNode
  readonly error: ScriptSyntaxError | undefined
} {
  try {
    return { script: parseScript(text), error: undefined }
  } catch (error) {
    if (!(error instanceof ScriptSyntaxError)) throw error
    const lines = text.split('\n')
    const last = Math.min(error.line, lines.length) - 1
    for (let count = last; count > Math.max(0, last - PREFIX_LIMIT); count -= 1) {
      try {
        return { script: parseScript(`${lines.slice(0, count).join('\n')}\n`), error }
      } catch (inner) {
        if (!(inner instanceof ScriptSyntaxError)) throw inner
      }
    }
    return { script: { type: 'Script', statements: [] }, error }
  }
}

/** First and last lines of a script's statements, from 1; here-documents behind them are not counted. */
export function statementLines(
  script: ScriptNode,
  text: string,
): readonly { readonly first: number; readonly last: number }[] {
  const prepared = prepareScript(text)
  let from = 0
  let line = 1
  return script.statements.map(({ sourceText = '' }) => {
    const at = Math.max(from, prepared.indexOf(sourceText, from))
    const first = line + lineEnds(prepared.slice(from, at))
    const last = first + lineEnds(sourceText.trimEnd())
    from = at + sourceText.trimEnd().length
    line = last
    return { first, last }
  })
}

function lineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function translated(error: Error, text: string): ScriptSyntaxError {
  const { line, token } = error as { line?: number; token?: { type?: string; value?: string } }
  const lines = text.replace(/\n+$/, '').split('\n')
  const unexpectedEnd = /unexpected EOF while looking for matching .*/.exec(error.message)
  if (unexpectedEnd) return new ScriptSyntaxError(unexpectedEnd[0], line ?? 1)
  const [, word = ''] = /near unexpected token [`'](\w+)'/.exec(error.message) ?? []
  if (NOT_SIMULATED.has(word)) return new ScriptSyntaxError(`${word}: not simulated`, line ?? 1)
  const own = /syntax error near unexpected token .*/.exec(error.message)
  if (own) return new ScriptSyntaxError(own[0], line ?? 1)
  if (token?.type === 'EOF' || /got EOF|end of (?:file|input)/i.test(error.message)) {
    return new ScriptSyntaxError('syntax error: unexpected end of file', lines.length + 1)
  }
  if (token) {
    const shown = token.type === 'NEWLINE' ? 'newline' : (token.value ?? '')
    return new ScriptSyntaxError(`syntax error near unexpected token \`${shown}'`, line ?? 1)
  }
  return new ScriptSyntaxError(`syntax error: ${error.message}`, line ?? 1)
}

/**
 * Goes through a syntax tree and refuses what bash refuses and the parser lets pass: missing commands around `&&`, `||` and `|`.
 */
function check(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) check(item)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && value.type === 'Statement') checkStatement(value as StatementNode)
  for (const child of Object.values(value)) if (typeof child === 'object') check(child)
}

function checkStatement(statement: StatementNode): void {
  if (statement.deferredError) {
    const { token } = statement.deferredError
    throw new ScriptSyntaxError(`syntax error near unexpected token \`${token}'`, lineOf(statement))
  }
  for (const [i, pipeline] of statement.pipelines.entries()) {
    for (const [n, command] of pipeline.commands.entries()) {
      if (
        command.type !== 'SimpleCommand' ||
        command.name ||
        command.assignments.length > 0 ||
        command.redirections.length > 0
      ) {
        continue
      }
      const token = n < pipeline.commands.length - 1 ? '|' : (statement.operators[i] ?? ';')
      throw new ScriptSyntaxError(`syntax error near unexpected token \`${token}'`, command.line ?? lineOf(statement))
    }
  }
}

function lineOf(statement: StatementNode): number {
  const line = (value: unknown): number | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    if ('line' in value && typeof value.line === 'number' && value.line > 0) return value.line
    for (const child of Object.values(value)) {
      const found = line(child)
      if (found !== undefined) return found
    }
    return undefined
  }
  return line(statement.pipelines) ?? 1
}
