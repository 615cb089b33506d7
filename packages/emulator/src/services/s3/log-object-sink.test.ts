import { LogDeliveryError } from '@flowtap/core'
import { describe, expect, it } from 'vitest'
import { emptyBuckets } from './bucket-fixture.ts'
import { BucketLogSink } from './log-object-sink.ts'

const file = {
  bucket: 'logs',
  key: 'AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/111122223333_vpcflowlogs_eu-west-1_fl-1_20260301T0005Z_abc.log.gz',
  body: Buffer.from('a log file'),
  deliveredAtMicroseconds: Date.parse('2026-03-01T00:07:03.5Z') * 1000,
  flowLogId: 'fl-1',
  recordCount: 1,
}

describe('log files', () => {
  it('come into their bucket, and a bucket that sends events tells of them', async () => {
    const { buckets, call, events } = emptyBuckets()
    const sink = new BucketLogSink(buckets)
    await call('CreateBucket', { Bucket: 'logs', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } })
    await call('PutBucketNotificationConfiguration', {
      Bucket: 'logs',
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    })
    await sink.put(file)
    const row = buckets.objects('logs').current(file.key)
    expect(row).toMatchObject({ size: 10, contentType: 'application/octet-stream', contentEncoding: 'gzip' })
    expect(new Date(row?.modifiedMilliseconds ?? 0)).toEqual(new Date('2026-03-01T00:07:03Z'))
    expect(events).toMatchObject([
      {
        detailType: 'Object Created',
        bucket: 'logs',
        detail: { reason: 'PutObject', requester: 'delivery.logs.amazonaws.com', object: { key: file.key, size: 10 } },
      },
    ])
  })

  it('of a bucket that there is not are refused as a delivery is', async () => {
    const sink = new BucketLogSink(emptyBuckets().buckets)
    await expect(sink.put(file)).rejects.toThrow(LogDeliveryError)
    await expect(sink.put(file)).rejects.toMatchObject({ code: 'no-such-destination' })
  })
})
