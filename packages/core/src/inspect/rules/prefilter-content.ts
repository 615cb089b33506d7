import type { BufferMatch } from './signature.ts'

/** The content that announces a rule: where it is absent, the rule cannot match. */
export interface PrefilterContent {
  readonly match: BufferMatch
  readonly bytes: Uint8Array
}

/** The content marked `fast_pattern`, else the longest that is not negated; undefined where all are negated or there is none. */
export function prefilterContent(buffers: readonly BufferMatch[]): PrefilterContent | undefined {
  let best: PrefilterContent | undefined
  for (const match of buffers) {
    for (const test of match.tests) {
      if (test.kind !== 'content' || test.isNegated || test.bytes.length === 0) continue
      const marked = test.fastPattern
      if (marked && marked.length > 0) {
        return { match, bytes: test.bytes.subarray(marked.offset, marked.offset + marked.length) }
      }
      if (best === undefined || test.bytes.length > best.bytes.length) best = { match, bytes: test.bytes }
    }
  }
  return best
}
