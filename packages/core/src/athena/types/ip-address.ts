/**
 * IPADDRESS values: 16 bytes, IPv4 as ::ffff:a.b.c.d, so that the order of bytes is Trino's order of addresses.
 * Text forms: RFC 4291 section 2.2 (input), RFC 5952 (output); what is refused follows Trino 435.
 */

const DECIMAL_BYTE = /^(?:0|[1-9]\d{0,2})$/

/** The bytes of an address in any text form; undefined where the text is none. A zone index (`%eth0`) is dropped. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = ipv4Bytes(text)
  if (!bytes) return undefined
  const address = new Uint8Array(16)
  address.fill(0xff, 10, 12)
  address.set(bytes, 12)
  return address
}

function ipv4Bytes(text: string): readonly number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const bytes: number[] = []
  for (const part of parts) {
    if (!DECIMAL_BYTE.test(part)) return undefined
    const byte = Number(part)
    if (byte > 255) return undefined
    bytes.push(byte)
  }
  return bytes
}

function parseIpv6(text: string): Uint8Array | undefined {
  const zone = text.indexOf('%')
  const halves = (zone < 0 ? text : text.slice(0, zone)).split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? groups(halves[1] ?? '', true) : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const address = new Uint8Array(16)
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail]
  for (const [index, group] of all.entries()) {
    address[index * 2] = group >> 8
    address[index * 2 + 1] = group & 0xff
  }
  return address
}

/** The 16-bit groups of one side of `::`; the last may be a dotted IPv4 address. */
function groups(text: string, mayEndInIpv4: boolean): readonly number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const result: number[] = []
  for (const [index, part] of parts.entries()) {
    if (mayEndInIpv4 && index === parts.length - 1 && part.includes('.')) {
      const bytes = ipv4Bytes(part)
      if (!bytes) return undefined
      const [a = 0, b = 0, c = 0, d = 0] = bytes
      result.push((a << 8) | b, (c << 8) | d)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
      result.push(Number.parseInt(part, 16))
    }
  }
  return result
}

/** The address as Trino prints it: dotted for IPv4 (mapped ones too), else lower-case RFC 5952 without mixed notation. */
export function formatIpAddress(bytes: Uint8Array): string {
  if (isIpv4(bytes)) return `${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}`
  const words: number[] = []
  for (let index = 0; index < 16; index += 2) words.push(((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0))
  const { start, length } = longestZeroRun(words)
  const hex = words.map((word) => word.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function isIpv4(bytes: Uint8Array): boolean {
  for (let index = 0; index < 10; index++) if (bytes[index] !== 0) return false
  return bytes[10] === 0xff && bytes[11] === 0xff
}

function longestZeroRun(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let length = 0
  for (const [index, word] of words.entries()) {
    length = word === 0 ? length + 1 : 0
    if (length > best.length) best = { start: index - length + 1, length }
  }
  return best
}
