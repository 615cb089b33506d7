import type {
  Expression,
  GroupBy,
  Query,
  QueryBody,
  Relation,
  SelectItem,
  SortItem,
  WindowDefinition,
  With,
} from '../trino/nodes.ts'

/** A node of a query that a search may be for. */
export type QueryNode =
  | Expression
  | Query
  | QueryBody
  | Relation
  | SelectItem
  | SortItem
  | GroupBy
  | With
  | WindowDefinition

/** A node and all below it, subqueries too, parents first. Needs no stack. */
export function* nodesBelow(root: QueryNode): Generator<QueryNode> {
  const pending: unknown[] = [root]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next !== 'object' || next === null) continue
    if ('kind' in next && 'location' in next) yield next as QueryNode
    const parts = Array.isArray(next) ? next : Object.values(next)
    for (let index = parts.length - 1; index >= 0; index -= 1) pending.push(parts[index])
  }
}
