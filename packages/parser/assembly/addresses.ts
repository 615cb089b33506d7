// The same rules as src/field-decoders.ts, which has their sources.

const DOT: u32 = 0x2e
const COLON: u32 = 0x3a
const ZERO: u32 = 0x30

export function isAddress(start: usize, end: usize): bool {
  return isIpv4Address(start, end) || isIpv6Address(start, end)
}

function isIpv4Address(start: usize, end: usize): bool {
  let at = start
  let octets = 1
  while (true) {
    const first = at
    let value: u32 = 0
    while (at < end && isDigit(load<u8>(at))) {
      value = value * 10 + (load<u8>(at) - ZERO)
      at += 1
      if (at - first > 3) return false
    }
    if (at === first || value > 255 || (at - first > 1 && load<u8>(first) === ZERO)) return false
    if (octets === 4) return at === end
    if (at === end || load<u8>(at) !== DOT) return false
    at += 1
    octets += 1
  }
}

function isIpv6Address(start: usize, end: usize): bool {
  let at = start
  let groups = 0
  let compressed = false
  if (end - start < 2) return false
  if (load<u8>(at) === COLON) {
    if (load<u8>(at + 1) !== COLON) return false
    compressed = true
    at += 2
    if (at === end) return true
  }
  while (groups < 8) {
    const first = at
    while (at < end && isHexDigit(load<u8>(at))) at += 1
    if (at < end && load<u8>(at) === DOT) {
      return isIpv4Address(first, end) && (compressed ? groups < 6 : groups === 6)
    }
    if (at === first || at - first > 4) return false
    groups += 1
    if (at === end) return compressed ? groups < 8 : groups === 8
    if (load<u8>(at) !== COLON) return false
    at += 1
    if (at === end) return false
    if (load<u8>(at) === COLON) {
      if (compressed) return false
      compressed = true
      at += 1
      if (at === end) return groups < 8
    }
  }
  return false
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u32): bool {
  return byte - ZERO <= 9
}

// @ts-ignore: decorator
@inline
function isHexDigit(byte: u32): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 <= 5
}
