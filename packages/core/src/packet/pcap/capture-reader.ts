import type { CaptureHandlers, CaptureIssueCode } from './capture-issue.ts'
import { ChunkWindow } from './chunk-window.ts'
import type { CaptureFormatReader } from './format-reader.ts'
import { PCAP_MAGIC, PCAP_NANOSECOND_MAGIC, PcapReader } from './pcap-reader.ts'
import { PCAPNG_SECTION_HEADER, PcapngReader } from './pcapng-reader.ts'

const MAGIC_LENGTH = 4
/** Formats that are told by name: those of patched libpcap versions, of network monitors, and compressed files. */
const UNSUPPORTED: ReadonlyMap<number, string> = new Map([
  [0xa1b2cd34, "a modified pcap format (Kuznetsov's)"],
  [0x34cdb2a1, "a modified pcap format (Kuznetsov's)"],
  [0x0a0d0d00, 'a pcapng file whose line ends were changed'],
  [0x736e6f6f, 'a snoop file'],
  [0x474d4255, 'a file of Microsoft Network Monitor'],
  [0x28b52ffd, 'compressed by zstd; decompress it first'],
  [0x04224d18, 'compressed by lz4; decompress it first'],
])
const GZIP = 0x1f8b

/**
 * Reads capture files, pcap (times in microseconds or nanoseconds) and pcapng, in either byte order, as they come: `push` chunks of any
 * size, then `end`. Packets and issues are handed over in the order of the file. It holds at most one block or packet, whatever the
 * file's size. It never throws; of a damaged file the packets before the damage are read.
 */
export class CaptureReader {
  readonly #handlers: CaptureHandlers
  readonly #window = new ChunkWindow()
  #reader: CaptureFormatReader | undefined
  #isStopped = false

  constructor(handlers: CaptureHandlers) {
    this.#handlers = handlers
  }

  /** Reads a chunk. Packets' data may be views into it: leave it unchanged as long as they are in use. */
  push(chunk: Uint8Array): void {
    if (this.#isStopped) return
    this.#window.push(chunk)
    this.#reader ??= this.#chooseReader()
    let state: 'read' | 'incomplete' | 'stop' = 'read'
    while (state === 'read' && this.#reader) state = this.#reader.readNext(this.#window)
    if (state === 'stop') this.#isStopped = true
    if (!this.#isStopped) this.#window.keepRest()
  }

  /** Says that the file ends here. */
  end(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    const { offset, available } = this.#window
    if (offset === 0 && available === 0) this.#fail('empty-file', 0, 'the file is empty')
    else if (!this.#reader && available < MAGIC_LENGTH) this.#fail('unknown-format', 0, unknownFormat('too short'))
    else if (available > 0 || this.#reader?.isInsideBlock) {
      const message = 'the file ends inside a record or block; the packets before it were read'
      this.#fail('truncated-file', offset + available, message)
    }
  }

  #chooseReader(): CaptureFormatReader | undefined {
    const start = this.#window.view(MAGIC_LENGTH)
    if (!start) return undefined
    const magic = new DataView(start.buffer, start.byteOffset, MAGIC_LENGTH)
    const big = magic.getUint32(0)
    const little = magic.getUint32(0, true)
    if (big === PCAPNG_SECTION_HEADER) return new PcapngReader(this.#handlers)
    for (const [number, littleEndian] of [
      [big, false],
      [little, true],
    ] as const) {
      if (number === PCAP_MAGIC) return new PcapReader(this.#handlers, littleEndian, false)
      if (number === PCAP_NANOSECOND_MAGIC) return new PcapReader(this.#handlers, littleEndian, true)
    }
    this.#isStopped = true
    const known = big >>> 16 === GZIP ? 'compressed by gzip; decompress it first' : UNSUPPORTED.get(big)
    if (known) this.#fail('unsupported-format', 0, `the file is ${known}; pcap and pcapng are read`)
    else this.#fail('unknown-format', 0, unknownFormat(`it starts with 0x${big.toString(16).padStart(8, '0')}`))
    return undefined
  }

  #fail(code: CaptureIssueCode, offset: number, message: string): void {
    this.#handlers.onIssue({ code, offset, message })
  }
}

function unknownFormat(reason: string): string {
  return `the file is neither pcap nor pcapng: ${reason}`
}
