/** The upper bytes of Numerical Recipes' linear congruential generator; scapy_segments.py makes the same. */
export function pseudoRandomBytes(length) {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}
