/** Why a value could not be written. */
export type FlowLogWriteErrorCode =
  /** A value that a flow-log line cannot carry: a space, a newline, an empty text, a number out of range. */
  | 'UNWRITABLE_VALUE'
  /** A part of an S3 object key that AWS would not use. */
  | 'INVALID_OBJECT_KEY'

/** Thrown where something cannot be written in AWS's format; it is the caller's value, not an input file. */
export class FlowLogWriteError extends Error {
  readonly code: FlowLogWriteErrorCode

  constructor(code: FlowLogWriteErrorCode, message: string) {
    super(message)
    this.name = 'FlowLogWriteError'
    this.code = code
  }
}
