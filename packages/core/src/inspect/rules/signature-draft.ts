import { BUFFERS, type BufferDirection, type BufferName } from './buffer-names.ts'
import type { Classification } from './classifications.ts'
import { refuse } from './rule-fault.ts'
import type {
  ApplicationProtocol,
  BufferTest,
  ContentTest,
  FlowbitCommand,
  FlowRequirement,
  NumberTest,
  PacketTest,
  Threshold,
  TransactionTest,
  Transformation,
} from './signature.ts'

/** A content while its rule is read: modifiers that follow complete it. */
export type DraftContent = { -readonly [Key in keyof ContentTest]: ContentTest[Key] } & {
  isRawbytes: boolean
  hasOffsetOrDepth: boolean
}

/** The tests on one buffer while the rule is read. */
export interface DraftBuffer {
  readonly buffer: BufferName
  readonly transformations: Transformation[]
  readonly tests: (Exclude<BufferTest, ContentTest> | DraftContent)[]
}

/** What was read of a rule so far. Keywords fill it in; `finishSignature` checks the whole and makes a signature of it. */
export class SignatureDraft {
  readonly classifications: Readonly<Record<string, Classification>>
  application: ApplicationProtocol | undefined
  sid: number | undefined
  gid: number | undefined
  rev: number | undefined
  msg: string | undefined
  classtype: string | undefined
  priority: number | undefined
  target: 'src_ip' | 'dest_ip' | undefined
  flow: FlowRequirement | undefined
  threshold: Threshold | undefined
  detectionFilter: Threshold | undefined
  isNoalert = false
  readonly references: { system: string; id: string }[] = []
  readonly metadata: { key: string; value: string }[] = []
  readonly flowbits: FlowbitCommand[] = []
  readonly packetTests: PacketTest[] = []
  readonly transactionTests: TransactionTest[] = []
  readonly buffers: DraftBuffer[] = []
  readonly variables: Map<string, number> = new Map()
  /** Lengths asked of the URI by `urilen`, for the check against contents. */
  readonly uriLengths: NumberTest[] = []
  isAnyTransportHeader = false
  /** The sticky buffer in force; undefined where contents go to the payload. */
  sticky: DraftBuffer | undefined
  /** The content that modifiers refer to. */
  lastContent: { readonly content: DraftContent; readonly buffer: DraftBuffer } | undefined

  constructor(classifications: Readonly<Record<string, Classification>>) {
    this.classifications = classifications
  }

  /** The tests on a buffer without transformations, made where there are none. */
  bufferOf(name: BufferName): DraftBuffer {
    const found = this.buffers.find(({ buffer, transformations }) => buffer === name && transformations.length === 0)
    if (found) return found
    const made: DraftBuffer = { buffer: name, transformations: [], tests: [] }
    this.buffers.push(made)
    return made
  }

  /** Where a test goes that follows now. */
  current(): DraftBuffer {
    if (!this.sticky) return this.bufferOf('payload')
    if (!this.buffers.includes(this.sticky)) {
      const key = transformationKey(this.sticky.transformations)
      const same = MULTIPLE.has(this.sticky.buffer)
        ? undefined
        : this.buffers.find(
            ({ buffer, transformations }) =>
              buffer === this.sticky?.buffer && transformationKey(transformations) === key,
          )
      if (same) this.sticky = same
      else this.buffers.push(this.sticky)
    }
    return this.sticky
  }

  /** A sticky buffer begins; `undefined` goes back to the payload. */
  stick(name: BufferName | undefined): void {
    this.#checkSticky()
    this.sticky = name === undefined ? undefined : { buffer: name, transformations: [], tests: [] }
    this.lastContent = undefined
    if (name !== undefined) this.bindTo(name)
  }

  /** The rule belongs to the buffer's application layer from now on. */
  bindTo(name: BufferName): void {
    const { application } = BUFFERS[name]
    if (application === undefined) return
    this.bindToApplication(application)
  }

  bindToApplication(application: ApplicationProtocol): void {
    if (this.application !== undefined && this.application !== application) {
      refuse(
        `the rule looks into ${application}, but its header or another keyword binds it to ${this.application}; one rule has one`,
      )
    }
    this.application = application
  }

  /** After the last option: a sticky buffer without tests is a fault. */
  endSticky(): void {
    this.#checkSticky()
  }

  /** The number of a variable that a `byte_extract` before fills. */
  variable(keyword: string, name: string): { readonly variable: number } {
    const variable = this.variables.get(name)
    if (variable === undefined) {
      return refuse(`${keyword} takes a number or the name of a byte_extract that stands before it, not '${name}'`)
    }
    return { variable }
  }

  #checkSticky(): void {
    const { sticky } = this
    if (!sticky || sticky.tests.length > 0) return
    // A urilen after http.uri belongs to the same buffer.
    const same = this.buffers.find(({ buffer, tests }) => buffer === sticky.buffer && tests.length > 0)
    if (!same || sticky.transformations.length > 0) {
      refuse(`the sticky buffer ${sticky.buffer} has no tests: a content, pcre, bsize or the like has to follow it`)
    }
  }
}

/** Buffers of which a transaction has several: naming one again asks for another. */
const MULTIPLE: ReadonlySet<BufferName> = new Set(['dns.query', 'file.data'])

/** Tells lists of transformations apart. */
export function transformationKey(transformations: readonly Transformation[]): string {
  return transformations.map((each) => (typeof each === 'string' ? each : `xor ${each.key.join(' ')}`)).join()
}

/** The directions in which a buffer can be seen. */
export function directionsOf(name: BufferName): readonly BufferDirection[] {
  return BUFFERS[name].directions
}
