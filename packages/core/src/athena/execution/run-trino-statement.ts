import type { Analysis } from '../analysis/analysis.ts'
import { analyzeQuery } from '../analysis/analyze.ts'
import { tableName } from '../analysis/table-directory.ts'
import { databaseNotFound } from '../catalog/ddl-errors.ts'
import { createView, createViewText, dropView } from '../catalog/views.ts'
import { AthenaError, withLocation } from '../errors.ts'
import { functionTable } from '../functions/registry.ts'
import type { QueryResult } from '../result.ts'
import type {
  CreateViewStatement,
  DropViewStatement,
  ExecuteStatement,
  Expression,
  QualifiedName,
  Query,
  ShowCreateViewStatement,
  ShowFunctionsStatement,
  Statement,
} from '../trino/nodes.ts'
import { parseStatement } from '../trino/parse.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import { bindParameters } from './execution-parameters.ts'
import { explainQuery } from './explain-query.ts'
import type { StatementContext } from './query-session.ts'
import { runQuery } from './run-query.ts'
import { TextResult } from './text-result.ts'
import { utilityColumn } from './utility-columns.ts'

/** Runs a statement of the Trino family. */
export async function runTrinoStatement(sql: string, context: StatementContext): Promise<QueryResult> {
  return await runStatement(parseStatement(sql), context.parameters, context)
}

type ParameterValues = readonly (string | Expression)[]

async function runStatement(
  statement: Statement,
  parameters: ParameterValues,
  context: StatementContext,
): Promise<QueryResult> {
  switch (statement.kind) {
    case 'query-statement':
      return await runQuery(await analyze(statement.query, parameters, context), context)
    case 'create-view':
      return await runCreateView(statement, context)
    case 'drop-view':
      return await runDropView(statement, context)
    case 'show-create-view':
      return await runShowCreateView(statement, context)
    case 'show-functions':
      return runShowFunctions(statement)
    case 'explain':
      return await runExplain(statement, parameters, context)
    case 'prepare':
      context.session.preparedStatements.set(statement.name.text.toLowerCase(), {
        statement: statement.statement,
        text: statement.statementText,
      })
      return new TextResult({ statementType: 'UTILITY', substatementType: 'PREPARE' }, [], [], undefined)
    case 'execute':
      return await runExecute(statement, parameters, context)
    case 'deallocate':
      if (!context.session.preparedStatements.delete(statement.name.text.toLowerCase())) {
        throw preparedStatementNotFound(statement.name.text)
      }
      return new TextResult({ statementType: 'UTILITY', substatementType: 'DEALLOCATE_PREPARE' }, [], [], undefined)
    case 'insert':
      throw notSupported('INSERT INTO')
    case 'create-table-as':
      throw notSupported('CREATE TABLE AS')
    case 'unload':
      throw notSupported('UNLOAD')
    case 'unsupported-statement':
      throw notSupported(statement.name)
  }
}

function notSupported(name: string): AthenaError {
  return new AthenaError('NOT_SUPPORTED', `${name} is not supported by the embedded engine`)
}

function analyze(query: Query, parameters: ParameterValues, context: StatementContext): Promise<Analysis> {
  const { session, database } = context
  return analyzeQuery(query, {
    catalog: session.catalog,
    dialect: session.dialect,
    database,
    parameters: bindParameters(query, parameters),
  })
}

async function runCreateView(statement: CreateViewStatement, context: StatementContext): Promise<QueryResult> {
  const { catalog } = context.session
  const { database, table } = tableName(statement.view, context.database)
  if ((await catalog.getDatabase(database)) === undefined) throw databaseNotFound(database)
  const { columns } = await analyze(statement.query, [], context)
  const seen = new Set<string>()
  for (const { name } of columns) {
    if (seen.has(name.toLowerCase())) {
      throw new AthenaError('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`, {
        location: statement.location,
      })
    }
    seen.add(name.toLowerCase())
  }
  await createView(catalog, {
    databaseName: database,
    name: table,
    viewText: statement.queryText,
    columns: columns.map(({ name, type }) => ({ name: name.toLowerCase(), type: formatTrinoType(type) })),
    orReplace: statement.orReplace,
    nowMillis: context.nowMillis,
  })
  return new TextResult({ statementType: 'DDL', substatementType: 'CREATE_VIEW' }, [], [], undefined)
}

async function runDropView(statement: DropViewStatement, context: StatementContext): Promise<QueryResult> {
  const { database, table } = tableName(statement.view, context.database)
  await dropView(context.session.catalog, database, table, statement.ifExists)
  return new TextResult({ statementType: 'DDL', substatementType: 'DROP_VIEW' }, [], [], undefined)
}

async function runShowCreateView(statement: ShowCreateViewStatement, context: StatementContext): Promise<QueryResult> {
  const view = await requireView(statement.view, context)
  const rows = createViewText(view)
    .split('\n')
    .map((line) => [line])
  const names = { statementType: 'UTILITY', substatementType: 'SHOW_CREATE_VIEW' } as const
  return new TextResult(names, [utilityColumn('Create View')], rows, undefined)
}

async function requireView(
  name: QualifiedName,
  context: StatementContext,
): ReturnType<typeof context.session.catalog.getTable> extends Promise<infer T> ? Promise<NonNullable<T>> : never {
  const { database, table } = tableName(name, context.database)
  const found = await context.session.catalog.getTable(database, table)
  if (found?.viewText === undefined) {
    const detail = found
      ? `Relation 'awsdatacatalog.${database}.${table}' is a table, not a view`
      : `View 'awsdatacatalog.${database}.${table}' does not exist`
    throw withLocation(new AthenaError(found ? 'NOT_SUPPORTED' : 'TABLE_NOT_FOUND', detail), name.location)
  }
  return found
}

/** Source: Trino documentation, "SHOW FUNCTIONS". */
function runShowFunctions({ like }: ShowFunctionsStatement): QueryResult {
  const matches = like === undefined ? () => true : likeMatcher(like)
  const rows = functionTable()
    .filter(({ name, status }) => status.kind !== 'not-supported' && matches(name))
    .flatMap(({ name, kind, signatures }) =>
      signatures.map((signature) => {
        const [parameters = '', returns = ''] = signature.split(/ -> (?=[^>]*$)/)
        return [name, returns, parameters.replace(/^\(|\)$/g, ''), kind]
      }),
    )
  const columns = ['Function', 'Return Type', 'Argument Types', 'Function Type'].map((name) => utilityColumn(name))
  return new TextResult({ statementType: 'UTILITY', substatementType: 'SHOW_FUNCTIONS' }, columns, rows, 0)
}

function likeMatcher(pattern: string): (text: string) => boolean {
  const source = pattern.replace(/[\s\S]/g, (character) => {
    if (character === '%') return '.*'
    if (character === '_') return '.'
    return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')
  })
  const expression = new RegExp(`^${source}$`, 's')
  return (text) => expression.test(text)
}

async function runExplain(
  { analyze: isAnalyze, type, format, statement }: Extract<Statement, { kind: 'explain' }>,
  parameters: ParameterValues,
  context: StatementContext,
): Promise<QueryResult> {
  if (isAnalyze) throw notSupported('EXPLAIN ANALYZE')
  if (format !== undefined && format.toUpperCase() !== 'TEXT')
    throw notSupported(`EXPLAIN (FORMAT ${format.toUpperCase()})`)
  if (statement.kind !== 'query-statement') throw notSupported('EXPLAIN of a statement that is no query')
  const analysis = await analyze(statement.query, parameters, context)
  const names = { statementType: 'DML', substatementType: 'EXPLAIN' } as const
  if (type?.toUpperCase() === 'VALIDATE') return new TextResult(names, [utilityColumn('Valid')], [['true']], undefined)
  const lines = explainQuery(analysis)
  return new TextResult(
    names,
    [utilityColumn('Query Plan')],
    lines.map((line) => [line]),
    undefined,
  )
}

async function runExecute(
  { name, parameters: own }: ExecuteStatement,
  given: ParameterValues,
  context: StatementContext,
): Promise<QueryResult> {
  const prepared = context.session.preparedStatements.get(name.text.toLowerCase())
  if (!prepared) throw preparedStatementNotFound(name.text)
  return await runStatement(prepared.statement, own.length > 0 ? own : given, context)
}

function preparedStatementNotFound(name: string): AthenaError {
  return new AthenaError('NOT_FOUND', `Prepared statement not found: ${name}`)
}
