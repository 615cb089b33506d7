import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type FlowLogSource, findFiles } from '@flowtap/parser'
import { UsageError } from './exit-code.ts'
import { s3Client } from './s3-client.ts'
import type { Streams } from './streams.ts'

/** What the paths of `flowtap parse` mean: `-` is standard input, `s3://…` objects, everything else files. */
export async function flowLogSource(
  paths: readonly string[],
  streams: Streams,
): Promise<{ readonly source: FlowLogSource; readonly totalBytes: number | undefined }> {
  if (paths.includes('-')) {
    if (paths.length > 1) throw new UsageError('- (standard input) cannot be mixed with other paths')
    return { source: streams.stdin as AsyncIterable<Uint8Array>, totalBytes: undefined }
  }
  const remote = paths.filter((path) => path.startsWith('s3://'))
  if (remote.length > 0) {
    if (remote.length < paths.length) throw new UsageError('s3:// paths and local paths cannot be mixed in one run')
    const { s3Source } = await import('@flowtap/parser/s3')
    return { source: s3Source({ client: await s3Client(), url: remote }), totalBytes: undefined }
  }
  const local = paths.map((path) => resolve(streams.workingDirectory, path))
  let totalBytes = 0
  for await (const file of findFiles(local)) {
    if ('name' in file) totalBytes += (await stat(file.name).catch(() => undefined))?.size ?? 0
  }
  return { source: { paths: local }, totalBytes }
}
