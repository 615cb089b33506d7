import { type Protocol, SERVICE_NAMES, SERVICES, type ServiceName } from './service-catalogue.ts'

/** The head of a request, as far as it tells what is called. */
export interface RequestHead {
  readonly method: string
  /** Percent-encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** Which service is called, in which protocol; the operation where the head names it. */
export interface RequestTarget {
  readonly service: ServiceName
  readonly protocol: Protocol
  readonly operation: string | undefined
}

const byTarget = new Map(SERVICE_NAMES.map((name) => [SERVICES[name].target, name]))
const bySigningName = new Map(SERVICE_NAMES.map((name) => [SERVICES[name].signingName, name]))
const CBOR_PATH = /^\/service\/([A-Za-z0-9_]+)\/operation\/([A-Za-z0-9_]+)$/

/**
 * What a request is for: by the protocol's own header or path, else by the service that it is signed for, else by its host. Requests
 * without any of these are S3's, whose objects may be public. undefined where a service is named that the endpoint does not know.
 */
export function requestTarget({ method, path, query, headers }: RequestHead): RequestTarget | undefined {
  const cborPath = headers['smithy-protocol'] === 'rpc-v2-cbor' ? CBOR_PATH.exec(path) : null
  if (cborPath) {
    const service = byTarget.get(cborPath[1] as string)
    return service && { service, protocol: 'rpc-cbor', operation: cborPath[2] }
  }
  const target = headers['x-amz-target']
  if (target !== undefined) {
    const dot = target.lastIndexOf('.')
    const service = byTarget.get(target.slice(0, dot))
    const protocol = headers['content-type']?.includes('json-1.0') ? 'json-1.0' : 'json-1.1'
    return service && { service, protocol, operation: target.slice(dot + 1) }
  }
  const signed = signingName(headers, query)
  const service = signed === undefined ? byHost(headers.host) : bySigningName.get(signed)
  if (!service) return undefined
  const { protocol } = SERVICES[service]
  const isForm = method === 'POST' && headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const isQuery = isForm || (query.has('Action') && query.has('Version'))
  if (isQuery && protocol !== 'rest-xml') {
    return {
      service,
      protocol: protocol === 'ec2-query' ? protocol : 'query',
      operation: query.get('Action') ?? undefined,
    }
  }
  return { service, protocol, operation: undefined }
}

/** Who has signed a request, and for where. */
export interface Credential {
  readonly accessKeyId: string
  /** `yyyymmdd`. */
  readonly date: string
  readonly region: string
  readonly service: string
}

/** The credential of a signature, in the header or in a presigned URL; undefined for requests without one. */
export function credentialOf({ headers, query }: Pick<RequestHead, 'headers' | 'query'>): Credential | undefined {
  const text =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? undefined
  const parts = text?.split('/') ?? []
  if (parts.length < 5) return undefined
  // Keys that people make up may have slashes in them.
  const [date = '', region = '', service = ''] = parts.slice(-4)
  return { accessKeyId: parts.slice(0, -4).join('/'), date, region, service }
}

/** The service in the credential scope of a signature, in the header or in a presigned URL. */
export function signingName(headers: RequestHead['headers'], query: URLSearchParams): string | undefined {
  const credential = credentialOf({ headers, query })
  if (credential) return credential.service
  return query.has('AWSAccessKeyId') || headers.authorization?.startsWith('AWS ') ? 's3' : undefined
}

/** Hosts such as `ec2.eu-west-1.amazonaws.com` and `bucket.s3.localhost`; S3 unless another service is in it. */
function byHost(host: string | undefined): ServiceName | undefined {
  const labels = (host ?? '').split(':')[0]?.split('.') ?? []
  for (const label of labels) {
    const service = bySigningName.get(label)
    if (service) return service
  }
  return 's3'
}
