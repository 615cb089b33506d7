import { isIP } from 'node:net'

/** Why a request is refused before it is read. */
export interface GuardRefusal {
  readonly message: string
}

/** Names that mean this machine, whatever a name server says. Source: RFC 6761, section 6.3. */
const LOCAL_NAME = /^([a-z0-9_-]+\.)*localhost\.?$/i

/**
 * Keeps web pages away: a page of another origin may not call the endpoint, and a name that an attacker's name server points at this
 * machine (DNS rebinding) is none of the endpoint's. Clients other than browsers send no Origin, and name it by address or localhost.
 */
export class HostGuard {
  readonly #names: ReadonlySet<string>

  /** `names`: what else the endpoint is called, e.g. `host.docker.internal`. */
  constructor(names: readonly string[] = []) {
    this.#names = new Set(names.map((name) => name.toLowerCase()))
  }

  /** undefined where the request may pass. */
  refuse(headers: Readonly<Record<string, string | undefined>>): GuardRefusal | undefined {
    const host = headers.host
    if (host === undefined || !this.#isOwn(hostName(host))) {
      return {
        message: `The host ${JSON.stringify(host ?? '')} is not this endpoint's: call it by its address or as localhost.`,
      }
    }
    const { origin } = headers
    if (origin !== undefined && !this.#isSameOrigin(origin, host)) {
      return { message: `Pages of ${JSON.stringify(origin)} may not call this endpoint.` }
    }
    const site = headers['sec-fetch-site']
    if (origin === undefined && (site === 'cross-site' || site === 'same-site')) {
      return { message: 'Pages of another site may not call this endpoint.' }
    }
    return undefined
  }

  #isOwn(name: string): boolean {
    if (isIP(name) !== 0 || LOCAL_NAME.test(name)) return true
    const lower = name.toLowerCase()
    return this.#names.has(lower) || [...this.#names].some((own) => lower.endsWith(`.${own}`))
  }

  #isSameOrigin(origin: string, host: string): boolean {
    try {
      return new URL(origin).host === host.toLowerCase()
    } catch {
      return false
    }
  }
}

function hostName(host: string): string {
  const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(host)
  return bracketed ? (bracketed[1] as string) : host.replace(/:\d+$/, '')
}
