import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyStatement, splitStatement, splitStatements } from './dispatch.ts'

const classOf = (sql: string): string => {
  const { family, statementType, substatementType } = classifyStatement(sql)
  return `${family} ${statementType} ${substatementType}`
}

describe('classifyStatement', () => {
  it.each([
    ['SELECT 1', 'trino DML SELECT'],
    ['  (SELECT 1)', 'trino DML SELECT'],
    ['with a as (select 1) select * from a', 'trino DML SELECT'],
    ['TABLE t', 'trino DML SELECT'],
    ['INSERT INTO t VALUES 1', 'trino DML INSERT'],
    ["UNLOAD (SELECT 1) TO 's3://b/' WITH (format = 'JSON')", 'trino DML UNLOAD'],
    ['EXPLAIN SELECT 1', 'trino DML EXPLAIN'],
    ['PREPARE p FROM SELECT 1', 'trino UTILITY PREPARE'],
    ['CREATE VIEW v AS SELECT 1', 'trino DDL CREATE_VIEW'],
    ['create or replace view v as select 1', 'trino DDL CREATE_VIEW'],
    ['DROP VIEW v', 'trino DDL DROP_VIEW'],
    ['SHOW CREATE VIEW v', 'trino UTILITY SHOW_CREATE_VIEW'],
    ['SHOW FUNCTIONS', 'trino UTILITY SHOW_FUNCTIONS'],
    ['CREATE EXTERNAL TABLE t (a int)', 'hive DDL CREATE_TABLE'],
    [
      "CREATE TABLE t (a int) PARTITIONED BY (day(b)) STORED AS PARQUET LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG')",
      'hive DDL CREATE_TABLE',
    ],
    ['CREATE TABLE t AS SELECT 1', 'trino DDL CREATE_TABLE_AS_SELECT'],
    ["CREATE TABLE IF NOT EXISTS a.t WITH (format = 'ORC') AS\n(SELECT 1)", 'trino DDL CREATE_TABLE_AS_SELECT'],
    ['CREATE TABLE t AS WITH a AS (SELECT 1) SELECT * FROM a', 'trino DDL CREATE_TABLE_AS_SELECT'],
    ["CREATE TABLE t (a int COMMENT 'AS SELECT')", 'hive DDL CREATE_TABLE'],
    ['CREATE SCHEMA s', 'hive DDL CREATE_DATABASE'],
    ['DROP TABLE IF EXISTS t', 'hive DDL DROP_TABLE'],
    ['ALTER TABLE t ADD PARTITION (a = 1)', 'hive DDL ALTER_TABLE'],
    ['MSCK REPAIR TABLE `t`', 'hive DDL MSCK_REPAIR_TABLE'],
    ['SHOW PARTITIONS t', 'hive UTILITY SHOW_PARTITIONS'],
    ['SHOW CREATE TABLE t', 'hive UTILITY SHOW_CREATE_TABLE'],
    ['DESCRIBE FORMATTED t', 'hive UTILITY DESCRIBE_TABLE'],
    ['desc t', 'hive UTILITY DESCRIBE_TABLE'],
    ['SELEC 1', 'trino DML SELECT'],
    ['', 'trino DML SELECT'],
    ['/* unclosed CREATE TABLE t (a int)', 'trino DML SELECT'],
  ])('%j is %s', (sql, expected) => {
    expect(classOf(sql)).toBe(expected)
  })

  it('skips comments and blanks before and between the words', () => {
    expect(classOf('-- SELECT\n/* CREATE\nVIEW */ SHOW/**/TABLES')).toBe('hive UTILITY SHOW_TABLES')
  })

  it.each([
    'GRANT SELECT ON t TO u',
    'CREATE ROLE r',
    'USE db',
    'SET SESSION a = 1',
    'START TRANSACTION',
    'CREATE MATERIALIZED VIEW v AS SELECT 1',
    'CREATE OR REPLACE FUNCTION f() RETURNS int RETURN 1',
    'SHOW STATS FOR t',
    'TRUNCATE TABLE t',
    'CREATE INDEX i ON TABLE t (a)',
  ])('refuses %s by its kind', (sql) => {
    expect(() => classifyStatement(sql)).toThrow('Queries of this type are not supported')
  })
})

describe('splitStatement', () => {
  it('cuts semicolons at the end and keeps the rest as it is', () => {
    expect(splitStatement('SELECT 1', 'trino')).toBe('SELECT 1')
    expect(splitStatement(' SELECT 1 ;\n ; -- done', 'trino')).toBe(' SELECT 1 ')
    expect(splitStatement(';', 'trino')).toBe('')
  })

  it('does not count semicolons in quotes and comments', () => {
    const sql = `SELECT ';', ";", 'it''s;' /* ; */ -- ;\n FROM t`
    expect(splitStatement(sql, 'trino')).toBe(sql)
    expect(splitStatement("CREATE EXTERNAL TABLE t (a int COMMENT 'it\\'s;') ;", 'hive')).toBe(
      "CREATE EXTERNAL TABLE t (a int COMMENT 'it\\'s;') ",
    )
    expect(splitStatement("SELECT '\\'; ", 'trino')).toBe("SELECT '\\'")
  })

  it('refuses two statements', () => {
    expect(() => splitStatement('SELECT 1; SELECT 2', 'trino')).toThrow('Only one sql statement is allowed')
    expect(() => splitStatement("SELECT ';'; x", 'trino')).toThrow('Only one sql statement is allowed')
    for (const text of ["SELECT '😀'\n  ;; DROP TABLE t", 'DROP TABLE `😀`\n  ;; DROP TABLE t']) {
      expect(() => classifyStatement(text)).toThrow(
        expect.objectContaining({
          code: 'MALFORMED_QUERY',
          message: 'Only one sql statement is allowed',
          remedy: 'A second statement starts at line 2:6: run it by itself',
        }),
      )
    }
  })

  it('cuts any statement of quoted parts at its own semicolon', () => {
    const quoted = fc
      .constantFrom("'", '"', '`')
      .chain((quote) =>
        fc
          .string({ unit: fc.constantFrom('a', ';', ' ', '-', '*', '/', '\n', "'", '"', '`') })
          .map((text) => quote + text.replaceAll(quote, quote + quote) + quote),
      )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(quoted, fc.constantFrom('a', '1', '/* ; */', '-- ;\n', '(', ')')), { minLength: 1 }),
        (parts) => {
          const sql = `SELECT ${parts.join(' ')}`
          expect(splitStatement(`${sql} ;`, 'trino')).toBe(`${sql} `)
        },
      ),
    )
  })
})

describe('splitStatements', () => {
  it('gives the statements of a script, each by its own family’s quotes', () => {
    const script = `-- tables;
      CREATE EXTERNAL TABLE t (a int COMMENT 'it\\'s;');
      /* a view; */ ;
      SELECT '\\', ';' FROM t;
      CREATE TABLE u (a int);
      CREATE VIEW v AS SELECT 1 -- no semicolon`
    expect(splitStatements(script).map((sql) => classifyStatement(sql).substatementType)).toEqual([
      'CREATE_TABLE',
      'SELECT',
      'CREATE_TABLE',
      'CREATE_VIEW',
    ])
    expect(splitStatements(' ;; -- nothing\n')).toEqual([])
  })
})
