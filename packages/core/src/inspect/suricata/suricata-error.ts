/** A rule that Suricata refuses. */
export interface SuricataRuleError {
  readonly file: string
  /** Counted from 1: the first line of the rule. 0 where Suricata does not say which rule it is. */
  readonly line: number
  /** The rule, its lines joined; empty where Suricata does not say. */
  readonly rule: string
  /** Suricata's reason. */
  readonly message: string
}

/**
 * Why Suricata gave no events, or not all. `not-installed` and `unsupported-version`: of the command; `bad-rules`: see `ruleErrors`;
 * `bad-capture`: of a kind that it does not read; `failed`: it ended by itself; `timed-out` and `aborted`: it was ended; `broken-output`: a
 * line of eve.json is no event.
 */
export type SuricataErrorCode =
  | 'not-installed'
  | 'unsupported-version'
  | 'bad-rules'
  | 'bad-capture'
  | 'failed'
  | 'timed-out'
  | 'aborted'
  | 'broken-output'

/** Thrown by everything that runs Suricata. */
export class SuricataError extends Error {
  readonly code: SuricataErrorCode
  /** Of `bad-rules`: every rule that is refused, by file and line. */
  readonly ruleErrors: readonly SuricataRuleError[]

  constructor(code: SuricataErrorCode, message: string, ruleErrors: readonly SuricataRuleError[] = []) {
    super(message)
    this.name = 'SuricataError'
    this.code = code
    this.ruleErrors = ruleErrors
  }
}

/** The error of rules that are refused, one line for each. */
export function badRules(errors: readonly SuricataRuleError[]): SuricataError {
  const lines = errors.map(({ file, line, message }) => `${file}${line > 0 ? `:${line}` : ''}: ${message}`)
  return new SuricataError('bad-rules', `Suricata refuses ${errors.length} of the rules:\n${lines.join('\n')}`, errors)
}
