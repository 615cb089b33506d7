import type { WordNode } from 'just-bash'
import type { Task } from '../task.ts'
import type { ArrayElement } from './executor.ts'
import { expandToText, expandWords } from './expand-word.ts'
import type { ShellState } from './shell-state.ts'

/** The elements of an array literal. */
export function* expandArrayElements(shell: ShellState, words: readonly WordNode[]): Task<ArrayElement[]> {
  const elements: ArrayElement[] = []
  for (const word of words) {
    const subscripted = splitSubscript(word)
    if (subscripted) {
      elements.push({
        subscript: yield* expandToText(shell, subscripted.subscript),
        value: yield* expandToText(shell, subscripted.value),
        append: subscripted.append,
      })
      continue
    }
    for (const value of yield* expandWords(shell, [word])) elements.push({ subscript: undefined, value, append: false })
  }
  return elements
}

/** Splits `[subscript]=value`, whose beginning the parser reads as a pattern or as plain text. */
function splitSubscript(
  word: WordNode,
): { readonly subscript: WordNode; readonly value: WordNode; readonly append: boolean } | undefined {
  const flat = word.parts.map((part) =>
    part.type === 'Glob' ? { type: 'Literal' as const, value: part.pattern } : part,
  )
  const first = flat[0]
  if (first?.type !== 'Literal' || !first.value.startsWith('[')) return undefined
  const subscript: WordNode['parts'] = []
  for (const [i, part] of flat.entries()) {
    if (part.type !== 'Literal') {
      subscript.push(part)
      continue
    }
    const text = i === 0 ? part.value.slice(1) : part.value
    const next = flat[i + 1]
    const joined = next?.type === 'Literal' && text.endsWith(']') ? text + next.value : text
    const end = /\](\+?)=/.exec(joined)
    if (!end) {
      subscript.push({ type: 'Literal', value: text })
      continue
    }
    const usedNext = joined !== text
    subscript.push({ type: 'Literal', value: joined.slice(0, end.index) })
    const rest = joined.slice(end.index + end[0].length)
    const original = word.parts.slice(i + (usedNext ? 2 : 1))
    const value: WordNode['parts'] = rest === '' ? original : [{ type: 'Literal', value: rest }, ...original]
    return {
      subscript: { type: 'Word', parts: subscript },
      value: { type: 'Word', parts: value },
      append: end[1] === '+',
    }
  }
  return undefined
}
