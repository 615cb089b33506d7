import { escapePattern, isPattern } from './glob-pattern.ts'

/** Where the parts of a word go while it is expanded. */
export interface WordSink {
  /** Text that is not split; quoted text also stands for itself in patterns. */
  text(value: string, isQuoted: boolean): void
  /** The value of an unquoted expansion. */
  split(value: string): void
  /** Between the elements of `$@` and `${array[@]}`. */
  nextElement(): void
}

/** A word after expansion and splitting. `pattern` is what pathname expansion sees. */
export interface Field {
  readonly text: string
  /** Undefined where the field has nothing of a pattern. */
  readonly pattern: string | undefined
}

/** Builds fields: splits the values of unquoted expansions at the characters of IFS (POSIX XCU 2.6.5). */
export class FieldBuilder implements WordSink {
  readonly fields: Field[] = []
  readonly #blanks: string
  readonly #separators: string
  #text = ''
  #pattern = ''
  #isOpen = false
  #mayBePattern = false
  /** The last field was ended by a blank: one separator that follows belongs to the same end. */
  #endedByBlank = false

  /** The value of IFS; its default where it is unset. */
  constructor(ifs: string | undefined) {
    const characters = ifs ?? ' \t\n'
    this.#blanks = [...characters].filter((character) => ' \t\n'.includes(character)).join('')
    this.#separators = [...characters].filter((character) => !' \t\n'.includes(character)).join('')
  }

  text(value: string, isQuoted: boolean): void {
    if (value === '' && !isQuoted) return
    this.#append(value, isQuoted)
  }

  split(value: string): void {
    if (this.#blanks === '' && this.#separators === '') {
      if (value !== '') this.#append(value, false)
      return
    }
    let from = 0
    for (let i = 0; i < value.length; i += 1) {
      const character = value[i] as string
      const isBlank = this.#blanks.includes(character)
      if (!isBlank && !this.#separators.includes(character)) continue
      if (i > from) this.#append(value.slice(from, i), false)
      from = i + 1
      if (this.#isOpen) {
        this.#close()
        this.#endedByBlank = isBlank
      } else if (!isBlank) {
        if (this.#endedByBlank) this.#endedByBlank = false
        else this.#push()
      }
    }
    if (from < value.length) this.#append(value.slice(from), false)
  }

  nextElement(): void {
    this.#close()
    this.#endedByBlank = false
  }

  /** Ends the word. */
  finish(): void {
    this.#close()
  }

  #append(value: string, isQuoted: boolean): void {
    this.#isOpen = true
    this.#endedByBlank = false
    this.#text += value
    if (isQuoted) this.#pattern += escapePattern(value)
    else {
      this.#pattern += value
      this.#mayBePattern ||= /[*?[(]/.test(value)
    }
  }

  #close(): void {
    if (this.#isOpen) this.#push()
  }

  #push(): void {
    const pattern = this.#mayBePattern && isPattern(this.#pattern) ? this.#pattern : undefined
    this.fields.push({ text: this.#text, pattern })
    this.#text = ''
    this.#pattern = ''
    this.#isOpen = false
    this.#mayBePattern = false
  }
}

/** Takes a word's parts as one text: assignments, redirections, `case`. */
export class TextBuilder implements WordSink {
  value = ''

  text(value: string): void {
    this.value += value
  }

  split(value: string): void {
    this.value += value
  }

  nextElement(): void {
    this.value += ' '
  }
}

/** Takes a word's parts as a pattern: what is quoted stands for itself. */
export class PatternBuilder implements WordSink {
  value = ''
  readonly #quote: (text: string) => string

  constructor(quote: (text: string) => string = escapePattern) {
    this.#quote = quote
  }

  text(value: string, isQuoted: boolean): void {
    this.value += isQuoted ? this.#quote(value) : value
  }

  split(value: string): void {
    this.value += value
  }

  nextElement(): void {
    this.value += ' '
  }
}
