/** The place of `needle` in `bytes` from `from` on, ending by `end`; -1 without one. With `isNocase`, ASCII letters of either case match. */
export function findBytes(bytes: Uint8Array, needle: Uint8Array, isNocase: boolean, from: number, end: number): number {
  const { length } = needle
  const last = end - length
  if (length === 0) return from <= last ? from : -1
  const first = isNocase ? lower(needle[0] ?? 0) : (needle[0] ?? 0)
  const upper = isNocase && first >= 0x61 && first <= 0x7a ? first - 32 : first
  for (let at = from; at <= last; at += 1) {
    const byte = bytes[at]
    if (byte !== first && byte !== upper) continue
    let index = 1
    if (isNocase) while (index < length && lower(bytes[at + index] ?? 0) === lower(needle[index] ?? 0)) index += 1
    else while (index < length && bytes[at + index] === needle[index]) index += 1
    if (index === length) return at
  }
  return -1
}

/** An ASCII letter in lower case, other bytes as they are. */
export function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}
