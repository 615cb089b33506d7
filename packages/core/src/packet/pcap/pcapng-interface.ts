//  Options of an Interface Description Block (draft-ietf-opsawg-pcapng section 4.2) that say its name and what its times mean:
//
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |      Option code              |         Option length         |
//  |      Value, padded to 32 bits                                 |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** An interface of a pcapng section. */
export interface PcapngInterface {
  /** undefined without one. */
  readonly name: string | undefined
  readonly linkType: number
  /** 0: no limit. */
  readonly snapLength: number
  readonly unitsPerSecond: bigint
  /** Whole seconds to be added to its times. */
  readonly offsetSeconds: number
}

const END_OF_OPTIONS = 0
const NAME = 2
const TIME_RESOLUTION = 9
const TIME_OFFSET = 14
const DEFAULT_UNITS_PER_SECOND = 1_000_000n
/** About 35,000 years: beyond it an offset is no time. */
const LARGEST_OFFSET_SECONDS = 2n ** 40n

/** The interface that a block's body describes, `undefined` where its options do not fit it. */
export function readPcapngInterface(body: DataView, littleEndian: boolean): PcapngInterface | undefined {
  if (body.byteLength < 8) return undefined
  let unitsPerSecond = DEFAULT_UNITS_PER_SECOND
  let offsetSeconds = 0n
  let name: string | undefined
  for (let at = 8; at < body.byteLength; ) {
    if (at + 4 > body.byteLength) return undefined
    const code = body.getUint16(at, littleEndian)
    const length = body.getUint16(at + 2, littleEndian)
    const value = at + 4
    if (code === END_OF_OPTIONS) break
    if (value + length > body.byteLength) return undefined
    if (code === NAME) name = readText(body, value, length)
    if (code === TIME_RESOLUTION && length === 1) unitsPerSecond = unitsOf(body.getUint8(value))
    if (code === TIME_OFFSET && length === 8) offsetSeconds = body.getBigInt64(value, littleEndian)
    at = value + ((length + 3) & ~3)
  }
  if (offsetSeconds > LARGEST_OFFSET_SECONDS || offsetSeconds < -LARGEST_OFFSET_SECONDS) return undefined
  return {
    name,
    linkType: body.getUint16(0, littleEndian),
    snapLength: body.getUint32(4, littleEndian),
    unitsPerSecond,
    offsetSeconds: Number(offsetSeconds),
  }
}

/** The two halves of a time as whole seconds since 1970 and nanoseconds; finer fractions are cut off. */
export function pcapngTime(
  high: number,
  low: number,
  { unitsPerSecond, offsetSeconds }: PcapngInterface,
): readonly [seconds: number, nanoseconds: number] {
  // Microseconds stay exact as numbers until the year 2255.
  if (unitsPerSecond === DEFAULT_UNITS_PER_SECOND && high < 0x20_0000) {
    const units = high * 0x1_0000_0000 + low
    const seconds = Math.floor(units / 1e6)
    return [seconds + offsetSeconds, (units - seconds * 1e6) * 1000]
  }
  const units = (BigInt(high) << 32n) | BigInt(low)
  const nanoseconds = ((units % unitsPerSecond) * 1_000_000_000n) / unitsPerSecond
  return [Number(units / unitsPerSecond) + offsetSeconds, Number(nanoseconds)]
}

/** The resolution option: a negative power of 10, or with the highest bit of 2. */
function unitsOf(resolution: number): bigint {
  const exponent = BigInt(resolution & 0x7f)
  return (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent
}

/** UTF-8; some writers end it with a zero. */
function readText(body: DataView, at: number, length: number): string | undefined {
  const text = new TextDecoder().decode(new Uint8Array(body.buffer, body.byteOffset + at, length)).replace(/\0+$/, '')
  return text === '' ? undefined : text
}
