import { createHash } from 'node:crypto'
import { LogDeliveryError, type LogObject, type LogObjectSink } from '@flowtap/core'
import type { BucketStore } from './bucket-store.ts'
import { base64, DEFAULT_CHECKSUM, startChecksum } from './checksum.ts'
import { requestedAttributes } from './object-attributes.ts'

/** Who puts log files, as events name it. Source: VPC user guide, "Publish flow logs to Amazon S3", the bucket's policy. */
const LOG_DELIVERY = 'delivery.logs.amazonaws.com'
/** [?] What S3 has as a log file's content type; the guide does not say. */
export const LOG_FILE_CONTENT_TYPE = 'application/octet-stream'
/**
 * [?] What S3 has as the content encoding of a log file in text, whose key ends in `.gz`. Source: VPC user guide, "Publish flow logs to
 * Amazon S3": a file that is opened in S3's console is decompressed, a file that is downloaded is not.
 */
export const TEXT_LOG_FILE_CONTENT_ENCODING = 'gzip'

/** Puts flow-log files into buckets, as AWS's log delivery does; they are durable when it resolves. */
export class BucketLogSink implements LogObjectSink {
  readonly #buckets: BucketStore

  constructor(buckets: BucketStore) {
    this.#buckets = buckets
  }

  async put({ bucket: name, key, body, contentType, deliveredAtMicroseconds }: LogObject): Promise<void> {
    const buckets = this.#buckets
    this.#requireBucket(name)
    const checksum = startChecksum(DEFAULT_CHECKSUM)
    checksum.update(body)
    const piece = await buckets.blobs.write(
      (async function* () {
        yield body
      })(),
    )
    try {
      buckets.store.transact(() => {
        const bucket = this.#requireBucket(name)
        const input = {
          ContentType: contentType ?? LOG_FILE_CONTENT_TYPE,
          ...(key.endsWith('.gz') && { ContentEncoding: TEXT_LOG_FILE_CONTENT_ENCODING }),
          ACL: 'bucket-owner-full-control',
        }
        buckets.put(
          {
            bucket: name,
            key,
            size: piece.size,
            etag: createHash('md5').update(body).digest('hex'),
            body: [piece],
            checksum: { algorithm: DEFAULT_CHECKSUM, value: base64(checksum.digest()), type: 'FULL_OBJECT' },
            attributes: requestedAttributes(input, bucket, buckets),
          },
          {
            requestId: createHash('sha256').update(key).digest('hex').slice(0, 16).toUpperCase(),
            requester: LOG_DELIVERY,
            nowMilliseconds: deliveredAtMicroseconds / 1000,
            reason: 'PutObject',
          },
        )
      })
    } catch (error) {
      await buckets.references.discard(piece.blob)
      throw error
    }
    await buckets.store.durable()
  }

  #requireBucket(name: string): ReturnType<BucketStore['requireBucket']> {
    const bucket = this.#buckets.tables.buckets.get(name)
    if (bucket) return bucket
    throw new LogDeliveryError('no-such-destination', `NoSuchBucket: The specified bucket does not exist: ${name}`)
  }
}
