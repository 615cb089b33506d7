import { createHash } from 'node:crypto'
import type { StateValue } from '../../state/table.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { invalidArgument } from './s3-errors.ts'
import type { AclRow, BucketRow } from './s3-rows.ts'

/** Source: S3 user guide, "Canned ACL". */
const CANNED: ReadonlySet<string> = new Set([
  'private',
  'public-read',
  'public-read-write',
  'aws-exec-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
])
/** Canned lists that a bucket which enforces its owner takes. Source: S3 user guide, "Controlling ownership of objects". */
const OWNERS_OWN: ReadonlySet<string> = new Set(['private', 'bucket-owner-full-control'])
/** The setting under which lists are refused. Source: the same. */
export const BUCKET_OWNER_ENFORCED = 'BucketOwnerEnforced'

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers'
const AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers'
const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery'

/** Whom each canned list grants what, besides the owner. */
const GROUP_GRANTS: Readonly<Record<string, readonly (readonly [uri: string, permission: string])[]>> = {
  'public-read': [[ALL_USERS, 'READ']],
  'public-read-write': [
    [ALL_USERS, 'READ'],
    [ALL_USERS, 'WRITE'],
  ],
  'authenticated-read': [[AUTHENTICATED_USERS, 'READ']],
  'log-delivery-write': [
    [LOG_DELIVERY, 'WRITE'],
    [LOG_DELIVERY, 'READ_ACP'],
  ],
}

/** An account as S3's lists name it. */
export interface Owner {
  readonly ID: string
  readonly DisplayName: string
}

/** The canonical user of an account: 64 hexadecimal digits, made of its number here. */
export function ownerOf(accountId: string): Owner {
  return { ID: createHash('sha256').update(`canonical-user/${accountId}`).digest('hex'), DisplayName: accountId }
}

/** The list that a request asks for by name. @throws ServiceError InvalidArgument, AccessControlListNotSupported. */
export function requestedAcl(acl: string | undefined, bucket: Pick<BucketRow, 'objectOwnership'>): AclRow {
  if (acl === undefined) return { canned: 'private' }
  if (!CANNED.has(acl)) throw invalidArgument('', 'x-amz-acl', acl)
  requireAcls(bucket, OWNERS_OWN.has(acl))
  return { canned: acl }
}

/** @throws ServiceError AccessControlListNotSupported where the bucket's owner owns all objects, whatever lists say. */
export function requireAcls({ objectOwnership }: Pick<BucketRow, 'objectOwnership'>, isOwnersOwn: boolean): void {
  if (objectOwnership !== BUCKET_OWNER_ENFORCED || isOwnersOwn) return
  throw new ServiceError('AccessControlListNotSupported', 'The bucket does not allow ACLs')
}

/** The grants of a list. */
export function grantsOf(acl: AclRow, accountId: string): readonly StateValue[] {
  if ('grants' in acl) return acl.grants
  const { ID, DisplayName } = ownerOf(accountId)
  return [
    { Grantee: { Type: 'CanonicalUser', ID, DisplayName }, Permission: 'FULL_CONTROL' },
    ...(GROUP_GRANTS[acl.canned] ?? []).map(([URI, Permission]) => ({ Grantee: { Type: 'Group', URI }, Permission })),
  ]
}
