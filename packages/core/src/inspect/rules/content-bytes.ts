import { refuse } from './rule-fault.ts'
import { short } from './rule-text.ts'

/**
 * The bytes of a `content`: text with hexadecimal bytes between bars (`GET|20 2f|`); a backslash stands before `;`, `:`, `"` and itself.
 * Characters beyond ASCII are their UTF-8 bytes. Throws a RuleFault.
 */
export function parseContentBytes(text: string): Uint8Array {
  const source = new TextEncoder().encode(text)
  const bytes: number[] = []
  let isHex = false
  let high = -1
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] ?? 0
    if (byte === 0x7c) {
      if (high >= 0) refuse(`half of a hexadecimal byte in '${short(text)}': each byte between bars has two digits`)
      isHex = !isHex
    } else if (isHex) {
      if (byte === 0x20) continue
      const digit = hexDigit(byte)
      if (digit < 0)
        refuse(
          `'${String.fromCharCode(byte)}' is no hexadecimal digit in '${short(text)}'; between bars stand bytes as |0d 0a|`,
        )
      if (high < 0) high = digit
      else {
        bytes.push(high * 16 + digit)
        high = -1
      }
    } else if (byte === 0x5c) {
      at += 1
      const next = source[at]
      if (next !== 0x5c && next !== 0x3a && next !== 0x3b && next !== 0x22) {
        refuse(`a backslash in '${short(text)}' stands before none of ; : " \\; write \\\\ for itself`)
      } else {
        bytes.push(next)
      }
    } else if (byte === 0x22) {
      refuse(`a quotation mark in '${short(text)}' needs a backslash before it`)
    } else {
      bytes.push(byte)
    }
  }
  if (isHex) refuse(`a bar is missing in '${short(text)}': hexadecimal bytes stand between two`)
  return Uint8Array.from(bytes)
}

/** The value of a hexadecimal digit's character code; -1 for others. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
