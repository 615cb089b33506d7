import { expect, it } from 'vitest'
import { bodyOf, emptyBuckets } from './bucket-fixture.ts'

it('buckets that send events tell of what happens to their objects, as S3 words it', async () => {
  const { call, events } = emptyBuckets()
  const Bucket = 'telling'
  await call('CreateBucket', { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } })
  await call('PutObject', { Bucket, Key: 'untold', Body: bodyOf('x') })
  expect(events).toEqual([])
  await call('PutBucketNotificationConfiguration', {
    Bucket,
    NotificationConfiguration: { EventBridgeConfiguration: {} },
  })
  await call('PutObject', { Bucket, Key: 'a', Body: bodyOf('hello') })
  await call('CopyObject', { Bucket, Key: 'b', CopySource: `${Bucket}/a` })
  await call('PutObjectTagging', { Bucket, Key: 'a', Tagging: { TagSet: [{ Key: 't', Value: '1' }] } })
  await call('DeleteObjectTagging', { Bucket, Key: 'a' })
  await call('DeleteObject', { Bucket, Key: 'a' })
  await call('DeleteObject', { Bucket, Key: 'never there' })
  await call('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } })
  await call('DeleteObjects', { Bucket, Delete: { Objects: [{ Key: 'b' }] } })
  const { UploadId } = await call('CreateMultipartUpload', { Bucket, Key: 'c' })
  const { ETag } = await call('UploadPart', { Bucket, Key: 'c', UploadId, PartNumber: 1, Body: bodyOf('part') })
  const Parts = [{ PartNumber: 1, ETag }]
  await call('CompleteMultipartUpload', { Bucket, Key: 'c', UploadId, MultipartUpload: { Parts } })
  expect(
    events.map(({ detailType, detail }) => {
      const { reason, object } = detail as { readonly reason?: string; readonly object: { readonly key: string } }
      return [detailType, object.key, reason, detail['deletion-type']]
    }),
  ).toEqual([
    ['Object Created', 'a', 'PutObject', undefined],
    ['Object Created', 'b', 'CopyObject', undefined],
    ['Object Tags Added', 'a', undefined, undefined],
    ['Object Tags Deleted', 'a', undefined, undefined],
    ['Object Deleted', 'a', 'DeleteObject', 'Permanently Deleted'],
    ['Object Deleted', 'b', 'DeleteObject', 'Delete Marker Created'],
    ['Object Created', 'c', 'CompleteMultipartUpload', undefined],
  ])
  expect(events[0]?.detail).toMatchObject({
    version: '0',
    bucket: { name: Bucket },
    object: { size: 5, etag: '5d41402abc4b2a76b9719d911017c592', sequencer: expect.stringMatching(/^[0-9A-F]{18}$/) },
    requester: '111122223333',
    'source-ip-address': '127.0.0.1',
  })
  const sequencers = events.flatMap(({ detail }) => {
    const { sequencer } = detail.object as { readonly sequencer?: string }
    return sequencer === undefined ? [] : [sequencer]
  })
  expect(sequencers).toEqual([...sequencers].sort())
})
