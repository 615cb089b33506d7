import { AthenaError } from '../errors.ts'

/** `s3://bucket/key`: the key may be empty. */
export interface S3Uri {
  readonly bucket: string
  readonly key: string
}

/** undefined for what is no S3 URI with a bucket in it. */
export function parseS3Uri(uri: string): S3Uri | undefined {
  const match = /^s3:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(uri)
  return match ? { bucket: match[1] ?? '', key: match[2] ?? '' } : undefined
}

export function requireS3Uri(uri: string): S3Uri {
  const parsed = parseS3Uri(uri)
  if (parsed === undefined) {
    throw new AthenaError('INVALID_INPUT', `'${uri}' is not a valid S3 path.`, {
      remedy: 'An S3 path is written s3://bucket/prefix/.',
    })
  }
  return parsed
}

export function formatS3Uri(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`
}

/** S3's order of keys: by their UTF-8 bytes. */
export function compareKeys(left: string, right: string): number {
  // Code units have the order of the bytes as long as no character takes two of them.
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return left < right ? -1 : left > right ? 1 : 0
}

const SURROGATE = /[\ud800-\udfff]/
