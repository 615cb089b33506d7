import type {
  AlterDatabasePropertiesStatement,
  CreateDatabaseStatement,
  DropDatabaseStatement,
  ShowDatabasesStatement,
} from '../hive/nodes.ts'
import { databaseNotEmpty, databaseNotFound } from './ddl-errors.ts'
import type { HiveContext } from './hive-context.ts'
import { matchHiveName } from './hive-name-pattern.ts'
import { type HiveOutcome, NO_ROWS, textOutcome } from './hive-result.ts'

export async function createDatabase(
  statement: CreateDatabaseStatement,
  { catalog }: HiveContext,
): Promise<HiveOutcome> {
  const { name, comment, databaseLocation, properties } = statement
  if (statement.ifNotExists && (await catalog.getDatabase(name)) !== undefined) return NO_ROWS
  await catalog.createDatabase({
    name,
    parameters: properties,
    ...(comment === undefined ? {} : { description: comment }),
    ...(databaseLocation === undefined ? {} : { locationUri: databaseLocation }),
  })
  return NO_ROWS
}

export async function dropDatabase(statement: DropDatabaseStatement, { catalog }: HiveContext): Promise<HiveOutcome> {
  const { name } = statement
  if ((await catalog.getDatabase(name)) === undefined) {
    if (statement.ifExists) return NO_ROWS
    throw databaseNotFound(name)
  }
  const tables = await catalog.listTables(name)
  if (tables.length > 0 && !statement.cascade) throw databaseNotEmpty(name)
  for (const table of tables) await catalog.dropTable(name, table.name)
  await catalog.dropDatabase(name)
  return NO_ROWS
}

export async function alterDatabaseProperties(
  statement: AlterDatabasePropertiesStatement,
  { catalog }: HiveContext,
): Promise<HiveOutcome> {
  const database = await catalog.getDatabase(statement.name)
  if (database === undefined) throw databaseNotFound(statement.name)
  await catalog.updateDatabase({ ...database, parameters: { ...database.parameters, ...statement.properties } })
  return NO_ROWS
}

export async function showDatabases(statement: ShowDatabasesStatement, { catalog }: HiveContext): Promise<HiveOutcome> {
  const names = (await catalog.listDatabases()).map((database) => database.name)
  return textOutcome(['database_name'], names.filter(matchHiveName(statement.pattern)), 0)
}
