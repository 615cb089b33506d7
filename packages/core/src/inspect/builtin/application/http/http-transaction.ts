import type { BufferDirection, BufferName } from '../../../rules/buffer-names.ts'
import { Transaction, textBytes } from '../transaction.ts'
import type { HttpBody } from './http-body-facts.ts'
import { type HttpHead, headerValue } from './http-head.ts'
import { normalizeUri, uriPath } from './normalize-uri.ts'

/** What libhtp names a request that was not captured. */
const UNSEEN_URI = '/libhtp::request_uri_not_seen'
const COOKIES: ReadonlySet<string> = new Set(['cookie', 'set-cookie'])

/** Buffers that are one header's value. */
const HEADER_BUFFERS: Readonly<Partial<Record<BufferName, string>>> = {
  'http.user_agent': 'user-agent',
  'http.referer': 'referer',
  'http.accept': 'accept',
  'http.accept_lang': 'accept-language',
  'http.accept_enc': 'accept-encoding',
  'http.connection': 'connection',
  'http.content_type': 'content-type',
  'http.content_len': 'content-length',
  'http.location': 'location',
  'http.server': 'server',
}

/** A request and its response. */
export class HttpTransaction extends Transaction {
  readonly application = 'http' as const
  request: HttpHead | undefined
  response: HttpHead | undefined
  method: string | undefined
  target: string = UNSEEN_URI
  requestProtocol: string | undefined
  status: number | undefined
  statusMessage = ''
  responseProtocol: string | undefined
  requestBody: HttpBody | undefined
  responseBody: HttpBody | undefined
  #buffers: Map<string, Uint8Array | undefined> | undefined

  /** A new head or body: buffers that were not there may be now. */
  changed(direction: 0 | 1): void {
    this.#buffers = undefined
    if (direction === 0) this.isNewToServer = true
    else this.isNewToClient = true
  }

  override get isReadyToServer(): boolean {
    return this.isNewToServer && this.isRequestComplete
  }

  override get isReadyToClient(): boolean {
    return this.isNewToClient && this.isResponseComplete
  }

  /** Host header, or the authority of the target; with its port. */
  get rawHost(): string | undefined {
    return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(this.target)?.[1] ?? headerValue(this.request, 'host')
  }

  get hostName(): string | undefined {
    const host = this.rawHost
    if (host === undefined) return undefined
    return /^(\[[^\]]*\]|[^:]*)/.exec(host)?.[0] ?? host
  }

  get hostPort(): number | undefined {
    const port = /:(\d{1,5})$/.exec(this.rawHost ?? '')?.[1]
    return port === undefined ? undefined : Number(port)
  }

  /** What a body is called as a file: by Content-Disposition, or by the request's path. */
  fileName(direction: 0 | 1): string {
    const disposition = headerValue(direction === 0 ? this.request : this.response, 'content-disposition')
    const named = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition ?? '')
    return named?.[1] ?? named?.[2] ?? uriPath(this.target)
  }

  buffer(name: BufferName, direction: BufferDirection, index: number): Uint8Array | undefined {
    if (index > 0) return undefined
    if (name === 'file.data' || name === 'http.request_body' || name === 'http.response_body') {
      const isResponse = name === 'http.response_body' || (name === 'file.data' && direction === 'toclient')
      return (isResponse ? this.responseBody : this.requestBody)?.inspected
    }
    const key = `${direction} ${name}`
    const known = this.#buffers?.get(key)
    if (known !== undefined || this.#buffers?.has(key)) return known
    const text = this.#text(name, direction)
    const bytes = text === undefined ? undefined : textBytes(text)
    this.#buffers ??= new Map()
    this.#buffers.set(key, bytes)
    return bytes
  }

  /** Bytes of bodies are not asked for any more. */
  release(): void {
    this.requestBody?.release()
    this.responseBody?.release()
    this.#buffers = undefined
    this.request?.forget()
    this.response?.forget()
  }

  override settle(): void {
    this.#buffers = undefined
    if (!this.isLogged) return
    this.request?.forget()
    this.response?.forget()
  }

  #text(name: BufferName, direction: BufferDirection): string | undefined {
    const isRequest = direction === 'toserver'
    const head = isRequest ? this.request : this.response
    const header = HEADER_BUFFERS[name]
    if (header !== undefined)
      return headerValue(name === 'http.location' || name === 'http.server' ? this.response : head, header)
    switch (name) {
      case 'http.uri':
        return this.request && normalizeUri(this.target)
      case 'http.uri.raw':
        return this.request && this.target
      case 'http.method':
        return this.method
      case 'http.host':
        return this.hostName
      case 'http.host.raw':
        return this.rawHost
      case 'http.request_line':
        return this.request?.startLine
      case 'http.response_line':
        return this.response?.startLine
      case 'http.header':
        return head?.fields
          .filter(({ key }) => !COOKIES.has(key))
          .map((field) => `${field.name}: ${field.value}\r\n`)
          .join('')
      case 'http.header.raw':
        return head?.raw
      case 'http.header_names':
        return head && head.fields.length > 0
          ? `\r\n${head.fields.map((field) => `${field.name}\r\n`).join('')}\r\n`
          : undefined
      case 'http.cookie':
        return headerValue(head, isRequest ? 'cookie' : 'set-cookie')
      case 'http.protocol':
        return isRequest ? this.requestProtocol : this.responseProtocol
      case 'http.start':
        return head && `${head.startLine}\r\n${head.raw}`
      case 'http.stat_code':
        return this.status === undefined ? undefined : String(this.status)
      case 'http.stat_msg':
        return this.response && this.statusMessage
      default:
        return undefined
    }
  }
}
