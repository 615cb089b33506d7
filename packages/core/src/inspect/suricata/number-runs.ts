/** A value for each number of a rising sequence; neighbours with the same value take one place. */
export class NumberRuns {
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #values: number[] = []

  /** Numbers come in rising order; a number that comes again keeps its first value. */
  add(number: number, value: number): void {
    const last = this.#starts.length - 1
    const end = this.#ends[last] ?? Number.NEGATIVE_INFINITY
    if (number <= end) return
    if (number === end + 1 && this.#values[last] === value) {
      this.#ends[last] = number
      return
    }
    this.#starts.push(number)
    this.#ends.push(number)
    this.#values.push(value)
  }

  at(number: number): number | undefined {
    let low = 0
    let high = this.#starts.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      if (number < (this.#starts[middle] ?? 0)) high = middle - 1
      else if (number > (this.#ends[middle] ?? 0)) low = middle + 1
      else return this.#values[middle]
    }
    return undefined
  }
}
