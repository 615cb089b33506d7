import { DescribeFpgaImagesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { GetObjectTorrentCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

describe('the endpoint', () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
  })
  afterAll(() => emulator.close())

  it('answers a real client', async () => {
    const sts = emulator.client(STSClient)
    const { Arn, $metadata } = await sts.send(new GetCallerIdentityCommand({}))
    expect(Arn).toBe('arn:aws:iam::111122223333:root')
    expect($metadata.requestId).toMatch(/^f10e7a90-/)
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::111122223333:role/x',
        RoleSessionName: 'me',
        DurationSeconds: 900,
      }),
    )
    expect(Credentials?.Expiration).toEqual(new Date('2026-03-01T00:15:00Z'))
  })

  it.each([
    ['EC2', () => emulator.client(EC2Client).send(new DescribeFpgaImagesCommand({})), 'InvalidAction'],
    [
      'S3',
      () => emulator.client(S3Client).send(new GetObjectTorrentCommand({ Bucket: 'b', Key: 'k' })),
      'NotImplemented',
    ],
    [
      'SQS',
      () => emulator.client(SQSClient).send(new GetQueueUrlCommand({ QueueName: 'x' })),
      'UnknownOperationException',
    ],
  ])('names the operation that it does not have, in the manner of %s', async (_service, call, name) => {
    await expect(call()).rejects.toMatchObject({
      name,
      message: expect.stringMatching(/(DescribeFpgaImages|GetObjectTorrent|GetQueueUrl)/),
    })
  })
})
