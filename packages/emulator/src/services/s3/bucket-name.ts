import { isIP } from 'node:net'
import { ServiceError } from '../../wire/service-error.ts'

const PREFIXES = ['xn--', 'sthree-', 'amzn-s3-demo-']
const SUFFIXES = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3', '-an']

/** Whether a text can be a bucket's name. Source: S3 user guide, "General purpose bucket naming rules". */
export function isBucketName(name: string): boolean {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return false
  if (name.includes('..') || isIP(name) !== 0) return false
  return !PREFIXES.some((prefix) => name.startsWith(prefix)) && !SUFFIXES.some((suffix) => name.endsWith(suffix))
}

/** @throws ServiceError InvalidBucketName. */
export function requireBucketName(name: string): void {
  if (isBucketName(name)) return
  throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.', { details: { BucketName: name } })
}
