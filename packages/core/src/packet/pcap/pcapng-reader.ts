import type { CaptureHandlers, CaptureIssueCode } from './capture-issue.ts'
import type { ChunkWindow } from './chunk-window.ts'
import type { CaptureFormatReader } from './format-reader.ts'
import { type PcapngInterface, pcapngTime, readPcapngInterface } from './pcapng-interface.ts'

//  The pcapng format (draft-ietf-opsawg-pcapng section 3.1): blocks, in the byte order of the section that they stand in:
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                          Block type                           |
//  |                      Block total length                       |
//  |              Body, padded to 32 bits                          |
//  |                      Block total length                       |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export const PCAPNG_SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
const OBSOLETE_PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
/** Type and two lengths. */
const LEAST_BLOCK = 12
const LEAST_SECTION_HEADER = 28
const BODY_START = 8
const TRAILER = 4
/** Blocks that are read are held in memory; longer ones are skipped. */
export const LONGEST_BLOCK_BYTES: number = 1 << 20

const READ_TYPES: ReadonlySet<number> = new Set([
  PCAPNG_SECTION_HEADER,
  INTERFACE_DESCRIPTION,
  OBSOLETE_PACKET,
  SIMPLE_PACKET,
  ENHANCED_PACKET,
])

/** A packet block's fields, whatever its type. */
interface PacketFields {
  readonly interfaceIndex: number
  readonly time: readonly [high: number, low: number] | undefined
  readonly capturedLength: number
  readonly originalLength: number
  /** Where in the body the packet starts. */
  readonly dataStart: number
}

/** Reads pcapng. */
export class PcapngReader implements CaptureFormatReader {
  readonly #handlers: CaptureHandlers
  #littleEndian = false
  /** Of the section; `undefined` stands for one whose description cannot be read. */
  #interfaces: (PcapngInterface | undefined)[] = []
  #packets = 0
  /** What is left to be skipped of a block, its second length aside, and that length. */
  #skipping: { left: number; totalLength: number } | undefined

  constructor(handlers: CaptureHandlers) {
    this.#handlers = handlers
  }

  get isInsideBlock(): boolean {
    return this.#skipping !== undefined
  }

  readNext(window: ChunkWindow): 'read' | 'incomplete' | 'stop' {
    if (this.#skipping) return this.#skip(window, this.#skipping)
    const start = window.view(LEAST_BLOCK)
    if (!start) return 'incomplete'
    const header = viewOf(start)
    // Reads the same in both byte orders.
    const isSection = header.getUint32(0) === PCAPNG_SECTION_HEADER
    if (isSection && !this.#readByteOrder(header, window.offset)) return 'stop'
    const type = header.getUint32(0, this.#littleEndian)
    const totalLength = header.getUint32(4, this.#littleEndian)
    const least = isSection ? LEAST_SECTION_HEADER : LEAST_BLOCK
    if (totalLength < least || totalLength % 4 !== 0) {
      return this.#stop(
        'invalid-length',
        window.offset + 4,
        `a block of type ${type} has length ${totalLength}; a multiple of 4 from ${least} on is possible`,
      )
    }
    if (!READ_TYPES.has(type)) return this.#startSkipping(totalLength)
    if (totalLength > LONGEST_BLOCK_BYTES) {
      const message = `a block of type ${type} has ${totalLength} bytes; up to ${LONGEST_BLOCK_BYTES} are read, so it is left out`
      this.#handlers.onIssue({ code: 'block-too-long', offset: window.offset, message })
      return this.#startSkipping(totalLength)
    }
    const block = window.view(totalLength)
    if (!block) return 'incomplete'
    if (!this.#checkTrailer(viewOf(block).getUint32(totalLength - TRAILER, this.#littleEndian), totalLength, window)) {
      return 'stop'
    }
    return this.#readBlock(type, block, window)
  }

  #readBlock(type: number, block: Uint8Array, window: ChunkWindow): 'read' | 'stop' {
    const { offset } = window
    const body = block.subarray(BODY_START, block.length - TRAILER)
    window.consume(block.length)
    if (type === PCAPNG_SECTION_HEADER) {
      const major = viewOf(body).getUint16(4, this.#littleEndian)
      this.#interfaces = []
      return major === 1 ? 'read' : this.#stop('unsupported-format', offset + 12, `pcapng version ${major} is not read`)
    }
    if (type === INTERFACE_DESCRIPTION) {
      const description = readPcapngInterface(viewOf(body), this.#littleEndian)
      if (!description) this.#reject('invalid-block', offset, 'the options of an interface description do not fit it')
      this.#interfaces.push(description)
      return 'read'
    }
    this.#readPacket(type, body, offset)
    return 'read'
  }

  #readPacket(type: number, body: Uint8Array, offset: number): void {
    const number = this.#packets + 1
    this.#packets = number
    const fields = this.#packetFields(type, viewOf(body))
    if (!fields) {
      this.#reject('invalid-block', offset, `the block of packet ${number} is too short for its fields`)
      return
    }
    const { interfaceIndex, time, capturedLength, dataStart } = fields
    if (dataStart + capturedLength > body.length) {
      const room = body.length - dataStart
      const message = `packet ${number} has a captured length of ${capturedLength}, its block has ${room} bytes for it`
      this.#reject('invalid-block', offset, message)
      return
    }
    const described = this.#interfaces[interfaceIndex]
    if (!described) {
      const message = `packet ${number} is of interface ${interfaceIndex}; the section describes ${this.#interfaces.length}`
      this.#reject('unknown-interface', offset, message)
      return
    }
    const [timeSeconds, timeNanoseconds] = time ? pcapngTime(time[0], time[1], described) : [0, 0]
    this.#handlers.onPacket({
      number,
      linkType: described.linkType,
      interfaceIndex,
      interfaceName: described.name,
      hasTime: time !== undefined,
      timeSeconds,
      timeNanoseconds,
      data: body.subarray(dataStart, dataStart + capturedLength),
      originalLength: Math.max(capturedLength, fields.originalLength),
      offset,
    })
  }

  #packetFields(type: number, body: DataView): PacketFields | undefined {
    const word = (at: number): number => body.getUint32(at, this.#littleEndian)
    if (type === SIMPLE_PACKET) {
      if (body.byteLength < 4) return undefined
      const originalLength = word(0)
      const limit = this.#interfaces[0]?.snapLength || Number.POSITIVE_INFINITY
      const capturedLength = Math.min(originalLength, limit, body.byteLength - 4)
      return { interfaceIndex: 0, time: undefined, capturedLength, originalLength, dataStart: 4 }
    }
    if (body.byteLength < 20) return undefined
    // The obsolete block has a count of lost packets in the lower half of the first word.
    const interfaceIndex = type === OBSOLETE_PACKET ? body.getUint16(0, this.#littleEndian) : word(0)
    return {
      interfaceIndex,
      time: [word(4), word(8)],
      capturedLength: word(12),
      originalLength: word(16),
      dataStart: 20,
    }
  }

  #readByteOrder(header: DataView, offset: number): boolean {
    this.#littleEndian = header.getUint32(8, true) === BYTE_ORDER_MAGIC
    if (this.#littleEndian || header.getUint32(8) === BYTE_ORDER_MAGIC) return true
    const found = `0x${header.getUint32(8).toString(16).padStart(8, '0')}`
    this.#stop('invalid-block', offset + 8, `a section header has the byte-order magic 0x1a2b3c4d, not ${found}`)
    return false
  }

  #startSkipping(totalLength: number): 'read' {
    this.#skipping = { left: totalLength - TRAILER, totalLength }
    return 'read'
  }

  #skip(window: ChunkWindow, skipping: { left: number; totalLength: number }): 'read' | 'incomplete' | 'stop' {
    skipping.left -= window.consume(skipping.left)
    const trailer = skipping.left === 0 ? window.view(TRAILER) : undefined
    if (!trailer) return 'incomplete'
    this.#skipping = undefined
    if (!this.#checkTrailer(viewOf(trailer).getUint32(0, this.#littleEndian), skipping.totalLength, window))
      return 'stop'
    window.consume(TRAILER)
    return 'read'
  }

  #checkTrailer(found: number, totalLength: number, window: ChunkWindow): boolean {
    if (found === totalLength) return true
    this.#stop('invalid-length', window.offset, `a block's two lengths differ: ${totalLength} and ${found}`)
    return false
  }

  #stop(code: CaptureIssueCode, offset: number, message: string): 'stop' {
    const text = `${message}: the file is damaged here. The ${this.#packets} packets before it were read`
    this.#handlers.onIssue({ code, offset, message: text })
    return 'stop'
  }

  #reject(code: CaptureIssueCode, offset: number, message: string): void {
    this.#handlers.onIssue({ code, offset, message: `${message}; it is left out` })
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
