import { type DnsMessage, decodeDnsMessage } from '../../../../packet/dns/dns-message.ts'
import { dnsNameLabels } from '../../../../packet/dns/dns-name.ts'
import type { BufferDirection, BufferName } from '../../../rules/buffer-names.ts'
import type { Direction } from '../../flow/flow.ts'
import { INSPECTION_LIMITS } from '../../inspection-limits.ts'
import { PARSE_FAILED, type StreamParser } from '../stream-parser.ts'
import { Transaction, textBytes } from '../transaction.ts'

/** One DNS message: Suricata 7 counts queries and answers as transactions of their own. */
export class DnsTransaction extends Transaction {
  readonly application = 'dns' as const
  readonly message: DnsMessage
  /** The header's second 16 bits. */
  readonly flags: number

  constructor(id: number, message: DnsMessage, flags: number) {
    super(id)
    this.message = message
    this.flags = flags
    this.isRequestComplete = true
    this.isResponseComplete = true
    if (message.isResponse) this.isNewToClient = true
    else this.isNewToServer = true
  }

  override get dnsOpcode(): number {
    return this.message.opcode
  }

  buffer(name: BufferName, direction: BufferDirection, index: number): Uint8Array | undefined {
    if (name !== 'dns.query' || direction !== 'toserver' || this.message.isResponse) return undefined
    const question = this.message.questions[index]
    return question && textBytes(dnsNameText(question.name))
  }
}

/** A name as Suricata shows it: its labels' bytes, joined by dots. */
export function dnsNameText(name: string): string {
  // Escapes are rare: most names are their own text.
  return name.includes('\\') ? dnsNameLabels(name).join('.') : name === '.' ? '' : name
}

const HEADER_LENGTH = 12

/** DNS in datagrams, or over TCP behind a two-byte length. */
export class DnsParser implements StreamParser {
  readonly name = 'dns'
  readonly transactions: Transaction[] = []
  readonly anomalies: string[] = []
  readonly isEncrypted = false
  #count = 0

  parse(_direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (end - at >= 2) {
      const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
      if (length < HEADER_LENGTH) {
        this.anomalies.push('MALFORMED_DATA')
        return PARSE_FAILED
      }
      if (end - at < length + 2) break
      this.message(bytes, at + 2, at + 2 + length)
      at += length + 2
    }
    return at - start
  }

  /** One message; false where it is none. */
  message(bytes: Uint8Array, start: number, end: number): boolean {
    const message = decodeDnsMessage(bytes, start, end)
    if (message.kind === 'issue') {
      // A message that is only cut is passed over in silence, as Suricata does.
      if (message.code !== 'truncated') this.anomalies.push('MALFORMED_DATA')
      return false
    }
    if (this.transactions.length >= INSPECTION_LIMITS.transactions) this.transactions.shift()
    const flags = ((bytes[start + 2] as number) << 8) | (bytes[start + 3] as number)
    const transaction = new DnsTransaction(this.#count, message, flags)
    this.#count += 1
    if ((flags & 0x40) !== 0) transaction.addAnomaly('Z_FLAG_SET')
    this.transactions.push(transaction)
    return true
  }

  skip(): boolean {
    return false
  }

  finish(): void {
    // Every message stands for itself.
  }
}
