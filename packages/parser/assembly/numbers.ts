/** What `parseDigits` gives for a text that is no number of at most 19 digits: larger than every number that is. */
export const NO_NUMBER: u64 = u64.MAX_VALUE

const ZEROS: u64 = 0x3030303030303030

/** Up to eight digits at once; `digits` is from 1 to 8. Reads eight bytes wherever the text ends. */
// @ts-ignore: decorator
@inline
function digitsWord(at: usize, digits: u32): u64 {
  // The first digit is the lowest byte. The shift drops what follows the text and fills zeros in front.
  return (load<u64>(at) ^ ZEROS) << ((8 - digits) << 3)
}

/** Nonzero where a byte of the word is not from 0 to 9. */
// @ts-ignore: decorator
@inline
function nonDigits(word: u64): u64 {
  return (word | (word + 0x7676767676767676)) & 0x8080808080808080
}

/** Eight digits to their value by three multiplications: pairs, then fours, then all. */
// @ts-ignore: decorator
@inline
function wordValue(word: u64): u64 {
  word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ff
  word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffff
  return (word * 10000 + (word >> 32)) & 0x00000000ffffffff
}

/** The value of a text of 1 to 19 digits, or NO_NUMBER. */
// @ts-ignore: decorator
@inline
export function parseDigits(at: usize, length: u32): u64 {
  if (length - 1 < 8) {
    const word = digitsWord(at, length)
    return nonDigits(word) ? NO_NUMBER : wordValue(word)
  }
  return parseLongDigits(at, length)
}

function parseLongDigits(at: usize, length: u32): u64 {
  if (length - 1 >= 19) return NO_NUMBER
  const low = digitsWord(at + length - 8, 8)
  if (length <= 16) {
    const high = digitsWord(at, length - 8)
    return nonDigits(low) | nonDigits(high) ? NO_NUMBER : wordValue(high) * 100000000 + wordValue(low)
  }
  const middle = digitsWord(at + length - 16, 8)
  const high = digitsWord(at, length - 16)
  return nonDigits(low) | nonDigits(middle) | nonDigits(high)
    ? NO_NUMBER
    : (wordValue(high) * 100000000 + wordValue(middle)) * 100000000 + wordValue(low)
}
