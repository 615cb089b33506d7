import type { Filter } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../wire/service-error.ts'
import { invalidValue } from './ec2-errors.ts'
import { notFound, type ResourceKind } from './resource-kinds.ts'
import type { ResourceTags } from './resource-tags.ts'

/** What a filter compares with: one value, several of which one has to fit, or none. */
export type FilterValue = string | number | boolean | undefined | readonly (string | number | boolean | undefined)[]

/** The filters of a Describe operation by the names of the API reference. */
export type RowFilters<Row> = Readonly<Record<string, (row: Row) => FilterValue>>

/** The members that Describe operations have in common. */
export interface DescribeRequest {
  readonly Filters?: readonly Filter[] | undefined
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/** What is described, and how its rows are told apart and filtered. */
export interface DescribedRows<Row> {
  readonly kind: ResourceKind
  readonly rows: Iterable<Row>
  readonly id: (row: Row) => string
  readonly filters: RowFilters<Row>
  /** The ids that the request names; all rows where it names none. */
  readonly ids?: readonly string[] | undefined
  /** Where the resources have tags: `tag:…`, `tag-key` and `tag-value` filter by them. */
  readonly tags?: ResourceTags
  /** Of MaxResults; 5 and 1000 unless given. */
  readonly pageSizes?: readonly [smallest: number, largest: number]
}

/** A page of rows, and the token of the next one. */
export interface DescribedPage<Row> {
  readonly rows: readonly Row[]
  readonly nextToken: string | undefined
}

/** Source: EC2 API reference, "Filtering": 50 filters with 200 values together. */
const MOST_FILTERS = 50
const MOST_VALUES = 200
/** EC2's answer to a page size that is not allowed. Source: EC2 API reference, "Error codes". */
export const PAGE_SIZE_ERROR = 'InvalidMaxResults'
/** EC2's answer to a filter that the operation does not have; the error catalogue also has InvalidFilter, which no client reports. */
export const UNKNOWN_FILTER_ERROR = 'InvalidParameterValue'

/** Rows by ids, filters and page. @throws ServiceError for ids that are not there, and unknown filters. */
export function describeRows<Row>(described: DescribedRows<Row>, request: DescribeRequest): DescribedPage<Row> {
  return page(selectRows(described, request.Filters), described.id, request, described.pageSizes)
}

/** Rows by ids and filters. */
export function selectRows<Row>(
  { kind, rows, id, filters, ids, tags }: DescribedRows<Row>,
  requested: readonly Filter[] | undefined,
): readonly Row[] {
  const all = [...rows]
  let named = all
  if (ids && ids.length > 0) {
    const wanted = new Set(ids)
    named = all.filter((row) => wanted.delete(id(row)))
    if (wanted.size > 0) throw notFound(kind, [...wanted])
  }
  const matches = compileFilters(filters, id, tags, requested)
  return matches.length === 0 ? named : named.filter((row) => matches.every((match) => match(row)))
}

/** A page of items that are in order. */
export function page<Item>(
  items: readonly Item[],
  id: (item: Item) => string,
  { MaxResults: size, NextToken: token }: DescribeRequest,
  [smallest, largest]: readonly [number, number] = [5, 1000],
): { readonly rows: readonly Item[]; readonly nextToken: string | undefined } {
  if (size !== undefined && (size < smallest || size > largest)) {
    const bound = size < smallest ? `greater than or equal to ${smallest}` : `less than or equal to ${largest}`
    throw new ServiceError(
      PAGE_SIZE_ERROR,
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${bound}.`,
    )
  }
  const start = token === undefined || token === '' ? 0 : startAfter(items, id, token)
  const end = size === undefined ? items.length : start + size
  const last = items[end - 1]
  const hasMore = end < items.length && last !== undefined
  return {
    rows: items.slice(start, end),
    nextToken: hasMore ? Buffer.from(JSON.stringify([end, id(last)])).toString('base64url') : undefined,
  }
}

/** Behind the item at which the last page ended, which may be gone by now. */
function startAfter<Item>(items: readonly Item[], id: (item: Item) => string, token: string): number {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    place = undefined
  }
  if (!Array.isArray(place) || typeof place[0] !== 'number' || typeof place[1] !== 'string') {
    throw new ServiceError('InvalidNextToken', 'The token is not valid.')
  }
  const at = items.findIndex((item) => id(item) === place[1])
  return at < 0 ? Math.min(place[0], items.length) : at + 1
}

type RowMatch<Row> = (row: Row) => boolean

function compileFilters<Row>(
  filters: RowFilters<Row>,
  id: (row: Row) => string,
  tags: ResourceTags | undefined,
  requested: readonly Filter[] | undefined = [],
): readonly RowMatch<Row>[] {
  const values = requested.reduce((sum, { Values }) => sum + (Values?.length ?? 0), 0)
  if (requested.length > MOST_FILTERS || values > MOST_VALUES) {
    throw new ServiceError(
      'FilterLimitExceeded',
      `The maximum number of filters or filter values specified on a single call is ${MOST_FILTERS} and ${MOST_VALUES}.`,
    )
  }
  return requested.map(({ Name: name = '', Values: patterns }) => {
    if (name === '') throw invalidValue('The filter name must not be empty')
    if (!patterns || patterns.length === 0) {
      throw new ServiceError(UNKNOWN_FILTER_ERROR, `The filter '${name}' has no values`)
    }
    const read = filterReader(filters, id, tags, name)
    const tests = patterns.map(wildcard)
    return (row) => {
      const found = read(row)
      const list: readonly (string | number | boolean | undefined)[] = Array.isArray(found) ? found : [found]
      return list.some((value) => value !== undefined && tests.some((test) => test(String(value))))
    }
  })
}

function filterReader<Row>(
  filters: RowFilters<Row>,
  id: (row: Row) => string,
  tags: ResourceTags | undefined,
  name: string,
): (row: Row) => FilterValue {
  const own = Object.hasOwn(filters, name) ? filters[name] : undefined
  if (own) return own
  if (tags) {
    if (name.startsWith('tag:')) return (row) => tags.of(id(row))[name.slice('tag:'.length)]
    if (name === 'tag-key') return (row) => Object.keys(tags.of(id(row)))
    if (name === 'tag-value') return (row) => Object.values(tags.of(id(row)))
  }
  throw new ServiceError(UNKNOWN_FILTER_ERROR, `The filter '${name}' is invalid`)
}

/** `*` is any text, `?` any character, `\` takes their meaning away. Source: EC2 API reference, "Filtering", wildcards. */
export function wildcard(pattern: string): (value: string) => boolean {
  if (!/[*?\\]/.test(pattern)) return (value) => value === pattern
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else {
      if (character === '\\' && at + 1 < pattern.length) at++
      source += pattern.charAt(at).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    }
  }
  const expression = new RegExp(`^${source}$`, 's')
  return (value) => expression.test(value)
}
