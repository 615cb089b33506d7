import { CommanderError } from 'commander'
import { EXIT_USAGE } from '../exit-code.ts'

/** The value of an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

export function positiveInteger(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value))
    throw new CommanderError(EXIT_USAGE, 'flowtap.number', `not a positive whole number: ${value}`)
  return Number(value)
}
