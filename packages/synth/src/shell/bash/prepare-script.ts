/** Words behind which a command begins. */
const COMMAND_WORDS: ReadonlySet<string> = new Set([
  '!',
  '{',
  'do',
  'elif',
  'else',
  'if',
  'then',
  'time',
  'until',
  'while',
])

/**
 * Writes a script so that the parser reads it as bash does:
 *
 * - It takes what stands in `((…))` for words and redirections, so that `((n>=3))` came out as `n > =3`, and the rest of `((n<<3))` as a
 *   here-document. The expression is put into double quotes, in which it means the same.
 * - It takes no words that look like assignments behind `for` and `case`: their `=` is escaped.
 * - In `$((…))` it takes `((` and `))` for one parenthesis each: they are set apart.
 * - In `$(…)` it takes a `#` inside of a word for a comment and a `'` inside of double quotes for a quote, and in here-documents `$'`: a
 *   backslash hides them.
 */
export function prepareScript(script: string): string {
  if (!/\(\(|#|<<|=|""|'/.test(script)) return script
  const scanner = new Scanner(script)
  scanner.commands('')
  return scanner.result()
}

/** Goes through a script as far as it takes to know where commands begin. */
class Scanner {
  readonly #text: string
  #at = 0
  /** Up to where the result is made. */
  #copied = 0
  readonly #parts: string[] = []
  /** Command substitutions around this place. */
  #substitutions = 0
  /** Ends of the here-documents that begin behind this line. */
  #hereDocuments: { readonly end: string; readonly stripsTabs: boolean; readonly isQuoted: boolean }[] = []

  constructor(text: string) {
    this.#text = text
  }

  result(): string {
    return this.#parts.join('') + this.#text.slice(this.#copied)
  }

  /** Reads commands up to the end of the text or of a command substitution. */
  commands(end: '' | ')'): void {
    let depth = 0
    let isAtStart = true
    /** Between `for` or `case` and the end of the words behind it. */
    let isInWords = false
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] as string
      if (character === '\n') {
        this.#at += 1
        this.#skipHereDocuments()
        isAtStart = true
        isInWords = false
      } else if (character === ' ' || character === '\t') this.#at += 1
      else if (character === '#') this.#at = this.#lineEnd()
      else if (character === ')') {
        this.#at += 1
        if (depth === 0 && end === ')') return
        depth -= 1
        isAtStart = true
        isInWords = false
      } else if (character === '(') {
        if (isAtStart && this.#arithmeticCommand()) isAtStart = false
        else {
          this.#at += 1
          depth += 1
          isAtStart = true
        }
      } else if (character === ';' || character === '&' || character === '|') {
        this.#at += 1
        isAtStart = true
        isInWords = false
      } else if (this.#text.startsWith('<<', this.#at) && this.#text[this.#at + 2] !== '<') this.#hereDocument()
      else if (character === '<' || character === '>') {
        this.#at += 1
        if (this.#text[this.#at] === '(') {
          this.#at += 1
          this.commands(')')
        } else while ('<>&|'.includes(this.#text[this.#at] ?? ' ')) this.#at += 1
      } else {
        if (isInWords) this.#hideAssignment()
        const word = this.#word()
        if (isAtStart && (word === 'for' || word === 'case')) isInWords = true
        if (word === 'for') this.#loopHead()
        isAtStart = isAtStart && COMMAND_WORDS.has(word)
      }
    }
  }

  /** Escapes the `=` of a word that looks like an assignment. */
  #hideAssignment(): void {
    const start = /[A-Za-z_]\w*\+?(?==)/y
    start.lastIndex = this.#at
    if (start.test(this.#text)) this.#replace(start.lastIndex, start.lastIndex + 1, () => '\\=')
  }

  /** Quotes an arithmetic command; false where two subshells begin instead. */
  #arithmeticCommand(): boolean {
    if (this.#text[this.#at + 1] !== '(') return false
    const end = this.#expressionEnd(this.#at + 2)
    if (end === undefined) return false
    this.#quote(this.#at + 2, end)
    this.#at = end + 2
    return true
  }

  /** Quotes the three expressions of `for ((…; …; …))`. */
  #loopHead(): void {
    const start = /[ \t]*\(\(/y
    start.lastIndex = this.#at
    if (!start.test(this.#text)) return
    const end = this.#expressionEnd(start.lastIndex)
    if (end === undefined) return
    let from = start.lastIndex
    for (const part of this.#text.slice(from, end).split(';')) {
      if (part.includes('<<')) this.#quote(from, from + part.length)
      from += part.length + 1
    }
    this.#at = end + 2
  }

  #quote(from: number, to: number): void {
    this.#replace(from, to, (expression) => `"${requoted(expression)}"`)
  }

  #replace(from: number, to: number, change: (text: string) => string): void {
    const text = this.#text.slice(from, to)
    const changed = change(text)
    if (changed === text) return
    this.#parts.push(this.#text.slice(this.#copied, from), changed)
    this.#copied = to
  }

  /** Place of the `))` that closes an expression; undefined where the parentheses are not closed together. */
  #expressionEnd(from: number): number | undefined {
    let depth = 0
    for (let at = from; at < this.#text.length; at += 1) {
      const character = this.#text[at]
      if (character === '\\') at += 1
      else if (character === "'" || character === '"' || character === '`') at = closing(this.#text, at)
      else if (character === '(') depth += 1
      else if (character === ')') {
        if (depth === 0) return this.#text[at + 1] === ')' ? at : undefined
        depth -= 1
      }
    }
    return undefined
  }

  /** Reads a word; gives it as written. */
  #word(): string {
    const start = this.#at
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] as string
      if (/[\s;&|<>()]/.test(character)) break
      if (character === '\\') this.#at += 2
      else if (character === "'") this.#at = closing(this.#text, this.#at) + 1
      else if (character === '"') this.#doubleQuotes()
      else if (character === '`') this.#at = closing(this.#text, this.#at) + 1
      else if (character === '$') this.#expansion()
      else {
        if (character === '#' && this.#substitutions > 0) this.#replace(this.#at, this.#at + 1, () => '\\#')
        this.#at += 1
      }
    }
    return this.#text.slice(start, this.#at)
  }

  #doubleQuotes(): void {
    this.#at += 1
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]
      if (character === '"') {
        this.#at += 1
        return
      }
      if (character === "'" && this.#substitutions > 0) this.#replace(this.#at, this.#at + 1, () => `"\\'"`)
      if (character === '\\') this.#at += 2
      else if (character === '`') this.#at = closing(this.#text, this.#at) + 1
      else if (character === '$') this.#expansion()
      else this.#at += 1
    }
  }

  #expansion(): void {
    const next = this.#text[this.#at + 1]
    if (next === '(') {
      const end = this.#text[this.#at + 2] === '(' ? this.#expressionEnd(this.#at + 3) : undefined
      if (end !== undefined) {
        this.#replace(this.#at + 3, end, this.#substitutions > 0 ? hidden : spaced)
        this.#at = end + 2
      } else {
        this.#at += 2
        this.#substitutions += 1
        this.commands(')')
        this.#substitutions -= 1
      }
    } else if (next === '{') this.#braces()
    else if (next === '#' && this.#substitutions > 0) {
      this.#replace(this.#at, this.#at + 2, () => '${#}')
      this.#at += 2
    } else if (/[A-Za-z_]/.test(next ?? '')) this.#variable()
    else if (next === "'") this.#at = ansiEnd(this.#text, this.#at + 2)
    else this.#at += 1
  }

  /** Puts a name into braces where the quotes behind it end and others begin: the parser would take their text for more of the name. */
  #variable(): void {
    const name = /\$\w+/y
    name.lastIndex = this.#at
    name.test(this.#text)
    if (this.#text.startsWith('""', name.lastIndex)) {
      this.#replace(this.#at, name.lastIndex, (text) => `\${${text.slice(1)}}`)
    }
    this.#at = name.lastIndex
  }

  #braces(): void {
    this.#at += 2
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]
      if (character === '}') {
        this.#at += 1
        return
      }
      if (character === '\\') this.#at += 2
      else if (character === '"') this.#doubleQuotes()
      else if (character === '`') this.#at = closing(this.#text, this.#at) + 1
      else if (character === '$') this.#expansion()
      else this.#at += 1
    }
  }

  #hereDocument(): void {
    const head = /<<(-?)[ \t]*/y
    head.lastIndex = this.#at
    const stripsTabs = head.exec(this.#text)?.[1] === '-'
    this.#at = head.lastIndex
    const word = this.#word()
    const end = word.replace(/["'\\]/g, '')
    this.#hereDocuments.push({ end, stripsTabs, isQuoted: end !== word })
  }

  #skipHereDocuments(): void {
    for (const { end, stripsTabs, isQuoted } of this.#hereDocuments.splice(0)) {
      while (this.#at < this.#text.length) {
        const line = this.#text.slice(this.#at, this.#lineEnd())
        const isEnd = (stripsTabs ? line.replace(/^\t+/, '') : line) === end
        if (!isQuoted && !isEnd) this.#hereDocumentLine()
        this.#at = Math.min(this.#text.length, this.#lineEnd() + 1)
        if (isEnd) break
      }
    }
  }

  /** Goes through a line of a here-document, and on to where substitutions end that begin in it. */
  #hereDocumentLine(): void {
    while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') {
      const character = this.#text[this.#at]
      const next = this.#text[this.#at + 1] ?? '\n'
      if (character === '\\') {
        // Others than these stand for themselves.
        if (!'$`\\\n'.includes(next)) this.#replace(this.#at, this.#at + 1, () => '\\\\')
        this.#at += 2
      } else if (character === '`') this.#at = closing(this.#text, this.#at) + 1
      else if (character === '$' && next === "'") {
        this.#replace(this.#at, this.#at + 1, () => '\\$')
        this.#at += 2
      } else if (character === '$') this.#expansion()
      else this.#at += 1
    }
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at)
    return end < 0 ? this.#text.length : end
  }
}

/** Place of the mark that closes the quotes which begin at a place; the text's end without one. */
function closing(text: string, from: number): number {
  const mark = text[from]
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === mark) return at
    if (text[at] === '\\' && mark !== "'") at += 1
  }
  return text.length
}

function ansiEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === "'") return at + 1
  }
  return text.length
}

/** An expression of which a `#`, the sign of a base, does not look like a comment to the parser. */
function hidden(expression: string): string {
  const text = spaced(expression).replace(/\$#/g, '${#}')
  return /(?:^|[^$\w{])\d+#/.test(text) ? `"${requoted(text)}"` : text
}

/** An expression with no two parentheses side by side, as the parser counts those as one. */
function spaced(expression: string): string {
  return expression.includes('$(') ? expression : expression.replace(/\((?=\()/g, '( ').replace(/\)(?=\))/g, ') ')
}

/** An expression with its double quotes, which mean nothing in arithmetic, written as `by`; those inside of substitutions stay. */
export function requoted(expression: string, by = ''): string {
  if (!expression.includes('"')) return expression
  let depth = 0
  let result = ''
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression[at] as string
    if (character === '$' && /[({]/.test(expression[at + 1] ?? '')) depth += 1
    else if (depth > 0 && (character === ')' || character === '}')) depth -= 1
    result += character === '"' && depth === 0 ? by : character
  }
  return result
}
