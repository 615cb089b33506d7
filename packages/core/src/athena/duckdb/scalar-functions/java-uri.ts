import { parseIpAddress } from '../../types/ip-address.ts'

/** The parts of a URI as java.net.URI has them; a part that is absent is undefined. Nothing is decoded yet. */
export interface JavaUri {
  readonly scheme: string | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  readonly path: string | undefined
  readonly query: string | undefined
  readonly fragment: string | undefined
}

/** RFC 2396's characters, any printable one beyond ASCII, and escapes of two digits. */
const UNRESERVED = "A-Za-z0-9_\\-!.~'()*"
const OTHER = '[^\\u0000-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const charactersOf = (set: string): RegExp => new RegExp(`^(?:[${UNRESERVED}${set}]|${OTHER}|%[0-9A-Fa-f]{2})*$`, 'u')

const URI_CHARACTERS = charactersOf(';/?:@&=+$,\\[\\]')
const PATH_CHARACTERS = charactersOf(':@&=+$,;/')
const REGISTRY_NAME = charactersOf('$,;:@&=+')
const USER_INFO = charactersOf(';:&=+$,')
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/
const HOST_NAME = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?$/
/** A host of one label may start with a digit. */
const SINGLE_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?$/
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/
const MAX_PORT = 2147483647

/** The URI of a text; undefined where java.net.URI refuses it. */
export function parseJavaUri(text: string): JavaUri | undefined {
  const hash = text.indexOf('#')
  const body = hash < 0 ? text : text.slice(0, hash)
  const fragment = hash < 0 ? undefined : text.slice(hash + 1)
  if (fragment !== undefined && !URI_CHARACTERS.test(fragment)) return undefined
  const colon = /^[^/?:]*:/.exec(body)?.[0]
  if (colon === undefined) return hierarchical(body, undefined, fragment)
  const scheme = colon.slice(0, -1)
  if (!SCHEME.test(scheme)) return undefined
  const rest = body.slice(colon.length)
  if (rest.startsWith('/')) return hierarchical(rest, scheme, fragment)
  if (rest === '' || !URI_CHARACTERS.test(rest)) return undefined
  return { scheme, host: undefined, port: undefined, path: undefined, query: undefined, fragment }
}

function hierarchical(text: string, scheme: string | undefined, fragment: string | undefined): JavaUri | undefined {
  let rest = text
  let server: Server | undefined = NO_SERVER
  if (rest.startsWith('//')) {
    const authority = /^[^/?]*/.exec(rest.slice(2))?.[0] ?? ''
    rest = rest.slice(2 + authority.length)
    if (authority !== '') server = parseAuthority(authority)
    else if (rest === '' && fragment === undefined) return undefined
  }
  const question = rest.indexOf('?')
  const path = question < 0 ? rest : rest.slice(0, question)
  const query = question < 0 ? undefined : rest.slice(question + 1)
  if (!server || !PATH_CHARACTERS.test(path) || (query !== undefined && !URI_CHARACTERS.test(query))) return undefined
  return { scheme, ...server, path, query, fragment }
}

interface Server {
  readonly host: string | undefined
  readonly port: number | undefined
}
const NO_SERVER: Server = { host: undefined, port: undefined }

/** `user@host:port`; what is not that but has a registry name's characters only is an authority without host. */
function parseAuthority(text: string): Server | undefined {
  return parseServer(text) ?? (REGISTRY_NAME.test(text) ? NO_SERVER : undefined)
}

function parseServer(text: string): Server | undefined {
  const at = text.indexOf('@')
  if (at >= 0 && !USER_INFO.test(text.slice(0, at))) return undefined
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(text.slice(at + 1)) ?? []
  if (!isHost(host) || Number(port) > MAX_PORT) return undefined
  return { host, port: port === '' ? undefined : Number(port) }
}

function isHost(text: string): boolean {
  if (text.startsWith('[')) {
    const [address = '', zone] = text.slice(1, -1).split('%', 2)
    return address.includes(':') && parseIpAddress(address) !== undefined && (zone === undefined || /^\w+$/.test(zone))
  }
  if (IPV4.test(text)) return text.split('.').every((byte) => Number(byte) <= 255)
  return HOST_NAME.test(text) || SINGLE_LABEL.test(text)
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Escapes of two digits replaced by what they stand for; bytes that are no UTF-8 become U+FFFD. */
export function decodeEscapes(text: string): string {
  return text.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const bytes = escapes
      .slice(1)
      .split('%')
      .map((byte) => Number.parseInt(byte, 16))
    return utf8.decode(Uint8Array.from(bytes))
  })
}
