/** An error as a service answers it: AWS's code and text, and what more its shape carries. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  /** As the service documents it, e.g. `InvalidVpcID.NotFound`. */
  readonly code: string
  readonly status: number
  /** Members of the error's shape besides the message. */
  readonly details: Readonly<Record<string, unknown>>
  /** Of an answer in HTTP, such as Retry-After. */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: string, message: string, options: ServiceErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.status = options.status ?? 400
    this.details = options.details ?? {}
    this.headers = options.headers ?? {}
  }

  /** Who is at fault: 4xx the sender. */
  get fault(): 'client' | 'server' {
    return this.status >= 500 ? 'server' : 'client'
  }
}

/** What is not given is the ordinary. */
export interface ServiceErrorOptions extends ErrorOptions {
  /** 400 unless given. */
  readonly status?: number
  readonly details?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}
