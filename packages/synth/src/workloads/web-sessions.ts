import { seconds } from '../duration.ts'
import type { Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { exchangeHttp, openHttp } from './http-exchange.ts'
import { attempt, inRounds, type RoundOptions } from './rounds.ts'

/** People or programs that browse sites. */
export interface WebSessionsOptions extends RoundOptions {
  /** Names of sites, each as likely as another. */
  readonly sites: readonly string[]
  /** HTTPS unless false. */
  readonly tls?: boolean
  /** Mean number of pages in a session; 4 unless given. */
  readonly meanPages?: number
  /** Mean number of things on a page beside the page itself; 6 unless given. */
  readonly meanObjects?: number
  /** Median bytes of a thing; 12,000 unless given. Sizes are log-normal, with a few very large ones. */
  readonly medianBytes?: number
}

export const WEB_SESSION: ActivityLabel = { kind: 'web-session', intent: 'benign', description: 'Browses a web site' }

/** Sessions of a few pages each, their parts over one or two connections, with time to read between; a gap of 2 min on average. */
export function webSessions(options: WebSessionsOptions): ProcessBody {
  return (host) =>
    host.during(
      WEB_SESSION,
      inRounds(host, { meanGapMicroseconds: seconds(120), ...options }, () => session(host, options)),
    )
}

function* session(host: Host, options: WebSessionsOptions): Process {
  const { sites, tls = true, meanPages = 4, meanObjects = 6, medianBytes = 12_000 } = options
  const { random } = host
  const to = random.choice(sites)
  const pages = 1 + Math.floor(random.exponential(meanPages - 1))
  for (let page = 0; page < pages; page += 1) {
    if (page > 0) yield* host.sleep(seconds(random.logNormal(12, 0.8)))
    const objects = Math.floor(random.exponential(meanObjects))
    const connections = objects > 3 ? 2 : 1
    const parts = Array.from({ length: connections }, (_, index) =>
      host.spawn(`page-${page}-${index}`, (browser) =>
        attempt(load(browser, to, tls, Math.ceil((objects + 1) / connections), medianBytes, index === 0)),
      ),
    )
    for (const part of parts) yield* part.join()
  }
}

function* load(host: Host, to: string, tls: boolean, objects: number, medianBytes: number, hasPage: boolean): Process {
  const request = { to, tls, userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }
  const connection = yield* openHttp(host, request)
  for (let object = 0; object < objects; object += 1) {
    const isPage = hasPage && object === 0
    yield* exchangeHttp(connection, {
      ...request,
      path: isPage ? '/' : `/assets/${host.random.integer(1, 999_999)}`,
      contentType: isPage ? 'text/html; charset=utf-8' : 'application/octet-stream',
      answerBytes: Math.min(50_000_000, Math.ceil(host.random.logNormal(medianBytes, 1.2))),
      serverDelayMicroseconds: Math.round(host.random.exponential(20_000)),
    })
  }
  yield* connection.close()
}
