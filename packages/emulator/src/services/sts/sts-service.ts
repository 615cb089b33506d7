import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from '@aws-sdk/client-sts'
import type { IdSource } from '../../identity/id-source.ts'
import type { Call, Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'

const DEFAULT_SECONDS = 3600

/** The Security Token Service: whoever calls is the account's administrator. */
export function stsService(ids: IdSource): ServiceOperations {
  const credentials = (call: Call, seconds: number): Required<AssumeRoleResponse>['Credentials'] => ({
    AccessKeyId: `ASIA${ids.hex('access-key', 16).toUpperCase()}`,
    SecretAccessKey: ids.hex('secret-key', 40),
    SessionToken: Buffer.from(ids.hex('session-token', 48), 'hex').toString('base64'),
    Expiration: new Date(call.nowMilliseconds + seconds * 1000),
  })
  const getCallerIdentity: Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> = {
    acts: [],
    handle: (_input, { accountId }) => ({
      UserId: accountId,
      Account: accountId,
      Arn: `arn:aws:iam::${accountId}:root`,
    }),
  }
  const assumeRole: Operation<AssumeRoleRequest, AssumeRoleResponse> = {
    acts: ['RoleArn', 'RoleSessionName', 'DurationSeconds'],
    keeps: ['Tags', 'TransitiveTagKeys', 'ExternalId', 'SourceIdentity', 'Policy', 'PolicyArns'],
    handle: ({ RoleArn = '', RoleSessionName = '', DurationSeconds = DEFAULT_SECONDS }, call) => {
      const role = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(RoleArn)
      if (!role) throw new ServiceError('ValidationError', `${RoleArn} is invalid`)
      const id = `AROA${ids.hex('role-id', 17).toUpperCase()}:${RoleSessionName}`
      return {
        Credentials: credentials(call, DurationSeconds),
        AssumedRoleUser: {
          AssumedRoleId: id,
          Arn: `arn:aws:sts::${role[1]}:assumed-role/${role[2]}/${RoleSessionName}`,
        },
        PackedPolicySize: 0,
      }
    },
  }
  const getSessionToken: Operation<GetSessionTokenRequest, GetSessionTokenResponse> = {
    acts: ['DurationSeconds'],
    ignores: ['SerialNumber', 'TokenCode'],
    handle: ({ DurationSeconds = 43_200 }, call) => ({ Credentials: credentials(call, DurationSeconds) }),
  }
  return { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole, GetSessionToken: getSessionToken }
}
