import { CidrBlock } from '@flowtap/core'
import { ServiceError } from '../../wire/service-error.ts'
import { invalidValue } from './ec2-errors.ts'

/** A block of a request, of one IP version. @throws ServiceError InvalidParameterValue. */
export function parseBlock(text: string | undefined, parameter: string, version?: 4 | 6): CidrBlock {
  const block = CidrBlock.parse(text ?? '')
  if (!block || (version !== undefined && block.version !== version)) {
    throw invalidValue(`Value (${text ?? ''}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`)
  }
  return block
}

/** A block that a VPC can have: /16 to /28. Source: VPC user guide, "VPC CIDR blocks". */
export function parseVpcBlock(text: string | undefined): CidrBlock {
  const block = parseBlock(text, 'cidrBlock', 4)
  if (block.prefixLength < 16 || block.prefixLength > 28) {
    throw new ServiceError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`)
  }
  return block
}
