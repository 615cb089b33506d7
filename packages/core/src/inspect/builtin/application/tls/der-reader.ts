/** One element of DER (ITU-T X.690 section 8.1): tag and the place of its content. */
export interface DerElement {
  readonly tag: number
  /** Of the tag itself. */
  readonly start: number
  readonly contentStart: number
  readonly end: number
}

/** The element at `start`; undefined where it does not fit before `end`. Tags of one byte, definite lengths of up to four. */
export function readDer(bytes: Uint8Array, start: number, end: number): DerElement | undefined {
  if (end - start < 2) return undefined
  const tag = bytes[start] as number
  let length = bytes[start + 1] as number
  let contentStart = start + 2
  if (length >= 0x80) {
    const count = length & 0x7f
    if (count === 0 || count > 4 || end - contentStart < count) return undefined
    length = 0
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[contentStart + index] as number)
    contentStart += count
  }
  if (length > end - contentStart) return undefined
  return { tag, start, contentStart, end: contentStart + length }
}

/** The elements within an element, as far as they are well formed; at most `most`. */
export function derChildren(bytes: Uint8Array, { contentStart, end }: DerElement, most = 64): readonly DerElement[] {
  const children: DerElement[] = []
  for (let at = contentStart; at < end && children.length < most; ) {
    const child = readDer(bytes, at, end)
    if (!child) break
    children.push(child)
    at = child.end
  }
  return children
}
