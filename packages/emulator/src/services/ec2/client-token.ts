import { createHash } from 'node:crypto'
import { ServiceError } from '../../wire/service-error.ts'
import type { Ec2Context } from './ec2-context.ts'

/**
 * Does what a request asks for once for each client token: the ids of what the first one made, for it and for its repetitions.
 * @throws ServiceError IdempotentParameterMismatch where another request has the token. Source: EC2 API reference, "Ensuring idempotency".
 */
export function once(
  { tables }: Ec2Context,
  operation: string,
  input: { readonly ClientToken?: string | undefined },
  make: () => readonly string[],
): { readonly ids: readonly string[]; readonly isRepeated: boolean } {
  const { ClientToken: token, ...rest } = input
  if (token === undefined || token === '') return { ids: make(), isRepeated: false }
  const key = `${operation}/${token}`
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(sorted(rest)))
    .digest('hex')
  const known = tables.clientTokens.get(key)
  if (known && known.fingerprint !== fingerprint) {
    throw new ServiceError(
      'IdempotentParameterMismatch',
      `The client token ${token} was used before, with different parameters of ${operation}.`,
    )
  }
  if (known) return { ids: known.resourceIds, isRepeated: true }
  const resourceIds = make()
  tables.clientTokens.put(key, { fingerprint, resourceIds })
  return { ids: resourceIds, isRepeated: false }
}

/** With the members in the order of their names, so that the order of a request's parameters makes no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) return value
  const members = Object.entries(value)
    .filter(([name, member]) => name !== 'DryRun' && member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
