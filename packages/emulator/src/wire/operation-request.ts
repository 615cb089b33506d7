import { bucketAddress } from './bucket-address.ts'
import { parseCbor } from './cbor-value.ts'
import { parseJsonObject, readJson } from './json-value.ts'
import { readQueryInput } from './query-request.ts'
import type { RequestHead, RequestTarget } from './request-target.ts'
import { type RequestBody, readRestInput } from './rest-request.ts'
import type { RestMatch, RestRouter } from './rest-route.ts'
import { SERVICES, type ServiceName } from './service-catalogue.ts'
import { ServiceError } from './service-error.ts'
import type { OperationModel, ServiceModel } from './service-model.ts'

/** An operation that is called, and its input. */
export interface OperationCall {
  readonly operation: OperationModel
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * What a request calls, and with what.
 * @throws ServiceError for operations that the service does not have, InvalidInputError for input that cannot be read.
 */
export async function readOperationCall(
  head: RequestHead,
  { service, protocol, operation: named }: RequestTarget,
  model: ServiceModel,
  router: RestRouter,
  body: RequestBody,
): Promise<OperationCall> {
  switch (protocol) {
    case 'ec2-query':
    case 'query': {
      const parameters = new URLSearchParams(head.query)
      for (const [name, value] of new URLSearchParams(Buffer.from(await body.bytes()).toString()))
        parameters.append(name, value)
      const operation = operationNamed(model, parameters.get('Action') ?? undefined)
      return { operation, input: readQueryInput(parameters, operation.input, protocol === 'query' ? 'query' : 'ec2') }
    }
    case 'json-1.0':
    case 'json-1.1': {
      const operation = operationNamed(model, named)
      const value = parseJsonObject(Buffer.from(await body.bytes()).toString())
      return { operation, input: inputObject(readJson(value, operation.input, false)) }
    }
    case 'rpc-cbor': {
      const operation = operationNamed(model, named)
      return { operation, input: inputObject(readJson(parseCbor(await body.bytes()), operation.input, false)) }
    }
    case 'rest-json':
    case 'rest-xml': {
      const { match, bucket, path } = findRoute(head, service, router)
      const format = protocol === 'rest-json' ? 'json' : 'xml'
      const input = await readRestInput({ ...head, path, match, body, format })
      return { operation: match.operation, input: bucket === undefined ? input : { ...input, Bucket: bucket } }
    }
  }
}

function findRoute(
  head: RequestHead,
  service: ServiceName,
  router: RestRouter,
): { readonly match: RestMatch; readonly bucket: string | undefined; readonly path: string } {
  const { bucket, path } =
    service === 's3' ? bucketAddress(head.headers.host ?? '', head.path) : { bucket: undefined, path: head.path }
  const match = router.match({ ...head, path, ...(service === 's3' && { hasBucket: bucket !== undefined }) })
  if (match) return { match, bucket, path }
  throw new ServiceError(
    service === 's3' ? 'MethodNotAllowed' : 'UnknownOperationException',
    `There is no operation of ${service} at ${head.method} ${path}.`,
    { status: service === 's3' ? 405 : 404 },
  )
}

function operationNamed(model: ServiceModel, name: string | undefined): OperationModel {
  const operation = name === undefined ? undefined : model.operations.get(name)
  if (operation) return operation
  const { notImplemented: code } = SERVICES[model.service].invalidInput
  throw new ServiceError(code, `The action ${name ?? ''} is not valid for this web service.`)
}

function inputObject(value: unknown): Readonly<Record<string, unknown>> {
  return (value ?? {}) as Readonly<Record<string, unknown>>
}
