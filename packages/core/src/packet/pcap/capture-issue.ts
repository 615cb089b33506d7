import type { CapturePacket } from './capture-packet.ts'

/** What can be wrong with a capture file. */
export type CaptureIssueCode =
  | 'empty-file'
  /** Neither pcap nor pcapng. */
  | 'unknown-format'
  /** A variant that is not read. */
  | 'unsupported-format'
  /** The file ends inside a record or block. */
  | 'truncated-file'
  /** A length that cannot be: what follows cannot be found any more. */
  | 'invalid-length'
  /** A block contradicts itself; it is left out. */
  | 'invalid-block'
  /** A block is longer than is read; it is left out. */
  | 'block-too-long'
  /** A packet of an interface that the file does not describe; it is left out. */
  | 'unknown-interface'

/** Something in a capture file that cannot be read, and where it stands. */
export interface CaptureIssue {
  readonly code: CaptureIssueCode
  /** Byte of the file, counted from 0. */
  readonly offset: number
  /** What went wrong, the value received, what is allowed, and what was read all the same. */
  readonly message: string
}

/** What a reader of capture files calls. */
export interface CaptureHandlers {
  readonly onPacket: (packet: CapturePacket) => void
  readonly onIssue: (issue: CaptureIssue) => void
}
