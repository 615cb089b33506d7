import type { DescribeTableStatement } from '../hive/nodes.ts'
import type { CatalogColumn, CatalogPartition, CatalogTable } from './catalog.ts'
import { fieldNotFound, partitionNotFound } from './ddl-errors.ts'
import { detailText, formattedDetails } from './describe-details.ts'
import { padField } from './describe-field.ts'
import { type HiveContext, requireTable } from './hive-context.ts'
import { type HiveOutcome, textOutcome } from './hive-result.ts'
import { formatSpec, partitionSelector, partitionValuesOf } from './partition-spec.ts'
import { describeView } from './views.ts'

const BLANK = '\t \t '
const HEADING = `# ${columnLine({ name: 'col_name', type: 'data_type', comment: 'comment' })}`

/**
 * DESCRIBE, DESCRIBE EXTENDED and DESCRIBE FORMATTED: one text per row, its fields filled to 20 characters and joined by
 * tabs. Layout as real Athena gave it to the athena-local project (2026).
 */
export async function describeTable(statement: DescribeTableStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  if (table.tableType === 'VIRTUAL_VIEW' && statement.style === 'plain') return describeView(table)
  const partition = await requirePartition(statement, table, context)
  return textOutcome(['col_name', 'data_type', 'comment'], lines(statement, table, partition))
}

function lines(
  statement: DescribeTableStatement,
  table: CatalogTable,
  partition: CatalogPartition | undefined,
): readonly string[] {
  if (statement.column !== undefined) return [columnLine(requireColumn(table, statement.column))]
  const columns = columnsOf(table)
  const keys = table.partitionKeys.map(columnLine)
  const keyBlock = keys.length === 0 ? [] : [BLANK, '# Partition Information\t \t ', HEADING, BLANK, ...keys]
  switch (statement.style) {
    case 'plain':
      return [...columns.map(columnLine), ...keys, ...keyBlock]
    case 'extended':
      return [...columns.map(columnLine), ...keys, ...keyBlock, BLANK, detailText(table, partition)]
    case 'formatted':
      return [HEADING, BLANK, ...columns.map(columnLine), ...keyBlock, BLANK, ...formattedDetails(table, partition)]
  }
}

function columnsOf(table: CatalogTable): readonly CatalogColumn[] {
  return table.viewColumns ?? table.storageDescriptor.columns
}

function columnLine(column: CatalogColumn): string {
  const comment = padField(column.comment ?? '').split('\t', 1)[0]
  return `${padField(column.name)}\t${padField(column.type)}\t${comment}`
}

function requireColumn(table: CatalogTable, name: string): CatalogColumn {
  const columns = columnsOf(table)
  const column = [...columns, ...table.partitionKeys].find((known) => known.name === name)
  if (column === undefined)
    throw fieldNotFound(
      name,
      columns.map((known) => known.name),
    )
  return column
}

async function requirePartition(
  { partition: spec }: DescribeTableStatement,
  table: CatalogTable,
  context: HiveContext,
): Promise<CatalogPartition | undefined> {
  if (spec === undefined) return undefined
  partitionValuesOf(table, spec)
  const known = await context.catalog.listPartitions(table.databaseName, table.name)
  const partition = known.find(partitionSelector(table, spec))
  if (partition === undefined) throw partitionNotFound(formatSpec(spec))
  return partition
}
