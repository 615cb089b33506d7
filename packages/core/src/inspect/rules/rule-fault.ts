/** A fault in one rule, thrown while it is read; `parseRules` turns it into a located {@link RuleError}. */
export class RuleFault extends Error {
  readonly code: 'invalid' | 'unsupported'
  /** From the rule's start, counted from 0, where it is known. */
  readonly at: number | undefined

  constructor(message: string, code: 'invalid' | 'unsupported' = 'invalid', at?: number) {
    super(message)
    this.name = 'RuleFault'
    this.code = code
    this.at = at
  }
}

/** Throws a {@link RuleFault}: the rule is wrong. */
export function refuse(message: string): never {
  throw new RuleFault(message)
}

/** Throws a {@link RuleFault}: the inspector does not have it. */
export function refuseUnsupported(message: string): never {
  throw new RuleFault(message, 'unsupported')
}
