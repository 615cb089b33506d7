import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EmulatedAccount } from './account.ts'
import type { ClockMode, EmulatedClock } from './clock/emulated-clock.ts'
import { AwsEndpoint } from './endpoint/aws-endpoint.ts'
import { HostGuard } from './endpoint/host-guard.ts'
import { SignatureCheck } from './endpoint/signature-v4.ts'
import type { LiveNetwork } from './network/live-network.ts'
import type { DataFolder } from './state/data-folder.ts'
import { credentialOf, type RequestHead } from './wire/request-target.ts'

/** How an emulator is started; everything has a default. */
export interface EmulatorOptions {
  /** Of the address; a free one unless given. */
  readonly port?: number
  /** The address that is listened on: 127.0.0.1 unless given. */
  readonly host?: string
  /** Names besides localhost by which clients may call, e.g. `host.docker.internal`. */
  readonly hostNames?: readonly string[]
  /** `eu-west-1` unless given. */
  readonly region?: string
  /** 12 digits; `111122223333` unless given. */
  readonly accountId?: string
  /** How time passes; `stepped` unless given. */
  readonly clock?: ClockMode
  /** When the simulated time begins; the present moment unless given. */
  readonly start?: Date
  /** Same seed and calls, same ids and traffic. 1 unless given. */
  readonly seed?: number
  /** Bytes of a request that are read into memory at the most; 64 MiB unless given. Objects and parts are not. */
  readonly maxBodyBytes?: number
  /**
   * A folder that keeps everything across restarts; in memory unless given. What was acknowledged survives the end of the process, and
   * nothing half-written is seen. An empty or new folder is made ready; one emulator at a time has it open.
   */
  readonly dataFolder?: string
  /**
   * Secret keys by access key id: with them, requests have to be signed with Signature Version 4 by one of these keys, in real time, and the
   * first of them is that of the ready-made clients. Unless given, signatures are not looked at.
   */
  readonly strictSignatures?: Readonly<Record<string, string>>
}

/** What every AWS client is configured with, to reach an emulator. */
export interface ClientConfiguration {
  readonly endpoint: string
  readonly region: string
  readonly credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }>
  readonly forcePathStyle: true
}

/** Keys that the endpoint takes, besides any others. */
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const
const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024
const MOST_HEADERS = 200
/** A head has to come within seconds and a request, be it gigabytes, within half an hour, so that slow ones hold no connection for ever. */
const HTTP_LIMITS = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 20_000,
  requestTimeout: 30 * 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
} as const

/**
 * Starts an AWS endpoint on loopback.
 *
 * ```ts
 * await using emulator = await startEmulator()
 * const ec2 = emulator.client(EC2Client)
 * ```
 *
 * @throws DataFolderError for a data folder that cannot be used.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { dataFolder, port = 0, host = '127.0.0.1' } = options
  const data = dataFolder === undefined ? {} : await (await import('./state/data-folder.ts')).openDataFolder(dataFolder)
  const emulator = new Emulator(options, data)
  try {
    await emulator.listen(port, host)
  } catch (error) {
    await emulator.close()
    throw error
  }
  return emulator
}

/** An AWS endpoint that runs; made by {@link startEmulator}. */
export class Emulator implements AsyncDisposable {
  readonly region: string
  /** 12 digits. */
  readonly accountId: string
  readonly #account: EmulatedAccount
  readonly #server: Server
  readonly #aws: AwsEndpoint
  readonly #guard: HostGuard
  readonly #credentials: ClientConfiguration['credentials']
  #endpoint = ''
  #requests = 0

  constructor(options: EmulatorOptions, data: Partial<DataFolder>) {
    const {
      region = 'eu-west-1',
      accountId = '111122223333',
      seed = 1,
      clock = 'stepped',
      start = new Date(),
    } = options
    const { hostNames, strictSignatures, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options
    const [key] = Object.entries(strictSignatures ?? {})
    this.#credentials = key ? { accessKeyId: key[0], secretAccessKey: key[1] } : CREDENTIALS
    const check =
      strictSignatures && new SignatureCheck({ secrets: strictSignatures, nowMilliseconds: () => Date.now() })
    this.region = region
    this.accountId = accountId
    this.#account = new EmulatedAccount({ region, accountId, seed, startMilliseconds: start.getTime(), ...data })
    this.#guard = new HostGuard(hostNames)
    this.#aws = new AwsEndpoint({
      services: this.#account.services,
      store: this.#account.store,
      maxBodyBytes,
      ...(check && { authorize: (head, target, body) => check.check(head, target, body) }),
      nextRequestId: () => this.#nextRequestId(),
      call: (head, requestId) => ({
        requestId,
        region: credentialOf(head)?.region ?? region,
        accountId,
        accessKeyId: credentialOf(head)?.accessKeyId,
        nowMilliseconds: this.#account.clock.nowMilliseconds,
        endpoint: this.#endpoint,
      }),
    })
    this.#server = createServer(HTTP_LIMITS, (request, response) => void this.#answer(request, response))
    this.#server.maxHeadersCount = MOST_HEADERS
    this.#account.clock.setMode(clock)
  }

  /** Where clients reach it, e.g. `http://127.0.0.1:45123`. */
  get endpoint(): string {
    return this.#endpoint
  }

  /** Simulated time: reads it, steps it, lets it run. */
  get clock(): EmulatedClock {
    return this.#account.clock
  }

  /** The network as it runs: hosts, workloads and faults (`await network.context()`), and its topology. */
  get network(): LiveNetwork {
    return this.#account.network
  }

  /** What AWS clients of any language need to know. */
  get clientConfiguration(): ClientConfiguration {
    return { endpoint: this.#endpoint, region: this.region, credentials: this.#credentials, forcePathStyle: true }
  }

  /** A client of AWS SDK v3 that calls this emulator, e.g. `emulator.client(S3Client)`. */
  client<Client>(Client: new (configuration: ClientConfiguration) => Client): Client {
    return new Client(this.clientConfiguration)
  }

  /** For {@link startEmulator}. */
  async listen(port: number, host: string): Promise<void> {
    await this.#account.open()
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    const { address, family, port: bound } = this.#server.address() as AddressInfo
    this.#endpoint = `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`
  }

  /** Ends it: open connections are closed, nothing is listened on. */
  async close(): Promise<void> {
    await this.#account.clock.stop()
    this.#server.closeAllConnections()
    if (this.#server.listening) {
      await new Promise<void>((resolve) => {
        this.#server.close(() => resolve())
      })
    }
    await this.#account.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = requestHead(request)
    try {
      const refusal = this.#guard.refuse(head.headers)
      if (refusal) {
        response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(`${refusal.message}\n`)
        return
      }
      if (head.path.startsWith('/_flowtap/')) this.#answerControl(head, response)
      else await this.#aws.answer(request, response, head)
    } catch {
      response.destroy()
    }
  }

  #answerControl({ path }: RequestHead, response: ServerResponse): void {
    const isHealth = path === '/_flowtap/health'
    const body = isHealth
      ? { status: 'running', simulatedTime: this.clock.now().toISOString(), ...this.#aws.counts.report() }
      : { message: `there is nothing at ${path}` }
    response.writeHead(isHealth ? 200 : 404, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
  }

  #nextRequestId(): string {
    this.#requests += 1
    return `f10e7a90-0000-4000-8000-${this.#requests.toString(16).padStart(12, '0')}`
  }
}

function requestHead({ method = 'GET', url = '/', headers }: IncomingMessage): RequestHead {
  const mark = url.indexOf('?')
  const plain: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(headers)) plain[name] = Array.isArray(value) ? value.join(', ') : value
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: plain,
  }
}
