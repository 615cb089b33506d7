import { AthenaError, type SqlLocation } from '../errors.ts'
import type { Expression, Query, Relation, Statement, TypeNode } from './nodes.ts'
import { DECIMAL_VALUE, DOUBLE_VALUE, END_OF_INPUT, INTEGER_VALUE, type Token, type TokenTag } from './tokens.ts'

/** The rules that call each other across files: a file reaches another's rule through the reader. */
export interface GrammarRules {
  statement(reader: TokenReader): Statement
  /** `query`: with? queryNoWith. */
  query(reader: TokenReader): Query
  /** The same, named in messages by the tokens that start it and not as `<query>`. */
  queryNoWith(reader: TokenReader): Query
  relation(reader: TokenReader): Relation
  expression(reader: TokenReader): Expression
  valueExpression(reader: TokenReader): Expression
  type(reader: TokenReader): TypeNode
}

/**
 * How deep expressions, queries, joins and types may nest. Trino has no number of its own: it runs
 * into its stack and then says the same sentence.
 */
const MAXIMUM_NESTING = 200

/** Names of grammar rules as Trino's messages have them. */
type RuleLabel = '<expression>' | '<predicate>' | '<identifier>' | '<string>' | '<query>' | '<type>'

/** Thrown where no rule fits; what was expected is known only in the second, recording pass. */
export class SyntaxFailure extends Error {}
const FAILURE = new SyntaxFailure('no rule fits')

interface Mark {
  readonly index: number
  readonly suppressedIndex: number
  readonly openDecisions: number
  readonly nesting: number
  readonly deferred: number
}

/**
 * A cursor over tokens. Rules ask `at` and `take`; in the recording pass each question that the
 * text does not answer is noted, and those of the furthest token are what Trino lists as expected.
 *
 * Trino computes that list from its grammar's network (io.trino.sql.parser.ErrorHandler): the names
 * of some rules stand for the tokens that start them, until one is read. `enter` does the same here.
 */
export class TokenReader {
  readonly rules: GrammarRules
  readonly text: string
  readonly #tokens: readonly Token[]
  readonly #recording: boolean
  #index = 0
  #nesting = 0
  #deferred: AthenaError[] = []
  /** The token at which a named rule has just been entered: what may start it is not listed. */
  #suppressedIndex = -1
  #openDecisions = 0
  #openUntil = -1
  #furthest = 0
  #expected = new Set<string>()
  readonly #hopeless = new Set<string>()
  #parameterIndexes: readonly number[] | undefined
  #selectItemStart = -1
  #lastPrimaryStart = -1
  #lastPrimaryEnd = -1

  constructor(text: string, tokens: readonly Token[], rules: GrammarRules, recording: boolean) {
    this.text = text
    this.#tokens = tokens
    this.rules = rules
    this.#recording = recording
  }

  get index(): number {
    return this.#index
  }
  get token(): Token {
    return this.peek(0)
  }
  get location(): SqlLocation {
    return this.token.location
  }

  /** How many `?` stand before this token. */
  get parameterIndex(): number {
    if (!this.#parameterIndexes) {
      let count = 0
      this.#parameterIndexes = this.#tokens.map((token) => (token.tag === '?' ? count++ : count))
    }
    return this.#parameterIndexes[this.#index] ?? 0
  }

  /** The text from an offset to the end of the last token read. */
  textSince(offset: number): string {
    const last = this.#tokens[this.#index - 1]
    return last ? this.text.slice(offset, last.offset + last.text.length) : ''
  }

  peek(distance: number): Token {
    const tokens = this.#tokens
    return tokens[Math.min(this.#index + distance, tokens.length - 1)] as Token
  }
  /** Whether tokens further on have these tags; notes nothing. */
  looksAt(distance: number, ...tags: readonly TokenTag[]): boolean {
    return tags.includes(this.peek(distance).tag)
  }

  at(tag: TokenTag): boolean {
    if (this.token.tag === tag) return true
    if (this.#recording) this.#record(displayName(tag))
    return false
  }
  atAny(...tags: readonly TokenTag[]): boolean {
    let found = false
    for (const tag of tags) if (this.at(tag)) found = true
    return found
  }
  take(tag: TokenTag): boolean {
    if (!this.at(tag)) return false
    this.advance()
    return true
  }
  takeAny(...tags: readonly TokenTag[]): TokenTag | undefined {
    if (!this.atAny(...tags)) return undefined
    return this.advance().tag
  }
  expect(tag: TokenTag): Token {
    if (!this.at(tag)) this.fail()
    return this.advance()
  }
  expectAny(...tags: readonly TokenTag[]): TokenTag {
    return this.takeAny(...tags) ?? this.fail()
  }
  advance(): Token {
    const token = this.token
    if (token.tag === END_OF_INPUT) this.fail()
    this.#index += 1
    return token
  }
  fail(): never {
    throw FAILURE
  }

  /** Notes that a rule could start here. Give what it returns to `leave`. */
  enter(label: RuleLabel): number {
    const before = this.#suppressedIndex
    if (this.#recording) this.#record(label)
    this.#suppressedIndex = this.#index
    return before
  }
  leave(suppressedIndex: number): void {
    this.#suppressedIndex = suppressedIndex
  }
  /** Notes a rule that was not taken. */
  note(label: RuleLabel): void {
    if (this.#recording) this.#record(label)
  }
  noteTag(...tags: readonly TokenTag[]): void {
    if (this.#recording) for (const tag of tags) this.#record(displayName(tag))
  }

  /**
   * Between `openDecision` and `closeDecision` Trino's parser has not yet decided between rules, and
   * an error lists what any of them could go on with.
   */
  openDecision(): void {
    this.#openDecisions += 1
  }
  closeDecision(): void {
    this.#openDecisions -= 1
  }
  /** The same for the next tokens only. */
  openDecisionFor(tokens: number): void {
    this.#openUntil = Math.max(this.#openUntil, this.#index + tokens)
  }
  get inOpenDecision(): boolean {
    return this.#openDecisions > 0 || this.#index <= this.#openUntil
  }

  /** A select item can be `primaryExpression.*`: whether the item read so far is one primary and no more. */
  startSelectItem(): void {
    this.#selectItemStart = this.#index
    this.#lastPrimaryStart = -1
  }
  isSelectItemStart(index: number): boolean {
    return index === this.#selectItemStart
  }
  endPrimary(start: number): void {
    this.#lastPrimaryStart = start
    this.#lastPrimaryEnd = this.#index
  }
  isPrimarySince(start: number): boolean {
    return this.#lastPrimaryStart === start && this.#lastPrimaryEnd === this.#index
  }

  mark(): Mark {
    return {
      index: this.#index,
      suppressedIndex: this.#suppressedIndex,
      openDecisions: this.#openDecisions,
      nesting: this.#nesting,
      deferred: this.#deferred.length,
    }
  }
  reset(mark: Mark): void {
    this.#index = mark.index
    this.#suppressedIndex = mark.suppressedIndex
    this.#openDecisions = mark.openDecisions
    this.#nesting = mark.nesting
    this.#deferred.length = mark.deferred
  }
  /** Trino gives a rule up at this token: what was expected further on or here does not count. */
  forgetExpected(): void {
    this.#furthest = this.#index
    this.#expected.clear()
  }
  /**
   * The grammar has no way past this point without one of the tokens asked for next, so Trino stops
   * here and lists only those: what could have gone on before is left out.
   */
  startMandatory(): void {
    if (this.#furthest === this.#index && !this.inOpenDecision) this.#expected.clear()
  }

  /**
   * Tries a rule and comes back when it does not fit. `name` makes a failure known, so that nested
   * parentheses are not tried again at every level.
   */
  attempt<T>(name: string, rule: () => T): T | undefined {
    const key = `${name}@${this.#index}`
    if (this.#hopeless.has(key)) return undefined
    const mark = this.mark()
    try {
      return rule()
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error
      this.reset(mark)
      // What the rule expects is on record after the first time.
      this.#hopeless.add(key)
      return undefined
    }
  }

  nest<T>(rule: () => T): T {
    if (this.#nesting >= MAXIMUM_NESTING) throw tooLarge()
    this.#nesting += 1
    const result = rule()
    this.#nesting -= 1
    return result
  }

  /** Subscripts, fields and time zones nest to the left without nesting in the text. */
  limitChain(length: number): void {
    if (length >= MAXIMUM_NESTING) throw tooLarge()
  }

  /** Errors of a text that is well formed: they count only when the whole text has been read. */
  defer(message: string, location: SqlLocation): void {
    this.#deferred.push(new AthenaError('MALFORMED_QUERY', message, { location }))
  }
  /** An error of a token by itself: at once, unless a choice is open, which a syntax error may settle first. */
  refuse(error: AthenaError): void {
    if (!this.inOpenDecision) throw error
    this.#deferred.push(error)
  }
  get firstDeferred(): AthenaError | undefined {
    return this.#deferred[0]
  }

  /** The error of a recording pass that failed. */
  syntaxError(): { readonly token: Token; readonly before: Token | undefined; readonly expected: readonly string[] } {
    const expected = new Set(this.#expected)
    // An expression or a type starts with a name: Trino's walk counts it once.
    if (expected.has('<expression>') || expected.has('<type>')) expected.delete('<identifier>')
    const token = this.#tokens[this.#furthest] as Token
    return { token, before: this.#tokens[this.#furthest - 1], expected: [...expected].sort(byCodeUnit) }
  }

  #record(name: string): void {
    if (this.#index < this.#furthest || this.#index === this.#suppressedIndex) return
    if (this.#index > this.#furthest) {
      this.#furthest = this.#index
      this.#expected.clear()
    }
    this.#expected.add(name)
  }
}

export function tooLarge(cause?: unknown): AthenaError {
  return new AthenaError('MALFORMED_QUERY', 'statement is too large (stack overflow while parsing)', {
    location: { line: 1, column: 1 },
    remedy: `Nest at most ${MAXIMUM_NESTING} levels of parentheses, calls and subqueries`,
    cause,
  })
}

const DISPLAY_NAMES: Readonly<Record<string, string>> = {
  [END_OF_INPUT]: '<EOF>',
  [INTEGER_VALUE]: '<integer>',
  [DECIMAL_VALUE]: 'DECIMAL_VALUE',
  [DOUBLE_VALUE]: 'DOUBLE_VALUE',
}
const displayName = (tag: TokenTag): string => DISPLAY_NAMES[tag] ?? `'${tag}'`

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
