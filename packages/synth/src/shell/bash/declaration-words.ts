import type { WordNode } from 'just-bash'
import type { Task } from '../task.ts'
import type { ArrayElement } from './executor.ts'
import { expandToText, expandWords } from './expand-word.ts'
import type { ShellState } from './shell-state.ts'
import type { WordPart } from './syntax.ts'

/** Builtins whose arguments may be assignments, which are expanded as such: no splitting, arrays allowed. */
export const DECLARATION_BUILTINS: ReadonlySet<string> = new Set(['declare', 'typeset', 'local', 'readonly', 'export'])

/** Expands the arguments of such a builtin. */
export function* expandDeclaration(
  shell: ShellState,
  name: string,
  args: readonly WordNode[],
  expandElements: (shell: ShellState, words: readonly WordNode[]) => Task<ArrayElement[]>,
): Task<{ readonly words: readonly string[]; readonly arrays: ReadonlyMap<number, readonly ArrayElement[]> }> {
  const words = [name]
  const arrays = new Map<number, readonly ArrayElement[]>()
  for (const arg of args) {
    const [first] = arg.parts
    const start = first?.type === 'Literal' ? first.value : ''
    const array = /^([A-Za-z_][A-Za-z0-9_]*\+?=)\(/.exec(start)
    if (array && isClosed(arg)) {
      arrays.set(words.length - 1, yield* expandElements(shell, elementWords(arg, array[0].length)))
      words.push(array[1] ?? '')
    } else if (/^[A-Za-z_][A-Za-z0-9_]*(?:\+?=|$)/.test(start) && start.includes('=')) {
      words.push(yield* expandToText(shell, arg))
    } else if (arg.parts[1]?.type === 'Glob' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(start)) {
      words.push(yield* expandToText(shell, arg))
    } else words.push(...(yield* expandWords(shell, [arg])))
  }
  return { words, arrays }
}

function isClosed(word: WordNode): boolean {
  const last = word.parts.at(-1)
  return last?.type === 'Literal' && last.value.endsWith(')')
}

/** The words between the parentheses: the parser leaves them in one word, its unquoted blanks in the literal parts. */
function elementWords(word: WordNode, start: number): WordNode[] {
  const words: WordNode[] = []
  let parts: WordPart[] = []
  const finish = (): void => {
    if (parts.length > 0) words.push({ type: 'Word', parts })
    parts = []
  }
  for (const [i, part] of word.parts.entries()) {
    if (part.type !== 'Literal' && part.type !== 'Glob') {
      parts.push(part)
      continue
    }
    let text = part.type === 'Literal' ? part.value : part.pattern
    if (i === 0) text = text.slice(start)
    if (i === word.parts.length - 1) text = text.slice(0, -1)
    for (const [n, piece] of text.split(/[ \t\n]+/).entries()) {
      if (n > 0) finish()
      if (piece !== '')
        parts.push(part.type === 'Glob' ? { type: 'Glob', pattern: piece } : { type: 'Literal', value: piece })
    }
  }
  finish()
  return words
}
