import type { StateStore } from '../state/state-store.ts'
import { InvalidInputError } from '../wire/invalid-input.ts'
import { queryName } from '../wire/query-request.ts'
import { type InvalidInputCodes, SERVICES } from '../wire/service-catalogue.ts'
import { ServiceError } from '../wire/service-error.ts'
import type { OperationModel } from '../wire/service-model.ts'
import type { ShapeMember } from '../wire/shape.ts'
import type { Call, Operation } from './operation.ts'

/** EC2's answer to a request with DryRun that would have succeeded. Source: EC2 API reference, "Error codes". */
const DRY_RUN_SUCCEEDS = { code: 'DryRunOperation', status: 412 } as const

/**
 * Performs an operation: refuses members that it does not act on, tries it with DryRun, and answers when what it changed is durable.
 * @throws ServiceError for what is refused.
 */
export async function performOperation(
  model: OperationModel,
  operation: Operation<never, object>,
  input: Readonly<Record<string, unknown>>,
  call: Call,
  store: StateStore,
): Promise<Readonly<Record<string, unknown>>> {
  checkMembers(model, operation, input)
  const isRehearsal = model.service === 'ec2' && input.DryRun === true
  let output: object
  if ('handle' in operation) {
    const handle = (): object => operation.handle(input as never, call)
    output = isRehearsal ? store.rehearse(handle) : store.transact(handle)
  } else {
    if (isRehearsal) throw notActedOn(model, 'DryRun')
    output = await operation.handleAsync(input as never, call)
  }
  if (isRehearsal) {
    throw new ServiceError(
      DRY_RUN_SUCCEEDS.code,
      'Request would have succeeded, but DryRun flag is set.',
      DRY_RUN_SUCCEEDS,
    )
  }
  await store.durable()
  return output as Readonly<Record<string, unknown>>
}

/** The error of a service for an operation that the endpoint does not have. */
export function notImplemented(service: OperationModel['service'], operation: string): ServiceError {
  const { invalidInput } = SERVICES[service]
  const message = `The action ${operation} is not implemented by flowtap for ${service}.`
  return new ServiceError(invalidInput.notImplemented, message, { status: service === 's3' ? 501 : 400 })
}

/** A service's error for input that does not fit. */
export function invalidInput(error: InvalidInputError, service: OperationModel['service']): ServiceError {
  const codes = SERVICES[service].invalidInput
  return new ServiceError(inputCode(error, codes, service), error.message, { cause: error })
}

function inputCode({ kind }: InvalidInputError, codes: InvalidInputCodes, service: OperationModel['service']): string {
  switch (kind) {
    case 'malformed':
      return codes.malformed
    case 'missing-parameter':
      return codes.missing
    case 'wrong-type':
      return codes.wrongType
    case 'unknown-parameter':
      return service === 'ec2' ? 'UnknownParameter' : codes.malformed
  }
}

function checkMembers(
  model: OperationModel,
  operation: Operation<never, object>,
  input: Readonly<Record<string, unknown>>,
): void {
  const known = new Set<string>([...operation.acts, ...(operation.keeps ?? []), ...(operation.ignores ?? [])])
  for (const member of model.input.members) {
    const { name, isRequired } = member
    const value = input[name]
    const isGiven = value !== undefined && value !== null
    if (isRequired && !isGiven) throw missing(model, member)
    if (!isGiven || known.has(name) || isWithoutMeaning(model, name, value)) continue
    throw notActedOn(model, name)
  }
}

/** Members that mean nothing where they are empty, false, or the protocol's own. */
function isWithoutMeaning(model: OperationModel, name: string, value: unknown): boolean {
  if (value === false || value === '' || (Array.isArray(value) && value.length === 0)) return true
  return model.service === 'ec2' && name === 'DryRun'
}

function missing(model: OperationModel, member: ShapeMember): ServiceError {
  if (model.service === 'ec2') {
    const error = new InvalidInputError(
      'missing-parameter',
      member.name,
      `The request must contain the parameter ${queryName(member, 'ec2')}`,
    )
    return invalidInput(error, 'ec2')
  }
  const path = `${member.name.charAt(0).toLowerCase()}${member.name.slice(1)}`
  const message = `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`
  return invalidInput(new InvalidInputError('missing-parameter', member.name, message), model.service)
}

/** AWS takes it; what would come of it here would not be what AWS does. */
function notActedOn(model: OperationModel, name: string): ServiceError {
  const code = model.service === 'ec2' ? 'UnsupportedOperation' : SERVICES[model.service].invalidInput.notImplemented
  return new ServiceError(code, `${model.name}: flowtap does not act on the parameter ${name}; leave it out.`)
}
