/** One packet of a capture file. */
export interface CapturePacket {
  /** Counted from 1 over the file, as Wireshark counts frames. */
  readonly number: number
  /** A link type of tcpdump.org's list. */
  readonly linkType: number
  /** Of the section's interfaces, counted from 0. */
  readonly interfaceIndex: number
  /** What pcapng calls the interface (option if_name); undefined where it has no name, as in pcap. */
  readonly interfaceName: string | undefined
  /** False in pcapng's Simple Packet Blocks, which have none; the time is 0 then. */
  readonly hasTime: boolean
  /** Whole seconds since 1970. */
  readonly timeSeconds: number
  /** 0 to 999,999,999, to be added. */
  readonly timeNanoseconds: number
  /** What was captured: a view into the chunk that was pushed, or into a buffer of its own. */
  readonly data: Uint8Array
  /** Bytes of the packet on the wire, at least those of `data`. */
  readonly originalLength: number
  /** Byte of the file at which the packet's record or block starts. */
  readonly offset: number
}

/** The packet's time in microseconds since 1970, exact, nanoseconds cut off. */
export function captureTimeMicroseconds({ timeSeconds, timeNanoseconds }: CapturePacket): number {
  return timeSeconds * 1e6 + Math.floor(timeNanoseconds / 1000)
}

/** The packet's time in nanoseconds since 1970. */
export function captureTimeNanoseconds({ timeSeconds, timeNanoseconds }: CapturePacket): bigint {
  return BigInt(timeSeconds) * 1_000_000_000n + BigInt(timeNanoseconds)
}
