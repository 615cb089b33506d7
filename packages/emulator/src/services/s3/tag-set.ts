import type { Tag } from '@aws-sdk/client-s3'
import { ServiceError } from '../../wire/service-error.ts'
import { invalidArgument } from './s3-errors.ts'

/** Tags in the order in which they were given. */
export type TagSet = readonly (readonly [key: string, value: string])[]

/** Source: S3 user guide, "Categorizing your objects using tags". */
const MOST_OBJECT_TAGS = 10
/** Source: S3 user guide, "Using cost allocation S3 bucket tags". */
const MOST_BUCKET_TAGS = 50
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** The tags of an x-amz-tagging header, which is written as a query. @throws ServiceError InvalidArgument, InvalidTag, BadRequest. */
export function tagsOfHeader(header: string): TagSet {
  const tags: (readonly [string, string])[] = []
  for (const pair of header.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    try {
      const [key, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
      tags.push([decodeURIComponent(key.replaceAll('+', ' ')), decodeURIComponent(value.replaceAll('+', ' '))])
    } catch {
      const message =
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates."
      throw invalidArgument(message, 'x-amz-tagging', header)
    }
  }
  return checkTags(tags, MOST_OBJECT_TAGS, 'Object')
}

/** The tags of an object that a client gives. @throws ServiceError InvalidTag, BadRequest. */
export function objectTags(tags: readonly Tag[]): TagSet {
  return checkTags(pairs(tags), MOST_OBJECT_TAGS, 'Object')
}

/** The tags of a bucket that a client gives. @throws ServiceError InvalidTag, BadRequest. */
export function bucketTags(tags: readonly Tag[]): TagSet {
  return checkTags(pairs(tags), MOST_BUCKET_TAGS, 'Bucket')
}

/** Tags as clients have them. */
export function tagMembers(tags: TagSet): Tag[] {
  return tags.map(([Key, Value]) => ({ Key, Value }))
}

function pairs(tags: readonly Tag[]): TagSet {
  return tags.map(({ Key = '', Value = '' }) => [Key, Value])
}

function checkTags(tags: TagSet, most: number, whose: string): TagSet {
  if (tags.length > most) throw new ServiceError('BadRequest', `${whose} tags cannot be greater than ${most}`)
  const seen = new Set<string>()
  for (const [key, value] of tags) {
    if (seen.has(key)) throw invalidTag('Cannot provide multiple Tags with the same key', key)
    seen.add(key)
    if (key.startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester', key)
    if (key === '' || key.length > 128 || !CHARACTERS.test(key)) {
      throw invalidTag('The TagKey you have provided is invalid', key)
    }
    if (value.length > 256 || !CHARACTERS.test(value)) {
      throw new ServiceError('InvalidTag', 'The TagValue you have provided is invalid', {
        details: { TagKey: key, TagValue: value },
      })
    }
  }
  return tags
}

function invalidTag(message: string, key: string): ServiceError {
  return new ServiceError('InvalidTag', message, { details: { TagKey: key } })
}
