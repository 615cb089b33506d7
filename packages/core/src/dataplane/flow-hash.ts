import type { Packet } from '../packet/packet.ts'

/**
 * An unsigned 32-bit hash of a packet's protocol, addresses and ports: equal for all packets of one direction of a flow. The TCP
 * sequence number, which balancers hash as well, tells connections with the same ports apart.
 */
export function flowHash(packet: Packet, tcpSequence = 0): number {
  let hash = mix(mix(packet.source.hash, packet.protocol), tcpSequence)
  hash = mix(hash, packet.destination.hash)
  return mix(hash, (packet.sourcePort << 16) | packet.destinationPort) >>> 0
}

/** The same for both directions of a flow. */
export function symmetricFlowHash(packet: Packet): number {
  const source = mix(packet.source.hash, packet.sourcePort)
  const destination = mix(packet.destination.hash, packet.destinationPort)
  return mix(source ^ destination, (source + destination) ^ packet.protocol) >>> 0
}

/** A step of MurmurHash3's 32-bit mixing (public domain, Austin Appleby), which spreads each bit over the word. */
function mix(hash: number, value: number): number {
  let mixed = hash ^ Math.imul(value, 0xcc9e2d51)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
