import type { SignatureDraft } from '../signature-draft.ts'

/** One keyword of the rule language: the form of its value, and what it does to the rule. */
export interface Keyword {
  /** `none`: it takes no value; `optional`; `plain`: without quotes; `quoted`: in quotes; `either`. */
  readonly value: 'none' | 'optional' | 'plain' | 'quoted' | 'either'
  /** An exclamation mark may stand before the value's quotes. */
  readonly isNegatable?: boolean
  /** Reads the value (empty where there is none) into the draft. Throws a RuleFault. */
  read(draft: SignatureDraft, value: string, isNegated: boolean): void
}

/** Keywords by name, in lower case. */
export type KeywordTable = Readonly<Record<string, Keyword>>
