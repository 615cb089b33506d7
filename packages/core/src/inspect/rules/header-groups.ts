import { type AddressRange, parseAddresses } from './address-set.ts'
import { parsePorts } from './port-set.ts'
import type { PortRange } from './signature.ts'
import type { RuleVariables } from './variables.ts'

/** The addresses and ports of rules' headers. Each text is read once, since a file's rules name the same few again and again. */
export class HeaderGroups {
  readonly #variables: RuleVariables
  readonly #addresses = new Map<string, readonly AddressRange[] | undefined>()
  readonly #ports = new Map<string, readonly PortRange[] | undefined>()

  constructor(variables: RuleVariables) {
    this.#variables = variables
  }

  /** As {@link parseAddresses}. */
  addresses(text: string): readonly AddressRange[] | undefined {
    const known = this.#addresses.get(text)
    if (known !== undefined || this.#addresses.has(text)) return known
    const read = parseAddresses(text, this.#variables.addresses)
    this.#addresses.set(text, read)
    return read
  }

  /** As {@link parsePorts}. */
  ports(text: string): readonly PortRange[] | undefined {
    const known = this.#ports.get(text)
    if (known !== undefined || this.#ports.has(text)) return known
    const read = parsePorts(text, this.#variables.ports)
    this.#ports.set(text, read)
    return read
  }
}
