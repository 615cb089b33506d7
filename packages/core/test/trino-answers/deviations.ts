/** Where the answer differs from Trino 435's on purpose, and why. */
export interface Deviation {
  /** Of any group unless given. */
  readonly group?: string
  readonly sql: RegExp
  readonly reason: string
}

const because = (reason: string, group: string, ...patterns: readonly RegExp[]): readonly Deviation[] =>
  patterns.map((sql) => ({ group, sql, reason }))

export const DEVIATIONS: readonly Deviation[] = [
  ...because('fractions finer than a microsecond are cut', 'literal', /\.\d{7,12}'$/),
  ...because('the interpreter of Trino drops the sign of the least smallint', 'overflow', /SMALLINT '-32768' \/ /),
  ...because(
    'Trino scales the dividend beyond its 128 bits; the quotient itself fits',
    'overflow',
    /decimal\(38,0\)\) \/ CAST\(3/,
  ),
  ...because('digits of other scripts', 'cast-text', /'٣'/),
  ...because('java.util.UUID reads shorter groups before it checks the length', 'cast-text', /'1-1-1-1-1'/),
  ...because('that the index is constant is checked by the analyzer', 'subscript', /^SELECT ROW\(.*\)\[(?:x|1\+1)\]$/),
  ...because('identifiers are resolved by the analyzer', 'interval', /' (?:WEEK|QUARTER)$/),
  ...because(
    'texts of doubles as JDK 19 and later print them: the fewest digits',
    'double',
    /^SELECT (?:CAST\()?[12]e23(?: AS varchar\))?$/,
    /9007199254740993e0 AS real\)$/,
  ),
  ...because(
    'texts of reals as JDK 19 and later print them: the fewest digits',
    'decimal-cast',
    /9007199254740993 AS real/,
  ),
  ...because('Trino rounds twice', 'decimal-cast', /16777217\.0/),
  ...because('Trino names a type that is not in the query', 'decimal-cast', /true AS decimal\(1,1\)/),
  ...because('a number too large for a double is no JSON', 'nested-cast', /1e400/),
  ...because('Trino fails with an internal error', 'try', /true AS varchar\(2\)/),
  ...because('sketch types are refused by name', 'type', /hyperloglog|digest|color|json2016/i),
  ...because('names that need quotes are shown with them', 'type', /"A b"/),
  ...because('checked by the analyzer', 'window', /sum\(DISTINCT/),
  ...because(
    'texts of reals as JDK 19 and later print them: the fewest digits',
    'cast',
    /^SELECT CAST\((?:2147483647|123456789.125e0) AS real\)$/,
  ),
  ...because('times before 1970 are off by a second in Trino 435', 'cast', /1969-12-31 23:59:59.999' AS time\(/),
  ...because(
    'Trino takes the comparison apart before it casts',
    'compare',
    /(?:10000000000|5\.5') = DECIMAL '0\.1234|^SELECT DECIMAL '0\.1234.* = (?:10000000000|DECIMAL '123)/,
  ),
  ...because(
    'a bare NULL stands for an interval on either side',
    'arith',
    /^SELECT NULL - (?:DATE|TIME|TIMESTAMP) |^SELECT NULL [-+%] NULL$|NULL . TIMESTAMP '[^.]*'$/,
  ),
  ...because(
    'not supported: refused by name',
    'aggregate',
    /(?:checksum|numeric_histogram|reduce_agg|approx_set|tdigest_agg|qdigest_agg)\(/,
  ),
  ...because(
    'estimates of Trino are exact here',
    'aggregate',
    /approx_distinct\(x\)/,
    /approx_percentile\(x, 0.1e0\), approx_percentile\(x, 0.05e0\)/,
    /approx_percentile\(x, w, 0.5e0\), /,
  ),
  ...because('entries of maps are in no order in Trino', 'aggregate', /approx_most_frequent\(3,i/),
  ...because(
    'the sum is taken in 128 bits, so that only its end may overflow',
    'aggregate',
    /VALUES 9223372036854775807, 1(?:, -5)?\)/,
  ),
  ...because('of equal keys Trino gives a NULL in the second place', 'aggregate', /max_by\(x,y,2\), min_by/),
]
