import { refuse, refuseUnsupported } from '../rule-fault.ts'

const LITERAL_ESCAPES: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 }

/** An expression's bytes as they are read, and the escapes that stand for one byte. */
export class PatternReader {
  readonly #pattern: string
  readonly bytes: Uint8Array
  /** Where it reads. */
  at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
    this.bytes = new TextEncoder().encode(pattern)
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  /** Throws a RuleFault that says where in the expression. */
  refuse(why: string): never {
    return refuse(`the expression /${this.#pattern}/ is wrong near its byte ${this.at + 1}: ${why}`)
  }

  /** Throws a RuleFault for what the inspector does not have. */
  unsupported(what: string): never {
    return refuseUnsupported(`the expression /${this.#pattern}/ has ${what}, which the inspector does not support`)
  }

  /** The character at a place from here; empty at the end. */
  peek(ahead = 0): string {
    const byte = this.bytes[this.at + ahead]
    return byte === undefined ? '' : String.fromCharCode(byte)
  }

  /** Passes over a text that stands here; false where it does not. */
  eat(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) if (this.peek(index) !== text[index]) return false
    this.at += text.length
    return true
  }

  /** The next byte, passed over. */
  next(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) return this.refuse('it ends too early')
    this.at += 1
    return byte
  }

  /** The byte that an escape outside of classes of characters stands for. */
  escapedByte(byte: number): number {
    const letter = String.fromCharCode(byte)
    const simple = Object.hasOwn(LITERAL_ESCAPES, letter) ? LITERAL_ESCAPES[letter] : undefined
    if (simple !== undefined) return simple
    if (letter === 'x') return this.#hexByte()
    if (letter === 'o') {
      const digits = /^\{([0-7]{1,6})\}/.exec(this.text(8))
      if (!digits) return this.refuse('\\o takes octal digits in braces')
      this.at += digits[0].length
      return this.#byteValue(Number.parseInt(digits[1] ?? '', 8))
    }
    if (letter === 'c') {
      const next = this.next()
      if (next < 32 || next > 126) this.refuse('\\c takes a printable character')
      return (next >= 0x61 && next <= 0x7a ? next - 32 : next) ^ 64
    }
    if (letter >= '0' && letter <= '7') {
      const digits = /^[0-7]{0,2}/.exec(this.text(2))?.[0] ?? ''
      this.at += digits.length
      return this.#byteValue(Number.parseInt(letter + digits, 8))
    }
    if (letter === 'p' || letter === 'P' || letter === 'X')
      return this.unsupported(`\\${letter}, a property of Unicode`)
    if (/[A-Za-z0-9]/.test(letter)) return this.refuse(`\\${letter} means nothing`)
    return byte
  }

  #hexByte(): number {
    const text = this.text(12)
    const braced = /^\{([0-9A-Fa-f]{1,8})\}/.exec(text)
    if (braced) {
      this.at += braced[0].length
      return this.#byteValue(Number.parseInt(braced[1] ?? '', 16))
    }
    const digits = /^[0-9A-Fa-f]{0,2}/.exec(text)?.[0] ?? ''
    this.at += digits.length
    return digits === '' ? 0 : Number.parseInt(digits, 16)
  }

  #byteValue(value: number): number {
    if (value > 255) this.refuse(`the character ${value.toString(16)} is no byte`)
    return value
  }

  /** What stands here, of at most so many bytes. */
  text(length: number): string {
    return String.fromCharCode(...this.bytes.subarray(this.at, this.at + length))
  }
}
