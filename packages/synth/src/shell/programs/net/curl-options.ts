import { parseDuration } from '../coreutils-time.ts'

/** What a command line of curl asks for. */
export interface CurlOptions {
  readonly urls: readonly string[]
  /** In the order of the URLs; `-O` is an empty name. */
  readonly outputs: readonly (string | undefined)[]
  readonly method: string | undefined
  readonly headers: readonly string[]
  /** Each text or, with `@`, file; `encode` for `--data-urlencode`, `binary` keeps line ends. */
  readonly data: readonly { readonly value: string; readonly kind: 'text' | 'binary' | 'raw' | 'encode' }[]
  readonly json: boolean
  readonly upload: string | undefined
  readonly user: string | undefined
  readonly userAgent: string | undefined
  readonly referer: string | undefined
  readonly cookie: string | undefined
  readonly range: string | undefined
  readonly writeOut: string | undefined
  readonly dumpHeader: string | undefined
  readonly resolve: ReadonlyMap<string, string>
  readonly maximumSeconds: number | undefined
  readonly connectSeconds: number | undefined
  readonly maximumRedirects: number
  readonly retries: number
  readonly retryDelaySeconds: number | undefined
  readonly version: 4 | 6 | undefined
  /** Flags that are on, by their long names. */
  readonly flags: ReadonlySet<string>
}

/** Why curl does not start. */
export interface CurlRefusal {
  readonly message: string
  readonly status: number
}

/** Short letters of the options that are simulated, with their long names. */
const LETTERS: Readonly<Record<string, string>> = {
  '#': 'progress-bar',
  '0': 'http1.0',
  '4': 'ipv4',
  '6': 'ipv6',
  A: 'user-agent',
  D: 'dump-header',
  G: 'get',
  H: 'header',
  I: 'head',
  L: 'location',
  N: 'no-buffer',
  O: 'remote-name',
  S: 'show-error',
  T: 'upload-file',
  V: 'version',
  X: 'request',
  b: 'cookie',
  d: 'data',
  e: 'referer',
  f: 'fail',
  g: 'globoff',
  h: 'help',
  i: 'include',
  k: 'insecure',
  m: 'max-time',
  o: 'output',
  q: 'disable',
  r: 'range',
  s: 'silent',
  u: 'user',
  v: 'verbose',
  w: 'write-out',
}
/** Options of curl that the simulation has no part for: letters and whether they take an argument. */
const OTHER_LETTERS = 'a B C: E: F: J K: M P: Q: R U: Y: Z c: j l n p t: x: y: z: 1 2 3'

const FLAGS: ReadonlySet<string> = new Set([
  'compressed',
  'create-dirs',
  'disable',
  'fail',
  'fail-with-body',
  'get',
  'globoff',
  'head',
  'help',
  'http1.0',
  'http1.1',
  'http2',
  'include',
  'insecure',
  'ipv4',
  'ipv6',
  'location',
  'no-buffer',
  'no-keepalive',
  'no-progress-meter',
  'path-as-is',
  'remote-name',
  'remote-name-all',
  'retry-connrefused',
  'retry-all-errors',
  'show-error',
  'silent',
  'verbose',
  'version',
  'tcp-nodelay',
  'tlsv1.2',
  'tlsv1.3',
])
const WITH_ARGUMENT: ReadonlySet<string> = new Set([
  'connect-timeout',
  'cookie',
  'data',
  'data-ascii',
  'data-binary',
  'data-raw',
  'data-urlencode',
  'dump-header',
  'header',
  'json',
  'max-redirs',
  'max-time',
  'noproxy',
  'output',
  'range',
  'referer',
  'request',
  'resolve',
  'retry',
  'retry-delay',
  'retry-max-time',
  'upload-file',
  'url',
  'user',
  'user-agent',
  'write-out',
])
const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(
  `abstract-unix-socket alt-svc anyauth append aws-sigv4 basic cacert capath cert cert-status cert-type ciphers compressed-ssh config
  connect-to continue-at cookie-jar create-file-mode crlf crlfile curves delegation digest dns-interface dns-ipv4-addr dns-ipv6-addr
  dns-servers doh-insecure doh-url egd-file engine etag-compare etag-save expect100-timeout false-start form form-escape form-string
  ftp-account ftp-method ftp-pasv ftp-port haproxy-protocol hostpubmd5 hsts http0.9 http2-prior-knowledge http3 ignore-content-length
  interface ipfs-gateway junk-session-cookies keepalive-time key key-type krb libcurl limit-rate list-only local-port location-trusted
  login-options mail-auth mail-from mail-rcpt manual max-filesize metalink negotiate netrc netrc-file netrc-optional next no-alpn no-npn
  no-sessionid ntlm oauth2-bearer output-dir parallel parallel-max pass pinnedpubkey post301 post302 post303 preproxy progress-bar proto
  proto-default proto-redir proxy proxy-user proxytunnel pubkey quote random-file rate raw remote-header-name remote-time
  remove-on-error request-target sasl-ir service-name sessionid socks4 socks4a socks5 socks5-hostname speed-limit speed-time ssl ssl-reqd
  ssl-allow-beast sslv2 sslv3 stderr styled-output suppress-connect-headers tcp-fastopen telnet-option tftp-blksize time-cond tls-max
  tls13-ciphers tlsauthtype tlspassword tlsuser tlsv1 tlsv1.0 tlsv1.1 tr-encoding trace trace-ascii trace-ids trace-time unix-socket
  url-query use-ascii variable xattr`.split(/\s+/),
)

/** Reads curl's command line. */
export function readCurlOptions(args: readonly string[]): CurlOptions | CurlRefusal {
  const reader = new Reader(args)
  return reader.read()
}

function refusal(message: string, status = 2): CurlRefusal {
  const hint = status === 2 ? "curl: try 'curl --help' or 'curl --manual' for more information\n" : ''
  return { message: `${message}\n${hint}`, status }
}

class Reader {
  readonly #rest: string[]
  readonly #flags = new Set<string>()
  readonly #values = new Map<string, string>()
  readonly #urls: string[] = []
  readonly #outputs: string[] = []
  readonly #headers: string[] = []
  readonly #data: { value: string; kind: 'text' | 'binary' | 'raw' | 'encode' }[] = []
  readonly #resolve = new Map<string, string>()
  #json = false

  constructor(args: readonly string[]) {
    this.#rest = [...args]
  }

  read(): CurlOptions | CurlRefusal {
    while (this.#rest.length > 0) {
      const word = this.#rest.shift() as string
      let problem: CurlRefusal | undefined
      if (word.startsWith('--') && word.length > 2) problem = this.#long(word.slice(2), `--${word.slice(2)}`)
      else if (word.startsWith('-') && word.length > 1 && word !== '--') problem = this.#short(word)
      else this.#urls.push(word)
      if (problem) return problem
    }
    return this.#finish()
  }

  #short(word: string): CurlRefusal | undefined {
    for (let i = 1; i < word.length; i += 1) {
      const letter = word[i] as string
      const name = LETTERS[letter]
      if (name === undefined) {
        const isKnown = OTHER_LETTERS.split(' ').some((entry) => entry.startsWith(letter))
        return isKnown ? notSimulated(`-${letter}`) : refusal(`curl: option -${letter}: is unknown`)
      }
      if (!WITH_ARGUMENT.has(name)) {
        if (!FLAGS.has(name)) return notSimulated(`-${letter}`)
        this.#flag(name)
        continue
      }
      const value = word.slice(i + 1) || this.#rest.shift()
      if (value === undefined) return refusal(`curl: option -${letter}: requires parameter`)
      return this.#value(name, value, `-${letter}`)
    }
    return undefined
  }

  #long(given: string, shown: string): CurlRefusal | undefined {
    const names = [...FLAGS, ...WITH_ARGUMENT]
    const begun = names.filter((name) => name.startsWith(given))
    const name = names.find((candidate) => candidate === given) ?? (begun.length === 1 ? begun[0] : undefined)
    if (name === undefined) {
      const off = given.startsWith('no-') ? given.slice(3) : undefined
      if (off !== undefined && FLAGS.has(off)) {
        this.#flags.delete(off)
        return undefined
      }
      return KNOWN_ELSEWHERE.has(given) ? notSimulated(shown) : refusal(`curl: option ${shown}: is unknown`)
    }
    if (FLAGS.has(name)) {
      this.#flag(name)
      return undefined
    }
    const value = this.#rest.shift()
    if (value === undefined) return refusal(`curl: option ${shown}: requires parameter`)
    return this.#value(name, value, shown)
  }

  #flag(name: string): void {
    this.#flags.add(name)
    if (name === 'remote-name') this.#outputs.push('')
  }

  #value(name: string, value: string, shown: string): CurlRefusal | undefined {
    switch (name) {
      case 'header':
        this.#headers.push(value)
        return undefined
      case 'output':
        this.#outputs.push(value)
        return undefined
      case 'url':
        this.#urls.push(value)
        return undefined
      case 'data':
      case 'data-ascii':
        this.#data.push({ value, kind: 'text' })
        return undefined
      case 'data-binary':
        this.#data.push({ value, kind: 'binary' })
        return undefined
      case 'data-raw':
        this.#data.push({ value, kind: 'raw' })
        return undefined
      case 'data-urlencode':
        this.#data.push({ value, kind: 'encode' })
        return undefined
      case 'json':
        this.#json = true
        this.#data.push({ value, kind: 'binary' })
        return undefined
      case 'resolve': {
        const match = /^\+?([^:]+):(\d+):(.+)$/.exec(value)
        if (!match) return refusal(`curl: (49) Couldn't parse CURLOPT_RESOLVE entry '${value}'`, 49)
        this.#resolve.set(`${match[1]?.toLowerCase()}:${match[2]}`, (match[3] ?? '').split(',')[0] ?? '')
        return undefined
      }
      case 'max-time':
      case 'connect-timeout':
      case 'max-redirs':
      case 'retry':
      case 'retry-delay':
      case 'retry-max-time':
        if (!/^-?\d+(?:\.\d+)?$/.test(value))
          return refusal(`curl: option ${shown}: expected a proper numerical parameter`)
        if (value.startsWith('-') && name !== 'max-redirs')
          return refusal(`curl: option ${shown}: expected a positive numerical parameter`)
        if (name === 'retry-max-time') return notSimulated('--retry-max-time')
        this.#values.set(name, value)
        return undefined
      default:
        this.#values.set(name, value)
        return undefined
    }
  }

  #finish(): CurlOptions | CurlRefusal {
    const flags = this.#flags
    if (this.#urls.length === 0 && !flags.has('version') && !flags.has('help')) {
      return refusal('curl: (2) no URL specified')
    }
    if (flags.has('remote-name-all')) while (this.#outputs.length < this.#urls.length) this.#outputs.push('')
    const number = (name: string): number | undefined => {
      const text = this.#values.get(name)
      return text === undefined ? undefined : (parseDuration(text) ?? Number(text))
    }
    return {
      urls: this.#urls,
      outputs: this.#outputs,
      method: this.#values.get('request'),
      headers: this.#headers,
      data: this.#data,
      json: this.#json,
      upload: this.#values.get('upload-file'),
      user: this.#values.get('user'),
      userAgent: this.#values.get('user-agent'),
      referer: this.#values.get('referer'),
      cookie: this.#values.get('cookie'),
      range: this.#values.get('range'),
      writeOut: this.#values.get('write-out'),
      dumpHeader: this.#values.get('dump-header'),
      resolve: this.#resolve,
      maximumSeconds: number('max-time') || undefined,
      connectSeconds: number('connect-timeout') || undefined,
      maximumRedirects: number('max-redirs') ?? 50,
      retries: number('retry') ?? 0,
      retryDelaySeconds: number('retry-delay'),
      version: flags.has('ipv4') ? 4 : flags.has('ipv6') ? 6 : undefined,
      flags,
    }
  }
}

function notSimulated(shown: string): CurlRefusal {
  return refusal(`curl: option ${shown}: is not simulated`)
}
