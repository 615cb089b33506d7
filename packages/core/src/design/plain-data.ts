import { type DesignIssue, type DesignIssueCode, formatPath } from './design-issue.ts'

/** Nesting that no design needs; deeper data is refused. */
const DEEPEST = 24
/** Values (objects, arrays, texts, numbers) that a design may have. */
const MOST_VALUES = 5_000_000
const LONGEST_TEXT = 65_536

type Keys = readonly (string | number)[]

/**
 * A copy of anything as plain data: objects, arrays, texts, finite numbers, booleans and null, as JSON has them. Keys whose value is
 * undefined are left out. What JSON cannot carry is left out too and reported where it stands: cycles, functions, dates, class
 * instances, accessors, `__proto__` keys, nesting without end.
 */
export function copyPlainData(input: unknown): { readonly data: unknown; readonly issues: readonly DesignIssue[] } {
  const copier = new PlainDataCopier()
  const data = copier.copy(input, [], [])
  return { data, issues: copier.issues }
}

class PlainDataCopier {
  readonly issues: DesignIssue[] = []
  #values = 0

  copy(value: unknown, keys: Keys, parents: readonly object[]): unknown {
    if (++this.#values > MOST_VALUES) {
      if (this.#values === MOST_VALUES + 1) {
        this.#refuse('too-large', keys, `The design holds more than ${MOST_VALUES} values. Make it smaller.`)
      }
      return undefined
    }
    switch (typeof value) {
      case 'string':
        if (value.length <= LONGEST_TEXT) return value
        return this.#refuse(
          'too-large',
          keys,
          `The text has ${value.length} characters; at most ${LONGEST_TEXT} are allowed.`,
        )
      case 'number':
        if (Number.isFinite(value)) return value
        return this.#refuse('not-plain-data', keys, `${value} is no number that JSON can carry. Write a finite number.`)
      case 'boolean':
        return value
      case 'object':
        return value === null ? null : this.#copyObject(value, keys, parents)
      default: {
        const kind = value === undefined ? 'undefined' : `a ${typeof value}`
        return this.#refuse('not-plain-data', keys, `The value is ${kind}, which JSON cannot carry. Write plain data.`)
      }
    }
  }

  #copyObject(value: object, keys: Keys, parents: readonly object[]): unknown {
    if (parents.includes(value)) {
      return this.#refuse('not-plain-data', keys, 'The object holds itself. A design refers to resources by name.')
    }
    if (parents.length >= DEEPEST) {
      return this.#refuse('too-large', keys, `The data nests deeper than ${DEEPEST} levels, which no design needs.`)
    }
    try {
      return Array.isArray(value)
        ? this.#copyArray(value, keys, [...parents, value])
        : this.#copyRecord(value, keys, [...parents, value])
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      return this.#refuse('not-plain-data', keys, `The object cannot be read (${cause}). Write plain data.`)
    }
  }

  #copyArray(value: readonly unknown[], keys: Keys, parents: readonly object[]): unknown {
    if (value.length > MOST_VALUES) {
      return this.#refuse(
        'too-large',
        keys,
        `The array has ${value.length} elements; at most ${MOST_VALUES} values are allowed.`,
      )
    }
    const copy: unknown[] = []
    for (let index = 0; index < value.length; index++) copy.push(this.copy(value[index], [...keys, index], parents))
    return copy
  }

  #copyRecord(value: object, keys: Keys, parents: readonly object[]): unknown {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
      const name = value.constructor?.name ?? 'a class'
      return this.#refuse('not-plain-data', keys, `The value is an instance of ${name}. Write a plain object.`)
    }
    const copy: Record<string, unknown> = {}
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key)
      if (!property?.enumerable || (property.value === undefined && !property.get)) continue
      if (typeof key === 'symbol' || property.get) {
        const what = typeof key === 'symbol' ? 'The key is a symbol' : 'The key has a getter'
        this.#refuse('not-plain-data', [...keys, String(key)], `${what}, which JSON cannot carry. Write plain data.`)
      } else if (key === '__proto__') {
        this.#refuse('invalid-name', [...keys, key], 'A key cannot be called __proto__. Choose another name.')
      } else {
        const child = this.copy(property.value, [...keys, key], parents)
        if (child !== undefined) copy[key] = child
      }
    }
    return copy
  }

  #refuse(code: DesignIssueCode, keys: Keys, message: string): undefined {
    this.issues.push({ code, severity: 'error', path: formatPath(keys), keys, message })
    return undefined
  }
}

/** Freezes plain data through and through, and returns it. */
export function freezePlainData<T>(data: T): T {
  if (data !== null && typeof data === 'object' && !Object.isFrozen(data)) {
    for (const child of Object.values(data)) freezePlainData(child)
    Object.freeze(data)
  }
  return data
}
