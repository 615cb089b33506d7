import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  GetBucketVersioningOutput,
  GetBucketVersioningRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
  PutBucketVersioningRequest,
} from '@aws-sdk/client-s3'
import type { Call, Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { BUCKET_OWNER_ENFORCED, ownerOf, requestedAcl } from './access-control.ts'
import { requireBucketName } from './bucket-name.ts'
import type { BucketStore } from './bucket-store.ts'
import { invalidArgument, malformedXml } from './s3-errors.ts'
import { configurationRowKey } from './s3-rows.ts'
import { compareKeys } from './sorted-keys.ts'
import { bucketTags } from './tag-set.ts'

/** Where requests may make buckets anywhere, and where a bucket is made that names no place. */
const ORIGINAL_REGION = 'us-east-1'
const REGION_NAME = /^[a-z]{2}(-[a-z]+)+-\d$/
const OWNERSHIPS: ReadonlySet<string> = new Set([BUCKET_OWNER_ENFORCED, 'BucketOwnerPreferred', 'ObjectWriter'])
/** Source: S3 API reference, ListBuckets, MaxBuckets. */
const MOST_BUCKETS_LISTED = 10_000

/** Buckets themselves: made, found, deleted, and whether they keep versions. */
export function bucketOperations(buckets: BucketStore): ServiceOperations {
  const { tables } = buckets
  const createBucket: Operation<CreateBucketRequest, CreateBucketOutput> = {
    acts: ['Bucket', 'ACL', 'CreateBucketConfiguration', 'ObjectOwnership'],
    handle: ({ Bucket: name = '', ACL, CreateBucketConfiguration, ObjectOwnership }, call) => {
      requireBucketName(name)
      const { LocationConstraint, Tags = [], Location, Bucket } = CreateBucketConfiguration ?? {}
      if (Location || Bucket) throw notGeneralPurpose()
      const region = regionOf(LocationConstraint, call)
      const objectOwnership = ObjectOwnership ?? BUCKET_OWNER_ENFORCED
      if (!OWNERSHIPS.has(objectOwnership)) {
        throw invalidArgument('Invalid x-amz-object-ownership header', 'x-amz-object-ownership', ObjectOwnership)
      }
      if (ACL !== undefined && objectOwnership === BUCKET_OWNER_ENFORCED && ACL !== 'private') {
        throw new ServiceError(
          'InvalidBucketAclWithObjectOwnership',
          "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        )
      }
      const acl = requestedAcl(ACL, { objectOwnership })
      const old = tables.buckets.get(name)
      // In its first region, S3 takes a bucket that the caller has already as made.
      if (old && !(old.region === ORIGINAL_REGION && call.region === ORIGINAL_REGION)) {
        throw new ServiceError(
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          { status: 409, details: { BucketName: name } },
        )
      }
      if (!old) {
        const createdMilliseconds = Math.floor(call.nowMilliseconds / 1000) * 1000
        tables.buckets.put(name, { name, region, createdMilliseconds, objectOwnership, acl })
        const tags = bucketTags(Tags)
        if (tags.length > 0) {
          tables.configurations.put(configurationRowKey(name, 'tagging'), {
            configuration: { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) },
          })
        }
      }
      return {
        Location: region === ORIGINAL_REGION ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
        BucketArn: `arn:aws:s3:::${name}`,
      }
    },
  }
  const deleteBucket: Operation<DeleteBucketRequest, object> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    handle: ({ Bucket, ExpectedBucketOwner }) => {
      buckets.deleteBucket(buckets.requireBucket(Bucket, ExpectedBucketOwner).name)
      return {}
    },
  }
  const headBucket: Operation<HeadBucketRequest, HeadBucketOutput> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    handle: ({ Bucket, ExpectedBucketOwner }) => {
      const { name, region } = buckets.requireBucket(Bucket, ExpectedBucketOwner)
      return { BucketRegion: region, BucketArn: `arn:aws:s3:::${name}`, AccessPointAlias: false }
    },
  }
  const getBucketLocation: Operation<GetBucketLocationRequest, GetBucketLocationOutput> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    handle: ({ Bucket, ExpectedBucketOwner }) => {
      const { region } = buckets.requireBucket(Bucket, ExpectedBucketOwner)
      // S3's first region has no name here.
      return region === ORIGINAL_REGION ? {} : { LocationConstraint: region as never }
    },
  }
  const listBuckets: Operation<ListBucketsRequest, ListBucketsOutput> = {
    acts: ['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion'],
    handle: ({ MaxBuckets = MOST_BUCKETS_LISTED, ContinuationToken, Prefix = '', BucketRegion }, { accountId }) => {
      if (!Number.isInteger(MaxBuckets) || MaxBuckets < 1 || MaxBuckets > MOST_BUCKETS_LISTED) {
        throw invalidArgument('Argument max-buckets must be an integer between 1 and 10000', 'max-buckets', MaxBuckets)
      }
      const after = ContinuationToken === undefined ? '' : Buffer.from(ContinuationToken, 'base64').toString()
      const found = [...tables.buckets.values()]
        .filter(
          ({ name, region }) => name.startsWith(Prefix) && (BucketRegion === undefined || region === BucketRegion),
        )
        .filter(({ name }) => name > after)
        .sort((one, other) => compareKeys(one.name, other.name))
      const page = found.slice(0, MaxBuckets)
      return {
        Buckets: page.map(({ name, createdMilliseconds, region }) => ({
          Name: name,
          CreationDate: new Date(createdMilliseconds),
          BucketRegion: region,
          BucketArn: `arn:aws:s3:::${name}`,
        })),
        Owner: ownerOf(accountId),
        ...(Prefix !== '' && { Prefix }),
        ...(found.length > page.length && {
          ContinuationToken: Buffer.from(page.at(-1)?.name ?? '').toString('base64'),
        }),
      }
    },
  }
  const putBucketVersioning: Operation<PutBucketVersioningRequest, object> = {
    acts: ['Bucket', 'ExpectedBucketOwner', 'VersioningConfiguration'],
    ignores: ['ContentMD5', 'ChecksumAlgorithm'],
    handle: ({ Bucket, ExpectedBucketOwner, VersioningConfiguration: { Status, MFADelete } = {} }) => {
      const bucket = buckets.requireBucket(Bucket, ExpectedBucketOwner)
      if (MFADelete === 'Enabled') {
        throw new ServiceError('NotImplemented', 'flowtap does not act on MfaDelete; leave it out.', { status: 501 })
      }
      if (Status === undefined) {
        throw new ServiceError('IllegalVersioningConfigurationException', 'The Versioning element must be specified')
      }
      if (Status !== 'Enabled' && Status !== 'Suspended') throw malformedXml()
      tables.buckets.put(bucket.name, { ...bucket, versioning: Status })
      return {}
    },
  }
  const getBucketVersioning: Operation<GetBucketVersioningRequest, GetBucketVersioningOutput> = {
    acts: ['Bucket', 'ExpectedBucketOwner'],
    handle: ({ Bucket, ExpectedBucketOwner }) => {
      const { versioning } = buckets.requireBucket(Bucket, ExpectedBucketOwner)
      return versioning ? { Status: versioning } : {}
    },
  }
  return {
    CreateBucket: createBucket,
    DeleteBucket: deleteBucket,
    HeadBucket: headBucket,
    GetBucketLocation: getBucketLocation,
    ListBuckets: listBuckets,
    PutBucketVersioning: putBucketVersioning,
    GetBucketVersioning: getBucketVersioning,
  }
}

/** Where a bucket is to be. Source: S3 API reference, CreateBucket, LocationConstraint, and the errors that it has. */
function regionOf(constraint: string | undefined, { region }: Call): string {
  if (constraint === undefined || constraint === '') {
    if (region === ORIGINAL_REGION) return region
    throw illegalLocation('unspecified')
  }
  const named = constraint === 'EU' ? 'eu-west-1' : constraint
  if (!REGION_NAME.test(named) || named === ORIGINAL_REGION) {
    throw new ServiceError('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      details: { LocationConstraint: constraint },
    })
  }
  if (region !== ORIGINAL_REGION && region !== named) throw illegalLocation(constraint)
  return named
}

function illegalLocation(constraint: string): ServiceError {
  return new ServiceError(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )
}

function notGeneralPurpose(): ServiceError {
  return new ServiceError(
    'NotImplemented',
    'CreateBucket: flowtap has general purpose buckets alone; leave out Location and Bucket.',
    {
      status: 501,
    },
  )
}
