import { ServiceError } from '../../wire/service-error.ts'
import { requestedAcl } from './access-control.ts'
import type { BucketStore } from './bucket-store.ts'
import { requestedEncryption } from './encryption.ts'
import { invalidRequest } from './s3-errors.ts'
import type { BucketRow, ObjectAttributes } from './s3-rows.ts'
import { tagsOfHeader } from './tag-set.ts'

/** What requests that make an object say of it. */
export interface AttributesInput {
  readonly ACL?: string | undefined
  readonly GrantFullControl?: string | undefined
  readonly GrantRead?: string | undefined
  readonly GrantReadACP?: string | undefined
  readonly GrantWriteACP?: string | undefined
  readonly CacheControl?: string | undefined
  readonly ContentDisposition?: string | undefined
  readonly ContentEncoding?: string | undefined
  readonly ContentLanguage?: string | undefined
  readonly ContentType?: string | undefined
  readonly Expires?: Date | undefined
  readonly Metadata?: Readonly<Record<string, string>> | undefined
  readonly ServerSideEncryption?: string | undefined
  readonly SSEKMSKeyId?: string | undefined
  readonly BucketKeyEnabled?: boolean | undefined
  readonly StorageClass?: string | undefined
  readonly Tagging?: string | undefined
  readonly WebsiteRedirectLocation?: string | undefined
}

/** Members of {@link AttributesInput} that are told again. */
export const KEPT_ATTRIBUTES = [
  'ACL',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'BucketKeyEnabled',
  'StorageClass',
  'Tagging',
  'WebsiteRedirectLocation',
] as const

/** Bytes. Source: S3 user guide, "Creating object key names". */
const LONGEST_KEY = 1024
/** Bytes of names and values. Source: S3 user guide, "Working with object metadata". */
const MOST_METADATA = 2048

/** Source: S3 API reference, PutObject, x-amz-storage-class, of general purpose buckets. */
const STORAGE_CLASSES: ReadonlySet<string> = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
])
/** Storage classes whose objects can be read after a restoration alone. */
const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE'])

/** What a request says of an object that it makes. @throws ServiceError for what S3 does not take. */
export function requestedAttributes(input: AttributesInput, bucket: BucketRow, buckets: BucketStore): ObjectAttributes {
  const { StorageClass, WebsiteRedirectLocation } = input
  if (StorageClass !== undefined && !STORAGE_CLASSES.has(StorageClass)) {
    throw new ServiceError('InvalidStorageClass', 'The storage class you specified is not valid', {
      details: { StorageClassRequested: StorageClass },
    })
  }
  if (WebsiteRedirectLocation !== undefined && !/^(\/|https?:\/\/)/.test(WebsiteRedirectLocation)) {
    throw new ServiceError(
      'InvalidRedirectLocation',
      "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    )
  }
  // Chunked uploads name their framing as a coding, which the object does not have.
  const encoding = input.ContentEncoding?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && each.toLowerCase() !== 'aws-chunked')
    .join(',')
  return {
    ...(input.ContentType && { contentType: input.ContentType }),
    ...(input.CacheControl && { cacheControl: input.CacheControl }),
    ...(input.ContentDisposition && { contentDisposition: input.ContentDisposition }),
    ...(encoding && { contentEncoding: encoding }),
    ...(input.ContentLanguage && { contentLanguage: input.ContentLanguage }),
    ...(input.Expires && { expiresMilliseconds: input.Expires.getTime() }),
    ...(WebsiteRedirectLocation && { websiteRedirectLocation: WebsiteRedirectLocation }),
    ...(StorageClass && StorageClass !== 'STANDARD' && { storageClass: StorageClass }),
    metadata: checkedMetadata(input.Metadata ?? {}),
    tags: input.Tagging === undefined ? [] : tagsOfHeader(input.Tagging),
    encryption: requestedEncryption(input, bucket, buckets),
    acl: requestedAcl(input.ACL, bucket),
  }
}

/** Attributes as answers to reads have them. */
export function attributeMembers(attributes: ObjectAttributes): Readonly<Record<string, unknown>> {
  const { expiresMilliseconds, encryption, tags } = attributes
  return {
    ContentType: attributes.contentType ?? 'binary/octet-stream',
    CacheControl: attributes.cacheControl,
    ContentDisposition: attributes.contentDisposition,
    ContentEncoding: attributes.contentEncoding,
    ContentLanguage: attributes.contentLanguage,
    Expires: expiresMilliseconds === undefined ? undefined : new Date(expiresMilliseconds),
    WebsiteRedirectLocation: attributes.websiteRedirectLocation,
    StorageClass: attributes.storageClass,
    Metadata: attributes.metadata,
    TagCount: tags.length > 0 ? tags.length : undefined,
    ...encryptionMembers({ encryption }),
  }
}

/** How an object is encrypted, as answers have it. */
export function encryptionMembers({
  encryption,
}: Pick<ObjectAttributes, 'encryption'>): Readonly<Record<string, unknown>> {
  const { algorithm, kmsKeyId, bucketKeyEnabled } = encryption
  return {
    ServerSideEncryption: algorithm,
    SSEKMSKeyId: kmsKeyId,
    // Absent where it is false, as S3 has it.
    BucketKeyEnabled: bucketKeyEnabled || undefined,
  }
}

/** @throws ServiceError InvalidObjectState for an object that would have to be restored first. */
export function requireReadable({ storageClass }: ObjectAttributes): void {
  if (storageClass === undefined || !ARCHIVES.has(storageClass)) return
  throw new ServiceError('InvalidObjectState', "The operation is not valid for the object's storage class", {
    status: 403,
    details: { StorageClass: storageClass },
  })
}

/** @throws ServiceError KeyTooLongError, or InvalidRequest for a key without a character. */
export function requireKey(key: string | undefined): string {
  if (key === undefined || key === '') throw invalidRequest('A key must be specified')
  const size = Buffer.byteLength(key)
  if (size > LONGEST_KEY) {
    throw new ServiceError('KeyTooLongError', 'Your key is too long', {
      details: { Size: size, MaxSizeAllowed: LONGEST_KEY },
    })
  }
  return key
}

function checkedMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {}
  let size = 0
  for (const [name, value] of Object.entries(metadata)) {
    kept[name.toLowerCase()] = value
    size += Buffer.byteLength(name) + Buffer.byteLength(value)
  }
  if (size <= MOST_METADATA) return kept
  throw new ServiceError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
    details: { Size: size, MaxSizeAllowed: MOST_METADATA },
  })
}
