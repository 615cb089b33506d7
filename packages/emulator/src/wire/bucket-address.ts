import { isIP } from 'node:net'
import { decodedPath } from './rest-route.ts'

/** A request's bucket, and the path within it. */
export interface BucketAddress {
  readonly bucket: string | undefined
  /** `/` and the key, percent-encoded. */
  readonly path: string
}

/** What stands between the bucket and the rest of a host: `bucket.s3.localhost`, `bucket.s3.eu-west-1.localhost`, `bucket.s3-website…`. */
const HOST_WITH_SERVICE = /^(.+)\.s3[.-]/
const HOST_WITHOUT_SERVICE = /^([a-z0-9][a-z0-9.-]*)\.localhost$/

/** The bucket of an S3 request: in the host's name (virtual-host style), else the path's first part. Source: S3 user guide, "Virtual hosting of buckets". */
export function bucketAddress(host: string, path: string): BucketAddress {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const inHost = isIP(name) === 0 ? (HOST_WITH_SERVICE.exec(name)?.[1] ?? withoutService(name)) : undefined
  if (inHost !== undefined) return { bucket: inHost, path }
  const end = path.indexOf('/', 1)
  const first = end < 0 ? path.slice(1) : path.slice(1, end)
  if (first === '') return { bucket: undefined, path: '/' }
  return { bucket: decodedPath(first), path: end < 0 ? '/' : path.slice(end) }
}

function withoutService(name: string): string | undefined {
  const bucket = HOST_WITHOUT_SERVICE.exec(name)?.[1]
  return bucket === 's3' || bucket?.startsWith('s3.') ? undefined : bucket
}
