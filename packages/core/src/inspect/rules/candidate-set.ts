/** Numbers of signatures that may match, each once; emptied and used again for each packet. */
export class CandidateSet {
  readonly #stamps: Uint32Array
  readonly #numbers: Int32Array
  #round = 1
  #count = 0

  constructor(signatureCount: number) {
    this.#stamps = new Uint32Array(signatureCount)
    this.#numbers = new Int32Array(signatureCount)
  }

  get count(): number {
    return this.#count
  }

  clear(): void {
    this.#count = 0
    this.#round += 1
    if (this.#round > 0xffffffff) {
      this.#stamps.fill(0)
      this.#round = 1
    }
  }

  add(number: number): void {
    if (this.#stamps[number] === this.#round) return
    this.#stamps[number] = this.#round
    this.#numbers[this.#count] = number
    this.#count += 1
  }

  /** The numbers in ascending order, `count` of them at the start of the array. */
  sorted(): Int32Array {
    const numbers = this.#numbers
    if (this.#count > 32) {
      numbers.subarray(0, this.#count).sort()
      return numbers
    }
    for (let index = 1; index < this.#count; index += 1) {
      const number = numbers[index] ?? 0
      let place = index - 1
      while (place >= 0 && (numbers[place] ?? 0) > number) {
        numbers[place + 1] = numbers[place] ?? 0
        place -= 1
      }
      numbers[place + 1] = number
    }
    return numbers
  }
}
