import { describe, expect, it } from 'vitest'
import { AthenaError } from '../errors.ts'
import { parseStatement } from './parse.ts'

function refusal(sql: string): AthenaError {
  try {
    parseStatement(sql)
  } catch (error) {
    if (error instanceof AthenaError) return error
    throw error
  }
  throw new Error(`accepted: ${sql}`)
}

const CLAUSES =
  "'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'UNION', 'WHERE', 'WINDOW'"
const AFTER_SELECT_ITEM =
  "'%', '*', '+', ',', '-', '.', '/', 'AND', 'AS', 'AT', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', 'WHERE', 'WINDOW', '[', '||', <EOF>, <identifier>, <predicate>"
const AFTER_ALIAS =
  "'(', ',', 'CROSS', 'EXCEPT', 'FETCH', 'FULL', 'GROUP', 'HAVING', 'INNER', 'INTERSECT', 'JOIN', 'LEFT', 'LIMIT', 'MATCH_RECOGNIZE', 'NATURAL', 'OFFSET', 'ORDER', 'RIGHT', 'TABLESAMPLE', 'UNION', 'WHERE', 'WINDOW', <EOF>"
const STATEMENTS =
  "'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', 'DENY', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', 'PREPARE', 'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', 'TRUNCATE', 'UPDATE', 'USE', 'WITH', <query>"

/** Texts that Trino 435 gave for these statements, word for word. */
const TRINO_MESSAGES: readonly (readonly [sql: string, message: string])[] = [
  ['SELEC 1', `line 1:1: mismatched input 'SELEC'. Expecting: ${STATEMENTS}`],
  ['', `line 1:1: mismatched input '<EOF>'. Expecting: ${STATEMENTS}`],
  ['/* unclosed', `line 1:1: mismatched input '/'. Expecting: ${STATEMENTS}`],
  ['SELECT 1 /* unclosed', "line 1:11: mismatched input '*'. Expecting: <expression>"],
  ['SELECT a, FROM t', "line 1:11: mismatched input 'FROM'. Expecting: '*', <expression>"],
  ['SELECT\n\n  a\n,\nFROM t', "line 5:1: mismatched input 'FROM'. Expecting: '*', <expression>"],
  ['SELECT end FROM t', "line 1:8: mismatched input 'end'. Expecting: '*', 'ALL', 'DISTINCT', <expression>"],
  ['SELECT a FRM t', `line 1:14: mismatched input 't'. Expecting: ',', ${CLAUSES}, <EOF>`],
  [
    'SELECT a FROM',
    "line 1:14: mismatched input '<EOF>'. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>",
  ],
  ['SELECT a FROM t WHERE a ==1', "line 1:26: mismatched input '='. Expecting: 'ALL', 'ANY', 'SOME', <expression>"],
  ['SELECT a FROM t LIMIT x', `line 1:23: mismatched input 'x'. Expecting: ${AFTER_ALIAS}`],
  ['SELECT a FROM t LIMIT 10 OFFSET 5', "line 1:26: mismatched input 'OFFSET'. Expecting: <EOF>"],
  ['SELECT * FROM t QUALIFY x = 1', `line 1:25: mismatched input 'x'. Expecting: ${AFTER_ALIAS}`],
  ["SELECT 'unterminated", "line 1:8: mismatched input '''. Expecting: '*', 'ALL', 'DISTINCT', <expression>"],
  ['SELECT srcport::varchar FROM v', `line 1:15: mismatched input ':'. Expecting: ${AFTER_SELECT_ITEM}`],
  [
    "SELECT a FROM t WHERE a ILIKE 'x'",
    "line 1:25: mismatched input 'ILIKE'. Expecting: '%', '*', '+', '-', '.', '/', 'AND', 'AT', 'EXCEPT', 'FETCH', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', 'WINDOW', '[', '||', <EOF>, <predicate>",
  ],
  ["SELECT {'a':1}", "line 1:8: mismatched input '{'. Expecting: '*', 'ALL', 'DISTINCT', <expression>"],
  ['SELECT a FROM t GROUP BY 1 HAVING ORDER BY 1', "line 1:35: mismatched input 'ORDER'. Expecting: <expression>"],
  [
    'SELECT sum(a FROM t',
    "line 1:14: mismatched input 'FROM'. Expecting: '%', '(', ')', '*', '+', ',', '-', '->', '.', '/', 'AND', 'AT', 'OR', 'ORDER', 'OVER', '[', '||', <predicate>, <string>",
  ],
  [
    'SELECT CASE a WHEN 1 FROM t',
    "line 1:22: mismatched input 'FROM'. Expecting: '%', '*', '+', '-', '.', '/', 'AND', 'AT', 'OR', 'THEN', '[', '||', <predicate>",
  ],
  ['SELECT CAST(a AS varchar(10) FROM t', "line 1:30: mismatched input 'FROM'. Expecting: ')', 'ARRAY'"],
  [
    'SELECT a FROM t WHERE a IN (1,)',
    "line 1:25: mismatched input 'IN'. Expecting: 'AND', 'EXCEPT', 'FETCH', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', 'WINDOW', <EOF>",
  ],
  ['SELECT a FROM t WHERE a NOT 5', "line 1:29: mismatched input '5'. Expecting: 'BETWEEN', 'IN', 'LIKE'"],
  ['SELECT a FROM t JOIN u', "line 1:23: mismatched input '<EOF>'. Expecting: 'ON', 'USING'"],
  [
    'SELECT 1 UNION DISTINCT ALL SELECT 1',
    "line 1:25: mismatched input 'ALL'. Expecting: '(', 'SELECT', 'TABLE', 'VALUES'",
  ],
  [
    'VALUES (1',
    `line 1:10: mismatched input '<EOF>'. Expecting: '%', ')', '*', '+', ',', '-', '.', '/', 'AND', 'AT', 'OR', '[', '||', <predicate>`,
  ],
  ['WITH a AS (SELECT 1)', "line 1:21: mismatched input '<EOF>'. Expecting: '(', 'SELECT', 'TABLE', 'VALUES'"],
  ['SELECT a = b = c', `line 1:14: mismatched input '='. Expecting: ${AFTER_SELECT_ITEM.replace(', <predicate>', '')}`],
  ['CREATE VIEW v', "line 1:14: mismatched input '<EOF>'. Expecting: 'AS', 'COMMENT', 'SECURITY'"],
  ['SELECT `end` FROM t', 'line 1:8: backquoted identifiers are not supported; use double quotes to quote identifiers'],
  ['SELECT 1a FROM t', 'line 1:8: identifiers must not start with a digit; surround the identifier with double quotes'],
  ['SELECT a FROM ""', 'line 1:15: Zero-length delimited identifier not allowed'],
  ['SELECT 9223372036854775808', 'line 1:1: Invalid numeric literal: 9223372036854775808'],
  ["SELECT X'1'", 'line 1:8: Binary literal must contain an even number of digits'],
  ["SELECT X'GG'", 'line 1:8: Binary literal can only contain hexadecimal digits'],
  ["SELECT U&'\\00zz'", 'line 1:8: Incomplete escape sequence: 00'],
  ["SELECT U&'x' UESCAPE 'a'", 'line 1:8: Invalid Unicode escape character: a'],
  ['SELECT coalesce(a)', "line 1:8: The 'coalesce' function must have at least two arguments"],
  ['SELECT nullif(a)', "line 1:8: Invalid number of arguments for 'nullif' function"],
  ['SELECT if(a,b,c,d)', "line 1:8: Invalid number of arguments for 'if' function"],
  ['SELECT try()', "line 1:8: The 'try' function must have exactly one argument"],
  ["SELECT format('x')", "line 1:8: The 'format' function must have at least two arguments"],
  ['SELECT é', "line 1:8: mismatched input 'é'. Expecting: '*', 'ALL', 'DISTINCT', <expression>"],
]

describe('syntax errors', () => {
  it.each(TRINO_MESSAGES)('of %j are in Trino’s words', (sql, message) => {
    const error = refusal(sql)
    expect(error.message).toBe(message)
    expect(error.code).toBe('MALFORMED_QUERY')
  })

  it('of a well-formed text wait until all of it is read', () => {
    expect(refusal('SELECT coalesce() FRM FROM').message).toContain("1:27: mismatched input '<EOF>'")
  })

  it('show how to quote a reserved word', () => {
    expect(refusal('SELECT end - start FROM t').remedy).toBe('end is a reserved word: write "end" where it is a name')
    expect(refusal('SELECT a AS end FROM t').remedy).toContain('"end"')
    expect(refusal('SELECT `end` FROM t').remedy).toContain('"end"')
    expect(refusal('SELECT a b c').remedy).toBeUndefined()
  })
})
