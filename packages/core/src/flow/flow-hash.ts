import type { AddressWords } from './address-words.ts'

/** The hash of a flow's key. */
export function flowHash(
  observer: number,
  aspect: number,
  source: AddressWords,
  destination: AddressWords,
  ports: number,
  protocol: number,
): number {
  let hash = Math.imul(source.word3 ^ (destination.word3 << 16) ^ (destination.word3 >>> 16), 0x85ebca6b) ^ ports
  if (source.version === 6) {
    hash = Math.imul(hash ^ (hash >>> 14) ^ source.word0 ^ (destination.word0 << 7), 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 16) ^ source.word1 ^ (destination.word1 << 11), 0xc2b2ae35)
    hash = Math.imul(hash ^ (hash >>> 15) ^ source.word2 ^ (destination.word2 << 13), 0x27d4eb2f)
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ ((observer << 3) | aspect) ^ (protocol << 24)
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f)
  return hash ^ (hash >>> 16)
}
