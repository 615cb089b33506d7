import { AthenaError } from '../errors.ts'

/** What S3 refused, with the place of it. Texts as S3 has them; an error that S3 does not name stays the cause. */
export function locatedS3Error(error: unknown, uri: string): AthenaError {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) }
  switch (name) {
    case 'AccessDenied':
    case 'Forbidden':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
      return new AthenaError(
        'PERMISSION_DENIED',
        `Access Denied (Service: Amazon S3; Status Code: 403; Error Code: ${name}) (Path: ${uri})`,
        {
          remedy: 'Check the credentials, and that they allow s3:ListBucket and s3:GetObject there.',
          cause: error,
        },
      )
    case 'NoSuchBucket':
      return new AthenaError(
        'NOT_FOUND',
        `The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket) (Path: ${uri})`,
        { cause: error },
      )
    case 'NoSuchKey':
    case 'NotFound':
      return new AthenaError(
        'HIVE_CANNOT_OPEN_SPLIT',
        `Error opening Hive split ${uri}: The specified key does not exist.`,
        {
          cause: error,
        },
      )
    case 'PreconditionFailed':
      return new AthenaError(
        'HIVE_CANNOT_OPEN_SPLIT',
        `Error opening Hive split ${uri}: the object has changed since it was listed`,
        {
          remedy: 'Run the query again.',
          cause: error,
        },
      )
    default:
      return error instanceof AthenaError
        ? error
        : new AthenaError('GENERIC_INTERNAL_ERROR', `${message} (Path: ${uri})`, { cause: error })
  }
}
