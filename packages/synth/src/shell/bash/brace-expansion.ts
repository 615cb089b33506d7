import { ShellLimitError } from '../shell-limits.ts'
import type { BracePart, WordPart } from './syntax.ts'

/**
 * The words that a word with braces stands for, in order: `a{b,c}{1..2}` is four. Throws a ShellLimitError where there are too many.
 */
export function expandBraces(parts: readonly WordPart[], limit: number): (readonly WordPart[])[] {
  const at = parts.findIndex((part) => part.type === 'BraceExpansion')
  if (at < 0) return [parts]
  const brace = parts[at] as BracePart
  const before = parts.slice(0, at)
  const after = expandBraces(parts.slice(at + 1), limit)
  const words: (readonly WordPart[])[] = []
  for (const item of items(brace, limit)) {
    for (const rest of after) {
      words.push([...before, ...item, ...rest])
      if (words.length > limit) throw new ShellLimitError('expandedWords', limit)
    }
  }
  return words
}

function items(brace: BracePart, limit: number): (readonly WordPart[])[] {
  return brace.items.flatMap((item): (readonly WordPart[])[] => {
    if (item.type === 'Word') return item.word.parts.length === 0 ? [[]] : expandBraces(item.word.parts, limit)
    return range(item, limit).map((value) => [{ type: 'Literal', value }])
  })
}

function range(item: Extract<BracePart['items'][number], { type: 'Range' }>, limit: number): string[] {
  const isText = typeof item.start === 'string' || typeof item.end === 'string'
  const start = isText ? String(item.start).charCodeAt(0) : Number(item.start)
  const end = isText ? String(item.end).charCodeAt(0) : Number(item.end)
  const step = Math.abs(item.step ?? 1) || 1
  if (Math.abs(end - start) / step >= limit) throw new ShellLimitError('expandedWords', limit)
  // Leading zeros of either end ask for numbers of equal width.
  const width =
    !isText && [item.startStr, item.endStr].some((text) => /^-?0\d/.test(text ?? ''))
      ? Math.max(item.startStr?.length ?? 0, item.endStr?.length ?? 0)
      : 0
  const values: string[] = []
  for (let value = start; start <= end ? value <= end : value >= end; value += start <= end ? step : -step) {
    if (isText) values.push(String.fromCharCode(value))
    else values.push(value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0'))
  }
  return values
}
