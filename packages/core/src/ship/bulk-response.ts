/** What became of one item. */
export type ItemOutcome =
  | { readonly kind: 'delivered' }
  /** It was there before: an earlier attempt arrived whose answer did not. */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** HTTP statuses behind which the same request may succeed later. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

/**
 * The outcome of each item of a `_bulk` answer, in order; undefined where the text is no answer to `count` items, so that what became of
 * them is not known.
 */
export function readBulkResponse(text: string, count: number): readonly ItemOutcome[] | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return undefined
  }
  const items = isRecord(answer) ? answer.items : undefined
  if (!Array.isArray(items) || items.length !== count) return undefined
  const outcomes = items.map(itemOutcome)
  return outcomes.every((outcome) => outcome !== undefined) ? outcomes : undefined
}

function itemOutcome(item: unknown): ItemOutcome | undefined {
  const result = isRecord(item) ? Object.values(item)[0] : undefined
  if (!isRecord(result) || typeof result.status !== 'number') return undefined
  const { status } = result
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status === 409) return { kind: 'duplicate' }
  const reason = `status ${status}${errorText(result.error)}`
  return { kind: isRetryable(status) ? 'retry' : 'refused', reason }
}

function errorText(error: unknown): string {
  if (typeof error === 'string') return `: ${error}`
  if (!isRecord(error)) return ''
  const texts = [error.type, error.reason, isRecord(error.caused_by) ? error.caused_by.reason : undefined]
  const known = texts.filter((text) => typeof text === 'string')
  return known.length > 0 ? `: ${known.join(': ')}` : ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
