/** What is known of a transfer, for `--write-out`. Times are microseconds from its start. */
export interface CurlReport {
  url: string
  status: number
  version: string
  method: string
  contentType: string
  redirectUrl: string
  redirects: number
  connects: number
  remoteAddress: string
  remotePort: number
  localAddress: string
  localPort: number
  bodyBytes: number
  headerBytes: number
  requestBytes: number
  uploadBytes: number
  lookupMicroseconds: number
  connectMicroseconds: number
  tlsMicroseconds: number
  requestMicroseconds: number
  firstByteMicroseconds: number
  totalMicroseconds: number
  redirectMicroseconds: number
}

/** A report of nothing. */
export function emptyReport(): CurlReport {
  return {
    url: '',
    status: 0,
    version: '0',
    method: '',
    contentType: '',
    redirectUrl: '',
    redirects: 0,
    connects: 0,
    remoteAddress: '',
    remotePort: 0,
    localAddress: '',
    localPort: 0,
    bodyBytes: 0,
    headerBytes: 0,
    requestBytes: 0,
    uploadBytes: 0,
    lookupMicroseconds: 0,
    connectMicroseconds: 0,
    tlsMicroseconds: 0,
    requestMicroseconds: 0,
    firstByteMicroseconds: 0,
    totalMicroseconds: 0,
    redirectMicroseconds: 0,
  }
}
