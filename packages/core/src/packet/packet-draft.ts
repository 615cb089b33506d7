import type { PacketFields } from './packet.ts'

/**
 * The fields of a packet while it is read. All drafts have one shape, with every field in its place from the start, so that making
 * packets of them is fast; optional fields have their defaults.
 */
export type PacketDraft = {
  -readonly [K in keyof Required<PacketFields>]: K extends MayBeMissing
    ? Exclude<PacketFields[K], undefined> | undefined
    : Exclude<PacketFields[K], undefined>
}

type MayBeMissing = 'payload' | 'quoted' | 'quotedLength' | 'tunnel'

const NO_BYTES = new Uint8Array(0)

/** A draft of what every IP header says. */
export function packetDraft(
  source: PacketFields['source'],
  destination: PacketFields['destination'],
  protocol: number,
  hopLimit: number,
  trafficClass: number,
  ipOptions: Uint8Array,
): PacketDraft {
  return {
    source,
    destination,
    protocol,
    sourcePort: 0,
    destinationPort: 0,
    hopLimit,
    trafficClass,
    ipOptions,
    identification: 0,
    dontFragment: false,
    fragmentOffset: 0,
    moreFragments: false,
    tcpFlags: 0,
    tcpSequence: 0,
    tcpAcknowledgment: 0,
    tcpWindow: 0,
    tcpOptions: NO_BYTES,
    udpLength: 0,
    hasUdpChecksum: true,
    unseenSum: 0,
    icmpType: 0,
    icmpCode: 0,
    icmpIdentifier: 0,
    icmpSequence: 0,
    icmpMtu: 0,
    quoted: undefined,
    quotedLength: undefined,
    payload: undefined,
    payloadOffset: 0,
    payloadLength: 0,
    tunnel: undefined,
  }
}
