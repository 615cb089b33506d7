import { compareWithTrino } from './recorded-answers.ts'

/** Functions whose last digits are those of the C library: they agree with Java's to within a few units in the last place. */
const LIBRARY_FUNCTIONS =
  /^SELECT (?:a?(?:cos|sin|tan)h?|atan2|cbrt|degrees|exp|ln|log|log10|log2|normal_cdf|pow|power|radians|cosine_similarity|wilson_interval_\w+)\(/
const TOLERANCE = 4 * Number.EPSILON

/** Functions of text, numbers and bits, regular expressions and formats. */
compareWithTrino({
  fixture: 'trino-435-scalar-answers.jsonl',
  deviations: [
    { sql: /concat_ws\(',', NULL\)$/, reason: 'of two overloads that take a NULL Trino chooses neither' },
    { sql: /concat_ws\(','\)$/, reason: 'refused with another text' },
    { sql: /^SELECT round\(decimal '-?\d{20,}[.\d]*', -40\)$/, reason: 'Trino overflows on its way to zero' },
    { sql: /to_base\(-9223372036854775808, 2\)/, reason: 'Trino has no room for the minus sign' },
    { sql: /format\('%tY', bigint/, reason: 'a date of java.util.Date beyond those of JavaScript' },
    { sql: /format\('%h', (?:DATE|TIME)/, reason: 'hash codes of dates' },
    { sql: /typeof\(CAST\(ROW\(1,2\)/, reason: 'names that need quotes are shown with them' },
    { sql: /'\\G'/, reason: 'refused by name' },
    { sql: /\(\?i\)SS/, reason: 'letters that fold into two' },
  ],
  isNear: ({ types, rows }, [, sql, expectedTypes, expectedRows]) => {
    if (!LIBRARY_FUNCTIONS.test(sql) || JSON.stringify(types) !== JSON.stringify(expectedTypes)) return false
    const [value, other] = [Number(rows[0]?.[0]), Number(expectedRows?.[0]?.[0])]
    return Math.abs(value - other) <= TOLERANCE * Math.abs(other)
  },
})
