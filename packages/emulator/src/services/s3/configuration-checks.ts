import { createHash } from 'node:crypto'
import { ServiceError } from '../../wire/service-error.ts'
import type { BucketStore } from './bucket-store.ts'
import { invalidArgument, invalidRequest, malformedXml } from './s3-errors.ts'
import type { BucketRow } from './s3-rows.ts'

// What S3 takes of each configuration; the result is what is kept. Source: S3 API reference, the operations' pages.

/** Rules as several configurations have them. */
export interface ConfigurationRules {
  readonly Rules?: readonly Readonly<Record<string, unknown>>[]
}

/** A policy's text. @throws ServiceError MalformedPolicy. */
export function checkPolicy(policy: string): string {
  let document: unknown
  try {
    document = JSON.parse(policy)
  } catch {
    throw malformedPolicy('This policy contains invalid Json')
  }
  if (!policy.startsWith('{')) {
    throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'")
  }
  const { Statement } = document as { readonly Statement?: unknown }
  const statements = Array.isArray(Statement) ? Statement : Statement === undefined ? [] : [Statement]
  if (statements.length === 0) throw malformedPolicy('Missing required field Statement')
  for (const statement of statements) {
    const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement ?? {}
    if (Effect !== 'Allow' && Effect !== 'Deny') throw malformedPolicy(`Invalid effect: ${Effect ?? ''}`)
    if (Principal === undefined && NotPrincipal === undefined) throw malformedPolicy('Missing required field Principal')
    if (Action === undefined && NotAction === undefined) throw malformedPolicy('Missing required field Action')
    if (Resource === undefined && NotResource === undefined) throw malformedPolicy('Missing required field Resource')
  }
  return policy
}

/** @throws ServiceError MalformedXML, InvalidRequest. */
export function checkCors(value: { readonly CORSRules?: readonly Readonly<Record<string, unknown>>[] }): unknown {
  const { CORSRules = [] } = value
  if (CORSRules.length === 0 || CORSRules.length > 100) throw malformedXml()
  for (const { AllowedMethods, AllowedOrigins } of CORSRules) {
    if (!Array.isArray(AllowedOrigins) || AllowedOrigins.length === 0 || !Array.isArray(AllowedMethods)) {
      throw malformedXml()
    }
    const unknown = AllowedMethods.find((method) => !['GET', 'PUT', 'HEAD', 'POST', 'DELETE'].includes(method))
    if (unknown !== undefined) {
      throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`)
    }
  }
  return value
}

/** Rules, each with an id. @throws ServiceError MalformedXML, InvalidArgument. */
export function checkLifecycle(
  value: ConfigurationRules | undefined,
  _bucket: BucketRow,
  _buckets: BucketStore,
  besides: Readonly<Record<string, unknown>>,
): unknown {
  const rules = value?.Rules ?? []
  if (rules.length === 0 || rules.length > 1000) throw malformedXml()
  const seen = new Set<unknown>()
  const named = rules.map((rule) => {
    if (rule.Status !== 'Enabled' && rule.Status !== 'Disabled') throw malformedXml()
    const id = rule.ID ?? createHash('sha256').update(JSON.stringify(rule)).digest('base64url').slice(0, 48)
    if (seen.has(id)) throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule', 'ID', id)
    seen.add(id)
    return { ...rule, ID: id }
  })
  const { TransitionDefaultMinimumObjectSize = 'all_storage_classes_128K' } = besides
  return { Rules: named, TransitionDefaultMinimumObjectSize }
}

/** The default encryption, complete. @throws ServiceError MalformedXML, InvalidArgument. */
export function checkEncryption({ Rules = [] }: ConfigurationRules): unknown {
  if (Rules.length !== 1) throw malformedXml()
  const { ApplyServerSideEncryptionByDefault: standard, BucketKeyEnabled } = Rules[0] as {
    readonly ApplyServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string }
    readonly BucketKeyEnabled?: boolean
  }
  if (standard) {
    if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(standard.SSEAlgorithm ?? '')) throw malformedXml()
    if (standard.SSEAlgorithm === 'AES256' && standard.KMSMasterKeyID !== undefined) {
      const message = 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse'
      throw invalidArgument(message, 'KMSMasterKeyID', standard.KMSMasterKeyID)
    }
  }
  return { Rules: [{ ...Rules[0], BucketKeyEnabled: BucketKeyEnabled ?? false }] }
}

/** @throws ServiceError InvalidArgument. */
export function checkWebsite(value: Readonly<Record<string, unknown>>): unknown {
  const { RedirectAllRequestsTo, IndexDocument } = value as {
    readonly RedirectAllRequestsTo?: object
    readonly IndexDocument?: { readonly Suffix?: string }
  }
  if (RedirectAllRequestsTo) return value
  if (!IndexDocument)
    throw invalidArgument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      'null',
    )
  if (!IndexDocument.Suffix || IndexDocument.Suffix.includes('/')) {
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', IndexDocument.Suffix)
  }
  return value
}

/** @throws ServiceError InvalidTargetBucketForLogging. */
export function checkLogging(
  value: { readonly LoggingEnabled?: { readonly TargetBucket?: string } },
  _bucket: BucketRow,
  { tables }: BucketStore,
): unknown {
  const target = value.LoggingEnabled?.TargetBucket
  if (target !== undefined && !tables.buckets.has(target)) {
    throw new ServiceError('InvalidTargetBucketForLogging', 'The target bucket for logging does not exist', {
      details: { TargetBucket: target },
    })
  }
  return value
}

/** Events go to EventBridge; other targets are refused, as nothing would come to them. */
export function checkNotification(value: Readonly<Record<string, unknown>>): unknown {
  for (const name of ['TopicConfigurations', 'QueueConfigurations', 'LambdaFunctionConfigurations']) {
    const targets = value[name]
    if (!Array.isArray(targets) || targets.length === 0) continue
    throw new ServiceError(
      'NotImplemented',
      `PutBucketNotificationConfiguration: flowtap does not send events to ${name}; use EventBridgeConfiguration, and a rule with that target.`,
      { status: 501 },
    )
  }
  return value
}

function malformedPolicy(message: string): ServiceError {
  return new ServiceError('MalformedPolicy', message)
}
