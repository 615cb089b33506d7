/** Where choices come from that AWS makes at random: seeded, so that the same seed gives the same simulation. */
export interface RandomSource {
  /** A whole number from 0 to 2^32 - 1. */
  nextUint32(): number
}
