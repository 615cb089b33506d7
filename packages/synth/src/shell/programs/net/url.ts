/** A URL of HTTP or HTTPS in its parts. */
export interface HttpUrl {
  readonly scheme: string
  /** `user:password` in front of the host. */
  readonly credentials: string | undefined
  /** Without the brackets of IPv6 addresses. */
  readonly host: string
  readonly port: number
  /** Whether the port stands in the URL. */
  readonly hasPort: boolean
  /** Path and query, `/` at least. */
  readonly target: string
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 }

/** Reads a URL, `http` where it has no scheme. For what is none, what is wrong with it in the words of curl's URL parser. */
export function parseUrl(text: string): HttpUrl | string {
  if (text === '' || /[\s\p{Cc}]/u.test(text.replace(/[?#].*$/s, ''))) return 'Malformed input to a URL function'
  const given = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)
  const scheme = (given?.[1] ?? 'http').toLowerCase()
  const [, authority = '', rest = ''] = /^([^/?#]*)(.*)$/s.exec(text.slice(given?.[0].length ?? 0)) ?? []
  const at = authority.lastIndexOf('@')
  const server = authority.slice(at + 1)
  const [, host = '', portText] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(server) ?? []
  if (host === '') return 'No host part in the URL'
  if (portText !== undefined && (!/^\d*$/.test(portText) || Number(portText) > 65_535))
    return 'Port number was not a decimal number between 0 and 65535'
  if (/^\[/.test(host) ? !/^\[[0-9A-Fa-f:.%]+\]$/.test(host) : /[[\]<>{}|\\^`"']/.test(host)) return 'Bad hostname'
  const port = portText === undefined || portText === '' ? (PORTS[scheme] ?? 0) : Number(portText)
  const path = rest.replace(/#.*$/s, '')
  return {
    scheme,
    credentials: at < 0 ? undefined : authority.slice(0, at),
    host: host.replace(/^\[|\]$/g, ''),
    port,
    hasPort: port !== PORTS[scheme],
    target: (path.startsWith('/') ? path : `/${path}`).replaceAll(' ', '%20'),
  }
}

/** The host as the Host header and connections name it, with the port where it is not the scheme's own. */
export function hostHeader(url: HttpUrl): string {
  const host = url.host.includes(':') ? `[${url.host}]` : url.host
  return url.hasPort ? `${host}:${url.port}` : host
}

/** The whole URL. */
export function urlText(url: HttpUrl): string {
  return `${url.scheme}://${hostHeader(url)}${url.target}`
}

/** Where a Location header leads from a URL, or what is wrong with it. */
export function resolveUrl(base: HttpUrl, location: string): HttpUrl | string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return parseUrl(location)
  if (location.startsWith('//')) return parseUrl(`${base.scheme}:${location}`)
  const directory = base.target.replace(/\?.*$/s, '').replace(/[^/]*$/, '')
  const target = location.startsWith('/')
    ? location
    : location.startsWith('?')
      ? base.target.replace(/\?.*$/s, '') + location
      : directory + location
  return { ...base, target: target.replace(/#.*$/s, '').replaceAll(' ', '%20') }
}
