/**
 * The values that a projected partition column can have, by index, so that a range of ten years costs nothing until values
 * are asked for.
 */
export interface ProjectedDomain {
  readonly count: bigint
  at(index: bigint): ProjectedValue
  /** Values never fall as the index rises, in the order of the column's type. */
  readonly isOrdered: boolean
}

export interface ProjectedValue {
  /** As the column has it: `2021-10-25` for a date. */
  readonly value: string
  /** As it stands in the location. */
  readonly pathText: string
}

export function enumDomain(values: readonly string[]): ProjectedDomain {
  return {
    count: BigInt(values.length),
    at: (index) => {
      const value = values[Number(index)] ?? ''
      return { value, pathText: value }
    },
    isOrdered: false,
  }
}

export interface IntegerProjection {
  readonly low: bigint
  readonly high: bigint
  readonly interval: bigint
  /** The number of digits, filled with zeros from the left. */
  readonly digits: number | undefined
  /** Whether the column's type compares the values as numbers. */
  readonly isNumeric: boolean
}

export function integerDomain(projection: IntegerProjection): ProjectedDomain {
  const { low, high, interval, digits } = projection
  const count = high < low ? 0n : (high - low) / interval + 1n
  const print = (value: bigint): string => padInteger(value, digits ?? 0)
  const isTextOrdered = low >= 0n && print(low).length === print(high).length
  return {
    count,
    at: (index) => {
      const value = print(low + index * interval)
      return { value, pathText: value }
    },
    isOrdered: projection.isNumeric || isTextOrdered,
  }
}

/** As Java's `%0nd`: the sign counts as a digit. */
function padInteger(value: bigint, digits: number): string {
  return value < 0n ? `-${String(-value).padStart(digits - 1, '0')}` : String(value).padStart(digits, '0')
}
