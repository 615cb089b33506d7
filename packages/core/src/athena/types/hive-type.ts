import { AthenaError } from '../errors.ts'
import type { RowField, TrinoType } from './trino-type.ts'

/** Column types of DDL as SELECT sees them. Source: Amazon Athena User Guide, "Data types in Amazon Athena". */
const PRIMITIVES: Readonly<Record<string, TrinoType>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  int: { kind: 'integer' },
  integer: { kind: 'integer' },
  bigint: { kind: 'bigint' },
  float: { kind: 'real' },
  double: { kind: 'double' },
  string: { kind: 'varchar' },
  varchar: { kind: 'varchar' },
  char: { kind: 'char', length: 1 },
  decimal: { kind: 'decimal', precision: 10, scale: 0 },
  binary: { kind: 'varbinary' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp', precision: 3 },
}

const DEPTH_LIMIT = 100

/** The Trino type of a Glue column type: `struct<port:int,tags:array<string>>`. Throws HIVE_METASTORE_ERROR for any other text. */
export function hiveTypeToTrino(text: string): TrinoType {
  const reader = new HiveTypeReader(text)
  const type = reader.type(0)
  reader.end()
  return type
}

class HiveTypeReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  type(depth: number): TrinoType {
    if (depth > DEPTH_LIMIT) return this.#fail()
    const name = this.#match(/\s*([A-Za-z]+)/y).toLowerCase()
    switch (name) {
      case 'array': {
        this.#expect('<')
        const element = this.type(depth + 1)
        this.#expect('>')
        return { kind: 'array', element }
      }
      case 'map': {
        this.#expect('<')
        const key = this.type(depth + 1)
        this.#expect(',')
        const value = this.type(depth + 1)
        this.#expect('>')
        return { kind: 'map', key, value }
      }
      case 'struct':
        return this.#struct(depth)
      default:
        return this.#primitive(name)
    }
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== '') this.#fail()
  }

  #struct(depth: number): TrinoType {
    this.#expect('<')
    const fields: RowField[] = []
    do {
      const name = this.#match(/\s*(`(?:[^`]|``)+`|[^\s:,<>`]+)/y)
      this.#expect(':')
      const bare = name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name
      fields.push({ name: bare.toLowerCase(), type: this.type(depth + 1) })
    } while (this.#accept(','))
    this.#expect('>')
    return { kind: 'row', fields }
  }

  #primitive(name: string): TrinoType {
    const numbers: number[] = []
    if (this.#accept('(')) {
      do numbers.push(Number(this.#match(/\s*(\d+)/y)))
      while (this.#accept(','))
      this.#expect(')')
    }
    const [first, second = 0] = numbers
    if (first !== undefined) {
      if (name === 'decimal' && numbers.length <= 2) return { kind: 'decimal', precision: first, scale: second }
      if ((name === 'varchar' || name === 'char') && numbers.length === 1) return { kind: name, length: first }
      return this.#fail()
    }
    return (Object.hasOwn(PRIMITIVES, name) ? PRIMITIVES[name] : undefined) ?? this.#fail()
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    const part = found?.[1]
    if (found === null || part === undefined) return this.#fail()
    this.#at = pattern.lastIndex
    return part
  }

  #accept(token: string): boolean {
    const rest = /\S/g
    rest.lastIndex = this.#at
    const found = rest.exec(this.#text)
    if (found?.[0] !== token) return false
    this.#at = rest.lastIndex
    return true
  }

  #expect(token: string): void {
    if (!this.#accept(token)) this.#fail()
  }

  #fail(): never {
    throw new AthenaError('HIVE_METASTORE_ERROR', `Error: type expected at the position ${this.#at} of '${this.#text}'`)
  }
}
