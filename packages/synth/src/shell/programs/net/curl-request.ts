import { toBytes } from '../../kernel/bytes.ts'
import type { CurlOptions } from './curl-options.ts'
import { type HttpUrl, hostHeader } from './url.ts'

const USER_AGENT = 'curl/8.5.0'

/** What is sent behind a request's head. */
export interface CurlBody {
  readonly bytes: Uint8Array
  readonly method: string
  readonly contentType: string | undefined
}

/** A request's head as curl writes it. Headers of the user's take the place of curl's own; those without a value only remove them. */
export function curlRequestHead(url: HttpUrl, method: string, body: CurlBody, options: CurlOptions): string {
  const { headers, flags, userAgent, referer, cookie, range } = options
  const given = headers.map((line) => ({ line, name: /^[^:;]*/.exec(line)?.[0]?.trim().toLowerCase() ?? '' }))
  const lines = [`${method} ${url.target} HTTP/${flags.has('http1.0') ? '1.0' : '1.1'}`]
  const add = (name: string, value: string | undefined): void => {
    if (value === undefined || value === '' || given.some((header) => header.name === name.toLowerCase())) return
    lines.push(`${name}: ${value}`)
  }
  const host = given.find((header) => header.name === 'host')
  if (host === undefined) lines.push(`Host: ${hostHeader(url)}`)
  else if (/:\s*\S/.test(host.line)) lines.push(host.line)
  const user = options.user ?? url.credentials
  if (user !== undefined) add('Authorization', `Basic ${base64(user.includes(':') ? user : `${user}:`)}`)
  if (range !== undefined) add('Range', `bytes=${range}`)
  add('User-Agent', userAgent ?? USER_AGENT)
  add('Accept', body.contentType === 'application/json' ? 'application/json' : '*/*')
  if (flags.has('compressed')) add('Accept-Encoding', 'deflate, gzip, br, zstd')
  add('Referer', referer)
  add('Cookie', cookie)
  for (const { name, line } of given) {
    if (name === 'host') continue
    if (/;\s*$/.test(line)) lines.push(`${line.replace(/;\s*$/, '')}:`)
    else if (/:\s*\S/.test(line)) lines.push(line)
  }
  if (body.bytes.length > 0 || body.method === 'POST' || body.method === 'PUT') {
    add('Content-Length', String(body.bytes.length))
    if (body.bytes.length > 0 || body.method === 'POST') add('Content-Type', body.contentType)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...toBytes(text)))
}
