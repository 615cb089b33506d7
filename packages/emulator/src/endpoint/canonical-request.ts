import { createHash, createHmac } from 'node:crypto'
import type { RequestHead } from '../wire/request-target.ts'

/** The algorithm's name, in headers and strings to sign. */
export const ALGORITHM = 'AWS4-HMAC-SHA256'
/** The digest of nothing. */
export const EMPTY_DIGEST: string = sha256('')

/** What a signature is made over, besides the request. */
export interface SigningScope {
  /** `yyyymmddThhmmssZ`. */
  readonly time: string
  /** `yyyymmdd/region/service/aws4_request`. */
  readonly scope: string
}

/**
 * The canonical form of a request. `isS3`: S3 takes paths as they are, others encode them once more and take out dots.
 * Source: IAM user guide, "Create a signed AWS API request", step 1.
 */
export function canonicalRequest(
  { method, path, query, headers }: RequestHead,
  signedHeaders: readonly string[],
  payloadDigest: string,
  isS3: boolean,
): string {
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`)
  const uri = isS3 ? encodePath(decodedOrAsIs(path)) : encodePath(normalized(path))
  return [method, uri, canonicalQuery(query), lines.join(''), signedHeaders.join(';'), payloadDigest].join('\n')
}

/** The text that is signed. Source: the same, step 3. */
export function stringToSign({ time, scope }: SigningScope, canonical: string): string {
  return [ALGORITHM, time, scope, sha256(canonical)].join('\n')
}

/** The key that signs. Source: the same, step 4. */
export function signingKey(secret: string, scope: string): Buffer {
  let key: Buffer = Buffer.from(`AWS4${secret}`)
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest()
  return key
}

/** A text's signature, in hexadecimal digits. */
export function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs: [string, string][] = []
  for (const [name, value] of query) if (name !== 'X-Amz-Signature') pairs.push([encode(name), encode(value)])
  pairs.sort(([one, first], [other, second]) => compare(one, other) || compare(first, second))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function encode(text: string): string {
  return encodeURIComponent(text.toString()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function encodePath(path: string): string {
  return path.split('/').map(encode).join('/')
}

function decodedOrAsIs(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function normalized(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}${parts.length > 0 && path.endsWith('/') ? '/' : ''}`
}
