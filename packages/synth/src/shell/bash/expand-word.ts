import { parse, type WordNode } from 'just-bash'
import { ShellLimitError } from '../shell-limits.ts'
import type { Task } from '../task.ts'
import { expandBraces } from './brace-expansion.ts'
import { evaluateInShell } from './evaluate-in-shell.ts'
import { expandParameter } from './expand-parameter.ts'
import { FieldBuilder, PatternBuilder, TextBuilder, type WordSink } from './field-builder.ts'
import { ExpansionFailure } from './flow.ts'
import { expandPathname } from './pathname-expansion.ts'
import { prepareScript, requoted } from './prepare-script.ts'
import type { ShellState } from './shell-state.ts'
import { staticText } from './static-word.ts'
import type { ArithmeticNode, WordPart } from './syntax.ts'
import { scalarOf } from './variable.ts'

/**
 * Expands words as the arguments of a command: braces, tilde, parameters, commands, arithmetic, splitting, path names (bash manual,
 * Shell Expansions). Throws an ExpansionFailure.
 */
export function* expandWords(shell: ShellState, words: readonly WordNode[]): Task<string[]> {
  const expanded: string[] = []
  const limit = shell.process.kernel.budget.limits.expandedWords
  for (const word of words) {
    const fixed = staticText(word)
    if (fixed !== undefined) expanded.push(fixed)
    else yield* expandWordInto(shell, word, expanded, limit)
    if (expanded.length > limit) throw new ShellLimitError('expandedWords', limit)
  }
  return expanded
}

function* expandWordInto(shell: ShellState, word: WordNode, expanded: string[], limit: number): Task {
  for (const parts of expandBraces(word.parts, limit)) {
    const ifs = shell.variables.find('IFS')
    const builder = new FieldBuilder(ifs && scalarOf(ifs))
    yield* expandParts(shell, parts, false, builder)
    builder.finish()
    for (const { text, pattern } of builder.fields) {
      if (pattern === undefined || shell.options.has('noglob')) {
        expanded.push(text)
        continue
      }
      const found = expandPathname(shell.process.kernel.fileSystem, shell.process.directory, pattern, shell.shopt)
      if (found.length > 0) expanded.push(...found)
      else if (shell.shopt.failglob) throw new ExpansionFailure(`no match: ${text}`)
      else if (!shell.shopt.nullglob) expanded.push(text)
    }
  }
}

/** Expands a word to one text, without splitting and path names: assignments, redirections, `case`, here-documents. */
export function* expandToText(shell: ShellState, word: WordNode): Task<string> {
  const fixed = staticText(word)
  if (fixed !== undefined) return fixed
  const builder = new TextBuilder()
  yield* expandParts(shell, word.parts, false, builder)
  shell.process.kernel.budget.string(builder.value.length)
  return builder.value
}

/** As {@link expandToText} for text in which quotes are characters: here-documents. */
export function* expandQuoted(shell: ShellState, word: WordNode): Task<string> {
  const builder = new TextBuilder()
  yield* expandParts(shell, word.parts, true, builder)
  return builder.value
}

/** Expands a word to a pattern; what is quoted in it stands for itself. `quote` says how. */
export function* expandToPattern(shell: ShellState, word: WordNode, quote?: (text: string) => string): Task<string> {
  const builder = new PatternBuilder(quote)
  yield* expandParts(shell, word.parts, false, builder)
  return builder.value
}

/** Expands the parts of a word into a sink. `isQuoted` inside of double quotes. */
export function* expandParts(shell: ShellState, parts: readonly WordPart[], isQuoted: boolean, sink: WordSink): Task {
  for (const part of parts) {
    switch (part.type) {
      case 'Literal':
        sink.text(part.value, isQuoted)
        break
      case 'SingleQuoted':
      case 'Escaped':
        sink.text(part.value, true)
        break
      case 'DoubleQuoted':
        if (part.parts.length === 0) sink.text('', true)
        yield* expandParts(shell, part.parts, true, sink)
        break
      case 'Glob':
        // In quotes an extended pattern is text like any other.
        if (isQuoted && /[$`]/.test(part.pattern)) yield* expandParts(shell, textAsWord(part.pattern).parts, true, sink)
        else sink.text(part.pattern, isQuoted)
        break
      case 'TildeExpansion':
        sink.text(tilde(shell, part.user), true)
        break
      case 'BraceExpansion':
        // Where braces are not expanded they stay as they were written.
        yield* keepBraces(shell, part, isQuoted, sink)
        break
      case 'ParameterExpansion':
        yield* expandParameter(shell, part, isQuoted, sink, EXPANDERS)
        break
      case 'CommandSubstitution':
        emit(yield* shell.executor.substitute(shell, part.body), isQuoted, sink)
        break
      case 'ArithmeticExpansion':
        emit((yield* evaluateNode(shell, part.expression)).toString(), isQuoted, sink)
        break
      case 'ProcessSubstitution':
        sink.text(yield* shell.executor.processSubstitution(shell, part), true)
        break
    }
  }
}

/** The value of an arithmetic expression as the parser gives it. Throws an ExpansionFailure. */
export function* evaluateNode(shell: ShellState, node: ArithmeticNode): Task<bigint> {
  return evaluateInShell(shell, yield* expandArithmetic(shell, node.originalText ?? ''))
}

/** Makes the expansions inside the text of an arithmetic expression or subscript. */
export function* expandArithmetic(shell: ShellState, text: string): Task<string> {
  if (!/[$`\\"']/.test(text)) return text
  const expanded = yield* expandQuoted(shell, textAsWord(text))
  return expanded.replaceAll('"', '')
}

const textWords = new Map<string, WordNode>()

/** Reads text as in double quotes, where expansions are made and nothing else means anything. */
function textAsWord(text: string): WordNode {
  const known = textWords.get(text)
  if (known) return known
  const command = parse(prepareScript(`: "${requoted(text, '\\"')}"`)).statements[0]?.pipelines[0]?.commands[0]
  const word = command?.type === 'SimpleCommand' ? command.args[0] : undefined
  if (!word) throw new ExpansionFailure(`${text}: bad substitution`)
  if (textWords.size > 500) textWords.clear()
  textWords.set(text, word)
  return word
}

const EXPANDERS = { expandParts, expandToText, expandToPattern, evaluateNode, expandArithmetic }

function emit(value: string, isQuoted: boolean, sink: WordSink): void {
  if (isQuoted) sink.text(value, true)
  else sink.split(value)
}

function tilde(shell: ShellState, user: string | null): string {
  if (user === null) {
    const home = shell.variables.find('HOME')
    return (home && scalarOf(home)) ?? shell.process.user.home
  }
  if (user === '+') return shell.process.directory
  if (user === '-') {
    const previous = shell.variables.find('OLDPWD')
    return (previous && scalarOf(previous)) ?? '~-'
  }
  if (user === 'root') return '/root'
  return user === shell.process.user.name ? shell.process.user.home : `~${user}`
}

function* keepBraces(
  shell: ShellState,
  part: Extract<WordPart, { type: 'BraceExpansion' }>,
  isQuoted: boolean,
  sink: WordSink,
): Task {
  sink.text('{', isQuoted)
  for (const [i, item] of part.items.entries()) {
    if (i > 0) sink.text(',', isQuoted)
    if (item.type === 'Word') yield* expandParts(shell, item.word.parts, isQuoted, sink)
    else {
      const step = item.step === undefined ? '' : `..${item.step}`
      sink.text(`${item.startStr ?? item.start}..${item.endStr ?? item.end}${step}`, isQuoted)
    }
  }
  sink.text('}', isQuoted)
}
