import type { WordNode } from 'just-bash'
import type { WordPart } from './syntax.ts'

const texts = new WeakMap<WordNode, string | false>()

/** The text of a word in which nothing is expanded; undefined for all others. */
export function staticText(word: WordNode): string | undefined {
  let text = texts.get(word)
  if (text === undefined) {
    text = textOf(word.parts) ?? false
    texts.set(word, text)
  }
  return text === false ? undefined : text
}

function textOf(parts: readonly WordPart[]): string | undefined {
  let text = ''
  for (const part of parts) {
    if (part.type === 'DoubleQuoted') {
      const inner = textOf(part.parts)
      if (inner === undefined) return undefined
      text += inner
    } else if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped') text += part.value
    else return undefined
  }
  return text
}
