/** Why a folder cannot keep the data. */
export type DataFolderErrorCode = 'unwritable' | 'foreign' | 'newer-format' | 'damaged' | 'in-use' | 'write-failed'

/** A folder that cannot keep the data, or no longer. Its message says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
  readonly code: DataFolderErrorCode

  constructor(code: DataFolderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A folder that the file system does not let be written. */
export function unwritable(folder: string, cause: unknown): DataFolderError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new DataFolderError(
    'unwritable',
    `The data folder ${folder} cannot be written: ${text}. Give a folder that this user may write to, on a disk with room.`,
    { cause },
  )
}

/** A write that failed, on a disk that is full or gone. */
export function writeFailed(folder: string, cause: unknown): DataFolderError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new DataFolderError(
    'write-failed',
    `The data folder ${folder} could not be written: ${text}. What was acknowledged before is kept; make room, and start again.`,
    { cause },
  )
}
