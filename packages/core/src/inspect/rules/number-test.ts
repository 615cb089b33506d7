import { refuse } from './rule-fault.ts'
import type { NumberTest } from './signature.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }
const FORM = /^(!=|>=|<=|[=<>!])? *([0-9]{1,20}) *(kb|mb|gb)?(?: *(-|<>) *([0-9]{1,20}) *(kb|mb|gb)?)?$/i

/**
 * A comparison of Suricata's number keywords: `8`, `=8`, `!8`, `>8`, `>=8`, `<8`, `<=8`, and the ranges `a-b` and `a<>b`, which leave
 * both their ends out. Comparisons that always or never hold are refused, as Suricata does.
 */
export function parseNumberTest(keyword: string, text: string, maximum: number): NumberTest {
  const allowed = `allowed are N, !N, >N, >=N, <N, <=N and N<>N with numbers from 0 to ${maximum}`
  const form = FORM.exec(text)
  if (!form) return refuse(`${keyword} cannot read '${text}': ${allowed}`)
  const [, operator = '=', first = '', firstUnit = '', range, second = '', secondUnit = ''] = form
  const number = Number(first) * (UNITS[firstUnit.toLowerCase()] ?? 1)
  if (number > maximum) refuse(`${keyword} ${text}: ${number} is too large; ${allowed}`)
  if (range) {
    const end = Number(second) * (UNITS[secondUnit.toLowerCase()] ?? 1)
    if (form[1]) refuse(`${keyword} ${text}: a range takes no operator; ${allowed}`)
    if (end > maximum) refuse(`${keyword} ${text}: ${end} is too large; ${allowed}`)
    if (end <= number + 1)
      refuse(`${keyword} ${text}: no number lies between ${number} and ${end}, which are both left out`)
    return { low: number + 1, high: end - 1, isNegated: false }
  }
  const always = (): never => refuse(`${keyword} ${text} holds always or never; ${allowed}`)
  if (operator === '>') return number === maximum ? always() : { low: number + 1, high: maximum, isNegated: false }
  if (operator === '>=') return number === 0 ? always() : { low: number, high: maximum, isNegated: false }
  if (operator === '<') return number === 0 ? always() : { low: 0, high: number - 1, isNegated: false }
  if (operator === '<=') return number === maximum ? always() : { low: 0, high: number, isNegated: false }
  return { low: number, high: number, isNegated: operator.startsWith('!') }
}

/** Whether a number passes. */
export function passes(test: NumberTest, value: number): boolean {
  return (value >= test.low && value <= test.high) !== test.isNegated
}

/** A plain whole number in decimal (or hexadecimal with `0x`) within bounds; throws a RuleFault otherwise. */
export function parseInteger(keyword: string, text: string, low: number, high: number): number {
  if (!/^[+-]?([0-9]{1,20}|0x[0-9a-f]{1,16})$/i.test(text))
    refuse(`${keyword} takes a number from ${low} to ${high}, not '${text}'`)
  const sign = text.startsWith('-') ? -1 : 1
  const value = sign * Number(text.replace(/^[+-]/, ''))
  if (value < low || value > high) refuse(`${keyword} takes a number from ${low} to ${high}, not ${text}`)
  return value
}
