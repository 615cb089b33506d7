/** Why a shipper cannot go on: nothing that it sends would be taken. */
export class ShipError extends Error {
  override readonly name: string = 'ShipError'
  /** `refused-request`: the endpoint refuses every request; `closed`: documents came after the end. */
  readonly code: 'refused-request' | 'closed'

  constructor(code: 'refused-request' | 'closed', message: string) {
    super(message)
    this.code = code
  }
}
