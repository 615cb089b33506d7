import { compareWithTrino } from './recorded-answers.ts'

/** Date and time functions. */
compareWithTrino({
  fixture: 'trino-435-datetime-answers.jsonl',
  deviations: [
    { sql: /TRY\(from_unixtime\(1, 'Nowhere/, reason: 'TRY catches every error' },
    {
      sql: /from_unixtime_nanos\((?:-1|\d{19}|CAST|DECIMAL)|from_iso8601_timestamp_nanos\('.*\.\d{9}/,
      reason: 'fractions finer than a microsecond are cut',
    },
    { sql: /from_unixtime\((?:infinity\(\)|-?1e18)\)/, reason: 'an error here too, in other words' },
    { sql: /from_unixtime\(nan\(\)\)/, reason: 'not a number is an error rather than 1970' },
    { sql: /date_add\('day', 3000000000/, reason: 'an error here too, and not an internal one' },
  ],
})
