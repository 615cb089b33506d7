import { writeCbor, writePlainCbor } from './cbor-value.ts'
import { writeJson } from './json-value.ts'
import { type WireResponse, writeRestOutput, XML_DECLARATION } from './rest-response.ts'
import type { Protocol, ServiceFacts } from './service-catalogue.ts'
import type { ServiceError } from './service-error.ts'
import type { OperationModel, ServiceModel } from './service-model.ts'
import { escapeXml, writeXmlMembers } from './xml-output.ts'

/** How an answer is written. */
export interface ResponseContext {
  readonly protocol: Protocol
  readonly facts: ServiceFacts
  readonly requestId: string
}

const CONTENT_TYPES: Readonly<Record<Protocol, string>> = {
  'ec2-query': 'text/xml;charset=UTF-8',
  query: 'text/xml',
  'json-1.0': 'application/x-amz-json-1.0',
  'json-1.1': 'application/x-amz-json-1.1',
  'rest-json': 'application/json',
  'rest-xml': 'application/xml',
  'rpc-cbor': 'application/cbor',
}

/** The status of an answer to a condition that is not met, which has no body. */
const NOT_MODIFIED = 304

/** The answer that has an operation's output. */
export function writeOutput(
  output: Readonly<Record<string, unknown>>,
  operation: OperationModel,
  { protocol, facts, requestId }: ResponseContext,
): WireResponse {
  const { output: shape, name } = operation
  const headers: Record<string, string> = { 'content-type': CONTENT_TYPES[protocol], 'x-amzn-requestid': requestId }
  switch (protocol) {
    case 'ec2-query': {
      const body = `<${name}Response xmlns="${facts.xmlNamespace}"><requestId>${requestId}</requestId>${writeXmlMembers(output, shape)}</${name}Response>`
      return { status: 200, headers, body: `${XML_DECLARATION}${body}` }
    }
    case 'query': {
      const members = writeXmlMembers(output, shape)
      const result = shape.kind === 'unit' ? '' : `<${name}Result>${members}</${name}Result>`
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
      return {
        status: 200,
        headers,
        body: `<${name}Response xmlns="${facts.xmlNamespace}">${result}${metadata}</${name}Response>`,
      }
    }
    case 'json-1.0':
    case 'json-1.1':
      return {
        status: 200,
        headers,
        body: JSON.stringify(shape.kind === 'unit' ? {} : writeJson(output, shape, false)),
      }
    case 'rpc-cbor':
      headers['smithy-protocol'] = 'rpc-v2-cbor'
      return { status: 200, headers, body: writeCbor(output, shape) }
    case 'rest-json':
    case 'rest-xml': {
      const answer = writeRestOutput(output, operation, protocol === 'rest-json' ? 'json' : 'xml', facts.xmlNamespace)
      const id = protocol === 'rest-xml' ? 'x-amz-request-id' : 'x-amzn-requestid'
      return { ...answer, headers: { ...answer.headers, [id]: requestId } }
    }
  }
}

/** The answer that has an error; `model` where it is loaded, for the members of the error's shape. */
export function writeError(
  error: ServiceError,
  model: ServiceModel | undefined,
  context: ResponseContext,
): WireResponse {
  const { protocol, facts, requestId } = context
  const { message, status, fault } = error
  const shapeName = errorShape(error.code, model)
  const shape = model?.errors.get(shapeName)
  const code = shape?.traits.awsQueryError?.[0] ?? error.code
  const headers: Record<string, string> = {
    ...error.headers,
    'content-type': CONTENT_TYPES[protocol],
    'x-amzn-requestid': requestId,
  }
  const details = { ...error.details }
  switch (protocol) {
    case 'ec2-query': {
      const inner = `<Errors><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error></Errors>`
      return {
        status,
        headers,
        body: `${XML_DECLARATION}<Response>${inner}<RequestID>${requestId}</RequestID></Response>`,
      }
    }
    case 'query': {
      const type = fault === 'client' ? 'Sender' : 'Receiver'
      const inner = `<Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`
      return {
        status,
        headers,
        body: `<ErrorResponse xmlns="${facts.xmlNamespace}">${inner}<RequestId>${requestId}</RequestId></ErrorResponse>`,
      }
    }
    case 'rest-xml': {
      headers['x-amz-request-id'] = requestId
      if (status === NOT_MODIFIED) {
        delete headers['content-type']
        return { status, headers, body: undefined }
      }
      const more = Object.entries(details).map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
      const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>${more.join('')}`
      const ids = `<RequestId>${requestId}</RequestId><HostId>${requestId}</HostId>`
      return { status, headers, body: `${XML_DECLARATION}<Error>${inner}${ids}</Error>` }
    }
    case 'json-1.0':
    case 'json-1.1':
    case 'rest-json':
    case 'rpc-cbor': {
      const messageName = shape?.member('Message') && !shape.member('message') ? 'Message' : 'message'
      if (facts.isQueryCompatible)
        headers['x-amzn-query-error'] = `${code};${fault === 'client' ? 'Sender' : 'Receiver'}`
      if (protocol === 'rest-json') headers['x-amzn-errortype'] = shapeName
      const type =
        protocol === 'json-1.0' || protocol === 'rpc-cbor'
          ? `${model ? `${model.namespace}#` : ''}${shapeName}`
          : shapeName
      const members = shape ? (writeJson(details, shape, protocol === 'rest-json') as object) : details
      const body = { ...(protocol !== 'rest-json' && { __type: type }), ...members, [messageName]: message }
      if (protocol === 'rpc-cbor') {
        headers['smithy-protocol'] = 'rpc-v2-cbor'
        return { status, headers, body: writePlainCbor(body) }
      }
      return { status, headers, body: JSON.stringify(body) }
    }
  }
}

/** The shape's name for a code, which for query-compatible services may be another. */
function errorShape(code: string, model: ServiceModel | undefined): string {
  if (!model || model.errors.has(code)) return code
  for (const [name, { traits }] of model.errors) if (traits.awsQueryError?.[0] === code) return name
  return code
}
