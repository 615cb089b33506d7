import type { HiveStatement, HiveStatementKind } from '../hive/nodes.ts'
import type { StatementType } from '../result.ts'
import { createTable } from './create-table.ts'
import { alterDatabaseProperties, createDatabase, dropDatabase, showDatabases } from './database-statements.ts'
import { describeTable } from './describe-table.ts'
import type { HiveContext } from './hive-context.ts'
import type { HiveOutcome, HiveResult } from './hive-result.ts'
import { addPartitions, dropPartitions, renamePartition, showPartitions } from './partition-statements.ts'
import { repairTable } from './repair-table.ts'
import { showColumns, showCreateTable, showTableProperties, showTables, showViews } from './show-statements.ts'
import {
  addColumns,
  changeColumn,
  dropTable,
  replaceColumns,
  setLocation,
  setTableProperties,
} from './table-statements.ts'

/**
 * Runs a statement of the Hive family on the catalogue.
 * Throws AthenaError: DDL_FAILED with the text that Athena gives, MALFORMED_QUERY for what Athena refuses at submission.
 */
export async function executeHiveStatement(statement: HiveStatement, context: HiveContext): Promise<HiveResult> {
  const outcome = await run(statement, context)
  return { ...STATEMENT_TYPES[statement.kind], ...outcome }
}

function run(statement: HiveStatement, context: HiveContext): Promise<HiveOutcome> {
  switch (statement.kind) {
    case 'create-database':
      return createDatabase(statement, context)
    case 'drop-database':
      return dropDatabase(statement, context)
    case 'alter-database-properties':
      return alterDatabaseProperties(statement, context)
    case 'create-table':
      return createTable(statement, context)
    case 'drop-table':
      return dropTable(statement, context)
    case 'add-partitions':
      return addPartitions(statement, context)
    case 'drop-partitions':
      return dropPartitions(statement, context)
    case 'rename-partition':
      return renamePartition(statement, context)
    case 'set-location':
      return setLocation(statement, context)
    case 'set-table-properties':
      return setTableProperties(statement, context)
    case 'add-columns':
      return addColumns(statement, context)
    case 'replace-columns':
      return replaceColumns(statement, context)
    case 'change-column':
      return changeColumn(statement, context)
    case 'repair-table':
      return repairTable(statement, context)
    case 'show-databases':
      return showDatabases(statement, context)
    case 'show-tables':
      return showTables(statement, context)
    case 'show-views':
      return showViews(statement, context)
    case 'show-partitions':
      return showPartitions(statement, context)
    case 'show-columns':
      return showColumns(statement, context)
    case 'show-create-table':
      return showCreateTable(statement, context)
    case 'show-table-properties':
      return showTableProperties(statement, context)
    case 'describe-table':
      return describeTable(statement, context)
  }
}

interface StatementNames {
  readonly statementType: StatementType
  readonly substatementType: string
}

function ddl(substatementType: string): StatementNames {
  return { statementType: 'DDL', substatementType }
}

function utility(substatementType: string): StatementNames {
  return { statementType: 'UTILITY', substatementType }
}

/**
 * QueryExecution.StatementType and SubstatementType of each kind. Measured on real Athena by the athena-local project but for
 * ALTER_DATABASE_PROPERTIES, ALTER_TABLE_RENAME_PARTITION and SHOW_VIEWS, which follow the pattern of the others.
 */
const STATEMENT_TYPES: Readonly<Record<HiveStatementKind, StatementNames>> = {
  'create-database': ddl('CREATE_DATABASE'),
  'drop-database': ddl('DROP_DATABASE'),
  'alter-database-properties': ddl('ALTER_DATABASE_PROPERTIES'),
  'create-table': ddl('CREATE_TABLE'),
  'drop-table': ddl('DROP_TABLE'),
  'add-partitions': ddl('ALTER_TABLE_ADD_PARTITION'),
  'drop-partitions': ddl('ALTER_TABLE_DROP_PARTITION'),
  'rename-partition': ddl('ALTER_TABLE_RENAME_PARTITION'),
  'set-location': ddl('ALTER_TABLE_SET_LOCATION'),
  'set-table-properties': ddl('ALTER_TABLE_PROPERTIES'),
  'add-columns': ddl('ALTER_TABLE_ADD_COLUMN'),
  'replace-columns': ddl('ALTER_TABLE_REPLACE_COLUMN'),
  'change-column': ddl('ALTER_TABLE_CHANGE_COLUMN'),
  'repair-table': ddl('MSCK_REPAIR'),
  'show-databases': utility('SHOW_DATABASES'),
  'show-tables': utility('SHOW_TABLES'),
  'show-views': utility('SHOW_VIEWS'),
  'show-partitions': utility('SHOW_PARTITIONS'),
  'show-columns': utility('SHOW_COLUMNS'),
  'show-create-table': utility('SHOW_CREATE_TABLE'),
  'show-table-properties': utility('SHOW_TABLE_PROPERTIES'),
  'describe-table': utility('DESCRIBE_TABLE'),
}
