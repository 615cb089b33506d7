/** Hashes that node:crypto has not. */

const MASK = 2n ** 64n - 1n
const rotateLeft = (value: bigint, count: bigint): bigint => ((value << count) | (value >> (64n - count))) & MASK
const multiply = (a: bigint, b: bigint): bigint => (a * b) & MASK

const PRIME1 = 0x9e3779b185ebca87n
const PRIME2 = 0xc2b2ae3d27d4eb4fn
const PRIME3 = 0x165667b19e3779f9n
const PRIME4 = 0x85ebca77c2b2ae63n
const PRIME5 = 0x27d4eb2f165667c5n

/** XXH64 with seed 0, big-endian. Source: xxHash fast digest algorithm, specification 0.1.1. */
export function xxhash64(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const round = (lane: bigint, input: bigint): bigint =>
    multiply(rotateLeft((lane + multiply(input, PRIME2)) & MASK, 31n), PRIME1)
  let at = 0
  let hash = PRIME5
  if (bytes.length >= 32) {
    const lanes = [(PRIME1 + PRIME2) & MASK, PRIME2, 0n, -PRIME1 & MASK]
    for (; at + 32 <= bytes.length; at += 32) {
      for (const [index, lane] of lanes.entries()) lanes[index] = round(lane, view.getBigUint64(at + index * 8, true))
    }
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint]
    hash = (rotateLeft(a, 1n) + rotateLeft(b, 7n) + rotateLeft(c, 12n) + rotateLeft(d, 18n)) & MASK
    for (const lane of lanes) hash = (multiply(hash ^ round(0n, lane), PRIME1) + PRIME4) & MASK
  }
  hash = (hash + BigInt(bytes.length)) & MASK
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (multiply(rotateLeft(hash ^ round(0n, view.getBigUint64(at, true)), 27n), PRIME1) + PRIME4) & MASK
  }
  if (at + 4 <= bytes.length) {
    hash ^= multiply(BigInt(view.getUint32(at, true)), PRIME1)
    hash = (multiply(rotateLeft(hash, 23n), PRIME2) + PRIME3) & MASK
    at += 4
  }
  for (; at < bytes.length; at++) {
    hash = multiply(rotateLeft(hash ^ multiply(BigInt(bytes[at] as number), PRIME5), 11n), PRIME1)
  }
  hash = multiply(hash ^ (hash >> 33n), PRIME2)
  hash = multiply(hash ^ (hash >> 29n), PRIME3)
  hash ^= hash >> 32n
  const result = new Uint8Array(8)
  new DataView(result.buffer).setBigUint64(0, hash)
  return result
}

const C1 = 0x87c37b91114253d5n
const C2 = 0x4cf5ad432745937fn

function finalMix(value: bigint): bigint {
  let mixed = multiply(value ^ (value >> 33n), 0xff51afd7ed558ccdn)
  mixed = multiply(mixed ^ (mixed >> 33n), 0xc4ceb9fe1a85ec53n)
  return mixed ^ (mixed >> 33n)
}

/** MurmurHash3, 128 bits for x64, seed 0; the two halves little-endian. Source: MurmurHash3 by Austin Appleby (public domain). */
export function murmur3(bytes: Uint8Array): Uint8Array {
  let h1 = 0n
  let h2 = 0n
  const mix1 = (k: bigint): bigint => multiply(rotateLeft(multiply(k, C1), 31n), C2)
  const mix2 = (k: bigint): bigint => multiply(rotateLeft(multiply(k, C2), 33n), C1)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  for (; at + 16 <= bytes.length; at += 16) {
    h1 ^= mix1(view.getBigUint64(at, true))
    h1 = (multiply((rotateLeft(h1, 27n) + h2) & MASK, 5n) + 0x52dce729n) & MASK
    h2 ^= mix2(view.getBigUint64(at + 8, true))
    h2 = (multiply((rotateLeft(h2, 31n) + h1) & MASK, 5n) + 0x38495ab5n) & MASK
  }
  const tail = new Uint8Array(16)
  tail.set(bytes.subarray(at))
  const rest = new DataView(tail.buffer)
  if (bytes.length - at > 8) h2 ^= mix2(rest.getBigUint64(8, true))
  if (bytes.length > at) h1 ^= mix1(rest.getBigUint64(0, true))
  h1 ^= BigInt(bytes.length)
  h2 ^= BigInt(bytes.length)
  h1 = (h1 + h2) & MASK
  h2 = (h2 + h1) & MASK
  h1 = finalMix(h1)
  h2 = finalMix(h2)
  h1 = (h1 + h2) & MASK
  h2 = (h2 + h1) & MASK
  const result = new Uint8Array(16)
  new DataView(result.buffer).setBigUint64(0, h1, true)
  new DataView(result.buffer).setBigUint64(8, h2, true)
  return result
}
