import type { TrinoType } from '../types/trino-type.ts'
import { raiseSql } from './runtime-errors.ts'

/** Fails with DIVISION_BY_ZERO where the divisor is zero and the dividend is there. */
export function guardDivision(dividend: string, divisor: string, quotient: string, type: TrinoType): string {
  const isZero = `${divisor} = 0 AND ${dividend} IS NOT NULL`
  return `(CASE WHEN ${isZero} THEN ${raiseSql('DIVISION_BY_ZERO', 'Division by zero', type)} ELSE ${quotient} END)`
}
