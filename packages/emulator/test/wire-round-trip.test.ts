import { AthenaClient } from '@aws-sdk/client-athena'
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GlueClient } from '@aws-sdk/client-glue'
import { GuardDutyClient } from '@aws-sdk/client-guardduty'
import { IAMClient } from '@aws-sdk/client-iam'
import { KMSClient } from '@aws-sdk/client-kms'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { OpenSearchClient } from '@aws-sdk/client-opensearch'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { HttpResponse } from '@smithy/core/transport'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readOperationCall } from '../src/wire/operation-request.ts'
import { writeError, writeOutput } from '../src/wire/operation-response.ts'
import { requestTarget } from '../src/wire/request-target.ts'
import { RestRouter } from '../src/wire/rest-route.ts'
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../src/wire/service-catalogue.ts'
import { ServiceError } from '../src/wire/service-error.ts'
import { loadServiceModel, type OperationModel } from '../src/wire/service-model.ts'
import type { Shape } from '../src/wire/shape.ts'
import { valueOfShape } from './shape-arbitraries.ts'

// AWS's own serializers and deserializers are the referee: what they write is read as it was meant, and they read what is written.

const configuration = {
  endpoint: 'http://127.0.0.1:1',
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
}
const CLIENTS: Readonly<Record<ServiceName, { readonly config: unknown }>> = {
  athena: new AthenaClient(configuration),
  'auto-scaling': new AutoScalingClient(configuration),
  cloudwatch: new CloudWatchClient(configuration),
  'cloudwatch-logs': new CloudWatchLogsClient(configuration),
  ec2: new EC2Client(configuration),
  'elastic-load-balancing-v2': new ElasticLoadBalancingV2Client(configuration),
  eventbridge: new EventBridgeClient(configuration),
  glue: new GlueClient(configuration),
  guardduty: new GuardDutyClient(configuration),
  iam: new IAMClient(configuration),
  kms: new KMSClient(configuration),
  lambda: new LambdaClient(configuration),
  opensearch: new OpenSearchClient(configuration),
  s3: new S3Client({ ...configuration, forcePathStyle: true }),
  sns: new SNSClient(configuration),
  sqs: new SQSClient(configuration),
  ssm: new SSMClient(configuration),
  sts: new STSClient(configuration),
}

interface SdkProtocol {
  serializeRequest(operation: object, input: object, context: object): Promise<SdkRequest>
  deserializeResponse(operation: object, context: object, response: HttpResponse): Promise<object>
}
interface SdkRequest {
  method: string
  path: string
  query: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: string | Uint8Array
}

const schemasOf = async (service: ServiceName): Promise<ReadonlyMap<string, object>> => {
  const found = new Map<string, object>()
  for (const schema of Object.values(await SERVICES[service].schemas())) {
    if (!Array.isArray(schema) || schema[0] !== 9) continue
    const [, namespace, name, traits, input, output] = schema
    found.set(name, { namespace, name, traits, input, output })
  }
  return found
}

const RUNS_PER_SERVICE = 150

describe.each(SERVICE_NAMES)('%s', (service) => {
  const config = CLIENTS[service].config as { protocol: SdkProtocol }
  const context = {
    ...config,
    endpoint: () => Promise.resolve({ protocol: 'http:', hostname: '127.0.0.1', port: 1, path: '/' }),
  }

  it('reads what the client writes', async () => {
    const model = await loadServiceModel(service)
    const schemas = await schemasOf(service)
    const router = new RestRouter(model)
    await fc.assert(
      fc.asyncProperty(callOf(model.operations), async ({ operation, input }) => {
        const request = await config.protocol.serializeRequest(schemas.get(operation.name) as object, input, context)
        const query = new URLSearchParams()
        for (const [name, value] of Object.entries(request.query)) {
          for (const each of Array.isArray(value) ? value : [value]) query.append(name, each ?? '')
        }
        const authorization = `AWS4-HMAC-SHA256 Credential=a/20260301/eu-west-1/${SERVICES[service].signingName}/aws4_request, X`
        const headers = { host: '127.0.0.1:1', authorization, ...request.headers }
        const head = { method: request.method, path: withBucket(service, input, request.path), query, headers }
        const target = requestTarget(head)
        expect(target?.service).toBe(service)
        const body = request.body === undefined ? new Uint8Array(0) : Buffer.from(request.body)
        const call = await readOperationCall(head, target as never, model, router, {
          stream: (async function* () {
            yield body
          })(),
          bytes: () => Promise.resolve(body),
        })
        expect(call.operation.name).toBe(operation.name)
        expect(await settled(call.input, operation.input)).toEqual(plain(input))
      }),
      { numRuns: RUNS_PER_SERVICE },
    )
  })

  it('writes what the client reads', async () => {
    const model = await loadServiceModel(service)
    const schemas = await schemasOf(service)
    await fc.assert(
      fc.asyncProperty(outputOf(model.operations), async ({ operation, output }) => {
        const { protocol } = SERVICES[service]
        const clientProtocol = service === 'cloudwatch' ? ('json-1.0' as const) : protocol
        const answer = writeOutput(output, operation, {
          protocol: clientProtocol,
          facts: SERVICES[service],
          requestId: 'id-1',
        })
        const response = new HttpResponse({
          statusCode: answer.status,
          headers: answer.headers,
          body: bytesOf(answer.body),
        })
        const read = await config.protocol.deserializeResponse(schemas.get(operation.name) as object, context, response)
        const { $metadata: _, ...members } = read as Record<string, unknown>
        expect(await settled(members, operation.output)).toEqual(plain(output))
      }),
      { numRuns: RUNS_PER_SERVICE },
    )
  })

  it('writes errors that the client knows', async () => {
    const model = await loadServiceModel(service)
    const [[, schema] = []] = await schemasOf(service)
    const queryCodes = [...model.errors.values()].map(({ traits }) => traits.awsQueryError?.[0])
    for (const [name, { traits }] of model.errors) {
      // Clients cannot tell errors with the same query code apart.
      if (queryCodes.filter((code) => code !== undefined && code === traits.awsQueryError?.[0]).length > 1) continue
      const { protocol } = SERVICES[service]
      const context2 = {
        protocol: service === 'cloudwatch' ? ('json-1.0' as const) : protocol,
        facts: SERVICES[service],
        requestId: 'id-1',
      }
      const answer = writeError(new ServiceError(name, 'what is wrong', { status: 400 }), model, context2)
      const response = new HttpResponse({
        statusCode: answer.status,
        headers: answer.headers,
        body: bytesOf(answer.body),
      })
      const error = await config.protocol
        .deserializeResponse(schema as object, context, response)
        .catch((thrown: unknown) => thrown)
      const { name: readName, message } = error as Error
      expect({ readName, message }).toEqual({ readName: name, message: 'what is wrong' })
    }
  })
})

function callOf(
  operations: ReadonlyMap<string, OperationModel>,
): fc.Arbitrary<{ operation: OperationModel; input: object }> {
  return fc
    .constantFrom(...[...operations.values()].filter(({ name, input }) => !hasEvents(input) && name !== OBJECT_LAMBDA))
    .chain((operation) =>
      valueOfShape(operation.input, 4).map((input) => ({ operation, input: (input ?? {}) as object })),
    )
}

function outputOf(
  operations: ReadonlyMap<string, OperationModel>,
): fc.Arbitrary<{ operation: OperationModel; output: Readonly<Record<string, unknown>> }> {
  return fc
    .constantFrom(
      ...[...operations.values()].filter(
        ({ service, output }) => !hasEvents(output) && !(service === 's3' && isStreamed(output)),
      ),
    )
    .chain((operation) =>
      valueOfShape(operation.output, 4).map((output) => ({
        operation,
        output: (output ?? {}) as Readonly<Record<string, unknown>>,
      })),
    )
}

/** Called at a host of its own. */
const OBJECT_LAMBDA = 'WriteGetObjectResponse'

/** The client's whole stack of middleware is needed to read S3's bodies: they are tested with the service. */
function isStreamed({ members }: Shape): boolean {
  return members.some(({ traits }) => traits.streaming)
}

/** Event streams are tested with the operations that have them. */
function hasEvents({ members }: Shape): boolean {
  return members.some(({ shape, traits }) => traits.streaming && shape.kind !== 'blob')
}

/** The client's endpoint, not its serializer, puts the bucket into the path. */
function withBucket(service: ServiceName, input: object, path: string): string {
  const { Bucket } = input as { Bucket?: string }
  return service === 's3' && Bucket !== undefined ? `/${encodeURIComponent(Bucket)}${path}` : path
}

function bytesOf(body: unknown): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : ((body as Uint8Array | undefined) ?? new Uint8Array(0))
}

/** Streams read to their ends. */
async function settled(value: Readonly<Record<string, unknown>>, shape: Shape): Promise<unknown> {
  const copy: Record<string, unknown> = { ...value }
  for (const { name, traits } of shape.members) {
    const own = copy[name]
    if (!traits.streaming || own === undefined) continue
    const pieces: Uint8Array[] = []
    for await (const piece of own as AsyncIterable<Uint8Array>) pieces.push(piece)
    copy[name] = Buffer.concat(pieces)
  }
  return plain(copy)
}

/** Bytes as text, so that their classes do not matter; what is undefined or an empty structure, which a query cannot say, left out. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain).filter((each) => !isEmpty(each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, plain(each)] as const)
      .filter(([, each]) => each !== undefined && !isEmpty(each)),
  )
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isEmpty)
  return typeof value === 'object' && value !== null && !(value instanceof Date) && Object.keys(value).length === 0
}
