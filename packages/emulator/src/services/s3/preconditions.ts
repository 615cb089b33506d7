import { ServiceError } from '../../wire/service-error.ts'
import { noSuchKey, preconditionFailed } from './s3-errors.ts'
import type { ObjectRow } from './s3-rows.ts'

/** What a read demands of the object. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: Date | undefined
  readonly ifUnmodifiedSince?: Date | undefined
}

type VersionFacts = Pick<ObjectRow, 'etag' | 'modifiedMilliseconds'>

/**
 * Checks what a read demands. If-Match decides over If-Unmodified-Since, and If-None-Match over If-Modified-Since, where both are given.
 * Source: S3 API reference, GetObject, "Overriding response headers" and the conditions' notes; RFC 9110, section 13.2.2.
 * @throws ServiceError PreconditionFailed, or the answer 304 without a body.
 */
export function checkReadConditions(object: VersionFacts, conditions: ReadConditions): void {
  const failed = failedCondition(object, conditions)
  if (failed === undefined) return
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') throw preconditionFailed(failed)
  throw new ServiceError('NotModified', 'Not Modified', {
    status: 304,
    headers: { etag: `"${object.etag}"`, 'last-modified': new Date(object.modifiedMilliseconds).toUTCString() },
  })
}

/** Checks what a copy demands of its source: all that fails is a precondition. @throws ServiceError PreconditionFailed. */
export function checkCopyConditions(object: VersionFacts, conditions: ReadConditions): void {
  const failed = failedCondition(object, conditions)
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`)
}

/**
 * Checks what a write demands of the object that it would replace. Source: S3 user guide, "Conditional writes".
 * @throws ServiceError PreconditionFailed, NoSuchKey for If-Match without an object, NotImplemented for what S3 does not take.
 */
export function checkWriteConditions(
  current: VersionFacts | undefined,
  key: string,
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notImplementedHeader('If-None-Match', ifNoneMatch)
  if (ifNoneMatch !== undefined && ifMatch !== undefined) throw notImplementedHeader('If-Match', ifMatch)
  if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match')
  if (ifMatch === undefined) return
  if (!current) throw noSuchKey(key)
  if (!isMatch(ifMatch, current.etag)) throw preconditionFailed('If-Match')
}

/** Whether one of a header's entity tags, quoted or not, is an object's. */
export function isMatch(header: string, etag: string): boolean {
  return header.split(',').some((each) => {
    const tag = each.trim().replace(/^W\//, '').replaceAll('"', '')
    return tag === '*' || tag === etag
  })
}

function failedCondition({ etag, modifiedMilliseconds }: VersionFacts, conditions: ReadConditions): string | undefined {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  if (ifMatch !== undefined) {
    if (!isMatch(ifMatch, etag)) return 'If-Match'
  } else if (ifUnmodifiedSince && modifiedMilliseconds > ifUnmodifiedSince.getTime()) return 'If-Unmodified-Since'
  if (ifNoneMatch !== undefined) {
    if (isMatch(ifNoneMatch, etag)) return 'If-None-Match'
  } else if (ifModifiedSince && modifiedMilliseconds <= ifModifiedSince.getTime()) return 'If-Modified-Since'
  return undefined
}

function notImplementedHeader(header: string, value: string): ServiceError {
  return new ServiceError('NotImplemented', 'A header you provided implies functionality that is not implemented', {
    status: 501,
    details: { Header: header, Value: value },
  })
}
