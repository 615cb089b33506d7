import zlib from 'node:zlib'
import { AthenaError } from '../errors.ts'
import type { TextCompression } from './text-reader.ts'

/**
 * Compression of a text object by the ending of its name, as Hive and Trino tell it: exactly these letters, whatever the
 * bytes are. Source: Trino, CompressionKind; measured against Trino 476 (`.GZ` and `.gzip` are plain text there).
 *
 * @throws AthenaError NOT_SUPPORTED for what Athena can read and this engine cannot.
 */
export function textCompression(uri: string): TextCompression {
  const ending = /\.([^./]*)$/.exec(uri)?.[1] ?? ''
  switch (ending) {
    case 'gz':
      return 'gzip'
    case 'deflate':
      return 'deflate'
    case 'zst':
      if ('createZstdDecompress' in zlib) return 'zstd'
      throw unsupported(uri, 'zstd is read with Node.js 22.15 and later')
    case 'bz2':
    case 'lz4':
    case 'lzo':
    case 'lzo_deflate':
    case 'snappy':
      throw unsupported(uri, `Text compressed as ${ending} is not read by the embedded engine`)
    default:
      return 'none'
  }
}

function unsupported(uri: string, reason: string): AthenaError {
  return new AthenaError('NOT_SUPPORTED', `Error opening Hive split ${uri}: ${reason}`, {
    remedy: 'Compress the object with gzip, or leave it out of the table.',
  })
}
