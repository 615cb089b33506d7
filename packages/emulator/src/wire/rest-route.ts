import { ServiceError } from './service-error.ts'
import type { OperationModel, ServiceModel } from './service-model.ts'

/** What of an HTTP request decides which operation of a REST service it is. */
export interface RestTarget {
  readonly method: string
  /** Without the bucket's name where the service is S3; percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Of S3: whether a bucket is named. undefined for other services. */
  readonly hasBucket?: boolean
}

/** An operation and the labels of its path, decoded. */
export interface RestMatch {
  readonly operation: OperationModel
  readonly labels: Readonly<Record<string, string>>
}

interface RestRoute {
  readonly operation: OperationModel
  readonly pattern: RegExp
  readonly labelNames: readonly string[]
  /** Query parameters that have to be there, with their values. */
  readonly literals: readonly (readonly [string, string])[]
  /** What clients that tell operations apart themselves say: AWS's SDKs for JavaScript. */
  readonly hint: string | undefined
  /** How much of the path is literal. */
  readonly literalLength: number
}

/** Says which operation a client means, where two look alike; clients that do not send it are told apart by what else they send. */
const OPERATION_HINT = 'x-id'

/** Finds the operations of a REST service: by method, path, the query's literals, and the bindings that an operation requires. */
export class RestRouter {
  readonly #byMethod = new Map<string, RestRoute[]>()

  constructor({ operations }: ServiceModel) {
    for (const operation of operations.values()) {
      if (!operation.http) continue
      const [method] = operation.http
      const route = routeOf(operation, operation.http[1])
      const others = this.#byMethod.get(method)
      if (others) others.push(route)
      else this.#byMethod.set(method, [route])
    }
  }

  /** undefined where no operation has the method and path. */
  match(target: RestTarget): RestMatch | undefined {
    let best: { readonly route: RestRoute; readonly labels: RestMatch['labels']; readonly score: number } | undefined
    for (const route of this.#byMethod.get(target.method) ?? []) {
      const found = route.pattern.exec(target.path)
      if (!found || !fits(route, target)) continue
      const isHinted = route.hint !== undefined && route.hint === target.query.get(OPERATION_HINT)
      const literals = route.literalLength * 1000 + route.literals.length * 100
      const score = literals + (isHinted ? 50 : 0) + requiredBindings(route, target)
      if (best && best.score >= score) continue
      const labels: Record<string, string> = {}
      for (const [index, name] of route.labelNames.entries()) labels[name] = decodedPath(found[index + 1] ?? '')
      best = { route, labels, score }
    }
    return best && { operation: best.route.operation, labels: best.labels }
  }
}

/** A part of a path without its percent encoding. @throws ServiceError InvalidURI for one that cannot be decoded. */
export function decodedPath(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (error) {
    throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.", { cause: error, details: { URI: part } })
  }
}

function routeOf(operation: OperationModel, uri: string): RestRoute {
  const [path = '/', query = ''] = uri.split('?')
  const labelNames: string[] = []
  let literalLength = 0
  const pattern = path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      const label = /^\{([^}+]+)(\+?)\}$/.exec(part)
      if (!label) {
        literalLength += part.length
        return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      }
      labelNames.push(label[1] as string)
      return label[2] === '+' ? '(.+)' : '([^/]+)'
    })
    .join('')
  const parameters = new URLSearchParams(query)
  const hint = parameters.get(OPERATION_HINT) ?? undefined
  const literals = [...parameters].filter(([name]) => name !== OPERATION_HINT)
  return { operation, pattern: new RegExp(`^${pattern}$`, 's'), labelNames, literals, hint, literalLength }
}

function fits({ operation, literals, labelNames }: RestRoute, { query, headers, hasBucket }: RestTarget): boolean {
  for (const [name, value] of literals) {
    if (!query.has(name) || (value !== '' && query.get(name) !== value)) return false
  }
  if (hasBucket !== undefined) {
    const takesBucket = operation.input.member('Bucket')?.traits.httpLabel !== undefined
    if (takesBucket !== hasBucket) return false
  }
  for (const { name, traits, isRequired } of operation.input.members) {
    if (!isRequired || labelNames.includes(name)) continue
    if (traits.httpQuery !== undefined && !query.has(traits.httpQuery)) return false
    if (traits.httpHeader !== undefined && headers[traits.httpHeader.toLowerCase()] === undefined) return false
  }
  return true
}

function requiredBindings({ operation }: RestRoute, { query, headers }: RestTarget): number {
  return operation.input.members.filter(
    ({ traits: { httpQuery, httpHeader }, isRequired }) =>
      isRequired &&
      ((httpQuery !== undefined && query.has(httpQuery)) ||
        (httpHeader !== undefined && headers[httpHeader.toLowerCase()] !== undefined)),
  ).length
}
