import { invalidArgument } from './s3-errors.ts'
import { compareKeys, type SortedKeys } from './sorted-keys.ts'

/** A line of a listing: a key, or the beginning that several keys share up to a delimiter. */
export type ListingEntry =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'prefix'; readonly prefix: string }

/** What is listed. */
export interface ListingRange {
  readonly prefix: string
  /** Empty for none. */
  readonly delimiter: string
  /** Where the listing goes on: after this key or prefix. Empty for the beginning. */
  readonly after: string
  /** Whether the key `after` itself is listed again. */
  readonly isInclusive?: boolean
}

/** Source: S3 API reference, ListObjectsV2, MaxKeys. */
const MOST_LISTED = 1000

/**
 * Keys in their order, those with a delimiter after the prefix rolled up. `has` tells which keys are listed.
 * Source: S3 user guide, "Organizing objects using prefixes".
 */
export function* listEntries(
  keys: SortedKeys,
  { prefix, delimiter, after, isInclusive = false }: ListingRange,
  has: (key: string) => boolean,
): Generator<ListingEntry, void, void> {
  // A listing that stopped after a prefix goes on after all that begin with it.
  const isAfterPrefix = delimiter !== '' && after !== '' && rolledUp(after, prefix, delimiter) === after
  const isBefore = (key: string): boolean => {
    if (prefix !== '' && compareKeys(key, prefix) < 0) return true
    if (after === '') return false
    const order = compareKeys(key, after)
    return order < 0 || (order === 0 && !isInclusive) || (isAfterPrefix && key.startsWith(after))
  }
  let rest: Generator<string> | undefined = keys.from((key) => !isBefore(key))
  while (rest) {
    const entries: Generator<string> = rest
    rest = undefined
    for (const key of entries) {
      if (!key.startsWith(prefix)) return
      if (!has(key)) continue
      const shared = delimiter === '' ? undefined : rolledUp(key, prefix, delimiter)
      if (shared === undefined) {
        yield { kind: 'key', key }
        continue
      }
      yield { kind: 'prefix', prefix: shared }
      rest = keys.from((other) => compareKeys(other, shared) > 0 && !other.startsWith(shared))
      break
    }
  }
}

/** What a listing takes at the most. @throws ServiceError InvalidArgument. */
export function pageSize(given: number | undefined, name: string): number {
  if (given === undefined) return MOST_LISTED
  if (!Number.isInteger(given) || given < 0 || given > 2_147_483_647) {
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, given)
  }
  return Math.min(given, MOST_LISTED)
}

/** How a listing writes keys and the like. @throws ServiceError InvalidArgument for an encoding that there is not. */
export function keyEncoder(encoding: string | undefined): (key: string) => string {
  if (encoding === undefined || encoding === '') return (key) => key
  if (encoding === 'url') return encodeKey
  throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding)
}

/** A key as a URL has it, its slashes as they are. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
}

function rolledUp(key: string, prefix: string, delimiter: string): string | undefined {
  if (!key.startsWith(prefix)) return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}
