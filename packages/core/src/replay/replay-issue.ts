import type { PacketIssueCode } from '../packet/packet-issue.ts'
import type { CaptureIssueCode } from '../packet/pcap/capture-issue.ts'

/** What can be wrong with a capture that is replayed. */
export type ReplayIssueCode =
  | CaptureIssueCode
  | PacketIssueCode
  /** Neither of the packet's addresses is one of the ENI that the capture was taken at. */
  | 'not-at-interface'
  /** Several ENIs have the packet's addresses, and nothing tells which one is meant. */
  | 'ambiguous-address'
  /** The packet's time is too far from the others' to be one. */
  | 'implausible-time'

/** Something in a capture that could not be used, and where it stands. */
export interface ReplayIssue {
  readonly code: ReplayIssueCode
  /** The capture's name. */
  readonly capture: string
  /** Of the packet in its capture, counted from 1; undefined for issues of the file. */
  readonly packetNumber: number | undefined
  /** Byte of the file: of the issue, or of the packet's record. */
  readonly offset: number
  /** What went wrong, the value received, what is allowed. */
  readonly message: string
}

/** `file: packet 7: message`, for people. */
export function formatReplayIssue({ capture, packetNumber, offset, message }: ReplayIssue): string {
  return `${capture}: ${packetNumber === undefined ? `byte ${offset}` : `packet ${packetNumber}`}: ${message}`
}
