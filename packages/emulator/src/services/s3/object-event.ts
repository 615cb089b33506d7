/** What S3 tells EventBridge of an object. Source: S3 user guide, "Using EventBridge" and "EventBridge event types and detail". */
export interface ObjectEvent {
  readonly detailType:
    | 'Object Created'
    | 'Object Deleted'
    | 'Object Tags Added'
    | 'Object Tags Deleted'
    | 'Object ACL Updated'
  readonly bucket: string
  /** The bucket's. */
  readonly region: string
  readonly timeMilliseconds: number
  /** As S3 has it in `detail`. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** Given each event of a bucket that sends them, within the transaction that makes it: what it changes is kept with the object, or not. */
export type ObjectEventListener = (event: ObjectEvent) => void

/** Who has made an event. */
export interface EventOrigin {
  readonly requestId: string
  /** An account, or a service such as `s3.amazonaws.com`. */
  readonly requester: string
  readonly nowMilliseconds: number
  /** Why, as S3 says it: the operation's name. */
  readonly reason?: string
}

/** The object as events have it. */
export interface EventObject {
  readonly key: string
  readonly size?: number
  readonly etag?: string
  readonly versionId?: string
  readonly sequence?: number
}

/** The address that events name as their sender's. */
const SOURCE_ADDRESS = '127.0.0.1'

/** The `detail` of an event. */
export function eventDetail(
  bucket: string,
  { key, size, etag, versionId, sequence }: EventObject,
  { requestId, requester, reason }: EventOrigin,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    version: '0',
    bucket: { name: bucket },
    object: {
      key,
      ...(size !== undefined && { size }),
      ...(etag !== undefined && { etag }),
      ...(versionId !== undefined && versionId !== 'null' && { 'version-id': versionId }),
      ...(sequence !== undefined && { sequencer: sequence.toString(16).toUpperCase().padStart(18, '0') }),
    },
    'request-id': requestId,
    requester,
    'source-ip-address': SOURCE_ADDRESS,
    ...(reason !== undefined && { reason }),
    ...more,
  }
}
