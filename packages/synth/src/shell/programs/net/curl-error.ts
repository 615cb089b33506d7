import type { HttpReadFailure } from './http-connection.ts'

/** A transfer that failed, with curl's number and text. */
export class CurlError extends Error {
  override readonly name: 'CurlError' = 'CurlError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** What curl says to an answer that could not be read; `missing` bytes had still to come. */
export function readError(failure: HttpReadFailure, missing: number): CurlError {
  switch (failure) {
    case 'empty':
      return new CurlError(52, 'Empty reply from server')
    case 'reset':
      return new CurlError(56, 'Recv failure: Connection reset by peer')
    case 'not-http':
      return new CurlError(1, 'Received HTTP/0.9 when not allowed')
    case 'partial':
      return new CurlError(
        18,
        missing > 0
          ? `transfer closed with ${missing} bytes remaining to read`
          : 'transfer closed with outstanding read data remaining',
      )
  }
}
