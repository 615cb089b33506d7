import type { Expression, NamedQuery, SortItem, WindowFrame } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'

/** A column that a relation gives. Fields are compared by identity: each mention of a table has its own. */
export interface Field {
  /** As written; undefined for an expression without alias. Compared without case, quoted or not. */
  readonly name: string | undefined
  readonly type: TrinoType
  /** Lower-case parts of the table's name as the query wrote it, or its alias. */
  readonly relationAlias: readonly string[] | undefined
  /** `$path` and the like: found by name, not by `*`. */
  readonly hidden: boolean
  /** True for a parameter of a lambda. */
  readonly isLambdaParameter?: boolean | undefined
}

/** A WITH query as its uses see it. */
export interface NamedQueryBinding {
  readonly namedQuery: NamedQuery
  readonly columns: readonly NamedColumn[]
  /** True within the query's own recursion step: the reference is to the rows of the step before. */
  readonly recursive: boolean
}

/** A column that has no relation yet. */
export interface NamedColumn {
  readonly name: string | undefined
  readonly type: TrinoType
}

/** A column without qualifier: of a query's output, of VALUES, of UNNEST. */
export function plainField(name: string | undefined, type: TrinoType): Field {
  return { name, type, relationAlias: undefined, hidden: false }
}

export function visibleFields(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ hidden }) => !hidden)
}

/** The names that an expression may use. Source: Trino, io.trino.sql.analyzer.Scope. */
export interface Scope {
  readonly fields: readonly Field[]
  readonly parent: Scope | undefined
  /** True where a query starts: names found beyond are correlated. */
  readonly queryBoundary: boolean
  /** Which WITH queries are visible from here on, by lower-case name. */
  readonly namedQueries: ReadonlyMap<string, NamedQueryBinding>
  /** The windows that the SELECT names, by lower-case name. */
  readonly windows?: ReadonlyMap<string, ResolvedWindow> | undefined
}

/** A window with its name resolved and its frame checked. */
export interface ResolvedWindow {
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly frame: WindowFrame | undefined
}

const NO_QUERIES: ReadonlyMap<string, NamedQueryBinding> = new Map()

export const EMPTY_SCOPE: Scope = { fields: [], parent: undefined, queryBoundary: true, namedQueries: NO_QUERIES }

/** The scope in which a query stands: it sees the outer names, and they are correlated. */
export function queryScope(
  parent: Scope | undefined,
  namedQueries: ReadonlyMap<string, NamedQueryBinding> = NO_QUERIES,
): Scope {
  return { fields: [], parent, queryBoundary: true, namedQueries }
}

/** The scope of a relation inside of a query. */
export function relationScope(fields: readonly Field[], parent: Scope | undefined): Scope {
  return { fields, parent, queryBoundary: false, namedQueries: NO_QUERIES }
}

export function findNamedQuery(scope: Scope | undefined, name: string): NamedQueryBinding | undefined {
  for (let current = scope; current; current = current.parent) {
    const binding = current.namedQueries.get(name)
    if (binding) return binding
  }
  return undefined
}

export function findWindow(scope: Scope, name: string): ResolvedWindow | undefined {
  for (let current: Scope | undefined = scope; current; current = current.queryBoundary ? undefined : current.parent) {
    const window = current.windows?.get(name)
    if (window) return window
  }
  return undefined
}

export type Resolution =
  | { readonly kind: 'field'; readonly field: Field; readonly local: boolean }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'missing' }

const MISSING: Resolution = { kind: 'missing' }

/** Finds a column by the lower-case parts of its name, from the inside outwards. */
export function resolveColumn(scope: Scope, parts: readonly string[]): Resolution {
  let local = true
  for (let current: Scope | undefined = scope; current; current = current.parent) {
    const matches = matchingFields(current.fields, parts)
    if (matches.length > 1) return { kind: 'ambiguous' }
    const [field] = matches
    if (field) return { kind: 'field', field, local }
    // `a.b` where `a` is a column here: then it is a field of that row, and no outer column.
    if (hasPrefixColumn(current.fields, parts)) return MISSING
    if (current.queryBoundary) local = false
  }
  return MISSING
}

/** True where some beginning of the name is a column, so that the rest may be fields of a row. */
export function startsWithColumn(scope: Scope, parts: readonly string[]): boolean {
  for (let current: Scope | undefined = scope; current; current = current.parent) {
    if (hasPrefixColumn(current.fields, parts)) return true
  }
  return false
}

function hasPrefixColumn(fields: readonly Field[], parts: readonly string[]): boolean {
  for (let length = parts.length - 1; length > 0; length -= 1) {
    if (matchingFields(fields, parts.slice(0, length)).length > 0) return true
  }
  return false
}

export function matchingFields(fields: readonly Field[], parts: readonly string[]): readonly Field[] {
  const name = parts.at(-1)
  const prefix = parts.slice(0, -1)
  return fields.filter((field) => field.name?.toLowerCase() === name && hasRelationPrefix(field, prefix))
}

/** `a.b` matches the relation `c.a.b`: the end of its name. */
export function hasRelationPrefix(field: Field, prefix: readonly string[]): boolean {
  if (prefix.length === 0) return true
  const alias = field.relationAlias
  if (!alias || alias.length < prefix.length) return false
  return prefix.every((part, index) => part === alias[alias.length - prefix.length + index])
}

const isRowField = ({ type }: Field): boolean => type.kind === 'row'

/** What the identifiers before `.*` stand for. */
export type AsteriskBasis = { readonly kind: 'relation'; readonly fields: readonly Field[] } | { readonly kind: 'row' }

/** `t.*`: a relation of that name, or a column (with fields of it behind) that is a row. */
export function resolveAsterisk(scope: Scope, parts: readonly string[]): AsteriskBasis | 'ambiguous' | undefined {
  for (let current: Scope | undefined = scope; current; current = current.parent) {
    const fields = current.fields.filter((field) => !field.hidden && hasRelationPrefix(field, parts))
    const isRow = matchingFields(current.fields, parts).some(isRowField) || hasPrefixColumn(current.fields, parts)
    if (fields.length > 0 && isRow) return 'ambiguous'
    if (fields.length > 0) return { kind: 'relation', fields }
    if (isRow) return { kind: 'row' }
  }
  return undefined
}
