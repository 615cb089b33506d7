import type { ByteSpan } from '../../state/blob-store.ts'
import { ServiceError } from '../../wire/service-error.ts'

/**
 * The bytes that a Range header asks for; undefined for headers that are passed over, as those with several ranges or other units are.
 * Source: RFC 9110, section 14.1.2; S3 API reference, GetObject: several ranges are not supported.
 * @throws ServiceError InvalidRange for ranges that have no byte in the object.
 */
export function parseRange(range: string, size: number): ByteSpan | undefined {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range)
  if (!match) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    if (length === 0) throw invalidRange(range, size)
    return { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return undefined
  if (start >= size) throw invalidRange(range, size)
  return { start, end }
}

/** The span of a copy: it has to lie within the source. @throws ServiceError InvalidArgument, InvalidRange. */
export function parseCopyRange(range: string, size: number): ByteSpan {
  const match = /^bytes=(\d+)-(\d+)$/.exec(range)
  const [start, last] = [Number(match?.[1]), Number(match?.[2])]
  if (!match || last < start) {
    throw new ServiceError(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      { details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: range } },
    )
  }
  if (last >= size) {
    throw new ServiceError('InvalidArgument', `Range specified is not valid for source object of size: ${size}`, {
      details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: range },
    })
  }
  return { start, end: last + 1 }
}

function invalidRange(range: string, size: number): ServiceError {
  return new ServiceError('InvalidRange', 'The requested range is not satisfiable', {
    status: 416,
    details: { RangeRequested: range, ActualObjectSize: size },
    headers: { 'content-range': `bytes */${size}` },
  })
}
