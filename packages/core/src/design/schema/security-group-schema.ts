import { z } from 'zod'
import type {
  NetworkAclDesign,
  NetworkAclEntryDesign,
  PrefixListDesign,
  SecurityGroupDesign,
  SecurityGroupRuleDesign,
} from '../security-group-design.ts'
import { objectSchema, oneOf, optional, textOf, wholeNumber } from './object-schema.ts'
import { anyBlock, ipProtocol, named, onlyTrue, reference, resourceId, resourceShape } from './text-formats.ts'

/** Lowest and highest number of a rule in network ACLs and mirror filters. */
export const ruleNumber: z.ZodType<number> = wholeNumber(1, 32766)

/** Source: VPC user guide, "Security group rules", components. */
const description = textOf(
  (text) => text.length <= 255 && /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/.test(text),
  'at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*',
)

/** A rule of a security group. */
export const securityGroupRuleSchema: z.ZodType<SecurityGroupRuleDesign> = objectSchema<SecurityGroupRuleDesign>({
  id: optional(resourceId('securityGroupRule')),
  ipProtocol,
  fromPort: optional(wholeNumber(-1, 65535)),
  toPort: optional(wholeNumber(-1, 65535)),
  cidrBlock: optional(anyBlock),
  prefixList: optional(reference),
  securityGroup: optional(reference),
  self: optional(onlyTrue),
  description: optional(description),
})

/** A security group. */
export const securityGroupSchema: z.ZodType<SecurityGroupDesign> = objectSchema<SecurityGroupDesign>({
  ...resourceShape('securityGroup'),
  groupName: optional(
    textOf(
      (text) => text.length > 0 && text.length <= 255 && /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/.test(text),
      '1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*',
    ),
  ),
  ingress: optional(z.array(securityGroupRuleSchema)),
  egress: optional(z.array(securityGroupRuleSchema)),
})

const networkAclEntrySchema = objectSchema<NetworkAclEntryDesign>({
  ruleNumber,
  ruleAction: oneOf<'allow' | 'deny'>({ allow: true, deny: true }),
  protocol: ipProtocol,
  portRange: optional(
    objectSchema<{ from: number; to: number }>({ from: wholeNumber(0, 65535), to: wholeNumber(0, 65535) }),
  ),
  icmpTypeCode: optional(
    objectSchema<{ type: number; code?: number }>({
      type: wholeNumber(-1, 255),
      code: optional(wholeNumber(-1, 255)),
    }),
  ),
  cidrBlock: anyBlock,
})

/** A network ACL. */
export const networkAclSchema: z.ZodType<NetworkAclDesign> = objectSchema<NetworkAclDesign>({
  ...resourceShape('networkAcl'),
  ingress: optional(z.array(networkAclEntrySchema)),
  egress: optional(z.array(networkAclEntrySchema)),
})

/** Prefix lists by name. */
export const prefixListsSchema: z.ZodType<Readonly<Record<string, PrefixListDesign>>> = named(
  objectSchema<PrefixListDesign>({
    ...resourceShape('prefixList'),
    entries: z.array(anyBlock),
    maxEntries: optional(wholeNumber(1, 1000)),
  }),
)
