import { type BucketStore, NOTIFICATION } from './bucket-store.ts'
import {
  type ConfigurationRules,
  checkCors,
  checkEncryption,
  checkLifecycle,
  checkLogging,
  checkNotification,
  checkPolicy,
  checkWebsite,
} from './configuration-checks.ts'
import { DEFAULT_ENCRYPTION, ENCRYPTION } from './encryption.ts'
import { malformedXml } from './s3-errors.ts'
import type { BucketRow } from './s3-rows.ts'
import { bucketTags } from './tag-set.ts'

/** A kind of configuration that buckets have. */
export interface ConfigurationKind {
  /** In the keys of rows. */
  readonly kind: string
  readonly put?: {
    readonly operation: string
    /** The member of the input that carries it. */
    readonly member: string
    /** Members that are kept with it. */
    readonly besides?: readonly string[]
    readonly ignores?: readonly string[]
    /** What is kept; undefined where nothing is. @throws ServiceError for what S3 does not take. */
    readonly check?: (
      value: never,
      bucket: BucketRow,
      buckets: BucketStore,
      besides: Readonly<Record<string, unknown>>,
    ) => unknown
    readonly answers?: (besides: Readonly<Record<string, unknown>>) => object
  }
  readonly get: {
    readonly operation: string
    /** The member of the output that carries it; undefined where it is the output. */
    readonly member?: string
    /** What is told where nothing was put. */
    readonly standard?: (bucket: BucketRow) => unknown
    /** The error's code and text where nothing was put. */
    readonly missing?: readonly [code: string, message: string]
  }
  readonly delete?: string
  readonly onDelete?: (bucket: BucketRow, buckets: BucketStore) => void
}

/** Source: S3 API reference, the operations' pages and "Error responses". */
export const CONFIGURATION_KINDS: readonly ConfigurationKind[] = [
  {
    kind: 'policy',
    put: {
      operation: 'PutBucketPolicy',
      member: 'Policy',
      ignores: ['ConfirmRemoveSelfBucketAccess'],
      check: checkPolicy,
    },
    get: {
      operation: 'GetBucketPolicy',
      member: 'Policy',
      missing: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
    },
    delete: 'DeleteBucketPolicy',
  },
  {
    kind: 'cors',
    put: { operation: 'PutBucketCors', member: 'CORSConfiguration', check: checkCors },
    get: {
      operation: 'GetBucketCors',
      missing: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
    },
    delete: 'DeleteBucketCors',
  },
  {
    kind: 'lifecycle',
    put: {
      operation: 'PutBucketLifecycleConfiguration',
      member: 'LifecycleConfiguration',
      besides: ['TransitionDefaultMinimumObjectSize'],
      check: checkLifecycle,
      answers: ({ TransitionDefaultMinimumObjectSize = 'all_storage_classes_128K' }) => ({
        TransitionDefaultMinimumObjectSize,
      }),
    },
    get: {
      operation: 'GetBucketLifecycleConfiguration',
      missing: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
    },
    delete: 'DeleteBucketLifecycle',
  },
  {
    kind: ENCRYPTION,
    put: {
      operation: 'PutBucketEncryption',
      member: 'ServerSideEncryptionConfiguration',
      check: checkEncryption,
    },
    get: {
      operation: 'GetBucketEncryption',
      member: 'ServerSideEncryptionConfiguration',
      standard: () => DEFAULT_ENCRYPTION,
    },
    delete: 'DeleteBucketEncryption',
  },
  {
    kind: 'public-access-block',
    put: {
      operation: 'PutPublicAccessBlock',
      member: 'PublicAccessBlockConfiguration',
      check: (value: object) => ({ ...NOTHING_BLOCKED, ...value }),
    },
    get: {
      operation: 'GetPublicAccessBlock',
      member: 'PublicAccessBlockConfiguration',
      // New buckets block everything. Source: S3 user guide, "Blocking public access", since April 2023.
      standard: () => ALL_BLOCKED,
      missing: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
    },
    delete: 'DeletePublicAccessBlock',
    onDelete: ({ name }, { tables }) =>
      tables.configurations.put(`${name}/public-access-block`, { configuration: null }),
  },
  {
    kind: 'ownership',
    put: {
      operation: 'PutBucketOwnershipControls',
      member: 'OwnershipControls',
      check: (value: ConfigurationRules, bucket, buckets) => {
        const ownership = value.Rules?.[0]?.ObjectOwnership
        if (value.Rules?.length !== 1 || typeof ownership !== 'string') throw malformedXml()
        if (!['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'].includes(ownership)) throw malformedXml()
        buckets.tables.buckets.put(bucket.name, { ...bucket, objectOwnership: ownership })
        return value
      },
    },
    get: {
      operation: 'GetBucketOwnershipControls',
      member: 'OwnershipControls',
      standard: ({ objectOwnership }) => ({ Rules: [{ ObjectOwnership: objectOwnership }] }),
      missing: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
    },
    delete: 'DeleteBucketOwnershipControls',
    onDelete: ({ name }, { tables }) => {
      const bucket = tables.buckets.get(name)
      if (bucket) tables.buckets.put(name, { ...bucket, objectOwnership: 'ObjectWriter' })
      tables.configurations.put(`${name}/ownership`, { configuration: null })
    },
  },
  {
    kind: 'tagging',
    put: {
      operation: 'PutBucketTagging',
      member: 'Tagging',
      check: ({ TagSet = [] }: { readonly TagSet?: never[] }) => ({
        TagSet: bucketTags(TagSet).map(([Key, Value]) => ({ Key, Value })),
      }),
    },
    get: { operation: 'GetBucketTagging', missing: ['NoSuchTagSet', 'The TagSet does not exist'] },
    delete: 'DeleteBucketTagging',
  },
  {
    kind: 'website',
    put: { operation: 'PutBucketWebsite', member: 'WebsiteConfiguration', check: checkWebsite },
    get: {
      operation: 'GetBucketWebsite',
      missing: ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'],
    },
    delete: 'DeleteBucketWebsite',
  },
  {
    kind: 'logging',
    put: { operation: 'PutBucketLogging', member: 'BucketLoggingStatus', check: checkLogging },
    get: { operation: 'GetBucketLogging', standard: () => ({}) },
  },
  {
    kind: 'request-payment',
    put: { operation: 'PutBucketRequestPayment', member: 'RequestPaymentConfiguration' },
    get: { operation: 'GetBucketRequestPayment', standard: () => ({ Payer: 'BucketOwner' }) },
  },
  {
    kind: 'accelerate',
    put: { operation: 'PutBucketAccelerateConfiguration', member: 'AccelerateConfiguration' },
    get: { operation: 'GetBucketAccelerateConfiguration', standard: () => ({}) },
  },
  {
    kind: NOTIFICATION,
    put: {
      operation: 'PutBucketNotificationConfiguration',
      member: 'NotificationConfiguration',
      ignores: ['SkipDestinationValidation'],
      check: checkNotification,
    },
    get: { operation: 'GetBucketNotificationConfiguration', standard: () => ({}) },
  },
  {
    kind: 'replication',
    get: {
      operation: 'GetBucketReplication',
      member: 'ReplicationConfiguration',
      missing: ['ReplicationConfigurationNotFoundError', 'The replication configuration was not found'],
    },
    delete: 'DeleteBucketReplication',
  },
  {
    kind: 'object-lock',
    get: {
      operation: 'GetObjectLockConfiguration',
      member: 'ObjectLockConfiguration',
      missing: ['ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket'],
    },
  },
]

const NOTHING_BLOCKED = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
} as const
const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const
