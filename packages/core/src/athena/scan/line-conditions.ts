import type { CatalogTable } from '../catalog/catalog.ts'
import { lazySimpleSerDe } from './lazy-simple-serde.ts'
import type { LineCondition } from './line-filter.ts'
import type { PartitionConstant, PartitionPredicate } from './partition-predicate.ts'

/** More alternatives than this cost more than splitting the lines. */
const MOST_ALTERNATIVES = 4

/**
 * Conditions that lines meet whose rows can pass the predicate: a column that equals a text is a part of the line, unless
 * characters are escaped. Finding it in the line is several times faster than splitting the line, which is then done for
 * few.
 */
export function lineConditions(
  table: CatalogTable,
  predicate: PartitionPredicate | undefined,
): readonly LineCondition[] {
  return lazySimpleSerDe(table).escapeCharacter === undefined ? conditionsOf(table, predicate) : []
}

function conditionsOf(table: CatalogTable, predicate: PartitionPredicate | undefined): readonly LineCondition[] {
  const isColumn = (name: string): boolean =>
    table.storageDescriptor.columns.some((column) => column.name.toLowerCase() === name)
  switch (predicate?.kind) {
    case 'and':
      return predicate.operands.flatMap((operand) => conditionsOf(table, operand))
    case 'comparison':
      return predicate.operator === '=' && isColumn(predicate.column) ? containsAny([predicate.value]) : []
    case 'in':
      return isColumn(predicate.column) ? containsAny(predicate.values) : []
    default:
      return []
  }
}

function containsAny(texts: readonly PartitionConstant[]): readonly LineCondition[] {
  if (texts.length === 0 || texts.length > MOST_ALTERNATIVES) return []
  const isEach = texts.every((text): text is string => typeof text === 'string' && text !== '')
  return isEach ? [texts as readonly string[]] : []
}
