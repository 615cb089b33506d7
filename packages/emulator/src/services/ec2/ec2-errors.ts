import { ServiceError } from '../../wire/service-error.ts'

/** What EC2 takes for no value of a parameter. */
export function invalidValue(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message)
}

/** Parameters that exclude each other. */
export function invalidCombination(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombination', message)
}

/** A parameter that is needed here, by its name in requests. */
export function missingParameter(name: string): ServiceError {
  return new ServiceError('MissingParameter', `The request must contain the parameter ${name}`)
}

/** A resource that others still need. */
export function dependencyViolation(message: string): ServiceError {
  return new ServiceError('DependencyViolation', message)
}

/** What AWS does and flowtap does not. */
export function unsupported(message: string): ServiceError {
  return new ServiceError('UnsupportedOperation', message)
}

/** The text of a parameter that must be there. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw missingParameter(name)
  return value
}
