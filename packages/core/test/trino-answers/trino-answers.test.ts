import { DEVIATIONS } from './deviations.ts'
import { compareWithTrino } from './recorded-answers.ts'

/** Sums of floating-point numbers depend on the order of additions: the last digits may differ. */
const RELATIVE_TOLERANCE = 1e-12

/** Literals, operators, casts, aggregates and window functions: their types, values in text form, and errors. */
compareWithTrino({
  fixture: 'trino-435-answers.jsonl',
  deviations: DEVIATIONS,
  isNear: ({ types, rows }, [group, , expectedTypes, expectedRows = []]) =>
    group === 'aggregate' &&
    JSON.stringify(types) === JSON.stringify(expectedTypes) &&
    rows.length === expectedRows.length &&
    rows.every((row, index) => row.every((value, column) => isNearText(value, expectedRows[index]?.[column] ?? null))),
})

function isNearText(actual: string | null, expected: string | null): boolean {
  if (actual === expected) return true
  const [a, b] = [Number(actual ?? 'none'), Number(expected ?? 'none')]
  return Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.abs(b)
}
