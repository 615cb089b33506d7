import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { classifyStatement } from '../src/athena/dispatch.ts'
import { AthenaError } from '../src/athena/errors.ts'
import { parseStatement } from '../src/athena/trino/parse.ts'

interface CorpusStatement {
  readonly name: string
  readonly kind: 'dml' | 'ddl'
  readonly flavour?: 'hive' | 'trino' | 'athena'
  readonly sql: string
}

const FOLDER = fileURLToPath(new URL('../../../../shared/athena-corpus/', import.meta.url))
const present = existsSync(FOLDER)
const corpus = <T>(file: string): readonly T[] =>
  present ? (JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')) as readonly T[]) : []

const statements = corpus<CorpusStatement>('statements.json')
const dml = statements.filter(({ kind }) => kind === 'dml')
const expressions = corpus<CorpusStatement>('expressions.json')
const rejected = corpus<CorpusStatement>('rejected.json')
/** What Trino 435 said to each statement: OK or its message. */
const answers = new Map(
  corpus<{ readonly name: string; readonly parse: string }>('statements.expected.json').map(({ name, parse }) => [
    name,
    parse,
  ]),
)

function messageOf(sql: string): string {
  try {
    parseStatement(sql)
    return 'OK'
  } catch (error) {
    if (error instanceof AthenaError) return error.message
    throw error
  }
}

if (!present && process.env.FLOWTAP_REQUIRE_REAL === '1') {
  it('has the Athena corpus beside the project', () => {
    expect.fail(`${FOLDER} is missing`)
  })
}

describe.skipIf(!present)('the Athena corpus (skipped where its folder is not beside the project)', () => {
  it('has all its texts', () => {
    expect([dml.length, expressions.length, rejected.length]).toEqual([80, 207, 13])
  })

  it.each(dml)('statement $name parses', ({ sql }) => {
    expect(messageOf(sql)).toBe('OK')
    expect(classifyStatement(sql)).toMatchObject({ family: 'trino', statementType: 'DML', substatementType: 'SELECT' })
  })

  it('expressions all parse', () => {
    expect(expressions.filter(({ sql }) => messageOf(sql) !== 'OK')).toEqual([])
  })

  it.each(rejected)('text $name: $sql', ({ name, sql }) => {
    // n24 is legal: ASOF parses as an alias.
    if (name === 'n24') expect(messageOf(sql)).toBe('OK')
    else expect(messageOf(sql)).toMatch(/^line \d+:\d+: /)
  })

  it('DDL goes to Hive, but for CREATE TABLE AS, views and Athena’s own', () => {
    for (const { name, sql, kind, flavour } of statements) {
      if (kind !== 'ddl') continue
      const { family } = classifyStatement(sql)
      const trino =
        /^\s*(CREATE\s+(OR\s+REPLACE\s+)?VIEW|CREATE\s+TABLE.*\bAS\s+SELECT|DROP\s+VIEW|SHOW\s+CREATE\s+VIEW|INSERT|DELETE|UPDATE|MERGE|UNLOAD|OPTIMIZE|VACUUM|PREPARE|EXECUTE|DEALLOCATE|EXPLAIN)\b/is
      expect(family, `${name} (${flavour}): ${sql}`).toBe(trino.test(sql) ? 'trino' : 'hive')
    }
  })

  it('gives Trino’s answer to every statement of the Trino family', () => {
    for (const { name, sql, kind } of statements) {
      const answer = answers.get(name)
      // UNLOAD, OPTIMIZE and VACUUM are Athena's own.
      if (answer === undefined || /^\s*(UNLOAD|OPTIMIZE|VACUUM)\b/i.test(sql)) continue
      if (kind === 'ddl' && classifyStatement(sql).family === 'hive') continue
      expect(messageOf(sql), name).toBe(answer)
    }
  })
})
