import { InvalidInputError } from './invalid-input.ts'
import { parseJsonObject, readJson } from './json-value.ts'
import type { RestMatch, RestTarget } from './rest-route.ts'
import { scalarFromText } from './scalar-text.ts'
import type { Shape, ShapeMember } from './shape.ts'
import { readXmlStructure, readXmlValue } from './xml-input.ts'
import { readXml } from './xml-reader.ts'

/** A request's body: as it comes, or whole. */
export interface RequestBody {
  /** Streaming members are given this. */
  readonly stream: AsyncIterable<Uint8Array>
  /** Reads it to its end. */
  bytes(): Promise<Uint8Array>
}

/** What a REST request binds to an operation's input. */
export interface RestInputSource extends RestTarget {
  readonly match: RestMatch
  readonly body: RequestBody
  readonly format: 'json' | 'xml'
}

/**
 * The input of a REST operation from path, query, headers and body. Source: Smithy 2.0, "HTTP binding traits".
 * @throws InvalidInputError for values that are not of their types, and bodies that cannot be read.
 */
export async function readRestInput(source: RestInputSource): Promise<Record<string, unknown>> {
  const { match, query, headers } = source
  const input: Record<string, unknown> = {}
  const bodyMembers: ShapeMember[] = []
  let payload: ShapeMember | undefined
  const boundQuery = new Set<string>()
  for (const member of match.operation.input.members) {
    const { name, shape, traits } = member
    if (traits.httpLabel) {
      const label = match.labels[name]
      if (label !== undefined) input[name] = scalarFromText(shape, label, name)
    } else if (traits.httpQuery !== undefined) {
      boundQuery.add(traits.httpQuery)
      const values = query.getAll(traits.httpQuery)
      if (values.length > 0) input[name] = fromTexts(values, shape, traits.httpQuery)
    } else if (traits.httpHeader !== undefined) {
      const text = headers[traits.httpHeader.toLowerCase()]
      if (text !== undefined) input[name] = fromHeader(text, shape, traits.httpHeader)
    } else if (traits.httpPrefixHeaders !== undefined) {
      input[name] = prefixed(headers, traits.httpPrefixHeaders.toLowerCase())
    } else if (traits.httpPayload) payload = member
    else if (!traits.httpQueryParams) bodyMembers.push(member)
  }
  for (const { name, traits } of match.operation.input.members) {
    if (traits.httpQueryParams) input[name] = Object.fromEntries([...query].filter(([key]) => !boundQuery.has(key)))
  }
  if (payload) await readPayload(payload, source, input)
  else if (bodyMembers.length > 0) Object.assign(input, await readBody(source, bodyMembers))
  return input
}

async function readPayload(
  member: ShapeMember,
  source: RestInputSource,
  input: Record<string, unknown>,
): Promise<void> {
  const { name, shape, traits } = member
  if (traits.streaming) {
    input[name] = source.body.stream
    return
  }
  const bytes = await source.body.bytes()
  if (shape.kind === 'blob') input[name] = bytes
  else if (bytes.length === 0) return
  else if (shape.kind === 'string') input[name] = Buffer.from(bytes).toString()
  else if (source.format === 'xml') input[name] = readXmlValue(readXml(textOf(bytes)), member, '')
  else input[name] = readJson(JSON.parse(textOf(bytes)), shape, true)
}

async function readBody(
  source: RestInputSource,
  members: readonly ShapeMember[],
): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await source.body.bytes()
  if (bytes.length === 0) return {}
  const { input } = source.match.operation
  const names = new Set(members.map(({ name }) => name))
  const read =
    source.format === 'xml'
      ? readXmlStructure(readXml(textOf(bytes)), input, '')
      : (readJson(parseJsonObject(textOf(bytes)), input, true) as Record<string, unknown>)
  return Object.fromEntries(Object.entries(read).filter(([name]) => names.has(name)))
}

function fromTexts(texts: readonly string[], shape: Shape, name: string): unknown {
  if (shape.kind === 'list') return texts.map((text) => scalarFromText(shape.element.shape, text, name))
  return scalarFromText(shape, texts[0] as string, name)
}

function fromHeader(text: string, shape: Shape, name: string): unknown {
  if (shape.kind !== 'list') return scalarFromText(shape, text, name)
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => scalarFromText(shape.element.shape, part, name))
}

function prefixed(headers: RestTarget['headers'], prefix: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [key, value] of Object.entries(headers)) {
    if (key.startsWith(prefix) && value !== undefined) found[key.slice(prefix.length)] = value
  }
  return found
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (error) {
    throw new InvalidInputError('malformed', '', 'the body is not UTF-8', { cause: error })
  }
}
