import { ServiceError } from '../../wire/service-error.ts'

// S3's errors, by the sentences of "Error responses" in its API reference, and where that has none, those that S3 answers.

export function noSuchBucket(bucket: string): ServiceError {
  return new ServiceError('NoSuchBucket', 'The specified bucket does not exist', {
    status: 404,
    details: { BucketName: bucket },
  })
}

export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', {
    status: 404,
    details: { Key: key },
    headers,
  })
}

export function noSuchVersion(key: string, versionId: string): ServiceError {
  return new ServiceError('NoSuchVersion', 'The specified version does not exist.', {
    status: 404,
    details: { Key: key, VersionId: versionId },
  })
}

export function noSuchUpload(uploadId: string): ServiceError {
  return new ServiceError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { status: 404, details: { UploadId: uploadId } },
  )
}

/** An argument and its value that S3 does not take. */
export function invalidArgument(message: string, name: string, value: unknown): ServiceError {
  return new ServiceError('InvalidArgument', message, { details: { ArgumentName: name, ArgumentValue: String(value) } })
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequest', message)
}

export function preconditionFailed(condition: string): ServiceError {
  return new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    status: 412,
    details: { Condition: condition },
  })
}

/** Of a method that a resource does not have, as a delete marker has no GET. */
export function methodNotAllowed(method: string, headers: Readonly<Record<string, string>>): ServiceError {
  return new ServiceError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    status: 405,
    details: { Method: method, ResourceType: 'DeleteMarker' },
    headers,
  })
}

export function accessDenied(): ServiceError {
  return new ServiceError('AccessDenied', 'Access Denied', { status: 403 })
}

export function malformedXml(): ServiceError {
  return new ServiceError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
}
