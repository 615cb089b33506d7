import type { BufferDirection, BufferName } from '../../rules/buffer-names.ts'
import { TransactionMemory, type TransactionView } from '../../rules/match-context.ts'
import type { ApplicationProtocol } from '../../rules/signature.ts'
import type { ExtractedFile } from './extracted-file.ts'

/** Most transactions have neither files nor anomalies: they hold no list of their own. */
const NOTHING: readonly never[] = []

/** One exchange of an application protocol, as rules and events see it. */
export abstract class Transaction implements TransactionView {
  abstract readonly application: ApplicationProtocol
  #memory: TransactionMemory | undefined
  /** Counted from 0 in its flow. */
  readonly id: number
  isRequestComplete = false
  isResponseComplete = false
  /** Something that rules of a direction have not seen yet. */
  isNewToServer = false
  isNewToClient = false
  isLogged = false
  #anomalies: string[] | undefined
  #files: ExtractedFile[] | undefined

  constructor(id: number) {
    this.id = id
  }

  get memory(): TransactionMemory {
    this.#memory ??= new TransactionMemory()
    return this.#memory
  }

  /** Suricata's names of what is wrong with it. */
  get anomalies(): readonly string[] {
    return this.#anomalies ?? NOTHING
  }

  /** Files that are complete, in the order of their ends. */
  get files(): readonly ExtractedFile[] {
    return this.#files ?? NOTHING
  }

  addAnomaly(event: string): void {
    if (this.#anomalies) this.#anomalies.push(event)
    else this.#anomalies = [event]
  }

  /** The anomalies, which are told then. */
  takeAnomalies(): readonly string[] {
    const anomalies = this.#anomalies
    this.#anomalies = undefined
    return anomalies ?? NOTHING
  }

  addFile(file: ExtractedFile): void {
    if (this.#files) this.#files.push(file)
    else this.#files = [file]
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

  /** Rules of a direction were asked: what was only made for them may go, and is made again where it is asked for once more. */
  settle(): void {
    // Nothing is made for rules unless a protocol says so.
  }

  abstract buffer(name: BufferName, direction: BufferDirection, index: number): Uint8Array | undefined
}

/** Text with one character per byte as those bytes. */
export function textBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}
