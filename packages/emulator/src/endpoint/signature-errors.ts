import type { RequestTarget } from '../wire/request-target.ts'
import { ServiceError } from '../wire/service-error.ts'

/** Why a request is not let in. */
export type SignatureProblem =
  | 'missing'
  | 'malformed'
  | 'unknown-key'
  | 'mismatch'
  | 'skewed'
  | 'expired'
  | 'unsigned-headers'

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const INVALID_TOKEN = 'The security token included in the request is invalid.'
const MISSING = 'Request is missing Authentication Token'

type Form = Readonly<Record<SignatureProblem, readonly [code: string, status: number, message: string]>>

/** Source: S3 API reference, "Error responses". */
const S3: Form = {
  missing: ['AccessDenied', 403, 'Access Denied'],
  malformed: ['AuthorizationHeaderMalformed', 400, 'The authorization header that you provided is not valid.'],
  'unknown-key': ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
  mismatch: [
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  skewed: ['RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'],
  expired: ['AccessDenied', 403, 'Request has expired'],
  'unsigned-headers': ['AccessDenied', 403, 'There were headers present in the request which were not signed'],
}
/** Source: EC2 API reference, "Error codes". */
const EC2_FAILURE = ['AuthFailure', 401, 'AWS was not able to validate the provided access credentials'] as const
const EC2: Form = {
  missing: EC2_FAILURE,
  malformed: EC2_FAILURE,
  'unknown-key': EC2_FAILURE,
  mismatch: EC2_FAILURE,
  skewed: ['RequestExpired', 400, 'Request has expired.'],
  expired: ['RequestExpired', 400, 'Request has expired.'],
  'unsigned-headers': EC2_FAILURE,
}
/** Source: the query services' "Common errors", e.g. of the STS API reference. */
const QUERY: Form = {
  missing: ['MissingAuthenticationToken', 403, MISSING],
  malformed: ['IncompleteSignature', 400, 'The request signature does not conform to AWS standards.'],
  'unknown-key': ['InvalidClientTokenId', 403, INVALID_TOKEN],
  mismatch: ['SignatureDoesNotMatch', 403, MISMATCH],
  skewed: ['SignatureDoesNotMatch', 403, 'Signature expired'],
  expired: ['SignatureDoesNotMatch', 403, 'Signature expired'],
  'unsigned-headers': ['SignatureDoesNotMatch', 403, MISMATCH],
}
/** Source: the JSON services' "Common errors", e.g. of the Athena API reference. */
const JSON_FORM: Form = {
  missing: ['MissingAuthenticationTokenException', 400, MISSING],
  malformed: ['IncompleteSignatureException', 400, 'The request signature does not conform to AWS standards.'],
  'unknown-key': ['UnrecognizedClientException', 400, INVALID_TOKEN],
  mismatch: ['InvalidSignatureException', 400, MISMATCH],
  skewed: ['InvalidSignatureException', 400, 'Signature expired'],
  expired: ['InvalidSignatureException', 400, 'Signature expired'],
  'unsigned-headers': ['InvalidSignatureException', 400, MISMATCH],
}

/** The error of a service for a request that is not let in. `note` goes after the text. */
export function signatureError(
  { service, protocol }: RequestTarget,
  problem: SignatureProblem,
  details: Readonly<Record<string, unknown>> = {},
  note = '',
): ServiceError {
  const [code, status, message] = formOf(service, protocol)[problem]
  return new ServiceError(code, `${message}${note}`, {
    status: protocol === 'rest-json' && status === 400 ? 403 : status,
    ...(service === 's3' && { details }),
  })
}

function formOf(service: RequestTarget['service'], protocol: RequestTarget['protocol']): Form {
  if (service === 's3') return S3
  if (service === 'ec2') return EC2
  return protocol === 'query' ? QUERY : JSON_FORM
}
