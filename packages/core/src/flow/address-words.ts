import type { IpVersion } from '../net/ip-address.ts'

/** The bits of an address: an IpAddress, or a slot's words on their way to another table. */
export interface AddressWords {
  readonly version: IpVersion
  /** Words 0 to 2 are 0 for IPv4. */
  readonly word0: number
  readonly word1: number
  readonly word2: number
  readonly word3: number
}

/** An address as a slot gives it back; one object serves many flows. */
export class MutableAddress implements AddressWords {
  version: IpVersion = 4
  word0 = 0
  word1 = 0
  word2 = 0
  word3 = 0

  set(address: AddressWords): void {
    this.version = address.version
    this.word0 = address.word0
    this.word1 = address.word1
    this.word2 = address.word2
    this.word3 = address.word3
  }
}
