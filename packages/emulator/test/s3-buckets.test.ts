import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  DeleteBucketTaggingCommand,
  DeleteBucketWebsiteCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

describe('buckets', () => {
  let emulator: Emulator
  let s3: S3Client
  const Bucket = 'configured'
  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
    s3 = emulator.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(() => emulator.close())

  it('are made where the client is, found and listed, and deleted when they are empty', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'zz-made' }))
    await s3.send(new CreateBucketCommand({ Bucket: 'aa-made' }))
    expect(await s3.send(new HeadBucketCommand({ Bucket: 'zz-made' }))).toMatchObject({ BucketRegion: 'eu-west-1' })
    const location = await s3.send(new GetBucketLocationCommand({ Bucket: 'zz-made' }))
    expect(location.LocationConstraint).toBe('eu-west-1')
    const { Buckets } = await s3.send(new ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['aa-made', 'configured', 'zz-made'])
    const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 2 }))
    const rest = await s3.send(new ListBucketsCommand({ ContinuationToken: first.ContinuationToken ?? '' }))
    expect(rest.Buckets?.map(({ Name }) => Name)).toEqual(['zz-made'])
    expect((await s3.send(new ListBucketsCommand({ Prefix: 'aa' }))).Buckets).toHaveLength(1)
    await s3.send(new PutObjectCommand({ Bucket: 'zz-made', Key: 'a', Body: 'x' }))
    await expect(s3.send(new DeleteBucketCommand({ Bucket: 'zz-made' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
      $metadata: { httpStatusCode: 409 },
    })
    await s3.send(new DeleteObjectCommand({ Bucket: 'zz-made', Key: 'a' }))
    await s3.send(new DeleteBucketCommand({ Bucket: 'zz-made' }))
    await s3.send(new DeleteBucketCommand({ Bucket: 'aa-made' }))
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'zz-made' }))).rejects.toMatchObject({ name: 'NotFound' })
    await expect(s3.send(new DeleteBucketCommand({ Bucket: 'zz-made' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    })
  })

  it('are made once', async () => {
    await expect(s3.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
      $metadata: { httpStatusCode: 409 },
    })
    const original = new S3Client({ ...emulator.clientConfiguration, region: 'us-east-1' })
    await original.send(new CreateBucketCommand({ Bucket: 'original' }))
    await original.send(new CreateBucketCommand({ Bucket: 'original' }))
    expect((await original.send(new GetBucketLocationCommand({ Bucket: 'original' }))).LocationConstraint).toBe(
      undefined,
    )
  })

  it.each([
    ['Upper'],
    ['ab'],
    ['a..b'],
    ['-ab'],
    ['ab-'],
    ['192.168.0.1'],
    ['a_b'],
    ['xn--abc'],
    ['abc-s3alias'],
    ['a'.repeat(64)],
  ])('do not have the name %s', async (name) => {
    const response = await fetch(`${emulator.endpoint}/${name}`, { method: 'PUT' })
    expect(await response.text()).toContain('<Code>InvalidBucketName</Code>')
    expect(response.status).toBe(400)
  })

  it('are where the client is, or where the first region puts them', async () => {
    const create = (region: string, LocationConstraint: string, name: string) =>
      new S3Client({ ...emulator.clientConfiguration, region }).send(
        new CreateBucketCommand({
          Bucket: name,
          CreateBucketConfiguration: { LocationConstraint: LocationConstraint as never },
        }),
      )
    await expect(create('eu-west-1', 'eu-central-1', 'located')).rejects.toMatchObject({
      name: 'IllegalLocationConstraintException',
      message: expect.stringContaining('The eu-central-1 location constraint'),
    })
    await expect(create('us-east-1', 'us-east-1', 'located')).rejects.toMatchObject({
      name: 'InvalidLocationConstraint',
    })
    await create('us-east-1', 'ap-south-1', 'located')
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'located' }))).LocationConstraint).toBe('ap-south-1')
    // boto3 names no place.
    const unspecified = await fetch(`${emulator.endpoint}/unspecified`, { method: 'PUT' })
    expect(await unspecified.text()).toContain('The unspecified location constraint')
  })

  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }],
  }
  const rule = {
    ID: 'expire',
    Status: 'Enabled' as const,
    Filter: { Prefix: 'logs/' },
    Expiration: { Date: new Date('2027-01-01T00:00:00Z') },
  }
  it.each([
    {
      what: 'a policy',
      missing: 'NoSuchBucketPolicy',
      get: () => s3.send(new GetBucketPolicyCommand({ Bucket })),
      put: () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) })),
      remove: () => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
      told: { Policy: JSON.stringify(policy) },
    },
    {
      what: 'rules of other origins',
      missing: 'NoSuchCORSConfiguration',
      get: () => s3.send(new GetBucketCorsCommand({ Bucket })),
      put: () => {
        const CORSRules = [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], MaxAgeSeconds: 60 }]
        return s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
      },
      remove: () => s3.send(new DeleteBucketCorsCommand({ Bucket })),
      told: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], MaxAgeSeconds: 60 }] },
    },
    {
      what: 'a lifecycle',
      missing: 'NoSuchLifecycleConfiguration',
      get: () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      put: () =>
        s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } })),
      remove: () => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
      told: { Rules: [rule], TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K' },
    },
    {
      what: 'tags',
      missing: 'NoSuchTagSet',
      get: () => s3.send(new GetBucketTaggingCommand({ Bucket })),
      put: () => s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'team', Value: 'net' }] } })),
      remove: () => s3.send(new DeleteBucketTaggingCommand({ Bucket })),
      told: { TagSet: [{ Key: 'team', Value: 'net' }] },
    },
    {
      what: 'a website',
      missing: 'NoSuchWebsiteConfiguration',
      get: () => s3.send(new GetBucketWebsiteCommand({ Bucket })),
      put: () =>
        s3.send(
          new PutBucketWebsiteCommand({
            Bucket,
            WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' }, ErrorDocument: { Key: 'e.html' } },
          }),
        ),
      remove: () => s3.send(new DeleteBucketWebsiteCommand({ Bucket })),
      told: { IndexDocument: { Suffix: 'index.html' }, ErrorDocument: { Key: 'e.html' } },
    },
    {
      what: 'a block of public access',
      missing: 'NoSuchPublicAccessBlockConfiguration',
      isThere: true,
      get: () => s3.send(new GetPublicAccessBlockCommand({ Bucket })),
      put: () =>
        s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } })),
      remove: () => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
      told: { PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false } },
    },
    {
      what: 'ownership',
      missing: 'OwnershipControlsNotFoundError',
      isThere: true,
      get: () => s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
      put: undefined,
      remove: () => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
      told: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
    },
  ])('have $what, and lose it', async ({ missing, isThere, get, put, remove, told }) => {
    if (!isThere) await expect(get()).rejects.toMatchObject({ name: missing, $metadata: { httpStatusCode: 404 } })
    await put?.()
    expect(await get()).toMatchObject(told)
    await remove()
    await expect(get()).rejects.toMatchObject({ name: missing, $metadata: { httpStatusCode: 404 } })
  })

  it('encrypt what is put into them, as they are told', async () => {
    const { ServerSideEncryptionConfiguration: standard } = await s3.send(new GetBucketEncryptionCommand({ Bucket }))
    expect(standard?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('AES256')
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: 'my-key' }
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }] },
      }),
    )
    const { ServerSideEncryption, SSEKMSKeyId } = await s3.send(
      new PutObjectCommand({ Bucket, Key: 'encrypted', Body: 'x' }),
    )
    expect([ServerSideEncryption, SSEKMSKeyId]).toEqual(['aws:kms', 'arn:aws:kms:eu-west-1:111122223333:key/my-key'])
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }))
    const plain = await s3.send(new PutObjectCommand({ Bucket, Key: 'encrypted', Body: 'x' }))
    expect(plain.ServerSideEncryption).toBe('AES256')
  })

  it('keep what else is told of them', async () => {
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined()
    const LoggingEnabled = { TargetBucket: Bucket, TargetPrefix: 'access/' }
    await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }))
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toEqual(LoggingEnabled)
    const elsewhere = { LoggingEnabled: { TargetBucket: 'absent', TargetPrefix: '' } }
    await expect(
      s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: elsewhere })),
    ).rejects.toMatchObject({ name: 'InvalidTargetBucketForLogging' })
    expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('BucketOwner')
    const RequestPaymentConfiguration = { Payer: 'Requester' as const }
    await s3.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }))
    expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('Requester')
    expect((await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status).toBeUndefined()
    const AccelerateConfiguration = { Status: 'Suspended' as const }
    await s3.send(new PutBucketAccelerateConfigurationCommand({ Bucket, AccelerateConfiguration }))
    expect((await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status).toBe('Suspended')
    await expect(s3.send(new GetBucketReplicationCommand({ Bucket }))).rejects.toMatchObject({
      name: 'ReplicationConfigurationNotFoundError',
    })
    await s3.send(new DeleteBucketReplicationCommand({ Bucket }))
    await expect(s3.send(new GetObjectLockConfigurationCommand({ Bucket }))).rejects.toMatchObject({
      name: 'ObjectLockConfigurationNotFoundError',
    })
    await s3.send(new CreateBucketCommand({ Bucket: 'listed', ObjectOwnership: 'BucketOwnerPreferred' }))
    await s3.send(new PutBucketAclCommand({ Bucket: 'listed', ACL: 'log-delivery-write' as never }))
    const { Grants, Owner } = await s3.send(new GetBucketAclCommand({ Bucket: 'listed' }))
    expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/)
    expect(Grants?.map(({ Permission }) => Permission)).toEqual(['FULL_CONTROL', 'WRITE', 'READ_ACP'])
  })

  it('refuse what they cannot be told', async () => {
    await expect(s3.send(new PutBucketPolicyCommand({ Bucket, Policy: 'no' }))).rejects.toMatchObject({
      name: 'MalformedPolicy',
    })
    const twice = { Rules: [rule, rule] }
    await expect(
      s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: twice })),
    ).rejects.toMatchObject({ name: 'InvalidArgument' })
    const TopicConfigurations = [
      { TopicArn: 'arn:aws:sns:eu-west-1:111122223333:t', Events: ['s3:ObjectCreated:*' as const] },
    ]
    await expect(
      s3.send(
        new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: { TopicConfigurations } }),
      ),
    ).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('TopicConfigurations') })
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    )
    expect(await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).toMatchObject({
      EventBridgeConfiguration: {},
    })
  })
})
