import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Call, ServiceOperations } from '../operation/operation.ts'
import { invalidInput, notImplemented, performOperation } from '../operation/perform-operation.ts'
import { DataFolderError } from '../state/data-folder-error.ts'
import type { StateStore } from '../state/state-store.ts'
import { InvalidInputError } from '../wire/invalid-input.ts'
import { readOperationCall } from '../wire/operation-request.ts'
import { type ResponseContext, writeError, writeOutput } from '../wire/operation-response.ts'
import { type RequestHead, type RequestTarget, requestTarget } from '../wire/request-target.ts'
import type { WireResponse } from '../wire/rest-response.ts'
import { RestRouter } from '../wire/rest-route.ts'
import { SERVICES, type ServiceName } from '../wire/service-catalogue.ts'
import { ServiceError } from '../wire/service-error.ts'
import { loadServiceModel, type ServiceModel } from '../wire/service-model.ts'
import { checkBodyDigests } from './body-integrity.ts'
import { BodyReader } from './body-reader.ts'
import { CallCounts } from './call-counts.ts'

/** Gives a service's operations; called when the service is first called. */
export type ServiceFactory = () => ServiceOperations | Promise<ServiceOperations>

/** What the endpoint stands on. */
export interface AwsEndpointOptions {
  readonly services: Readonly<Partial<Record<ServiceName, ServiceFactory>>>
  readonly store: StateStore
  readonly nextRequestId: () => string
  /** What every operation is told of its call. */
  readonly call: (head: RequestHead, requestId: string) => Call
  /** @throws ServiceError for requests that are not let in. */
  readonly authorize?: (head: RequestHead, target: RequestTarget, body: BodyReader) => Promise<void>
  readonly maxBodyBytes: number
}

/** A service, ready to be called. */
interface LoadedService {
  readonly model: ServiceModel
  readonly operations: ServiceOperations
  readonly router: RestRouter
}

/** Answers AWS requests: finds the service, protocol and operation, reads the input, performs it and writes the answer. */
export class AwsEndpoint {
  readonly counts: CallCounts = new CallCounts()
  readonly #options: AwsEndpointOptions
  readonly #loaded = new Map<ServiceName, Promise<LoadedService>>()

  constructor(options: AwsEndpointOptions) {
    this.#options = options
  }

  /** Answers one request, whatever it is. */
  async answer(request: IncomingMessage, response: ServerResponse, head: RequestHead): Promise<void> {
    const requestId = this.#options.nextRequestId()
    const target = requestTarget(head)
    if (!target) {
      const error = new ServiceError('UnknownService', 'flowtap does not have the service that this request is for.', {
        status: 501,
      })
      const context = { protocol: 'json-1.1', facts: SERVICES.sts, requestId } as const
      return send(writeError(error, undefined, context), response, head)
    }
    const context: ResponseContext = { protocol: target.protocol, facts: SERVICES[target.service], requestId }
    let service: LoadedService | undefined
    let answer: WireResponse
    try {
      service = await this.#load(target.service)
      answer = await this.#perform(request, head, target, service, context)
    } catch (error) {
      answer = writeError(asServiceError(error, target.service), service?.model, context)
    }
    this.counts.countServed()
    await send(answer, response, head)
  }

  async #perform(
    request: IncomingMessage,
    head: RequestHead,
    target: RequestTarget,
    { model, operations, router }: LoadedService,
    context: ResponseContext,
  ): Promise<WireResponse> {
    const { store, maxBodyBytes } = this.#options
    const isS3 = target.service === 's3'
    const body = new BodyReader(request, { maxBytes: maxBodyBytes, checksDigest: isS3 })
    await this.#options.authorize?.(head, target, body)
    const { operation, input } = await readOperationCall(head, target, model, router, body)
    const whole = isS3 ? await body.readBytes : undefined
    if (whole) checkBodyDigests(operation.name, head.headers, body.trailers, whole)
    const handler = operations[operation.name]
    if (!handler) {
      this.counts.countNotImplemented(model.service, operation.name)
      throw notImplemented(model.service, operation.name)
    }
    const call = this.#options.call(head, context.requestId)
    const output = await performOperation(operation, handler, input, call, store)
    return writeOutput(output, operation, context)
  }

  #load(service: ServiceName): Promise<LoadedService> {
    let loaded = this.#loaded.get(service)
    if (!loaded) {
      loaded = this.#loadNow(service)
      this.#loaded.set(service, loaded)
    }
    return loaded
  }

  async #loadNow(service: ServiceName): Promise<LoadedService> {
    const [model, operations] = await Promise.all([
      loadServiceModel(service),
      this.#options.services[service]?.() ?? ({} as ServiceOperations),
    ])
    return { model, operations, router: new RestRouter(model) }
  }
}

function asServiceError(error: unknown, service: ServiceName): ServiceError {
  if (error instanceof ServiceError) return error
  if (error instanceof InvalidInputError) return invalidInput(error, service)
  if (error instanceof DataFolderError) {
    const code = service === 's3' ? 'InternalError' : 'InternalFailure'
    return new ServiceError(code, error.message, { status: 500, cause: error })
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new ServiceError('InternalFailure', `flowtap failed, which is a fault of its own: ${text}`, {
    status: 500,
    cause: error,
  })
}

async function send(
  { status, headers, body }: WireResponse,
  response: ServerResponse,
  head: RequestHead,
): Promise<void> {
  if (response.destroyed) return
  if (body instanceof Readable) {
    response.writeHead(status, headers)
    if (head.method === 'HEAD') {
      body.destroy()
      response.end()
      return
    }
    // A client that leaves early is no fault of the endpoint.
    await pipeline(body, response).catch(() => response.destroy())
    return
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0))
  if (status !== 204 && status !== 304) headers['content-length'] ??= String(bytes.length)
  response.writeHead(status, headers)
  response.end(head.method === 'HEAD' ? undefined : bytes)
}
