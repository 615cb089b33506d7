/** Replacements of regexp_replace: text, `$1`, `${name}`, and `\` before a character that stands for itself. */
export type ReplacementPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'group'; readonly group: number }

/** A replacement that Trino refuses; the text is Trino's. */
export class ReplacementError extends Error {
  override readonly name: string = 'ReplacementError'
}

/** `$` takes as many digits as still name a group. Source: Trino 435's answers. */
export function parseReplacement(
  replacement: string,
  groupCount: number,
  groupNames: ReadonlyMap<string, number>,
): readonly ReplacementPart[] {
  const illegal = (why: string): ReplacementError => new ReplacementError(`Illegal replacement sequence: ${why}`)
  const parts: ReplacementPart[] = []
  const addText = (text: string): void => {
    const last = parts.at(-1)
    if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + text }
    else parts.push({ kind: 'text', text })
  }
  const characters = [...replacement]
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string
    if (character === '\\') {
      at += 1
      const next = characters[at]
      if (next === undefined) throw illegal(replacement)
      addText(next)
    } else if (character === '$') {
      const rest = characters.slice(at + 1).join('')
      const named = /^\{([A-Za-z0-9_]*)\}?/.exec(rest)
      if (named) {
        const group = groupNames.get(named[1] as string)
        if (group === undefined) throw illegal(`unknown group { ${named[1]} }`)
        parts.push({ kind: 'group', group })
        at += named[0].length
        continue
      }
      const digits = /^\d+/.exec(rest)?.[0]
      if (digits === undefined) throw illegal(replacement)
      let length = 1
      while (length < digits.length && Number(digits.slice(0, length + 1)) <= groupCount) length += 1
      const group = Number(digits.slice(0, length))
      if (group > groupCount) throw illegal(`unknown group ${group}`)
      parts.push({ kind: 'group', group })
      at += length
    } else {
      addText(character)
    }
  }
  return parts
}
