/** What an operation knows of the request besides its input. */
export interface Call {
  readonly requestId: string
  readonly region: string
  /** 12 digits. */
  readonly accountId: string
  /** The access key of the signature; undefined for unsigned requests. */
  readonly accessKeyId: string | undefined
  /** Simulated time, milliseconds since 1970. */
  readonly nowMilliseconds: number
  /** Where the endpoint is reached, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: string
}

/** What an operation does with the members of its input. Those that are not listed are refused where they are given. */
export interface InputMembers<Input> {
  /** They decide what happens. */
  readonly acts: readonly (keyof Input & string)[]
  /** They are kept and told again, and change nothing else. */
  readonly keeps?: readonly (keyof Input & string)[]
  /** They change nothing here, and could not: e.g. what only AWS's price or place depends on. */
  readonly ignores?: readonly (keyof Input & string)[]
}

/**
 * An operation of a service. `handle` runs within a transaction: it is synchronous, and what it changed is undone where it throws.
 * `handleAsync` makes its own transactions. Both throw {@link ServiceError} for what AWS refuses.
 */
export type Operation<Input extends object, Output extends object> = InputMembers<Input> &
  (
    | { readonly handle: (input: Input, call: Call) => Output }
    | { readonly handleAsync: (input: Input, call: Call) => Promise<Output> }
  )

/** A service's operations by name. Inputs and outputs are those of the service's AWS client. */
export type ServiceOperations = Readonly<Record<string, Operation<never, object>>>
