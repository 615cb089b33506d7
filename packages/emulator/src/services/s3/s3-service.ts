import type { ServiceOperations } from '../../operation/operation.ts'
import { aclOperations } from './acl-operations.ts'
import { bucketConfigurations } from './bucket-configurations.ts'
import { bucketOperations } from './bucket-operations.ts'
import type { BucketStore } from './bucket-store.ts'
import { multipartCompletion } from './multipart-completion.ts'
import { multipartListings } from './multipart-listings.ts'
import { multipartUploads } from './multipart-uploads.ts'
import { objectCopies } from './object-copies.ts'
import { objectListings } from './object-listings.ts'
import { objectReads } from './object-reads.ts'
import { objectTagging } from './object-tagging.ts'
import { objectWrites } from './object-writes.ts'

/** The Simple Storage Service. */
export function s3Service(buckets: BucketStore): ServiceOperations {
  return {
    ...bucketOperations(buckets),
    ...bucketConfigurations(buckets),
    ...objectWrites(buckets),
    ...objectReads(buckets),
    ...objectCopies(buckets),
    ...objectListings(buckets),
    ...objectTagging(buckets),
    ...aclOperations(buckets),
    ...multipartUploads(buckets),
    ...multipartCompletion(buckets),
    ...multipartListings(buckets),
  }
}
