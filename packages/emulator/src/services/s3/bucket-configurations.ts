import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import type { StateValue } from '../../state/table.ts'
import { ServiceError } from '../../wire/service-error.ts'
import type { BucketStore } from './bucket-store.ts'
import { CONFIGURATION_KINDS, type ConfigurationKind } from './configuration-kinds.ts'
import type { BucketRow } from './s3-rows.ts'
import { configurationRowKey } from './s3-rows.ts'

/** A request for a bucket's configuration; what it carries has the kind's name. */
type ConfigurationInput = Readonly<Record<string, unknown>> & {
  readonly Bucket?: string
  readonly ExpectedBucketOwner?: string
}

/** What is kept of buckets and told again, each kind put, got and deleted in the same way. */
export function bucketConfigurations(buckets: BucketStore): ServiceOperations {
  const operations: Record<string, Operation<never, object>> = {}
  for (const kind of CONFIGURATION_KINDS) {
    if (kind.put) operations[kind.put.operation] = putOperation(buckets, kind, kind.put)
    operations[kind.get.operation] = getOperation(buckets, kind)
    if (kind.delete) operations[kind.delete] = deleteOperation(buckets, kind)
  }
  return operations
}

function putOperation(
  buckets: BucketStore,
  { kind }: ConfigurationKind,
  put: Required<ConfigurationKind>['put'],
): Operation<never, object> {
  const operation: Operation<ConfigurationInput, object> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    keeps: [put.member, ...(put.besides ?? [])],
    ignores: ['ContentMD5', 'ChecksumAlgorithm', ...(put.ignores ?? [])],
    handle: (input) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const value = plain(input[put.member])
      const besides = Object.fromEntries((put.besides ?? []).map((name) => [name, plain(input[name])]))
      const configuration = put.check ? put.check(value as never, bucket, buckets, besides) : value
      const key = configurationRowKey(bucket.name, kind)
      if (configuration === undefined) buckets.tables.configurations.delete(key)
      else buckets.tables.configurations.put(key, { configuration: configuration as StateValue })
      return put.answers?.(besides) ?? {}
    },
  }
  return operation as Operation<never, object>
}

function getOperation(buckets: BucketStore, { kind, get }: ConfigurationKind): Operation<never, object> {
  const operation: Operation<ConfigurationInput, object> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    ignores: ['RequestPayer'],
    handle: (input) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      const kept = buckets.configuration<StateValue>(bucket.name, kind)
      // null stands for what was deleted, and is not as it is in a new bucket.
      const configuration = kept === undefined ? get.standard?.(bucket) : kept
      if (configuration === undefined || configuration === null) throw notConfigured(get.missing, bucket)
      return get.member === undefined ? (configuration as object) : { [get.member]: configuration }
    },
  }
  return operation as Operation<never, object>
}

function deleteOperation(buckets: BucketStore, { kind, onDelete }: ConfigurationKind): Operation<never, object> {
  const operation: Operation<ConfigurationInput, object> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    handle: (input) => {
      const bucket = buckets.requireBucket(input.Bucket, input.ExpectedBucketOwner)
      buckets.tables.configurations.delete(configurationRowKey(bucket.name, kind))
      onDelete?.(bucket, buckets)
      return {}
    },
  }
  return operation as Operation<never, object>
}

function notConfigured(missing: ConfigurationKind['get']['missing'], { name }: BucketRow): ServiceError {
  return new ServiceError(missing?.[0] ?? 'NoSuchConfiguration', missing?.[1] ?? 'The configuration does not exist', {
    status: 404,
    details: { BucketName: name },
  })
}

/** A value as rows have it: times as text, nothing undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
