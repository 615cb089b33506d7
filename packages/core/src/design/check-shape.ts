import type { z } from 'zod'
import type { Design } from './design.ts'
import { type DesignIssue, type DesignIssueCode, formatPath, quoteValue } from './design-issue.ts'
import { nearestName } from './nearest-name.ts'
import { notSimulatedText } from './not-simulated.ts'
import { designSchema } from './schema/design-schema.ts'
import { knownKeys } from './schema/known-keys.ts'

type Keys = readonly (string | number)[]
type ZodIssue = z.core.$ZodIssue

/** Checks that plain data has a design's keys and values, each by itself; located issues in the user's words. */
export function checkShape(
  data: unknown,
): { readonly design: Design; readonly issues: readonly [] } | { readonly issues: readonly DesignIssue[] } {
  const result = designSchema.safeParse(data)
  // The copy itself, not the schema's: it keeps the order of the user's keys.
  if (result.success) return { design: data as Design, issues: [] }
  return { issues: result.error.issues.flatMap((issue) => translate(issue, [], data)) }
}

function translate(issue: ZodIssue, base: Keys, data: unknown): DesignIssue[] {
  const keys = [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))]
  const value = valueAt(data, keys)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...keys, key], valueAt(data, [...keys, key])))
    case 'invalid_union':
      return translateUnion(issue, keys, data)
    case 'invalid_key':
      return [invalidName(issue, keys)]
    case 'invalid_value':
      return [refusedValue(keys, value, `one of ${issue.values.map((allowed) => quoteValue(allowed)).join(', ')}`)]
    case 'too_small':
      return [error('invalid-value', keys, `The list is too short. It must have at least ${elements(issue.minimum)}.`)]
    case 'too_big':
      return [error('invalid-value', keys, `The list is too long. It must have at most ${elements(issue.maximum)}.`)]
    case 'invalid_type':
      return [wrongType(keys, value, TYPE_WORDS[issue.expected] ?? issue.expected)]
    default:
      return [refusedValue(keys, value, allowedText(issue) ?? issue.message)]
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object with a name for each resource',
}

/** The part that a custom check's parameters give. */
function allowedText(issue: ZodIssue): string | undefined {
  const parameters = issue.code === 'custom' ? issue.params : undefined
  return typeof parameters?.allowed === 'string' ? parameters.allowed : undefined
}

/** Of a union the branch that the value was meant for: the one that does not refuse its type. */
function translateUnion(issue: z.core.$ZodIssueInvalidUnion, keys: Keys, data: unknown): DesignIssue[] {
  const value = valueAt(data, keys)
  const meant = issue.errors.filter((errors) => !errors.some((each) => each.path.length === 0 && isTypeIssue(each)))
  const [branch] = meant.length > 0 ? meant : []
  if (branch) return branch.flatMap((each) => translate(each, keys, data))
  const expected = issue.errors.flatMap((errors) =>
    errors.filter(isTypeIssue).map((each) => {
      if (each.code === 'invalid_type') return TYPE_WORDS[each.expected] ?? each.expected
      return each.code === 'invalid_value' ? each.values.map((allowed) => quoteValue(allowed)).join(', ') : ''
    }),
  )
  return [wrongType(keys, value, [...new Set(expected)].join(' or '))]
}

function isTypeIssue(issue: ZodIssue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

function unknownKey(keys: Keys, value: unknown): DesignIssue {
  const refusal = notSimulatedText(keys, value)
  if (refusal !== undefined) return error('not-simulated', keys, refusal)
  const known = knownKeys(designSchema, keys.slice(0, -1))
  const key = String(keys.at(-1))
  const nearest = nearestName(key, known)
  const advice = nearest === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean ${nearest}?`
  return error('unknown-key', keys, `There is no key ${quoteValue(key)} here. ${advice}`)
}

function invalidName(issue: z.core.$ZodIssueInvalidKey, keys: Keys): DesignIssue {
  const allowed = issue.issues.map((each) => allowedText(each)).find((text) => text !== undefined)
  const name = quoteValue(String(keys.at(-1)))
  return error('invalid-name', keys, `${name} cannot be a name here. It must be ${allowed ?? 'another text'}.`)
}

function wrongType(keys: Keys, value: unknown, expected: string): DesignIssue {
  if (value === undefined) return error('missing-key', keys, `The key is missing. It must be ${expected}.`)
  return error('wrong-type', keys, `${capital(quoteValue(value))} stands here. It must be ${expected}.`)
}

function refusedValue(keys: Keys, value: unknown, allowed: string): DesignIssue {
  if (value === undefined) return error('missing-key', keys, `The key is missing. It must be ${allowed}.`)
  const refusal = notSimulatedText(keys, value)
  if (refusal !== undefined) return error('not-simulated', keys, refusal)
  return error('invalid-value', keys, `${capital(quoteValue(value))} is not allowed. It must be ${allowed}.`)
}

function elements(count: number | bigint): string {
  return `${count} ${Number(count) === 1 ? 'element' : 'elements'}`
}

function capital(text: string): string {
  return text.startsWith('a') ? `A${text.slice(1)}` : text
}

function error(code: DesignIssueCode, keys: Keys, message: string): DesignIssue {
  return { code, severity: 'error', path: formatPath(keys), keys, message }
}

function valueAt(data: unknown, keys: Keys): unknown {
  let value = data
  for (const key of keys) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}
