// Builds pcapng files for tests, block by block (draft-ietf-opsawg-pcapng section 3), in either byte order.

export class PcapngBuilder {
  readonly #littleEndian: boolean
  readonly #blocks: Uint8Array[] = []

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian
  }

  /** Where the next block starts. */
  get length(): number {
    return this.#blocks.reduce((sum, block) => sum + block.length, 0)
  }

  section(): this {
    return this.block(0x0a0d0d0a, [u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffff_ffff), u32(0xffff_ffff)])
  }

  interface(
    linkType: number,
    snapLength = 0,
    options: readonly (readonly [code: number, value: readonly Field[]])[] = [],
  ): this {
    const written = options.flatMap(([code, value]) => {
      const length = value.reduce((sum, field) => sum + field.size, 0)
      return [u16(code), u16(length), ...value, ...padding(length)]
    })
    return this.block(1, [
      u16(linkType),
      u16(0),
      u32(snapLength),
      ...written,
      ...(options.length > 0 ? [u16(0), u16(0)] : []),
    ])
  }

  enhancedPacket(interfaceIndex: number, time: bigint, data: Uint8Array, originalLength: number = data.length): this {
    const times = [u32(Number(time >> 32n)), u32(Number(time & 0xffff_ffffn))]
    return this.block(6, [u32(interfaceIndex), ...times, u32(data.length), u32(originalLength), ...raw(data)])
  }

  obsoletePacket(interfaceIndex: number, time: bigint, data: Uint8Array, originalLength: number = data.length): this {
    const times = [u32(Number(time >> 32n)), u32(Number(time & 0xffff_ffffn))]
    return this.block(2, [u16(interfaceIndex), u16(7), ...times, u32(data.length), u32(originalLength), ...raw(data)])
  }

  simplePacket(data: Uint8Array, originalLength: number = data.length): this {
    return this.block(3, [u32(originalLength), ...raw(data)])
  }

  /** Any block; its body is a multiple of 4 bytes. */
  block(type: number, body: readonly Field[]): this {
    const length = body.reduce((sum, field) => sum + field.size, 12)
    const bytes = new Uint8Array(length)
    const view = new DataView(bytes.buffer)
    let at = 0
    for (const field of [u32(type), u32(length), ...body, u32(length)]) {
      field.write(view, at, this.#littleEndian)
      at += field.size
    }
    this.#blocks.push(bytes)
    return this
  }

  finish(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#blocks))
  }
}

export interface Field {
  readonly size: number
  write(view: DataView, at: number, littleEndian: boolean): void
}

export const u8 = (value: number): Field => ({ size: 1, write: (view, at) => view.setUint8(at, value) })
export const u16 = (value: number): Field => ({
  size: 2,
  write: (view, at, little) => view.setUint16(at, value, little),
})
export const u32 = (value: number): Field => ({
  size: 4,
  write: (view, at, little) => view.setUint32(at, value, little),
})
export const i64 = (value: bigint): Field => ({
  size: 8,
  write: (view, at, little) => view.setBigInt64(at, value, little),
})
/** Bytes, padded to a multiple of 4. */
export const raw = (data: Uint8Array): readonly Field[] => [...[...data].map(u8), ...padding(data.length)]

function padding(length: number): readonly Field[] {
  return Array.from({ length: (4 - (length & 3)) & 3 }, () => u8(0))
}
