import { compareWithTrino } from './recorded-answers.ts'

/** Functions of arrays, maps, JSON, URLs, bytes and addresses. */
compareWithTrino({
  fixture: 'trino-435-collection-answers.jsonl',
  leaveOut: ['sql-json'],
  deviations: [
    { sql: /slice\(.*9223372036854775807\)$/, reason: 'the end of a slice overflows in Trino' },
    { sql: /spooky_hash/, reason: 'refused by name' },
    { sql: /cardinality\(1\)$/, reason: 'the sketch types are not among the signatures' },
    { sql: /'10\.0\.0\.0\/٨'/, reason: 'digits of other scripts are no prefix' },
  ],
})
