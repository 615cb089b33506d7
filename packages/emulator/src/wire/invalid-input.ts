/** What is wrong with a request's input; each service has its own error for it. */
export type InvalidInputKind = 'malformed' | 'unknown-parameter' | 'missing-parameter' | 'wrong-type'

/** A request's input that does not fit its operation. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError'
  readonly kind: InvalidInputKind
  /** The member, as the request names it, e.g. `Filter.1.Name`; empty for the input as a whole. */
  readonly parameter: string

  constructor(kind: InvalidInputKind, parameter: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
    this.parameter = parameter
  }
}

/** A member whose text is not of its type. */
export function wrongType(parameter: string, wanted: string, received: unknown): InvalidInputError {
  const text = typeof received === 'string' ? received : (JSON.stringify(received) ?? String(received))
  return new InvalidInputError(
    'wrong-type',
    parameter,
    `${parameter || 'the input'}: ${wanted} is expected, not '${text.slice(0, 100)}'`,
  )
}
