import type { BufferDirection, BufferName } from '../../rules/buffer-names.ts'
import { TransactionMemory, type TransactionView } from '../../rules/match-context.ts'
import type { ApplicationProtocol } from '../../rules/signature.ts'
import type { ExtractedFile } from './extracted-file.ts'

/** One exchange of an application protocol, as rules and events see it. */
export abstract class Transaction implements TransactionView {
  abstract readonly application: ApplicationProtocol
  readonly memory: TransactionMemory = new TransactionMemory()
  /** Counted from 0 in its flow. */
  readonly id: number
  isRequestComplete = false
  isResponseComplete = false
  /** Something that rules of a direction have not seen yet. */
  isNewToServer = false
  isNewToClient = false
  isLogged = false
  /** Suricata's names of what is wrong with it. */
  readonly anomalies: string[] = []
  /** Files that are complete, in the order of their ends. */
  readonly files: ExtractedFile[] = []

  constructor(id: number) {
    this.id = id
  }

  get isComplete(): boolean {
    return this.isRequestComplete && this.isResponseComplete
  }

  /** Rules on the stream look at what is there of a direction: this transaction has something for them that is whole. */
  get isReadyToServer(): boolean {
    return this.isNewToServer
  }

  get isReadyToClient(): boolean {
    return this.isNewToClient
  }

  get dnsOpcode(): number | undefined {
    return undefined
  }

  get tlsVersion(): number | undefined {
    return undefined
  }

  /** No more of it will come. */
  finish(): void {
    this.isRequestComplete = true
    this.isResponseComplete = true
  }

  abstract buffer(name: BufferName, direction: BufferDirection, index: number): Uint8Array | undefined
}

/** Text with one character per byte as those bytes. */
export function textBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}
