import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AthenaError } from '../src/athena/errors.ts'
import { parseStatement } from '../src/athena/trino/parse.ts'
import { acceptedByTrinoGrammar } from './trino-grammar-referee.ts'

/** Refusals that come after the grammar in Trino, too. */
const AFTER_GRAMMAR =
  /backquoted|start with a digit|Zero-length|Invalid numeric|Binary literal|escape|Escaped|function|EXTRACT field|too large/

type Verdict = 'accepted' | 'refused' | 'refused after the grammar' | 'named, not read'

/** What flowtap names by its first words only, to refuse it later. */
const NOT_READ = /"kind":"unsupported-(?:statement","name":"(?!DELETE|UPDATE)|relation)/

function verdict(sql: string): Verdict {
  try {
    const tree = JSON.stringify(parseStatement(sql), (key, value) =>
      key === 'location' ? undefined : typeof value === 'bigint' ? String(value) : value,
    )
    return NOT_READ.test(tree) ? 'named, not read' : 'accepted'
  } catch (error) {
    if (!(error instanceof AthenaError)) throw error
    return AFTER_GRAMMAR.test(error.detail) ? 'refused after the grammar' : 'refused'
  }
}

/** One statement at least for every rule of the grammar that flowtap reads. */
const STATEMENTS: readonly string[] = [
  'SELECT a, b c, d AS e, t.*, (r).* AS (x, y), count(*) FROM t',
  'SELECT DISTINCT a FROM t AS u (b, c), LATERAL (SELECT 1) v, UNNEST(d, e) WITH ORDINALITY AS w',
  'SELECT ALL a FROM (SELECT 1) LEFT OUTER JOIN b ON c = d RIGHT JOIN e USING (f, g) NATURAL FULL JOIN h CROSS JOIN i',
  'SELECT a FROM ((t JOIN u ON x) CROSS JOIN v) TABLESAMPLE BERNOULLI (10)',
  "SELECT a FROM t FOR TIMESTAMP AS OF TIMESTAMP '2021-01-01' WHERE a = 1 AND NOT b OR c",
  'SELECT a FROM t GROUP BY DISTINCT a, (b, c), ROLLUP (d, (e, f)), CUBE (g), GROUPING SETS ((h), ()) HAVING count(*) > 1',
  'SELECT sum(a) OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c), v AS (w ROWS 1 PRECEDING)',
  'SELECT a FROM t ORDER BY a DESC NULLS FIRST, b ASC OFFSET 5 ROWS FETCH NEXT 5 ROWS WITH TIES',
  'SELECT a UNION ALL SELECT b INTERSECT DISTINCT TABLE c EXCEPT VALUES 1, (2, 3) LIMIT ALL',
  'WITH RECURSIVE a (n) AS (SELECT 1), b AS (TABLE a) (SELECT * FROM b) ORDER BY 1 LIMIT ?',
  "SELECT -1, 1.5, 1e5, .5, 0x1F, 'x', U&'\\0041' UESCAPE '!', X'00', NULL, true, false, ?",
  "SELECT DATE '2021-01-01', DOUBLE PRECISION '1', INTERVAL '1' DAY, INTERVAL - '1-2' YEAR TO MONTH, JSON '{}'",
  "SELECT a + b - c * d / e % f || g, -h, +i AT TIME ZONE 'UTC', j AT TIME ZONE INTERVAL '1' HOUR",
  "SELECT a BETWEEN 1 AND 2, b NOT IN (1, 2), c IN (SELECT 1), d LIKE 'x' ESCAPE '!', e IS NOT NULL, f IS DISTINCT FROM g",
  'SELECT a = ALL (SELECT 1), b <> SOME (VALUES 1), EXISTS (SELECT 1), (SELECT 1), (1, 2), ROW(1, 2), ARRAY[1, 2][1]',
  'SELECT CASE a WHEN 1 THEN 2 ELSE 3 END, CASE WHEN a THEN b END, CAST(a AS varchar(10)), TRY_CAST(b AS row(x bigint, y array(double precision)))',
  'SELECT f(DISTINCT a, b ORDER BY c) FILTER (WHERE d) IGNORE NULLS OVER (PARTITION BY e RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING)',
  "SELECT listagg(a, ',' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY b) FILTER (WHERE c)",
  'SELECT f(x -> x + 1), g((a, b) -> a), h(() -> 1), position(a IN b), substring(a FROM 1 FOR 2), normalize(a, NFC), extract(year FROM a)',
  "SELECT trim(BOTH 'x' FROM a), trim(FROM b), trim(c), trim(d, 'x'), current_date, current_timestamp(3), current_user, grouping(a, t.b)",
  "SELECT json_exists(a, 'lax $' TRUE ON ERROR), json_value(a FORMAT JSON, 'lax $' PASSING b AS c RETURNING int DEFAULT 1 ON EMPTY NULL ON ERROR)",
  "SELECT json_query(a, 'lax $' WITH CONDITIONAL ARRAY WRAPPER KEEP QUOTES EMPTY OBJECT ON ERROR), json_object(KEY a VALUE b, c : d ABSENT ON NULL WITH UNIQUE KEYS), json_array(a, b NULL ON NULL RETURNING varchar)",
  'INSERT INTO a.b.c (d, e) SELECT 1, 2',
  "CREATE TABLE IF NOT EXISTS t (a, b) COMMENT 'c' WITH (d = 'e', f = ARRAY['g']) AS SELECT 1, 2 WITH NO DATA",
  "CREATE OR REPLACE VIEW v COMMENT 'c' SECURITY INVOKER AS SELECT 1",
  'EXPLAIN (FORMAT JSON, TYPE DISTRIBUTED) SELECT 1',
  'EXPLAIN ANALYZE VERBOSE SELECT 1',
  'PREPARE p FROM SELECT ? FROM t',
  'EXECUTE p USING 1, 2',
  "SHOW FUNCTIONS FROM a.b LIKE 'c' ESCAPE 'd'",
  'DELETE FROM t WHERE a = 1',
  'UPDATE t SET a = 1, b = 2 WHERE c',
  'DROP VIEW IF EXISTS a.b',
  'DEALLOCATE PREPARE p',
]

const TOKEN = /'(?:[^']|'')*'|"[^"]*"|\w+(?:\.\w+)?|<>|<=|>=|\|\||->|[^\s\w]/g
const tokensOf = (sql: string): readonly string[] => sql.match(TOKEN) ?? []
const POOL: readonly string[] = [...new Set(STATEMENTS.flatMap(tokensOf))]

/** A statement with up to two tokens dropped, doubled, exchanged or put in. */
const damaged: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...STATEMENTS),
    fc.array(
      fc.record({
        place: fc.double({ min: 0, max: 0.999, noNaN: true }),
        removed: fc.nat(1),
        put: fc.array(fc.constantFrom(...POOL), { maxLength: 1 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([sql, damages]) => {
    const tokens = [...tokensOf(sql)]
    for (const { place, removed, put } of damages) tokens.splice(Math.floor(place * tokens.length), removed, ...put)
    return tokens.join(' ')
  })

describe('the parser against Trino’s grammar', () => {
  it.each(STATEMENTS)('accepts %s', (sql) => {
    expect(acceptedByTrinoGrammar(sql)).toBe(true)
    expect(verdict(sql)).toBe('accepted')
  })

  it('accepts and refuses the same damaged statements', () => {
    const counts: Record<Verdict, number> = {
      accepted: 0,
      refused: 0,
      'refused after the grammar': 0,
      'named, not read': 0,
    }
    fc.assert(
      fc.property(damaged, (sql) => {
        const own = verdict(sql)
        counts[own] += 1
        if (own === 'accepted' || own === 'refused') expect(own === 'accepted', sql).toBe(acceptedByTrinoGrammar(sql))
      }),
      { numRuns: 1_500 },
    )
    expect(counts.accepted).toBeGreaterThan(100)
    expect(counts.refused).toBeGreaterThan(500)
  }, 120_000)
})
