// The kernel's memory is laid out by hand: one region after another, and nothing is freed before `reset`.

let top: usize = __heap_base

/** Forgets every region. */
export function resetMemory(): void {
  top = __heap_base
}

/** A region, aligned to cache lines. It may hold what an earlier layout left there. */
export function allocate(bytes: usize): usize {
  const start = (top + 63) & ~63
  top = start + bytes
  const pages = <i32>((top + 0xffff) >> 16)
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) unreachable()
  return start
}

export function allocateZeros(bytes: usize): usize {
  const start = allocate(bytes)
  memory.fill(start, 0, bytes)
  return start
}
