/** Gives each resource id a small number that stays the same when the topology changes: scopes of tables and places in arrays. */
export class ResourceNumbers {
  readonly #numbers: Map<string, number> = new Map()

  numberOf(id: string): number {
    let number = this.#numbers.get(id)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(id, number)
    }
    return number
  }
}
