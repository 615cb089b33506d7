import { createReadStream, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Capture, Topology } from '@flowtap/core'
import { UsageError } from './exit-code.ts'
import { filePieces } from './file-pieces.ts'
import type { Streams } from './streams.ts'

/** What a command is told of captures. */
export interface CaptureArguments {
  readonly files: readonly string[]
  /** `ENI=FILE`, each. */
  readonly capture?: readonly string[]
  /** Where all of `files` were taken. */
  readonly interface?: string
}

/** Who is told while captures are read. */
export interface CaptureFileHandlers {
  /** Of damage in a compressed file; what is before it is read. */
  onFault(name: string, message: string): void
  /** How far reading is, 0 to 1; not where a size is not known. */
  onProgress(share: number): void
}

/** What `flowtap synth --pcap` and others call the captures of an ENI. */
const NAMED_AFTER_INTERFACE = /^(eni-[0-9a-f]+)(?:\.pcap|\.pcapng|\.cap)?(?:\.gz)?$/
const CHUNK_BYTES = 1 << 20

/**
 * The captures that the arguments name: files, gzip'd or not, and `-` for standard input. A file that is called as an ENI's id was taken
 * there. Without a design, where a capture was taken does not matter.
 *
 * @throws UsageError for files that are not there and network interfaces that the design does not have.
 */
export async function captureFiles(
  { files, capture = [], interface: everywhere }: CaptureArguments,
  topology: Topology | undefined,
  streams: Streams,
  handlers: CaptureFileHandlers,
): Promise<readonly Capture[]> {
  const wanted = [
    ...files.map((name) => ({ name, at: everywhere ?? (topology && idIn(name, topology)) })),
    ...capture.map(splitPair),
  ]
  if (wanted.length === 0) throw new UsageError('which captures? name pcap or pcapng files, or - for standard input')
  if (wanted.filter(({ name }) => name === '-').length > 1) throw new UsageError('- (standard input) can be read once')
  let readBytes = 0
  let totalBytes: number | undefined = 0
  const captures: Capture[] = []
  for (const { name, at } of wanted) {
    const { size, source } = name === '-' ? { size: undefined, source: streams.stdin } : openCapture(name, streams)
    totalBytes = size === undefined || totalBytes === undefined ? undefined : totalBytes + size
    const counted = counting(source, (bytes) => {
      readBytes += bytes
      if (totalBytes) handlers.onProgress(readBytes / totalBytes)
    })
    captures.push({
      name: name === '-' ? 'standard input' : name,
      bytes: decompressed(counted, (message) => handlers.onFault(name, message)),
      ...(at === undefined || topology === undefined ? {} : { networkInterface: await checkedInterface(at, topology) }),
    })
  }
  return captures
}

function splitPair(pair: string): { readonly name: string; readonly at: string } {
  const at = pair.indexOf('=')
  if (at <= 0 || at === pair.length - 1) {
    throw new UsageError(`--capture ${pair}: write it as ENI=FILE, such as --capture web=web.pcap`)
  }
  return { at: pair.slice(0, at), name: pair.slice(at + 1) }
}

function idIn(name: string, { interfaces }: Topology): string | undefined {
  const id = NAMED_AFTER_INTERFACE.exec(basename(name))?.[1]
  return interfaces.some((networkInterface) => networkInterface.id === id) ? id : undefined
}

async function checkedInterface(word: string, topology: Topology): Promise<string> {
  // Loaded where there is a design: commands without one start sooner.
  const { interfaceNamed } = await import('@flowtap/core')
  try {
    return interfaceNamed(topology, word).id
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error
  }
}

function openCapture(
  name: string,
  { workingDirectory }: Streams,
): { readonly size: number; readonly source: AsyncIterable<Uint8Array> } {
  const path = resolve(workingDirectory, name)
  try {
    const found = statSync(path)
    if (found.isDirectory()) throw new UsageError(`${name} is a folder; name the captures in it`)
    // A pipe's bytes come when they come.
    const source = found.isFile() ? filePieces(path) : createReadStream(path, { highWaterMark: CHUNK_BYTES })
    return { size: found.size, source }
  } catch (error) {
    if (error instanceof UsageError) throw error
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new UsageError(`cannot read ${name}: ${isMissing ? 'there is no such file' : String(error)}`)
  }
}

async function* counting(
  source: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk.length)
    yield chunk
  }
}

/** The bytes as they are, or decompressed where they begin as gzip (RFC 1952, section 2.3.1) does. */
async function* decompressed(
  source: AsyncGenerator<Uint8Array>,
  onFault: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const first = await source.next()
  if (first.done) return
  const whole = (async function* () {
    yield first.value
    yield* source
  })()
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* whole
    return
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // Faults come out of the loop below.
  pipeline(Readable.from(whole, { objectMode: true }), gunzip, () => undefined)
  try {
    yield* gunzip as AsyncIterable<Uint8Array>
  } catch (error) {
    onFault(
      `the gzip data is damaged (${error instanceof Error ? error.message : String(error)}); what is before it was read`,
    )
  }
}
