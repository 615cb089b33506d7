import { parse, type ScriptNode, type StatementNode } from 'just-bash'
import type { CommandOf } from './syntax.ts'

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

/** Reads a script. Throws a {@link ScriptSyntaxError}. */
export function parseScript(text: string): ScriptNode {
  let script: ScriptNode
  try {
    script = parse(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw translated(error, text)
  }
  repair(script)
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

function translated(error: Error, text: string): ScriptSyntaxError {
  const { line, token } = error as { line?: number; token?: { type?: string; value?: string } }
  const lines = text.replace(/\n+$/, '').split('\n')
  const unexpectedEnd = /unexpected EOF while looking for matching .*/.exec(error.message)
  if (unexpectedEnd) return new ScriptSyntaxError(unexpectedEnd[0], line ?? 1)
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
 * Goes through a syntax tree and puts right what the parser reads in another way than bash: `((!x))`, which it takes for subshells, and
 * missing commands around `&&`, `||` and `|`, which it lets pass.
 */
function repair(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) repair(item)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && value.type === 'Statement') repairStatement(value as StatementNode)
  for (const child of Object.values(value)) if (typeof child === 'object') repair(child)
}

function repairStatement(statement: StatementNode): void {
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
  const expression = /^\(\((\s*!.*)\)\)$/s.exec(statement.sourceText?.trim() ?? '')?.[1]
  const pipeline = statement.pipelines[0]
  const command = pipeline?.commands[0]
  if (expression === undefined || !pipeline || command?.type !== 'Subshell') return
  const read = parse(`((0+(${expression})))`).statements[0]?.pipelines[0]?.commands[0]
  if (read?.type !== 'ArithmeticCommand') return
  const repaired: CommandOf<'ArithmeticCommand'> = {
    ...read,
    expression: { ...read.expression, originalText: expression },
    redirections: command.redirections,
  }
  pipeline.commands[0] = repaired
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
