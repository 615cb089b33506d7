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

/** Reads a URL, `http` where it has no scheme. Undefined for what is none. */
export function parseUrl(text: string): HttpUrl | undefined {
  const match =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:([^/?#@]*)@)?(\[[0-9A-Fa-f:.%]+\]|[^/?#:[\]\s]+)(?::(\d*))?([/?#].*)?$/.exec(
      text,
    )
  if (!match) return undefined
  const scheme = (match[1] ?? 'http').toLowerCase()
  const port = match[4] === undefined || match[4] === '' ? (PORTS[scheme] ?? 0) : Number(match[4])
  if (port > 65_535) return undefined
  const rest = (match[5] ?? '/').replace(/#.*$/s, '')
  const target = rest === '' ? '/' : rest.startsWith('/') ? rest : `/${rest}`
  return {
    scheme,
    credentials: match[2],
    host: (match[3] ?? '').replace(/^\[|\]$/g, ''),
    port,
    hasPort: match[4] !== undefined && match[4] !== '' && port !== PORTS[scheme],
    target: target.replaceAll(' ', '%20'),
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

/** Where a Location header leads from a URL. Undefined for what is no URL. */
export function resolveUrl(base: HttpUrl, location: string): HttpUrl | undefined {
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
