import { createHash, type Hash, timingSafeEqual } from 'node:crypto'
import { credentialOf, type RequestHead, type RequestTarget } from '../wire/request-target.ts'
import { ServiceError } from '../wire/service-error.ts'
import type { ChunkVerifier } from './aws-chunked.ts'
import type { BodyReader } from './body-reader.ts'
import {
  ALGORITHM,
  canonicalRequest,
  EMPTY_DIGEST,
  type SigningScope,
  sha256,
  sign,
  signingKey,
  stringToSign,
} from './canonical-request.ts'
import { signatureError } from './signature-errors.ts'

/** Whose signatures are taken. */
export interface SignatureCheckOptions {
  /** Secret keys by access key id. */
  readonly secrets: Readonly<Record<string, string>>
  /** Real time, which clients sign with: milliseconds since 1970. */
  readonly nowMilliseconds: () => number
}

/** A clock may be wrong by so much. Source: S3 API reference, "Error responses", RequestTimeTooSkewed. */
const MOST_SKEW_MILLISECONDS = 15 * 60_000
/** Seconds. Source: S3 API reference, "Authenticating requests: using query parameters". */
const LONGEST_EXPIRY = 604_800
const UNSIGNED = 'UNSIGNED-PAYLOAD'

/** A signature as a request has it, in its header or its query. */
interface Claim extends SigningScope {
  readonly accessKeyId: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** Of presigned requests. */
  readonly expiresSeconds: number | undefined
}

/** Lets in requests that are signed with Signature Version 4 by a key that is known. Source: IAM user guide, "AWS Signature Version 4". */
export class SignatureCheck {
  readonly #secrets: ReadonlyMap<string, string>
  readonly #nowMilliseconds: () => number

  constructor({ secrets, nowMilliseconds }: SignatureCheckOptions) {
    this.#secrets = new Map(Object.entries(secrets))
    this.#nowMilliseconds = nowMilliseconds
  }

  /** @throws ServiceError, in the service's own form, for a request that is not signed, or otherwise than it says. */
  async check(head: RequestHead, target: RequestTarget, body: BodyReader): Promise<void> {
    const claim = readClaim(head, target)
    const secret = this.#secrets.get(claim.accessKeyId)
    if (secret === undefined) {
      throw signatureError(target, 'unknown-key', { AWSAccessKeyId: claim.accessKeyId })
    }
    this.#checkTime(claim, target)
    requireSignedHeaders(head, claim, target)
    const isS3 = target.service === 's3'
    const digest = isS3 ? s3PayloadDigest(head, claim) : sha256(await body.bytes())
    const canonical = canonicalRequest(head, claim.signedHeaders, digest, isS3)
    const text = stringToSign(claim, canonical)
    const key = signingKey(secret, claim.scope)
    if (!isSame(sign(key, text), claim.signature)) {
      throw signatureError(target, 'mismatch', {
        AWSAccessKeyId: claim.accessKeyId,
        StringToSign: text,
        SignatureProvided: claim.signature,
        CanonicalRequest: canonical,
      })
    }
    if (digest.startsWith(`STREAMING-${ALGORITHM}-PAYLOAD`)) {
      body.verifyChunks(new ChunkSignatures(claim, key, digest.endsWith('-TRAILER'), target))
    }
  }

  #checkTime({ time, expiresSeconds, scope }: Claim, target: RequestTarget): void {
    const signed = timeOf(time)
    if (Number.isNaN(signed) || !scope.startsWith(time.slice(0, 8))) throw signatureError(target, 'malformed')
    const now = this.#nowMilliseconds()
    if (expiresSeconds === undefined) {
      if (Math.abs(now - signed) <= MOST_SKEW_MILLISECONDS) return
      const details = {
        RequestTime: time,
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: MOST_SKEW_MILLISECONDS,
      }
      throw signatureError(target, 'skewed', details)
    }
    if (now > signed + expiresSeconds * 1000) {
      throw signatureError(target, 'expired', {
        'X-Amz-Expires': expiresSeconds,
        Expires: new Date(signed + expiresSeconds * 1000).toISOString(),
        ServerTime: new Date(now).toISOString(),
      })
    }
    if (signed > now + MOST_SKEW_MILLISECONDS) {
      throw new ServiceError('AccessDenied', 'Request is not valid yet', { status: 403 })
    }
  }
}

/** The signatures of chunks, each made over the one before. Source: S3 API reference, "Signature calculations: multiple chunks". */
export class ChunkSignatures implements ChunkVerifier {
  readonly #scope: SigningScope
  readonly #key: Buffer
  readonly #hasTrailers: boolean
  readonly #target: RequestTarget
  #last: string
  #hash: Hash = createHash('sha256')

  constructor(
    claim: SigningScope & { readonly signature: string },
    key: Buffer,
    hasTrailers: boolean,
    target: RequestTarget,
  ) {
    this.#scope = claim
    this.#key = key
    this.#hasTrailers = hasTrailers
    this.#target = target
    this.#last = claim.signature
  }

  update(content: Uint8Array): void {
    this.#hash.update(content)
  }

  endChunk(signature: string | undefined): void {
    this.#check([`${ALGORITHM}-PAYLOAD`, EMPTY_DIGEST, this.#hash.digest('hex')], signature)
    this.#hash = createHash('sha256')
  }

  endBody(trailers: readonly (readonly [name: string, value: string])[], signature: string | undefined): void {
    if (!this.#hasTrailers) return
    const digest = sha256(trailers.map(([name, value]) => `${name}:${value}\n`).join(''))
    this.#check([`${ALGORITHM}-TRAILER`, digest], signature)
  }

  #check([algorithm, ...digests]: readonly string[], signature: string | undefined): void {
    const { time, scope } = this.#scope
    const text = [algorithm, time, scope, this.#last, ...digests].join('\n')
    const own = sign(this.#key, text)
    if (signature === undefined || !isSame(own, signature)) {
      throw signatureError(this.#target, 'mismatch', { StringToSign: text, SignatureProvided: signature ?? '' })
    }
    this.#last = own
  }
}

function readClaim(head: RequestHead, target: RequestTarget): Claim {
  const { headers, query } = head
  const credential = credentialOf(head)
  if (!credential) {
    const isOther = headers.authorization !== undefined || query.has('AWSAccessKeyId')
    if (isOther && target.service === 's3') {
      throw new ServiceError(
        'InvalidRequest',
        `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
      )
    }
    throw signatureError(target, isOther ? 'malformed' : 'missing')
  }
  const { accessKeyId, date, region, service } = credential
  const scope = `${date}/${region}/${service}/aws4_request`
  const { authorization } = headers
  if (authorization === undefined) {
    const expiresSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN)
    if (!Number.isInteger(expiresSeconds) || expiresSeconds < 0 || expiresSeconds > LONGEST_EXPIRY) {
      const message = `X-Amz-Expires must be a number between 0 and ${LONGEST_EXPIRY} seconds`
      throw new ServiceError('AuthorizationQueryParametersError', message)
    }
    return {
      accessKeyId,
      scope,
      time: query.get('X-Amz-Date') ?? '',
      signedHeaders: namesOf(query.get('X-Amz-SignedHeaders')),
      signature: query.get('X-Amz-Signature') ?? '',
      expiresSeconds,
    }
  }
  const signedHeaders = namesOf(/SignedHeaders=([^,\s]+)/.exec(authorization)?.[1])
  const signature = /Signature=([0-9a-f]+)/.exec(authorization)?.[1]
  if (!authorization.startsWith(ALGORITHM) || signature === undefined || signedHeaders.length === 0) {
    throw signatureError(target, 'malformed')
  }
  const time = headers['x-amz-date'] ?? basicTime(headers.date)
  return { accessKeyId, scope, time, signedHeaders, signature, expiresSeconds: undefined }
}

/** The host, and whatever AWS acts on, has to be signed. Source: IAM user guide, "Create a signed AWS API request", canonical headers. */
function requireSignedHeaders({ headers }: RequestHead, { signedHeaders }: Claim, target: RequestTarget): void {
  const signed = new Set(signedHeaders)
  const missing = Object.keys(headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.has(name) && name !== 'x-amz-content-sha256',
  )
  if (missing.length > 0) throw signatureError(target, 'unsigned-headers', { HeadersNotSigned: missing.join(', ') })
}

/** What stands for the body in what is signed; whether it is the body's is seen when the body is read. */
function s3PayloadDigest({ headers, query }: RequestHead, { expiresSeconds }: Claim): string {
  const given = headers['x-amz-content-sha256'] ?? query.get('X-Amz-Content-Sha256') ?? undefined
  if (given !== undefined) return given
  if (expiresSeconds !== undefined) return UNSIGNED
  throw new ServiceError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
}

function namesOf(text: string | null | undefined): readonly string[] {
  return (text ?? '').split(';').filter((name) => name !== '')
}

function timeOf(basic: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(basic)
  if (!match) return Number.NaN
  const [, year, month, day, hour, minute, second] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function basicTime(httpDate: string | undefined): string {
  const time = Date.parse(httpDate ?? '')
  return Number.isNaN(time) ? '' : new Date(time).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
