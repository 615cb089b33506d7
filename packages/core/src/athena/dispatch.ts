import { AthenaError } from './errors.ts'
import { onlyOneStatement } from './one-statement.ts'
import { refuseLongQuery } from './query-length.ts'
import type { StatementType } from './result.ts'

/** Who reads a statement: Athena hands DDL to Hive and the rest to Trino. */
export type StatementFamily = 'hive' | 'trino'

/** A statement with the names that the Athena API has for its kind. */
export interface ClassifiedStatement {
  readonly family: StatementFamily
  readonly statementType: StatementType
  /** QueryExecution.SubstatementType: SELECT, CREATE_TABLE, SHOW_PARTITIONS, … */
  readonly substatementType: string
  /** The one statement of the text, its trailing semicolons cut; places in it are those of the text. */
  readonly sql: string
}

type Kind = readonly [words: string, family: StatementFamily, type: StatementType, substatementType: string]

/**
 * Statements by their first words; the longest entry that fits counts. `*` is any word.
 * Source: Amazon Athena User Guide, "DDL statements", "DML queries, functions, and operators";
 * facts on StatementType and SubstatementType as the API answers them.
 */
const KINDS: readonly Kind[] = [
  ['WITH', 'trino', 'DML', 'SELECT'],
  ['VALUES', 'trino', 'DML', 'SELECT'],
  ['TABLE', 'trino', 'DML', 'SELECT'],
  ['INSERT', 'trino', 'DML', 'INSERT'],
  ['DELETE', 'trino', 'DML', 'DELETE'],
  ['UPDATE', 'trino', 'DML', 'UPDATE'],
  ['MERGE', 'trino', 'DML', 'MERGE'],
  ['UNLOAD', 'trino', 'DML', 'UNLOAD'],
  ['EXPLAIN', 'trino', 'DML', 'EXPLAIN'],
  ['OPTIMIZE', 'trino', 'DML', 'OPTIMIZE'],
  ['VACUUM', 'trino', 'DML', 'VACUUM'],
  ['PREPARE', 'trino', 'UTILITY', 'PREPARE'],
  ['EXECUTE', 'trino', 'DML', 'EXECUTE'],
  ['DEALLOCATE', 'trino', 'UTILITY', 'DEALLOCATE_PREPARE'],
  ['CREATE VIEW', 'trino', 'DDL', 'CREATE_VIEW'],
  ['CREATE OR REPLACE VIEW', 'trino', 'DDL', 'CREATE_VIEW'],
  ['DROP VIEW', 'trino', 'DDL', 'DROP_VIEW'],
  ['SHOW CREATE VIEW', 'trino', 'UTILITY', 'SHOW_CREATE_VIEW'],
  ['SHOW FUNCTIONS', 'trino', 'UTILITY', 'SHOW_FUNCTIONS'],
  ['CREATE DATABASE', 'hive', 'DDL', 'CREATE_DATABASE'],
  ['CREATE SCHEMA', 'hive', 'DDL', 'CREATE_DATABASE'],
  ['DROP DATABASE', 'hive', 'DDL', 'DROP_DATABASE'],
  ['DROP SCHEMA', 'hive', 'DDL', 'DROP_DATABASE'],
  ['ALTER DATABASE', 'hive', 'DDL', 'ALTER_DATABASE'],
  ['ALTER SCHEMA', 'hive', 'DDL', 'ALTER_DATABASE'],
  ['CREATE EXTERNAL TABLE', 'hive', 'DDL', 'CREATE_TABLE'],
  ['CREATE TABLE', 'hive', 'DDL', 'CREATE_TABLE'],
  ['DROP TABLE', 'hive', 'DDL', 'DROP_TABLE'],
  ['ALTER TABLE', 'hive', 'DDL', 'ALTER_TABLE'],
  ['ALTER VIEW', 'hive', 'DDL', 'ALTER_VIEW'],
  ['MSCK', 'hive', 'DDL', 'MSCK_REPAIR_TABLE'],
  ['SHOW TABLES', 'hive', 'UTILITY', 'SHOW_TABLES'],
  ['SHOW VIEWS', 'hive', 'UTILITY', 'SHOW_VIEWS'],
  ['SHOW DATABASES', 'hive', 'UTILITY', 'SHOW_DATABASES'],
  ['SHOW SCHEMAS', 'hive', 'UTILITY', 'SHOW_DATABASES'],
  ['SHOW PARTITIONS', 'hive', 'UTILITY', 'SHOW_PARTITIONS'],
  ['SHOW COLUMNS', 'hive', 'UTILITY', 'SHOW_COLUMNS'],
  ['SHOW CREATE TABLE', 'hive', 'UTILITY', 'SHOW_CREATE_TABLE'],
  ['SHOW TBLPROPERTIES', 'hive', 'UTILITY', 'SHOW_TBLPROPERTIES'],
  ['DESCRIBE', 'hive', 'UTILITY', 'DESCRIBE_TABLE'],
  ['DESC', 'hive', 'UTILITY', 'DESCRIBE_TABLE'],
  ['DESCRIBE VIEW', 'hive', 'UTILITY', 'DESCRIBE_VIEW'],
  ['DESC VIEW', 'hive', 'UTILITY', 'DESCRIBE_VIEW'],
]

const KINDS_BY_WORDS: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind[0], kind]))
const LONGEST_KIND = 4

/**
 * Statements that Trino or Hive have and Athena refuses.
 * Source: Amazon Athena User Guide, "Unsupported DDL"; Trino's statements without Athena's.
 */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  [
    'ALTER INDEX, ALTER MATERIALIZED, ANALYZE, CALL, COMMENT, COMMIT, CREATE CATALOG, CREATE FUNCTION, CREATE INDEX',
    'CREATE MATERIALIZED, CREATE OR REPLACE FUNCTION, CREATE OR REPLACE MATERIALIZED, CREATE OR REPLACE TABLE',
    'CREATE ROLE, CREATE TEMPORARY, DENY, DROP CATALOG, DROP FUNCTION, DROP INDEX, DROP MATERIALIZED, DROP ROLE',
    'DROP TEMPORARY, EXPORT, GRANT, IMPORT, LOCK, REFRESH, RELOAD, RESET, REVOKE, ROLLBACK, SET, SHOW CATALOGS',
    'SHOW COMPACTIONS, SHOW CREATE FUNCTION, SHOW CREATE MATERIALIZED, SHOW CREATE SCHEMA, SHOW CURRENT, SHOW GRANT',
    'SHOW GRANTS, SHOW INDEXES, SHOW LOCKS, SHOW PRINCIPALS, SHOW ROLE, SHOW ROLES, SHOW SESSION, SHOW STATS',
    'SHOW TRANSACTIONS, START, TRUNCATE, UNLOCK, USE, LOAD',
  ].flatMap((line) => line.split(', ')),
)

/**
 * Says who reads a statement and what the API calls it, by its first words as Athena does.
 * A text that starts with none of them is Trino's to refuse.
 *
 * @throws AthenaError MALFORMED_QUERY for statements that Athena does not run, and for two in one text.
 */
export function classifyStatement(text: string): ClassifiedStatement {
  refuseLongQuery(text)
  const words = leadingWords(text, LONGEST_KIND)
  const unsupported = longestPrefix(words, (prefix) => UNSUPPORTED.has(prefix))
  if (unsupported !== undefined) throw notSupported(unsupported)
  const [, family, statementType, substatementType] = kindOf(text, words)
  return Object.freeze({ family, statementType, substatementType, sql: splitStatement(text, family) })
}

const SELECT: Kind = ['SELECT', 'trino', 'DML', 'SELECT']
const CREATE_TABLE_AS: Kind = ['CREATE TABLE', 'trino', 'DDL', 'CREATE_TABLE_AS_SELECT']

function kindOf(text: string, words: readonly string[]): Kind {
  const prefix = longestPrefix(words, (candidate) => KINDS_BY_WORDS.has(candidate))
  if (prefix === 'CREATE TABLE' && isCreateTableAs(text)) return CREATE_TABLE_AS
  return KINDS_BY_WORDS.get(prefix ?? '') ?? SELECT
}

function notSupported(words: string): AthenaError {
  return new AthenaError('MALFORMED_QUERY', 'Queries of this type are not supported', {
    remedy: `Athena does not run ${words} statements`,
  })
}

function longestPrefix(words: readonly string[], fits: (prefix: string) => boolean): string | undefined {
  for (let count = words.length; count > 0; count -= 1) {
    const prefix = words.slice(0, count).join(' ')
    if (fits(prefix)) return prefix
  }
  return undefined
}

/** The one statement of a text, without the semicolons after it. */
export function splitStatement(text: string, family: StatementFamily): string {
  const semicolon = findSemicolon(text, family)
  if (semicolon === undefined) return text
  const next = firstAfterSemicolons(text, semicolon, family)
  if (next !== undefined) {
    const lines = text.slice(0, next).split('\n')
    throw onlyOneStatement({ line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 })
  }
  return text.slice(0, semicolon)
}

/**
 * The statements of a script, each without its semicolon; what holds only blanks and comments is none.
 * Athena itself takes one statement at a time.
 */
export function splitStatements(script: string): readonly string[] {
  const statements: string[] = []
  for (let rest = script; rest !== ''; ) {
    const [, family] = kindOf(rest, leadingWords(rest, LONGEST_KIND))
    const end = findSemicolon(rest, family) ?? rest.length
    const statement = rest.slice(0, end).trim()
    if (!pieces(statement, 0, family).next().done) statements.push(statement)
    rest = rest.slice(end + 1)
  }
  return statements
}

function findSemicolon(text: string, family: StatementFamily): number | undefined {
  for (const piece of pieces(text, 0, family)) if (piece.text === ';') return piece.offset
  return undefined
}

function firstAfterSemicolons(text: string, start: number, family: StatementFamily): number | undefined {
  for (const piece of pieces(text, start, family)) if (piece.text !== ';') return piece.offset
  return undefined
}

/** The first words in upper case, comments left out; a statement in parentheses is a SELECT. */
function leadingWords(text: string, count: number): readonly string[] {
  const words: string[] = []
  for (const { text: piece } of pieces(text, 0, 'trino')) {
    if (!/^[A-Za-z_]/.test(piece) || words.push(piece.toUpperCase()) === count) break
  }
  return words
}

const QUERY_STARTS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', '('])

/** CREATE TABLE … AS query; STORED AS and the like are followed by other words. */
function isCreateTableAs(text: string): boolean {
  let depth = 0
  let before = ''
  for (const { text: piece } of pieces(text, 0, 'trino')) {
    const word = piece.toUpperCase()
    if (word === ';') return false
    if (depth === 0 && before === 'AS' && QUERY_STARTS.has(word)) return true
    if (piece === '(') depth += 1
    if (piece === ')') depth -= 1
    before = word
  }
  return false
}

interface Piece {
  readonly text: string
  readonly offset: number
}

/**
 * Words, quoted parts and single signs of a statement. A quote that is not closed runs to the end.
 * Hive has escapes by backslash in strings, Trino has none.
 */
const PIECES: Readonly<Record<StatementFamily, RegExp>> = {
  trino: /'[^']*'?|"[^"]*"?|`[^`]*`?|[A-Za-z_][A-Za-z0-9_]*|[\s\S]/y,
  hive: /'(?:[^'\\]|\\[\s\S])*'?|"(?:[^"\\]|\\[\s\S])*"?|`[^`]*`?|[A-Za-z_][A-Za-z0-9_]*|[\s\S]/y,
}
const SKIPPED = /(?:\s+|--[^\r\n]*)+/y

/** Blanks and comments left out; a comment that is not closed is none. */
function* pieces(text: string, start: number, family: StatementFamily): Generator<Piece> {
  const lastCommentEnd = text.lastIndexOf('*/')
  let offset = start
  while (offset < text.length) {
    const skipped = matchAt(SKIPPED, text, offset)
    if (skipped) offset += skipped.length
    else if (text.startsWith('/*', offset) && offset + 2 <= lastCommentEnd) offset = text.indexOf('*/', offset + 2) + 2
    else {
      const piece = matchAt(PIECES[family], text, offset) ?? ''
      yield { text: piece, offset }
      offset += piece.length
    }
  }
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0]
}
