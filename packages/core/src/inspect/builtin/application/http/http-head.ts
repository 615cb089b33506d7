import { INSPECTION_LIMITS } from '../../inspection-limits.ts'

/** One header field, as sent, without the space around its value. */
export interface HttpField {
  readonly name: string
  /** In lower case. */
  readonly key: string
  readonly value: string
}

/** The head of a request or response; text with one character per byte. */
export class HttpHead {
  readonly #text: string
  #fields: readonly HttpField[] | undefined

  constructor(text: string) {
    this.#text = text
  }

  get startLine(): string {
    return this.#text.slice(0, this.#text.indexOf('\n')).replace(/\r$/, '')
  }

  /** From behind the start line to the empty line, that included. */
  get raw(): string {
    return this.#text.slice(this.#text.indexOf('\n') + 1)
  }

  get fields(): readonly HttpField[] {
    this.#fields ??= readFields(this.raw).fields
    return this.#fields
  }

  /** Suricata's names of what is wrong. */
  get anomalies(): readonly string[] {
    const { fields, anomalies } = readFields(this.raw)
    this.#fields = fields
    return anomalies
  }

  /** The fields are not asked for in the near future: they are read again where they are. */
  forget(): void {
    this.#fields = undefined
  }
}

/** Where the head that starts at `start` ends, behind its empty line; -1 where it is not here as a whole. `from`: searched up to there. */
export function httpHeadEnd(bytes: Uint8Array, start: number, end: number, from: number): number {
  for (let at = bytes.indexOf(10, Math.max(start, from)); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) {
    if (at + 1 < end && bytes[at + 1] === 10) return at + 2
    if (at + 2 < end && bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3
    // A head may be empty but for its start line.
    if (at === start || (at === start + 1 && bytes[start] === 13)) return at + 1
  }
  return -1
}

/** Reads a head. */
export function readHttpHead(bytes: Uint8Array, start: number, end: number): HttpHead {
  return new HttpHead(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'))
}

/** Reads fields (RFC 9112 section 5); lines that continue others are joined to them (section 5.2). */
function readFields(raw: string): { readonly fields: HttpField[]; readonly anomalies: readonly string[] } {
  const fields: HttpField[] = []
  const anomalies: string[] = []
  let last: { name: string; key: string; value: string } | undefined
  for (let at = 0; at < raw.length; ) {
    const lineEnd = raw.indexOf('\n', at)
    const stop = lineEnd < 0 ? raw.length : lineEnd
    const line = raw.slice(at, stop > at && raw.charCodeAt(stop - 1) === 13 ? stop - 1 : stop)
    at = stop + 1
    if (line === '') continue
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last) last.value = `${last.value} ${line.trim()}`.trim()
      continue
    }
    if (fields.length >= INSPECTION_LIMITS.httpHeaders) {
      anomalies.push('TOO_MANY_HEADERS')
      break
    }
    const colon = line.indexOf(':')
    if (colon < 0) anomalies.push('FIELD_MISSING_COLON')
    const { name, key } = fieldName(colon < 0 ? '' : line.slice(0, colon).trim())
    last = { name, key, value: line.slice(colon + 1).trim() }
    fields.push(last)
  }
  return { fields, anomalies }
}

interface FieldName {
  readonly name: string
  readonly key: string
}

/** Names that are kept, and how long they are at most: senders may make up others. */
const KNOWN_NAMES_MAX = 500
const KNOWN_NAME_LENGTH_MAX = 40
const knownNames = new Map<string, FieldName>()

/** The same few names stand in all heads: each is held once, in place of once per head. */
function fieldName(name: string): FieldName {
  const known = knownNames.get(name)
  if (known) return known
  const made = { name, key: name.toLowerCase() }
  if (knownNames.size < KNOWN_NAMES_MAX && name.length <= KNOWN_NAME_LENGTH_MAX) {
    // A slice would hold on to the head that it comes from.
    const own = Buffer.from(name, 'latin1').toString('latin1')
    knownNames.set(own, { name: own, key: own.toLowerCase() })
  }
  return made
}

/** The value of a header; several are joined by a comma (RFC 9110 section 5.3). */
export function headerValue(head: HttpHead | undefined, key: string): string | undefined {
  let value: string | undefined
  for (const field of head?.fields ?? []) {
    if (field.key === key) value = value === undefined ? field.value : `${value}, ${field.value}`
  }
  return value
}
