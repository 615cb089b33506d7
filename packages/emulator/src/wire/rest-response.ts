import type { Readable } from 'node:stream'
import { writeJson } from './json-value.ts'
import { scalarToText, timestampToText } from './scalar-text.ts'
import type { OperationModel } from './service-model.ts'
import type { Shape, ShapeMember } from './shape.ts'
import { escapeXml, writeXmlElement, writeXmlMembers } from './xml-output.ts'

/** A body that is sent as it comes, or whole. */
export type ResponseBody = string | Uint8Array | Readable | undefined

/** An answer in HTTP. */
export interface WireResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: ResponseBody
}

/**
 * The answer of a REST operation: its output's members as status, headers and body. Source: Smithy 2.0, "HTTP binding traits".
 * `xmlNamespace`: of the body's root element.
 */
export function writeRestOutput(
  output: Readonly<Record<string, unknown>>,
  operation: OperationModel,
  format: 'json' | 'xml',
  xmlNamespace: string | undefined,
): WireResponse {
  const headers: Record<string, string> = {}
  let status = operation.http?.[2] ?? 200
  let payload: ShapeMember | undefined
  let hasBodyMembers = false
  for (const member of operation.output.members) {
    const { name, shape, traits } = member
    const value = output[name]
    if (traits.httpPayload) payload = member
    else if (traits.httpResponseCode) status = value === undefined ? status : Number(value)
    else if (traits.httpHeader !== undefined) {
      if (value !== undefined && value !== null) headers[traits.httpHeader.toLowerCase()] = headerText(value, shape)
    } else if (traits.httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries((value ?? {}) as Readonly<Record<string, string>>)) {
        headers[`${traits.httpPrefixHeaders.toLowerCase()}${key.toLowerCase()}`] = text
      }
    } else hasBodyMembers = true
  }
  // Part of a representation is told by its range. Source: RFC 9110, section 15.3.7.
  if (headers['content-range'] !== undefined) status = 206
  if (payload) {
    const body = payloadBody(output[payload.name], payload, format)
    if (typeof body === 'string') headers['content-type'] ??= format === 'xml' ? 'application/xml' : 'application/json'
    return { status, headers, body }
  }
  if (format === 'json') {
    headers['content-type'] ??= 'application/json'
    const bound = operation.output.members.filter(isInBody)
    const body = Object.fromEntries(
      bound.flatMap(({ name, shape, traits }) =>
        output[name] === undefined || output[name] === null
          ? []
          : [[traits.jsonName ?? name, writeJson(output[name], shape, true)]],
      ),
    )
    return { status, headers, body: status === 204 ? undefined : JSON.stringify(body) }
  }
  if (!hasBodyMembers) return { status, headers, body: undefined }
  headers['content-type'] ??= 'application/xml'
  const { output: shape } = operation
  const inBody = Object.fromEntries(shape.members.filter(isInBody).map(({ name }) => [name, output[name]]))
  const tag = shape.traits.xmlName ?? shape.name
  const namespace = xmlNamespace ? ` xmlns="${xmlNamespace}"` : ''
  if (UNWRAPPED.has(operation.name)) {
    const [only] = shape.members
    const text = only && output[only.name] !== undefined ? escapeXml(String(output[only.name])) : ''
    return { status, headers, body: `${XML_DECLARATION}<${tag}${namespace}>${text}</${tag}>` }
  }
  return { status, headers, body: `${XML_DECLARATION}<${tag}${namespace}>${writeXmlMembers(inBody, shape)}</${tag}>` }
}

/** Operations whose only member is the root element itself. Source: Smithy 2.0, "s3UnwrappedXmlOutput trait". */
const UNWRAPPED: ReadonlySet<string> = new Set(['GetBucketLocation'])

/** The first line of XML answers. */
export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

function isInBody({ traits }: ShapeMember): boolean {
  return (
    traits.httpHeader === undefined &&
    traits.httpPrefixHeaders === undefined &&
    !traits.httpResponseCode &&
    !traits.httpPayload &&
    !traits.httpLabel
  )
}

function payloadBody(value: unknown, member: ShapeMember, format: 'json' | 'xml'): ResponseBody {
  if (value === undefined || value === null) return undefined
  const { shape, traits } = member
  if (shape.kind === 'blob') return value as Uint8Array | Readable
  if (shape.kind === 'string') return String(value)
  if (format === 'json') return JSON.stringify(writeJson(value, shape, true))
  return `${XML_DECLARATION}${writeXmlElement(traits.xmlName ?? shape.name, value, { shape, traits })}`
}

function headerText(value: unknown, shape: Shape): string {
  if (shape.kind === 'list') {
    return (value as readonly unknown[]).map((each) => scalarToText(shape.element.shape, each, 'http-date')).join(', ')
  }
  if (value instanceof Date) return timestampToText(value, shape.timestampFormat ?? 'http-date')
  return scalarToText(shape, value, 'http-date')
}
