/** Texts of which a line must hold one or the other. */
export type LineCondition = readonly string[]

/** Leaves lines out of a block of whole lines; may leave all in. */
export type LineFilter = (block: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>

/**
 * A filter that keeps every line that meets all conditions. Looking for a text in a block costs a fraction of what making
 * rows of its lines does. Where many lines have it, looking further costs more than it saves: then the block stays whole.
 *
 * Like `createTextReader` the function uses nothing but its arguments: its own text is what the worker runs.
 */
export function createLineFilter(
  { Buffer: bytesOf }: Pick<typeof import('node:buffer'), 'Buffer'>,
  conditions: readonly LineCondition[],
): LineFilter {
  const NEWLINE = 10
  const MANY_LINES = 32
  /** Where more than one byte in so many is kept, the block stays whole. */
  const WORTHWHILE = 6

  const encoded = conditions.map((texts) => texts.map((text) => bytesOf.from(text, 'utf8')))
  // The one that is found fastest: with the fewest and longest texts.
  const shortest = (texts: readonly Uint8Array[]): number => Math.min(...texts.map((text) => text.length))
  const [sought, ...others] = encoded.toSorted((a, b) => a.length - b.length || shortest(b) - shortest(a))

  return (block) => {
    if (sought === undefined) return block
    const bytes = bytesOf.from(block.buffer, block.byteOffset, block.length)
    const nextAt = sought.map((text) => bytes.indexOf(text))
    const kept: [start: number, end: number][] = []
    let keptBytes = 0
    for (;;) {
      let at = -1
      for (const place of nextAt) if (place !== -1 && (at === -1 || place < at)) at = place
      if (at === -1) break
      const start = bytes.lastIndexOf(NEWLINE, at) + 1
      const end = bytes.indexOf(NEWLINE, at) + 1
      const line = bytes.subarray(start, end)
      if (others.every((texts) => texts.some((text) => line.includes(text)))) {
        kept.push([start, end])
        keptBytes += end - start
        if (kept.length > MANY_LINES && keptBytes * WORTHWHILE > end) return block
      }
      for (let index = 0; index < sought.length; index++) {
        const place = nextAt[index] as number
        if (place !== -1 && place < end) nextAt[index] = bytes.indexOf(sought[index] as Uint8Array, end)
      }
    }
    const result = new Uint8Array(keptBytes)
    let length = 0
    for (const [start, end] of kept) {
      result.set(block.subarray(start, end), length)
      length += end - start
    }
    return result
  }
}
