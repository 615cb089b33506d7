import type { Expression, Query, Statement, TableProperty } from './nodes.ts'
import {
  isName,
  parseClosedList,
  parseColumnAliases,
  parseIdentifier,
  parseList,
  parseQualifiedName,
  parseString,
} from './parse-names.ts'
import type { TokenReader } from './token-reader.ts'
import { END_OF_INPUT } from './tokens.ts'

/** Keywords that start a statement, as Trino lists them when none fits. */
const STATEMENT_KEYWORDS =
  'ALTER ANALYZE CALL COMMENT COMMIT CREATE DEALLOCATE DELETE DENY DESC DESCRIBE DROP EXECUTE EXPLAIN GRANT INSERT MERGE PREPARE REFRESH RESET REVOKE ROLLBACK SET SHOW START TRUNCATE UPDATE USE'.split(
    ' ',
  )

export function parseStatementRule(reader: TokenReader): Statement {
  const rule = STATEMENTS[reader.token.tag]
  if (rule) return rule(reader)
  if (reader.atAny(...STATEMENT_KEYWORDS)) return parseUnsupported(reader)
  return startsInlineFunction(reader) ? parseUnsupported(reader) : parseQueryStatement(reader)
}

/** WITH FUNCTION f(…) …, against a named query with the name "function". */
function startsInlineFunction(reader: TokenReader): boolean {
  if (!reader.at('WITH')) return false
  if (reader.looksAt(1, 'FUNCTION') && isName(reader.peek(2))) return true
  // Trino names it even where only the names of queries fit.
  if (!reader.looksAt(1, 'RECURSIVE') && !isName(reader.peek(1))) {
    const mark = reader.mark()
    reader.advance()
    reader.noteTag('FUNCTION')
    reader.reset(mark)
  }
  return false
}

function parseQueryStatement(reader: TokenReader): Statement {
  const { location } = reader
  return Object.freeze({ kind: 'query-statement', location, query: reader.rules.query(reader) })
}

const STATEMENTS: Readonly<Record<string, (reader: TokenReader) => Statement>> = {
  INSERT: parseInsert,
  CREATE: parseCreate,
  DROP: parseDrop,
  EXPLAIN: parseExplain,
  PREPARE: parsePrepare,
  EXECUTE: parseExecute,
  DEALLOCATE: parseDeallocate,
  DELETE: parseDelete,
  UPDATE: parseUpdate,
  SHOW: parseShow,
}

/** Statements that Athena does not run, or hands to Hive: named by their first two words, not read further. */
export function parseUnsupported(reader: TokenReader): Statement {
  const { location } = reader
  const words = [reader.token, reader.peek(1)].filter((token) => /^[A-Z_]+$/i.test(token.text))
  while (reader.token.tag !== END_OF_INPUT && reader.token.tag !== ';') reader.advance()
  const name = words.map(({ text }) => text.toUpperCase()).join(' ')
  return Object.freeze({ kind: 'unsupported-statement', location, name })
}

/** rootQuery: its own functions (WITH FUNCTION) are not supported, so it is a query. */
function parseRootQuery(reader: TokenReader): Query {
  reader.at('WITH')
  return reader.rules.query(reader)
}

function parseInsert(reader: TokenReader): Statement {
  const { location } = reader.expect('INSERT')
  reader.expect('INTO')
  const table = parseQualifiedName(reader)
  reader.startMandatory()
  const columns = startsColumnList(reader) ? parseColumnAliases(reader) : undefined
  return Object.freeze({ kind: 'insert', location, table, columns, query: parseRootQuery(reader) })
}

/** `(a, b)` before a query, against a query in parentheses. */
function startsColumnList(reader: TokenReader): boolean {
  if (!reader.at('(')) return false
  if (isName(reader.peek(1))) return true
  if (!reader.looksAt(1, '(', 'SELECT', 'TABLE', 'VALUES')) {
    reader.advance()
    reader.atAny('(', 'SELECT', 'TABLE', 'VALUES')
    parseIdentifier(reader)
  }
  return false
}

/** Athena runs DELETE and UPDATE on Iceberg tables only, so they are read and then refused by name. */
function parseDelete(reader: TokenReader): Statement {
  const { location } = reader.expect('DELETE')
  reader.expect('FROM')
  parseQualifiedName(reader)
  if (reader.take('WHERE')) reader.rules.expression(reader)
  return Object.freeze({ kind: 'unsupported-statement', location, name: 'DELETE' })
}

function parseUpdate(reader: TokenReader): Statement {
  const { location } = reader.expect('UPDATE')
  parseQualifiedName(reader)
  reader.expect('SET')
  parseList(reader, parseAssignment)
  if (reader.take('WHERE')) reader.rules.expression(reader)
  return Object.freeze({ kind: 'unsupported-statement', location, name: 'UPDATE' })
}

function parseAssignment(reader: TokenReader): Expression {
  parseIdentifier(reader)
  reader.expect('=')
  return reader.rules.expression(reader)
}

const CREATE_FORMS = ['CATALOG', 'FUNCTION', 'MATERIALIZED', 'OR', 'ROLE', 'SCHEMA', 'TABLE', 'VIEW']

function parseCreate(reader: TokenReader): Statement {
  const orReplace = reader.looksAt(1, 'OR')
  if (reader.looksAt(orReplace ? 3 : 1, 'TABLE')) return parseCreateTableAs(reader, orReplace)
  if (reader.looksAt(orReplace ? 3 : 1, 'VIEW')) return parseCreateView(reader, orReplace)
  if (!orReplace && reader.looksAt(1, ...CREATE_FORMS)) return parseUnsupported(reader)
  reader.expect('CREATE')
  if (!orReplace) reader.atAny(...CREATE_FORMS)
  reader.expect('OR')
  reader.expect('REPLACE')
  reader.expectAny('FUNCTION', 'MATERIALIZED', 'TABLE', 'VIEW')
  return reader.fail()
}

function parseCreateTableAs(reader: TokenReader, orReplace: boolean): Statement {
  const { location } = reader.expect('CREATE')
  if (orReplace) expectWords(reader, 'OR', 'REPLACE')
  reader.expect('TABLE')
  const ifNotExists = parseCondition(reader, 'IF', 'NOT', 'EXISTS')
  const table = parseQualifiedName(reader)
  const columnAliases = parseColumnAliases(reader)
  if (reader.take('COMMENT')) parseString(reader)
  const properties = parseProperties(reader)
  reader.expect('AS')
  const query = parseCreateTableQuery(reader)
  let withData = true
  if (reader.take('WITH')) {
    withData = !reader.take('NO')
    reader.expect('DATA')
  }
  return Object.freeze({
    kind: 'create-table-as',
    location,
    table,
    ifNotExists,
    columnAliases,
    properties,
    query,
    withData,
  })
}

/** rootQuery or ( rootQuery ): only the second form may hold a WITH between the parentheses. */
function parseCreateTableQuery(reader: TokenReader): Query {
  const whole = reader.attempt('create-table-query', () => {
    const query = parseRootQuery(reader)
    if (!reader.atAny(END_OF_INPUT, 'WITH') && reader.token.tag !== ';') reader.fail()
    return query
  })
  if (whole) return whole
  reader.expect('(')
  const query = parseRootQuery(reader)
  reader.expect(')')
  return query
}

function parseCreateView(reader: TokenReader, orReplace: boolean): Statement {
  const { location } = reader.expect('CREATE')
  if (orReplace) expectWords(reader, 'OR', 'REPLACE')
  reader.expect('VIEW')
  const view = parseQualifiedName(reader)
  reader.startMandatory()
  if (reader.take('COMMENT')) parseString(reader)
  if (reader.take('SECURITY')) reader.expectAny('DEFINER', 'INVOKER')
  reader.expect('AS')
  const start = reader.token.offset
  const query = parseRootQuery(reader)
  const queryText = reader.textSince(start)
  return Object.freeze({ kind: 'create-view', location, view, orReplace, query, queryText })
}

const DROP_FORMS = ['CATALOG', 'FUNCTION', 'MATERIALIZED', 'ROLE', 'SCHEMA', 'TABLE', 'VIEW']

function parseDrop(reader: TokenReader): Statement {
  if (reader.looksAt(1, ...DROP_FORMS) && !reader.looksAt(1, 'VIEW')) return parseUnsupported(reader)
  const { location } = reader.expect('DROP')
  reader.atAny(...DROP_FORMS)
  reader.expect('VIEW')
  const ifExists = parseCondition(reader, 'IF', 'EXISTS')
  return Object.freeze({ kind: 'drop-view', location, view: parseQualifiedName(reader), ifExists })
}

/** IF [NOT] EXISTS; IF alone is a name. */
function parseCondition(reader: TokenReader, ...words: readonly string[]): boolean {
  if (!reader.at('IF') || !reader.looksAt(1, 'NOT', 'EXISTS')) return false
  expectWords(reader, ...words)
  return true
}

function expectWords(reader: TokenReader, ...words: readonly string[]): void {
  for (const word of words) reader.expect(word)
}

/** WITH (a = 1, b = 'x') */
export function parseProperties(reader: TokenReader): readonly TableProperty[] {
  if (!reader.take('WITH')) return Object.freeze([])
  reader.expect('(')
  return parseClosedList(reader, parseProperty)
}

function parseProperty(reader: TokenReader): TableProperty {
  const { location } = reader
  const name = parseIdentifier(reader).text
  reader.expect('=')
  return Object.freeze({ kind: 'table-property', location, name, value: parsePropertyValue(reader) })
}

function parsePropertyValue(reader: TokenReader): Expression {
  const { location } = reader
  if (!reader.at('DEFAULT') || !reader.looksAt(1, ',', ')')) return reader.rules.expression(reader)
  reader.advance()
  return Object.freeze({ kind: 'unsupported-expression', location, name: 'DEFAULT' })
}

function parseExplain(reader: TokenReader): Statement {
  const { location } = reader.expect('EXPLAIN')
  const analyze = reader.token.tag === 'ANALYZE' && !isName(reader.peek(1)) ? take(reader) : analyzeStatement(reader)
  const verbose = analyze && reader.token.tag === 'VERBOSE' ? take(reader) : false
  const options = analyze ? {} : parseExplainOptions(reader)
  return Object.freeze({
    kind: 'explain',
    location,
    analyze,
    verbose,
    format: options.FORMAT,
    type: options.TYPE,
    statement: reader.rules.statement(reader),
  })
}

function take(reader: TokenReader): true {
  reader.advance()
  return true
}

/** `EXPLAIN ANALYZE t` explains the statement ANALYZE; before a query's keyword ANALYZE is the option. */
function analyzeStatement(reader: TokenReader): boolean {
  if (
    reader.token.tag !== 'ANALYZE' ||
    !(reader.looksAt(1, 'VERBOSE') || STATEMENT_KEYWORDS.includes(reader.peek(1).tag))
  )
    return false
  return take(reader)
}

const EXPLAIN_OPTIONS: Readonly<Record<'FORMAT' | 'TYPE', readonly string[]>> = {
  FORMAT: ['TEXT', 'GRAPHVIZ', 'JSON'],
  TYPE: ['LOGICAL', 'DISTRIBUTED', 'VALIDATE', 'IO'],
}

/** ( FORMAT x, TYPE y ), against a query in parentheses. */
function parseExplainOptions(reader: TokenReader): Partial<Record<'FORMAT' | 'TYPE', string>> {
  const options: Partial<Record<'FORMAT' | 'TYPE', string>> = {}
  if (!reader.at('(') || reader.looksAt(1, '(', 'SELECT', 'TABLE', 'VALUES')) return options
  reader.advance()
  reader.noteTag('(', 'SELECT', 'TABLE', 'VALUES')
  do {
    const option = reader.expectAny('FORMAT', 'TYPE') as 'FORMAT' | 'TYPE'
    options[option] = reader.expectAny(...EXPLAIN_OPTIONS[option])
  } while (reader.take(','))
  reader.expect(')')
  return options
}

function parsePrepare(reader: TokenReader): Statement {
  const { location } = reader.expect('PREPARE')
  const name = parseIdentifier(reader)
  reader.expect('FROM')
  const start = reader.token.offset
  const statement = reader.rules.statement(reader)
  return Object.freeze({ kind: 'prepare', location, name, statement, statementText: reader.textSince(start) })
}

function parseExecute(reader: TokenReader): Statement {
  if (reader.looksAt(1, 'IMMEDIATE') && !reader.looksAt(2, 'USING', ';', END_OF_INPUT)) return parseUnsupported(reader)
  const { location } = reader.expect('EXECUTE')
  reader.at('IMMEDIATE')
  const name = parseIdentifier(reader)
  const parameters = reader.take('USING') ? parseList(reader, reader.rules.expression) : Object.freeze([])
  return Object.freeze({ kind: 'execute', location, name, parameters })
}

function parseDeallocate(reader: TokenReader): Statement {
  const { location } = reader.expect('DEALLOCATE')
  reader.expect('PREPARE')
  return Object.freeze({ kind: 'deallocate', location, name: parseIdentifier(reader) })
}

const SHOW_FORMS = 'CATALOGS COLUMNS CREATE CURRENT FUNCTIONS GRANTS ROLE ROLES SCHEMAS SESSION STATS TABLES'.split(' ')

function parseShow(reader: TokenReader): Statement {
  const create = reader.looksAt(1, 'CREATE')
  if (create && reader.looksAt(2, 'MATERIALIZED', 'SCHEMA', 'TABLE')) return parseUnsupported(reader)
  if (!create && reader.looksAt(1, ...SHOW_FORMS) && !reader.looksAt(1, 'FUNCTIONS')) return parseUnsupported(reader)
  const { location } = reader.expect('SHOW')
  const form = reader.expectAny(...SHOW_FORMS)
  if (form === 'CREATE') {
    reader.atAny('MATERIALIZED', 'SCHEMA', 'TABLE')
    reader.expect('VIEW')
    return Object.freeze({ kind: 'show-create-view', location, view: parseQualifiedName(reader) })
  }
  if (reader.takeAny('FROM', 'IN')) parseQualifiedName(reader)
  return Object.freeze({ kind: 'show-functions', location, like: parseLike(reader) })
}

function parseLike(reader: TokenReader): string | undefined {
  if (!reader.take('LIKE')) return undefined
  const pattern = parseString(reader)
  if (reader.take('ESCAPE')) parseString(reader)
  return pattern
}

/** Athena's own: UNLOAD (query) TO 's3://…' WITH (format = 'PARQUET'). */
export function parseUnload(reader: TokenReader): Statement {
  const { location } = reader.advance()
  reader.expect('(')
  const query = parseRootQuery(reader)
  reader.expect(')')
  reader.expect('TO')
  const location_ = parseString(reader)
  return Object.freeze({ kind: 'unload', location, query, location_, properties: parseProperties(reader) })
}
